/** The composition root: config, ledger, control plane and gateway joined around a host. Knows no Electron. */
import { randomBytes } from 'node:crypto';
import { isLoopbackHost } from './config/addresses.ts';
import { openConfigStore, type ConfigStore } from './config/store.ts';
import { createDispatch, type Dispatch } from './control/dispatch.ts';
import { createEvents, type Events } from './control/events.ts';
import { announceExchanges } from './control/exchange-events.ts';
import { announceHealth, healthEntryOf } from './control/health-events.ts';
import { RoutingMemory } from './documents/routing-memory.ts';
import { startGateway, verify, type Gateway } from './gateway/gateway.ts';
import type { ExchangeRecord } from './gateway/exchange.ts';
import type { Random } from './gateway/ports.ts';
import type { Host } from './host/host.ts';
import { systemProxyFor } from './host/system-proxy.ts';
import { systemClock, type Clock } from './kit/clock.ts';
import { dataFiles } from './kit/data-directory.ts';
import type { Log } from './kit/log.ts';
import type { Redactor } from './kit/redact.ts';
import type { Secret } from './kit/secret.ts';
import { version } from './kit/version.ts';
import { createLedger } from './ledger/sqlite.ts';
import type { Ledger } from './ledger/ledger.ts';

export interface AppOptions {
  readonly host: Host;
  readonly configFile: string | undefined;
  readonly listenHost: string | undefined;
  readonly port: number | undefined;
  readonly log: Log;
  readonly redactor: Redactor;
  /** Ends the process once the app was stopped. */
  readonly onShutdown: () => void;
  /** A first start made this key. Told before the port is opened: should that fail, nobody could learn it later. */
  readonly onFirstKey: (key: Secret) => void;
}

export interface App {
  readonly config: ConfigStore;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly dispatch: Dispatch;
  readonly events: Events;
  /** Drains, flushes, closes. */
  stop(graceMs: number): Promise<void>;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits from a pool of strong random bytes, refilled now and then: a call a request would be slow. */
export function createRandom(): Random {
  let pool = randomBytes(4096);
  let at = 0;
  const byte = (): number => {
    if (at >= pool.length) {
      pool = randomBytes(4096);
      at = 0;
    }
    return pool[at++] ?? 0;
  };
  return {
    next: () => ((byte() << 16) | (byte() << 8) | byte()) / 0x1000000,
    id(count) {
      let text = '';
      while (text.length < count) {
        const value = byte();
        // 252 is the largest multiple of 36 in a byte: no letter is likelier than another.
        if (value < 252) text += letters[value % letters.length] ?? '';
      }
      return text;
    },
  };
}

/** Starts everything but the doors of the command line and the window. Rejects with `ConfigError` or `BindError`. */
export async function startApp(options: AppOptions): Promise<App> {
  const { host, log, redactor } = options;
  const clock: Clock = systemClock;
  const files = dataFiles(host.dataDir);
  const random = createRandom();
  const events = createEvents();
  const redact = (text: string): string => redactor.redact(text);
  const current: { gateway: Gateway | undefined } = { gateway: undefined };
  redactor.learn('host', [host.installKey]);
  const ledger = createLedger({ file: files.ledger, clock, log, redact });
  let config: ConfigStore | undefined;
  try {
    config = await openConfigStore({
      file: options.configFile ?? files.config,
      host,
      clock,
      log,
      watching: true,
      onSnapshot(snapshot, secrets, settings) {
        redactor.learn('config', secrets);
        ledger.configure({ retentionDays: settings.logging.retention_days, maxSizeMb: settings.logging.max_size_mb });
        current.gateway?.apply(snapshot);
      },
    });
    if (config.firstKey !== undefined) options.onFirstKey(config.firstKey);
    refuseExposure(options.listenHost, config);
    const memory = new RoutingMemory({ file: files.routing, log, clock, redact });
    const saving = keepMemory(() => current.gateway, memory);
    const recording = announceExchanges(ledger, events, redact);
    const ports = {
      clock,
      random,
      log,
      ledger: {
        ...recording,
        close(record: ExchangeRecord) {
          recording.close(record);
          saving.soon();
        },
      },
      systemProxy: systemProxyFor(host),
      installKey: host.installKey,
    };
    current.gateway = await startGateway({
      snapshot: config.snapshot,
      ports,
      memory: await memory.load(),
      onHealth: (change) => {
        if (current.gateway !== undefined) announceHealth(change, current.gateway, events);
      },
      host: options.listenHost,
      port: options.port,
    });
    return assemble({ options, config, ledger, gateway: current.gateway, saving, random, clock, events });
  } catch (error) {
    // What was opened would keep the process alive.
    await config?.close();
    await ledger.stop();
    throw error;
  }
}

function assemble(parts: ControlParts & { readonly events: Events; readonly saving: Saving }): App {
  const { config, gateway, ledger, events, saving } = parts;
  return {
    config,
    gateway,
    ledger,
    dispatch: createControl(parts),
    events,
    async stop(graceMs) {
      await gateway.stop(graceMs);
      await saving.stop();
      events.close();
      await config.close();
      await ledger.stop();
    },
  };
}

/** What routing learned is written down so long after it began to change: a crash costs a few minutes of it. */
const memoryAfterMs = 5 * 60_000;

interface Saving {
  /** Something was learned. */
  soon(): void;
  /** Saves once more and ends. */
  stop(): Promise<void>;
}

function keepMemory(gateway: () => Gateway | undefined, memory: RoutingMemory): Saving {
  let timer: NodeJS.Timeout | undefined;
  const save = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const running = gateway();
    if (running !== undefined) await memory.save(running.memory());
  };
  return {
    soon() {
      timer ??= setTimeout(() => void save(), memoryAfterMs).unref();
    },
    stop: save,
  };
}

/** SEC-03: a host given on the command line is as much a decision as one in the file. */
function refuseExposure(host: string | undefined, config: ConfigStore): void {
  if (host === undefined || isLoopbackHost(host) || config.config.listen.acknowledge_exposure) return;
  throw new ExposureError(
    `--host ${host} would let other machines reach this port. If that is meant, set listen.acknowledge_exposure: true in ${config.state().file}; every request still needs a key.`,
  );
}

/** The port would be open to other machines without anybody having said so. */
export class ExposureError extends Error {}

interface ControlParts {
  readonly options: AppOptions;
  readonly config: ConfigStore;
  readonly ledger: Ledger;
  readonly gateway: Gateway;
  readonly random: Random;
  readonly clock: Clock;
}

function createControl({ options, config, ledger, gateway, random, clock }: ControlParts): Dispatch {
  const startedAt = clock.now();
  const startedMonotonic = clock.monotonic();
  return createDispatch({
    config,
    ledger,
    randomId: (count) => random.id(count),
    log: options.log,
    running: {
      gateway: {
        status: () => ({
          urls: [...gateway.urls],
          providers: config.snapshot.providers.size,
          // Those of the file: the built-in aliases are always there.
          routes: config.config.routes.length,
          keys: config.snapshot.keys.count,
          running: gateway.status().running,
        }),
        prove: (challenge) => gateway.prove(challenge),
        health: () => gateway.health().map(healthEntryOf),
        isOffline: () => gateway.isOffline,
        explain: verify,
        simulate: (request) => Promise.resolve({ decision: gateway.simulate(request) }),
      },
      instance: {
        pid: process.pid,
        version,
        dataDirectory: options.host.dataDir,
        startedAt,
        uptimeMs: () => clock.monotonic() - startedMonotonic,
        shutdown: options.onShutdown,
      },
    },
  });
}
