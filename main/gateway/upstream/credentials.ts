/** Which of a provider's credentials the next call uses (RTE-15). What rests after failures and limits is known to health. */
import { matchesAny } from '../../kit/glob.ts';
import type { HealthKeeper } from '../exchange.ts';
import type { Credential, Provider, Random } from '../ports.ts';
import type { HeadMap } from './client.ts';
import { remainingOf } from './retry-after.ts';

/** What is left of a limit never counts for nothing: its window may be over before it is told again. */
const leastShare = 0.05;
/** Providers × credentials remembered; beyond it the shares are learned anew. */
const maxShares = 10_000;

export type CredentialPick =
  | { readonly kind: 'chosen'; readonly credential: Credential }
  /** All that fit rest: after a 429 (`limited`), or after failures (`open`); `inMs` until the first is usable. */
  | { readonly kind: 'resting'; readonly state: 'limited' | 'open'; readonly inMs: number; readonly why: string }
  | { readonly kind: 'none'; readonly reason: string };

export interface PickOptions {
  /** Names already tried at this target by this exchange. */
  readonly tried: ReadonlySet<string>;
  /** The one the session used before. */
  readonly preferred?: string | undefined;
  /** The client named the target: one that rests after failures is asked when nothing else is left. */
  readonly insisted?: boolean | undefined;
}

interface Sorted {
  readonly good: readonly Credential[];
  readonly lastResort: readonly Credential[];
  /** The one that rests for the shortest time. */
  readonly rest: Extract<CredentialPick, { kind: 'resting' }> | undefined;
}

/** Chooses credentials for all requests; survives configuration changes that keep the credential. */
export class CredentialPool {
  readonly #health: HealthKeeper;
  readonly #random: Random;
  /** provider/credential → share of its limit that is left, as its last answer said. */
  readonly #shares = new Map<string, number>();

  constructor(health: HealthKeeper, random: Random) {
    this.#health = health;
    this.#random = random;
  }

  /** Weighted choice among the usable; one that was refused is used only when nothing else is left. */
  pick(provider: Provider, model: string, options: PickOptions): CredentialPick {
    // Most providers have one, and mostly it may be used: nothing to sort.
    const [only] = provider.credentials;
    if (only !== undefined && provider.credentials.length === 1 && this.#isGood(provider, model, only, options))
      return { kind: 'chosen', credential: only };
    const fitting = provider.credentials.filter((one) => matchesAny(one.models, model));
    const present = fitting.filter((one) => one.secret.kind !== 'missing');
    if (present.length === 0) return { kind: 'none', reason: reasonForNone(provider, fitting, model) };
    const { good, lastResort, rest } = this.#sorted(provider, model, present, options);
    const { preferred } = options;
    const chosen = this.#weighted(provider, good, preferred) ?? this.#weighted(provider, lastResort, preferred);
    if (chosen !== undefined) return { kind: 'chosen', credential: chosen };
    return rest ?? { kind: 'none', reason: `every key of provider "${provider.id}" was tried` };
  }

  #isGood(provider: Provider, model: string, one: Credential, { tried }: PickOptions): boolean {
    if (one.secret.kind === 'missing' || tried.has(one.name) || !matchesAny(one.models, model)) return false;
    return this.#health.mayAsk({ provider, model, credential: one.name }).kind === 'yes';
  }

  /** How many credentials that were not tried could be used now. */
  left(provider: Provider, model: string, options: PickOptions): number {
    const present = provider.credentials.filter(
      (one) => one.secret.kind !== 'missing' && matchesAny(one.models, model),
    );
    const { good, lastResort } = this.#sorted(provider, model, present, options);
    return good.length + lastResort.length;
  }

  #sorted(provider: Provider, model: string, present: readonly Credential[], { tried, insisted }: PickOptions): Sorted {
    const good: Credential[] = [];
    const lastResort: Credential[] = [];
    let rest: Sorted['rest'];
    for (const credential of present) {
      const may = this.#health.mayAsk({ provider, model, credential: credential.name });
      if (may.kind === 'yes' || may.state === 'refused' || (insisted === true && may.state === 'open')) {
        if (tried.has(credential.name)) continue;
        (may.kind === 'yes' ? good : lastResort).push(credential);
      } else if (rest === undefined || may.waitMs < rest.inMs) {
        rest = { kind: 'resting', state: may.state, inMs: may.waitMs, why: may.why };
      }
    }
    return { good, lastResort, rest };
  }

  /** Learns from an answer's headers how much of its limits a credential has left. */
  note(provider: Provider, credential: Credential, headers: HeadMap): void {
    // With one there is nothing to balance.
    if (provider.credentials.length < 2) return;
    const remaining = remainingOf(headers);
    const share = Math.min(remaining?.requests ?? 1, remaining?.tokens ?? 1);
    if (this.#shares.size > maxShares) this.#shares.clear();
    this.#shares.set(shareKey(provider, credential), Math.max(share, leastShare));
  }

  #weighted(
    provider: Provider,
    credentials: readonly Credential[],
    preferred: string | undefined,
  ): Credential | undefined {
    if (credentials.length <= 1) return credentials[0];
    const kept = credentials.find((one) => one.name === preferred);
    if (kept !== undefined) return kept;
    const weights = credentials.map((one) => one.weight * (this.#shares.get(shareKey(provider, one)) ?? 1));
    let at = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, one] of credentials.entries()) {
      at -= weights[index] ?? 0;
      if (at < 0) return one;
    }
    return credentials[credentials.length - 1];
  }
}

function shareKey(provider: Provider, credential: Credential): string {
  return `${provider.id}\n${credential.name}`;
}

function reasonForNone(provider: Provider, fitting: readonly Credential[], model: string): string {
  const missing = fitting.find((one) => one.secret.kind === 'missing');
  if (missing?.secret.kind === 'missing')
    return `key "${missing.name}" of provider "${provider.id}": ${missing.secret.reason}`;
  if (provider.credentials.length > 0)
    return `no key of provider "${provider.id}" may be used for "${model}"; see keys[].models`;
  return `provider "${provider.id}" has no key; add one under keys`;
}
