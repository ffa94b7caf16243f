import { describe, expect, it } from 'vitest';
import { insertRowsAt } from '../../../../../main/gateway/policies/detectors/insert-rows.ts';
import { found } from './numbers-found.ts';

const statement = "INSERT INTO people (id, born, note) VALUES\n(1, '1971-02-03', 'a (b), c'),\n(2, '1982-03-04', 'd');";

describe('the rows of an insert statement', () => {
  it('are cut into the values of their columns, whatever the quotes hold', () => {
    const inserted = insertRowsAt(statement, statement.indexOf('born'));
    expect(inserted?.rows.map((row) => row.map(({ start, end }) => statement.slice(start, end)))).toEqual([
      ['1', '1971-02-03', 'a (b), c'],
      ['2', '1982-03-04', 'd'],
    ]);
  });

  it('are none outside a list of columns', () => {
    expect(insertRowsAt('f(born, name)', 3)).toBeUndefined();
    expect(insertRowsAt('INSERT INTO people (born, name) SELECT 1', 21)).toBeUndefined();
  });

  it('hold what their columns announce', () => {
    const text =
      "INSERT INTO t (id, dob, phone) VALUES (7, '1971-02-03', '22 540 41 78'), (8, '1982-03-04', '33 18 66 66');";
    expect(found(text)).toEqual([
      ['date_of_birth', '1971-02-03'],
      ['phone', '22 540 41 78'],
      ['date_of_birth', '1982-03-04'],
      ['phone', '33 18 66 66'],
    ]);
  });
});
