/** Policy access: may this key use this surface, this provider, this model? Its own rules, its team's and those for every key must all allow it. */
import type { Denial, ModelAccess } from '../../../shared/domain/access.ts';
import { policyName } from '../../../shared/domain/policy-words.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { GlobSet } from '../../kit/glob-set.ts';
import { isGlob, matchesAny, matchesGlob } from '../../kit/glob.ts';
import type { Surface } from '../exchange.ts';
import type { AccessPolicy, AccessRules, Provider, Snapshot, Team, VirtualKey } from '../ports.ts';
import { namesPreset, otherSpellings } from './model-spellings.ts';
import { unmetBy } from './data-requirements.ts';
import { byVendor } from './provider-names.ts';

type RuledKey = AccessRules &
  Pick<VirtualKey, 'id' | 'origin'> & { readonly team: (AccessRules & Pick<Team, 'id' | 'origin'>) | undefined };

/** What a decision keeps of whoever asks. */
export interface KeptPrincipal {
  readonly key: string;
  readonly allowedModels: readonly string[];
  readonly deniedModels: readonly string[];
  readonly access?: readonly ModelAccess[] | undefined;
}

/** A key of a snapshot never changes, and neither does its team. */
const known = new WeakMap<RuledKey, readonly ModelAccess[]>();
const everything: readonly ModelAccess[] = [];

/** Whose rules keep this key from any model or provider: its own, its team's. Empty for one that may use all there are. */
export function modelAccessOf(key: RuledKey): readonly ModelAccess[] {
  let access = known.get(key);
  if (access === undefined) {
    access = holdersOf(key)
      .map(([rule, rules]) => modelAccess(rule, rules))
      .filter(restricts);
    known.set(key, access);
  }
  return access;
}

/** A snapshot as far as its rules of access for every key rest on it. */
export interface RuledSnapshot {
  readonly policy?: Pick<AccessPolicy, 'access' | 'requires'> | undefined;
  readonly providers: ReadonlyMap<
    string,
    Pick<Provider, 'id' | 'kind' | 'dataPolicy' | 'vendor' | 'misnamed' | 'unvouched'>
  >;
}

/** By snapshot: a snapshot never changes. Its policy alone may be that of another one with other providers. */
const knownPolicies = new WeakMap<RuledSnapshot, readonly ModelAccess[]>();
const knownAudits = new WeakMap<Snapshot, readonly ModelAccess[]>();
const knownTogether = new WeakMap<readonly ModelAccess[], WeakMap<readonly ModelAccess[], readonly ModelAccess[]>>();

/** What keeps every key from models and providers: lists, and what is required of providers. */
export function policyAccessOf(snapshot: RuledSnapshot): readonly ModelAccess[] {
  if (snapshot.policy === undefined) return everything;
  let access = knownPolicies.get(snapshot);
  if (access === undefined) knownPolicies.set(snapshot, (access = accessBy(snapshot.policy, snapshot)));
  return access;
}

/** The same of bundles that only watch. */
export function auditAccessOf(snapshot: Snapshot): readonly ModelAccess[] {
  const audit = snapshot.policy?.audit;
  if (audit === undefined) return everything;
  let access = knownAudits.get(snapshot);
  if (access === undefined) knownAudits.set(snapshot, (access = accessBy(audit, snapshot)));
  return access;
}

function accessBy(
  { access, requires }: NonNullable<RuledSnapshot['policy']>,
  { providers }: RuledSnapshot,
): readonly ModelAccess[] {
  const served = [...providers.values()];
  const all = [...byVendor(access.filter(restricts), served), ...unmetBy(served, requires)];
  return all.length === 0 ? everything : all;
}

/** With `own`, of a key and its team. What holds for every key comes first: it is what a refusal names. */
export function accessIn(snapshot: RuledSnapshot, own: readonly ModelAccess[]): readonly ModelAccess[] {
  const policy = policyAccessOf(snapshot);
  if (policy.length === 0) return own;
  if (own.length === 0) return policy;
  let byOwn = knownTogether.get(policy);
  if (byOwn === undefined) knownTogether.set(policy, (byOwn = new WeakMap()));
  let together = byOwn.get(own);
  if (together === undefined) byOwn.set(own, (together = [...policy, ...own]));
  return together;
}

/** The same of a decision's principal: of one that was kept before teams had rules, the key's own models. */
export function modelAccessKept({ key, allowedModels, deniedModels, access }: KeptPrincipal): readonly ModelAccess[] {
  if (access !== undefined) return access;
  const earlier: ModelAccess = {
    ...{ rule: `key:${key}`, origin: undefined, allowedModels, deniedModels },
    ...{ allowedProviders: ['*'], deniedProviders: [] },
  };
  return restricts(earlier) ? [earlier] : everything;
}

