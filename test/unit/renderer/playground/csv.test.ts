import { describe, expect, it } from 'vitest';
import { resultRows } from '../../../../renderer/features/playground/batch-export.ts';
import { jobsOf } from '../../../../renderer/features/playground/batch-run.ts';
import { maxRows, readTable, separatorOf, writeCsv } from '../../../../renderer/features/playground/csv.ts';
import { emptyDraft, newAnswer, newColumn, newTurn } from '../../../../renderer/features/playground/draft.ts';

describe('a table that was pasted', () => {
  it('may hold quotes, separators and lines inside of quotes', () => {
    expect(readTable('a,b\n"x, ""y""","two\r\nlines"\n1,2\n').table).toEqual({
      header: ['a', 'b'],
      rows: [
        { a: 'x, "y"', b: 'two\r\nlines' },
        { a: '1', b: '2' },
      ],
    });
  });

  it.each([
    ['a\tb\n1,5\t2', '\t'],
    ['a;b\n1,5;2', ';'],
    ['a,b\n1;5,2', ','],
    ['"a;b;c",d\n1,2', ','],
    ['alone\n1', ','],
  ])('is separated by what its first line has most of: %j', (text, separator) => {
    expect(separatorOf(text)).toBe(separator);
  });

  it('begins after a byte order mark, and skips lines that are empty', () => {
    expect(readTable('\ufeffa\r\n\r\n1\r\n\r\n2').table?.rows).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('fills cells that are missing at the end of a line', () => {
    expect(readTable('a,b,c\n1\n1,2,').table?.rows).toEqual([
      { a: '1', b: '', c: '' },
      { a: '1', b: '2', c: '' },
    ]);
  });

  it('may be JSON, an object a line', () => {
    expect(readTable('{"a":"x","n":1}\n\n{"b":null,"o":{"k":[1]}}').table).toEqual({
      header: ['a', 'n', 'b', 'o'],
      rows: [
        { a: 'x', n: '1' },
        { b: '', o: '{"k":[1]}' },
      ],
    });
  });

  it.each([
    ['', { what: 'empty' }],
    ['a,b', { what: 'no_rows' }],
    ['a,a\n1,2', { what: 'header' }],
    ['a,\n1,2', { what: 'header' }],
    ['a\n"open', { what: 'quote', line: 2 }],
    ['a\n"x\ny"z', { what: 'quote', line: 3 }],
    ['a\n"x\ny"\n1,2', { what: 'cells', line: 4 }],
    ['{"a":1}\n{"a"', { what: 'json', line: 2 }],
    ['{"a":1}\n[1]', { what: 'json', line: 2 }],
  ])('says what is wrong and where: %j', (text, problem) => {
    expect(readTable(text).problem).toEqual(problem);
  });

  it('has at most 200 rows', () => {
    const rows = (count: number): string => `a\n${'x\n'.repeat(count)}`;
    expect(readTable(rows(maxRows)).table?.rows).toHaveLength(200);
    expect(readTable(rows(201)).problem).toEqual({ what: 'too_many', count: 201 });
  });
});

describe('a table to take away', () => {
  it('is read back as it was', () => {
    const rows = [
      ['a', 'b'],
      ['x, "y"', 'two\nlines'],
    ];
    expect(readTable(writeCsv(rows)).table?.rows).toEqual([{ a: 'x, "y"', b: 'two\nlines' }]);
  });

  it.each(['=1+1', '+1', '-1', '@cmd', '\tx', '\r=x'])('never holds a formula: %j', (text) => {
    expect(writeCsv([[text]])).toMatch(/^"?'/);
  });

  it('leaves numbers numbers, and the unknown empty', () => {
    expect(writeCsv([[-1, null, 0, 'a']])).toBe('-1,,0,a\r\n');
  });

  it('has a line for each row and figures for each model', () => {
    const failure = { code: 'x', message: 'no', requestId: 'r' };
    const [header, line] = resultRows({
      table: { header: ['q'], rows: [{ q: '1' }] },
      models: ['a/b', 'c'],
      answers: [[undefined, { ...newAnswer, failure }]],
    });
    expect(header).toHaveLength(17);
    expect(line?.slice(0, 2)).toEqual(['1', '']);
    expect(line?.[10]).toBe('no');
  });
});

describe('the requests of a batch', () => {
  const draft = { ...emptyDraft(), turns: [newTurn('user', '{{q}}?')] };
  const table = { header: ['q'], rows: [{ q: 'a' }, {}] };

  it('are one for each row and model', () => {
    const made = jobsOf(draft, [newColumn('m'), newColumn('n')], table);
    expect('jobs' in made ? made.jobs.map(({ row, model, body }) => [row, model, body['model']]) : made).toEqual([
      [0, 0, 'm'],
      [0, 1, 'n'],
      [1, 0, 'm'],
      [1, 1, 'n'],
    ]);
  });

  it('are none when one of them cannot be made', () => {
    expect(jobsOf(draft, [newColumn('')], table)).toEqual({ problem: { what: 'model' }, row: 0 });
    expect(jobsOf(draft, [newColumn('m')], { header: ['other'], rows: [{ other: '1' }] })).toEqual({
      problem: { what: 'variable', detail: 'q' },
      row: 0,
    });
  });
});
