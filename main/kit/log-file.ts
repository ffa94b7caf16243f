/** A log kept in files of a folder: the newest has a fixed name, older ones are numbered, and the oldest make room. */
import { closeSync, constants, fstatSync, mkdirSync, openSync, renameSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LogSink } from './log.ts';

/** Some ten thousand lines. */
const maxFileBytes = 5 * 1024 * 1024;
const olderFiles = 2;

const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
const writing = constants.O_WRONLY | constants.O_CREAT | noFollow;

/** The newest file of a log. */
export const newestLog = (folder: string): string => join(folder, 'sluice.log');
const olderLog = (folder: string, number: number): string => join(folder, `sluice.${number}.log`);

export interface LogFileOptions {
  readonly folder: string;
  /** A file that would grow beyond it is set aside. What is written at once is never parted. */
  readonly maxBytes?: number;
}

/**
 * Goes on with what is there. Only one process may write: a file is written at its end as that process knows it. Throws the
 * file system's error when the folder or its file cannot be had, or is a link; afterwards what cannot be written is lost.
 */
export function openLogFile({ folder, maxBytes = maxFileBytes }: LogFileOptions): LogSink {
  let file: number | undefined = open(folder, 0);
  /** Handed to the system, which has not said yet that it is done. */
  let underWay: { readonly bytes: Buffer; readonly at: number } | undefined;

  /** The file to write so many bytes to, and where in it they go. */
  function place(count: number): { readonly file: number; readonly at: number } {
    file ??= open(folder, 0);
    const { size, nlink } = fstatSync(file);
    const isGone = nlink === 0;
    if (!isGone && (size === 0 || size + count <= maxBytes)) return { file, at: size };
    closeSync(file);
    file = undefined;
    // Where the older ones cannot be moved, as while another program shows them on Windows, bounds come before what was said.
    if (!isGone) quietly(() => setAside(folder));
    file = open(folder, isGone ? 0 : constants.O_TRUNC);
    return { file, at: fstatSync(file).size };
  }

  function writeAll(to: number, bytes: Buffer, at: number, done: () => void): void {
    underWay = { bytes, at };
    write(to, bytes, 0, bytes.length, at, (error, written) => {
      if (error === null && written < bytes.length) writeAll(to, bytes.subarray(written), at + written, done);
      else {
        // Nobody to tell when the log itself cannot be written.
        underWay = undefined;
        done();
      }
    });
  }

  return {
    write(text, done) {
      const bytes = Buffer.from(text);
      try {
        const { file: to, at } = place(bytes.length);
        writeAll(to, bytes, at, done);
      } catch {
        // As above. Later, lest a disk that stays full has the log call itself without end.
        setImmediate(done);
      }
    },
    writeNow: (text) =>
      quietly(() => {
        // Nothing is set aside now: the system may still be at work on this file.
        file ??= open(folder, 0);
        // The process may be gone before it is done: what is written twice to one place is there once.
        if (underWay !== undefined) writeSync(file, underWay.bytes, 0, undefined, underWay.at);
        writeSync(file, Buffer.from(text), 0, undefined, fstatSync(file).size);
      }),
  };
}

function open(folder: string, flags: number): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openSync(newestLog(folder), writing | flags, 0o600);
}

/** From the oldest on, each takes the name of the next older one; the last one is written over. */
function setAside(folder: string): void {
  for (let number = olderFiles; number > 1; number -= 1)
    quietly(() => renameSync(olderLog(folder, number - 1), olderLog(folder, number)));
  renameSync(newestLog(folder), olderLog(folder, 1));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Said where it is called.
  }
}
