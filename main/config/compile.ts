/** From a checked config and resolved secrets to the snapshot the gateway runs on. Pure: same input, same snapshot. */
import { createHash } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import type { VirtualKeySettings } from '../../shared/config/key.ts';
import type { AccessPolicy, DataPolicy, PolicyRule, Provider, Snapshot, Team, VirtualKey } from '../gateway/ports.ts';
import { canonicalJson } from '../kit/canonical-json.ts';
import type { Secret } from '../kit/secret.ts';
import { atOnce, type Steps } from '../kit/steps.ts';
import { version } from '../kit/version.ts';
import type { Catalogue } from './catalogue.ts';
import {
  compileBudgets,
  compileRateLimits,
  compileTeams,
  ownPolicies,
  type CompilePoliciesContext,
} from './compile-policies.ts';
import { compileAccess } from './compile-access.ts';
import { compileFirewall, compileMasking } from './compile-masking.ts';
import { compileProvider, demoProvider, implicitReferences } from './compile-provider.ts';
import { compileRoutes } from './compile-route.ts';
import { createKeyTable, digestOf, type KeyEntry, type PreviousDigest } from './keys.ts';
import { readingFingerprint, type PolicyFiles } from './policy-files.ts';
import { teamPricesOf } from './price-floor.ts';
import { pricesInForce } from './pricing.ts';
import type { ConfigPath, Findings } from './problems.ts';
import { fingerprint, referencesIn, type Resolutions } from './secrets.ts';

export interface CompileInput {
  readonly config: Config;
  readonly resolutions: Resolutions;
  /** Lists of terms and `.env` files, as they were read. */
  readonly files: PolicyFiles;
  readonly catalogue: Catalogue;
  readonly findings: Findings;
  /** Milliseconds since 1970: decides which prices hold. */
  readonly now: number;
  /** The same at any later time: decides whether a previous secret of a key still opens. */
  readonly currentTime: () => number;
  /** IANA name of the zone of budgets that name none. */
  readonly timezone: string;
  /** What team bundles enforce that no config says. */
  readonly team?: TeamRules | undefined;
  /** The key of this program itself, where it has one. */
  readonly ownKey?: OwnKey | undefined;
}

export interface TeamRules {
  readonly policy: AccessPolicy;
  /** What bundles vouch for, by ids of the providers they define. */
  readonly dataPolicies: ReadonlyMap<string, DataPolicy>;
  /** Ids of rules of the firewall that only watch. */
  readonly auditRules?: ReadonlySet<string> | undefined;
  /** Budgets of which nobody here gives more, by id. */
  readonly enforcedBudgets?: ReadonlyMap<string, PolicyRule> | undefined;
  /** A bundle enforces masking. */
  readonly imposesMasking?: boolean | undefined;
  /** How many terms bundles bring, besides those that a file may have. */
  readonly teamTerms?: number | undefined;
  /** Whether a bundle wrote what stands there. */
  readonly isOfTeam?: ((path: ConfigPath) => boolean) | undefined;
  /** Whether a price there counts as it is: who wrote it has a word to say to whoever enforces budgets. */
  readonly isLastWord?: ((path: ConfigPath) => boolean) | undefined;
  /** Providers that are to a budget or limit there what they are, whatever a bundle with less to say calls them. */
  readonly distrustedAt?: ((path: ConfigPath) => readonly string[]) | undefined;
  /** The same, to masking that bundles enforce. */
  readonly distrustedByMasking?: readonly string[] | undefined;
  /** A target there, at this provider, may come to nothing: no file of the user says so. It is left out then. */
  readonly isLoose?: ((path: ConfigPath, providerId: string) => boolean) | undefined;
}

/** A key that is in no file and restricted by nothing of its own. It is found like any other, and not counted among them. */
export interface OwnKey {
  readonly id: string;
  /** SHA-256 of the whole key. */
  readonly digest: Buffer;
}

/** Everything a config refers to, written out or implied by leaving keys away. */
export function allReferences(config: Config): readonly string[] {
  return [...new Set([...referencesIn(config), ...config.providers.flatMap(implicitReferences)])];
}

