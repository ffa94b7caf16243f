/** Fills, lists and empties the box of secrets. No reply and no message holds a value. */
import type { SecretUse } from '../../../shared/contract/secrets.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { Secret } from '../../kit/secret.ts';
import type { SecretsNeed } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function secretHandlers(secrets: SecretsNeed): Handlers {
  return {
    'secrets.set': async ({ id, value }) => ({ id, ...(await secrets.setSecret(id, new Secret(value))) }),
    'secrets.list': () => secrets.listSecrets(),
    'secrets.delete': async ({ id, force }) => {
      const { found, deleted, used_by } = await secrets.deleteSecret(id, force);
      if (!found) {
        throw new GatewayError(
          'control.not_found',
          `There is no secret "${id}" in the box. \`sluice secrets list\` shows the ids.`,
        );
      }
      if (deleted) return { id, used_by };
      throw new GatewayError(
        'control.refused',
        `Secret "${id}" is in use: ${used_by.map(spelt).join(', ')}. Take secret:${id} out of the config first, or delete it all the same with --force.`,
      );
    },
  };
}

function spelt({ provider, key }: SecretUse): string {
  return provider === null ? `virtual key "${key}"` : `key "${key}" of provider "${provider}"`;
}
