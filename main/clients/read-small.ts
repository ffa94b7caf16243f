/** Reads a small file of another tool: a plain one that is where it seems to be, or nothing. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';

/** Settings are kilobytes; what is larger is something else. */
const mostBytes = 1_048_576;

export type SmallFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'skipped'; readonly why: string };

/** `home` as it really is. A link may lead to another place below it, and nowhere else. Never rejects. */
export async function readSmall(file: string, home: string): Promise<SmallFile> {
  let real: string;
  try {
    real = await realpath(file);
  } catch (error) {
    return isAbsent(error) ? { kind: 'absent' } : { kind: 'skipped', why: codeOf(error) };
  }
  if (!real.startsWith(home.endsWith(sep) ? home : home + sep)) {
    return { kind: 'skipped', why: 'a link out of the home folder' };
  }
  try {
    // Without waiting: opening a pipe would wait for its other end.
    const handle = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile()) return { kind: 'skipped', why: 'not a plain file' };
      if (found.size > mostBytes) return { kind: 'skipped', why: 'too large' };
      return { kind: 'text', text: (await handle.readFile('utf8')).replace(/^\uFEFF/, '') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { kind: 'skipped', why: codeOf(error) };
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** Never the message, which may quote a path. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unreadable';
}
