/** Adds, changes and lists providers. No reply holds a credential. */
import { kindFacts, providerKinds } from '../../../shared/config/provider.ts';
import type { ProviderKindEntry } from '../../../shared/contract/providers.ts';
import { fileOnlyKinds } from '../../config/provider-keeper.ts';
import { Secret } from '../../kit/secret.ts';
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function providerHandlers({ config }: ControlNeeds): Handlers {
  return {
    'providers.list': () => ({ providers: config.providers.list() }),
    'providers.kinds': () => ({ kinds }),
    'providers.add': ({ kind, id, base_url, key }) =>
      config.providers.add({ kind, id, baseUrl: base_url, key: key === undefined ? undefined : new Secret(key) }),
    'providers.set_key': ({ id, name, value }) => config.providers.setKey(id, name, new Secret(value)),
    'providers.keep_key': ({ id, name }) => config.providers.keepKey(id, name),
    'providers.move': ({ id, base_url, confirm }) => config.providers.move(id, base_url, confirm),
    'providers.remove': ({ id }) => config.providers.remove(id),
  };
}

/** All that can be added: the demo provider is there already. */
const kinds: ProviderKindEntry[] = providerKinds
  .filter((kind) => kind !== 'demo')
  .map((kind) => {
    const { label, baseUrl, keyless, local, keyEnv } = kindFacts[kind];
    return {
      kind,
      label,
      base_url: baseUrl ?? null,
      keyless,
      local,
      key_env: [...keyEnv],
      file_only: fileOnlyKinds.includes(kind),
    };
  });
