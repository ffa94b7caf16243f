/** Keeping a data directory to its owner: directories 0700, files 0600, checked at each start (SEC-46). */
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const directoryMode = 0o700;
const fileMode = 0o600;

// A data directory holds a handful of files; these bounds only stop a start in `/` by mistake from walking the disk.
const maxDepth = 4;
const maxEntries = 20_000;

/**
 * Makes `directory` if it is missing and takes away what others may do with it and all below. Returns one sentence per
 * repair. Links are left alone. On Windows the access list of the profile folder already does this.
 */
export async function makePrivate(directory: string, platform: NodeJS.Platform): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true, mode: directoryMode });
  const notices: string[] = [];
  if (platform === 'win32') return notices;
  await repair(directory, directoryMode, notices);
  await walk(directory, 1, { left: maxEntries }, notices);
  return notices;
}

async function walk(directory: string, depth: number, budget: { left: number }, notices: string[]): Promise<void> {
  if (depth > maxDepth) return;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    budget.left -= 1;
    if (budget.left < 0) return;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      await repair(path, directoryMode, notices);
      await walk(path, depth + 1, budget, notices);
    } else if (entry.isFile() || entry.isSocket()) {
      await repair(path, fileMode, notices);
    }
  }
}

async function repair(path: string, mode: number, notices: string[]): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  // Gone in the meantime, or a link put in its place: neither is ours to change.
  if (facts === undefined || facts.isSymbolicLink()) return;
  const present = facts.mode & 0o777;
  if ((present & 0o077) === 0) return;
  try {
    await chmod(path, present & mode);
    notices.push(`${path} was open to others (mode ${octal(present)}); it is ${octal(present & mode)} now.`);
  } catch {
    notices.push(
      `${path} is open to others (mode ${octal(present)}) and belongs to somebody else: chmod ${octal(mode)} it.`,
    );
  }
}

function octal(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`;
}
