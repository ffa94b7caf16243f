/** Compiles one provider: its address, credentials, clocks, and what is known about its models. */
import { kindFacts, type KindFacts } from '../../shared/config/provider.ts';
import { providerSettings, type KeySettings, type ProviderSettings } from '../../shared/config/provider-settings.ts';
import type { Credential, CredentialSecret, DataPolicy, Provider } from '../gateway/ports.ts';
import type { Secret } from '../kit/secret.ts';
import { isLocalHost } from './addresses.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Catalogue } from './catalogue.ts';
import { dataPolicyOf } from './data-policy.ts';
import { compileModels, type CompileModelsContext } from './compile-models.ts';
import { noPriors } from './priors.ts';
import { Findings, type ConfigPath } from './problems.ts';
import { vendorOf } from './provider-vendor.ts';
import type { Resolutions } from './secrets.ts';

/** A local model is loaded into memory before its first word: minutes on a laptop (FAULT-58). */
const localTtftMs = 300_000;
const defaultTtftMs = 60_000;

export interface CompileProviderContext {
  readonly config: Pick<Config, 'pricing'>;
  readonly resolutions: Resolutions;
  readonly catalogue: Catalogue;
  readonly findings: Findings;
  readonly path: ConfigPath;
  /** Milliseconds since 1970: decides which prices hold. */
  readonly now: number;
  readonly teamPrices?: CompileModelsContext['teamPrices'];
  /** What team bundles vouch for, by ids of providers. */
  readonly dataPolicies?: ReadonlyMap<string, DataPolicy> | undefined;
}

export function compileProvider(settings: ProviderSettings, context: CompileProviderContext): Provider {
  const facts = kindFacts[settings.kind];
  const baseUrl = baseUrlOf(settings, facts);
  const localHost = isLocalHost(URL.parse(baseUrl)?.hostname ?? '');
  const free = chargesNothing(settings.kind, baseUrl);
  const isDefined = context.dataPolicies?.has(settings.id) === true;
  const truth = vendorOf({ ...settings, baseUrl });
  const { listed, factsFor } = compileModels(settings, { ...context, free, vendor: truth.vendor });
  const known = { kind: settings.kind, baseUrl, location: settings.location ?? 'global', runsHere: free };
  const unvouched = { ...truth, dataPolicy: dataPolicyOf({ ...known, vouched: undefined }) };
  return {
    id: settings.id,
    kind: settings.kind,
    baseUrl,
    dialects: settings.dialects ?? facts.dialects,
    credentials: credentialsOf(settings, facts, context),
    timeouts: {
      connectMs: settings.timeouts.connect_ms,
      ttftMs: settings.timeouts.ttft_ms ?? (facts.local || settings.local === true ? localTtftMs : defaultTtftMs),
      plainTtftMs: settings.timeouts.ttft_ms,
      idleMs: settings.timeouts.idle_ms,
      totalMs: settings.timeouts.total_ms,
      drainMs: settings.timeouts.drain_ms,
    },
    retry: {
      attempts: settings.retry.attempts,
      backoffMs: settings.retry.backoff_ms,
      onStatusCodes: settings.retry.on_status_codes,
      useRetryAfter: settings.retry.use_retry_after,
    },
    headers: Object.fromEntries(Object.entries(settings.headers).map(([name, value]) => [name.toLowerCase(), value])),
    proxy: proxyOf(settings.proxy),
    // A private address that the user wrote into the file is an address the user meant.
    local: settings.local ?? (facts.local || localHost),
    models: listed,
    rulesFor: (model) => factsFor(model).rules ?? {},
    factsFor,
    closedModels: settings.closed_models,
    // Who defines it says what its id means.
    ...(isDefined
      ? { dataPolicy: dataPolicyOf({ ...known, vouched: context.dataPolicies?.get(settings.id) }), unvouched }
      : unvouched),
    tlsCa: settings.tls_ca,
    options: optionsOf(settings),
  };
}

/** Whether nobody charges for what a provider runs: it does so on this machine or network. */
export function chargesNothing(kind: ProviderSettings['kind'], baseUrl: string): boolean {
  return kind === 'demo' || (kindFacts[kind].local && isLocalHost(URL.parse(baseUrl)?.hostname ?? ''));
}

/** The provider that is always there. */
export function demoProvider(): Provider {
  const settings = providerSettings.parse({ id: 'demo', kind: 'demo' });
  const catalogue: Catalogue = {
    ...{ date: '', changes: [], priors: noPriors },
    modelsOf: () => new Map(),
    pricesOf: () => undefined,
    boundFor: () => undefined,
  };
  // It has no keys, no address and no prices, so nothing is ever found about it.
  const findings = new Findings('', () => ({ line: 1, column: 1 }));
  const nothing = { config: { pricing: [] }, resolutions: new Map(), findings, path: [], now: 0 };
  return compileProvider(settings, { ...nothing, catalogue });
}

