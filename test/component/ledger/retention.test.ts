// Many exchanges go a few at a time, so that nothing has to wait for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openForWriting } from '../../../main/ledger/database.ts';
import { migrations } from '../../../main/ledger/migrations.ts';
import { toRow } from '../../../main/ledger/row.ts';
import { readUsage } from '../../../main/ledger/usage-query.ts';
import { createWriter } from '../../../main/ledger/write.ts';
import { exchange } from './exchanges.ts';

const noon = Date.UTC(2026, 10, 25, 12);
const day = 86_400_000;
let directory: string;
let db: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-retention-'));
  ({ db } = openForWriting({ file: join(directory, 'ledger.db'), now: noon, migrations }));
});

afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

it('takes away many exchanges in small batches, between which others write, and keeps the sums', () => {
  const writer = createWriter(db);
  const count = 12_000;
  writer.write(
    [],
    Array.from({ length: count }, (_, index) =>
      toRow(exchange({ requestId: `r${index}`, at: noon + index * 1_000, session: `s${index % 9}` }), (text) => text),
    ),
  );
  const left = (): number => Number(db.prepare('SELECT count(*) AS n FROM exchanges').get()?.['n']);
  const other = new DatabaseSync(join(directory, 'ledger.db'), { timeout: 0 });
  let batches = 0;
  let before = left();
  while (writer.retain({ retentionDays: 1, maxSizeMb: 500 }, noon + day + (count - 500) * 1_000)) {
    batches += 1;
    const after = left();
    expect(before - after).toBeLessThanOrEqual(100);
    before = after;
    // Somebody else may write at once: no lock is left behind.
    other.exec(`BEGIN IMMEDIATE; INSERT OR REPLACE INTO facts (name, value) VALUES ('other', ${batches}); COMMIT`);
  }
  other.close();
  expect(left()).toBe(500);
  expect(batches).toBeGreaterThanOrEqual(115);
  expect(readUsage(db, { group_by: [], timezone: 'UTC' }).total.requests).toBe(count);
  expect(readUsage(db, { group_by: ['key'], timezone: 'UTC' }).groups).toMatchObject([
    { key: 'default', requests: count },
  ]);
});
