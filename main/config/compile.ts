/** From a checked config and resolved secrets to the snapshot the gateway runs on. Pure: same input, same snapshot. */
import { createHash } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import type { VirtualKeySettings } from '../../shared/config/key.ts';
import type { Provider, Route, Snapshot, VirtualKey } from '../gateway/ports.ts';
import type { Secret } from '../kit/secret.ts';
import { version } from '../kit/version.ts';
import type { Catalogue } from './catalogue.ts';
import { compileProvider, demoProvider, implicitReferences } from './compile-provider.ts';
import { compileRoutes } from './compile-route.ts';
import { createKeyTable, digestOf, type KeyEntry } from './keys.ts';
import { pricesInForce } from './pricing.ts';
import type { Findings } from './problems.ts';
import { fingerprint, referencesIn, type Resolutions } from './secrets.ts';

export interface CompileInput {
  readonly config: Config;
  readonly resolutions: Resolutions;
  readonly catalogue: Catalogue;
  readonly findings: Findings;
  /** Milliseconds since 1970: decides which prices hold. */
  readonly now: number;
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
 * is a problem, as is a pattern of models that nothing fits: then the answer is `undefined` and the findings say why.
 */
export function compileConfig(input: CompileInput): Snapshot | undefined {
  const { config, findings } = input;
  const before = findings.problems.length;
  const providers = new Map<string, Provider>();
  for (const [index, settings] of config.providers.entries()) {
    providers.set(settings.id, compileProvider(settings, { ...input, path: ['providers', index] }));
  }
  if (!providers.has('demo')) providers.set('demo', demoProvider());
  const keys = config.virtual_keys.flatMap((key, index) => compileKey(key, index, input));
  const routes = compileRoutes({ config, providers, findings });
  if (findings.problems.length > before) return undefined;
  return {
    id: snapshotId(input, routes),
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
    keys: createKeyTable(keys),
  };
}

function compileKey(settings: VirtualKeySettings, index: number, { resolutions, findings }: CompileInput): KeyEntry[] {
  const path = ['virtual_keys', index, 'value'];
  const digest = keyDigest(settings, resolutions);
  if (Buffer.isBuffer(digest)) return [{ key: virtualKey(settings), digest }];
  // Without its secret nobody can present the key, so leaving it out lets nobody in.
  if (digest.mend === '') findings.warning(path, `key "${settings.id}" cannot be used: ${digest.problem}`, '');
  else findings.problem(path, digest.problem, digest.mend);
  return [];
}

function keyDigest(settings: VirtualKeySettings, resolutions: Resolutions): Buffer | { problem: string; mend: string } {
  if (settings.value.startsWith('sha256:')) return Buffer.from(settings.value.slice('sha256:'.length), 'hex');
  const resolution = resolutions.get(settings.value);
  switch (resolution?.kind) {
    case 'found':
      return digestOf(resolution.value.reveal());
    case 'bad':
      return resolution;
    default:
      return { problem: resolution?.reason ?? 'its secret was not looked up', mend: '' };
  }
}

function virtualKey(settings: VirtualKeySettings): VirtualKey {
  return {
    id: settings.id,
    name: settings.name ?? settings.id,
    allowedModels: settings.allowed_models,
    deniedModels: settings.denied_models,
    metadata: settings.metadata,
    expiresAt: settings.expires_at === undefined ? undefined : Date.parse(settings.expires_at),
    allowedOrigins: settings.allowed_origins,
  };
}

/**
 * Changes with whatever a decision rests on or names: the meaning of the file, the secrets behind it, the prices that hold
 * now, the catalogue, this program, and the lines where routes stand; not with comments, order of keys or spacing otherwise.
 */
function snapshotId({ config, resolutions, catalogue, now }: CompileInput, routes: readonly Route[]): string {
  const secrets = [...resolutions].map(([text, resolution]) => [text, fingerprint(resolution)]).sort();
  const origins = routes.map((route) => route.origin);
  const rest = { version, catalogue: catalogue.date, prices: pricesInForce(config.pricing, now), origins };
  const parts = [config, secrets, rest].map(canonicalJson);
  return `sha256:${createHash('sha256').update(parts.join('\0')).digest('hex')}`;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
