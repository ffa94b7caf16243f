// What the simulated providers say: words in which provider, try and request are named, so that every piece tells whose it is.
import { draws, type Draws } from './draw.ts';

export type ProviderName = 'a' | 'b' | 'c';
export const providerNames = ['a', 'b', 'c'] as const;

export interface ToldUsage {
  readonly input: number;
  readonly output: number;
}

export interface ProviderAnswer {
  /** All of it. */
  readonly text: string;
  /** Its pieces in order, cut anywhere but inside a character. At least four of a whole answer. */
  readonly pieces: readonly string[];
  readonly usage: ToldUsage;
}

/**
 * Distinct words for each provider and try. Where answers are to be joined all providers say the same: `s`. Digits and a few
 * letters of other scripts, so that pieces and packets are cut inside words and inside characters.
 */
export function answerText(seed: string, who: ProviderName | 's', n: number, k: number): string {
  const chance = draws(seed, 'words', n);
  const tag = who === 's' ? 's' : `${who}${String(k)}`;
  // Now and then one that is larger than what is held back before the commit point.
  const length = chance.chance(0.006) ? 6_500 : chance.between(6, 14);
  return Array.from({ length }, (_, index) => {
    const ending = chance.chance(0.15) ? chance.pick(['ü', '語', '😀', '"', '\\', '.']) : '';
    return `${tag}n${String(n)}w${String(index)}${ending}`;
  }).join(' ');
}

/** `from`: how much of it was said before, by another. */
export function answerOf(text: string, from: number, chance: Draws): ProviderAnswer {
  const said = text.slice(from);
  return {
    text: said,
    pieces: cut(said, chance),
    usage: { input: chance.between(5, 500), output: Math.max(1, Math.ceil(said.length / 4)) },
  };
}

function cut(text: string, chance: Draws): string[] {
  const characters = [...text];
  const longest = Math.min(Math.max(1, Math.floor(characters.length / 4)), Math.max(24, characters.length / 100));
  const pieces: string[] = [];
  for (let at = 0; at < characters.length;) {
    const length = chance.between(1, Math.floor(longest));
    pieces.push(characters.slice(at, at + length).join(''));
    at += length;
  }
  return pieces;
}

/** Stands in the user's text: which request this is, and whether all providers answer it alike. */
export function markerOf(n: number, alike: boolean): string {
  return `<chaos ${String(n)} ${alike ? 'alike' : 'apart'}>`;
}

export function readMarker(body: string): { readonly n: number; readonly alike: boolean } | undefined {
  // Angle brackets may be escaped on the way.
  const found = /chaos (\d+) (alike|apart)/.exec(body);
  return found === null ? undefined : { n: Number(found[1]), alike: found[2] === 'alike' };
}

/** How much of `text` the request hands over as the beginning of an answer that is to be gone on with. */
export function beginningIn(body: string, text: string): number {
  if (!body.includes('"assistant"')) return 0;
  const { messages } = JSON.parse(body) as { messages?: { role: string; content: string | { text?: string }[] }[] };
  const last = messages?.at(-1);
  if (last?.role !== 'assistant') return 0;
  const { content } = last;
  const beginning = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
  if (!text.startsWith(beginning)) throw new Error(`a beginning that was never said was handed over: ${beginning}`);
  return beginning.length;
}
