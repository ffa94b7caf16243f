/** Changes that need consent on this machine, whoever signed them (BND-70), and what holds until there is one. */
import { kindFacts, publicTerms } from '../../shared/config/provider.ts';
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { BundleSections, ClientHint, ProviderDefinition } from '../../shared/bundle/sections.ts';
import type { BundleConsent } from '../../shared/contract/bundles.ts';
import { isLoopbackHost } from '../config/addresses.ts';
import { pointerOf, valueHash, type Held } from './held.ts';

type Recording = NonNullable<NonNullable<BundleSections['logging']>['content']>;
type SectionsName = 'enforced' | 'defaults';

export interface DangerContext {
  /** As it is in force; `undefined` of a bundle that is new here. */
  readonly before: BundlePayload | undefined;
  readonly after: BundlePayload;
  /** Slots that hold a credential, with the origins it may go to: those it was entered for, or moved to with consent. */
  readonly slots: ReadonlyMap<string, ReadonlySet<string>>;
  /** Hosts and origins that whoever manages this machine approved. */
  readonly trustedHosts: readonly string[];
  readonly approvedOrigins: readonly string[];
  /** Addresses whose origins may be reported to without asking. */
  readonly reportOrigins: readonly string[];
  /** What is recorded now. */
  readonly recording: Recording;
}

export interface Danger {
  readonly consent: Omit<BundleConsent, 'state'>;
  /** What holds until there is consent. */
  readonly held: readonly (readonly [pointer: string, value: unknown])[];
}

const levels: readonly Recording[] = ['off', 'metadata', 'redacted', 'full'];
const bothSections: readonly SectionsName[] = ['enforced', 'defaults'];

/** Each with a pointer of its own, in the order of the payload. */
export function dangersOf(context: DangerContext): Danger[] {
  return [
    ...bothSections.flatMap((section) => [
      ...providerDangers(context, section),
      ...clientDangers(context, section),
      ...recordingDangers(context, section),
    ]),
    ...reportDangers(context),
  ];
}

/** Decisions made here: `pointer hash`. */
export interface Decided {
  readonly approved: ReadonlySet<string>;
  readonly declined: ReadonlySet<string>;
}

export function decisionKey(pointer: string, hash: string): string {
  return `${pointer} ${hash}`;
}

/** What is to be shown, and what waits. */
export function gate(dangers: readonly Danger[], decided: Decided): { consents: BundleConsent[]; held: Held } {
  const held = new Map<string, unknown>();
  const consents = dangers.map((danger): BundleConsent => {
    const key = decisionKey(danger.consent.pointer, danger.consent.value_hash);
    if (decided.approved.has(key)) return { ...danger.consent, state: 'approved' };
    for (const [pointer, value] of danger.held) {
      // Two hints of clients share a list: what both keep back is kept back.
      if (!held.has(pointer)) held.set(pointer, value);
    }
    return { ...danger.consent, state: decided.declined.has(key) ? 'declined' : 'waiting' };
  });
  return { consents, held: withClients(dangers, consents, held) };
}

/** A list of hints is held as a whole, with those that were approved as they are now. */
function withClients(dangers: readonly Danger[], consents: readonly BundleConsent[], held: Held): Held {
  const result = new Map(held);
  for (const section of bothSections) {
    const list = pointerOf(section, 'clients');
    if (!result.has(list)) continue;
    const approved = dangers
      .filter((_, index) => consents[index]?.state === 'approved')
      .filter(({ consent }) => consent.pointer.startsWith(`${list}/`))
      .map(({ consent }) => consent.after as ClientHint);
    const before = (result.get(list) as readonly ClientHint[]).filter(
      ({ client }) => !approved.some((hint) => hint.client === client),
    );
    result.set(list, [...before, ...approved]);
  }
  // What is not there as a whole has no parts that wait.
  const gone = [...result].filter(([, value]) => value === undefined).map(([pointer]) => `${pointer}/`);
  for (const pointer of result.keys()) if (gone.some((above) => pointer.startsWith(above))) result.delete(pointer);
  return result;
}

