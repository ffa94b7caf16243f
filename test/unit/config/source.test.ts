import { describe, expect, it } from 'vitest';
import type { Document } from 'yaml';
import { keepLines } from '../../../main/config/keep-lines.ts';
import { addKey, keyIds, removeKey } from '../../../main/config/key-edits.ts';
import { readSource, writeSource, type ConfigSource } from '../../../main/config/source.ts';
import { fullSample } from './support.ts';

function source(text: string): ConfigSource {
  const read = readSource(text, 'sluice.yaml');
  if (!read.ok) throw new Error(read.problems.map((problem) => problem.problem).join('\n'));
  return read.source;
}

function edited(text: string, change: (document: Document) => void): string {
  const { document, habits } = source(text);
  change(document);
  return writeSource(document, habits);
}

describe('writing a document back', () => {
  it.each([
    ['the sample of the documentation', fullSample],
    ['odd indentation', 'a:\n        b:\n          - c\n          -   d\n'],
    ['lists that are not indented', 'a:\n- b: 1\n  c: 2\n- d\n'],
    ['flow collections over lines', 'a: { b: 1,\n     c: [ 1,\n          2 ] }\n'],
    ['several blank lines and aligned comments', '\n\n# top\n\n\na:   1    # one\nbb:  2    # two\n\n\n\n# end\n'],
    [
      'quotes, blocks and anchors',
      'a: \'x\'\nb: "y"\nc: |\n  one\n   two\n\nd: >-\n  three\n  four\ne: &e [1]\nf: *e\n',
    ],
    ['JSON', '{\n\t"a": [\n\t\t1\n\t]\n}\n'],
    ['CRLF and a byte order mark', '\uFEFFa: 1\r\n# c\r\nb:\r\n  - 2\r\n'],
  ])('without a change gives back %s', (_, text) => {
    expect(edited(text, () => undefined)).toBe(text);
  });

  it.each([
    ['a:   1    # one\nbb:  2    # two\n', ['a'], 3, 'a:   3    # one\nbb:  2    # two\n'],
    [
      'x: { a: 1,\n     b: 2 }\n\n\ny:    [1,2]\nz:  5 # z\n',
      ['z'],
      6,
      'x: { a: 1,\n     b: 2 }\n\n\ny:    [1,2]\nz:  6 # z\n',
    ],
    [
      "q:\n    - a:   'x'   # c\n      b:  [1,  2]\n",
      ['q', 0, 'a'],
      'why',
      "q:\n    - a:   'why'   # c\n      b:  [1,  2]\n",
    ],
    ['m: { a: 1, l: [x,y] }   # keep\n', ['m', 'a'], 22, 'm: { a: 22, l: [x,y] }   # keep\n'],
  ])('changes one value and nothing around it: %j', (text, path, value, expected) => {
    expect(
      edited(text, (document) => {
        document.setIn(path, value);
      }),
    ).toBe(expected);
  });

  it('still writes what it means when the change cannot be placed in the layout', () => {
    const text = 'x: { a: 1,\n     b: 2 } # c\n';
    const written = edited(text, (document) => {
      document.setIn(['x', 'a'], 9);
    });
    expect(source(written).document.toJS()).toEqual({ x: { a: 9, b: 2 } });
    expect(written).toContain('# c');
  });

  it('refuses what cannot be written', () => {
    expect(() =>
      edited('a: &x [1]\nb: *x\n', (document) => {
        document.delete('a');
      }),
    ).toThrow();
  });
});

describe('keepLines', () => {
  it('takes changed lines from the new text and all others from the old', () => {
    expect(keepLines('a:  1\n\n\nb:  2\nc:  3\n', 'a: 1\n\nb: 2\nc: 3\n', 'a: 1\n\nb: 2\nnew: x\nc: 3\n')).toBe(
      'a:  1\n\n\nb:  2\nnew: x\nc:  3\n',
    );
    expect(keepLines('a:  1\nb:  2\n\n\nc:  3\n', 'a: 1\nb: 2\n\nc: 3\n', 'a: 1\n\nc: 3\n')).toBe('a:  1\n\n\nc:  3\n');
    expect(keepLines('a:  1\n', 'a: 1\n', 'a: 1\nb: 2\n')).toBe('a:  1\nb: 2\n');
    expect(keepLines('a:  1\n', 'a: 1\n', 'b: 2\na: 1\n')).toBe('b: 2\na:  1\n');
    expect(keepLines('a:  1\n', 'a: 1\n', '')).toBe('');
  });

  it('gives up where the two texts do not hold the same', () => {
    expect(keepLines('a: 1\n', 'a: 2\n', 'a: 3\n')).toBeUndefined();
  });
});

describe('the list of keys', () => {
  const entry = { value: `sha256:${'0'.repeat(64)}` };

  it('gets an entry in the way the list is written', () => {
    expect(
      edited('version: 1\nvirtual_keys: [{ id: a, value: b }]\n', (document) => addKey(document, 'new', entry)),
    ).toBe(`version: 1\nvirtual_keys: [{ id: a, value: b }, { id: new, value: ${entry.value} }]\n`);
    expect(edited('version: 1\n', (document) => addKey(document, 'new', entry))).toBe(
      `version: 1\n\nvirtual_keys:\n  - id: new\n    value: ${entry.value}\n`,
    );
  });

  it('loses one entry and keeps what is said about the others', () => {
    const text =
      'virtual_keys: # all\n  # first\n  - id: a # A\n    value: x\n  # second\n  - id: b # B\n    value: y\n# after\nz: 1\n';
    const without = edited(text, (document) => {
      expect(removeKey(document, 'b')).toBe(true);
      expect(removeKey(document, 'b')).toBe(false);
    });
    expect(without).toBe('virtual_keys: # all\n  # first\n  - id: a # A\n    value: x\n# after\nz: 1\n');
  });

  it('is read through anchors', () => {
    const { document } = source('x: &k { id: a, value: b }\nvirtual_keys: [*k, { id: c, value: d }]\n');
    expect(keyIds(document)).toEqual(['a', 'c']);
    expect(removeKey(document, 'a')).toBe(true);
    expect(keyIds(document)).toEqual(['c']);
  });
});
