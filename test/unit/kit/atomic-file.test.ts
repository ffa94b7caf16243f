import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AtomicWriteError, isErrno, removeStaleTemporaries, writeFileAtomic } from '../../../main/kit/atomic-file.ts';

const module = pathToFileURL(join(import.meta.dirname, '../../../main/kit/atomic-file.ts')).href;

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-atomic-'));
  file = join(directory, 'sluice.yaml');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('writeFileAtomic', () => {
  it('makes a file only its owner can read, and leaves nothing else behind', async () => {
    expect(await writeFileAtomic(file, 'one\n')).toBe('written');
    expect(readFileSync(file, 'utf8')).toBe('one\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['sluice.yaml']);
  });

  it('keeps the content before as .bak, private too', async () => {
    writeFileSync(file, 'old\n', { mode: 0o644 });
    await writeFileAtomic(file, 'new\n', { backup: true });
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe('old\n');
    expect(statSync(`${file}.bak`).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).sort()).toEqual(['sluice.yaml', 'sluice.yaml.bak']);
  });

  it('writes nothing when the file holds something else by now', async () => {
    writeFileSync(file, 'theirs\n');
    expect(await writeFileAtomic(file, 'ours\n', { expected: 'before\n', backup: true })).toBe('changed');
    expect(readFileSync(file, 'utf8')).toBe('theirs\n');
    expect(readdirSync(directory)).toEqual(['sluice.yaml']);
  });

  it('makes a file only if there is none, when asked to', async () => {
    expect(await writeFileAtomic(file, 'first\n', { expected: null })).toBe('written');
    expect(await writeFileAtomic(file, 'second\n', { expected: null })).toBe('changed');
    expect(readFileSync(file, 'utf8')).toBe('first\n');
  });

  it('does not write through a symbolic link, nor over what is no file', async () => {
    const target = join(directory, 'target');
    writeFileSync(target, 'keep\n');
    symlinkSync(target, file);
    await expect(writeFileAtomic(file, 'new\n')).rejects.toThrow(AtomicWriteError);
    expect(readFileSync(target, 'utf8')).toBe('keep\n');
    mkdirSync(join(directory, 'folder'));
    await expect(writeFileAtomic(join(directory, 'folder'), 'new\n')).rejects.toThrow('is not a regular file');
  });

  it('does not follow a link that waits at the place of the backup', async () => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'keep\n');
    writeFileSync(file, 'old\n');
    symlinkSync(victim, `${file}.bak`);
    await writeFileAtomic(file, 'new\n', { backup: true });
    expect(readFileSync(victim, 'utf8')).toBe('keep\n');
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe('old\n');
  });

  it.skipIf(process.getuid?.() === 0)('leaves the old content when the directory may not be written', async () => {
    writeFileSync(file, 'old\n');
    chmodSync(directory, 0o500);
    await expect(writeFileAtomic(file, 'new\n')).rejects.toThrow('EACCES');
    chmodSync(directory, 0o700);
    expect(readFileSync(file, 'utf8')).toBe('old\n');
  });

  it('holds one whole content or the other when many write at once', async () => {
    const contents = Array.from({ length: 20 }, (_, index) => `${String(index).repeat(50_000)}\n`);
    await Promise.all(contents.map((content) => writeFileAtomic(file, content)));
    expect(contents).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(directory)).toEqual(['sluice.yaml']);
  });
});

