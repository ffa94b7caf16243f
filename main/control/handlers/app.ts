/** Answers about the instance itself; without a running one only what the config tells. */
import type { ControlNeeds } from '../needs.ts';
import type { PauseNeed } from '../window-needs.ts';
import { statusOf } from '../status.ts';
import type { Handlers } from './handler.ts';

function pauseHandlers(pause: PauseNeed): Handlers {
  return {
    'app.pause': ({ minutes, mode }) => ({ paused: pause.pause(minutes, mode) }),
    'app.resume': () => {
      pause.resume();
      return { paused: pause.paused() };
    },
  };
}

export function appHandlers({ config, ledger, running }: ControlNeeds): Handlers {
  const facts: Handlers = {
    'app.facts': async () => ({
      config: config.state(),
      credentials: await config.credentials(),
      listen: { host: config.config.listen.host, port: config.config.listen.port },
    }),
  };
  if (running === undefined) return facts;
  const { gateway, instance, pause, link } = running;
  return {
    ...facts,
    ...(pause === undefined ? {} : pauseHandlers(pause)),
    'app.status': () => statusOf({ config, ledger, running }),
    'app.link': () => ({ url: link?.newLink() ?? null }),
    'app.stop': () => {
      instance.shutdown();
      return { pid: instance.pid };
    },
    'app.prove': ({ challenge }) => ({ proof: gateway.prove(challenge) }),
  };
}
