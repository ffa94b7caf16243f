import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { Finding } from '../../../../../main/gateway/policies/detectors/detector.ts';
import { knownValue } from '../../../../../main/gateway/policies/detectors/exact.ts';
import { resolveOverlaps } from '../../../../../main/gateway/policies/detectors/overlaps.ts';
import { foundKinds, type FoundKind } from '../../../../../shared/domain/masking.ts';

function finding(kind: FoundKind, start: number, end: number, score = 0.9, subtype = kind as string): Finding {
  return { start, end, kind, subtype, score };
}

const findings = fc.array(
  fc
    .tuple(
      fc.nat(60),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom(...foundKinds),
      fc.constantFrom(0.3, 0.49, 0.5, 0.6, 0.8, 0.95, 1),
      fc.constantFrom('a', 'b', knownValue),
    )
    .map(([start, length, kind, score, subtype]) => finding(kind, start, start + length, score, subtype)),
  { maxLength: 30 },
);

function isCovered(place: number, list: readonly Finding[]): boolean {
  return list.some(({ start, end }) => start <= place && place < end);
}

describe('resolveOverlaps', () => {
  it('covers whatever a finding that is more than a guess covers', () => {
    fc.assert(
      fc.property(findings, (list) => {
        const result = resolveOverlaps(list);
        for (const { score, start, end } of list) {
          if (score >= 0.5) for (let place = start; place < end; place++) expect(isCovered(place, result)).toBe(true);
        }
      }),
    );
  });

  it('covers nothing that no finding covers', () => {
    fc.assert(
      fc.property(findings, (list) => {
        for (const { start, end } of resolveOverlaps(list)) {
          for (let place = start; place < end; place++) expect(isCovered(place, list)).toBe(true);
        }
      }),
    );
  });

  it('gives findings in order that do not overlap, each with the kind, subtype and score of one of those it covers', () => {
    fc.assert(
      fc.property(findings, (list) => {
        let end = 0;
        for (const one of resolveOverlaps(list)) {
          expect(one.start).toBeGreaterThanOrEqual(end);
          expect(one.end).toBeGreaterThan(one.start);
          end = one.end;
          expect(
            list.some(
              ({ kind, subtype, score, start, end: last }) =>
                kind === one.kind &&
                subtype === one.subtype &&
                score === one.score &&
                start >= one.start &&
                last <= one.end,
            ),
          ).toBe(true);
        }
      }),
    );
  });

  it('does not depend on the order, and changes nothing when it is done again', () => {
    fc.assert(
      fc.property(findings, fc.infiniteStream(fc.nat()), (list, order) => {
        const result = resolveOverlaps(list);
        const keyed = list.map((one) => ({ one, key: order.next().value as number }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
        expect(resolveOverlaps(shuffled)).toEqual(result);
        expect(resolveOverlaps(result)).toEqual(result);
      }),
    );
  });

  it.each<[string, Finding[], Finding[]]>([
    [
      'a phone number inside an address is the address',
      [finding('phone', 5, 9, 0.7), finding('address', 0, 20, 0.8)],
      [finding('address', 0, 20, 0.8)],
    ],
    [
      'a mail address half over a link covers both',
      [finding('email', 0, 10, 0.95), finding('url', 5, 20, 0.8)],
      [finding('email', 0, 20, 0.95)],
    ],
    [
      'the more certain one wins',
      [finding('phone', 0, 9, 0.6), finding('national_id', 0, 9, 0.95)],
      [finding('national_id', 0, 9, 0.95)],
    ],
    [
      'of those as certain the user’s own wins',
      [finding('secrets', 0, 9, 1), finding('terms', 0, 9, 1)],
      [finding('terms', 0, 9, 1)],
    ],
    [
      'then the secret',
      [finding('url', 0, 30, 0.95), finding('secrets', 0, 30, 0.95)],
      [finding('secrets', 0, 30, 0.95)],
    ],
    [
      'then the number with a form',
      [finding('phone', 0, 16), finding('credit_card', 0, 16)],
      [finding('credit_card', 0, 16)],
    ],
    ['then the longest', [finding('phone', 0, 9), finding('person', 0, 12)], [finding('person', 0, 12)]],
    [
      'neighbours stay apart',
      [finding('person', 5, 9), finding('email', 0, 5)],
      [finding('email', 0, 5), finding('person', 5, 9)],
    ],
    [
      'a chain is one',
      [finding('person', 0, 5, 0.6), finding('url', 4, 8, 0.6), finding('email', 7, 12, 0.9)],
      [finding('email', 0, 12, 0.9)],
    ],
    [
      'a guess gives way to what it overlaps',
      [finding('phone', 0, 9, 0.4), finding('person', 8, 12, 0.6)],
      [finding('person', 8, 12, 0.6)],
    ],
    [
      'a guess alone stays',
      [finding('phone', 0, 8, 0.4), finding('person', 8, 12, 0.6)],
      [finding('phone', 0, 8, 0.4), finding('person', 8, 12, 0.6)],
    ],
    [
      'a secret that a term is part of stays a secret',
      [finding('terms', 2, 6, 1), finding('secrets', 0, 20, 0.95)],
      [finding('secrets', 0, 20, 0.95)],
    ],
    [
      'a secret inside the user’s pattern is the pattern’s',
      [finding('patterns', 0, 20, 1), finding('secrets', 5, 9, 1)],
      [finding('patterns', 0, 20, 1)],
    ],
    ['an empty finding is none', [finding('person', 3, 3)], []],
  ])('%s', (_what, list, expected) => {
    expect(resolveOverlaps(list).map(({ also: _also, ...rest }) => rest)).toEqual(expected);
  });

  it('tells what else stood there, each kind once and each pattern by itself, guesses left out', () => {
    const pattern = (id: string): Finding => ({ ...finding('patterns', 0, 9, 1), subtype: id });
    const [one] = resolveOverlaps([
      ...[finding('phone', 2, 6, 0.7), finding('phone', 3, 7, 0.8), finding('url', 0, 4, 0.3)],
      ...[pattern('b'), pattern('a'), finding('iban', 1, 9, 0.95)],
    ]);
    expect(one).toMatchObject({ kind: 'patterns', subtype: 'a', start: 0, end: 9 });
    expect(one?.also?.map(({ kind, subtype }) => `${kind} ${subtype}`)).toEqual([
      'iban iban',
      'patterns b',
      'phone phone',
    ]);
  });

  it('leaves the list as it was given', () => {
    const list = [finding('person', 5, 9), finding('email', 0, 5)];
    const before = [...list];
    resolveOverlaps(list);
    expect(list).toEqual(before);
  });
});
