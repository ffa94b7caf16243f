import { describe, expect, it } from 'vitest';
import { normalised, PlaceholderMaker } from '../../../../../main/gateway/policies/masking/placeholder.ts';
import { foundKinds, placeholderTags } from '../../../../../shared/domain/masking.ts';

const key = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);

describe('a placeholder', () => {
  it('is the same for the same value in the same conversation, whenever and in whatever order it is asked for', () => {
    const [first, second] = [new PlaceholderMaker(key(1)), new PlaceholderMaker(key(1))];
    second.placeholder('person', 'somebody else');
    expect(second.placeholder('email', 'dana@example.org')).toBe(first.placeholder('email', 'dana@example.org'));
  });

  it('cannot be compared across conversations', () => {
    const made = [1, 2, 3].map((seed) => new PlaceholderMaker(key(seed)).placeholder('email', 'dana@example.org'));
    expect(new Set(made).size).toBe(3);
  });

  it('holds letters and digits alone, behind the tag of its kind', () => {
    const maker = new PlaceholderMaker(key(1));
    for (const kind of foundKinds)
      expect(maker.placeholder(kind, `value of ${kind}`)).toMatch(
        new RegExp(`^${placeholderTags[kind]}[2-9][bcdfghjkmnpqrstvwxyz2-9]{5}$`),
      );
  });

  it('shows that two spellings are one value, and tells them apart', () => {
    const maker = new PlaceholderMaker(key(1));
    const [plain, upper] = [
      maker.placeholder('email', 'dana@example.org'),
      maker.placeholder('email', 'Dana@Example.org'),
    ];
    expect(upper).not.toBe(plain);
    expect(upper.slice(0, -1)).toBe(plain.slice(0, -1));
    expect(normalised('iban', 'DE89 3704 0044')).toBe(normalised('iban', 'de8937040044'));
    expect(normalised('secrets', 'AbC')).not.toBe(normalised('secrets', 'abc'));
  });

  it('is never shared by two values, not even where their ids meet', () => {
    const maker = new PlaceholderMaker(key(1));
    const count = 30_000;
    const made = new Set(
      Array.from({ length: count }, (_, index) => maker.placeholder('phone', `+49 30 ${String(index)}`)),
    );
    expect(made.size).toBe(count);
    // Spellings of one value share all but one of 28 letters: here ids have to grow.
    const forms = Array.from({ length: 200 }, (_, index) => `DE89${' '.repeat(index + 1)}3704`);
    expect(new Set(forms.map((form) => maker.placeholder('iban', form))).size).toBe(forms.length);
  });
});

describe('tags', () => {
  it('are letters alone, and none is the beginning of another', () => {
    const tags = Object.values(placeholderTags);
    for (const tag of tags) {
      expect(tag).toMatch(/^[A-Z]+$/);
      expect(tags.filter((other) => other !== tag && other.startsWith(tag))).toEqual([]);
    }
  });
});
