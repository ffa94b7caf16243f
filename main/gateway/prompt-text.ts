/** The words of a request's body for a tokenizer: all of it but the base64 of pictures, sound and documents. */
import type { Survey } from './dialects/dialect.ts';

/** Shorter media stay: they are a few hundred tokens too many. */
const leastMediaBytes = 2_000;

/** 1 for the letters of base64, both alphabets. */
const base64 = new Uint8Array(256);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_')
  base64[letter.charCodeAt(0)] = 1;

/**
 * `undefined` when the base64 cannot be told from words: what is left out must be media, which are counted otherwise, and
 * nothing else.
 */
export function promptText(body: Buffer, survey: Survey | undefined): Buffer | undefined {
  let expected = 0;
  for (const { bytes } of survey?.mediaList() ?? []) if (bytes >= leastMediaBytes) expected += bytes;
  if (expected === 0) return body;
  const kept: Buffer[] = [];
  let cut = 0;
  let keptFrom = 0;
  let start = 0;
  for (let at = 0; at <= body.length; at++) {
    if (at < body.length && base64[body[at] as number] === 1) continue;
    if (at - start >= leastMediaBytes) {
      kept.push(body.subarray(keptFrom, start));
      cut += at - start;
      keptFrom = at;
    }
    start = at + 1;
  }
  if (cut !== expected) return undefined;
  kept.push(body.subarray(keptFrom));
  return Buffer.concat(kept);
}
