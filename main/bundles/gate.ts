/** The gate of dangerous changes for one bundle: what waits here, what was decided, and where credentials may go (BND-70, BND-71). */
import type { BundleConsent } from '../../shared/contract/bundles.ts';
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { ProviderDefinition } from '../../shared/bundle/sections.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Filled } from './follower.ts';
import { secretName } from './cards.ts';
import { describeChanges } from './changes.ts';
import { dangersOf, decisionKey, gate, originOf } from './dangerous.ts';
import type { ManagedPolicy } from './face.ts';
import { inForce, valueHash, type Held } from './held.ts';
import type { Source } from './sources.ts';
import type { BundleRecord } from './state.ts';

export interface Gated {
  readonly consents: readonly BundleConsent[];
  readonly held: Held;
  /** By slot: where its credential goes with what is in force now, or went before. */
  readonly origins: Readonly<Record<string, readonly string[]>>;
}

export interface GateInput {
  readonly source: Source;
  readonly managed: ManagedPolicy | undefined;
  /** As it is in force, with what waits left as it was; `undefined` of one that is new here. */
  readonly before: BundlePayload | undefined;
  readonly after: BundlePayload;
  readonly record: Pick<BundleRecord, 'approvals' | 'origins'> | undefined;
  /** Names of secrets that are there. */
  readonly filled: Filled;
  readonly recording: Config['logging']['content'];
}

/** At most so many origins are kept for a slot: the newest. */
const maxOrigins = 20;
/** More are read by nobody. */
const maxShown = 50;

export function gated(input: GateInput): Gated {
  const { managed, before, after, record, filled, recording } = input;
  const known = originsOf(before, record?.origins ?? {}, slotsFilled(after.id, [before, after], filled));
  const dangers = dangersOf({
    ...{ before, after, recording },
    slots: new Map([...known].map(([slot, origins]) => [slot, new Set(origins)])),
    trustedHosts: managed?.trustedHosts ?? [],
    approvedOrigins: managed?.approvedOrigins ?? [],
    reportOrigins: input.source.managed ? [input.source.url] : [],
  });
  const { consents, held } = gate(dangers, decidedIn(record?.approvals ?? []));
  const now = inForce(after, held);
  const origins = [...known].map(([slot, earlier]) => [
    slot,
    [...new Set([...earlier, ...originsFor(now, slot)])].slice(-maxOrigins),
  ]);
  return { consents, held, origins: Object.fromEntries(origins) as Record<string, readonly string[]> };
}

/** What the newest version no longer forbids: shown, and held back by nothing. */
export function loosenedSince(before: BundlePayload | undefined, after: BundlePayload): BundleConsent[] {
  if (before === undefined) return [];
  const loosened = describeChanges(before, after).filter(({ effect }) => effect === 'loosens');
  return loosened.slice(0, maxShown).map(({ pointer, text, ...change }) => ({
    ...{ pointer, kind: 'loosened', text },
    ...('before' in change ? { before: change.before } : {}),
    after: change.after ?? null,
    value_hash: valueHash(change.after ?? null),
    state: 'shown',
  }));
}

export function decidedIn(approvals: BundleRecord['approvals']): {
  approved: ReadonlySet<string>;
  declined: ReadonlySet<string>;
} {
  const keys = (wanted: boolean): ReadonlySet<string> =>
    new Set(
      approvals
        .filter(({ approved }) => approved === wanted)
        .map(({ pointer, value_hash }) => decisionKey(pointer, value_hash)),
    );
  return { approved: keys(true), declined: keys(false) };
}

/** The newest decision about a value is the one that counts. */
export function withDecision(
  approvals: BundleRecord['approvals'],
  decision: BundleRecord['approvals'][number],
): BundleRecord['approvals'] {
  const others = approvals.filter(
    ({ pointer, value_hash }) => pointer !== decision.pointer || value_hash !== decision.value_hash,
  );
  return [...others, decision];
}

// ---------------------------------------------------------------- where credentials go

function slotsFilled(
  id: string,
  payloads: readonly (BundlePayload | undefined)[],
  filled: Filled,
): ReadonlySet<string> {
  const slots = payloads.flatMap((payload) => [
    ...(payload?.secrets ?? []).map((slot) => slot.id),
    ...definitions(payload).flatMap(({ auth }) => (auth === undefined ? [] : [auth.slot])),
  ]);
  return new Set(slots.filter((slot) => filled.has(secretName(id, slot))));
}

/** What a credential was entered for: the addresses of when it was first seen. One whose beginning nobody saw is bound to none. */
function originsOf(
  before: BundlePayload | undefined,
  kept: Readonly<Record<string, readonly string[]>>,
  filled: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...filled].map((slot) => [slot, (Object.hasOwn(kept, slot) ? kept[slot] : undefined) ?? originsFor(before, slot)]),
  );
}

function originsFor(payload: BundlePayload | undefined, slot: string): readonly string[] {
  return definitions(payload)
    .filter(({ auth }) => auth?.slot === slot)
    .map(originOf);
}

function definitions(payload: BundlePayload | undefined): ProviderDefinition[] {
  return [payload?.enforced, payload?.defaults].flatMap((part) => Object.values(part?.providers?.define ?? {}));
}
