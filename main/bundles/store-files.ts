/** Reading and making what lies in the store of bundles: no link is followed, and every failure is `bundle.store`. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { isErrno } from '../kit/atomic-file.ts';

const mends: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: make room.',
  EDQUOT: 'The disk is full: make room.',
  EFBIG: 'The disk takes no file of this size: make room.',
  EROFS: 'The disk cannot be written to.',
  EACCES: 'Give this user access to it.',
  EPERM: 'Give this user access to it.',
};

export function storeProblem(error: unknown, path: string): GatewayError {
  if (error instanceof GatewayError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const what = code === '' && error instanceof Error ? error.message : `${path} cannot be read or written (${code}).`;
  const mend = mends[code];
  return new GatewayError('bundle.store', mend === undefined ? what : `${what} ${mend}`, {
    ...{ cause: error, details: { code } },
  });
}

/** Makes a private directory if it is missing. What is in it by now. Rejects where it is a link. */
export async function makeStore(directory: string): Promise<readonly string[]> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      // What stands in its place is named below.
      if (!isErrno(error, 'EEXIST')) throw error;
    });
    await requireOwnDirectory(directory);
    return await readdir(directory);
  } catch (error) {
    throw storeProblem(error, directory);
  }
}

export async function requireOwnDirectory(directory: string): Promise<void> {
  const facts = await lstat(directory);
  if (facts.isSymbolicLink())
    throw new GatewayError(
      'bundle.store',
      `${directory} is a link: bundles are kept where nobody else leads. Put a directory in its place.`,
    );
  if (!facts.isDirectory()) throw new GatewayError('bundle.store', `${directory} is not a directory. Move it away.`);
}

/** `undefined` where there is none. Rejects with `bundle.store` of a link, of what is no plain file, and of what is too large. */
export async function readStoredBytes(file: string, maxBytes: number): Promise<Buffer | undefined> {
  let handle: FileHandle | undefined;
  try {
    // Windows has neither flag; there the look before does.
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const facts = await handle.stat();
    const isLink = constants.O_NOFOLLOW === undefined && (await lstat(file)).isSymbolicLink();
    if (isLink || !facts.isFile()) throw new GatewayError('bundle.store', `${file} is not a plain file. Move it away.`);
    if (facts.size > maxBytes)
      throw new GatewayError('bundle.store', `${file} is larger than anything that is kept there. Move it away.`);
    return await handle.readFile();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'ELOOP'))
      throw new GatewayError('bundle.store', `${file} is a link, which is not followed. Move it away.`);
    throw storeProblem(error, file);
  } finally {
    await handle?.close();
  }
}

export async function readStored(file: string, maxBytes: number): Promise<string | undefined> {
  return (await readStoredBytes(file, maxBytes))?.toString('utf8');
}
