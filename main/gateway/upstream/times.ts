/** The spellings in which providers write durations and points in time. */

/** A number and nothing else: no `0x`, no exponent, no empty text. */
export function plainNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^[+-]?\d{1,40}(?:\.\d{1,20})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?$/;
/** RFC 9110, 5.6.7: the preferred form, and the one of RFC 850. */
const httpDate = /^[A-Za-z]{3,9}, \d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d(?: (?:GMT|UTC))?$/;
/** `Sun Nov  6 08:49:37 1994`, which is UTC although it does not say so. */
const asctime = /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** Epoch milliseconds of a date; `Date.parse` alone finds dates in any words with a number. */
export function pointInTime(text: string): number | undefined {
  const trimmed = text.trim();
  const readable = rfc3339.test(trimmed) || httpDate.test(trimmed) || asctime.test(trimmed);
  if (!readable) return undefined;
  const zoned = /(?:[Zz]|GMT|UTC|[+-]\d\d:?\d\d)$/.test(trimmed) && !asctime.test(trimmed);
  const at = Date.parse(zoned ? trimmed : rfc3339.test(trimmed) ? `${trimmed}Z` : `${trimmed} GMT`);
  return Number.isFinite(at) ? at : undefined;
}

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const step =
  /(?:and |, ?)?(\d{1,12}(?:\.\d{1,12})?) ?(milliseconds?|msecs?|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h|days?|d)(?![a-z])[ ]?/iy;
/** `1d2h3m4s5ms` has five. */
const maxSteps = 6;

/** `6m0s`, `20ms`, `1.2s`, `9 seconds`, `2 hours and 5 minutes`: the whole of a text, or what it begins with. */
export function durationMs(text: string, part: 'whole' | 'prefix'): number | undefined {
  let ms: number | undefined;
  step.lastIndex = 0;
  let end = 0;
  for (let steps = 0; steps < maxSteps; steps++) {
    const match = step.exec(text);
    if (match === null) break;
    end = step.lastIndex;
    ms = (ms ?? 0) + Number(match[1]) * (unitMs[unitOf(match[2] ?? '')] ?? 0);
  }
  return part === 'whole' && end !== text.length ? undefined : ms;
}

function unitOf(word: string): string {
  const lower = word.toLowerCase();
  return lower.startsWith('ms') || lower.startsWith('milli') ? 'ms' : lower.slice(0, 1);
}

/** Larger than a month of seconds it is a point in time. */
const longestSeconds = 2_592_000;
const smallestEpochMs = 1e12;

/** Milliseconds from `base` (epoch ms) until what a reset header says: seconds, epoch seconds or milliseconds, a duration, a date. */
export function waitMs(value: string, base: number): number | undefined {
  const number = plainNumber(value);
  if (number !== undefined) {
    if (number >= smallestEpochMs) return number - base;
    return number > longestSeconds ? number * 1000 - base : number * 1000;
  }
  const trimmed = value.trim();
  const duration = durationMs(trimmed, 'whole');
  if (duration !== undefined) return duration;
  const date = pointInTime(trimmed);
  return date === undefined ? undefined : date - base;
}
