/** Envelopes of accepted bundles as files: `<id>/<epoch>.<version>.sluice`, each with the trust documents it was accepted by. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleId } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { LogPort } from '../gateway/ports.ts';
import { isErrno, removeStaleTemporaries, writeFileAtomic } from '../kit/atomic-file.ts';
import { makeStore, readStoredBytes, requireOwnDirectory, storeProblem } from './store-files.ts';

/** Of each bundle. */
export const maxKeptFiles = 20;
/** An envelope is at most 1 MiB; a chain of trust documents is less. */
const maxBytes = 2 * 1_048_576;

export interface BundleFileName {
  readonly id: string;
  readonly epoch: number;
  readonly version: number;
}

/** A bundle of one id. */
type Place = Pick<BundleFileName, 'epoch' | 'version'>;

export interface StoredBundle {
  readonly bundle: Buffer;
  /** The chain that was in force: a signer who retired later had signed it. `undefined` of an unsigned one. */
  readonly trust: Buffer | undefined;
}

/** All reject with `bundle.store` for what the disk does, and leave old or new files, never a mixture. */
export interface BundleFiles {
  write(
    name: BundleFileName,
    content: { readonly bundle: Uint8Array; readonly trust: Uint8Array | undefined },
  ): Promise<void>;
  /** As it lies there: to be verified anew. `undefined` where there is none. */
  read(name: BundleFileName): Promise<StoredBundle | undefined>;
  /** The newest first. */
  list(id: string): Promise<readonly BundleFileName[]>;
  ids(): Promise<readonly string[]>;
  /**
   * Removes all but the first 20 of `keep` and what is newer than those, and what killed processes left. Without any to keep all goes.
   * Returns how many bundles went.
   */
  prune(id: string, keep: readonly Place[]): Promise<number>;
  /** Removes every file of one. */
  remove(id: string): Promise<void>;
}

export interface BundleFilesOptions {
  /** `bundles/` of the data directory. */
  readonly directory: string;
  readonly log: Pick<LogPort, 'warn'>;
}

const fileName = /^(\d{1,16})\.(\d{1,16})\.sluice$/;
const trustName = /^(\d{1,16})\.(\d{1,16})\.trust\.sluice$/;

function placeOf({ epoch, version }: Place): string {
  return `${String(epoch)}.${String(version)}`;
}

function placeIn(pattern: RegExp, name: string): Place | undefined {
  const [, epoch, version] = pattern.exec(name) ?? [];
  return epoch === undefined ? undefined : { epoch: Number(epoch), version: Number(version) };
}

function newestFirst(a: Place, b: Place): number {
  return b.epoch - a.epoch || b.version - a.version;
}

export function openBundleFiles(options: BundleFilesOptions): BundleFiles {
  return new Store(options);
}

class Store implements BundleFiles {
  readonly #directory: string;
  readonly #log: BundleFilesOptions['log'];

  constructor({ directory, log }: BundleFilesOptions) {
    this.#directory = directory;
    this.#log = log;
  }

  async write(name: BundleFileName, { bundle, trust }: Parameters<BundleFiles['write']>[1]): Promise<void> {
    const own = this.#folder(name.id);
    await makeStore(this.#directory);
    await makeStore(own);
    // Trust first: where the bundle is, what it needs is.
    if (trust === undefined) await rm(this.#path(name, '.trust'), { force: true });
    else await put(this.#path(name, '.trust'), trust);
    await put(this.#path(name), bundle);
  }

  async read(name: BundleFileName): Promise<StoredBundle | undefined> {
    const own = this.#folder(name.id);
    // A bundle is looked for where only directories of our own lead.
    if ((await namesIn(this.#directory)).length === 0 || (await namesIn(own)).length === 0) return undefined;
    const bundle = await readStoredBytes(this.#path(name), maxBytes);
    if (bundle === undefined) return undefined;
    return { bundle, trust: await readStoredBytes(this.#path(name, '.trust'), maxBytes) };
  }

  async list(id: string): Promise<readonly BundleFileName[]> {
    const found = (await namesIn(this.#folder(id))).flatMap((name) => {
      const place = placeIn(fileName, name);
      return place === undefined ? [] : [{ id, ...place }];
    });
    return found.sort(newestFirst);
  }

  async ids(): Promise<readonly string[]> {
    return (await namesIn(this.#directory)).filter((name) => bundleId.safeParse(name).success).sort();
  }

  async prune(id: string, keep: readonly Place[]): Promise<number> {
    const own = this.#folder(id);
    const kept = new Set([...new Set(keep.map(placeOf))].slice(0, maxKeptFiles));
    const newest = keep.toSorted(newestFirst)[0];
    // What is newer is being written by another app, which has not said yet that it needs it.
    const mayGo = (one: Place): boolean =>
      !kept.has(placeOf(one)) && (newest === undefined || newestFirst(newest, one) < 0);
    const gone = (await this.list(id)).filter(mayGo);
    try {
      // The bundle first: one without its trust documents would look unsigned.
      for (const name of gone) await rm(this.#path(name), { force: true });
      const names = await namesIn(own);
      for (const name of names) {
        const alone = placeIn(trustName, name);
        // Its bundle went, or was never written.
        if (alone !== undefined && mayGo(alone)) await rm(join(own, name), { force: true });
      }
      for (const name of new Set(names.flatMap(targetOf))) await removeStaleTemporaries(join(own, name));
    } catch (error) {
      this.#log.warn('old bundles were not removed', { id, error });
    }
    return gone.length;
  }

  async remove(id: string): Promise<void> {
    const own = this.#folder(id);
    await namesIn(own);
    try {
      await rm(own, { recursive: true, force: true });
    } catch (error) {
      throw storeProblem(error, own);
    }
  }

  #folder(id: string): string {
    // An id is a name of a directory here: nothing that leads elsewhere.
    if (bundleId.safeParse(id).success) return join(this.#directory, id);
    throw new GatewayError('bundle.store', `"${id.slice(0, 64)}" is no id of a bundle.`);
  }

  #path(name: BundleFileName, kind = ''): string {
    return join(this.#folder(name.id), `${placeOf(name)}${kind}.sluice`);
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    await requireOwnDirectory(path);
    return await readdir(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw storeProblem(error, path);
  }
}

/** `.1.2.sluice.4711-1.tmp` was to become `1.2.sluice`. */
function targetOf(name: string): readonly string[] {
  const target = /^\.(.+)\.\d+-\d+\.tmp$/.exec(name)?.[1];
  return target === undefined ? [] : [target];
}

/** Byte for byte: what is kept was verified as text in UTF-8, and any other is not kept. */
async function put(path: string, bytes: Uint8Array): Promise<void> {
  const text = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes))
    throw new GatewayError('bundle.malformed', 'It is not text in UTF-8. Publish it anew.');
  try {
    await writeFileAtomic(path, text);
  } catch (error) {
    throw storeProblem(error, path);
  }
}
