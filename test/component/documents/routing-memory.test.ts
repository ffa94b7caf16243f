import {
  chmodSync,
  existsSync,
  mkdirSync,
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
import { RoutingMemory } from '../../../main/documents/routing-memory.ts';
import { HealthBook } from '../../../main/gateway/routing/health.ts';
import { failed, FakeClock, mapOf, openai, refTo, times } from '../../unit/gateway/routing/health-making.ts';

let directory: string;
let file: string;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-routing-'));
  file = join(directory, 'data', 'routing.json');
  warnings = [];
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const clock = new FakeClock();

function memory(): RoutingMemory {
  const log = { warn: (message: string, fields?: object) => warnings.push(`${message} ${JSON.stringify(fields)}`) };
  return new RoutingMemory({ file, log, clock, redact: (text) => text });
}

describe('what was saved', () => {
  it('is there in the next run, in a file only its owner can read', async () => {
    await memory().save({ version: 1, targets: [{ provider: 'ä' }] });
    expect(await memory().load()).toEqual({ version: 1, targets: [{ provider: 'ä' }] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'data'))).toEqual(['routing.json']);
    expect(warnings).toEqual([]);
  });

  it('is nothing in the first run, without a word', async () => {
    expect(await memory().load()).toBeNull();
    mkdirSync(join(directory, 'data'));
    expect(await memory().load()).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('is the last of what was to be saved while the file was being written', async () => {
    const document = memory();
    const saves = Array.from({ length: 50 }, (_, turn) => document.save({ turn }));
    await saves[0];
    // The first call came back with everything that had been waiting written.
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ turn: 49 });
    await Promise.all(saves);
    await document.save({ turn: 50 });
    expect(await memory().load()).toEqual({ turn: 50 });
  });

  it('holds the rests of targets over a restart', async () => {
    const before = new HealthBook({ clock });
    times(3, () => before.begin(refTo(openai))(failed('attempt.connect')));
    await memory().save(before.save());
    const after = new HealthBook({ clock });
    after.apply(mapOf([openai]));
    after.restore(await memory().load());
    expect(after.mayAsk(refTo(openai))).toEqual(before.mayAsk(refTo(openai)));
    expect(after.mayAsk(refTo(openai))).toMatchObject({ state: 'open' });
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['half a document', '{"version":1,"tar'],
    ['nothing', ''],
    ['something else', 'SQLite format 3\u0000'],
  ])('as JSON is set aside and told of: %s', async (_what, text) => {
    mkdirSync(join(directory, 'data'));
    writeFileSync(file, text);
    const document = memory();
    expect(await document.load()).toBeNull();
    const [aside] = readdirSync(join(directory, 'data'));
    expect(aside).toMatch(/^routing\.json\.corrupt-2026-01-07T12-00-00-000Z$/);
    expect(readFileSync(join(directory, 'data', aside ?? ''), 'utf8')).toBe(text);
    expect(warnings).toEqual([expect.stringContaining('corrupt')]);
    await document.save({ version: 1 });
    expect(await memory().load()).toEqual({ version: 1 });
  });

  it('at all is told of, and no more', async () => {
    mkdirSync(file, { recursive: true });
    expect(await memory().load()).toBeNull();
    expect(warnings).toEqual([expect.stringContaining('could not be read')]);
  });
});

describe('a file that cannot be written', () => {
  it('is told of once, and written when it can be', async () => {
    mkdirSync(file, { recursive: true });
    const document = memory();
    await document.save({ turn: 1 });
    await document.save({ turn: 2 });
    expect(warnings).toEqual([expect.stringContaining('could not be written')]);
    rmSync(file, { recursive: true });
    await document.save({ turn: 3 });
    expect(await memory().load()).toEqual({ turn: 3 });
  });

  it('is not written through a link', async () => {
    mkdirSync(join(directory, 'data'));
    symlinkSync(join(directory, 'elsewhere'), file);
    await memory().save({ turn: 1 });
    expect(warnings).toEqual([expect.stringContaining('symbolic link')]);
    expect(existsSync(join(directory, 'elsewhere'))).toBe(false);
  });
});

it('removes what a killed process left half written', async () => {
  mkdirSync(join(directory, 'data'));
  // A process id that cannot be alive.
  const left = join(directory, 'data', '.routing.json.4194305-1.tmp');
  writeFileSync(left, '{');
  chmodSync(left, 0o600);
  await memory().load();
  expect(existsSync(left)).toBe(false);
});
