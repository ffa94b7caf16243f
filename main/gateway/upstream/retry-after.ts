/** When a provider says to come back, and how much of its limits is left (FAULT-20, RTE-15). */
import { headOf } from './error-words.ts';
import { headerOf } from './head.ts';
import type { HeadMap } from './client.ts';
import { limitWindows, type LimitWindow } from './limit-windows.ts';
import { durationMs, plainNumber, pointInTime, waitMs } from './times.ts';

/** No provider's wish is believed beyond this. */
const longestWaitMs = 5 * 60_000;

/** Milliseconds to wait, in 0…5 min, by the headers alone; `undefined` when they say nothing that makes sense. `now` is epoch ms. */
export function retryAfterMs(headers: HeadMap, now: number): number | undefined {
  return retryAfterIn(headers, '', now);
}

/**
 * Milliseconds to wait, in 0…5 min, by headers and error body. What is said outright comes first: OpenAI's message has the
 * true wait, while its headers tell when a window is full again. `now` is epoch ms. Never throws.
 */
export function retryAfterIn(headers: HeadMap, body: Buffer | string, now: number): number | undefined {
  const base = serverTime(headers, now);
  const wait = outright(headers, base) ?? inBody(headOf(body), base) ?? untilReset(limitWindows(headers), base);
  return wait === undefined ? undefined : Math.min(Math.max(Math.round(wait), 0), longestWaitMs);
}

/** Points in time are the provider's: where this machine's clock is wrong, the wait is right all the same. */
function serverTime(headers: HeadMap, now: number): number {
  const date = headerOf(headers, 'date');
  return (date === undefined ? undefined : pointInTime(date)) ?? now;
}

function outright(headers: HeadMap, base: number): number | undefined {
  const exact = plainNumber(headerOf(headers, 'retry-after-ms'));
  if (exact !== undefined) return exact;
  const header = headerOf(headers, 'retry-after');
  if (header === undefined) return undefined;
  const seconds = plainNumber(header);
  if (seconds !== undefined) return seconds * 1000;
  const date = pointInTime(header);
  return date === undefined ? undefined : date - base;
}

/** Gemini and Vertex, `google.rpc.RetryInfo`; also where the whole body is text in another one's message. */
const retryInfo = /\\?"retryDelay\\?"\s{0,8}:\s{0,8}\\?"(\d{1,9}(?:\.\d{1,12})?)s/;
/** Codex's usage limits, and gateways. */
const secondsField =
  /\\?"(?:retry_after|retry_after_seconds|resets_in_seconds)\\?"\s{0,8}:\s{0,8}(\d{1,9}(?:\.\d{1,12})?)/;
/** OpenRouter repeats the headers of whoever refused. */
const resetField = /\\?"x-ratelimit-reset\\?"\s{0,8}:\s{0,8}\\?"?(\d{10,13})\b/i;
/** OpenAI and Groq "Please try again in 9m38.016s", Gemini "Please retry in 20.04s", Azure "Please retry after 9 seconds". */
const sentence = /\b(?:try again|retry|wait) (?:in |after |for )?(?=\d)/gi;
/** Sentences looked at: one is the rule. */
const maxSentences = 5;
const maxDurationText = 60;

function inBody(text: string, base: number): number | undefined {
  if (text === '') return undefined;
  const seconds = retryInfo.exec(text)?.[1] ?? secondsField.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  let looked = 0;
  for (const match of text.matchAll(sentence)) {
    if (looked++ >= maxSentences) break;
    const start = match.index + match[0].length;
    const ms = durationMs(text.slice(start, start + maxDurationText), 'prefix');
    if (ms !== undefined) return ms;
  }
  const reset = resetField.exec(text)?.[1];
  return reset === undefined ? undefined : waitMs(reset, base);
}

/**
 * Every window that is empty must refill. Windows with something left did not refuse; only where none says what is left is
 * the longest reset the wait.
 */
function untilReset(windows: readonly LimitWindow[], base: number): number | undefined {
  const empty = windows.filter((one) => one.remaining === 0);
  const asked = empty.length > 0 || windows.some((one) => one.remaining !== undefined) ? empty : windows;
  const waits = asked.map((one) => (one.reset === undefined ? undefined : waitMs(one.reset, base)));
  const known = waits.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** What is left of the limits of a credential, as a share in [0, 1] of the fullest window of its kind. */
export interface Remaining {
  readonly requests?: number;
  readonly tokens?: number;
}

/** By the headers any answer may have; `undefined` when they say nothing of it. Never throws. */
export function remainingOf(headers: HeadMap): Remaining | undefined {
  const shares = limitWindows(headers).flatMap((one) =>
    one.share === undefined ? [] : [{ ...one, share: one.share }],
  );
  const least = (counts: 'requests' | 'tokens'): number | undefined => {
    // A window that names neither, such as a plan's, holds for both.
    const own = shares.filter((one) => one.counts === counts || one.counts === undefined);
    return own.length === 0 ? undefined : Math.min(...own.map((one) => one.share));
  };
  const [requests, tokens] = [least('requests'), least('tokens')];
  if (requests === undefined && tokens === undefined) return undefined;
  return { ...(requests === undefined ? {} : { requests }), ...(tokens === undefined ? {} : { tokens }) };
}
