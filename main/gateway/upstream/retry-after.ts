/** When a provider says to come back: `Retry-After` and the vendors' own headers (FAULT-20). */
import { headerOf } from './head.ts';
import type { HeadMap } from './client.ts';

/** Milliseconds to wait, clamped to 0…5 min; `undefined` when nothing was said that makes sense. `now` is epoch ms. */
export function retryAfterMs(headers: HeadMap, now: number): number | undefined {
  const exact = positive(headerOf(headers, 'retry-after-ms'));
  if (exact !== undefined) return clamp(exact);
  const header = headerOf(headers, 'retry-after');
  if (header !== undefined) {
    const seconds = Number(header);
    if (Number.isFinite(seconds)) return clamp(seconds * 1000);
    const date = Date.parse(header);
    if (Number.isFinite(date)) return clamp(date - now);
  }
  for (const name of resetHeaders) {
    const value = headerOf(headers, name);
    const ms = value === undefined ? undefined : duration(value, now);
    if (ms !== undefined) return clamp(ms);
  }
  return undefined;
}

/** OpenAI and Groq: durations such as `6m0s`, `20ms`; Anthropic: RFC 3339; others: seconds or epoch seconds. */
const resetHeaders = [
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'anthropic-ratelimit-requests-reset',
  'anthropic-ratelimit-tokens-reset',
  'x-ratelimit-reset',
  'ratelimit-reset',
];

const durationPattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

function duration(value: string, now: number): number | undefined {
  const text = value.trim();
  if (text === '') return undefined;
  const number = Number(text);
  if (Number.isFinite(number)) {
    // Larger than a month of seconds: a point in time, in seconds or milliseconds since 1970.
    if (number > 1e12) return number - now;
    if (number > 2_592_000) return number * 1000 - now;
    return number * 1000;
  }
  const match = durationPattern.exec(text);
  if (match !== null) {
    const [, d, h, m, s, ms] = match;
    return (
      Number(d ?? 0) * 86_400_000 +
      Number(h ?? 0) * 3_600_000 +
      Number(m ?? 0) * 60_000 +
      Number(s ?? 0) * 1000 +
      Number(ms ?? 0)
    );
  }
  const date = Date.parse(text);
  return Number.isFinite(date) ? date - now : undefined;
}

function positive(value: string | undefined): number | undefined {
  const number = value === undefined ? NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function clamp(ms: number): number {
  return Math.min(Math.max(Math.round(ms), 0), 300_000);
}
