/** From a checked config and resolved secrets to the snapshot the gateway runs on. Pure: same input, same snapshot. */
import { createHash } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import type { VirtualKeySettings } from '../../shared/config/key.ts';
import type { Provider, Route, Snapshot, VirtualKey } from '../gateway/ports.ts';
import type { Secret } from '../kit/secret.ts';
import { resolveModelGlob, type Catalogue } from './catalogue.ts';
import { compileProvider, demoProvider, implicitReferences, userModels } from './compile-provider.ts';
import { createKeyTable, digestOf, type KeyEntry } from './keys.ts';
import { nearestName, type Findings } from './problems.ts';
import { expandTarget, type SupportedStrategy } from './route-checks.ts';
import { fingerprint, referencesIn, type Resolutions } from './secrets.ts';
import { kindFacts } from '../../shared/config/provider.ts';

export interface CompileInput {
  readonly config: Config;
  readonly resolutions: Resolutions;
  readonly catalogue: Catalogue;
  readonly findings: Findings;
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
  const routes = config.routes.map((_, index) => compileRoute(index, input));
  if (findings.problems.length > before) return undefined;
  return {
    id: snapshotId(config, input.resolutions),
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

function compileRoute(index: number, input: CompileInput): Route {
  const { config } = input;
  const route = config.routes[index];
  if (route === undefined) throw new RangeError(`no route ${index}`);
  return {
    id: route.id ?? route.alias,
    alias: route.alias,
    // The checks have refused every other strategy.
    strategy: route.strategy as SupportedStrategy,
    targets: route.targets.map((written, at) => {
      const target = expandTarget(written);
      return {
        id: target.id ?? `${at + 1}`,
        providerId: target.provider,
        model: targetModel(target.provider, target.model, ['routes', index, 'targets', at], input),
        weight: target.weight,
      };
    }),
    fallbackOn: route.fallbacks.on.filter((rule) => typeof rule === 'string'),
  };
}

/** The model a target names. A pattern is settled here, so that a route means the same until the config changes. */
function targetModel(
  providerId: string,
  model: string,
  path: readonly (string | number)[],
  { config, catalogue, findings }: CompileInput,
): string {
  const provider = config.providers.find((one) => one.id === providerId);
  const known = new Map(provider === undefined ? [] : catalogue.modelsOf(kindFacts[provider.kind].catalogue));
  for (const own of provider === undefined ? [] : userModels(provider)) {
    // A model the user lists without facts counts as settled and of unknown age.
    known.set(own.id, known.get(own.id) ?? { id: own.id, sampling: true, unsettled: false, released: '' });
  }
  const resolved = resolveModelGlob(known, model);
  if (resolved !== undefined) return resolved;
  const near = nearestName(model.replaceAll('*', ''), known.keys());
  findings.problem(
    path,
    `no known model of provider "${providerId}" fits "${model}"`,
    near === undefined ? 'Write the name of a model' : `Write the name of a model, such as ${near}`,
  );
  return model;
}

/** Changes when the meaning of the file or a secret behind it changes; not with comments, order of keys or spacing. */
function snapshotId(config: Config, resolutions: Resolutions): string {
  const secrets = [...resolutions].map(([text, resolution]) => [text, fingerprint(resolution)]).sort();
  const hash = createHash('sha256').update(canonicalJson(config)).update('\0').update(canonicalJson(secrets));
  return `sha256:${hash.digest('hex')}`;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
