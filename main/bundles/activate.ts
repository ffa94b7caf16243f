/** Activation: from what a host serves to what is in force, in one order, and back to what was on any failure (BND-60, BND-64). */
import { durationMs } from '../../shared/bundle/payload.ts';
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import {
  notHere,
  refusedByConfig,
  tryBundle,
  verifiedSteps,
  type NotHere,
  type Tried,
  type Verified,
} from './candidate.ts';
import { inTurns, nextTurn, type Steps } from '../kit/steps.ts';
import { changedDefaults } from './changed-defaults.ts';
import type { FollowContext, Follower } from './follower.ts';
import { isUnreachable, layered, lookError, type Active } from './followed.ts';
import { checkFresh, readFreshness } from './freshness.ts';
import { gated, loosenedSince, type Gated } from './gate.ts';
import { inForce } from './held.ts';
import type { Looked } from './looking.ts';
import {
  activatedRecord,
  goesOn,
  isStored,
  keepRecord,
  lookedRecord,
  moveRecord,
  seenRecord,
  type Taken,
} from './remember.ts';
import type { BundleRecord } from './state.ts';
import type { TrustedBundle } from './types.ts';

const defaultFreshMs = 3 * 86_400_000;

/** Takes what a host serves. Rejects with why it is refused; then what was in force still is. */
export async function take(context: FollowContext, follower: Follower, looked: Looked): Promise<void> {
  const bundle = await verifiedFor(context, follower, looked);
  requireFresh(context, bundle, looked.freshness);
  const { standing } = follower;
  const here = notHere(bundle, {
    ...{ platform: context.options.platform, installKey: context.options.host.installKey },
    labels: follower.source.labels,
  });
  if (here !== undefined) {
    context.displace(bundle.payload.id, follower);
    await setAside(context, follower, { bundle, looked, here });
    return;
  }
  context.displace(bundle.payload.id, follower);
  const isNew = standing.active?.bundle.sha256 !== bundle.sha256;
  if (isNew) await activate(context, follower, { bundle, looked });
  else await keepActive(context, follower, { bundle, looked });
  standing.inactive = undefined;
  wentWell(follower);
}

/** It is in force already, and its file may have been taken away. */
async function keepActive(context: FollowContext, follower: Follower, taken: Taken): Promise<void> {
  const { id, epoch, version } = taken.bundle.payload;
  const { bundle, trust } = taken.looked;
  if (!(await isStored(context, follower))) await context.files.write({ id, epoch, version }, { bundle, trust });
  await keepRecord(context, follower, (record) => lookedRecord(record, context, taken));
}

/** Its host still serves what is here. */
export async function stillThere(
  context: FollowContext,
  follower: Follower,
  freshness: Uint8Array | undefined,
): Promise<void> {
  const { active, inactive } = follower.standing;
  // It was displaced while its host was asked: nothing of it is here any more, and why stays said.
  if (active === undefined && inactive === undefined) return;
  if (active !== undefined) requireFresh(context, active.bundle, freshness);
  await keepRecord(context, follower, (record) => seenRecord(record, context));
  wentWell(follower);
}

function wentWell(follower: Follower): void {
  follower.standing.error = undefined;
  follower.refused = undefined;
  follower.fetchWhole = false;
  follower.told.clear();
}

/** Keeps what is in force, and says why: once for each reason. */
export async function refuse(context: FollowContext, follower: Follower, error: unknown): Promise<void> {
  const at = context.options.clock.now();
  const problem = lookError(error, at);
  const before = context.recordOf(follower)?.error?.code;
  follower.standing.error = problem;
  const isNews = !follower.told.has(problem.code) && before !== problem.code;
  follower.told.add(problem.code);
  if (isNews) {
    context.audit(isUnreachable(problem.code) ? 'fetch' : 'reject', follower, `${problem.code}: ${problem.message}`);
    if (!isUnreachable(problem.code)) context.tell('rejected', follower, problem.message, problem.code);
  }
  const change = (record: BundleRecord): BundleRecord => ({
    ...record,
    ...{ error: problem, last_checked: at, failures: isUnreachable(problem.code) ? record.failures + 1 : 0 },
  });
  // A full disk is no reason to forget what is in force.
  await keepRecord(context, follower, change).catch((cause: unknown) => {
    context.options.log.warn('what happened to a bundle was not kept', { key: follower.key, error: String(cause) });
  });
}

// ---------------------------------------------------------------- verifying

/** In turns. */
export async function verifiedFor(context: FollowContext, follower: Follower, looked: Looked): Promise<Verified> {
  const { options, state } = context;
  const verify = (record: BundleRecord | undefined): Steps<Verified> =>
    verifiedSteps({
      ...{ bundle: looked.bundle, trust: looked.trust, source: follower.source },
      confirmed: record?.fingerprint ?? undefined,
      stored: { trust: record?.trust ?? undefined, highest: record?.highest ?? undefined },
      ...{ now: options.clock.now(), latest: state.now(), appVersion: options.appVersion },
      expectedId: record?.id ?? undefined,
      // The one that is in force may go on expiring; any other is too late.
      allowExpired: record?.active !== undefined && record.active !== null,
    });
  const record = context.recordOf(follower);
  const bundle = await inTurns(verify(record));
  const { id } = bundle.payload;
  const elsewhere = context.followedFrom(id, follower);
  if (elsewhere !== undefined)
    throw new GatewayError(
      'bundle.id_mismatch',
      `The bundle ${id} is followed from ${elsewhere} already. Follow it from one address.`,
    );
  // It was followed here before, from wherever: nothing older than that is taken.
  const earlier = record?.id === id ? undefined : earlierOf(context, follower, bundle);
  return earlier === undefined ? bundle : await inTurns(verify(earlier));
}

