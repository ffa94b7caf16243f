/** Creates, lists and revokes virtual keys. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { ConfigNeed } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function keyHandlers(config: ConfigNeed): Handlers {
  return {
    'keys.create': ({ name, models }) => config.createKey({ name, models }),
    'keys.list': () => ({ keys: config.listKeys() }),
    'keys.revoke': async ({ id }) => {
      if (await config.revokeKey(id)) return { id };
      throw new GatewayError('control.not_found', `There is no key "${id}". \`sluice keys list\` shows the ids.`);
    },
  };
}
