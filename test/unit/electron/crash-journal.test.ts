import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCrashJournal, relaunchDelayMs, type CrashJournal } from '../../../main/electron/crash-journal.ts';

let directory: string;
let file: string;
let now: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-crashes-'));
  file = join(directory, 'run', 'crashes.json');
  now = Date.parse('2026-05-01T12:00:00Z');
});

afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true, force: true });
});

/** As the next process would open it. */
function open(version = '1.0.0'): CrashJournal {
  const clock = { now: () => now, monotonic: () => now };
  return openCrashJournal({ file, clock, version, redact: (text) => text.replaceAll('hunter2', '[redacted]') });
}

describe('the crash journal', () => {
  it('finds a first start and one after a good end clean', () => {
    const first = open();
    expect(first.begin()).toEqual({ previousEndedClean: true, recentCrashes: 0, safeMode: false });
    first.end();
    expect(open().begin()).toEqual({ previousEndedClean: true, recentCrashes: 0, safeMode: false });
  });

  it('counts a run that ended without a word as a crash, once', () => {
    open().begin();
    const next = open();
    expect(next.begin()).toEqual({ previousEndedClean: false, recentCrashes: 1, safeMode: false });
    next.end();
    expect(open().begin()).toMatchObject({ previousEndedClean: true, recentCrashes: 1 });
  });

  it('counts one that told of its own end once too, and keeps no secret of what it said', () => {
    const run = open();
    run.begin();
    run.fatal(new Error('bad password hunter2'));
    expect(open().begin()).toMatchObject({ previousEndedClean: false, recentCrashes: 1 });
    expect(readFileSync(file, 'utf8')).toContain('bad password [redacted]');
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
  });

  it('starts again at once, then later and later, and asks for safe mode at the fifth crash within five minutes', () => {
    const delays: (number | undefined)[] = [];
    const modes: boolean[] = [];
    for (let crash = 0; crash < 5; crash += 1) {
      const run = open();
      modes.push(run.begin().safeMode);
      now += 10_000;
      delays.push(run.fatal(new Error('again')));
    }
    expect(delays).toEqual([0, 1000, 2000, 4000, 8000]);
    expect(modes).toEqual([false, false, false, false, false]);
    const safe = open();
    expect(safe.begin()).toMatchObject({ safeMode: true, recentCrashes: 5 });
    expect(safe.fatal(new Error('even so'))).toBeUndefined();
  });

  it('forgets crashes after five minutes, and those of a clock that was ahead', () => {
    for (let crash = 0; crash < 5; crash += 1) open().begin();
    now += 5 * 60_000;
    expect(open().begin()).toMatchObject({ safeMode: false, recentCrashes: 1 });
    now -= 24 * 60 * 60_000;
    expect(open().begin()).toMatchObject({ recentCrashes: 1 });
  });

  it('waits for no longer than a minute', () => {
    expect([1, 2, 3, 4, 7, 8, 50].map(relaunchDelayMs)).toEqual([0, 1000, 2000, 4000, 32_000, 60_000, 60_000]);
  });

  it('knows the crashes of each version', () => {
    open('1.0.0').begin();
    open('1.1.0').begin();
    const run = open('1.1.0');
    run.begin();
    expect(run.crashesOf('1.0.0')).toHaveLength(1);
    expect(run.crashesOf('1.1.0')).toHaveLength(1);
    expect(run.crashesOf('1.2.0')).toEqual([]);
  });

  it('begins anew when its file is broken', () => {
    open().begin();
    writeFileSync(file, '{"running": tru');
    expect(open().begin()).toEqual({ previousEndedClean: true, recentCrashes: 0, safeMode: false });
  });

  it('writes through no link that somebody put in its way', () => {
    open().begin();
    const other = join(directory, 'other');
    writeFileSync(other, 'theirs');
    symlinkSync(other, `${file}.tmp`);
    expect(open().begin()).toMatchObject({ recentCrashes: 1 });
    expect(open().begin()).toMatchObject({ recentCrashes: 2 });
    expect(readFileSync(other, 'utf8')).toBe('theirs');
  });

  it('remembers nothing where nothing can be written, and does not fail for it', () => {
    const notFolder = join(directory, 'not-a-folder');
    writeFileSync(notFolder, '');
    file = join(notFolder, 'run', 'crashes.json');
    const run = open();
    expect(run.begin()).toEqual({ previousEndedClean: true, recentCrashes: 0, safeMode: false });
    expect(run.fatal(new Error('x'))).toBe(0);
    expect(() => run.end()).not.toThrow();
  });
});
