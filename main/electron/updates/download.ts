/** Fetches the file of an update: goes on where it was interrupted, takes not a byte more than was signed, keeps only what was (FAULT-53). */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { guardedGet, networkProblem, type GuardedOptions, type HttpAnswer } from './get.ts';
import type { UpdateFile } from './manifest.ts';
import { reasonOf, UpdateProblem } from './problem.ts';

/** Without a byte for so long, the way is dead. */
const stallMs = 60_000;
/** A trickle of bytes is not a download either. */
const longestMs = 6 * 60 * 60_000;

export interface DownloadOptions extends Pick<GuardedOptions, 'get' | 'url' | 'hosts'> {
  /** For downloads alone: what else is in it is deleted. */
  readonly directory: string;
  readonly file: UpdateFile;
  readonly version: string;
  /** 0…1. */
  readonly onProgress: (share: number) => void;
  /** Ends it; what was fetched stays. */
  readonly signal: AbortSignal;
}

export interface VerifiedFile {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly size: number;
  readonly sha256: string;
  /** Base64, of the same bytes: what electron-updater compares with. */
  readonly sha512: string;
}

/** The file, complete and as it was signed. Throws `UpdateProblem`; then there is no such file. */
export async function download(options: DownloadOptions): Promise<VerifiedFile> {
  const { directory, file, version } = options;
  const path = join(directory, file.name);
  const part = join(directory, `${file.sha256}.part`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await clean(directory, [file.name, `${file.sha256}.part`]);
    const known = await verified(path, file, version);
    if (known !== undefined) return known;
    await rm(path, { force: true });
    await fetchRest(part, options);
    const fetched = await verified(part, file, version);
    if (fetched === undefined) {
      await rm(part, { force: true });
      throw new UpdateProblem('update.tampered', { version });
    }
    await rename(part, path);
    return { ...fetched, path };
  } catch (error) {
    if (error instanceof UpdateProblem) throw error;
    throw new UpdateProblem('update.disk', { reason: reasonOf(error) }, { cause: error });
  }
}

/** `undefined`: not there, or not what was signed. */
export async function verified(path: string, file: UpdateFile, version: string): Promise<VerifiedFile | undefined> {
  const size = (await stat(path).catch(() => undefined))?.size;
  if (size !== file.size) return undefined;
  const hashes: [Hash, Hash] = [createHash('sha256'), createHash('sha512')];
  for await (const chunk of createReadStream(path)) for (const hash of hashes) hash.update(chunk as Buffer);
  const [sha256, sha512] = [hashes[0].digest('hex'), hashes[1].digest('base64')];
  return sha256 === file.sha256 ? { path, name: file.name, version, size, sha256, sha512 } : undefined;
}

async function clean(directory: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!kept.includes(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** Afterwards the part has all its bytes, whatever they are. */
async function fetchRest(part: string, options: DownloadOptions): Promise<void> {
  const { file, version, get, url, hosts } = options;
  const host = new URL(url).host;
  const present = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (present === file.size) return;
  const start = present < file.size ? present : 0;
  const watch = watchProgress(options.signal);
  const { signal } = watch;
  try {
    const headers = start > 0 ? { range: `bytes=${start}-` } : undefined;
    const answer = await guardedGet({ get, url, hosts, signal, ...(headers === undefined ? {} : { headers }) });
    const from = startOf(answer, start);
    if (from === undefined) {
      // What is there is of no use to this server: from the beginning next time.
      await rm(part, { force: true });
      throw new UpdateProblem('update.status', { host, status: String(answer.status) });
    }
    const size = await append(part, from, answer, { ...options, signal, alive: watch.alive });
    if (size < file.size) throw new UpdateProblem('update.truncated', { version });
  } finally {
    watch.end();
  }
}

/** Where the bytes of this answer belong; `undefined`: nowhere. */
function startOf(answer: HttpAnswer, asked: number): number | undefined {
  if (answer.status === 200) return 0;
  if (answer.status !== 206) return undefined;
  return answer.header('content-range')?.startsWith(`bytes ${asked}-`) === true ? asked : undefined;
}

interface Appending extends DownloadOptions {
  readonly alive: () => void;
}

/** How long the part is then. */
async function append(part: string, from: number, { body }: HttpAnswer, options: Appending): Promise<number> {
  const { file, version, onProgress, alive, signal, url } = options;
  const handle = await open(part, from === 0 ? 'w' : 'a', 0o600);
  let size = from;
  try {
    for await (const chunk of body) {
      alive();
      size += chunk.length;
      if (size > file.size) break;
      await handle.write(chunk);
      onProgress(size / file.size);
    }
  } catch (error) {
    if (isOfDisk(error)) throw error;
    // Cut off: what came is kept. Told as such unless nothing did.
    if (size > from) throw new UpdateProblem('update.truncated', { version }, { cause: error });
    throw networkProblem(error, new URL(url).host, signal);
  } finally {
    await close(handle);
  }
  if (size <= file.size) return size;
  // Endless, or another file: there is nothing in it to go on from.
  await rm(part, { force: true });
  throw new UpdateProblem('update.too_large', { name: file.name });
}

async function close(handle: FileHandle): Promise<void> {
  await handle.sync().catch(() => undefined);
  await handle.close();
}

function isOfDisk(error: unknown): boolean {
  return (
    error instanceof Error &&
    'syscall' in error &&
    error.syscall === 'write' &&
    'code' in error &&
    error.code !== 'EPIPE'
  );
}

interface Watch {
  readonly signal: AbortSignal;
  readonly alive: () => void;
  readonly end: () => void;
}

/** Aborts when nothing came for long, or when the whole takes too long. Its timers live as long as the download. */
function watchProgress(outer: AbortSignal): Watch {
  const controller = new AbortController();
  const stall = setTimeout(() => controller.abort(), stallMs);
  const total = setTimeout(() => controller.abort(), longestMs);
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    alive: () => void stall.refresh(),
    end() {
      clearTimeout(stall);
      clearTimeout(total);
    },
  };
}
