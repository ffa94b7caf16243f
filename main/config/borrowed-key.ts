/** A provider's key that rests outside the box of secrets, in the environment or a file: where it is, and what it is now. */
import type { ProviderSettings } from '../../shared/config/provider-settings.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Secret } from '../kit/secret.ts';
import { implicitReferences } from './compile-provider.ts';
import { keyName } from './provider-facts.ts';
import { parseReference, type Resolutions } from './secrets.ts';

/**
 * The key of this name, or the first. Its name is `undefined` where none is written out and one is found all the same. Throws
 * `control.refused` where there is nothing to take.
 */
export function borrowedKey(
  settings: ProviderSettings,
  name: string | undefined,
  resolutions: Resolutions,
): { readonly name: string | undefined; readonly value: Secret } {
  const { id, kind, keys = [] } = settings;
  const at = name === undefined ? 0 : keys.findIndex((key, place) => keyName(key, place) === name);
  const key = keys[at];
  if (keys.length > 0 && key === undefined) throw refused(`Provider "${id}" has no such key.`);
  if (kind === 'bedrock' || kind === 'vertex')
    throw refused(`What provider "${id}" signs in with is no single value. Change it in the config file.`);
  const implied = implicitReferences(settings).find((one) => resolutions.get(one)?.kind === 'found');
  const text = key === undefined ? implied : key.value;
  if (text === undefined || !['env', 'file'].includes(parseReference(text).kind))
    throw refused(`The key of provider "${id}" is not in the environment or a file.`);
  const found = resolutions.get(text);
  if (found?.kind === 'found') return { name: key && keyName(key, at), value: found.value };
  throw refused(`There is nothing to take: ${found?.kind === 'missing' ? found.reason : 'there is no key'}.`);
}

function refused(message: string): GatewayError {
  return new GatewayError('control.refused', message);
}
