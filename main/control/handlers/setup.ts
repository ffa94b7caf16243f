/** Answers of the first minutes: what is on this machine, and taking it over. */
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function setupHandlers({ running }: ControlNeeds): Handlers {
  const { setup, documents, publish } = running ?? {};
  return {
    ...(setup === undefined
      ? {}
      : { 'setup.found': () => setup.found(), 'setup.import': ({ ids }) => setup.import(ids) }),
    ...(documents === undefined
      ? {}
      : {
          'setup.finish': async ({ done }) => {
            await documents.setWelcomed(done);
            publish?.({ event: 'documents.changed', data: { what: 'welcome' } });
            return { done };
          },
        }),
  } satisfies Handlers;
}
