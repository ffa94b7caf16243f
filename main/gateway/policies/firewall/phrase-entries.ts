/** The words of the phrase lists as they are looked for. */
import { folds } from './normalise.ts';
import { wordClasses } from './phrase-classes.ts';
import type { WordClass } from './phrase-classes.ts';
import { phraseWords } from './phrase-words.ts';
import { fromUnits } from './units.ts';

export interface Entry {
  /** In lower case and without accents. */
  readonly text: string;
  /** What the word can do. */
  readonly mask: number;
  /** The word must end here; others stand for all that begin with them. */
  readonly isWhole: boolean;
}

/** All words of all languages. */
export function readEntries(): Entry[] {
  const entries: Entry[] = [];
  for (const words of Object.values(phraseWords)) {
    for (const [name, list] of Object.entries(words)) {
      const mask = wordClasses[name as WordClass];
      for (const word of folded(list).split(',')) {
        const isWhole = word.endsWith('=');
        entries.push({ text: isWhole ? word.slice(0, -1) : word, mask, isWhole });
      }
    }
  }
  return entries;
}

function folded(list: string): string {
  const composed = list.normalize('NFC');
  const units = new Uint16Array(composed.length);
  for (let i = 0; i < composed.length; i++) units[i] = folds[composed.charCodeAt(i)] as number;
  return fromUnits(units, composed.length);
}

/** 1 to 26 for a Latin letter, 31 for all else. */
export function letterNumber(code: number): number {
  return code >= 0x61 && code <= 0x7a ? code - 0x60 : 31;
}
