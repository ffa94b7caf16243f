/** Compiles what is looked for in what leaves, and what becomes of it: masking and the firewall. Pure. */
import type { Config } from '../../shared/config/config.ts';
import type { FirewallSettings } from '../../shared/config/firewall.ts';
import { maxTermLength, maxTerms, type DetectorSettings, type MaskingSettings } from '../../shared/config/masking.ts';
import { kindsCovered, type FoundKind } from '../../shared/domain/masking.ts';
import type {
  CredentialSecret,
  FirewallRule,
  KindPolicy,
  Masking,
  MaskOverride,
  MaskPattern,
  MaskTerm,
  Provider,
} from '../gateway/ports.ts';
import { envEntries } from '../kit/env-file.ts';
import { isGlob, matchesGlob } from '../kit/glob.ts';
import { Secret } from '../kit/secret.ts';
import type { PolicyFiles } from './policy-files.ts';
import type { Findings } from './problems.ts';
import type { Resolutions } from './secrets.ts';

export interface CompileMaskingContext {
  readonly config: Config;
  readonly findings: Findings;
  readonly resolutions: Resolutions;
  readonly files: PolicyFiles;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly team?:
    | {
        readonly auditRules?: ReadonlySet<string> | undefined;
        readonly teamTerms?: number | undefined;
        readonly imposesMasking?: boolean | undefined;
        readonly distrustedByMasking?: readonly string[] | undefined;
      }
    | undefined;
}

/** `undefined` while it is not enabled. A list of terms that is not there is a problem, an `.env` file a warning. */
export function compileMasking(context: CompileMaskingContext): Masking | undefined {
  const { masking } = context.config;
  if (!masking.enabled) return undefined;
  const kinds = kindsOf(masking);
  return {
    kinds,
    overrides: masking.overrides.map(({ detectors, ...rest }): MaskOverride => ({
      ...rest,
      kinds: withKin(detectors),
    })),
    exact: exactValues(context),
    terms: termsOf(context),
    patterns: masking.patterns.map((one) => patternOf(one, kinds.get('patterns'))),
    allowed: masking.allow,
    excludedProviders: excludedProviders(context),
    excludedClients: masking.exclude.clients,
    restore: masking.restore,
    answers: masking.answers,
    definitions: masking.definitions,
    media: masking.media,
    onFailure: masking.on_failure,
    timeBudgetMs: masking.time_budget_ms,
  };
}

/** Whom a bundle exempts from its masking is meant, not whoever is called so. */
function excludedProviders({ config, providers, team }: CompileMaskingContext): readonly string[] {
  const { exclude } = config.masking;
  if (team?.imposesMasking !== true) return exclude.providers;
  const distrusted = new Set(team.distrustedByMasking);
  const isMeant = (id: string): boolean => {
    const provider = providers.get(id);
    return ((distrusted.has(id) ? provider?.unvouched : undefined) ?? provider)?.misnamed === undefined;
  };
  return exclude.providers.flatMap((glob) => {
    if (!isGlob(glob)) return isMeant(glob) ? [glob] : [];
    const named = [...providers.keys()].filter((id) => matchesGlob(glob, id));
    return named.every(isMeant) ? [glob] : named.filter(isMeant);
  });
}

// ---------------------------------------------------------------- kinds

/** The kinds that something may become of, by the detectors and by the overrides. */
export function looksFor(masking: MaskingSettings): ReadonlySet<FoundKind> {
  const { overrides } = masking;
  const base = kindsOf(masking);
  const isAsked = (kind: FoundKind, mode: KindPolicy['mode']): boolean =>
    mode !== 'off' ||
    overrides.some(
      (one) => one.mode !== 'off' && (one.detectors.length === 0 || withKin(one.detectors).includes(kind)),
    );
  return new Set([...base].flatMap(([kind, { mode }]) => (isAsked(kind, mode) ? [kind] : [])));
}

/**
 * Each named kind with its kin, which has a policy of its own where it is named itself. Terms and patterns are looked for
 * wherever there are any; what an override alone asks for is left alone elsewhere.
 */
function kindsOf(masking: MaskingSettings): ReadonlyMap<FoundKind, KindPolicy> {
  const named = new Map(masking.detectors.map((one) => (typeof one === 'string' ? [one, undefined] : [one.id, one])));
  const kinds = new Map<FoundKind, KindPolicy>();
  for (const [kind, settings] of named) {
    kinds.set(kind, policyOf(kind, settings));
    for (const kin of kindsCovered[kind] ?? []) if (!named.has(kin)) kinds.set(kin, policyOf(kin, settings));
  }
  const given = {
    terms: masking.terms.length > 0 || masking.terms_files.length > 0,
    patterns: masking.patterns.length > 0,
  };
  for (const kind of ['terms', 'patterns'] as const) {
    if (given[kind] && !kinds.has(kind)) kinds.set(kind, policyOf(kind, undefined));
  }
  for (const kind of masking.overrides.flatMap(({ detectors }) => withKin(detectors))) {
    if (!kinds.has(kind)) kinds.set(kind, { ...policyOf(kind, undefined), mode: 'off' });
  }
  // Without any there is nothing to look for.
  for (const kind of ['terms', 'patterns'] as const) if (!given[kind]) kinds.delete(kind);
  return kinds;
}

function withKin(kinds: readonly FoundKind[]): readonly FoundKind[] {
  return [...new Set(kinds.flatMap((kind) => [kind, ...(kindsCovered[kind] ?? [])]))];
}