/** The address that settings come to, without a slash at its end. */
export function baseUrlOf(settings: ProviderSettings, facts: KindFacts): string {
  const written = settings.base_url ?? facts.baseUrl ?? '';
  const location = settings.location ?? 'global';
  return written
    .replace('{region}', settings.region ?? '')
    .replace('{location}-', location === 'global' ? '' : `${location}-`)
    .replace(/\/+$/, '');
}

function optionsOf(settings: ProviderSettings): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  if (settings.api_version !== undefined) options['apiVersion'] = settings.api_version;
  if (settings.region !== undefined) options['region'] = settings.region;
  if (settings.project !== undefined) options['project'] = settings.project;
  if (settings.kind === 'vertex') options['location'] = settings.location ?? 'global';
  return options;
}

function proxyOf(text: string): Provider['proxy'] {
  return text === 'system' || text === 'direct' ? { kind: text } : { kind: 'url', url: text };
}

// ---------------------------------------------------------------- credentials

/** What is looked up for a provider without `keys`: the variables its own SDK reads. Only at the vendor's own address. */
export function implicitReferences(settings: ProviderSettings): readonly string[] {
  const facts = kindFacts[settings.kind];
  if (settings.keys !== undefined || facts.keyless || settings.base_url !== undefined) return [];
  const aws = settings.kind === 'bedrock' ? awsVariables : [];
  return [...facts.keyEnv, ...aws].map((name) => `env:${name}`);
}

const awsVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

function credentialsOf(
  settings: ProviderSettings,
  facts: KindFacts,
  context: CompileProviderContext,
): readonly Credential[] {
  if (settings.keys !== undefined && settings.keys.length > 0) {
    return settings.keys.map((key, index) => ({
      name: key.name ?? `key-${index + 1}`,
      weight: key.weight,
      models: key.models,
      secret: secretOf(key, index, context),
    }));
  }
  return [{ name: 'default', weight: 1, models: ['*'], secret: implicitSecret(settings, facts, context) }];
}

function implicitSecret(
  settings: ProviderSettings,
  facts: KindFacts,
  context: CompileProviderContext,
): CredentialSecret {
  if (facts.keyless) return { kind: 'none' };
  if (settings.kind === 'vertex' && settings.keys === undefined) return { kind: 'google' };
  // Another provider may have had a variable looked up that is not for this one.
  const own = implicitReferences(settings);
  const found = (name: string): Secret | undefined => {
    if (!own.includes(`env:${name}`)) return undefined;
    const resolution = context.resolutions.get(`env:${name}`);
    return resolution?.kind === 'found' ? resolution.value : undefined;
  };
  const value = facts.keyEnv.map(found).find((secret) => secret !== undefined);
  if (value !== undefined) return { kind: 'key', value };
  if (settings.kind === 'bedrock') {
    const [accessKeyId, secretAccessKey, sessionToken] = awsVariables.map(found);
    if (accessKeyId !== undefined && secretAccessKey !== undefined) {
      return { kind: 'aws', accessKeyId, secretAccessKey, sessionToken };
    }
  }
  const name = facts.keyEnv[0] ?? 'API_KEY';
  const tried = own.length > 0 ? ` and ${facts.keyEnv.join(', ')} is not set` : '';
  const reason = `provider "${settings.id}" has no keys${tried}; add keys: [{ name: main, value: "env:${name}" }]`;
  context.findings.warning(context.path, reason, '');
  return { kind: 'missing', reason };
}

function secretOf(key: KeySettings, index: number, context: CompileProviderContext): CredentialSecret {
  const missing: string[] = [];
  const take = (
    name: 'value' | 'access_key_id' | 'secret_access_key' | 'session_token' | 'service_account',
  ): Secret | undefined => {
    const text = key[name];
    const resolution = text === undefined ? undefined : context.resolutions.get(text);
    if (resolution?.kind === 'found') return resolution.value;
    const path = [...context.path, 'keys', index, name];
    if (resolution?.kind === 'bad') context.findings.problem(path, resolution.problem, resolution.mend);
    else if (text !== undefined) {
      const reason = resolution?.reason ?? `${name} was not looked up`;
      context.findings.warning(path, reason, '');
      missing.push(reason);
    }
    return undefined;
  };
  const secret = formOf(key, take);
  return secret === undefined || missing.length > 0 ? { kind: 'missing', reason: missing.join('; ') } : secret;
}

function formOf(
  key: KeySettings,
  take: (
    name: 'value' | 'access_key_id' | 'secret_access_key' | 'session_token' | 'service_account',
  ) => Secret | undefined,
): CredentialSecret | undefined {
  if (key.adc === true) return { kind: 'google' };
  if (key.service_account !== undefined) {
    const serviceAccount = take('service_account');
    return serviceAccount === undefined ? undefined : { kind: 'google', serviceAccount };
  }
  if (key.access_key_id !== undefined) {
    const accessKeyId = take('access_key_id');
    const secretAccessKey = take('secret_access_key');
    const sessionToken = take('session_token');
    if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
    return { kind: 'aws', accessKeyId, secretAccessKey, sessionToken };
  }
  const value = take('value');
  return value === undefined ? undefined : { kind: 'key', value };
}
