/** The lines of `usage.series` laid over the parts of a range, those before and after what is recorded too. */
import type { UsageLine, UsageSeries } from '../../../shared/contract/usage.ts';
import type { Measure } from './address.ts';
import { placeOf } from './span.ts';

export interface BucketSums {
  requests: number;
  errors: number;
  /** All that went in and came out. */
  tokens: number;
  /** Of those that went in. */
  input: number;
  cacheRead: number;
  /** US dollars, as far as prices are known. */
  cost: number;
  unknownCosts: number;
}

export interface PlacedLine {
  /** `null` for what has no such name, and for the line of all others. */
  readonly name: string | null;
  readonly other: boolean;
  readonly buckets: readonly BucketSums[];
}

export const noSums = (): BucketSums => ({
  ...{ requests: 0, errors: 0, tokens: 0, input: 0, cacheRead: 0, cost: 0, unknownCosts: 0 },
});

export function placeLines({ starts, lines }: UsageSeries, over: readonly number[]): readonly PlacedLine[] {
  // The first part of what is recorded may begin within one of ours.
  const places = starts.map((at) => Math.max(0, placeOf(over, at)));
  return lines.map((line) => {
    const buckets = over.map(noSums);
    for (const [index, place] of places.entries()) {
      const into = buckets[place];
      if (into !== undefined) addLine(into, line, index);
    }
    return { name: line.name, other: line.other, buckets };
  });
}

function addLine(into: BucketSums, line: UsageLine, index: number): void {
  const at = (values: readonly number[]): number => values[index] ?? 0;
  const input = at(line.input_tokens) + at(line.cache_read_tokens) + at(line.cache_write_tokens);
  into.requests += at(line.requests);
  into.errors += at(line.errors);
  into.tokens += input + at(line.output_tokens);
  into.input += input;
  into.cacheRead += at(line.cache_read_tokens);
  into.cost += Number(line.known_cost_usd[index] ?? 0);
  into.unknownCosts += at(line.unknown_costs);
}

/** All lines together. */
export function totalLine(lines: readonly PlacedLine[], length: number): readonly BucketSums[] {
  const total = Array.from({ length }, noSums);
  for (const { buckets } of lines)
    for (const [index, sums] of buckets.entries()) {
      const into = total[index];
      if (into !== undefined) for (const name of Object.keys(into) as (keyof BucketSums)[]) into[name] += sums[name];
    }
  return total;
}

export const valueOf = (sums: BucketSums, measure: Measure): number => sums[measure];

export const sumOf = (buckets: readonly BucketSums[], measure: Measure): number =>
  buckets.reduce((sum, one) => sum + valueOf(one, measure), 0);

/** Each value with all before it. */
export function cumulated(values: readonly number[]): readonly number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}