// ---------------------------------------------------------------- providers

function providerDangers(context: DangerContext, section: SectionsName): Danger[] {
  const defined = context.after[section]?.providers?.define ?? {};
  return Object.entries(defined).flatMap(([id, now]) => {
    const earlier = context.before?.[section]?.providers?.define;
    const before = earlier !== undefined && Object.hasOwn(earlier, id) ? earlier[id] : undefined;
    const provider = { pointer: pointerOf(section, 'providers', 'define', id), id, before, now };
    return [...addressDanger(context, provider), ...certificateDanger(provider)];
  });
}

interface Provider {
  readonly pointer: string;
  readonly id: string;
  readonly before: ProviderDefinition | undefined;
  readonly now: ProviderDefinition;
}

/** One at most: who agrees to an address agrees to what goes there. */
function addressDanger(context: DangerContext, { pointer, id, before, now }: Provider): Danger[] {
  const origin = originOf(now);
  if (context.approvedOrigins.some((approved) => sameOrigin(approved, origin))) return [];
  const slot = now.auth?.slot;
  const bound = slot === undefined ? undefined : context.slots.get(slot);
  const redirects = bound !== undefined && !bound.has(origin);
  const isNew = asksAnybody(now) && (before === undefined || originOf(before) !== origin);
  const trusted = context.trustedHosts.includes(URL.parse(origin)?.hostname ?? '');
  if (!redirects && (!isNew || trusted)) return [];
  const was = before === undefined ? undefined : originOf(before);
  return [
    {
      consent: {
        pointer,
        kind: was === undefined ? 'new_provider' : 'provider_address',
        text: addressText({ id, origin, was, redirects }),
        ...(was === undefined ? {} : { before: was }),
        after: origin,
        // Whatever else it says: an address is what people agree to, and which key goes there.
        value_hash: valueHash({ origin, kind: now.kind, slot: slot ?? null }),
      },
      held: [heldAddress(pointer, before, now)],
    },
  ];
}

function addressText(given: { id: string; origin: string; was: string | undefined; redirects: boolean }): string {
  const { id, origin, was, redirects } = given;
  if (was === undefined)
    return redirects
      ? `The new provider ${id} at ${origin} would be sent a key that was entered for another address.`
      : `The new provider ${id} at ${origin} would be sent requests.`;
  return redirects
    ? `Requests of the provider ${id}, with its key, would go to ${origin}, no longer to ${was}.`
    : `Requests of the provider ${id} would go to ${origin}, no longer to ${was}.`;
}

/** The old address alone where that keeps the old origin; otherwise the provider as it was. */
function heldAddress(
  pointer: string,
  before: ProviderDefinition | undefined,
  now: ProviderDefinition,
): readonly [string, unknown] {
  if (before === undefined) return [pointer, undefined];
  const sameUse = before.kind === now.kind && before.auth?.slot === now.auth?.slot;
  const { base_url: _, ...rest } = now;
  const kept = before.base_url === undefined ? rest : { ...rest, base_url: before.base_url };
  if (sameUse && originOf(kept) === originOf(before)) return [`${pointer}/base_url`, before.base_url];
  return [pointer, before];
}

function certificateDanger({ pointer, id, before, now }: Provider): Danger[] {
  if (now.tls_ca === undefined || now.tls_ca === before?.tls_ca) return [];
  return [
    {
      consent: {
        pointer: `${pointer}/tls_ca`,
        kind: 'trusted_certificates',
        text: `Further certificates would be trusted for the provider ${id}: whoever holds them can read what it is sent.`,
        ...(before?.tls_ca === undefined ? {} : { before: before.tls_ca }),
        after: now.tls_ca,
        value_hash: valueHash(now.tls_ca),
      },
      held: [[`${pointer}/tls_ca`, before?.tls_ca]],
    },
  ];
}

