/** What a target is expected to be worth for a request: quality, cost, time, and the score that weighs them (RTE-58). */
import { runsForNothing } from '../../../shared/config/provider.ts';
import { expectedCost, freePrice, type Price } from '../../../shared/domain/price.ts';
import type { PromptType, QualityInterval } from '../../../shared/domain/prompt-type.ts';
import type { Objective } from '../ports.ts';
import type { Considered } from './candidates.ts';
import type { HealthView, RouteFacts, SessionView } from './decision.ts';

/** Answers in tokens until a model's own are measured: rough, and needed only for the ratio of output to input. */
const usualOutput: Readonly<Record<PromptType, number>> = {
  ...{ code_generation: 900, code_review: 700, agent_step: 350, math: 800, extraction: 250, summarize: 350 },
  ...{ translate: 500, rewrite: 500, creative: 900, factual_qa: 300, chat: 350, other: 400 },
};

/** Tokens a second of a target nobody has measured: the middle of what hosted models give. */
const usualSpeed = 60;

/**
 * A hundredfold price, or a hundredfold wait, weighs as much as the whole of quality from 0 to 1: models differ about that
 * much in both.
 */
const span = Math.log(100);

/** A target that may still be down, and one that comes back after a rest. */
const probeRisk = 0.2;
const slowStartRisk = 0.1;

/** Figures of one request's targets. What was measured and asked for is kept for the trace. */
export class Estimates {
  readonly #facts: RouteFacts;
  readonly #health: HealthView;
  readonly #session: SessionView | undefined;
  // Facts are asked for once: two hundred targets may want to know.
  #type: { readonly value: PromptType | undefined } | undefined;
  #maxTokens: number | undefined;
  #measuredOutput: number | undefined;
  #isWritten: boolean | undefined;

  constructor(facts: RouteFacts, health: HealthView, session: SessionView | undefined) {
    this.#facts = facts;
    this.#health = health;
    this.#session = session;
  }

  get type(): PromptType | undefined {
    this.#type ??= { value: this.#facts.promptType.type };
    return this.#type.value;
  }

  /**
   * To be called with all targets that are compared. Of those nobody measured, the others' answers tell more than what is usual:
   * else a dear model that once answered with one word would look cheap.
   */
  measure(targets: readonly Considered[]): void {
    this.#measuredOutput = median(targets.map((one) => this.#measured(one)));
  }

