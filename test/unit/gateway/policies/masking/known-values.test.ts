import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { KnownValues } from '../../../../../main/gateway/policies/masking/known-values.ts';
import type { FoundKind } from '../../../../../shared/domain/masking.ts';

function known(...values: readonly (readonly [FoundKind, string])[]): KnownValues {
  const all = new KnownValues();
  for (const [kind, text] of values) all.add(kind, text);
  return all;
}

const placesOf = (values: KnownValues, text: string, version = 0): string[] =>
  values
    .find(text, version)
    .sort((a, b) => a.start - b.start)
    .map(({ start, end }) => text.slice(start, end));

describe('values that are known', () => {
  it('are found wherever they stand, whatever stands beside them', () => {
    const values = known(['email', 'dana@example.org'], ['person', 'Dana Field']);
    expect(placesOf(values, 'dana@example.org: ask Dana Field (dana@example.org).')).toEqual([
      'dana@example.org',
      'Dana Field',
      'dana@example.org',
    ]);
  });

  it('are not found inside longer words, but for secrets, which end where they end', () => {
    expect(placesOf(known(['phone', '030 123456']), 'call 030 1234567')).toEqual([]);
    expect(placesOf(known(['secrets', 'hunter2hunter2']), 'xhunter2hunter2y')).toEqual(['hunter2hunter2']);
  });

  it('are not single names and not short, for these stand in other words and mean something else', () => {
    expect(known(['person', 'Rose']).version).toBe(0);
    expect(known(['person', 'Montgomery']).version).toBe(0);
    expect(known(['phone', '12345']).version).toBe(0);
    expect(known(['terms', 'Falcon Project']).version).toBe(0);
  });

  it('are looked for from a version on', () => {
    const values = known(['email', 'a.first@example.org']);
    const { version } = values;
    values.add('email', 'b.second@example.org');
    const text = 'a.first@example.org b.second@example.org';
    expect(placesOf(values, text, version)).toEqual(['b.second@example.org']);
    expect(placesOf(values, text, values.version)).toEqual([]);
  });

  it('are found by many as they are by few', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 6, maxLength: 12, unit: fc.constantFrom('a', 'b', '1', '.', 'é') }), {
          minLength: 13,
          maxLength: 40,
        }),
        fc.string({ maxLength: 300, unit: fc.constantFrom('a', 'b', '1', '.', 'é', ' ') }),
        (texts, filler) => {
          const text = `${filler} ${texts[3] ?? ''} ${filler} ${texts[7] ?? ''}`;
          const many = known(...texts.map((one) => ['secrets', one] as const));
          const expected = new Set<string>();
          for (const one of new Set(texts)) if (text.includes(one)) expected.add(one);
          expect(new Set(placesOf(many, text))).toEqual(expected);
        },
      ),
    );
  });
});
