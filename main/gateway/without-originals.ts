/** An answer as the client got it, with placeholders where originals came back: what of it may be kept. */
import { rewriteSummaries } from './dialects/openai-responses/compaction-handle.ts';
import type { Original } from './exchange.ts';

/** JSON in a string of JSON, as tools' arguments are, and once more. */
const maxLayers = 3;

export function withoutOriginals(wire: Buffer, originals: Iterable<Original>): Buffer {
  // Longer ones first: one may be a part of another.
  const all = [...originals].sort((a, b) => b.text.length - a.text.length);
  const masked = withPlaceholders(wire.toString('utf8'), all);
  // Summaries of ours are only encoded.
  return Buffer.from(
    rewriteSummaries(masked, (summary) => withPlaceholders(summary, all)),
    'utf8',
  );
}

function withPlaceholders(text: string, originals: readonly Original[]): string {
  let masked = text;
  for (const { text: original, placeholder } of originals) {
    let form = original;
    for (let layers = 0; layers <= maxLayers; layers++) {
      if (masked.includes(form)) masked = masked.replaceAll(form, placeholder);
      form = JSON.stringify(form).slice(1, -1);
    }
  }
  return masked;
}
