/** The composition root: config, ledger, control plane and gateway joined around a host. Knows no Electron. */
import { randomBytes } from 'node:crypto';
import { isLoopbackHost } from './config/addresses.ts';
import { openConfigStore, type ConfigStore } from './config/store.ts';
import { createPolicyControl } from './control/policy-control.ts';
import { announceBudget, createBudgetAsks, createBudgetControl } from './control/budget-control.ts';
import { createDispatch, type Dispatch } from './control/dispatch.ts';
import { createEvents, type Events } from './control/events.ts';
import { announceExchanges } from './control/exchange-events.ts';
import { announceHealth, healthEntryOf } from './control/health-events.ts';
import { RoutingMemory } from './documents/routing-memory.ts';
import { startGateway, verify, type Gateway, type StartOptions } from './gateway/gateway.ts';
import type { ExchangeRecord } from './gateway/exchange.ts';
import type { BudgetClaim } from './gateway/policies/budget-types.ts';
import type { BudgetState, GatewayPorts, Random } from './gateway/ports.ts';
import { contentKey } from './host/content-key.ts';
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
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';

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
  const ledger = createLedger({
    ...{ file: files.ledger, clock, log, redact },
    learned: () => redactor.learned,
    bodySecret: contentKey(host),
  });
  let telemetry: Telemetry | undefined;
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
        telemetry?.configure(settings.telemetry);
      },
    });
    if (config.firstKey !== undefined) options.onFirstKey(config.firstKey);
    refuseExposure(options.listenHost, config);
    const memory = new RoutingMemory({ file: files.routing, log, clock, redact });
    const saving = keepMemory(() => current.gateway, memory);
    const recording = announceExchanges(ledger, events, redact);
    telemetry = createAppTelemetry({ config, ledger, current, log, redact });
    const told = telemetry;
    const ports: GatewayPorts = {
      ...{ clock, random, log, spend: ledger.spend, metrics: told, installKey: host.installKey },
      ledger: {
        ...recording,
        close(record: ExchangeRecord) {
          recording.close(record);
          told.exchangeClosed(record);
          saving.soon();
        },
      },
      systemProxy: systemProxyFor(host),
    };
    current.gateway = await startGateway({
      snapshot: config.snapshot,
      ports,
      memory: await memory.load(),
      budgets: await recoveredBudgets(ledger, log),
      seed: seedFrom(ledger),
      ...budgetNews({ events, log, clock, telemetry }),
      onHealth: (change) => {
        told.healthChanged(change);
        if (current.gateway !== undefined) announceHealth(change, current.gateway, events);
      },
      host: options.listenHost,
      port: options.port,
    });
    const { budgets } = current.gateway;
    ledger.setBudgetState(() => budgets.save());
    return assemble({ options, config, ledger, gateway: current.gateway, telemetry, saving, random, clock, events });
  } catch (error) {
    // What was opened would keep the process alive.
    await telemetry?.stop();
    await config?.close();
    await ledger.stop();
    throw error;
  }
}

interface NewsParts {
  readonly events: Events;
  readonly log: Log;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What budgets have to say goes to the log, to whoever listens, and into the figures. */
function budgetNews({ events, log, clock, telemetry }: NewsParts): Pick<StartOptions, 'onBudgetAlert' | 'onBudgetAsk'> {
  const asks = createBudgetAsks(events, log);
  return {
    onBudgetAlert(standing, share) {
      const { budget, subject } = standing.claim;
      log.warn('a budget reached a share of its limit', { budget: budget.id, subject, share });
      announceBudget(standing, share, { events, now: clock.now() });
      telemetry.budgetAlert(budget.id);
    },
    onBudgetAsk(shortage) {
      asks(shortage, clock.now());
    },
  };
}

interface AppParts extends ControlParts {
  readonly events: Events;
  readonly saving: Saving;
  readonly telemetry: Telemetry;
}

/** What budgets knew when the last run ended. */
async function recoveredBudgets(ledger: Ledger, log: Log): Promise<BudgetState> {
  const state = await ledger.recovered();
  if (state.unknownBefore !== undefined) {
    log.error(
      'What was spent before this start is not known: the journal is missing or cannot be read. Budgets that must hold refuse until their period begins anew, or until `sluice budgets accept` takes what is known.',
    );
  }
  return state;
}

/** What a budget that is new in the file cost in its running window already. History knows no tags and no sessions. */
function seedFrom(ledger: Ledger): (claim: BudgetClaim, since: number) => Promise<bigint> | undefined {
  return ({ budget: { scope, match }, subject }, since) => {
    if (scope === 'tag' || scope === 'session') return undefined;
    return ledger
      .spentSince({ since, scope, match })
      .then((rows) => BigInt(rows.find((row) => row.subject === subject)?.amount ?? 0));
  };
}

interface TelemetryParts {
  readonly config: ConfigStore;
  readonly ledger: Ledger;
  readonly current: { readonly gateway: Gateway | undefined };
  readonly log: Log;
  readonly redact: (text: string) => string;
}

function createAppTelemetry({ config, ledger, current, log, redact }: TelemetryParts): Telemetry {
  return createTelemetry({
    settings: config.config.telemetry,
    log,
    redact,
    provider: (id) => config.snapshot.providers.get(id),
    budgets: () => current.gateway?.budgets.standings() ?? [],
    ledger: () => ledger.health(),
    isOffline: () => current.gateway?.isOffline ?? false,
  });
}

function assemble(parts: AppParts): App {
  const { config, gateway, ledger, events, saving, telemetry } = parts;
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
      await telemetry.stop();
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
      policy: createPolicyControl({ gateway, config }),
      budgets: createBudgetControl({
        budgets: gateway.budgets,
        now: () => clock.now(),
        keep: () => ledger.keepBudgets(),
      }),
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
