/**
 * The words that instructions to a model are made of, by what they do in the sentence. A word stands for all that begin with it, unless it
 * ends in `=`; case and accents do not count.
 */
import type { Words } from './phrase-classes.ts';
import { easternWords } from './phrase-words-east.ts';
import { farWords } from './phrase-words-far.ts';
import { westernWords } from './phrase-words-west.ts';

/** By language; the language itself does not matter, so that mixed texts are understood as well. */
export const phraseWords: Readonly<Record<string, Words>> = { ...westernWords, ...easternWords, ...farWords };
