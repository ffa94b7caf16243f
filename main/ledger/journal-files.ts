/** The files of the journal: numbered segments beside the ledger, private, never through a link. */
import {
  chmodSync,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlink,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface SegmentFile {
  readonly number: number;
  readonly path: string;
}

const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
const digits = 6;

/** Segments by number, oldest first. A directory that does not exist has none; throws when it cannot be read. */
export function segmentsOf(prefix: string): SegmentFile[] {
  const start = `${basename(prefix)}-`;
  const directory = dirname(prefix);
  return namesIn(directory)
    .flatMap((name) => {
      const match = name.startsWith(start) ? /^(\d{6,15})\.jsonl$/.exec(name.slice(start.length)) : null;
      return match === null ? [] : [{ number: Number(match[1]), path: join(directory, name) }];
    })
    .sort((a, b) => a.number - b.number);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Throws when it cannot be read, is no regular file or is a link. `mended`: others could read it and can no longer. */
export function readSegment({ path }: SegmentFile): { readonly bytes: Buffer; readonly mended: boolean } {
  const fd = openSync(path, constants.O_RDONLY | noFollow);
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile()) throw new Error(`${path} is not a regular file.`);
    const mended = process.platform !== 'win32' && (facts.mode & 0o077) !== 0;
    if (mended) chmodSync(path, 0o600);
    return { bytes: readFileSync(fd), mended };
  } finally {
    closeSync(fd);
  }
}

/** In the background: giving back its blocks takes a millisecond. Never rejects. */
export function removeSegment({ path }: SegmentFile, failed: (error: Error) => void): Promise<void> {
  return new Promise((resolve) => {
    unlink(path, (error) => {
      if (error !== null && error.code !== 'ENOENT') failed(error);
      resolve();
    });
  });
}

/** A segment that is written: appended to, made durable, cut back to its last whole line where that failed. */
export class WritableSegment implements SegmentFile {
  readonly number: number;
  readonly path: string;
  readonly #fd: number;
  #size = 0;
  #syncing = 0;
  #isRetired = false;
  #isLinked = false;

  /** Begins it; throws when that is not possible. What is there under its name already is never touched. */
  constructor(prefix: string, number: number) {
    this.number = number;
    this.path = `${prefix}-${String(number).padStart(digits, '0')}.jsonl`;
    mkdirSync(dirname(prefix), { recursive: true, mode: 0o700 });
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | noFollow;
    this.#fd = openSync(this.path, flags, 0o600);
  }

  get size(): number {
    return this.#size;
  }

  /** All of it or nothing; throws when it is nothing. */
  append(text: string): void {
    const length = Buffer.byteLength(text);
    try {
      const written = writeSync(this.#fd, text);
      if (written !== length) throw new Error(`only ${written} of ${length} bytes could be written`);
      this.#size += length;
    } catch (error) {
      this.#cutBack();
      throw error;
    }
  }

  /** Half a line at the end is told from a whole one all the same: it is cut off so that nothing is written behind it. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#fd, this.#size);
    } catch {
      // The owner goes on in another segment.
    }
  }

  /** Calls back once everything appended so far, and the name of the file, survive a loss of power. */
  sync(done: (error: Error | undefined) => void): void {
    this.#syncing += 1;
    const end = (error: Error | undefined): void => {
      this.#syncing -= 1;
      this.#closeIfDone();
      done(error);
    };
    fdatasync(this.#fd, (error) => {
      if (error !== null) return end(error);
      if (this.#isLinked) return end(undefined);
      syncDirectory(dirname(this.path), (failure) => {
        this.#isLinked = failure === undefined;
        end(failure);
      });
    });
  }

  /** Nothing more is appended. */
  retire(): void {
    this.#isRetired = true;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (!this.#isRetired || this.#syncing > 0) return;
    this.#isRetired = false;
    try {
      closeSync(this.#fd);
    } catch {
      // What could not be written was told when it was written.
    }
  }
}

/** Windows has no such call and needs none. */
function syncDirectory(directory: string, done: (error: Error | undefined) => void): void {
  if (process.platform === 'win32') return done(undefined);
  let fd: number;
  try {
    fd = openSync(directory, constants.O_RDONLY);
  } catch (error) {
    return done(error instanceof Error ? error : new Error(String(error)));
  }
  fsync(fd, (error) => {
    closeSync(fd);
    done(error ?? undefined);
  });
}

/** A segment of this number is there already. */
export const isTaken = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'EEXIST';
