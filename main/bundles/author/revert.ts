/** The content of an earlier version as a new one: clients take no lower version, so going back goes forward (BND-65). */
import { join } from 'node:path';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { TrustedBundle } from '../types.ts';
import { momentText } from './compile.ts';
import { highestVersion } from './publish.ts';
import type { TrustFolder } from './trust-folder.ts';
import { verifyFile } from './verify.ts';

export interface PublishedCopy {
  /** Folder of the published files. */
  readonly out: string;
  readonly id: string;
  readonly version: number;
  readonly trust: TrustFolder;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The folder as messages name it; without it they name the file alone. */
  readonly shownOut?: string | undefined;
}

/** A version as it was published, verified with the keys of now, or with those of the epoch it was signed in. Rejects with `bundle.*`. */
export async function readCopy({ id, version, ...folder }: PublishedCopy): Promise<TrustedBundle> {
  const found = await readPublished(`${id}.${version}.sluice`, folder);
  return matching(found, { id, version });
}

async function readPublished(
  name: string,
  { out, trust, now, shownOut = '' }: Omit<PublishedCopy, 'id' | 'version'>,
): Promise<TrustedBundle> {
  const file = { path: join(out, name), shown: join(shownOut, name) };
  const read = async (chain: string, at: number): Promise<TrustedBundle> =>
    (await verifyFile({ ...file, trust: undefined, chain, now: at })).bundle;
  try {
    return await read(trust.chain, now);
  } catch (error) {
    // Documents of earlier epochs may be over.
    for (const chain of trust.earlier) {
      const found = await read(chain, 0).catch(() => undefined);
      if (found !== undefined) return found;
    }
    throw error;
  }
}

/** The highest version in a folder of published files, by its copies and by the bundle itself, where it is ours; 0 where there is none. */
export async function highestPublished({ out, id, trust, now }: Omit<PublishedCopy, 'version'>): Promise<number> {
  const copies = await highestVersion(out, id);
  // Whoever fetched the one file that clients look at has no copies beside it.
  const published = await readPublished(`${id}.sluice`, { out, trust, now }).catch(() => undefined);
  return published?.payload.id === id ? Math.max(copies, published.payload.version) : copies;
}

/** The name of a file says nothing that a signature vouches for. */
function matching(
  bundle: TrustedBundle,
  { id, version }: { readonly id: string; readonly version: number },
): TrustedBundle {
  if (bundle.payload.id === id && bundle.payload.version === version) return bundle;
  throw new GatewayError(
    'bundle.id_mismatch',
    `${id}.${version}.sluice holds ${bundle.payload.id} version ${bundle.payload.version}.`,
  );
}

export interface RevertOptions {
  readonly version: number;
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The same text but for version, epoch and moments: it holds as long from now as it did from when it was issued. */
export function revertedPayload(text: string, { version, epoch, now }: RevertOptions): string {
  const before = JSON.parse(text) as Record<string, unknown>;
  const issued = Date.parse(String(before['issued_at']));
  const expires = Date.parse(String(before['expires_at']));
  const { not_before: _, ...rest } = before;
  const after = {
    ...rest,
    version,
    epoch,
    issued_at: momentText(now),
    ...(Number.isNaN(expires) ? {} : { expires_at: momentText(now + Math.max(expires - issued, 0)) }),
    changelog: `Back to version ${String(before['version'])}`,
  };
  return `${JSON.stringify(after, undefined, 1)}\n`;
}
