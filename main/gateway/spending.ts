/** Limits and budgets of one exchange: what is taken at admission, what each try keeps back, and what comes of it. */
import type { Operation } from '../../shared/domain/dialect.ts';
import { costBound } from '../../shared/domain/price.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Permit, PermitEnd, Target } from './exchange.ts';
import { surveyOf, type PlannableRequest, type Planned, type ReadFacts } from './plan-exchange.ts';
import { takesLimit } from './output-limit.ts';
import type { BudgetBook } from './policies/budget-book.ts';
import { claimsOf, type BudgetedTarget } from './policies/budget-claims.ts';
import type { BudgetClaim, Shortage } from './policies/budget-types.ts';
import { shortageError } from './policies/budget-wording.ts';
import { loweredBy, unlimited } from './policies/policy-limits.ts';
import { limitClaims } from './policies/rate-claims.ts';
import { rateRefusal, type RateKeeper, type RateLease } from './policies/rate-limit.ts';
import { boundOf, clipTo, withOutput, type SpendBound } from './policies/spend-bound.ts';
import type { GatewayPorts, ModelFacts, PolicyLimit } from './ports.ts';
import type { PromptCounter } from './prompt-counter.ts';
import { holds } from './routing/conditions.ts';
import type { HealthBook } from './routing/health.ts';
import { RequestSpender } from './spender.ts';
import { TryPermit } from './try-permit.ts';

/** An answer of this many tokens is expected where nothing tells better. */
const usualOutputTokens = 1_000;
/** With less than this a request is better answered by the cheaper alias than cut short. */
const usefulOutputTokens = 4_096;

/** How far an estimate of tokens by bytes may be off, where nothing depends on it. */
const roughly = 2;
/** No text is so thin that a tokenizer finds less in it: where that does not fit, counting is in vain. */
const mostBytesPerToken = 8;

export interface SpendingDeps {
  readonly ports: Pick<GatewayPorts, 'spend'>;
  readonly budgets: BudgetBook;
  readonly limits: RateKeeper;
  readonly counter: PromptCounter;
  readonly health: Pick<HealthBook, 'view'>;
  /** A budget with the action `ask` refused: its owner may want to raise it. */
  readonly onAsk?: ((shortage: Shortage) => void) | undefined;
}

/** A request as far as it is paid for. */
type PaidRequest = PlannableRequest & { readonly requestId: string };

/** A budget that has too little left, and the alias it sends requests to then. */
export interface Downgrade {
  readonly budget: string;
  readonly alias: string;
}

interface Try {
  readonly id: string;
  readonly target: Target;
  readonly claims: readonly BudgetClaim[];
  readonly lease: RateLease | undefined;
}

interface Clip {
  readonly outputTokens: number;
  readonly why: string;
}

const released: PermitEnd = { state: 'released', cost: 0, usage: undefined, usageSource: 'none' };

/** Of one exchange. `end` is called once, whatever became of it. */
export class ExchangeSpending {
  #input: PaidRequest;
  #read: ReadFacts;
  readonly #deps: SpendingDeps;
  readonly #facts: Planned['facts'];
  /** Of the input, by what the conversation's last turn left in its provider's cache. */
  readonly #cachedTokens: number;
  readonly #spender: RequestSpender;
  /** The most that an answer may say, whoever pays for it. */
  readonly #cap: PolicyLimit | undefined;
  #lease: RateLease | undefined;
  #count = 0;
  #tokens = 0;
  /** Given before the tries begin: for the first of them. */
  #held: { readonly target: Target; readonly permit: Permit } | undefined;

  constructor(input: PaidRequest, read: ReadFacts, { facts, plan }: Planned, deps: SpendingDeps) {
    this.#input = input;
    this.#read = read;
    this.#deps = deps;
    this.#facts = facts;
    this.#cachedTokens = plan.decision.session?.cachedTokens ?? 0;
    this.#spender = new RequestSpender(input.principal, facts);
    this.#cap = answersLimited(input.surface.operation) ? input.snapshot.policy?.maxOutput : undefined;
  }

  /** What is sent is not what the client sent: from now on that is what is paid for. */
  sends(body: { readonly document: ReadFacts['document']; readonly body: Buffer } | undefined): void {
    if (body === undefined) return;
    this.#read = { ...this.#read, document: body.document };
    this.#input = { ...this.#input, body: body.body };
  }

  /** Takes a place under the limits of everyone, of the key and of its team. Throws `admit.rate_limited`. */
  admit(): void {
    const lease = this.#take(undefined);
    if (lease instanceof GatewayError) throw lease;
    this.#lease = lease;
  }

