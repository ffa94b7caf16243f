/** How long answers took over the parts of a range, and what is typical of each provider. */
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { roundUp } from '../../ui/charts/axis.ts';
import { placeOf } from './span.ts';

export interface PlacedLatency {
  readonly name: string | null;
  readonly requests: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  /** The middle of the parts, each weighed by its answers: close to the figure of the whole, not the same. */
  readonly typical50: number | null;
  readonly typical95: number | null;
}

export function placeLatency(
  { starts, lines }: CallOutput<'usage.latency'>,
  over: readonly number[],
  what: 'first' | 'total',
): readonly PlacedLatency[] {
  const places = starts.map((at) => Math.max(0, placeOf(over, at)));
  return lines.map((line) => {
    const [p50, p95] = what === 'first' ? [line.ttft_p50_ms, line.ttft_p95_ms] : [line.total_p50_ms, line.total_p95_ms];
    const parts = (values: readonly (number | null)[]): Weighed[][] =>
      gather(values, line.requests, places, over.length);
    const [of50, of95] = [parts(p50), parts(p95)];
    const requests: number[] = over.map(() => 0);
    for (const [index, place] of places.entries())
      requests[place] = (requests[place] ?? 0) + (line.requests[index] ?? 0);
    return {
      name: line.name,
      requests,
      p50: of50.map(weighedMiddle),
      p95: of95.map(weighedMiddle),
      typical50: weighedMiddle(of50.flat()),
      typical95: weighedMiddle(of95.flat()),
    };
  });
}

interface Weighed {
  readonly value: number;
  readonly weight: number;
}

function gather(
  values: readonly (number | null)[],
  weights: readonly number[],
  places: readonly number[],
  length: number,
): Weighed[][] {
  const found: Weighed[][] = Array.from({ length }, () => []);
  for (const [index, value] of values.entries())
    if (value !== null) found[places[index] ?? 0]?.push({ value, weight: weights[index] ?? 0 });
  return found;
}

/** The value that half of the weight is not above. */
export function weighedMiddle(values: readonly Weighed[]): number | null {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  let left = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { value, weight } of sorted) {
    left -= weight;
    if (left <= 0) return value;
  }
  return null;
}

/** A peak more than so many times as high as what is usual would press everything else flat. */
const peak = 3;

/** Where the axis of all of them ends, and whether peaks are cut off by it. */
export function axisTop(lines: readonly PlacedLatency[]): { readonly top: number; readonly isCut: boolean } {
  const values = lines.flatMap(({ p95 }) => p95).filter((value) => value !== null);
  const sorted = values.toSorted((a, b) => a - b);
  const [usual, most] = [sorted[Math.floor(sorted.length * 0.75)] ?? 0, sorted.at(-1) ?? 0];
  const isCut = most > usual * peak;
  return { top: roundUp(isCut ? usual * peak : most), isCut };
}
