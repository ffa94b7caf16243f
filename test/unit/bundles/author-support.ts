// A repository of a bundle in a folder of its own, made for a test and gone after it.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { AuthorError } from '../../../main/bundles/author/problems.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function makeFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-author-')));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) write(folder, name, text);
  return folder;
}

export function write(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** What it says is wrong, without the folder. */
export async function problemsIn(folder: string, work: () => Promise<unknown>): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AuthorError)) throw error;
    return error.message.replaceAll(`${folder}/`, '').split('\n');
  }
  return [];
}

/** 29 November 2026, noon UTC. */
export const now = Date.UTC(2026, 10, 29, 12);

export const head = 'schema: sluice.bundle/1\nid: acme-core\n';
