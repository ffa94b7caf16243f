/** Makes, changes, rotates, disables, lists and revokes virtual keys. */
import type { KeySettingsChange } from '../../../shared/contract/keys.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { ConfigNeed } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function keyHandlers({ keys }: ConfigNeed): Handlers {
  return {
    'keys.create': (request) => keys.create(request),
    'keys.list': () => ({ keys: keys.list() }),
    'keys.update': async ({ id, ...change }) => {
      if (isEmpty(change)) throw new GatewayError('control.invalid_input', 'Nothing is to be changed.');
      return there(id, await keys.update(id, change));
    },
    'keys.rotate': async ({ id, overlap_ms }) => there(id, await keys.rotate(id, overlap_ms)),
    'keys.disable': async ({ id }) => there(id, await keys.setDisabled(id, true)),
    'keys.enable': async ({ id }) => there(id, await keys.setDisabled(id, false)),
    'keys.revoke': async ({ id }) => ({ id: there(id, (await keys.revoke(id)) ? id : undefined) }),
  };
}

function isEmpty(change: KeySettingsChange): boolean {
  return Object.values(change).every((value) => value === undefined);
}

function there<Found>(id: string, found: Found | undefined): Found {
  if (found !== undefined) return found;
  throw new GatewayError('control.not_found', `There is no key "${id}". \`sluice keys list\` shows the ids.`);
}
