/** Providers that bundles define: in place of the user's where that is enforced, beside them where it is suggested. */
import type { ProviderDefinition } from '../../../shared/bundle/sections.ts';
import { providerSettings, type ProviderSettings } from '../../../shared/config/provider-settings.ts';
import { secretIdPattern } from '../../../shared/domain/secret-id.ts';
import type { DataPolicy } from '../../gateway/ports.ts';
import { byUser, type Draft, type Written } from './draft.ts';
import { sourceAt, type Part, type Source } from './parts.ts';

interface Defined {
  readonly id: string;
  readonly definition: ProviderDefinition;
  readonly settings: ProviderSettings;
  readonly source: Source;
}

export interface DefinedProviders {
  /** What bundles vouch for, by ids of the providers they define. */
  readonly dataPolicies: ReadonlyMap<string, DataPolicy>;
  /** Which of them defines each. */
  readonly definers: ReadonlyMap<string, Part>;
}

export function applyProviders(draft: Draft): DefinedProviders {
  const { enforced, defaults } = draft.parts;
  const own = draft.config.providers;
  const forced = firstById(enforced.flatMap(definedBy));
  const taken = new Set([...forced.keys(), ...own.map(({ id }) => id)]);
  const suggested = firstById(defaults.flatMap(definedBy).filter(({ id }) => !taken.has(id)));
  const kept = byUser(own).map((one): Written<ProviderSettings> => {
    const [defined] = forced.get(one.entry.id) ?? [];
    return defined === undefined ? one : written(defined);
  });
  const known = new Set(own.map(({ id }) => id));
  const added = [...forced.values(), ...suggested.values()].flatMap(([one]) =>
    known.has(one.id) ? [] : [written(one)],
  );
  draft.config = { ...draft.config, providers: draft.list('providers', [...kept, ...added]) };
  tell(draft, forced, suggested);
  const defined = [...forced, ...suggested];
  return {
    dataPolicies: new Map(defined.map(([id, [{ definition }]]) => [id, policyOf(definition)])),
    definers: new Map(defined.map(([id, [{ source }]]) => [id, source.part])),
  };
}

type ById = ReadonlyMap<string, readonly [Defined, ...Defined[]]>;

function firstById(defined: readonly Defined[]): ById {
  const byId = new Map<string, [Defined, ...Defined[]]>();
  for (const one of defined) {
    const same = byId.get(one.id);
    if (same === undefined) byId.set(one.id, [one]);
    else same.push(one);
  }
  return byId;
}

function definedBy(part: Part): readonly Defined[] {
  return Object.entries(part.says.providers?.define ?? {}).flatMap(([id, definition]) => {
    const settings = settingsOf(part.id, id, definition);
    return settings === undefined
      ? []
      : [{ id, definition, settings, source: sourceAt(part, 'providers', 'define', id) }];
  });
}

/** `undefined` for one that no provider can be made of. Only what its kind knows is taken over. */
function settingsOf(bundle: string, id: string, definition: ProviderDefinition): ProviderSettings | undefined {
  const { kind, base_url, auth, tls_ca, headers, local, api_version, region, project, location, models } = definition;
  if (id === 'demo' && kind !== 'demo') return undefined;
  const secret = `${bundle}.${auth?.slot ?? ''}`;
  // Without a slot it has no key at all, also none that other providers of its kind would find.
  const keys = auth === undefined || !secretIdPattern.test(secret) ? [] : [{ value: `secret:${secret}` }];
  const parsed = providerSettings.safeParse({
    ...{ id, kind, base_url, keys, tls_ca, headers, local },
    ...(kind === 'azure-openai' ? { api_version } : {}),
    ...(kind === 'bedrock' ? { region } : {}),
    ...(kind === 'vertex' ? { project, location } : {}),
    models,
  });
  return parsed.success ? parsed.data : undefined;
}

function policyOf({ data_policy, region }: ProviderDefinition): DataPolicy {
  return { training: data_policy?.training, retentionDays: data_policy?.retention, region };
}

function written({ settings, source }: Defined): Written<ProviderSettings> {
  return { entry: settings, by: { kind: 'bundle', source } };
}

function tell({ told, own }: Draft, forced: ById, suggested: ById): void {
  const { providers } = own.config;
  for (const [id, [first, ...others]] of [...forced, ...suggested]) {
    const index = providers.findIndex((one) => one.id === id);
    const yours = providers[index];
    const names = others.map(({ source }) => source.part.name);
    const beside = { others: yours === undefined ? names : [...names, own.origin(['providers', index])] };
    told.bundle(
      first.source,
      first.definition,
      yours === undefined ? beside : { ...beside, yours: shown(yours) },
      yours === undefined ? undefined : `/providers/${index}`,
    );
  }
  for (const [index, one] of providers.entries()) {
    if (forced.has(one.id)) continue;
    told.user(`/providers/define/${one.id}`, shown(one), ['providers', index]);
  }
}

/** Nothing of its keys, headers and proxy: a file may hold secrets in plain text. */
function shown({ kind, base_url, region, models }: ProviderSettings): ProviderDefinition {
  const names = models.map((model) => (typeof model === 'string' ? model : model.id));
  return {
    kind,
    ...(base_url === undefined ? {} : { base_url: withoutPassword(base_url) }),
    ...(region === undefined ? {} : { region }),
    ...(names.length === 0 ? {} : { models: names }),
  };
}

function withoutPassword(address: string): string {
  const url = URL.parse(address);
  return url === null ? '' : `${url.origin}${url.pathname}`;
}
