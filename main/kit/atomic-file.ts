/** Writing a file so that a crash leaves the old or the new content, never a mixture, and no link is followed. */
import { constants } from 'node:fs';
import { lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface AtomicWriteOptions {
  /** Permission bits of the new file. Default 0600. */
  readonly mode?: number | undefined;
  /** Keep the content before this write as `FILE.bak`. */
  readonly backup?: boolean | undefined;
  /** Write only if the file still holds exactly this text (`undefined`: no condition, `null`: does not exist). */
  readonly expected?: string | null | undefined;
}

/** The file cannot be replaced safely; the message says why and what to do. */
export class AtomicWriteError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AtomicWriteError';
  }
}

let serial = 0;

/**
 * Replaces `file` by way of a temporary file beside it: write, fsync, rename, fsync of the directory (FAULT-33).
 *
 * Answers `changed`, with nothing written, when the file no longer holds `expected`. Throws `AtomicWriteError` when the
 * path is a symbolic link or not a regular file (SEC-46), or when another process keeps writing it; errors of the file
 * system pass through, with the old content in place. Of several that write with `expected` at once, in any process, one
 * gets `written` and the others `changed`.
 */
export async function writeFileAtomic(
  file: string,
  data: string,
  options: AtomicWriteOptions = {},
): Promise<'written' | 'changed'> {
  await refuseLinks(file);
  // Between the last look and the rename somebody else of our own could write: those who look take turns.
  return options.expected === undefined
    ? await write(file, data, options)
    : await withLock(file, () => write(file, data, options));
}

async function write(file: string, data: string, options: AtomicWriteOptions): Promise<'written' | 'changed'> {
  const mode = options.mode ?? 0o600;
  const before = options.backup === true || options.expected !== undefined ? await readIfPresent(file) : null;
  if (options.expected !== undefined && before !== options.expected) return 'changed';
  if (options.backup === true && before !== null) await replace(`${file}.bak`, before, mode, undefined);
  return await replace(file, data, mode, options.expected);
}

/** A lock is held for milliseconds; one as old as this was left by a process that is no more. */
const staleLockMs = 10_000;
const lockPollMs = 5;
const lockWaitMs = 20_000;

/** Runs `run` while no other process of ours does for the same file, which need not exist; its directory must. */
export async function withLock<T>(file: string, run: () => Promise<T>): Promise<T> {
  const lock = join(dirname(file), `${temporaryPrefix(file)}lock`);
  for (let waitedMs = 0; ; waitedMs += lockPollMs) {
    try {
      await takeLock(lock);
      break;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
      if (waitedMs >= lockWaitMs)
        throw new AtomicWriteError(`${file} is being written by another process. If there is none, remove ${lock}.`);
      if (await isAbandoned(lock)) await rm(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, lockPollMs));
    }
  }
  try {
    return await run();
  } finally {
    await rm(lock, { force: true });
  }
}

/** A lock that cannot be signed, as on a full disk, would be waited for by whoever comes next. */
async function takeLock(lock: string): Promise<void> {
  const handle = await open(lock, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await handle.writeFile(String(process.pid));
  } catch (error) {
    await rm(lock, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const [facts, owner] = await Promise.all([stat(lock), readFile(lock, 'utf8')]);
    return Date.now() - facts.mtimeMs > staleLockMs || (owner !== '' && !isAlive(Number(owner)));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function replace(
  file: string,
  data: string,
  mode: number,
  expected: string | null | undefined,
): Promise<'written' | 'changed'> {
  const temporary = await writeTemporary(file, data, mode);
  try {
    // The last look before the rename: whoever saved while we were writing is not overwritten.
    if (expected !== undefined && (await readIfPresent(file)) !== expected) {
      await rm(temporary, { force: true });
      return 'changed';
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(file));
  return 'written';
}

async function writeTemporary(file: string, data: string, mode: number): Promise<string> {
  serial += 1;
  const temporary = join(dirname(file), `${temporaryPrefix(file)}${process.pid}-${serial}.tmp`);
  // A leftover of a dead process that had our pid: nobody else writes this name.
  await rm(temporary, { force: true });
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    await handle.writeFile(data, 'utf8');
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  return temporary;
}

function temporaryPrefix(file: string): string {
  return `.${basename(file)}.`;
}

/** Removes temporary files that a killed process left beside `file`, for it or its backup. Returns how many. */
export async function removeStaleTemporaries(file: string): Promise<number> {
  const prefix = temporaryPrefix(file);
  const directory = dirname(file);
  let removed = 0;
  for (const name of await readdir(directory)) {
    const owner = name.startsWith(prefix)
      ? /^(?:bak\.)?(\d+)-\d+\.tmp$/.exec(name.slice(prefix.length))?.[1]
      : undefined;
    if (owner === undefined || isAlive(Number(owner))) continue;
    await rm(join(directory, name), { force: true });
    removed += 1;
  }
  return removed;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is not ours.
    return isErrno(error, 'EPERM');
  }
}

async function refuseLinks(file: string): Promise<void> {
  try {
    const facts = await lstat(file);
    if (facts.isSymbolicLink()) {
      throw new AtomicWriteError(`${file} is a symbolic link and is not written through. Name the file it points to.`);
    }
    if (!facts.isFile()) throw new AtomicWriteError(`${file} is not a regular file and is not replaced.`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    await requireDirectory(dirname(file));
  }
}

async function requireDirectory(directory: string): Promise<void> {
  if (!(await stat(directory)).isDirectory()) throw new AtomicWriteError(`${directory} is not a directory.`);
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Makes the rename itself durable. Windows has no such call and needs none. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether an error is the file system's `code`, such as `ENOENT`. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
