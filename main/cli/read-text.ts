/** Reads a text that the user names: a file, or standard input. */
import { readFile, stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { CommandError, FileProblem } from './shell.ts';

/** More than any request that the data port takes. */
const maxBytes = 36_000_000;

export interface FileToRead {
  /** Where it is. */
  readonly path: string;
  /** As the user named it, for messages. */
  readonly shown: string;
}

/** A file as text, less a byte order mark. `wanted`: what to give instead, as the end of "Give …". Throws `FileProblem`. */
export async function readText({ path, shown }: FileToRead, wanted: string): Promise<string> {
  const problem = (text: string): FileProblem => new FileProblem(`${shown}: ${text}`);
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw problem(`this is a directory. Give ${wanted}.`);
    if (facts.size > maxBytes) throw problem(`this is larger than any request that is taken. Give ${wanted}.`);
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw problem(
      isMissing
        ? `this file does not exist. Give ${wanted}.`
        : `this file cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** Standard input to its end. Says at a terminal that something is waited for. Throws `CommandError` where it is too long. */
export async function readInput(
  from: Readable & { readonly isTTY?: boolean | undefined },
  show: Writable,
): Promise<string> {
  if (from.isTTY === true) show.write('Type or paste the text, then end it with Ctrl-D on a line of its own.\n');
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of from as AsyncIterable<Buffer | string>) {
    const part = Buffer.from(piece);
    bytes += part.length;
    if (bytes > maxBytes)
      throw new CommandError(`What stdin gives is longer than ${String(maxBytes)} bytes. Give a part of it.`);
    pieces.push(part);
  }
  return Buffer.concat(pieces).toString('utf8');
}
