/** Answers about clients: who is connected, a key and the settings for each. */
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function clientHandlers({ running }: ControlNeeds): Handlers {
  const clients = running?.clients;
  if (clients === undefined) return {};
  return {
    'clients.list': async () => ({ clients: await clients.list() }),
    'clients.connect': ({ id }) => clients.connect(id),
    'clients.disconnect': ({ id }) => clients.disconnect(id),
  };
}
