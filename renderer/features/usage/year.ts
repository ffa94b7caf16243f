/** The past year as weeks of days, each with how much there was on it. */
import { midnight, monday } from './span.ts';

const weekCount = 53;

export interface YearDay {
  readonly at: number;
  /** `undefined`: the day has not come yet. */
  readonly value: number | undefined;
}

export const yearSince = (now: number): number => midnight(monday(now), -7 * (weekCount - 1));

/** Columns of seven days from Monday on, the last one with today in it. */
export function yearOf(days: ReadonlyMap<number, number>, now: number): readonly (readonly YearDay[])[] {
  const first = yearSince(now);
  return Array.from({ length: weekCount }, (_, week) =>
    Array.from({ length: 7 }, (__, day) => {
      const at = midnight(first, week * 7 + day);
      return { at, value: at > now ? undefined : (days.get(at) ?? 0) };
    }),
  );
}

/** Bounds of four levels so that each holds as many of the days on which there was something. */
export function levelsOf(values: readonly number[]): (value: number) => 0 | 1 | 2 | 3 | 4 {
  const sorted = values.filter((value) => value > 0).toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, middle, high] = [at(0.25), at(0.5), at(0.75)];
  return (value) => {
    if (value <= 0) return 0;
    if (value >= (sorted.at(-1) ?? 0)) return 4;
    return value <= low ? 1 : value <= middle ? 2 : value <= high ? 3 : 4;
  };
}
