/** Topics of a rule of the firewall: words and phrases, whole and in any case, as they stand in a text. */
import type { KeywordHits } from '../detectors/keyword-scan.ts';
import { termsDetector } from '../detectors/terms.ts';
import { readEscapes } from '../masking/escapes.ts';
import type { TextSpan } from './strip.ts';

export type FindTopics = (text: string) => readonly TextSpan[];

/** Terms have no key words. */
const noHits: KeywordHits = { count: 0, word: () => 0, start: () => 0, end: () => 0 };

/** Places in the text as it is written, though what its escapes say counts. */
export function findTopics(topics: readonly string[]): FindTopics {
  const detector = termsDetector(topics.map((text) => ({ text, caseSensitive: false, wholeWord: true })));
  return (written) => {
    const read = readEscapes(written);
    const text = read?.text ?? written;
    const found: TextSpan[] = [];
    detector.find({ text, isAscii: false, field: undefined }, noHits, ({ start, end }) => {
      found.push(read === undefined ? { start, end } : { start: read.at(start), end: read.at(end) });
    });
    return found;
  };
}
