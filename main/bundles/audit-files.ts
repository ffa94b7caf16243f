/** The files of the audit log: the newest has its plain name, older ones `.1` to `.4`; lines are whole or not there. */
import { constants, createReadStream } from 'node:fs';
import { lstat, open, rename } from 'node:fs/promises';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { isErrno } from '../kit/atomic-file.ts';

/** Besides the newest. */
const maxOlder = 4;
/** No line is longer: every field has a bound. */
const maxLineBytes = 65_536;
const newline = 10;

/** Those there are, the oldest first. Rejects of a link. */
export async function filesOf(file: string): Promise<readonly string[]> {
  const all = [...Array.from({ length: maxOlder }, (_, index) => `${file}.${String(maxOlder - index)}`), file];
  const found: string[] = [];
  for (const one of all) if (await isThere(one)) found.push(one);
  return found;
}

async function isThere(file: string): Promise<boolean> {
  try {
    if ((await lstat(file)).isFile()) return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  throw new GatewayError('bundle.store', `${file} is a link or no plain file. Move it away.`);
}

/** Every line, an unfinished last one included. A line that is too long comes as pieces, which are no lines of ours. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline, start)) {
      yield rest.toString('utf8', start, end);
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > maxLineBytes) {
      yield rest.toString('utf8');
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

/** The last whole line; empty where there is none. */
export async function tailOf(file: string): Promise<string> {
  const { whole } = await readTail(file);
  const text = whole.toString('utf8').trimEnd();
  return text.slice(text.lastIndexOf('\n') + 1);
}

async function readTail(
  file: string,
): Promise<{ readonly whole: Buffer; readonly torn: number; readonly size: number }> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - 2 * maxLineBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const bytes = buffer.subarray(0, bytesRead);
    const end = bytes.lastIndexOf(newline) + 1;
    return { whole: bytes.subarray(0, end), torn: bytes.length - end, size };
  } finally {
    await handle.close();
  }
}

/** Takes away what a crash left of a last line. Returns how many bytes. */
export async function mendTail(file: string): Promise<number> {
  if (!(await isThere(file))) return 0;
  const { torn, size } = await readTail(file);
  if (torn === 0) return 0;
  const handle = await open(file, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    await handle.truncate(size - torn);
  } finally {
    await handle.close();
  }
  return torn;
}

export async function isFull(file: string, maxBytes: number): Promise<boolean> {
  return (await isThere(file)) && (await lstat(file)).size >= maxBytes;
}

/** The oldest that is left once a new file is begun. */
export async function oldestAfterTurn(file: string): Promise<string> {
  const files = await filesOf(file);
  return files[files.length > maxOlder ? 1 : 0] ?? file;
}

/** Begins a new file; the oldest goes when there are too many. */
export async function turn(file: string): Promise<void> {
  for (let number = maxOlder; number >= 1; number -= 1) {
    const from = number === 1 ? file : `${file}.${String(number - 1)}`;
    if (await isThere(from)) await rename(from, `${file}.${String(number)}`);
  }
}

/** In one write; where that fails half-way, as on a full disk, what there is of it is taken away again. */
export async function addLines(file: string, lines: readonly string[]): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(file, flags, 0o600);
  try {
    const { size } = await handle.stat();
    try {
      await handle.writeFile(lines.join(''));
    } catch (error) {
      await handle.truncate(size);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
