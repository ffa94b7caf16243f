/** Policy access: may this key use this model? */
import { matchesAny } from '../../kit/glob.ts';
import type { VirtualKey } from '../ports.ts';

/** `true` when any of the names a model goes by may be used: as asked, as `provider/model`, bare. Denials win. */
export function mayUseModel(
  key: Pick<VirtualKey, 'allowedModels' | 'deniedModels'>,
  names: readonly string[],
): boolean {
  if (names.some((name) => matchesAny(key.deniedModels, name))) return false;
  return names.some((name) => matchesAny(key.allowedModels, name));
}
