import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuditLog, type AuditLog } from '../../../main/bundles/audit-log.ts';

let directory: string;
let file: string;
let errors: string[];
const clock = { now: () => 1_800_000_000_000, monotonic: () => 0 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  file = join(directory, 'audit.jsonl');
  errors = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function opened(maxBytes?: number): Promise<AuditLog> {
  const nothing = (): void => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: (message: string) => void errors.push(message) };
  return openAuditLog({ file, clock, log, maxBytes });
}

const fact = (detail: string) => ({ action: 'activate', bundle: 'acme-core', version: '2.12', detail });

async function written(count: number, maxBytes?: number): Promise<void> {
  const audit = await opened(maxBytes);
  for (let index = 1; index <= count; index += 1) await audit.append(fact(`entry ${String(index)}`));
  await audit.close();
}

async function look(limit = 1_000): Promise<{ readonly details: readonly string[]; readonly intact: boolean }> {
  const { entries, intact } = await (await opened()).read(limit);
  return { details: entries.map(({ detail }) => detail), intact };
}

const lines = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
const put = (all: readonly string[]): void => writeFileSync(file, all.map((line) => `${line}\n`).join(''));

describe('the audit log', () => {
  it('that was never written to is empty and intact', async () => {
    expect(await look()).toEqual({ details: [], intact: true });
  });

  it('tells the newest first, over runs, and each entry is chained to the one before', async () => {
    await written(2);
    await written(1);
    expect(await look()).toEqual({ details: ['entry 1', 'entry 2', 'entry 1'], intact: true });
    expect((await look(1)).details).toEqual(['entry 1']);
    const parsed = lines().map((line) => JSON.parse(line) as { before: string; hash: string; at: string });
    expect(parsed.map(({ before }) => before)).toEqual(['0'.repeat(64), parsed[0]?.hash, parsed[1]?.hash]);
    expect(parsed[0]?.at).toBe('2027-01-15T08:00:00.000Z');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(errors).toEqual([]);
  });

  it('keeps what comes while it writes', async () => {
    const audit = await opened();
    const all: Promise<void>[] = [];
    for (let index = 0; index < 200; index += 1) {
      all.push(audit.append(fact(`entry ${String(index)}`)));
      // Anywhere in the middle of writing the ones before.
      for (let turns = index % 7; turns > 0; turns -= 1) await new Promise(setImmediate);
    }
    await Promise.all(all);
    await audit.close();
    const { details, intact } = await look();
    expect([details.length, new Set(details).size, intact]).toEqual([200, 200, true]);
  });

  it('shows each edit, each line taken out, and each that was put elsewhere', async () => {
    await written(5);
    const good = lines();
    const spoilt: readonly string[][] = [
      good.map((line) => line.replace('entry 3', 'entry X')),
      ...good.map((_, index) => good.filter((_line, at) => at !== index)),
      [...good.slice(0, 2), good[3] ?? '', good[2] ?? '', good[4] ?? ''],
      [...good, good[4] ?? ''],
      [...good.slice(0, 3), 'not a line', ...good.slice(3)],
      [],
    ];
    for (const all of spoilt) {
      put(all);
      expect((await look()).intact).toBe(false);
    }
    put(good);
    expect((await look()).intact).toBe(true);
    rmSync(join(directory, 'audit.jsonl.head'));
    expect((await look()).intact).toBe(false);
  });

  it('goes on after an edit, and the edit still shows', async () => {
    await written(3);
    put(lines().map((line) => line.replace('entry 3', 'entry X')));
    await written(1);
    const { details, intact } = await look();
    expect(intact).toBe(false);
    expect(details).toContain('entry 1');
  });

  it('mends a last line that a crash tore, says so, and is intact', async () => {
    await written(2);
    appendFileSync(file, '{"seq":3,"at":"20');
    await written(1);
    const { details, intact } = await look();
    expect(details).toEqual(['entry 1', 'A crash had left 17 bytes of an entry.', 'entry 2', 'entry 1']);
    expect(intact).toBe(true);
  });

  it('begins new files, a bounded number, and the chain goes on over them', async () => {
    await written(40, 1_000);
    expect(
      readdirSync(directory)
        .filter((name) => !name.endsWith('.head'))
        .sort(),
    ).toEqual(['audit.jsonl', ...[1, 2, 3, 4].map((number) => `audit.jsonl.${String(number)}`)]);
    const { details, intact } = await look();
    expect(intact).toBe(true);
    expect(details[0]).toBe('entry 40');
    expect(details.length).toBeGreaterThan(10);
    expect(details.length).toBeLessThan(40);
    // The oldest that is kept cannot go unseen.
    rmSync(`${file}.4`);
    expect((await look()).intact).toBe(false);
  });

  it('of two apps at once is one chain', async () => {
    const [one, other] = [await opened(), await opened()];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).append(fact(String(index)))),
    );
    for (const app of [one, other]) await app.close();
    const { details, intact } = await look();
    expect(intact).toBe(true);
    expect([...details].map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('keeps what it could not write for the next time, and follows no link', async () => {
    const audit = await opened();
    symlinkSync(join(directory, 'elsewhere'), file);
    await audit.append(fact('held up'));
    expect(errors).toHaveLength(1);
    rmSync(file);
    await audit.append(fact('after'));
    expect(readdirSync(directory)).not.toContain('elsewhere');
    expect((await look()).details).toEqual(['after', 'held up']);
  });

  it('bounds what one entry may say, and breaks no line', async () => {
    const audit = await opened();
    await audit.append(fact(`line\nbreak ${'x'.repeat(100_000)}`));
    const { entries, intact } = await audit.read(10);
    expect(intact).toBe(true);
    expect(entries[0]?.detail).toHaveLength(2_000);
    expect(lines()).toHaveLength(1);
  });
});
