/** Figures of runs: of one, of many together, and of votes. */
import type { RunResult } from '../../../shared/contract/playground.ts';
import { picoToUsd, usdToPicoExact } from '../../../shared/domain/money.ts';
import { newAnswer, type Answer } from './draft.ts';

/** Output tokens a second, from the first content on; `null` where it cannot be told. */
export function tokensPerSecond({ usage, ttft_ms, duration_ms }: RunResult): number | null {
  if (usage === null || ttft_ms === null || usage.output_tokens === 0) return null;
  const ms = duration_ms - ttft_ms;
  // An answer that came in one piece has no speed.
  return ms < 50 ? null : (usage.output_tokens * 1_000) / ms;
}

export interface CostSum {
  /** Decimal string: of those whose cost is known. */
  readonly known: string;
  /** How many of them have no known cost. */
  readonly unknown: number;
}

/** An answer that was never made costs nothing; one whose cost is not known is counted, never taken for free. */
export function sumCosts(results: readonly Pick<RunResult, 'cost_usd' | 'request_id'>[]): CostSum {
  let [pico, unknown] = [0n, 0];
  for (const { cost_usd, request_id } of results) {
    const known = cost_usd === null ? undefined : usdToPicoExact(cost_usd);
    if (known !== undefined) pico += known;
    else if (request_id !== null) unknown += 1;
  }
  return { known: picoToUsd(pico), unknown };
}

export interface ModelTotals {
  readonly ended: number;
  readonly failed: number;
  readonly cost: CostSum;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Mean of those that did not fail; `null` where there are none. */
  readonly meanMs: number | null;
}

export function totalsOf(answers: readonly Answer[]): ModelTotals {
  const results = answers.flatMap(({ result }) => (result === null ? [] : [result]));
  const good = results.filter(({ error, stopped }) => error === null && !stopped);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    ended: answers.filter(({ result, failure }) => result !== null || failure !== null).length,
    failed: answers.filter(isFailed).length,
    cost: sumCosts(results),
    inputTokens: sum(results.map(({ usage }) => inputTokens(usage) ?? 0)),
    outputTokens: sum(results.map(({ usage }) => usage?.output_tokens ?? 0)),
    meanMs: good.length === 0 ? null : sum(good.map(({ duration_ms }) => duration_ms)) / good.length,
  };
}

export function isFailed({ result, failure }: Answer): boolean {
  return failure !== null || (result !== null && result.error !== null);
}

/** Everything that went in, also what the provider had already read. */
export function inputTokens(usage: RunResult['usage']): number | null {
  return usage === null ? null : usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
}

export function answerOf(outcome: Pick<Answer, 'result' | 'failure'>): Answer {
  const { text = '', reasoning = '', run = null } = outcome.result ?? {};
  return { ...newAnswer, ...outcome, run, text, reasoning };
}

export interface Tally {
  readonly model: string;
  readonly compared: number;
  readonly won: number;
  readonly drawn: number;
  /** A draw is half a win; `null` while there is none to divide by. */
  readonly share: number | null;
}

/** The most often preferred first; where that is equal, the one that was compared more often. */
export function talliesOf(models: readonly Omit<Tally, 'share'>[]): readonly Tally[] {
  return models
    .map((one) => ({ ...one, share: one.compared === 0 ? null : (one.won + one.drawn / 2) / one.compared }))
    .toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1) || b.compared - a.compared || a.model.localeCompare(b.model));
}