/**
 * The first rule that keeps a model from being used, by any of the names it goes by: as asked, as `provider/model`, bare.
 * `providerId` is `undefined` where it does not matter who serves it.
 */
export function denialOf(
  access: readonly ModelAccess[],
  names: readonly string[],
  providerId: string | undefined,
): Denial | undefined {
  if (access.length === 0) return undefined;
  const ready = readyOf(access);
  const { denials } = ready;
  if (denials === undefined) return firstDenial(ready, names, providerId);
  // The same models are asked for again and again, and there may be hundreds of rules.
  const name = `${providerId ?? ''}\0${names.join('\0')}`;
  let denial = denials.get(name);
  if (denial === undefined) {
    denial = firstDenial(ready, names, providerId) ?? null;
    if (denials.size >= maxRemembered) denials.clear();
    denials.set(name, denial);
  }
  return denial ?? undefined;
}

export function mayUseModel(
  access: readonly ModelAccess[],
  names: readonly string[],
  providerId: string | undefined,
): boolean {
  return denialOf(access, names, providerId) === undefined;
}

/** Throws `admit.surface_denied`, which names the rule that refused. */
export function checkSurface(key: RuledKey, { id, path }: Pick<Surface, 'id' | 'path'>): void {
  for (const [rule, { deniedSurfaces, allowedSurfaces, origin }] of holdersOf(key)) {
    const isDenied = matchesAny(deniedSurfaces, id);
    if (!isDenied && matchesAny(allowedSurfaces, id)) continue;
    const why = reasonOf(isDenied ? 'denied_surfaces' : 'allowed_surfaces', rule, origin);
    throw new GatewayError(
      'admit.surface_denied',
      `Key "${key.id}" may not use the surface ${id.replaceAll('_', ' ')} (${path}): ${why}.`,
      { details: { rule } },
    );
  }
}

type Holder = readonly [rule: string, rules: AccessRules & { readonly origin: string }];

function holdersOf(key: RuledKey): readonly Holder[] {
  const own: Holder = [`key:${key.id}`, key];
  return key.team === undefined ? [own] : [own, [`team:${key.team.id}`, key.team]];
}

function modelAccess(rule: string, rules: Holder[1]): ModelAccess {
  const { origin, allowedModels, deniedModels, allowedProviders, deniedProviders } = rules;
  return { rule, origin, allowedModels, deniedModels, allowedProviders, deniedProviders };
}

function restricts(access: ModelAccess): boolean {
  return !allowsAll(access) || access.deniedModels.length > 0 || access.deniedProviders.length > 0;
}

function allowsAll({ allowedModels, allowedProviders }: ModelAccess): boolean {
  return allowedModels.includes('*') && allowedProviders.includes('*');
}

// ---------------------------------------------------------------- one rule

/** The list of the file that refuses. */
type AccessList = `${'allowed' | 'denied'}_${'models' | 'providers' | 'surfaces'}`;

/** Rules made ready to be asked. */
interface Ready {
  readonly access: ModelAccess;
  /** It holds for every key. */
  readonly isPolicy: boolean;
  readonly deniedModels: GlobSet;
  readonly deniedProviders: GlobSet;
  readonly allowedModels: GlobSet;
  /** Of a rule for every key those that name no provider; the others are in `allowedModels`. */
  readonly allowedBare: GlobSet;
  readonly allowedProviders: GlobSet;
}

interface ReadyList {
  readonly rules: readonly Ready[];
  /** All that any of them denies: most models are in none of it. */
  readonly deniedModels: GlobSet;
  readonly deniedProviders: GlobSet;
  /** Those that do not allow everything. */
  readonly choosy: readonly Ready[];
  /** By who serves and names; `undefined` where asking is as cheap as remembering. */
  readonly denials: Map<string, Denial | null> | undefined;
}

const readyLists = new WeakMap<readonly ModelAccess[], ReadyList>();
const maxRemembered = 1_000;
/** With so few globs asking takes no longer than looking up. */
const fewGlobs = 16;

function readyOf(access: readonly ModelAccess[]): ReadyList {
  let ready = readyLists.get(access);
  if (ready === undefined) {
    const globs = access.flatMap(({ allowedModels, deniedModels }) =>
      [...allowedModels, ...deniedModels].filter(isGlob),
    );
    const rules = access.map(readyRule);
    ready = {
      rules,
      deniedModels: new GlobSet(
        access.flatMap(({ deniedModels }) => deniedModels),
        { anyCase: true },
      ),
      deniedProviders: new GlobSet(access.flatMap(({ deniedProviders }) => deniedProviders)),
      choosy: rules.filter(({ access: one }) => !allowsAll(one)),
      denials: globs.length <= fewGlobs ? undefined : new Map(),
    };
    readyLists.set(access, ready);
  }
  return ready;
}

