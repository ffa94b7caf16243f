/** Bundles that people chose as files: kept as copies of our own, so that no call makes us open a file that its caller names. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleId } from '../../shared/bundle/payload.ts';
import { writeFileAtomic } from '../kit/atomic-file.ts';
import type { Looked } from './looking.ts';
import { makeStore, storeProblem } from './store-files.ts';

const folderOf = (directory: string): string => join(directory, 'imported');
const addressOf = (directory: string, id: string): string =>
  pathToFileURL(join(folderOf(directory), `${id}.sluice`)).href;

/**
 * The address a chosen file would be followed at, by the id that it says it has; `undefined` where it says none. Nothing of it was
 * verified: what it is called decides where it is looked for, and nothing else.
 */
export function importedAddress(directory: string, { bundle }: Pick<Looked, 'bundle'>): string | undefined {
  try {
    const said: unknown = JSON.parse(Buffer.from(bundle).toString('utf8'));
    const { id, payload } = said as { readonly id?: unknown; readonly payload?: unknown };
    const inside: unknown =
      typeof payload === 'string' ? JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) : { id };
    const named = bundleId.safeParse((inside as { readonly id?: unknown } | null)?.id);
    return named.success ? addressOf(directory, named.data) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the copy of a bundle is followed: the same for every version of it. Throws `bundle.store`. */
export async function keepImported(directory: string, id: string, { bundle, trust }: Looked): Promise<string> {
  const folder = folderOf(directory);
  const file = join(folder, `${id}.sluice`);
  try {
    await makeStore(folder);
    const trustFile = join(folder, `${id}.trust.sluice`);
    if (trust === undefined) await rm(trustFile, { force: true });
    else await writeFileAtomic(trustFile, Buffer.from(trust).toString('utf8'));
    await writeFileAtomic(file, Buffer.from(bundle).toString('utf8'));
  } catch (error) {
    throw storeProblem(error, file);
  }
  return addressOf(directory, id);
}

/** The copy goes with the bundle that was left. */
export async function dropImported(directory: string, id: string, url: string): Promise<void> {
  const folder = folderOf(directory);
  if (url !== addressOf(directory, id)) return;
  for (const name of [`${id}.sluice`, `${id}.trust.sluice`]) await rm(join(folder, name), { force: true });
}
