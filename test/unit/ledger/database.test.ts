import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForWriting, schemaVersion } from '../../../main/ledger/database.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-database-'));
  file = join(directory, 'ledger.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const steps = ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x * 2', 'CREATE TABLE b (z)'];
const open = (migrations: readonly string[]): DatabaseSync => openForWriting({ file, now: 0, migrations }).db;

describe('migrations', () => {
  it('run in order, each once, after a copy of the file as it was', () => {
    const first = open(steps.slice(0, 1));
    first.exec('INSERT INTO a VALUES (21)');
    first.close();
    const { db, notices } = openForWriting({ file, now: 0, migrations: steps });
    expect(schemaVersion(db)).toBe(3);
    expect(db.prepare('SELECT y FROM a').get()?.['y']).toBe(42);
    db.close();
    const backup = `${file}.backup-v1`;
    expect(notices.join()).toContain(backup);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    const copy = new DatabaseSync(backup, { readOnly: true });
    expect(schemaVersion(copy)).toBe(1);
    expect(copy.prepare('SELECT * FROM a').all()).toEqual([expect.objectContaining({ x: 21 })]);
    copy.close();
    const again = open(steps);
    expect(again.prepare('SELECT count(*) AS n FROM a').get()?.['n']).toBe(1);
    again.close();
  });

  it('that fail leave the file as it was', () => {
    open(steps.slice(0, 1)).close();
    expect(() => open([...steps.slice(0, 2), 'CREATE TABLE b (z); CREATE TABLE b (z)'])).toThrow('already exists');
    const db = new DatabaseSync(file);
    expect(schemaVersion(db)).toBe(1);
    expect(db.prepare(`SELECT count(*) AS n FROM pragma_table_info('a') WHERE name = 'y'`).get()?.['n']).toBe(0);
    db.close();
  });

  it('of a new file that fail leave it new, for a later start to make without a word', () => {
    expect(() => open([...steps, 'CREATE TABLE b (z)'])).toThrow('already exists');
    const { db, found, notices } = openForWriting({ file, now: 0, migrations: steps });
    expect({ found, notices }).toEqual({ found: 'none', notices: [] });
    db.close();
  });

  it('make no copy of a new file', () => {
    open(steps).close();
    expect(existsSync(`${file}.backup-v0`)).toBe(false);
  });

  it('begin when what was found has been told, so that nobody waits for them', () => {
    const told: unknown[] = [];
    const look = (migrations: readonly string[]): void => {
      const onFound = (found: unknown): void => {
        const db = new DatabaseSync(file, { readOnly: true });
        told.push([found, schemaVersion(db)]);
        db.close();
      };
      openForWriting({ file, now: 0, migrations, onFound }).db.close();
    };
    look(steps.slice(0, 1));
    look(steps);
    writeFileSync(file, 'no database at all, but longer than nothing'.repeat(100));
    look(steps);
    expect(told).toEqual([
      ['none', 0],
      [1, 1],
      ['corrupt', 0],
    ]);
  });
});
