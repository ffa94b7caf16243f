/** What is remembered of followed bundles from one run to the next, sealed against edits (BND-62). */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { bundleId } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { LogPort } from '../gateway/ports.ts';
import { removeStaleTemporaries, writeFileAtomic } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import { makeStore, readStored, storeProblem } from './store-files.ts';

/** How many revisions are remembered as last-known-good, and how many in all. */
export const maxLastGood = 5;
export const maxHistory = 50;
const maxApprovals = 500;
const maxBundles = 64;
const maxBytes = 4 * 1_048_576;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const counting = z.int().min(1);
const moment = z.number().nonnegative();

const revision = z.strictObject({ epoch: counting, version: counting, sha256 });
/** A bundle by its place in the order of rollback, and its payload. */
export type Revision = z.output<typeof revision>;

const activeRevision = z.strictObject({ ...revision.shape, activated_at: moment });
const pastRevision = z.strictObject({ ...activeRevision.shape, changelog: z.string().nullable() });

/** Of one followed bundle. Times are milliseconds since 1970. */
const bundleRecord = z.strictObject({
  url: z.string(),
  /** `null` until one was read. */
  id: z.string().nullable().default(null),
  /** The one that was pinned, or seen at first use. */
  fingerprint: z.string().nullable().default(null),
  /** Somebody compared it, or whoever enrolled this machine named it. */
  confirmed: z.boolean().default(false),
  /** The trust document in force: its epoch never goes back. */
  trust: z.strictObject({ epoch: counting, sha256 }).nullable().default(null),
  /** The highest that was ever accepted: nothing below it is, nor another one of the same number. */
  highest: revision.nullable().default(null),
  etag: z
    .strictObject({
      bundle: z.string().nullable().default(null),
      trust: z.string().nullable().default(null),
      freshness: z.string().nullable().default(null),
    })
    .prefault({}),
  active: activeRevision.nullable().default(null),
  /** The newest first; what is active is the first of them. */
  lkg: z.array(activeRevision).max(maxLastGood).default([]),
  /** The newest first. */
  history: z.array(pastRevision).max(maxHistory).default([]),
  /** When its host last proved that what is here is what it publishes. */
  last_ok: moment.nullable().default(null),
  last_checked: moment.nullable().default(null),
  /** Looks in a row that brought nothing. */
  failures: z.int().nonnegative().default(0),
  error: z.strictObject({ code: z.string(), message: z.string(), at: moment }).nullable().default(null),
  approvals: z
    .array(z.strictObject({ pointer: z.string(), value_hash: z.string(), approved: z.boolean(), at: moment }))
    .max(maxApprovals)
    .default([]),
  /** What waits for consent of what is active, with what holds meanwhile; without a value nothing does. */
  held: z
    .array(z.strictObject({ pointer: z.string(), value: z.unknown().optional() }))
    .max(maxApprovals)
    .default([]),
  /** Origins that the credential of a slot may go to. */
  origins: z.record(z.string(), z.array(z.string()).max(20)).default({}),
  report: z
    .strictObject({ agreed: z.boolean(), last_sent_at: moment.nullable(), pseudonym: z.string().nullable() })
    .nullable()
    .default(null),
});
export type BundleRecord = z.output<typeof bundleRecord>;

const stateFacts = z.strictObject({
  version: z.literal(1),
  /** The latest moment this machine was ever at: a clock that is set back does not make a bundle young again. */
  max_time_seen: moment.default(0),
  /** By what each is known by here. */
  bundles: z
    .record(z.string().min(1).max(128), bundleRecord)
    .refine((all) => Object.keys(all).length <= maxBundles)
    .default({}),
});
export type BundleStateFacts = z.output<typeof stateFacts>;

const sealedFile = z.strictObject({ mac: z.string(), state: z.unknown() });

export interface BundleStateOptions {
  /** `bundles/` of the data directory; made if it is missing. */
  readonly directory: string;
  readonly installKey: Secret;
  readonly clock: Clock;
  readonly log: LogPort;
}

