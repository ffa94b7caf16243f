/** Sleep, shutdown and changes of the network, noticed without a timer and without asking around (FAULT-42, FAULT-43). */
import type { PowerMonitor } from 'electron';
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { Events } from '../control/events.ts';
import type { Clock } from '../kit/clock.ts';

export interface PowerOptions {
  readonly powerMonitor: Pick<PowerMonitor, 'on' | 'off'>;
  /** Something that is another text when the addresses of this machine are others. */
  readonly networks: () => string;
  readonly events: Pick<Events, 'subscribe'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** The machine slept: what was connected is dead, what was resolved is old. */
  readonly onWake: () => void;
  readonly onNetworkChange: () => void;
  /** The system is going down and gives a few seconds: end quickly. */
  readonly onShutdown: () => void;
}

/** A new way is used within so long of the next request (FAULT-43); looking costs the system about 0.1 ms. */
const lookEveryMs = 1_000;

/** Watches until what it returns is called. */
export function watchPower(options: PowerOptions): () => void {
  const { powerMonitor, networks, clock, onWake, onNetworkChange, onShutdown } = options;
  let known = networks();
  let lookedAt = clock.monotonic();

  function look(): void {
    lookedAt = clock.monotonic();
    const now = networks();
    if (now === known) return;
    known = now;
    onNetworkChange();
  }

  const onResume = (): void => {
    known = networks();
    lookedAt = clock.monotonic();
    onWake();
  };
  // Electron delays the system for an app that prevents the default, and expects it to be quick.
  const onSystemShutdown = (event?: { preventDefault(): void }): void => {
    event?.preventDefault();
    onShutdown();
  };
  powerMonitor.on('resume', onResume);
  powerMonitor.on('unlock-screen', look);
  powerMonitor.on('shutdown', onSystemShutdown);

  const subscription = options.events.subscribe();
  const follow = async (): Promise<void> => {
    for await (const event of subscription) {
      if (needsLook(event, clock.monotonic() - lookedAt)) look();
    }
  };
  void follow();

  return () => {
    subscription.stop();
    powerMonitor.off('resume', onResume);
    powerMonitor.off('unlock-screen', look);
    powerMonitor.off('shutdown', onSystemShutdown);
  };
}

/** The network matters when it is used, and when it seems to be gone or back. */
function needsLook(event: AnyEvent, sinceLookMs: number): boolean {
  if (event.event === 'health.changed') return event.data.entry === null || event.data.offline;
  return event.event === 'exchange.opened' && sinceLookMs >= lookEveryMs;
}

/** What `os.networkInterfaces()` gives. */
export type NetworkInterfaces = Readonly<
  Record<string, readonly { readonly cidr: string | null; readonly internal: boolean }[] | undefined>
>;

/** The addresses of this machine as one text, without those that never leave it. */
export function networkFingerprint(interfaces: NetworkInterfaces): string {
  return Object.entries(interfaces)
    .flatMap(([name, addresses = []]) =>
      addresses.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : [`${name} ${cidr}`])),
    )
    .sort()
    .join('\n');
}
