/** Files that `masking` names: lists of terms, and `.env` files whose values are secret. Read whenever the config is. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../shared/config/config.ts';
import { isErrno } from '../kit/atomic-file.ts';

export type FileReading =
  | { readonly kind: 'found'; readonly text: string }
  /** A clause: `does not exist`. */
  | { readonly kind: 'missing'; readonly reason: string };

/** What each file came to, by its path as the config file writes it. One that is not in here was not looked up. */
export type PolicyFiles = ReadonlyMap<string, FileReading>;

/** Fifty thousand terms of the greatest length. */
const maxTermsBytes = 26_214_400;
/** A thousand values of a kilobyte. */
const maxEnvBytes = 1_048_576;

/** As they are written, those of the profiles with them, whichever is in force. Each once. */
export function filesNamed({ masking, profiles }: Config): Record<'terms_files' | 'env_files', readonly string[]> {
  const all = [masking, ...profiles.flatMap((profile) => profile.masking ?? [])];
  return {
    terms_files: [...new Set(all.flatMap((one) => one.terms_files))],
    env_files: [...new Set(all.flatMap((one) => one.env_files))],
  };
}

/** Absolute paths: a change in one of them is a change of the config. */
export function policyFilesIn(config: Config, file: string): readonly string[] {
  const { terms_files, env_files } = filesNamed(config);
  return [...terms_files, ...env_files].map((path) => absolute(path, file));
}

/** Reads them all. Never throws: what cannot be had is an answer. `file` is the config file. */
export async function readPolicyFiles(config: Config, file: string): Promise<PolicyFiles> {
  const { terms_files, env_files } = filesNamed(config);
  const read = async (path: string, maxBytes: number): Promise<readonly [string, FileReading]> => [
    path,
    await readWhole(absolute(path, file), maxBytes),
  ];
  return new Map(
    await Promise.all([
      ...env_files.map((path) => read(path, maxEnvBytes)),
      ...terms_files.map((path) => read(path, maxTermsBytes)),
    ]),
  );
}

/** Says that a file changed, and nothing of what is in it. */
export function readingFingerprint(reading: FileReading): string {
  if (reading.kind === 'missing') return `missing ${reading.reason}`;
  return createHash('sha256').update('sluice file\0').update(reading.text).digest('hex');
}

function absolute(path: string, file: string): string {
  return resolve(dirname(resolve(file)), path);
}

async function readWhole(path: string, maxBytes: number): Promise<FileReading> {
  try {
    // Before it is opened: a pipe would make the opening wait for somebody to write.
    if (!(await stat(path)).isFile()) return { kind: 'missing', reason: 'is not a regular file' };
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) return { kind: 'missing', reason: `is larger than ${String(maxBytes)} bytes` };
      const buffer = Buffer.alloc(size);
      const { bytesRead } = await handle.read(buffer, 0, size, 0);
      // A mark of byte order is no part of the first term.
      return { kind: 'found', text: buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { kind: 'missing', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return 'does not exist';
  if (isErrno(error, 'EACCES')) return 'may not be read by this user';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