/** The secrets in use, for the redactor. */
export function secretsIn(resolutions: Resolutions): readonly Secret[] {
  return [...resolutions.values()].flatMap((one) => (one.kind === 'found' ? [one.value] : []));
}

/**
 * Compiles. A secret that is not there leaves its credential `missing` and a warning; one that is empty or a placeholder
 * is a problem, as is a list of terms that is not there: then the answer is `undefined` and the findings say why.
 * `compiled`: the providers, where that is done.
 */
export function compileConfig(input: CompileInput, compiled?: ReadonlyMap<string, Provider>): Snapshot | undefined {
  return atOnce(configSteps(input, compiled));
}

/** The same in steps. */
export function* configSteps(
  input: CompileInput,
  compiled?: ReadonlyMap<string, Provider>,
): Steps<Snapshot | undefined> {
  const { config, findings } = input;
  const before = findings.problems.length;
  const providers = compiled ?? compileProviders(input);
  const { enforcedBudgets, isOfTeam, distrustedAt } = input.team ?? {};
  const ofTeam = { enforcedBudgets, isOfTeam, distrustedAt };
  const policies = { config, findings, timezone: input.timezone, providers, ...ofTeam };
  const teams = compileTeams(policies);
  const keys = config.virtual_keys.flatMap((key, index) => compileKey(key, index, input, { policies, teams }));
  const { routes, masking, firewall } = compileRules(input, providers);
  const budgets = compileBudgets(policies);
  const rateLimits = compileRateLimits(policies);
  const policy = compileAccess(config, findings, input.team?.policy);
  if (findings.problems.length > before) return undefined;
  yield undefined;
  const named = [
    ...[...routes, ...budgets, ...rateLimits, ...firewall, ...teams.values(), ...keys.map(({ key }) => key)],
    ...[...(policy?.access ?? []), ...(policy?.requires ?? [])],
  ];
  return {
    id: snapshotId(input, [...named, ...named.flatMap(ownOf)]),
    listen: {
      host: config.listen.host,
      port: config.listen.port,
      maxBodyBytes: config.listen.max_body_bytes,
      ollama: config.listen.ollama,
      allowedHosts: config.listen.allowed_hosts,
      allowedOrigins: config.listen.allowed_origins,
    },
    providers,
    routes,
    keys: createKeyTable([...keys, ...ownEntries(input.ownKey)], input.currentTime),
    budgets,
    allBudgets: [
      ...budgets,
      ...[...teams.values()].flatMap((team) => team.budgets),
      ...keys.flatMap(({ key }) => key.budgets),
    ],
    rateLimits,
    recording: recordingOf(config),
    masking,
    firewall,
    policy,
  };
}

/** By id. Dear: everything that is known of their models is put together. */
export function compileProviders(input: CompileInput): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  const dataPolicies = input.team?.dataPolicies;
  const teamPrices = teamPricesOf(input.config, input.team);
  for (const [index, settings] of input.config.providers.entries()) {
    const context = { ...input, dataPolicies, teamPrices, path: ['providers', index] };
    providers.set(settings.id, compileProvider(settings, context));
  }
  if (!providers.has('demo')) providers.set('demo', demoProvider());
  return providers;
}

/** Of what a profile may change all that can still be found wrong when it is put together. */
export function compileRules(
  input: CompileInput,
  providers: ReadonlyMap<string, Provider>,
): Pick<Snapshot, 'routes' | 'masking' | 'firewall'> {
  const context = { ...input, providers };
  return {
    routes: compileRoutes(context),
    masking: compileMasking(context),
    firewall: compileFirewall(context),
  };
}

function recordingOf({ logging }: Config): Snapshot['recording'] {
  return logging.content === 'full' || logging.content === 'redacted' ? logging.content : 'none';
}

function ownEntries(own: OwnKey | undefined): KeyEntry[] {
  if (own === undefined) return [];
  const key: VirtualKey = {
    ...{ id: own.id, name: 'Sluice', isOwn: true },
    ...{ allowedModels: ['*'], allowedProviders: ['*'], allowedSurfaces: ['*'] },
    ...{ deniedModels: [], deniedProviders: [], deniedSurfaces: [] },
    ...{ disabled: false, team: undefined, expiresAt: undefined },
    ...{ budgets: [], rateLimits: [], metadata: {}, allowedOrigins: [] },
    origin: 'built in',
  };
  return [{ key, digest: own.digest, previous: [] }];
}

