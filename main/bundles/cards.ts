/** The card of a followed bundle: who publishes it, what it sets, how it stands and why (BND-80). */
import { durationMs, type BundlePayload } from '../../shared/bundle/payload.ts';
import { sectionNames, type BundleSections } from '../../shared/bundle/sections.ts';
import type { BundleCard } from '../../shared/contract/bundles.ts';
import type { BundleState } from '../../shared/contract/words.ts';
import type { Filled } from './follower.ts';
import type { Age } from './expiry.ts';
import { fingerprintWords } from './fingerprint.ts';
import { isDefaultsOnly, isUnreachable, layerOf, type LookError, type Standing } from './followed.ts';
import type { Source } from './sources.ts';
import type { TrustedBundle } from './types.ts';

/** A day; a bundle that says nothing else is told once a day. */
const defaultReportMs = 86_400_000;

export interface CardFacts {
  readonly key: string;
  readonly source: Source;
  readonly standing: Standing;
  readonly age: Age | undefined;
  /** The latest time this machine was ever at, where its clock says an earlier one; milliseconds since 1970. */
  readonly wasAt?: number | undefined;
  /** Names of secrets that are there. */
  readonly filled: Filled;
  /** Milliseconds since 1970; `undefined`: never. */
  readonly lastCheckedAt: number | undefined;
  readonly lastVerifiedAt: number | undefined;
  readonly report: { readonly agreed: boolean; readonly lastSentAt: number | undefined };
}

export function cardOf(facts: CardFacts): BundleCard {
  const { key, source, standing } = facts;
  const { active, error, nextCheckAt } = standing;
  const payload = active?.bundle.payload;
  const fingerprint = active?.bundle.fingerprint ?? null;
  return {
    id: payload?.id ?? null,
    ...{ key, url: source.url, managed: source.managed },
    name: payload?.name ?? payload?.id ?? nameOfUrl(source.url),
    description: payload?.description ?? null,
    contact: payload === undefined ? null : contactOf(payload),
    org: active?.bundle.trustDocument?.org ?? source.org ?? null,
    layer: active === undefined ? null : layerOf(source, active.bundle),
    mode: payload?.mode ?? 'enforce',
    trust: trustOf(facts),
    fingerprint,
    fingerprint_words: fingerprint === null ? [] : [...fingerprintWords(fingerprint)],
    signers: [...(active?.bundle.signers ?? [])],
    ...stateOf(facts),
    conflicts: standing.conflicts.map(({ pointer, bundles }) => ({ pointer, bundles: [...bundles] })),
    ...{ version: payload?.version ?? null, epoch: payload?.epoch ?? null, sha256: active?.bundle.sha256 ?? null },
    ...{ issued_at: payload?.issued_at ?? null, expires_at: payload?.expires_at ?? null },
    active_since: timeText(active?.since),
    last_checked_at: timeText(facts.lastCheckedAt),
    last_verified_at: timeText(facts.lastVerifiedAt),
    next_check_at: timeText(nextCheckAt),
    error: error === undefined ? null : { ...error, at: new Date(error.at).toISOString() },
    enforces: countsOf(payload?.enforced),
    suggests: countsOf(payload?.defaults),
    consents: [...(active?.consents ?? [])],
    slots: payload === undefined ? [] : slotsOf(payload, facts.filled),
    changelog: payload?.changelog ?? null,
    report: payload === undefined ? null : reportOf(payload, facts.report),
  };
}

export function contactOf({ contact }: Pick<BundlePayload, 'contact'>): BundleCard['contact'] {
  return contact === undefined ? null : { text: contact.text ?? null, url: contact.url ?? null };
}

export function slotsOf({ id, secrets }: Pick<BundlePayload, 'id' | 'secrets'>, filled: Filled): BundleCard['slots'] {
  return secrets.map((slot) => ({
    ...{ id: slot.id, label: slot.label, provider: slot.provider ?? null, how: slot.how ?? null },
    ...{ required: slot.required ?? false, filled: filled.has(secretName(id, slot.id)) },
  }));
}

/** Where what a slot holds rests in the box of secrets. */
export function secretName(bundle: string, slot: string): string {
  return `${bundle}.${slot}`;
}

