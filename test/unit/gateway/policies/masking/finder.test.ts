import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { Detector } from '../../../../../main/gateway/policies/detectors/detector.ts';
import { DetectorFailure, Finder } from '../../../../../main/gateway/policies/masking/finder.ts';

/** Finds `#digits#`, and counts how much it has looked at. */
function marks(): Detector & { seen: number } {
  return {
    id: 'marks',
    kinds: ['patterns'],
    keywords: ['#'],
    seen: 0,
    find({ text }, hits, report) {
      this.seen += text.length;
      for (let hit = 0; hit < hits.count; hit++) {
        const end = text.indexOf('#', hits.end(hit));
        const start = hits.start(hit);
        if (end !== -1 && /^#\d{1,60}#$/.test(text.slice(start, end + 1)))
          report({ start, end: end + 1, kind: 'patterns', subtype: 'mark', score: 1 });
      }
    },
  };
}

const finderOf = (detector: Detector): Finder => new Finder([detector], new Set(['patterns'] as const));

describe('finding', () => {
  it('gives the same in a long text as in a short one, wherever a value stands and however the text is cut', () => {
    const filler = fc.constantFrom('word ', 'line\n', 'paragraph\n\n', 'x'.repeat(900), '{"a":1},');
    fc.assert(
      fc.property(
        fc.array(filler, { minLength: 20, maxLength: 90 }),
        fc.array(fc.nat(), { maxLength: 9 }),
        (parts, places) => {
          const all = parts.flatMap((part) => [part.repeat(30)]);
          for (const place of places) all.splice(place % all.length, 0, `#${String(place)}#`);
          const text = all.join('');
          const found = finderOf(marks()).find(text, undefined);
          const expected = [...text.matchAll(/#\d{1,60}#/g)].map(({ index, 0: value }) => [
            index,
            index + value.length,
          ]);
          expect(found.map(({ start, end }) => [start, end])).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('looks through a text that grew where it is new', () => {
    const detector = marks();
    const finder = finderOf(detector);
    const text = `${'a line of a log that goes on and on\n\n'.repeat(8_000)}#7#`;
    finder.find(text, undefined);
    const before = detector.seen;
    expect(finder.find(`${text} and then #8#`, undefined)).toHaveLength(2);
    expect(detector.seen - before).toBeLessThan(20_000);
  });

  it('looks at a text of megabytes a bounded number of times, with no line end in it either', () => {
    for (const text of ['x'.repeat(4_000_000), 'line\n'.repeat(800_000), '#'.repeat(200_000)]) {
      const detector = marks();
      finderOf(detector).find(text, undefined);
      expect(detector.seen).toBeLessThan(text.length * 1.5);
    }
  });

  it('knows a text again whose field is another one as another text', () => {
    const seen: (string | undefined)[] = [];
    const finder = finderOf({
      ...{ id: 'fields', kinds: ['patterns'], keywords: [] },
      find: ({ field }) => {
        seen.push(field);
      },
    });
    for (const field of ['ssn', undefined, 'ssn', 'phone']) finder.find('123456789', field);
    expect(seen).toEqual(['ssn', undefined, 'phone']);
  });

  it('leaves out what nobody asked for, before anything overlaps', () => {
    const both: Detector = {
      ...{ id: 'both', kinds: ['email', 'patterns'], keywords: [] },
      find(_, __, report) {
        report({ start: 0, end: 9, kind: 'email', subtype: 'email', score: 1 });
        report({ start: 2, end: 4, kind: 'patterns', subtype: 'p', score: 0.9 });
      },
    };
    expect(finderOf(both).find('some text', undefined)).toEqual([
      { start: 2, end: 4, kind: 'patterns', subtype: 'p', score: 0.9 },
    ]);
  });

  it('leaves alone what may leave', () => {
    const finder = new Finder([marks()], new Set(['patterns'] as const), (value) => value === '#7#');
    expect(finder.find('#6# #7# #8#', undefined).map(({ start }) => start)).toEqual([0, 8]);
  });

  it('names the detector that failed', () => {
    const finder = finderOf({
      ...{ id: 'broken', kinds: ['patterns'], keywords: [] },
      find: () => {
        throw new RangeError('out of range');
      },
    });
    expect(() => finder.find('text', undefined)).toThrow(DetectorFailure);
    expect(() => finder.find('text', undefined)).toThrow('"broken"');
  });
});
