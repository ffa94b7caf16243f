import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInput, readText } from '../../../main/cli/read-text.ts';
import { CommandError, FileProblem } from '../../../main/cli/shell.ts';

describe('a file', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'sluice-text-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is text, less a byte order mark', async () => {
    const path = join(directory, 'a.txt');
    writeFileSync(path, '\ufeffé\n');
    expect(await readText({ path, shown: 'a.txt' }, 'another')).toBe('é\n');
  });

  it.each([
    ['missing.txt', 'mine: this file does not exist. Give another.'],
    ['.', 'mine: this is a directory. Give another.'],
    ['long.txt', 'mine: this is larger than any request that is taken. Give another.'],
  ])('that is none is told of by the name the user gave: %s', async (name, message) => {
    writeFileSync(join(directory, 'long.txt'), Buffer.alloc(36_000_001));
    const read = readText({ path: join(directory, name), shown: 'mine' }, 'another');
    await expect(read).rejects.toThrow(new FileProblem(message));
  });
});

describe('standard input', () => {
  function screen(): { readonly shown: string[]; readonly show: Writable } {
    const shown: string[] = [];
    const show = new Writable({
      write(text: Buffer, _encoding, done) {
        shown.push(text.toString());
        done();
      },
    });
    return { shown, show };
  }

  it('is read to its end, characters that come in two pieces included', async () => {
    const { shown, show } = screen();
    const bytes = Buffer.from('a☃b\n');
    const input = Readable.from([bytes.subarray(0, 2), bytes.subarray(2)]);
    expect(await readInput(input, show)).toBe('a☃b\n');
    expect(shown).toEqual([]);
  });

  it('at a terminal says that it is waited for, and how it ends', async () => {
    const { shown, show } = screen();
    const input = Object.assign(Readable.from(['typed']), { isTTY: true });
    expect(await readInput(input, show)).toBe('typed');
    expect(shown.join('')).toContain('Ctrl-D');
  });

  it('that is longer than any request is refused before all of it is there', async () => {
    let given = 0;
    const piece = Buffer.alloc(1_000_000);
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given += 1;
          yield piece;
        }
      })(),
    );
    await expect(readInput(endless, screen().show)).rejects.toThrow(CommandError);
    expect(given).toBeLessThan(100);
  });
});