  /**
   * Whether a budget sends this request to a cheaper alias. What its first target needs is kept back at once otherwise, so that
   * the answer still holds when the try begins.
   */
  async downgrade(target: Target | undefined): Promise<Downgrade | undefined> {
    if (target === undefined || !this.#claims(target).some(isDowngrade)) return undefined;
    const permit = await this.permit(target);
    if (!(permit instanceof GatewayError)) {
      this.#held = { target, permit };
      return undefined;
    }
    const { alias, rule } = permit.details ?? {};
    return typeof alias === 'string' && typeof rule === 'string' ? { budget: rule, alias } : undefined;
  }

  /** What policies keep back for one more try at a target, or why it cannot be asked. */
  permit(target: Target): Permit | GatewayError | Promise<Permit | GatewayError> {
    const held = this.#held;
    if (held?.target === target) {
      this.#held = undefined;
      return held.permit;
    }
    const unlimitable = this.#unlimitable(target);
    if (unlimitable !== undefined) return unlimitable;
    const lease = this.#take(target);
    if (lease instanceof GatewayError) return lease;
    // A place that nobody gives back would be taken for a day.
    const giveBack = (error: unknown): never => {
      lease?.cancel();
      throw error;
    };
    try {
      const given = this.#permitted(target, lease);
      return given instanceof Promise ? given.catch(giveBack) : given;
    } catch (error) {
      return giveBack(error);
    }
  }

  #permitted(target: Target, lease: RateLease | undefined): Permit | GatewayError | Promise<Permit | GatewayError> {
    this.#count++;
    const id = `${this.#input.requestId}/${String(this.#count)}`;
    const claims = this.#claims(target);
    if (claims.length === 0) return this.#reserve({ id, target, claims, lease }, this.#roughBound(target), undefined);
    const bound = this.#bound(target, undefined);
    // What costs nothing fits any budget.
    if (bound.amount === 0) return this.#reserve({ id, target, claims: [], lease }, bound, undefined);
    return this.#budgeted({ id, target, claims, lease }, bound);
  }

