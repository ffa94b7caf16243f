/** Answers token counts for targets that have no counter of their own: always an answer, rounded up (CLI-08). */
import type { JsonDocument } from './dialects/document.ts';
import type { Surface, Target } from './exchange.ts';
import type { TokenRatios } from './token-ratios.ts';

export interface CountInput {
  readonly surface: Surface;
  readonly document: JsonDocument | undefined;
  readonly model: string;
  readonly target: Target | undefined;
  readonly learned: TokenRatios;
}

/** Base64 of images and files is not text to a tokenizer; providers charge about this many tokens for one. */
const mediaTokens = 1_600;
const base64Run = /"[A-Za-z0-9+/=]{2000,}"/g;

export function answerCountLocally(input: CountInput): Buffer {
  const bytes = input.document?.bytes ?? Buffer.alloc(0);
  let mediaCount = 0;
  let size = bytes.length;
  if (bytes.length > 2_000 && bytes.includes('base64')) {
    for (const match of bytes.toString('latin1').matchAll(base64Run)) {
      mediaCount++;
      size -= match[0].length;
    }
  }
  const target = input.target === undefined ? undefined : `${input.target.provider.id}/${input.target.model}`;
  const tokens = input.learned.estimate(target, size) + mediaCount * mediaTokens;
  const body = input.surface.family === 'gemini' ? { totalTokens: tokens } : { input_tokens: tokens };
  return Buffer.from(JSON.stringify(body));
}
