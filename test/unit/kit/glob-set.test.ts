import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { GlobSet } from '../../../main/kit/glob-set.ts';
import { matchesAny, matchesInAnyCase } from '../../../main/kit/glob.ts';

const letters = fc.constantFrom('a', 'b', 'A', '/', '-');
const name = fc.string({ unit: letters, maxLength: 8 });
const pattern = fc.string({ unit: fc.oneof(letters, fc.constant('*')), maxLength: 6 });

describe('many patterns', () => {
  it('fit what any of them fits, few or many', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 30 }),
        fc.array(name, { minLength: 1, maxLength: 10 }),
        (patterns, names) => {
          const set = new GlobSet(patterns);
          const inAnyCase = new GlobSet(patterns, { anyCase: true });
          for (const one of names) {
            expect(set.fits(one)).toBe(matchesAny(patterns, one));
            expect(inAnyCase.fits(one)).toBe(patterns.some((glob) => matchesInAnyCase(glob, one)));
          }
        },
      ),
    );
  });

  it('that are none fit nothing', () => {
    for (const one of ['', 'a', '*']) expect(new GlobSet([]).fits(one)).toBe(false);
  });
});