export interface BundleState {
  /** What is kept now. */
  readonly facts: BundleStateFacts;
  /** Why all is as on first use though it is not the first: one sentence for people. `undefined` where nothing was lost. */
  readonly alert: string | undefined;
  get(key: string): BundleRecord | undefined;
  /** The later of now and of all that was ever seen: what expiry is looked at against. */
  now(): number;
  /**
   * Writes what `change` makes of what is kept, also by another app meanwhile; it may be called more than once. When it resolves, the
   * disk holds it. Rejects with `bundle.store`, and then all is as before, here and on the disk.
   */
  update(change: (facts: BundleStateFacts) => BundleStateFacts): Promise<void>;
  /** `update` of one record, made if it is missing; `undefined` forgets it. */
  change(key: string, change: (record: BundleRecord | undefined) => BundleRecord | undefined): Promise<void>;
}

/** A record of a bundle of which nothing is known yet. */
export function newRecord(url: string): BundleRecord {
  return bundleRecord.parse({ url });
}

/** Rejects with `bundle.store` where the directory or the file is a link, or cannot be read. */
export async function openBundleState(options: BundleStateOptions): Promise<BundleState> {
  const { directory, installKey, log, clock } = options;
  const file = join(directory, 'state.json');
  const seal = sealedBy(installKey);
  const present = await makeStore(directory);
  await removeStaleTemporaries(file).catch((error: unknown) => log.debug('leftovers were not removed', { error }));
  const text = await readStored(file, maxBytes);
  let facts = text === undefined ? undefined : seal.open(text);
  let alert: string | undefined;
  if (facts === undefined) {
    if (text !== undefined) alert = await setAside(file);
    // Kept bundles without what was known of them.
    else if (present.some((name) => bundleId.safeParse(name).success))
      alert = `${file} is gone: what was known of team bundles is as on first use.`;
    if (alert !== undefined) log.error('what was known of team bundles was lost', { file, alert });
    facts = stateFacts.parse({ version: 1 });
  }
  const held = new HeldState(facts, file, seal, log);
  return {
    get facts() {
      return held.facts;
    },
    alert,
    get: (key) => (Object.hasOwn(held.facts.bundles, key) ? held.facts.bundles[key] : undefined),
    now: () => Math.max(clock.now(), held.facts.max_time_seen),
    update: (change) => held.update(change),
    change: (key, change) =>
      held.update((before) => {
        const { [key]: record, ...others } = before.bundles;
        const after = change(record);
        return { ...before, bundles: after === undefined ? others : { ...others, [key]: after } };
      }),
  };
}

async function setAside(file: string): Promise<string> {
  const aside = `${file}.broken`;
  try {
    await rename(file, aside);
  } catch (error) {
    throw storeProblem(error, file);
  }
  return `${file} was changed by somebody else, or belongs to another installation: what was known of team bundles is as on first use. It was kept as ${aside}.`;
}

/** Another app that writes all the time must not hold us up for ever. */
const maxTries = 20;

class HeldState {
  facts: BundleStateFacts;
  readonly #file: string;
  readonly #seal: Seal;
  readonly #log: LogPort;
  #queue: Promise<void> = Promise.resolve();

  constructor(facts: BundleStateFacts, file: string, seal: Seal, log: LogPort) {
    this.facts = facts;
    this.#file = file;
    this.#seal = seal;
    this.#log = log;
  }

  /** One after the other: each sees what the one before made. */
  update(change: (facts: BundleStateFacts) => BundleStateFacts): Promise<void> {
    const done = this.#queue.then(() => this.#write(change));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** What could not be read back is not written. */
  #fitting(facts: BundleStateFacts): { readonly facts: BundleStateFacts; readonly text: string } {
    for (const count of changelogsKept) {
      const smaller = withChangelogs(facts, count);
      const text = this.#seal.close(smaller);
      if (Buffer.byteLength(text) <= maxBytes) return { facts: smaller, text };
    }
    throw new GatewayError(
      'bundle.store',
      `${this.#file} would be larger than ${maxBytes / 1_048_576} MiB with what is to be kept of bundles. Leave one of them first.`,
    );
  }