function earlierOf({ state }: FollowContext, follower: Follower, bundle: Verified): BundleRecord | undefined {
  const earlier = state.get(bundle.payload.id);
  return goesOn(follower, earlier, bundle) ? earlier : undefined;
}

function requireFresh({ state }: FollowContext, bundle: TrustedBundle, bytes: Uint8Array | undefined): void {
  const { payload, trustDocument } = bundle;
  const rules = trustDocument?.freshness;
  const { id, epoch, version } = payload;
  const now = state.now();
  const statement =
    bytes === undefined || rules === undefined ? undefined : readFreshness(bytes, { keys: rules.keys, id, now });
  checkFresh({
    ...{ statement, now, epoch, version },
    required: payload.freshness_required || rules?.required === true,
    maxAgeMs: rules === undefined ? defaultFreshMs : durationMs(rules.max_age),
  });
}

// ---------------------------------------------------------------- activating

async function activate(context: FollowContext, follower: Follower, taken: Taken): Promise<void> {
  const { bundle } = taken;
  const { standing } = follower;
  const before = standing.active;
  const gate = gateFor(context, follower, bundle.payload);
  const since = context.options.clock.now();
  await nextTurn();
  const active = activeOf(bundle, gate, since, before?.bundle.payload);
  await nextTurn();
  const tried = await tryActive(context, follower, active);
  for (const warning of tried.warnings)
    context.options.log.warn('a bundle could be better', { bundle: bundle.payload.id, warning });
  const news = newsOf(context, before, bundle);
  const { id, epoch, version } = bundle.payload;
  await context.files.write({ id, epoch, version }, { bundle: taken.looked.bundle, trust: taken.looked.trust });
  const undo = await moveRecord(context, follower, (record) =>
    activatedRecord(lookedRecord(record, context, taken), active, gate),
  );
  const trust = follower.trust;
  standing.active = active;
  follower.trust = taken.looked.trust;
  try {
    await context.putInForce();
  } catch (error) {
    // Somebody changed the file in between: as it was, on the disk as well.
    standing.active = before;
    follower.trust = trust;
    await undo();
    throw refusedByConfig(error);
  }
  await prune(context, follower);
  announce(context, follower, active, news);
}

export function gateFor(context: FollowContext, follower: Follower, after: BundlePayload): Gated {
  const { active } = follower.standing;
  return gated({
    ...{ source: follower.source, managed: context.options.managed, after },
    before: active === undefined ? undefined : inForce(active.bundle.payload, active.held),
    record: context.recordOf(follower) ?? context.state.get(after.id),
    ...{ filled: context.filled, recording: context.target.config.logging.content },
  });
}

export function activeOf(
  bundle: TrustedBundle,
  gate: Gated,
  since: number,
  earlier: BundlePayload | undefined,
): Active {
  const consents = [...gate.consents, ...loosenedSince(earlier, bundle.payload)];
  return { bundle, held: gate.held, consents, since };
}

export async function tryActive(context: FollowContext, follower: Follower, active: Active): Promise<Tried> {
  const { options, target, state } = context;
  const candidate = layered(follower.source, { ...follower.standing, active }, state.now());
  if (candidate === undefined) throw new Error('what is active takes part');
  return await tryBundle({
    ...{ candidate, others: context.others(follower), target, tools: options.tools },
    now: options.clock.now(),
  });
}

function newsOf(context: FollowContext, before: Active | undefined, { payload }: TrustedBundle): readonly string[] {
  if (before === undefined) return [];
  return changedDefaults(before.bundle.payload.defaults, payload.defaults, context.target.applied?.provenance ?? []);
}

function announce(context: FollowContext, follower: Follower, active: Active, news: readonly string[]): void {
  const { name, id, version, epoch } = active.bundle.payload;
  const signers = active.bundle.signers.length === 0 ? 'nobody' : active.bundle.signers.join(', ');
  context.audit('verify', follower, `Version ${version} of epoch ${epoch}, signed by ${signers}.`);
  context.audit('activate', follower, `Version ${version} is in force; SHA-256 ${active.bundle.sha256}.`);
  context.tell('activated', follower, `Version ${version} of ${name ?? id} is in force.`);
  for (const text of news) context.tell('default_changed', follower, text);
  const waiting = active.consents.filter(({ state }) => state === 'waiting');
  if (waiting.length > 0) context.tell('needs_consent', follower, waiting.map(({ text }) => text).join(' '));
}

async function prune(context: FollowContext, follower: Follower): Promise<void> {
  const record = context.recordOf(follower);
  const { id } = follower.standing.active?.bundle.payload ?? {};
  if (record === undefined || id === undefined) return;
  await context.files.prune(id, [...record.lkg, ...record.history]);
}

/** It was verified, and is not for this machine. What it says about others holds back older versions all the same. */
async function setAside(
  context: FollowContext,
  follower: Follower,
  { bundle, looked, here }: Taken & { readonly here: NotHere },
): Promise<void> {
  const { standing } = follower;
  // A version that others get first leaves what is in force here as it is.
  const stays = here.why === 'rollout' && standing.active !== undefined;
  const isNews = standing.inactive !== here.text;
  await moveRecord(context, follower, (record) => {
    const looks = lookedRecord(record, context, { bundle, looked });
    return stays ? looks : { ...looks, active: null, lkg: [], held: [] };
  });
  standing.inactive = here.text;
  if (!stays && standing.active !== undefined) {
    standing.active = undefined;
    await context.putInForce();
  }
  wentWell(follower);
  if (isNews) context.audit('verify', follower, here.text);
}
