/** The composition root: config, ledger, control plane and gateway joined around a host. Knows no Electron. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { createClients } from './clients/clients.ts';
import { createDetector } from './clients/detect.ts';
import { createSetup } from './clients/found.ts';
import type { AnyEvent } from '../shared/contract/contract.ts';
import { isLoopbackHost } from './config/addresses.ts';
import { mintKey, ownKeyId } from './config/keys.ts';
import { openConfigStore, type ConfigStore } from './config/store.ts';
import { createPolicyControl } from './control/policy-control.ts';
import { announceBudget, createBudgetAsks, createBudgetControl } from './control/budget-control.ts';
import { createDispatch, type Dispatch } from './control/dispatch.ts';
import { createEvents, type Events } from './control/events.ts';
import type { ClientsNeed, OwnRequests, SetupNeed, WindowLinkNeed } from './control/window-needs.ts';
import { announceExchanges } from './control/exchange-events.ts';
import { announceHealth, healthEntryOf } from './control/health-events.ts';
import { createOwnRequests } from './control/own-requests.ts';
import { createPlaygroundRuns, type PlaygroundRuns } from './control/playground-runs.ts';
import { createPauseControl } from './control/pause-control.ts';
import { openAppFile, type AppDocuments } from './documents/app-file.ts';
import { RoutingMemory } from './documents/routing-memory.ts';
import { startGateway, verify, type Gateway, type StartOptions } from './gateway/gateway.ts';
import type { ExchangeRecord } from './gateway/exchange.ts';
import type { BudgetClaim } from './gateway/policies/budget-types.ts';
import type { BudgetState, GatewayPorts, Random, Snapshot } from './gateway/ports.ts';
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
  /** How a browser gets into the window, where there is a listener for browsers. */
  setWindow(window: { readonly port: number; newLink(): string } | undefined): void;
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
  const own = mintKey(host, ownKeyId);
  redactor.learn('host', [host.installKey, own.key]);
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
      ...{ host, clock, log, watching: true },
      ownKey: { id: own.id, digest: Buffer.from(own.sha256, 'hex') },
      onRefused: (problems) => {
        announceConfig(events, config?.snapshot, problems);
      },
      onSnapshot(snapshot, secrets, settings) {
        redactor.learn('config', secrets);
        ledger.configure({ retentionDays: settings.logging.retention_days, maxSizeMb: settings.logging.max_size_mb });
        current.gateway?.apply(snapshot);
        telemetry?.configure(settings.telemetry);
        announceConfig(events, snapshot, 0);
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
    const parts = { options, config, ledger, gateway: current.gateway, telemetry, saving, random, clock, events };
    return assemble({ ...parts, ...(await openWindowParts({ ...parts, file: files.app, ownKey: own.key })) });
  } catch (error) {
    // What was opened would keep the process alive.
    await telemetry?.stop();
    await config?.close();
    await ledger.stop();
    throw error;
  }
}

interface WindowPartsOptions extends Pick<ControlParts, 'options' | 'gateway' | 'ledger' | 'random' | 'clock'> {
  readonly events: Events;
  readonly file: string;
  /** What our own requests come with. */
  readonly ownKey: Secret;
}

/** What only the window asks for. */
async function openWindowParts(
  given: WindowPartsOptions,
): Promise<Pick<ControlParts, 'documents' | 'requests' | 'playground' | 'publish'>> {
  const { options, gateway, ledger, random, clock, events, file, ownKey } = given;
  const randomId = (count: number): string => random.id(count);
  const publish = (event: AnyEvent): void => {
    events.publish(event);
  };
  const requests = createOwnRequests({ urls: () => gateway.urls, key: ownKey });
  return {
    publish,
    requests,
    documents: await openAppFile({ file, log: options.log, clock, randomId }),
    playground: createPlaygroundRuns({ own: requests, ledger, publish, clock, randomId }),
  };
}

function announceConfig(events: Events, snapshot: Snapshot | undefined, problems: number): void {
  events.publish({ event: 'config.changed', data: { snapshot: snapshot?.id ?? null, problems } });
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
  const { config, gateway, ledger, events, saving, telemetry, playground } = parts;
  let window: Parameters<App['setWindow']>[0];
  return {
    config,
    gateway,
    ledger,
    dispatch: createControl({
      ...parts,
      link: { newLink: () => window?.newLink() ?? null, port: () => window?.port },
    }),
    events,
    setWindow(opened) {
      window = opened;
    },
    async stop(graceMs) {
      // Prompts of the window would hold up the end; nobody waits for them any more.
      playground.close();
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
  readonly events: Events;
  /** Favourites, prompts, votes. */
  readonly documents: AppDocuments;
  /** To our own data port. */
  readonly requests: OwnRequests;
  readonly playground: PlaygroundRuns;
  /** To everyone who listens. */
  readonly publish: (event: AnyEvent) => void;
}

interface WindowLink extends WindowLinkNeed {
  readonly port: () => number | undefined;
}

/** The programs of this machine: what is here, and a key for each of them. */
function clientParts({
  options,
  config,
  gateway,
  ledger,
  windowPort,
}: ControlParts & { readonly windowPort: () => number | undefined }): { clients: ClientsNeed; setup: SetupNeed } {
  const { host, log } = options;
  const [platform, home] = [process.platform, homedir()];
  const detect = createDetector({ home, platform, pathVariable: process.env['PATH'] });
  return {
    clients: createClients({
      ...{ keys: config.keys, platform, detect, log },
      urls: () => gateway.urls,
      lastOf: async (key) => (await ledger.log({ limit: 1, filter: { key } })).entries[0],
      defaultModel: () => config.models.choice() ?? 'auto',
    }),
    setup: createSetup({
      ...{ host, home, platform, detect, log, providers: config.providers },
      isOurs: (value) => config.snapshot.keys.find(value) !== undefined,
      ownPorts: () => [gateway.port, windowPort()].filter((port) => port !== undefined),
    }),
  };
}

function createControl(parts: ControlParts & { readonly link: WindowLink }): Dispatch {
  const { options, config, ledger, gateway, random, clock, documents, requests, playground, publish } = parts;
  const startedAt = clock.now();
  const startedMonotonic = clock.monotonic();
  return createDispatch({
    config,
    ledger,
    randomId: (count) => random.id(count),
    log: options.log,
    running: {
      hostKind: options.host.kind,
      link: parts.link,
      ...{ documents, playground },
      own: requests,
      pause: createPauseControl({ gateway, clock, publish }),
      publish,
      ...clientParts({ ...parts, windowPort: parts.link.port }),
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
        now: () => clock.now(),
        uptimeMs: () => clock.monotonic() - startedMonotonic,
        shutdown: options.onShutdown,
      },
    },
  });
}
