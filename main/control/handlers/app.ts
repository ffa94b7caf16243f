/** Answers about the instance itself; without a running one only what the config tells. */
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function appHandlers({ config, ledger, running }: ControlNeeds): Handlers {
  const facts: Handlers = {
    'app.facts': async () => ({
      config: config.state(),
      credentials: await config.credentials(),
      listen: { host: config.config.listen.host, port: config.config.listen.port },
    }),
  };
  if (running === undefined) return facts;
  const { gateway, instance } = running;
  return {
    ...facts,
    'app.status': () => ({
      pid: instance.pid,
      version: instance.version,
      started_at: new Date(instance.startedAt).toISOString(),
      uptime_ms: Math.round(instance.uptimeMs()),
      data_directory: instance.dataDirectory,
      gateway: gateway.status(),
      config: config.state(),
      ledger: ledger.health(),
      health: gateway.health(),
      offline: gateway.isOffline(),
    }),
    'app.stop': () => {
      instance.shutdown();
      return { pid: instance.pid };
    },
    'app.prove': ({ challenge }) => ({ proof: gateway.prove(challenge) }),
  };
}
