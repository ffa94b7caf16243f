/** The composition root: config, ledger, control plane and gateway joined around a host. Knows no Electron. */
import { homedir } from 'node:os';
import {
  announceConfig,
  budgetNews,
  createAppTelemetry,
  followedBy,
  keepMemory,
  noteRefusedRaise,
  ledgerSettings,
  openFollowed,
  recoveredBudgets,
  refuseExposure,
  releaseNews,
  seedFrom,
  type Saving,
} from './app-parts.ts';
import type { ManagedPolicy } from './bundles/face.ts';
import type { FollowedBundles } from './bundles/lazy.ts';
import { createClients } from './clients/clients.ts';
import { createDetector } from './clients/detect.ts';
import { createSetup } from './clients/found.ts';
import type { AnyEvent } from '../shared/contract/contract.ts';
import { mintKey, ownKeyId } from './config/keys.ts';
import { openConfigStore, type ConfigStore } from './config/store.ts';
import { createPolicyControl } from './control/policy-control.ts';
import { createBudgetControl } from './control/budget-control.ts';
import type { DesktopNeed } from './control/desktop-need.ts';
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
import { startGateway, verify, type Gateway } from './gateway/gateway.ts';
import type { LedgerPort, Random } from './gateway/ports.ts';
import { contentKey } from './host/content-key.ts';
import type { Host } from './host/host.ts';
import { systemProxyFor } from './host/system-proxy.ts';
import { systemClock, type Clock } from './kit/clock.ts';
import { dataFiles } from './kit/data-directory.ts';
import type { Log } from './kit/log.ts';
import { createRandom } from './kit/random.ts';
import type { Redactor } from './kit/redact.ts';
import type { Secret } from './kit/secret.ts';
import { version } from './kit/version.ts';
import { createLedger } from './ledger/sqlite.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export interface AppOptions {
  readonly host: Host;
  readonly configFile: string | undefined;
  readonly listenHost: string | undefined;
  readonly port: number | undefined;
  readonly log: Log;
  readonly redactor: Redactor;
  /** What whoever manages this machine prescribes, if anybody does. */
  readonly managed?: ManagedPolicy | undefined;
  /** Ends the process once the app was stopped. */
  readonly onShutdown: () => void;
  /** A first start made this key. Told before the port is opened: should that fail, nobody could learn it later. */
  readonly onFirstKey: (key: Secret) => void;
}