  /** Gives back the place, and what was kept back and never used. */
  end(): void {
    this.#held?.permit.end(released);
    this.#held = undefined;
    const lease = this.#lease;
    this.#lease = undefined;
    lease?.tokens(this.#tokens);
    lease?.end();
  }

  /** Under hard budgets the output is clipped to what they afford, and nothing is sent before it is written down for good. */
  async #budgeted(one: Try, byBytes: SpendBound): Promise<Permit | GatewayError> {
    const { budgets, ports } = this.#deps;
    let bound = byBytes;
    let clip: Clip | undefined;
    const seeded = budgets.ready(one.claims);
    if (seeded !== undefined) await seeded;
    const room = (): bigint | undefined => budgets.room(one.claims);
    const fits = (): boolean => isWithin(bound.amount, room());
    if (!fits() && isWithin(bound.inputAmount / mostBytesPerToken, room())) {
      // Bytes are a wide bound: a tokenizer takes longer and knows better.
      const counted = await this.#deps.counter.count(this.#input, this.#read, one.target);
      if (counted !== undefined) bound = this.#bound(one.target, counted);
    }
    if (!fits() && takesLimit(one.target, this.#input.surface.operation)) {
      const afforded = this.#afforded(one.claims, bound);
      if (afforded !== undefined) ({ bound, clip } = afforded);
    }
    const permit = this.#reserve(one, bound, clip);
    if (permit instanceof GatewayError || permit.paidOutputTokens === undefined) return permit;
    if (await ports.spend.secured()) return permit;
    permit.end(released);
    return shortageError(unwritten(one.claims));
  }

  #afforded(claims: readonly BudgetClaim[], bound: SpendBound): { bound: SpendBound; clip: Clip } | undefined {
    const room = this.#deps.budgets.room(claims);
    const short = bound.amount === undefined ? undefined : this.#deps.budgets.shortage(claims, bound.amount);
    if (room === undefined || short === undefined) return undefined;
    const least = Math.min(this.#maxTokens ?? usefulOutputTokens, usefulOutputTokens);
    // Other requests of the same agent run beside this one: as long as half of what is left does, it is enough.
    const half = clipTo(bound, room / 2n);
    const outputTokens = half !== undefined && half >= least ? half : clipTo(bound, room);
    if (outputTokens === undefined || (outputTokens < least && claims.some(isDowngrade))) return undefined;
    return { bound: withOutput(bound, outputTokens), clip: { outputTokens, why: usedUp(short.claim) } };
  }

  #reserve({ id, target, claims, lease }: Try, bound: SpendBound, clip: Clip | undefined): Permit | GatewayError {
    const outcome = this.#deps.budgets.reserve({
      id,
      target: nameOf(target),
      claims,
      amount: bound.amount,
    });
    if (outcome.kind === 'refused') {
      lease?.cancel();
      if (outcome.shortage.claim.budget.action.kind === 'ask') this.#deps.onAsk?.(outcome.shortage);
      return shortageError(outcome.shortage);
    }
    return new TryPermit({
      reservation: outcome.reservation,
      bound,
      lease,
      clip: lesser(clip ?? this.#unbounded(target, bound, claims), this.#cap && capClip(this.#cap)),
      boundPrice: factsFor(target).boundPrice,
      onTokens: (tokens) => {
        this.#tokens += tokens;
      },
    });
  }

  /** Where neither client nor model bounds the output, a hard budget does. */
  #unbounded(target: Target, bound: SpendBound, claims: readonly BudgetClaim[]): Clip | undefined {
    const { outputTokens, isGuessed } = bound;
    const hard = claims.find(isHard);
    if (!isGuessed || hard === undefined || !takesLimit(target, this.#input.surface.operation)) return undefined;
    return { outputTokens, why: usedUp(hard) };
  }

  /** Why a target may not be asked that cannot be told how much it may say. */
  #unlimitable(target: Target): GatewayError | undefined {
    const cap = this.#cap;
    if (cap === undefined || takesLimit(target, this.#input.surface.operation)) return undefined;
    const most = target.provider.models.get(target.model)?.maxOutputTokens;
    return most !== undefined && most <= cap.tokens ? undefined : unlimited(cap, nameOf(target));
  }

  /** Output tokens that the client allows and nobody else forbids. */
  get #maxTokens(): number | undefined {
    const { maxTokens } = this.#facts;
    return this.#cap === undefined ? maxTokens : Math.min(maxTokens ?? this.#cap.tokens, this.#cap.tokens);
  }

  #take(target: Target | undefined): RateLease | undefined | GatewayError {
    const { key } = this.#input.principal;
    const lists = [this.#input.snapshot.rateLimits, key.rateLimits, key.team?.rateLimits];
    const claims = limitClaims(lists, this.#spender, target && asked(target), (when) => holds(when, this.#facts));
    if (claims.length === 0) return undefined;
    const taken = this.#deps.limits.take(claims, this.#expected(target));
    return taken.kind === 'refused' ? rateRefusal(taken) : taken.lease;
  }

  #claims(target: Target): readonly BudgetClaim[] {
    const { operation } = this.#input.surface;
    if (operation === 'count_tokens') return [];
    const { key } = this.#input.principal;
    const lists = [this.#input.snapshot.budgets, key.budgets, key.team?.budgets];
    return claimsOf(lists, this.#spender, asked(target), (condition) => holds(condition, this.#facts));
  }

  /** Tokens a limit keeps back: what comes in, and what is usually said to it. */
  #expected(target: Target | undefined): { readonly input: number; readonly output: number } {
    const { tokens } = this.#facts;
    const usual =
      target === undefined
        ? undefined
        : this.#deps.health.view().expectedOutput(target.provider.id, target.model, undefined);
    return {
      input: Math.max(0, tokens - this.#cachedTokens),
      output: Math.min(this.#maxTokens ?? Number.MAX_SAFE_INTEGER, usual ?? usualOutputTokens),
    };
  }

  /** Where no budget counts it: what it is told to have cost at most, should nobody see its end. Made for every request. */
  #roughBound(target: Target): SpendBound {
    const { price, boundPrice, maxOutputTokens } = factsFor(target);
    const known = price ?? boundPrice;
    const inputTokens = this.#facts.tokens * roughly;
    const outputTokens = this.#maxTokens ?? maxOutputTokens ?? 0;
    const isFree = this.#input.surface.operation === 'count_tokens';
    const amount = isFree ? 0 : known && costBound({ inputTokens, outputTokens }, known);
    return { inputTokens, outputTokens, answers: 1, isGuessed: false, amount, inputAmount: 0, outputRate: 0 };
  }

  #bound(target: Target, counted: number | undefined): SpendBound {
    const { surface, body } = this.#input;
    const facts = factsFor(target);
    const { document } = this.#read;
    return boundOf({
      operation: surface.operation,
      body: document?.bytes ?? body,
      document,
      survey: surveyOf(surface, document),
      maxTokens: this.#maxTokens,
      facts,
      price: facts.price ?? facts.boundPrice,
      providerKind: target.provider.kind,
      counted,
    });
  }
}

function factsFor({ provider, model }: Target): ModelFacts {
  return provider.factsFor(model);
}

function nameOf({ provider, model }: Target): string {
  return `${provider.id}/${model}`;
}

/** Whether what is asked for has an answer with a limit. */
function answersLimited(operation: Operation): boolean {
  return operation === 'generate' || operation === 'completions';
}

function capClip(cap: PolicyLimit): Clip {
  return { outputTokens: cap.tokens, why: loweredBy(cap) };
}

function lesser(a: Clip | undefined, b: Clip | undefined): Clip | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.outputTokens < a.outputTokens ? b : a;
}

function usedUp({ budget }: BudgetClaim): string {
  return `budget "${budget.id}" has no more left`;
}

function isWithin(amount: number | undefined, room: bigint | undefined): boolean {
  return room === undefined || amount === undefined || BigInt(Math.floor(amount)) <= room;
}

function isHard({ budget }: BudgetClaim): boolean {
  return budget.action.kind !== 'alert';
}

function isDowngrade({ budget }: BudgetClaim): boolean {
  return budget.action.kind === 'downgrade';
}

function asked({ provider, model }: Target): BudgetedTarget {
  return { providerId: provider.id, model, vendor: provider.vendor };
}

function unwritten(claims: readonly BudgetClaim[]): Shortage {
  const claim = claims.find(isHard) ?? claims[0];
  if (claim === undefined) throw new Error('Only what a budget counts waits for it.');
  return {
    claim,
    kind: 'unknown',
    remaining: 0n,
    limit: claim.budget.limit,
    resetsAt: undefined,
    reason: 'the journal could not be written to disk',
  };
}
