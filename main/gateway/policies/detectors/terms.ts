/** Finds the terms people list: names of projects, customers, hosts, tens of thousands of them in one pass. */
import { atOnce, type Steps } from '../../../kit/steps.ts';
import type { MaskTerm } from '../../ports.ts';
import type { Detector } from './detector.ts';
import { PieceTerms } from './terms-pieces.ts';
import { WordTerms } from './terms-words.ts';

/** What a user has named is what he meant. */
const score = 1;

/**
 * Finds each term as people would: whatever its case (unless its case counts), its white space (line breaks, no-break and
 * zero-width spaces, the `// ` of a comment), composed or not, in full width, with any apostrophe or dash. A whole word ends where
 * letters and digits do; scripts without spaces have no such end. Of terms inside one another the longest is found.
 */
export function termsDetector(terms: readonly MaskTerm[]): Detector {
  return atOnce(termsSteps(terms));
}

/** The same in steps. */
export function* termsSteps(terms: readonly MaskTerm[]): Steps<Detector> {
  const words = terms.filter(({ wholeWord }) => wholeWord);
  const pieces = terms.filter(({ wholeWord }) => !wholeWord);
  const searches = [
    ...(words.length > 0 ? [yield* WordTerms.steps(words)] : []),
    ...(pieces.length > 0 ? [yield* PieceTerms.steps(pieces)] : []),
  ];
  return {
    id: 'terms',
    kinds: ['terms'],
    keywords: [],
    find({ text }, _hits, report) {
      for (const search of searches) {
        search.find(text, (start, end) => report({ start, end, kind: 'terms', subtype: 'term', score }));
      }
    },
  };
}