  async #write(change: (facts: BundleStateFacts) => BundleStateFacts): Promise<void> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const text = await readStored(this.#file, maxBytes);
      const kept = text === undefined ? undefined : this.#seal.open(text);
      // Deleted or edited while we run: what we hold is what was right.
      if (kept === undefined && text !== undefined)
        this.#log.error('an edited file of bundles is replaced', { file: this.#file });
      const { facts: after, text: sealed } = this.#fitting(bounded(change(kept ?? this.facts)));
      try {
        // Somebody may have removed all of it.
        if (text === undefined) await makeStore(dirname(this.#file));
        const expected = text ?? null;
        if ((await writeFileAtomic(this.#file, sealed, { expected })) === 'changed') continue;
      } catch (error) {
        throw storeProblem(error, this.#file);
      }
      this.facts = after;
      return;
    }
    throw new GatewayError(
      'bundle.store',
      `${this.#file} is being written by another app all the time. End the other one.`,
    );
  }
}

/** What people read of past versions: of as many of each bundle as there is room for. */
const changelogsKept = [maxHistory, 10, 1, 0];

function withChangelogs(facts: BundleStateFacts, count: number): BundleStateFacts {
  if (count >= maxHistory) return facts;
  const bundles = Object.entries(facts.bundles).map(([key, record]): Named => {
    const history = record.history.map((one, index) => (index < count ? one : { ...one, changelog: null }));
    return [key, { ...record, history }];
  });
  return { ...facts, bundles: Object.fromEntries(bundles) };
}

/** Checked as it will be when it is read: what could not be read back is not written. */
function bounded(facts: BundleStateFacts): BundleStateFacts {
  const bundles = Object.entries(facts.bundles).map(([key, record]): Named => [
    key,
    {
      ...record,
      lkg: record.lkg.slice(0, maxLastGood),
      history: record.history.slice(0, maxHistory),
      approvals: record.approvals.slice(-maxApprovals),
    },
  ]);
  return stateFacts.parse({ ...facts, bundles: Object.fromEntries(withoutOldest(bundles)) as unknown });
}

type Named = readonly [string, BundleRecord];

/**
 * What changed longest ago stands first. What says nothing goes before what guards against old versions of a bundle that was left, and
 * that before what was in force and is looked at no more.
 */
function withoutOldest(bundles: readonly Named[]): readonly Named[] {
  const kept = [...bundles];
  while (kept.length > maxBundles) {
    const empty = kept.findIndex(([, { active, highest }]) => active === null && highest === null);
    const left = empty >= 0 ? empty : kept.findIndex(([, { url }]) => url === '');
    kept.splice(left < 0 ? longestAgo(kept) : left, 1);
  }
  return kept;
}

/** Hosts of what is followed are looked at again and again, whether they answer or not. */
function longestAgo(bundles: readonly Named[]): number {
  const looked = bundles.map(([, { last_checked: at }]) => at ?? Infinity);
  return looked.indexOf(Math.min(...looked));
}

// ---------------------------------------------------------------- the seal

interface Seal {
  close(facts: BundleStateFacts): string;
  /** `undefined`: it is not ours, or not as we wrote it. */
  open(text: string): BundleStateFacts | undefined;
}

function sealedBy(installKey: Secret): Seal {
  const key = Buffer.from(hkdfSync('sha256', installKey.reveal(), '', 'sluice: state of team bundles', 32));
  const macOf = (state: unknown): Buffer => createHmac('sha256', key).update(JSON.stringify(state)).digest();
  return {
    close: (state) => `${JSON.stringify({ mac: macOf(state).toString('hex'), state }, undefined, 1)}\n`,
    open(text) {
      try {
        const { mac, state } = sealedFile.parse(JSON.parse(text));
        const given = Buffer.from(mac, 'hex');
        const own = macOf(state);
        return given.length === own.length && timingSafeEqual(given, own) ? stateFacts.parse(state) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