  #measured(one: Considered): number | null {
    if (one.measuredOutput === undefined)
      one.measuredOutput = this.#health.expectedOutput(one.provider.id, one.model, this.type) ?? null;
    return one.measuredOutput;
  }

  /** Expected output tokens. */
  output(one: Considered): number {
    if (one.output !== undefined) return one.output;
    const expected = this.#measured(one) ?? this.#measuredOutput ?? usualOutput[this.type ?? 'other'];
    this.#maxTokens ??= this.#facts.maxTokens ?? Infinity;
    const most = Math.min(this.#maxTokens, one.facts?.maxOutputTokens ?? Infinity);
    one.output = Math.min(expected, most);
    return one.output;
  }

  /** Tokens of this request that the target's provider holds in its prompt cache. */
  cached(one: Considered): number {
    const session = this.#session;
    if (session === undefined || session.cacheLeftMs <= 0 || !isAt(session, one)) return 0;
    return Math.min(session.cachedTokens, this.#facts.tokens);
  }

  /** Expected cost of this request (RTE-64); `null` when the price is unknown. */
  cost(one: Considered): number | null {
    const price = priceOf(one);
    if (price === undefined) return null;
    const cachedTokens = this.cached(one);
    const writtenTokens = this.#writes(price) ? this.#facts.tokens - cachedTokens : 0;
    return this.turn(one, price, { cachedTokens, writtenTokens });
  }

  /** Cost of a turn of which that much is read from the cache and that much written to it. */
  turn(one: Considered, price: Price, part: { readonly cachedTokens: number; readonly writtenTokens: number }): number {
    const inputTokens = Math.max(this.#facts.tokens, part.cachedTokens + part.writtenTokens);
    return expectedCost({ ...part, inputTokens, outputTokens: this.output(one), price });
  }

  /** Only clients that mark what is to be cached pay for writing it, and what is cached already was marked. */
  #writes(price: Price): boolean {
    if (price.cacheWrite === undefined) return false;
    this.#isWritten ??= (this.#session?.cachedTokens ?? 0) > 0 || this.#facts.has('cache_control');
    return this.#isWritten;
  }

  /** Milliseconds to the whole answer; `undefined` for a target that was not measured. */
  total(one: Considered): number | undefined {
    const { ttft, speed } = one.health ?? {};
    if (ttft === undefined) return undefined;
    return ttft.p50 + (this.output(one) / (speed ?? usualSpeed)) * 1_000;
  }
}

export function isAt(session: SessionView, one: Considered): boolean {
  return session.model === one.model && session.providerId === one.provider.id;
}

/** `undefined` when unknown. Nobody charges for what a server of one's own runs, listed or not. */
export function priceOf({ facts, provider, model }: Considered): Price | undefined {
  if (facts !== undefined) return facts.price;
  return provider.local && runsForNothing(provider.kind, model) ? freePrice : undefined;
}

export function qualityOf(one: Considered, type: PromptType | undefined): QualityInterval | undefined {
  const prior = one.facts?.quality;
  return (type === undefined ? undefined : prior?.byType?.[type]) ?? prior?.overall;
}

/** The middle of what is known; `undefined` when nothing is. */
export function median(values: readonly (number | null | undefined)[]): number | undefined {
  const sorted = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Writes quality, cost and time of every target into it. */
export function estimate(targets: readonly Considered[], estimates: Estimates): void {
  estimates.measure(targets);
  for (const one of targets) {
    one.quality = qualityOf(one, estimates.type);
    one.cost = estimates.cost(one);
    one.ttftMs = one.health?.ttft?.p50;
    one.totalMs = estimates.total(one);
  }
}

/**
 * Writes the score into every target that can have one: `wq·Q − wc·log(C/Cref) − wl·log(L/Lref) − risk`. The references are
 * the geometric means. A target without measurements counts as usual, one without a price as the dearest. One whose quality
 * is unknown has no score, unless quality hardly counts and is known of none.
 */
export function scoreAll(targets: readonly Considered[], weights: Objective): void {
  const isHeaviest = weights.quality > Math.max(weights.cost, weights.latency);
  const counts = weights.quality > 0 && (isHeaviest || targets.some((one) => one.quality !== undefined));
  const costs = positions(targets.map((one) => one.cost));
  const totals = positions(targets.map((one) => one.totalMs));
  const dearest = costs.reduce<number>((most, one) => Math.max(most, one ?? -Infinity), -Infinity);
  targets.forEach((one, at) => {
    if (counts && one.quality === undefined) return;
    const mean = one.quality?.[0] ?? 0;
    const low = one.quality?.[1] ?? 0;
    const dear = costs[at] ?? (dearest === -Infinity ? 0 : dearest);
    const slow = totals[at] ?? 0;
    const worth = weights.quality * mean - weights.cost * dear - weights.latency * slow;
    one.score = worth - risk(one, weights.quality * (mean - low));
  });
}

/** How far each figure lies above the geometric mean of all, in spans; `undefined` stays what it is. */
function positions(values: readonly (number | null | undefined)[]): readonly (number | undefined)[] {
  let least = Infinity;
  for (const value of values) if (typeof value === 'number' && value > 0 && value < least) least = value;
  // What costs nothing has no logarithm: it counts as a hundredth of the cheapest that costs something.
  const floor = least === Infinity ? 1 : least / 100;
  const logarithms = values.map((value) => (typeof value === 'number' ? Math.log(Math.max(value, floor)) : undefined));
  let sum = 0;
  let known = 0;
  for (const one of logarithms) {
    if (one === undefined) continue;
    sum += one;
    known += 1;
  }
  const mean = known === 0 ? 0 : sum / known;
  return logarithms.map((one) => (one === undefined ? undefined : (one - mean) / span));
}

/** Half of what the quality may fall short by, and what may go wrong. */
function risk(one: Considered, shortfall: number): number {
  const { state, share } = one.health ?? {};
  return shortfall / 2 + (state === 'half_open' ? probeRisk : 0) + (1 - (share ?? 1)) * slowStartRisk;
}