interface KeyContext {
  readonly policies: CompilePoliciesContext;
  readonly teams: ReadonlyMap<string, Team>;
}

function compileKey(
  settings: VirtualKeySettings,
  index: number,
  { resolutions, findings, now }: CompileInput,
  context: KeyContext,
): KeyEntry[] {
  const path = ['virtual_keys', index];
  // Without its secret nobody can present the key, so leaving it out lets nobody in.
  const digestAt = (value: string, what: string, at: ConfigPath): Buffer | undefined => {
    const digest = keyDigest(value, resolutions);
    if (Buffer.isBuffer(digest)) return digest;
    if (digest.mend === '') findings.warning(at, `${what} cannot be used: ${digest.problem}`, '');
    else findings.problem(at, digest.problem, digest.mend);
    return undefined;
  };
  const previous = settings.previous.flatMap(({ value, until }, at): PreviousDigest[] => {
    // One that has ended may be gone from where it was kept.
    if (Date.parse(until) <= now) return [];
    const what = `the secret before of key "${settings.id}"`;
    const digest = digestAt(value, what, [...path, 'previous', at, 'value']);
    return digest === undefined ? [] : [{ digest, until: Date.parse(until) }];
  });
  const digest = digestAt(settings.value, `key "${settings.id}"`, [...path, 'value']);
  return digest === undefined ? [] : [{ key: virtualKey(settings, path, context), digest, previous }];
}

function keyDigest(value: string, resolutions: Resolutions): Buffer | { problem: string; mend: string } {
  if (value.startsWith('sha256:')) return Buffer.from(value.slice('sha256:'.length), 'hex');
  const resolution = resolutions.get(value);
  switch (resolution?.kind) {
    case 'found':
      return digestOf(resolution.value.reveal());
    case 'bad':
      return resolution;
    default:
      return { problem: resolution?.reason ?? 'its secret was not looked up', mend: '' };
  }
}

function virtualKey(settings: VirtualKeySettings, path: ConfigPath, { policies, teams }: KeyContext): VirtualKey {
  return {
    ...ownPolicies('key', settings, path, policies),
    id: settings.id,
    name: settings.name ?? settings.id,
    disabled: settings.disabled,
    team: teams.get(settings.metadata['team'] ?? ''),
    metadata: settings.metadata,
    expiresAt: settings.expires_at === undefined ? undefined : Date.parse(settings.expires_at),
    allowedOrigins: settings.allowed_origins,
    origin: policies.findings.origin(path),
  };
}

interface Named {
  readonly origin: string;
}

/** Budgets and limits that a key or a team has of its own. */
function ownOf(
  named: Named & { readonly budgets?: readonly Named[]; readonly rateLimits?: readonly Named[] },
): Named[] {
  return [...(named.budgets ?? []), ...(named.rateLimits ?? [])];
}

/**
 * Changes with whatever a decision rests on or names: the meaning of the file, the secrets and lists behind it, the prices that hold
 * and the previous secrets that open now, the catalogue, this program, the time zone, and the lines where what is named
 * stands; not with comments, order of keys or spacing otherwise.
 */
function snapshotId(input: CompileInput, named: readonly Named[]): string {
  const { config, resolutions, files, catalogue, now, timezone } = input;
  const secrets = [...resolutions].map(([text, resolution]) => [text, fingerprint(resolution)]).sort();
  const origins = named.map(({ origin }) => origin);
  const opening = config.virtual_keys.map((key) => key.previous.filter(({ until }) => Date.parse(until) > now).length);
  const prices = pricesInForce(config.pricing, now);
  const listPrices = catalogue.changes.filter((at) => at <= now).length;
  const read = [...files].map(([path, reading]) => [path, readingFingerprint(reading)]).sort();
  const team = input.team?.policy.hash;
  const rest = { version, read, catalogue: catalogue.date, listPrices, prices, origins, opening, timezone, team };
  const parts = [config, secrets, rest].map((part) => canonicalJson(part));
  return `sha256:${createHash('sha256').update(parts.join('\0')).digest('hex')}`;
}
