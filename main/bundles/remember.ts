/** What is remembered of a followed bundle from one start to the next, and how that changes. */
import type { Verified } from './candidate.ts';
import type { FollowContext, Follower } from './follower.ts';
import type { Active } from './followed.ts';
import type { Gated } from './gate.ts';
import type { Looked } from './looking.ts';
import { newRecord, type BundleRecord } from './state.ts';

/** What a host served, verified. */
export interface Taken {
  readonly bundle: Verified;
  readonly looked: Looked;
}

/** Changes what is remembered of a bundle, where anything is. */
export async function keepRecord(
  { state, options }: FollowContext,
  follower: Follower,
  change: (record: BundleRecord) => BundleRecord,
): Promise<void> {
  const now = options.clock.now();
  await state.update((facts) => {
    const record = facts.bundles[follower.key] ?? newRecord(follower.source.url);
    return {
      ...facts,
      max_time_seen: Math.max(facts.max_time_seen, now),
      bundles: { ...facts.bundles, [follower.key]: change(record) },
    };
  });
}

/** The same, by the id of the bundle from now on. Resolves with what undoes it. */
export async function moveRecord(
  context: FollowContext,
  follower: Follower,
  change: (record: BundleRecord) => BundleRecord & { readonly id: string | null },
): Promise<() => Promise<void>> {
  const { state, options } = context;
  const from = follower.key;
  const now = options.clock.now();
  const earlier = context.recordOf(follower);
  let to = from;
  let replaced: BundleRecord | undefined;
  await state.update((facts) => {
    const { [from]: record = newRecord(follower.source.url), ...others } = facts.bundles;
    const id = change(record).id ?? from;
    to = id;
    replaced = id === from ? undefined : others[id];
    // What is known of an earlier time goes on: also that nothing older is taken.
    const base = goesOn(follower, replaced, change(record)) ? { ...replaced, url: follower.source.url } : record;
    const bundles = { ...others, [id]: change(base) };
    return { ...facts, max_time_seen: Math.max(facts.max_time_seen, now), bundles };
  });
  follower.key = to;
  return async () => {
    follower.key = from;
    await state.update((facts) => {
      const { [to]: _, ...others } = facts.bundles;
      const bundles = { ...others };
      if (replaced !== undefined) bundles[to] = replaced;
      if (earlier !== undefined) bundles[from] = earlier;
      return { ...facts, bundles };
    });
  };
}

/**
 * What was known of an id before. Where the id is prescribed here it is its publisher's: what somebody chose to follow under that name
 * says nothing of it.
 */
export function goesOn(
  { source }: Pick<Follower, 'source'>,
  earlier: BundleRecord | undefined,
  { fingerprint }: { readonly fingerprint?: string | null | undefined },
): earlier is BundleRecord {
  if (earlier === undefined) return false;
  return !source.managed || source.pin === undefined || earlier.fingerprint === (fingerprint ?? null);
}

export function seenRecord(record: BundleRecord, { options }: FollowContext): BundleRecord {
  const now = options.clock.now();
  return { ...record, last_ok: now, last_checked: now, failures: 0, error: null };
}

export function lookedRecord(record: BundleRecord, context: FollowContext, { bundle, looked }: Taken): BundleRecord {
  const { payload, sha256, fingerprint } = bundle;
  return {
    ...seenRecord(record, context),
    id: payload.id,
    fingerprint: record.fingerprint ?? fingerprint ?? null,
    highest: { epoch: payload.epoch, version: payload.version, sha256 },
    trust: bundle.root === undefined ? null : { epoch: bundle.root.epoch, sha256: bundle.root.sha256 },
    etag: { bundle: looked.etag ?? null, trust: looked.trustEtag ?? null, freshness: null },
  };
}

export function activatedRecord(record: BundleRecord, active: Active, gate: Gated): BundleRecord {
  const { payload, sha256 } = active.bundle;
  const revision = { epoch: payload.epoch, version: payload.version, sha256, activated_at: active.since };
  const others = record.lkg.filter((one) => one.sha256 !== sha256);
  return {
    ...record,
    ...{ active: revision, lkg: [revision, ...others] },
    history: [
      { ...revision, changelog: payload.changelog ?? null },
      // Another app on the same directory may have been first.
      ...record.history.filter((one) => one.sha256 !== sha256),
    ],
    ...gateRecord(gate),
  };
}

export function gateRecord({ held, origins }: Gated): Pick<BundleRecord, 'held' | 'origins'> {
  return {
    held: [...held].map(([pointer, value]) => (value === undefined ? { pointer } : { pointer, value })),
    origins: Object.fromEntries(Object.entries(origins).map(([slot, all]) => [slot, [...all]])),
  };
}

/** Whether what is in force would be found by the next start. */
export async function isStored({ files }: FollowContext, { standing }: Follower): Promise<boolean> {
  const { id, epoch, version } = standing.active?.bundle.payload ?? {};
  if (id === undefined) return true;
  const names = await files.list(id);
  return names.some((name) => name.epoch === epoch && name.version === version);
}