/** One that says what becomes of what it finds has a policy of its own; the rest of that is as of all patterns. */
function patternOf(
  { id, pattern, mode, restore }: MaskingSettings['patterns'][number],
  usual: KindPolicy = policyOf('patterns', undefined),
): MaskPattern {
  if (mode === undefined && restore === undefined) return { id, pattern };
  return { id, pattern, policy: { ...usual, mode: mode ?? usual.mode, restore: restore ?? usual.restore } };
}

/** A secret that a tool is given has left the machine as surely as one that is sent: only tools that are named get it. */
function policyOf(kind: FoundKind, settings: DetectorSettings | undefined): KindPolicy {
  return {
    mode: settings?.mode ?? 'mask',
    restore: settings?.restore ?? true,
    restoreInTools: settings?.restore_in_tools ?? (kind === 'secrets' ? [] : ['*']),
    replace: settings?.replace ?? 'tag',
  };
}

// ---------------------------------------------------------------- values that are secret here

/** Whether a value can be told from other text is for who looks for it. */
function exactValues({ config, findings, resolutions, files, providers }: CompileMaskingContext): readonly Secret[] {
  const values = new Map<string, Secret>();
  const add = (secret: Secret): void => {
    if (!values.has(secret.reveal())) values.set(secret.reveal(), secret);
  };
  for (const resolution of resolutions.values()) if (resolution.kind === 'found') add(resolution.value);
  for (const { credentials } of providers.values())
    for (const { secret } of credentials) for (const part of privateParts(secret)) add(part);
  for (const [index, path] of config.masking.env_files.entries()) {
    const reading = files.get(path);
    if (reading?.kind === 'found') for (const { value } of envEntries(reading.text)) add(new Secret(value));
    else if (reading !== undefined) {
      const problem = `"${path}" ${reading.reason}, so its values are not known to be secret`;
      findings.warning(['masking', 'env_files', index], problem, 'Create it, or remove the line');
    }
  }
  return [...values.values()];
}

/** Nobody pastes a service account's file as a whole, but the key out of it. */
function privateParts(secret: CredentialSecret): readonly Secret[] {
  if (secret.kind !== 'google' || secret.serviceAccount === undefined) return [];
  try {
    const account: unknown = JSON.parse(secret.serviceAccount.reveal());
    if (typeof account !== 'object' || account === null) return [];
    const parts = account as Readonly<Record<string, unknown>>;
    return [parts['private_key'], parts['private_key_id']].flatMap((part) =>
      typeof part === 'string' && part !== '' ? [new Secret(part.trim())] : [],
    );
  } catch {
    // What is wrong with it is told where it is used.
    return [];
  }
}

// ---------------------------------------------------------------- terms

/** Each once: the loosest of those with the same letters. */
function termsOf(context: CompileMaskingContext): readonly MaskTerm[] {
  const { config, findings } = context;
  const terms: MaskTerm[] = [];
  const places = { cased: new Map<string, number>(), any: new Map<string, number>() };
  const add = (term: MaskTerm): void => {
    const known = places[term.caseSensitive ? 'cased' : 'any'];
    const place = known.get(term.text) ?? terms.length;
    known.set(term.text, place);
    terms[place] = { ...term, wholeWord: term.wholeWord && (terms[place]?.wholeWord ?? true) };
  };
  for (const term of config.masking.terms) {
    if (typeof term === 'string') add({ text: term.trim(), caseSensitive: false, wholeWord: true });
    else add({ text: term.term.trim(), caseSensitive: term.case_sensitive, wholeWord: term.whole_word });
  }
  for (const index of config.masking.terms_files.keys())
    for (const text of listedTerms(index, context)) add({ text, caseSensitive: false, wholeWord: true });
  const most = maxTerms + (context.team?.teamTerms ?? 0);
  if (terms.length > most) {
    const mend = 'Leave out what other detectors find, such as e-mail addresses, or use a pattern';
    findings.problem(['masking'], `there are ${terms.length} terms, more than ${most}`, mend, 'key');
  }
  return terms;
}

/** One a line; `#` begins a comment, `\#` a term that begins so. */
function listedTerms(index: number, { config, findings, files }: CompileMaskingContext): readonly string[] {
  const path = config.masking.terms_files[index] ?? '';
  const at = ['masking', 'terms_files', index];
  const reading = files.get(path);
  if (reading?.kind !== 'found') {
    if (reading !== undefined) {
      const mend = 'Create it, with one term a line, or remove the line';
      findings.problem(at, `"${path}" ${reading.reason}`, mend);
    }
    return [];
  }
  const lines = reading.text.split('\n').map((line) => line.trim());
  const long = lines.findIndex((line) => line.length > maxTermLength && !line.startsWith('#'));
  if (long >= 0) {
    const problem = `line ${long + 1} of "${path}" is longer than ${maxTermLength} characters`;
    findings.problem(at, problem, 'Write one term a line');
    return [];
  }
  return lines.flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.replace(/^\\#/, '#')]));
}

// ---------------------------------------------------------------- firewall

export function compileFirewall({ config, findings, team }: CompileMaskingContext): readonly FirewallRule[] {
  return config.firewall.map((settings, index) => {
    const places = settings.in ?? usualPlaces(settings);
    return {
      id: settings.id,
      detect: settings.detect,
      pattern: settings.pattern,
      topics: settings.topics,
      when: settings.when,
      in: places.filter((place) => place !== 'answer'),
      inAnswer: places.includes('answer'),
      action: settings.action,
      message: settings.message,
      threshold: settings.threshold,
      judge: settings.judge,
      origin: findings.origin(['firewall', index]),
      ...(team?.auditRules?.has(settings.id) === true ? { audit: true } : {}),
    };
  });
}

function usualPlaces({ detect }: FirewallSettings): NonNullable<FirewallSettings['in']> {
  return detect === 'system_prompt_leak' ? ['answer'] : ['user', 'tool'];
}
