import { describe, expect, it } from 'vitest';
import { duration, grouped, money, table, wait } from '../../../main/cli/output.ts';

describe('tables', () => {
  it('makes columns as wide as what is in them, numbers to the right', () => {
    const text = table(
      [{ title: 'ID' }, { title: 'N', right: true }],
      [
        ['alpha', '1'],
        ['b', '1,000'],
      ],
    );
    expect(text.split('\n')).toEqual(['ID         N', 'alpha      1', 'b      1,000']);
  });

  it('cuts what is too long by characters, not inside one', () => {
    expect(table([{ title: 'X', max: 3 }], [['😀😀😀😀']]).split('\n')[1]).toBe('😀😀…');
    expect(table([{ title: 'X', max: 3 }], [['abc']]).split('\n')[1]).toBe('abc');
  });

  it('prints nothing that moves a cursor, starts a line or hides', () => {
    const text = table([{ title: 'X' }], [['a\u001b[31mred\u001b]8;;http://x\u0007\nb\u202ec\u0000']]);
    expect(text.split('\n')).toEqual(['X', 'ared bc']);
  });
});

describe('numbers', () => {
  it('sets thousands apart', () => {
    expect(grouped(1_234_567)).toBe('1,234,567');
    expect(grouped(0)).toBe('0');
  });

  it.each([
    [null, '–'],
    [0.4, '0 ms'],
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [150_000, '3 min'],
    [9_000_000, '2.5 h'],
  ])('shows %s ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [null, '—'],
    ['0', '$0'],
    ['0.001234567', '$0.001235'],
    ['0.00000012', '$0.00000012'],
    ['0.5', '$0.50'],
    ['9.87654', '$9.877'],
    ['12.3456', '$12.35'],
    ['1234.5', '$1,234.50'],
    ['-0.0157', '-$0.0157'],
  ])('shows %s dollars as %s', (usd, text) => {
    expect(money(usd)).toBe(text);
  });

  it.each([
    [1, '1 s'],
    [24_100, '25 s'],
    [119_000, '119 s'],
    [180_000, '3 min'],
    [9_000_000, '3 h'],
  ])('lets wait %s ms for %s', (ms, text) => {
    expect(wait(ms)).toBe(text);
  });
});
