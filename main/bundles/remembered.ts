/** What is known of a bundle that is followed from an address: remembered, remembered of another address, or read from the store. */
import { bundleId } from '../../shared/bundle/payload.ts';
import { notHere, verified, type Verified } from './candidate.ts';
import type { FollowContext, Follower } from './follower.ts';
import { gated } from './gate.ts';
import { activatedRecord } from './remember.ts';
import type { Source } from './sources.ts';
import { newRecord, type BundleRecord } from './state.ts';

export type Known = readonly [key: string, record: BundleRecord];

/** `urls`: of all that is followed now. Never rejects: what cannot be kept is as not known. */
export async function knownOf(
  context: FollowContext,
  follower: Follower,
  urls: ReadonlySet<string>,
): Promise<Known | undefined> {
  const { source } = follower;
  const own = Object.entries(context.state.facts.bundles).find(([, { url }]) => url === source.url);
  // Whoever pinned its publisher said whose it is: its rules go on wherever they come from.
  if (own !== undefined || source.pin === undefined || source.problem !== undefined) return own;
  const id = idIn(source.url);
  if (id === undefined) return undefined;
  try {
    const earlier = context.state.get(id);
    if (earlier === undefined) return await fromStore(context, follower, id);
    return await moved(context, follower, { id, earlier, urls });
  } catch (error) {
    context.options.log.warn('what is known of a bundle cannot be kept', { id, error: String(error) });
    return undefined;
  }
}

/** Published files are called by the id of their bundle. */
function idIn(url: string): string | undefined {
  const name = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  const id = bundleId.safeParse(name.replace(/\.sluice$/, ''));
  return id.success ? id.data : undefined;
}

/** The same bundle of the same publisher, at another address. */
async function moved(
  context: FollowContext,
  follower: Follower,
  { id, earlier, urls }: { readonly id: string; readonly earlier: BundleRecord; readonly urls: ReadonlySet<string> },
): Promise<Known | undefined> {
  const { url, pin } = follower.source;
  if (earlier.active === null || earlier.fingerprint !== pin || urls.has(earlier.url)) return undefined;
  const record = { ...earlier, url, etag: newRecord(url).etag };
  await context.state.change(id, () => record);
  follower.key = id;
  context.audit('enrol', follower, `Followed from ${url} from now on, and no longer from ${earlier.url}.`);
  return [id, record];
}

/**
 * What was known of it was lost, and what was in force still lies there: verified by what is pinned it is worth as much as what its
 * host would serve, which is asked all the same. What waits for consent waits anew.
 */
async function fromStore(context: FollowContext, follower: Follower, id: string): Promise<Known | undefined> {
  const { options, state, files } = context;
  for (const name of await files.list(id)) {
    const stored = await files.read(name);
    if (stored === undefined) continue;
    const bundle = verifiedQuietly(context, follower.source, { id, ...stored });
    if (bundle === undefined) continue;
    const { platform, host } = options;
    const here = notHere(bundle, { platform, labels: follower.source.labels, installKey: host.installKey });
    if (here?.why === 'applies_to') return undefined;
    const record = recordFor(context, follower.source, bundle);
    await state.change(id, () => record);
    follower.key = id;
    const { epoch, version } = bundle.payload;
    context.audit(
      'verify',
      follower,
      `What was known of it was lost: version ${version} of epoch ${epoch} holds, as it lay there.`,
    );
    return [id, record];
  }
  return undefined;
}

function verifiedQuietly(
  { options }: FollowContext,
  source: Source,
  { id, bundle, trust }: { readonly id: string; readonly bundle: Buffer; readonly trust: Buffer | undefined },
): Verified | undefined {
  const now = options.clock.now();
  try {
    return verified({
      ...{ bundle, trust, source, confirmed: undefined, stored: { trust: undefined, highest: undefined } },
      ...{ now, latest: now, appVersion: options.appVersion, expectedId: id, allowExpired: true },
    });
  } catch {
    return undefined;
  }
}

function recordFor({ options, state }: FollowContext, source: Source, bundle: Verified): BundleRecord {
  const { payload, sha256, fingerprint = null, root } = bundle;
  const { id, epoch, version } = payload;
  const gate = gated({
    ...{ source, managed: options.managed, before: undefined, after: payload, record: undefined },
    // Whether a credential is there, and for which address it was entered, nobody knows yet.
    ...{ filled: { has: () => true }, recording: 'off' },
  });
  const active = { bundle, held: gate.held, consents: gate.consents, since: state.now() };
  const record: BundleRecord = {
    ...{ ...newRecord(source.url), id, fingerprint, highest: { epoch, version, sha256 } },
    trust: root === undefined ? null : { epoch: root.epoch, sha256: root.sha256 },
  };
  return activatedRecord(record, active, gate);
}
