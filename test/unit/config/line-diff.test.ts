// What differs between two texts, as people read it.
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../../main/config/line-diff.ts';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

/** Applies a diff, so that what it says can be held against what is. */
function patched(before: string, diff: string): string {
  const lines = before.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const hunk of diff.split(/^(?=@@)/m).filter((text) => text !== '')) {
    const [head = '', ...rest] = hunk.split('\n').slice(0, -1);
    const [, start = '0', count = '1'] = /^@@ -(\d+)(?:,(\d+))?/.exec(head) ?? [];
    const first = count === '0' ? Number(start) : Number(start) - 1;
    out.push(...lines.slice(at, first));
    expect(rest.filter((line) => line.startsWith('-')).map((line) => line.slice(1))).toEqual(
      lines.slice(first, first + Number(count)),
    );
    out.push(...rest.filter((line) => line.startsWith('+')).map((line) => line.slice(1)));
    at = first + Number(count);
  }
  return [...out, ...lines.slice(at)].join('\n');
}

describe('a diff of lines', () => {
  it('is empty for equal texts, whatever their line ends', () => {
    expect(lineDiff('a\nb\n', 'a\nb\n')).toBe('');
    expect(lineDiff('a\r\nb\r\n', 'a\nb\n')).toBe('');
    expect(lineDiff('', '')).toBe('');
  });

  it('counts as `diff -U0` does', () => {
    expect(lineDiff('a\nb\nc\n', 'a\nx\nc\n')).toBe('@@ -2 +2 @@\n-b\n+x\n');
    expect(lineDiff('a\nb\n', 'a\nnew\nmore\nb\n')).toBe('@@ -1,0 +2,2 @@\n+new\n+more\n');
    expect(lineDiff('a\nb\nc\n', 'c\n')).toBe('@@ -1,2 +0,0 @@\n-a\n-b\n');
    expect(lineDiff('', 'a\n')).toBe('@@ -0,0 +1 @@\n+a\n');
  });

  it('keeps changes far from each other apart', () => {
    const lines = numbered(40);
    const diff = lineDiff(lines.join('\n'), lines.with(3, 'x').toSpliced(30, 1).join('\n'));
    expect(diff).toBe('@@ -4 +4 @@\n-line 4\n+x\n@@ -31 +30,0 @@\n-line 31\n');
  });

  it.each([
    ['lines that move', ['b', 'a', 'c', 'd', 'a'], ['a', 'c', 'b', 'a', 'e', 'd']],
    ['nothing in common', ['1', '2', '3'], ['4', '5']],
    ['repeated lines', ['x', 'x', 'x', 'y', 'x'], ['x', 'y', 'x', 'x']],
  ])('turns one text into the other: %s', (_, was, is) => {
    expect(patched(was.join('\n'), lineDiff(was.join('\n'), is.join('\n')))).toBe(is.join('\n'));
  });

  it('tells what is too much to compare as one change', () => {
    const was = numbered(3_000);
    const is = was.map((line) => `${line}!`);
    const diff = lineDiff(was.join('\n'), ['same', ...is].join('\n'));
    expect(diff.match(/^@@/gm)).toHaveLength(1);
    expect(patched(was.join('\n'), diff)).toBe(['same', ...is].join('\n'));
  });
});
