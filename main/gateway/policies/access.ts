/** Policy access: may this key use this model? */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { matchesAny } from '../../kit/glob.ts';
import type { Target } from '../exchange.ts';
import type { VirtualKey } from '../ports.ts';

/** `true` when any of the names a model goes by may be used: as asked, as `provider/model`, bare. Denials win. */
export function mayUseModel(key: VirtualKey, names: readonly string[]): boolean {
  if (names.some((name) => matchesAny(key.deniedModels, name))) return false;
  return names.some((name) => matchesAny(key.allowedModels, name));
}

function namesOf(target: Target): string[] {
  return [`${target.provider.id}/${target.model}`, target.model];
}

/** The targets this key may use. Throws `admit.model_denied` when none is left. */
export function allowedTargets(key: VirtualKey, modelAsked: string, targets: readonly Target[]): readonly Target[] {
  const asked = modelAsked;
  const left = targets.filter((target) => mayUseModel(key, [...namesOf(target), asked]));
  if (left.length === 0) {
    throw new GatewayError(
      'admit.model_denied',
      `The key "${key.name}" may not use "${modelAsked}" (its allowed_models or denied_models say so).`,
      {
        param: 'model',
      },
    );
  }
  return left;
}