describe('conditional writes', () => {
  it('of many at once succeed one at a time', async () => {
    await writeFileAtomic(file, 'start');
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => writeFileAtomic(file, String(index), { expected: 'start' })),
    );
    expect(results.filter((result) => result === 'written')).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(String(results.indexOf('written')));
    expect(readdirSync(directory)).toEqual(['sluice.yaml']);
  });

  it('of several processes lose no increment', async () => {
    const counter = `
      import { readFileSync } from 'node:fs';
      import { writeFileAtomic } from ${JSON.stringify(module)};
      const file = process.argv[1];
      for (let done = 0; done < 25; ) {
        const text = readFileSync(file, 'utf8');
        if ((await writeFileAtomic(file, String(Number(text) + 1), { expected: text })) === 'written') done += 1;
      }
    `;
    writeFileSync(file, '0');
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', counter, file], { stdio: 'inherit' }),
    );
    expect(await Promise.all(children.map(async (child) => (await once(child, 'close'))[0] as number))).toEqual([
      0, 0, 0,
    ]);
    expect(readFileSync(file, 'utf8')).toBe('75');
  });

  it('are not held up by the lock of a dead process', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    writeFileSync(file, 'old');
    writeFileSync(join(directory, '.sluice.yaml.lock'), String(child.pid));
    expect(await writeFileAtomic(file, 'new', { expected: 'old' })).toBe('written');
    expect(readdirSync(directory)).toEqual(['sluice.yaml']);
  });

  it('that cannot even sign their lock, as on a full disk, leave none', async () => {
    writeFileSync(file, 'old');
    // Files of this shell's children may not hold a byte; what they say goes into a pipe.
    const script = `import(${JSON.stringify(module)}).then(({ writeFileAtomic }) => writeFileAtomic(${JSON.stringify(file)}, 'new', { expected: 'old' })).catch((error) => console.log(error.code))`;
    const child = spawn('sh', ['-c', 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, script]);
    const said: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text));
    await once(child, 'close');
    expect(said.join('').trim()).toBe('EFBIG');
    expect(readdirSync(directory)).toEqual(['sluice.yaml']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('are not held up by a lock that was left long ago', async () => {
    writeFileSync(file, 'old');
    const lock = join(directory, '.sluice.yaml.lock');
    writeFileSync(lock, String(process.pid));
    utimesSync(lock, 1, 1);
    expect(await writeFileAtomic(file, 'new', { expected: 'old' })).toBe('written');
  });
});

describe('a process killed while it writes', () => {
  // Writes two contents in turn, without end, and says when it has begun.
  const program = `
    import { writeFileAtomic } from ${JSON.stringify(module)};
    process.stdout.write('begun\\n');
    for (;;) for (const letter of ['a', 'b']) await writeFileAtomic(process.argv[1], letter.repeat(300_000), { backup: true });
  `;

  it('leaves a whole file and a whole backup, and its leftovers are cleared', async () => {
    writeFileSync(file, 'a'.repeat(300_000));
    for (let round = 0; round < 4; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      for (let writes = 0; writes < 3 + round; writes += 1) {
        await new Promise((resolve) => setTimeout(resolve, 7));
      }
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const path of [file, `${file}.bak`]) {
        if (existsSync(path)) expect(['a'.repeat(300_000), 'b'.repeat(300_000)]).toContain(readFileSync(path, 'utf8'));
      }
    }
    await removeStaleTemporaries(file);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('removeStaleTemporaries', () => {
  it('clears what dead processes left and nothing else', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    const dead = `.sluice.yaml.${String(child.pid)}-1.tmp`;
    const alive = `.sluice.yaml.${process.pid}-99.tmp`;
    for (const name of [dead, alive, '.sluice.yaml.notes.tmp', '.other.yaml.1-1.tmp'])
      writeFileSync(join(directory, name), '');
    expect(await removeStaleTemporaries(file)).toBe(1);
    expect(readdirSync(directory).sort()).toEqual(['.other.yaml.1-1.tmp', alive, '.sluice.yaml.notes.tmp'].sort());
  });
});

describe('isErrno', () => {
  it('knows an error by its code', () => {
    expect(isErrno(Object.assign(new Error('gone'), { code: 'ENOENT' }), 'ENOENT')).toBe(true);
    expect(isErrno(new Error('ENOENT'), 'ENOENT')).toBe(false);
    expect(isErrno('ENOENT', 'ENOENT')).toBe(false);
  });
});
