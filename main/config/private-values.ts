/** What a config file may hold and nobody is shown: secrets written out, and addresses that have credentials in them. */
import type { Config } from '../../shared/config/config.ts';
import type { ProviderSettings } from '../../shared/config/provider-settings.ts';
import type { ConfigPath } from './problems.ts';
import { parseReference } from './secrets.ts';

export interface PrivateValue {
  readonly path: ConfigPath;
  readonly value: string;
  /** What stands in its place where the config is shown. */
  readonly shown: string;
}

/** In place of a secret that the file has itself. */
export const literal = 'literal';

const keyFields = ['value', 'access_key_id', 'secret_access_key', 'session_token', 'service_account'] as const;

/** Headers are said to be static and not secret; by their names these are. */
const privateHeader = /auth|cookie|credential|key|passw|secret|token/i;

export function privateValues(config: Config): readonly PrivateValue[] {
  const { providers, virtual_keys, store, telemetry, policy_bundles } = config;
  return [
    ...providers.flatMap((provider, index) => ofProvider(provider, ['providers', index])),
    ...virtual_keys.flatMap(({ value, previous }, index) => [
      ...secretAt(value, ['virtual_keys', index, 'value']),
      ...previous.flatMap((one, at) => secretAt(one.value, ['virtual_keys', index, 'previous', at, 'value'])),
    ]),
    ...addressAt(store.ledger, ['store', 'ledger']),
    ...addressAt(store.counters, ['store', 'counters']),
    ...addressAt(telemetry.otlp_endpoint ?? '', ['telemetry', 'otlp_endpoint']),
    ...policy_bundles.flatMap(({ url, token = '' }, index) => [
      ...addressAt(url, ['policy_bundles', index, 'url']),
      ...secretAt(token, ['policy_bundles', index, 'token']),
    ]),
  ];
}

/** Values of headers that are secrets by their names. */
export function privateHeaders({ headers }: ProviderSettings): readonly (readonly [name: string, value: string])[] {
  return Object.entries(headers).filter(([name]) => privateHeader.test(name));
}

/** A reference as it is shown: the word `literal` for a secret that is written out. */
export function shownReference(text: string): string {
  return parseReference(text).kind === 'literal' ? literal : text;
}

/** An address without user, password and query, which may hold either. Of what is no address nothing is shown. */
export function withoutCredentials(address: string): string {
  const url = URL.parse(address);
  if (url === null) return literal;
  const isBare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (isBare) return address;
  for (const part of ['username', 'password', 'search', 'hash'] as const) url[part] = '';
  return url.href;
}

function ofProvider(provider: ProviderSettings, path: ConfigPath): readonly PrivateValue[] {
  return [
    ...(provider.keys ?? []).flatMap((key, index) =>
      keyFields.flatMap((field) => secretAt(key[field] ?? '', [...path, 'keys', index, field])),
    ),
    ...privateHeaders(provider).map(([name, value]) => ({ path: [...path, 'headers', name], value, shown: literal })),
    ...(provider.proxy === 'system' || provider.proxy === 'direct'
      ? []
      : addressAt(provider.proxy, [...path, 'proxy'])),
  ];
}

function secretAt(text: string, path: ConfigPath): readonly PrivateValue[] {
  const isPrivate = text !== '' && parseReference(text).kind === 'literal';
  return isPrivate ? [{ path, value: text, shown: literal }] : [];
}

function addressAt(address: string, path: ConfigPath): readonly PrivateValue[] {
  // `sqlite:` and `memory:` name no place that anybody signs in to.
  if (!address.includes('//')) return [];
  const shown = withoutCredentials(address);
  return shown === address ? [] : [{ path, value: address, shown }];
}
