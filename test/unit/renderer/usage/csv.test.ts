import { describe, expect, it } from 'vitest';
import { roundUp, ticksUpTo } from '../../../../renderer/ui/charts/axis.ts';
import { toCsv } from '../../../../renderer/ui/charts/csv.ts';

describe('a CSV file', () => {
  it('has no cell that a spreadsheet takes for a formula', () => {
    const row = ['=HYPERLINK("x")', '+1', '-1', '@a', '\tb', 'plain'];
    expect(toCsv(['name'], [row])).toBe(`name\r\n"'=HYPERLINK(""x"")",'+1,'-1,'@a,'\tb,plain\r\n`);
  });

  it('keeps numbers, and leaves what is unknown empty', () => {
    expect(toCsv(['a', 'b', 'c'], [[-1.5, null, 0]])).toBe('a,b,c\r\n-1.5,,0\r\n');
  });

  it('quotes what would end a cell', () => {
    expect(toCsv(['a,b'], [['x\ny'], ['say "hi"']])).toBe('"a,b"\r\n"x\ny"\r\n"say ""hi"""\r\n');
  });
});

describe('an axis', () => {
  it('ends at a round figure that is not below what it shows', () => {
    expect([0, 0.97, 1, 7.1, 49_000, 2_000, 0.0013].map(roundUp)).toEqual([1, 1, 1, 8, 50_000, 2_000, 0.002]);
    expect(ticksUpTo(8, 4)).toEqual([0, 2, 4, 6, 8]);
  });
});