function readyRule(access: ModelAccess): Ready {
  const { allowedModels, deniedModels, allowedProviders, deniedProviders } = access;
  const isPolicy = !access.rule.startsWith('key:') && !access.rule.startsWith('team:');
  const inFull = isPolicy ? allowedModels.filter((one) => one.includes('/')) : allowedModels;
  return {
    ...{ access, isPolicy },
    deniedModels: new GlobSet(deniedModels, { anyCase: true }),
    deniedProviders: new GlobSet(deniedProviders),
    allowedModels: new GlobSet(inFull),
    allowedBare: new GlobSet(isPolicy ? allowedModels.filter((one) => !one.includes('/')) : []),
    allowedProviders: new GlobSet(allowedProviders),
  };
}

function firstDenial(
  { rules, choosy, deniedModels, deniedProviders }: ReadyList,
  names: readonly string[],
  providerId: string | undefined,
): Denial | undefined {
  const isDenied = isModelDenied(deniedModels, names) || (providerId !== undefined && deniedProviders.fits(providerId));
  const isPreset = names.some(namesPreset);
  for (const ready of isDenied || isPreset ? rules : choosy) {
    const refusing = refusingList(ready, names, providerId) ?? (isPreset ? presetList(ready, names) : undefined);
    if (refusing !== undefined) return denialBy(ready, refusing, providerId);
  }
  return undefined;
}

function refusingList(ready: Ready, names: readonly string[], providerId: string | undefined): AccessList | undefined {
  if (providerId !== undefined && ready.deniedProviders.fits(providerId)) return 'denied_providers';
  // Denied in every spelling, allowed in the one that is listed: another may reach the same model.
  if (isModelDenied(ready.deniedModels, names)) return 'denied_models';
  if (providerId !== undefined && !ready.allowedProviders.fits(providerId)) return 'allowed_providers';
  return isAllowed(ready, names) ? undefined : 'allowed_models';
}

/** Whoever chose which models may be used names a preset himself: it may stand for any of them. */
function presetList({ isPolicy, access }: Ready, [full = '', bare = full]: readonly string[]): AccessList | undefined {
  const { deniedModels, allowedModels } = access;
  const allowsAny = allowedModels.includes('*');
  if (!isPolicy || (allowsAny && deniedModels.length === 0)) return undefined;
  const isNamed = allowedModels.some(
    (glob) => namesPreset(glob) && (matchesGlob(glob, full) || matchesGlob(glob, bare)),
  );
  return isNamed ? undefined : allowsAny ? 'denied_models' : 'allowed_models';
}

/** By any of its names, and by any other way to write one of them. */
function isModelDenied(denied: GlobSet, names: readonly string[]): boolean {
  return (
    !denied.isEmpty && names.some((name) => denied.fits(name) || otherSpellings(name).some((one) => denied.fits(one)))
  );
}

/** For every key by what is asked in the end, `provider/model` and `model`: any name can be given to any target by a route. */
function isAllowed({ isPolicy, allowedModels, allowedBare }: Ready, names: readonly string[]): boolean {
  if (!isPolicy) return names.some((name) => allowedModels.fits(name));
  const [full = '', bare = full] = names;
  return allowedBare.fits(bare) || allowedModels.fits(full);
}

function denialBy({ access, isPolicy }: Ready, list: AccessList, providerId: string | undefined): Denial {
  const { rule, origin, reason, contact } = access;
  if (origin === undefined) return { rule, why: undefined };
  if (!isPolicy) return { rule, why: reasonOf(list, rule, origin) };
  const policy = { rule: rule === 'config:/models' ? `${rule}/${fileNames[list]}` : rule, origin, reason, contact };
  const lack = list === 'denied_providers' ? access.lacks?.[providerId ?? ''] : undefined;
  const named = policyName(policy);
  return { rule: policy.rule, why: lack === undefined ? named : `${named}: ${lack}`, policy, lack };
}

/** How the section `models` of the file calls its lists. */
const fileNames: Readonly<Record<AccessList, string>> = {
  ...{ allowed_models: 'allow', denied_models: 'deny' },
  ...{ allowed_providers: 'allow_providers', denied_providers: 'deny_providers' },
  ...{ allowed_surfaces: '', denied_surfaces: '' },
};

/** `denied_models of team "core" (sluice.yaml, line 12)`. */
function reasonOf(list: AccessList, rule: string, origin: string): string {
  const colon = rule.indexOf(':');
  const whose = `${list} of ${rule.slice(0, colon)} "${rule.slice(colon + 1)}" (${origin})`;
  return list.startsWith('denied') ? whose : `it is not among ${whose}`;
}
