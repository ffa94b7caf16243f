/** How the running instance is, as the window and the command line are told. */
import type { AppStatus } from '../../shared/contract/app.ts';
import type { ControlNeeds } from './needs.ts';

/** What it takes to tell it: there is no status without an instance. */
export interface StatusNeeds extends Pick<ControlNeeds, 'config' | 'ledger'> {
  readonly running: NonNullable<ControlNeeds['running']>;
}

export function statusOf({ config, ledger, running }: StatusNeeds): AppStatus {
  const { gateway, instance, pause, bundles } = running;
  return {
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
    paused: pause?.paused() ?? null,
    pass_through_refused: pause?.passThroughRefused() ?? null,
    bundles: [...(bundles?.standing() ?? [])],
  };
}
