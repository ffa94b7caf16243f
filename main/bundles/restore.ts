/** What was last good, read from disk: verified and read anew, as if the disk were a stranger (BND-62, BND-64). */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { verified } from './candidate.ts';
import type { BundleFiles } from './bundle-files.ts';
import type { BundlesOptions } from './face.ts';
import { secretName } from './cards.ts';
import { gated, loosenedSince } from './gate.ts';
import type { Active } from './followed.ts';
import type { Held } from './held.ts';
import type { Source } from './sources.ts';
import type { BundleRecord } from './state.ts';
import type { TrustedBundle } from './types.ts';

export interface Restored {
  readonly active: Active;
  readonly trust: Uint8Array | undefined;
}

export interface RestoreOutcome {
  readonly restored: Restored | undefined;
  /** What could not be used, the newest first. */
  readonly problems: readonly GatewayError[];
}

export interface RestoreInput {
  readonly options: BundlesOptions;
  readonly files: BundleFiles;
  readonly source: Source;
  readonly record: BundleRecord;
}

/** The newest that can be used of what was in force before. */
export async function restoreOne(input: RestoreInput): Promise<RestoreOutcome> {
  const { active, lkg } = input.record;
  const problems: GatewayError[] = [];
  if (active === null) return { restored: undefined, problems };
  const older = lkg.filter(({ sha256 }) => sha256 !== active.sha256);
  for (const [index, revision] of [active, ...older].entries()) {
    try {
      const { bundle, trust } = await readRevision(input, revision);
      const before = await readQuietly(input, older[index]);
      const held = index === 0 ? heldThen(input.record) : heldOfOlder(input, bundle);
      const consents = loosenedSince(before?.payload, bundle.payload);
      return { restored: { active: { bundle, held, consents, since: revision.activated_at }, trust }, problems };
    } catch (error) {
      problems.push(asProblem(error));
    }
  }
  return { restored: undefined, problems };
}

/** What waited for consent did so of what was active. */
function heldThen({ held }: BundleRecord): Held {
  return new Map(held.map(({ pointer, value }) => [pointer, value]));
}

/** Of one that was in force before that nobody knows any more what waited of it: it is as new here, but for what was decided. */
function heldOfOlder({ options, source, record }: RestoreInput, { payload }: TrustedBundle): Held {
  const bound = new Set(Object.keys(record.origins).map((slot) => secretName(payload.id, slot)));
  const { managed } = options;
  return gated({ source, managed, before: undefined, after: payload, record, filled: bound, recording: 'off' }).held;
}

interface ReadRevision {
  readonly bundle: TrustedBundle;
  readonly trust: Uint8Array | undefined;
}

/** Rejects where it is not the very one that was accepted. */
export async function readRevision(
  { options, files, source, record }: RestoreInput,
  revision: { readonly epoch: number; readonly version: number; readonly sha256: string },
): Promise<ReadRevision> {
  const { epoch, version, sha256 } = revision;
  const id = record.id ?? '';
  const stored = await files.read({ id, epoch, version });
  const what = `version ${version} of ${id}`;
  if (stored === undefined) throw new GatewayError('bundle.store', `The file of ${what}, which was in force, is gone.`);
  const now = options.clock.now();
  const bundle = verified({
    ...{ bundle: stored.bundle, trust: stored.trust, source },
    confirmed: record.fingerprint ?? undefined,
    // Its order was looked at when it was accepted, and the state that names it is sealed.
    stored: { trust: record.trust?.epoch === epoch ? record.trust : undefined, highest: undefined },
    ...{ now, latest: now, appVersion: options.appVersion, expectedId: id, allowExpired: true },
  });
  if (bundle.sha256 !== sha256)
    throw new GatewayError('bundle.store', `The file of ${what}, which was in force, holds another bundle now.`);
  return { bundle, trust: stored.trust };
}

async function readQuietly(
  input: RestoreInput,
  revision: BundleRecord['lkg'][number] | undefined,
): Promise<TrustedBundle | undefined> {
  if (revision === undefined) return undefined;
  try {
    return (await readRevision(input, revision)).bundle;
  } catch {
    // It is only compared with.
    return undefined;
  }
}

function asProblem(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('bundle.store', error instanceof Error ? error.message : String(error), { cause: error });
}
