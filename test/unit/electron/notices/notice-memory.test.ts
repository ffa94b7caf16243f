import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNoticeMemory } from '../../../../main/electron/notices/notice-memory.ts';

let directory: string;
let file: string;
const warnings: string[] = [];
const log = { warn: (message: string) => void warnings.push(message) };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'notices-'));
  file = join(directory, 'desktop', 'notices.json');
  warnings.length = 0;
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the memory of what was told', () => {
  it('is there for the next run, in a file of its owner', async () => {
    expect(await createNoticeMemory({ file, log }).load()).toBeUndefined();
    await createNoticeMemory({ file, log }).save({ told: [['a', 1]] });
    expect(await createNoticeMemory({ file, log }).load()).toEqual({ told: [['a', 1]] });
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([]);
  });

  it('keeps the last of many states that come at once', async () => {
    const memory = createNoticeMemory({ file, log });
    await Promise.all(Array.from({ length: 50 }, (_, index) => memory.save({ index })));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ index: 49 });
  });

  it('begins anew, and says so, where the file is no JSON', async () => {
    const memory = createNoticeMemory({ file, log });
    await memory.save({});
    writeFileSync(file, '{"told": [');
    expect(await memory.load()).toBeUndefined();
    expect(warnings).toHaveLength(1);
    await memory.save({ told: [] });
    expect(await memory.load()).toEqual({ told: [] });
  });

  it('goes on without a file where none can be written, and says so once', async () => {
    writeFileSync(join(directory, 'desktop'), '');
    const memory = createNoticeMemory({ file, log });
    await memory.save({ a: 1 });
    await memory.save({ a: 2 });
    expect(warnings).toHaveLength(1);
  });
});
