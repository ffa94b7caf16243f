import { describe, expect, it } from 'vitest';
import { envEntries } from '../../../main/kit/env-file.ts';

const read = (text: string): string[] => envEntries(text).map(({ name, value }) => `${name}=${value}`);

describe('a .env file', () => {
  it('is read as its readers read it', () => {
    expect(
      read(
        [
          '# comment=no',
          'PLAIN=one two',
          'export EXPORTED=three',
          '  INDENTED = four  ',
          'COLON: five',
          "SINGLE='si#x'",
          'DOUBLE="se ven" # not this',
          'TICK=`ei"ght`',
          'URL=postgres://u:p#w@host/db',
          'NOTE=nine # a comment',
          'EMPTY=',
          'QUOTED_EMPTY=""',
          'no assignment here',
          '=nameless',
          'LAST=ten',
        ].join('\n'),
      ),
    ).toEqual([
      ...['PLAIN=one two', 'EXPORTED=three', 'INDENTED=four', 'COLON=five', 'SINGLE=si#x', 'DOUBLE=se ven'],
      ...['TICK=ei"ght', 'URL=postgres://u:p#w@host/db', 'NOTE=nine', 'LAST=ten'],
    ]);
  });

  it('gives a value with escapes as it is written and as it is meant', () => {
    expect(envEntries('KEY="first\\nsecond \\"x\\" \\d"')).toEqual([
      { name: 'KEY', value: 'first\\nsecond \\"x\\" \\d' },
      { name: 'KEY', value: 'first\nsecond "x" \\d' },
    ]);
    expect(read("KEY='first\\nsecond'")).toEqual(['KEY=first\\nsecond']);
  });

  it('may have values of several lines, and other line ends', () => {
    expect(read('A="one\ntwo\nB=3"\r\nC=four\r\n')).toEqual(['A=one\ntwo\nB=3', 'C=four']);
  });

  it('takes a quote that is never closed as a part of the value', () => {
    expect(read(`A="one\nB=it's\nC='two\nD=three`)).toEqual(['A="one', "B=it's", "C='two", 'D=three']);
  });

  it('of nothing has nothing', () => {
    expect(read('')).toEqual([]);
    expect(read('\n\n#\n')).toEqual([]);
  });

  it('is read in one pass, whatever is left open', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `N${index}="x\\"`);
    expect(envEntries(lines.join('\n'))).toHaveLength(20_000);
  });
});