function reportOf({ status }: BundlePayload, report: CardFacts['report']): BundleCard['report'] {
  if (status?.url === undefined || status.url === null) return null;
  return {
    ...{ url: status.url, interval_s: Math.round(reportInterval(status.interval) / 1_000), agreed: report.agreed },
    last_sent_at: timeText(report.lastSentAt),
  };
}

/** At least an hour: it is told of versions, which change seldom. */
export function reportInterval(written: string | undefined): number {
  return Math.max(3_600_000, written === undefined ? defaultReportMs : durationMs(written));
}

/** How much it says, by section: entries of lists, and values that stand alone. */
export function countsOf(sections: BundleSections | undefined): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of sectionNames) {
    const count = sizeOf(sections?.[name]);
    if (count > 0) counts[name] = count;
  }
  return counts;
}

function sizeOf(value: unknown): number {
  if (value === undefined) return 0;
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, part) => sum + (Array.isArray(part) ? part.length : 1), 0);
}

// ---------------------------------------------------------------- how it stands

function trustOf({ source, standing }: CardFacts): BundleCard['trust'] {
  const { active, confirmed } = standing;
  if (active?.bundle.trust === 'unsigned') return 'unsigned';
  return source.pin !== undefined || confirmed ? 'pinned' : 'first_use';
}

type Stated = Pick<BundleCard, 'state' | 'state_reason'>;

/** The gravest of what is to be said about it. */
export function stateOf(facts: Pick<CardFacts, 'source' | 'standing' | 'age' | 'wasAt'>): Stated {
  const { source, standing } = facts;
  const { active, inactive, error, conflicts } = standing;
  if (active === undefined) return stateOfNothing(inactive, error);
  const over = overState(active.bundle, facts);
  if (over !== undefined) return over;
  const [conflict] = conflicts;
  if (conflict !== undefined) return stated('conflict', conflict.text);
  if (facts.age?.phase === 'expired') return stated('expired', expiredText(active.bundle, facts.wasAt));
  if (error !== undefined && !isUnreachable(error.code)) return stated('last_good', error.message);
  const waiting = active.consents.filter(({ state }) => state === 'waiting');
  if (waiting.length > 0) return stated('needs_consent', waiting.map(({ text }) => text).join(' '));
  if (isDefaultsOnly(source, active.bundle, standing.confirmed)) return stated('limited', limitedText(active.bundle));
  if (facts.age?.phase === 'expiring') return stated('expiring', expiringText(active.bundle));
  return { state: 'active', state_reason: inactive ?? null };
}

function stateOfNothing(inactive: string | undefined, error: LookError | undefined): Stated {
  if (inactive !== undefined) return stated('inactive', inactive);
  return error === undefined ? stated('waiting', 'Its host was not asked yet.') : stated('failed', error.message);
}

function overState(bundle: TrustedBundle, { age, wasAt }: Pick<CardFacts, 'age' | 'wasAt'>): Stated | undefined {
  if (age?.phase !== 'over') return undefined;
  const text = expiredText(bundle, wasAt);
  if (age.layered === 'block') return stated('blocked', `${text} It says that nothing may be asked from then on.`);
  if (age.layered === 'restrict') return stated('restricted', `${text} It says what alone may be asked from then on.`);
  return stated('expired', text);
}

function stated(state: BundleState, state_reason: string): Stated {
  return { state, state_reason };
}

function expiredText({ payload }: TrustedBundle, wasAt: number | undefined): string {
  if (wasAt !== undefined)
    return `It expired on ${dateOf(payload.expires_at)}, and the clock of this machine was at ${dateOf(timeText(wasAt) ?? undefined)} already. Set the clock; where it was wrong then, end Sluice and move bundles/state.json of its data folder away.`;
  return `It expired on ${dateOf(payload.expires_at)}, and its host has no newer version.`;
}

function expiringText({ payload }: TrustedBundle): string {
  return `It expires on ${dateOf(payload.expires_at)}, and its host has no newer version yet.`;
}

function limitedText({ trust }: TrustedBundle): string {
  return trust === 'unsigned'
    ? 'It is not signed: only what it suggests applies.'
    : 'Nobody confirmed its fingerprint yet: only what it suggests applies.';
}

function dateOf(moment: string | undefined): string {
  return moment === undefined ? 'no date' : moment.slice(0, 10);
}

function timeText(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}

function nameOfUrl(url: string): string {
  const name = url.split('/').at(-1) ?? '';
  return name === '' ? url : name.replace(/\.sluice$/, '');
}
