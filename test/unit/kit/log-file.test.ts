import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type LogSink } from '../../../main/kit/log.ts';
import { newestLog, openLogFile } from '../../../main/kit/log-file.ts';
import { createRedactor } from '../../../main/kit/redact.ts';

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  folder = join(home, 'logs');
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

const written = (sink: LogSink, text: string): Promise<void> => new Promise((done) => sink.write(text, done));
const kept = (name = 'sluice.log'): string => readFileSync(join(folder, name), 'utf8');
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('a log in a file', () => {
  it.skipIf(process.platform === 'win32')('is for its owner alone, as is its folder', async () => {
    await written(openLogFile({ folder }), 'a\n');
    expect([mode(folder), mode(newestLog(folder))]).toEqual(['700', '600']);
  });

  it('goes on where the run before ended', async () => {
    await written(openLogFile({ folder }), 'one\n');
    const sink = openLogFile({ folder });
    await written(sink, 'two\n');
    sink.writeNow('three\n');
    expect(kept()).toBe('one\ntwo\nthree\n');
  });

  it('keeps three files of bounded size, the newest under the same name, and no line is parted', async () => {
    const sink = openLogFile({ folder, maxBytes: 10 });
    for (const line of ['1234567\n', '2\n', '3\n', '4567890\n', 'longer than a file\n', '6\n'])
      await written(sink, line);
    expect(readdirSync(folder).sort()).toEqual(['sluice.1.log', 'sluice.2.log', 'sluice.log']);
    expect([kept(), kept('sluice.1.log'), kept('sluice.2.log')]).toEqual([
      '6\n',
      'longer than a file\n',
      '3\n4567890\n',
    ]);
  });

  it('stays within its bounds where the older file cannot be moved', async () => {
    const sink = openLogFile({ folder, maxBytes: 10 });
    // Takes the place of a file that another program holds.
    mkdirSync(join(folder, 'sluice.1.log', 'held'), { recursive: true });
    mkdirSync(join(folder, 'sluice.2.log', 'held'), { recursive: true });
    for (const line of ['1234567\n', '1234568\n', '1234569\n']) await written(sink, line);
    expect(kept()).toBe('1234569\n');
  });

  it('begins anew when somebody deleted or emptied it', async () => {
    const sink = openLogFile({ folder });
    await written(sink, 'one\n');
    truncateSync(newestLog(folder), 0);
    await written(sink, 'two\n');
    expect(kept()).toBe('two\n');
    rmSync(folder, { recursive: true });
    await written(sink, 'three\n');
    expect(kept()).toBe('three\n');
  });

  it('has everything that was said, once and in order, when the process ends', () => {
    const log = createLog({ redactor: createRedactor(), sinks: [openLogFile({ folder })] });
    log.info('first');
    log.info('second');
    log.error('last');
    log.flush();
    const messages = (): unknown[] =>
      kept()
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { message: unknown }).message);
    expect(messages()).toEqual(['first', 'second', 'last']);
  });

  it('holds no key', () => {
    const redactor = createRedactor();
    redactor.learn('config', ['a-plain-secret']);
    const log = createLog({ redactor, sinks: [openLogFile({ folder })] });
    log.error('a-plain-secret was refused', { url: '/c/path-token/v1/models' });
    log.flush();
    expect(kept()).toContain('was refused');
    expect(kept()).not.toMatch(/a-plain-secret|path-token/);
  });

  it.skipIf(process.platform === 'win32')('is not written through a link', () => {
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(folder);
    symlinkSync(elsewhere, newestLog(folder));
    expect(() => openLogFile({ folder })).toThrow();
    expect(existsSync(elsewhere)).toBe(false);
  });
});

describe('a log with two places to go', () => {
  it('fills the one while the other stands still', () => {
    const taken: string[] = [];
    const still: LogSink = { write: () => undefined, writeNow: () => undefined };
    const other: LogSink = {
      write(text, done) {
        taken.push(text);
        done();
      },
      writeNow: () => undefined,
    };
    const log = createLog({ redactor: createRedactor(), sinks: [still, other] });
    log.info('first');
    log.info('second');
    expect(taken).toHaveLength(2);
  });
});