export interface App {
  readonly config: ConfigStore;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly bundles: FollowedBundles;
  readonly dispatch: Dispatch;
  readonly events: Events;
  /** How a browser gets into the window, where there is a listener for browsers. */
  setWindow(window: { readonly port: number; newLink(): string } | undefined): void;
  /** What only a desktop can do, once its shell is up. */
  setDesktop(desktop: DesktopNeed | undefined): void;
  /** Drains, flushes, closes. */
  stop(graceMs: number): Promise<void>;
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
  let bundles: FollowedBundles | undefined;
  try {
    const followed = openFollowed(options, { files, events, ledger, config: () => config });
    bundles = followed;
    config = await openConfigStore({
      ...{ file: options.configFile ?? files.config, host, clock, log, watching: true },
      ...{ ownKey: { id: own.id, digest: Buffer.from(own.sha256, 'hex') }, ...followedBy(followed) },
      onRefused: (problems) => {
        announceConfig(events, config?.snapshot, problems);
      },
      ready: async (snapshot) => await current.gateway?.ready(snapshot),
      onSnapshot(snapshot, secrets, settings) {
        redactor.learn('config', secrets);
        ledger.configure(ledgerSettings(settings));
        current.gateway?.apply(snapshot);
        telemetry?.configure(settings.telemetry);
        announceConfig(events, snapshot, 0);
      },
    });
    if (config.firstKey !== undefined) options.onFirstKey(config.firstKey);
    refuseExposure(options.listenHost, config);
    // Nothing is answered before the rules are there that must hold.
    const looksFirst = followed.mustLookFirst;
    if (looksFirst) await followed.start(config);
    const memory = new RoutingMemory({ file: files.routing, log, clock, redact });
    const saving = keepMemory(() => current.gateway, memory);
    const recording = announceExchanges(ledger, events, redact);
    telemetry = createAppTelemetry({ config, ledger, current, log, redact });
    const told = telemetry;
    current.gateway = await startGateway({
      snapshot: config.snapshot,
      ports: {
        ...{ clock, random, log, spend: ledger.spend, metrics: told, installKey: host.installKey },
        ledger: recordingInto([recording, told, saving]),
        systemProxy: host.systemProxy ?? systemProxyFor(host),
      },
      memory: await memory.load(),
      budgets: await recoveredBudgets(ledger, log),
      seed: seedFrom(ledger),
      ...budgetNews({ events, log, clock, telemetry }),
      ...releaseNews({ events, followed, gateway: () => current.gateway }),
      onHealth: (change) => {
        told.healthChanged(change);
        if (current.gateway !== undefined) announceHealth(change, current.gateway, events);
      },
      host: options.listenHost,
      port: options.port,
    });
    const { budgets } = current.gateway;
    ledger.setBudgetState(() => budgets.save());
    if (!looksFirst) await followed.start(config);
    const running = { gateway: current.gateway, telemetry, saving, bundles: followed };
    const parts = { options, config, ledger, random, clock, events, ...running };
    return assemble({ ...parts, ...(await openWindowParts({ ...parts, file: files.app, ownKey: own.key })) });
  } catch (error) {
    // What was opened would keep the process alive.
    await bundles?.stop();
    await telemetry?.stop();
    await config?.close();
    await ledger.stop();
    throw error;
  }
}

/** What closes is kept, told, and a reason to save what was learned. */
function recordingInto([recording, told, saving]: readonly [LedgerPort, Telemetry, Saving]): LedgerPort {
  return {
    ...recording,
    close(record) {
      recording.close(record);
      told.exchangeClosed(record);
      saving.soon();
    },
  };
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

interface AppParts extends ControlParts {
  readonly saving: Saving;
  readonly telemetry: Telemetry;
}

function assemble(parts: AppParts): App {
  const { config, gateway, ledger, events, saving, telemetry, playground, bundles } = parts;
  let window: Parameters<App['setWindow']>[0];
  let desktop: DesktopNeed | undefined;
  return {
    config,
    gateway,
    ledger,
    bundles,
    dispatch: createControl({
      ...parts,
      link: { newLink: () => window?.newLink() ?? null, port: () => window?.port },
      desktop: () => desktop,
    }),
    events,
    setWindow(opened) {
      window = opened;
    },
    setDesktop(shell) {
      desktop = shell;
    },
    async stop(graceMs) {
      // Prompts of the window would hold up the end; nobody waits for them any more.
      playground.close();
      await bundles.stop();
      await gateway.stop(graceMs);
      await saving.stop();
      events.close();
      await config.close();
      await telemetry.stop();
      await ledger.stop();
    },
  };
}

interface ControlParts {
  readonly options: AppOptions;
  readonly config: ConfigStore;
  readonly ledger: Ledger;
  readonly gateway: Gateway;
  readonly bundles: FollowedBundles;
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

function createControl(
  parts: ControlParts & { readonly link: WindowLink; readonly desktop: () => DesktopNeed | undefined },
): Dispatch {
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
      desktop: parts.desktop,
      ...{ documents, playground },
      own: requests,
      pause: createPauseControl({ gateway, clock, publish }),
      ...{ publish, bundles: parts.bundles },
      ...clientParts({ ...parts, windowPort: parts.link.port }),
      policy: createPolicyControl({ gateway, config }),
      budgets: createBudgetControl({
        budgets: gateway.budgets,
        now: () => clock.now(),
        keep: () => ledger.keepBudgets(),
        onRefused: (raise, rule) => {
          noteRefusedRaise(parts.bundles, raise, rule);
        },
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