/** Its vendor does not stand at its address, so that anybody may: with a key, or without where its kind needs none. */
function asksAnybody(provider: ProviderDefinition): boolean {
  const { kind, base_url } = provider;
  if (base_url === undefined || kind === 'demo') return false;
  const url = URL.parse(base_url);
  if (kindFacts[kind].local && isLoopbackHost(url?.hostname ?? '')) return false;
  if (url?.protocol !== 'https:') return true;
  return publicTerms[kind]?.hosts.test(url.hostname) !== true && originOf(provider) !== originOf({ kind });
}

/** Where a provider's requests go: scheme, host and port. */
export function originOf(provider: ProviderDefinition): string {
  const written = provider.base_url ?? kindFacts[provider.kind].baseUrl ?? '';
  const location = provider.location ?? 'global';
  const address = written
    .replace('{region}', provider.region ?? '')
    .replace('{location}-', location === 'global' ? '' : `${location}-`);
  return URL.parse(address)?.origin ?? address;
}

function sameOrigin(approved: string, origin: string): boolean {
  return (URL.parse(approved)?.origin ?? approved) === origin;
}

// ---------------------------------------------------------------- the rest

function clientDangers({ before, after }: DangerContext, section: SectionsName): Danger[] {
  const earlier = before?.[section]?.clients ?? [];
  const list = pointerOf(section, 'clients');
  return (after[section]?.clients ?? []).flatMap((hint): Danger[] => {
    const was = earlier.find(({ client }) => client === hint.client);
    const hash = valueHash(hint);
    if (was !== undefined && valueHash(was) === hash) return [];
    return [
      {
        consent: {
          pointer: `${list}${pointerOf(hint.client)}`,
          kind: 'client_settings',
          text: `Settings for ${hint.client} would be shown as those of the team.`,
          ...(was === undefined ? {} : { before: was }),
          after: hint,
          value_hash: hash,
        },
        held: [[list, keptHints(earlier, after[section]?.clients ?? [])]],
      },
    ];
  });
}

/** Of the hints of before those that are still there: what was taken back does not wait. */
function keptHints(before: readonly ClientHint[], after: readonly ClientHint[]): readonly ClientHint[] {
  return before.filter(({ client }) => after.some((hint) => hint.client === client));
}

function recordingDangers({ before, after, recording }: DangerContext, section: SectionsName): Danger[] {
  const now = after[section]?.logging?.content;
  const was = before?.[section]?.logging?.content;
  // What is enforced is a ceiling: a first one raises nothing. What is suggested is compared with what is recorded now.
  const least = was ?? (section === 'enforced' ? undefined : recording);
  if (now === undefined || least === undefined || levels.indexOf(now) <= levels.indexOf(least)) return [];
  const pointer = pointerOf(section, 'logging', 'content');
  return [
    {
      consent: {
        pointer,
        kind: 'recording_more',
        text: `More would be recorded of requests: "${now}", so far at most "${least}".`,
        before: least,
        after: now,
        value_hash: valueHash(now),
      },
      held: [[pointer, was]],
    },
  ];
}

function reportDangers({ before, after, approvedOrigins, reportOrigins }: DangerContext): Danger[] {
  const url = after.status?.url ?? undefined;
  const was = before?.status?.url ?? undefined;
  if (url === undefined || url === was) return [];
  const { origin } = new URL(url);
  if ([...approvedOrigins, ...reportOrigins].some((approved) => sameOrigin(approved, origin))) return [];
  return [
    {
      consent: {
        pointer: '/status/url',
        kind: 'report',
        text: `Versions and states of bundles on this machine would be reported to ${origin}; nothing of requests.`,
        ...(was === undefined ? {} : { before: was }),
        after: url,
        value_hash: valueHash(url),
      },
      held: [['/status/url', was ?? null]],
    },
  ];
}
