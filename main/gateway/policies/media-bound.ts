/** The most tokens that pictures, sound and documents are charged as (BUD-06): by the vendors' public formulas, at their maximum. */
import type { Medium } from '../dialects/dialect.ts';

/** Sizes in pixels and pages are not looked at: a picture counts as the largest its vendor makes of any. */
type ImageRow = readonly [model: RegExp, tokens: number];

/**
 * By the name of the model, the first that fits. OpenAI ("Images and vision", calculating costs): scaled to 2048 × 768 at most,
 * which is 8 tiles and a base, or up to 1,536 patches times the model's multiplier; later models take up to 10,000 patches.
 * Anthropic ("Vision"): width × height / 750, scaled down to about 1,600 tokens, from Claude 4.7 on to 4,784. Google ("Understand
 * and count tokens", "Media resolution"): 258 for each of 16 tiles of 768 × 768 in 3072 × 3072, from Gemini 3 on 2,240 at most.
 */
const imageRows: readonly ImageRow[] = [
  [/(?:^|[/.])gpt-4o-mini/, 2_833 + 8 * 5_667],
  [/(?:^|[/.])gpt-(?:4\.1|5)-nano/, Math.ceil(1_536 * 2.46)],
  [/(?:^|[/.])gpt-(?:4\.1|5)-mini/, Math.ceil(1_536 * 1.62)],
  [/(?:^|[/.])o4-mini/, Math.ceil(1_536 * 1.72)],
  [/(?:^|[/.])(?:chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-4-)/, 85 + 8 * 170],
  [/(?:^|[/.])(?:o1|o3)(?:-|$)/, 75 + 8 * 150],
  [/(?:^|[/.])computer-use-preview/, 65 + 8 * 129],
  [/(?:^|[/.])gpt-5(?:-20\d\d|-chat|$)/, 70 + 8 * 140],
  [/(?:^|[/.])(?:gpt|o\d|codex)(?:-|$)/, Math.ceil(10_000 * 1.2)],
  [/claude-(?:[23]|instant)/, 1_600],
  [/claude-(?:opus|sonnet|haiku)-4(?:[-.][0156])?(?![-.]?\d(?!\d))/, 1_600],
  [/claude/, 4_784],
  [/gemini-(?:1|2)/, 16 * 258],
  [/gemini/, 2_240],
];
/** Qwen-VL makes up to 16,384 of one, more than any other open model (its model card). */
const anyImage = 16_384;
/** Charged beside the context window, not in it (OpenAI, "Images and vision": more tokens for the same price). */
const besideWindow = /(?:^|[/.])gpt-4o-mini/;

/** Gemini takes 32 a second; OpenAI 10, Mistral 12.5. */
const audioTokensPerSecond = 32;
/** Speech is hardly understood below 4 kbit/s, the least that any codec for it makes. */
const leastAudioBytesPerSecond = 500;

export interface MediaBound {
  /** In the context window, of which no request can fill more than all. */
  readonly inWindow: number;
  readonly besideWindow: number;
}

/** `contextWindow` stands for what has no bound of its own: documents and films of any length, and what stands elsewhere. */
export function mediaBound(media: readonly Medium[], model: string, contextWindow: number): MediaBound {
  let inWindow = 0;
  let beside = 0;
  for (const medium of media) {
    if (medium.kind === 'image' && besideWindow.test(model)) beside += imageTokens(model);
    else if (medium.kind === 'image') inWindow += imageTokens(model);
    else if (medium.kind === 'audio' && medium.bytes > 0) inWindow += audioTokens((medium.bytes * 3) / 4);
    else inWindow += contextWindow;
  }
  return { inWindow: Math.min(inWindow, contextWindow), besideWindow: beside };
}

/** Of one picture. */
export function imageTokens(model: string): number {
  return imageRows.find(([pattern]) => pattern.test(model))?.[1] ?? anyImage;
}

/** Of a recording of so many bytes, compressed as far as speech can be. */
export function audioTokens(bytes: number): number {
  return Math.ceil((bytes / leastAudioBytesPerSecond) * audioTokensPerSecond);
}
