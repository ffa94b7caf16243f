/** Fills, lists and empties the box of secrets. No reply and no message holds a value. */
import type { SecretUse } from '../../../shared/contract/secrets.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { Secret } from '../../kit/secret.ts';
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function secretHandlers({ config: secrets, running }: ControlNeeds): Handlers {
  return {
    'secrets.set': async ({ id, value }) => ({ id, ...(await secrets.setSecret(id, new Secret(value))) }),
    'secrets.list': () => secrets.listSecrets(),
    'secrets.protect': ({ passphrase }) => secrets.openSecrets((box) => box.protect(new Secret(passphrase))),
    'secrets.unlock': ({ passphrase }) => secrets.openSecrets((box) => box.unlock(new Secret(passphrase))),
    'secrets.retry': () => secrets.openSecrets((box) => box.retry()),
    ...(running === undefined ? {} : revealHandlers(running)),
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

/** Only beside a running instance can there be a desktop. */
function revealHandlers({ desktop }: Pick<NonNullable<ControlNeeds['running']>, 'desktop'>): Handlers {
  return {
    'secrets.reveal': async ({ id }) => {
      const shell = desktop?.();
      if (shell !== undefined) return { shown: await shell.reveal(id) };
      throw new GatewayError('control.unsupported', 'Only the desktop app shows a secret, in a dialog of its own.');
    },
  };
}

function spelt({ provider, key }: SecretUse): string {
  return provider === null ? `virtual key "${key}"` : `key "${key}" of provider "${provider}"`;
}
