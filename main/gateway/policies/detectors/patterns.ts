/** Finds what the patterns of the user fit. */
import { PatternFinder } from '../../../kit/pattern.ts';
import type { MaskPattern } from '../../ports.ts';
import type { Detector } from './detector.ts';

/** Whoever writes a pattern means what it fits. */
const score = 1;

/**
 * Finds all places where one of the patterns fits; the subtype is the pattern's id. A pattern with a problem, which no checked
 * config holds, throws a `RangeError` here, since leaving it out would let through what it was written for; so does, when used, one
 * that takes too long on a text.
 */
export function patternsDetector(patterns: readonly MaskPattern[]): Detector {
  const finders = patterns.map(({ id, pattern }) => {
    const finder = PatternFinder.of(pattern);
    if (finder === undefined) throw new RangeError(`The pattern ${id} is none.`);
    return { id, finder };
  });
  return {
    id: 'patterns',
    kinds: ['patterns'],
    keywords: [],
    find({ text }, _hits, report) {
      for (const { id, finder } of finders) {
        finder.each(text, (start, end) => report({ start, end, kind: 'patterns', subtype: id, score }));
      }
    },
  };
}
