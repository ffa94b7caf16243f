/** What is told of a provider: everything but its credentials. */
import { kindFacts } from '../../shared/config/provider.ts';
import type { KeySettings, ProviderSettings } from '../../shared/config/provider-settings.ts';
import type { ProviderEntry, ProviderKeyEntry } from '../../shared/contract/providers.ts';
import type { Credential, CredentialSecret, Provider } from '../gateway/ports.ts';
import type { Secret } from '../kit/secret.ts';
import { implicitReferences } from './compile-provider.ts';
import type { Loaded } from './file-change.ts';
import { shownReference, withoutCredentials } from './private-values.ts';
import { appliedTo, type BundlePlace } from './team-layer.ts';

/** In the order of the file; the built-in one is the last. */
export function providerEntries({ sets: [inForce], snapshot, resolutions }: Loaded): ProviderEntry[] {
  const { config, findings } = inForce;
  const team = appliedTo(inForce);
  const written = new Map(config.providers.map((settings, index) => [settings.id, { settings, index }]));
  return [...snapshot.providers.values()].map((provider) => {
    const { settings, index } = written.get(provider.id) ?? {};
    const facts = kindFacts[provider.kind];
    const where = index === undefined ? null : findings.origin(['providers', index]);
    const references = settings === undefined ? [] : referencesOf(settings, resolutions);
    return {
      id: provider.id,
      kind: provider.kind,
      label: facts.label,
      base_url: provider.baseUrl,
      local: provider.local,
      keyless: facts.keyless,
      keys: provider.credentials.flatMap((credential, at) => keyEntry(credential, references[at])),
      models: provider.models.size,
      proxy: proxyText(provider.proxy),
      origin: originOf(where, index === undefined ? undefined : team?.place(['providers', index])),
    };
  });
}

function originOf(where: string | null, place: BundlePlace | undefined): ProviderEntry['origin'] {
  if (place !== undefined) return { source: 'team', where, locked: true, reason: null };
  return { source: where === null ? 'default' : 'you', where, locked: false, reason: null };
}

/** What the key at this place of its provider is called. */
export function keyName({ name }: KeySettings, index: number): string {
  return name ?? `key-${index + 1}`;
}

/** As the provider's credentials stand: of one without keys the variable in which its key was found, or is looked for first. */
function referencesOf(settings: ProviderSettings, resolutions: Loaded['resolutions']): readonly string[] {
  if (settings.keys !== undefined && settings.keys.length > 0) return settings.keys.map(referenceOf);
  if (settings.kind === 'vertex') return ['adc'];
  const tried = implicitReferences(settings);
  return [tried.find((text) => resolutions.get(text)?.kind === 'found') ?? tried[0] ?? ''];
}

function referenceOf(key: KeySettings): string {
  const text = key.value ?? key.service_account ?? key.access_key_id;
  return text === undefined ? 'adc' : shownReference(text);
}

function keyEntry({ name, secret, weight, models }: Credential, reference = ''): ProviderKeyEntry[] {
  if (secret.kind === 'none') return [];
  const reason = secret.kind === 'missing' ? secret.reason : null;
  return [{ name, reference, available: reason === null, reason, hint: hintOf(secret), weight, models: [...models] }];
}

/** From this length on four characters say which key it is and do not help to guess the rest. */
const hintedLength = 12;

function hintOf(secret: CredentialSecret): string | null {
  const shown: Secret | undefined =
    secret.kind === 'key' ? secret.value : secret.kind === 'aws' ? secret.accessKeyId : undefined;
  const text = shown?.reveal() ?? '';
  return text.length < hintedLength ? null : text.slice(-4);
}

function proxyText(proxy: Provider['proxy']): string {
  return proxy.kind === 'url' ? withoutCredentials(proxy.url) : proxy.kind;
}
