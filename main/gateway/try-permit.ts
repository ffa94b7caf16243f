/** What is kept back for one try under limits and budgets, until it ends. */
import { costOf, type Price } from '../../shared/domain/price.ts';
import type { Usage } from '../../shared/domain/usage.ts';
import type { Permit, PermitEnd } from './exchange.ts';
import type { Budget } from './ports.ts';
import type { Reservation } from './policies/budget-types.ts';
import type { RateLease } from './policies/rate-limit.ts';
import { withOutput, type SpendBound } from './policies/spend-bound.ts';

export interface PermitParts {
  readonly reservation: Reservation;
  readonly bound: SpendBound;
  /** A place under the limits of provider and model. */
  readonly lease: RateLease | undefined;
  /** The most output it may ask for, and why: `budget "team" has no more left`. */
  readonly clip: { readonly outputTokens: number; readonly why: string } | undefined;
  /** What stands in for an unknown price. */
  readonly boundPrice: Price | undefined;
  /** Told once how many tokens it used, as limits count them. */
  readonly onTokens: (tokens: number) => void;
}

export class TryPermit implements Permit {
  readonly #parts: PermitParts;
  /** Output of one answer that was paid for. */
  #paid: number;
  #ended = false;

  constructor(parts: PermitParts) {
    this.#parts = parts;
    this.#paid = parts.bound.outputTokens;
  }

  get maxOutputTokens(): number | undefined {
    return this.#parts.clip?.outputTokens;
  }

  get limitReason(): string {
    const { clip } = this.#parts;
    return clip === undefined ? '' : `clipped to ${String(clip.outputTokens)}: ${clip.why}`;
  }

  get paidOutputTokens(): number | undefined {
    return this.#parts.reservation.isHard ? this.#paid * this.answers : undefined;
  }

  get answers(): number {
    return this.#parts.bound.answers;
  }

  get bound(): number | undefined {
    return this.#parts.reservation.amount;
  }

  get refusedBy(): Budget | undefined {
    return this.#parts.reservation.refusedBy;
  }

  extend(outputTokens: number): boolean {
    const { bound, reservation } = this.#parts;
    const each = Math.ceil(outputTokens / this.answers);
    const { amount } = withOutput(bound, each);
    if (amount !== undefined && !reservation.extend(amount)) return false;
    this.#paid = Math.max(this.#paid, each);
    return true;
  }

  end({ state, cost, usage, usageSource }: PermitEnd): number | undefined {
    if (this.#ended) return undefined;
    this.#ended = true;
    const { reservation, lease, onTokens } = this.#parts;
    const amount = this.#counted({ state, cost, usage, usageSource });
    reservation.end({ state, amount, usage, usageSource });
    const tokens = limitedTokens(usage);
    lease?.tokens(tokens);
    lease?.end();
    onTokens(tokens);
    return reservation.counts.length === 0 ? undefined : amount;
  }

  /** An unknown price counts as the dearest it can be, and an unknown usage as what was kept back. */
  #counted({ state, cost, usage }: PermitEnd): number | undefined {
    if (state === 'released') return 0;
    if (cost !== undefined) return cost;
    const { boundPrice, reservation } = this.#parts;
    return usage === undefined || boundPrice === undefined ? reservation.amount : costOf(usage, boundPrice);
  }
}

/** What counts against a limit of tokens: what a provider's cache gave costs hardly anything, and is not work. */
function limitedTokens(usage: Usage | undefined): number {
  return usage === undefined ? 0 : usage.inputTokens + usage.cacheWriteTokens + usage.outputTokens;
}
