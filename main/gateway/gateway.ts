/** The face of the data plane: start it, give it a new snapshot, stop it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError, internalBug } from '../../shared/errors/gateway-error.ts';
import { SteadyTime } from '../kit/steady-time.ts';
import { AnswerCache } from './answer-cache.ts';
import { BodyBudget } from './body-budget.ts';
import { noteBug, ownError } from './errors.ts';
import { examineRequest, examineText, type ExaminedRequest, type ExaminedRules, type ExaminedText } from './examine.ts';
import { HedgeBudget } from './hedge-budget.ts';
import { Judge } from './judge.ts';
import { handleRequest, hasBody, sendAnswer, type LifecycleDeps } from './lifecycle.ts';
import { Listening } from './listening.ts';
import { createOwnRoutes, isOwnPath, prove, type OwnRoutes } from './own-routes.ts';
import { FailureThrottle } from './policies/authenticate.ts';
import { BudgetBook, type BudgetBookOptions } from './policies/budget-book.ts';
import type { BudgetStanding, RaiseInput, RaiseOutcome, Shortage } from './policies/budget-types.ts';
import { RateBook } from './policies/rate-book.ts';
import type { BudgetState, GatewayPorts, LogPort, Snapshot } from './ports.ts';
import { PassThrough, passThroughRefused } from './pass-through.ts';
import { Pause, type Paused, type PauseMode } from './pause.ts';
import { PromptCounter } from './prompt-counter.ts';
import { Protections } from './protections.ts';
import { checkAddress, checkHead } from './receive.ts';
import { Releases, type Release, type ReleasesOptions } from './releases.ts';
import { ClientWriter } from './relay/client-writer.ts';
import type { Decision } from './routing/decision.ts';
import { HealthBook, type HealthChange } from './routing/health.ts';
import type { HealthMemory } from './routing/health-memory.ts';
import type { TargetState } from './routing/health-view.ts';
import { freezeRouting } from './routing/routing-snapshot.ts';
import { SessionStore } from './routing/sessions.ts';
import type { ExchangeDeps } from './serve-exchange.ts';
import { CopyRoom } from './relay/recording-writer.ts';
import { RunningExchanges } from './running.ts';
import { hostInUrl } from './server.ts';
import { SideStore } from './side-store.ts';
import { simulate, verify, type SimulatedRequest, type Verification } from './simulate.ts';
import { TokenRatios } from './token-ratios.ts';
import { createUpstreamClient } from './upstream/client.ts';
import { CredentialPool } from './upstream/credentials.ts';
import { withDemo } from './upstream/demo.ts';

export type { Paused, PauseMode };
export { entryOf as budgetEntryOf } from './policies/budget-entries.ts';
export { frozenPrice } from './routing/routing-snapshot.ts';
export { verify, type SimulatedRequest, type Verification };
export type { BudgetStanding, Release, Shortage };

/** Opaque reasoning and stored responses together; the oldest go first. */
const sideStoreBytes = 64 * 1024 * 1024;
const sideStoreTtlMs = 24 * 3_600_000;

export interface GatewayStatus {
  readonly urls: readonly string[];
  readonly running: number;
  readonly snapshotId: string;
}

export interface Gateway {
  readonly urls: readonly string[];
  readonly port: number;
  /** From now on new requests run on this snapshot; running ones keep theirs. Streams of keys that are gone end. */
  apply(snapshot: Snapshot): void;
  /** Makes what requests will need under a snapshot that is applied next, so that none of them waits for it. Never rejects. */
  ready(snapshot: Snapshot): Promise<void>;
  status(): GatewayStatus;
  /** Every target that was asked, the last used first. */
  health(): readonly TargetState[];
  /** Every provider failed on the way to it. */
  readonly isOffline: boolean;
  /** What routing learned, for the next run. */
  memory(): HealthMemory;
  readonly budgets: GatewayBudgets;
  /** Requests that wait for a reason. */
  readonly releases: Pick<Releases, 'list' | 'release'>;
  /** What would become of a request. Sends nothing. Throws `GatewayError` as a client would get it. */
  simulate(request: SimulatedRequest): Decision;
  /** What masking would make of a text. Rejects with `admit.masking_failed`. */
  examineText(text: string): Promise<ExaminedText>;
  /** What masking and firewall, with the running rules or others, would make of a request. Sends nothing. Throws as `simulate`. */
  examine(request: SimulatedRequest, rules?: ExaminedRules): Promise<ExaminedRequest>;
  /**
   * From now on requests that need a provider are refused, or pass through, until then (milliseconds since 1970) or until
   * `resume`. What runs goes on as it began.
   */
  pause(until: number | undefined, mode?: PauseMode): void;
  resume(): void;
  /** `undefined` while requests are served as configured. */
  readonly paused: Paused | undefined;
  /** Why no request may pass through, for people; `undefined` where they may. */
  passThroughRefused(): string | undefined;
  /** Proof that this port is ours. */
  prove(challenge: string): string;
  /**
   * Machine slept or network changed: pooled connections are dead. Of the origins that `ends` says, running calls are too: their
   * streams break off at once, and what has not begun to answer is tried again (FAULT-42).
   */
  dropConnections(ends?: (origin: string) => boolean): void;
  /** Stops accepting, gives running exchanges `graceMs`, then ends them honestly. */
  stop(graceMs: number): Promise<void>;
}

/** The owner's view of the budgets. */
export interface GatewayBudgets {
  /** Every shared one, and every other that counted something in its running window. */
  standings(): readonly BudgetStanding[];
  raise(input: RaiseInput): RaiseOutcome;
  /** What is known is taken for what was spent, where what was written down was lost. Gives how many balances that were. */
  accept(): number;
  /** What is to be kept from run to run. */
  save(): BudgetState;
}

export interface StartOptions {
  readonly snapshot: Snapshot;
  readonly ports: GatewayPorts;
  /** What an earlier run learned. */
  readonly memory?: unknown;
  /** What the budgets knew at the end of an earlier run. */
  readonly budgets?: BudgetState | undefined;
  /** What a budget that is new in the configuration cost already. */
  readonly seed?: BudgetBookOptions['seed'];
  /** A share of a budget was reached. */
  readonly onBudgetAlert?: BudgetBookOptions['onAlert'];
  /** A budget with the action `ask` refused a request. */
  readonly onBudgetAsk?: ((shortage: Shortage) => void) | undefined;
  /** Another request waits for a reason, or one does not any more. */
  readonly onReleasesChange?: ReleasesOptions['onChange'];
  /** Somebody gave a reason. */
  readonly onReleased?: ReleasesOptions['onReleased'];
  /** A target began to rest or came back; the network went or came. */
  readonly onHealth?: ((change: HealthChange) => void) | undefined;
  /** Override the snapshot's listen settings. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** Listens and serves. Rejects with `BindError` when the port cannot be had. */
export async function startGateway(options: StartOptions): Promise<Gateway> {
  const { ports } = options;
  let snapshot = options.snapshot;
  let draining = false;
  let names: ReadonlySet<string> = new Set();
  const running = new RunningExchanges();
  const address = { host: '127.0.0.1', port: 0 };
  const exchanges = exchangeDeps(options, running, () => address);
  const { client, health, budgets, counter, pause, releases } = exchanges;
  const deps: LifecycleDeps = {
    ...exchanges,
    throttle: new FailureThrottle(),
    bodies: new BodyBudget(),
    copies: new CopyRoom(),
    isCurrent: (key) => snapshot.keys.isCurrent(key),
    hostNames: () => names,
  };
  const passThrough = new PassThrough(exchanges, begin);
  const own = createOwnRoutes({
    ports,
    snapshot: () => snapshot,
    isDraining: () => draining,
    runningCount: () => running.count,
  });

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    if (isOwnPath(request.method, mark === -1 ? url : url.slice(0, mark))) {
      serveOwn(own, request, response, { snapshot, names, requestId: `req_${ports.random.id(20)}`, log: ports.log });
      return;
    }
    if (draining) response.setHeader('connection', 'close');
    serve(request, response, passThrough.inForce(snapshot, request), deps);
  }

  const found = ({ host, port }: Pick<Listening, 'host' | 'port'>): void => {
    names = namesOf(port, host, snapshot);
    Object.assign(address, { host: reachable(host), port });
  };
  const listening = await Listening.open({ ...options, handle, log: ports.log, onMoved: found });
  found(listening);
  begin(exchanges, snapshot);

  return {
    get urls() {
      return listening.urls;
    },
    port: listening.port,
    apply(next) {
      snapshot = next;
      adopt(exchanges, next);
      listening.apply(next);
      found(listening);
      running.stopRevoked(next.keys);
    },
    status: () => ({ urls: listening.urls, running: running.count, snapshotId: snapshot.id }),
    get isOffline() {
      return health.isOffline;
    },
    budgets,
    releases,
    simulate: (asked) => simulate(asked, snapshot, deps),
    examineText: (text) => examineText(text, snapshot, deps),
    examine: (asked, rules) => examineRequest(asked, snapshot, rules, deps),
    ...switches(exchanges),
    get paused() {
      return pause.state;
    },
    passThroughRefused: () => passThroughRefused(snapshot),
    async stop(graceMs) {
      draining = true;
      listening.stopAccepting();
      await drain(running, graceMs);
      await listening.end();
      counter.stop();
      await client.close();
    },
  };
}

/** What hangs on no snapshot. */
function switches({
  ports,
  client,
  health,
  pause,
  protections,
}: OutlivingDeps): Pick<Gateway, 'ready' | 'pause' | 'resume' | 'prove' | 'dropConnections' | 'health' | 'memory'> {
  return {
    ready: (snapshot) => protections.ready(snapshot),
    health: () => health.states(),
    memory: () => health.save(),
    pause: (until, mode) => {
      pause.begin(until, mode);
    },
    resume: () => {
      pause.end();
    },
    prove: (challenge) => prove(ports, challenge),
    dropConnections: (ends) => {
      client.dropConnections(ends);
    },
  };
}

/** Running exchanges get `graceMs`, then they are ended honestly. */
async function drain(running: RunningExchanges, graceMs: number): Promise<void> {
  const error = new GatewayError('receive.draining', 'Sluice is shutting down. Send this again when it runs.');
  running.stopDrains(error);
  await running.idle(graceMs);
  running.stopAll(error);
  await running.idle(1_000);
}

interface OutlivingDeps extends ExchangeDeps {
  readonly budgets: BudgetBook;
  readonly pause: Pause;
  readonly releases: Releases;
}

/** What outlives a single exchange, and every snapshot. */
export function exchangeDeps(
  {
    ports,
    snapshot,
    memory,
    onHealth,
    budgets: restored,
    seed,
    onBudgetAlert: onAlert,
    onBudgetAsk: onAsk,
    onReleasesChange,
    onReleased,
  }: StartOptions,
  running: RunningExchanges,
  address: () => { readonly host: string; readonly port: number },
): OutlivingDeps {
  const { clock, random } = ports;
  const budgets = new BudgetBook({ clock, random: ports.random, spend: ports.spend, restored, seed, onAlert });
  budgets.apply(snapshot.allBudgets);
  const health = new HealthBook({ clock, onChange: onHealth });
  health.apply(snapshot.providers);
  if (memory !== undefined) health.restore(memory);
  return {
    ports,
    client: withDemo(createUpstreamClient()),
    health,
    credentials: new CredentialPool(health, random),
    pause: new Pause(clock),
    hedges: new HedgeBudget(),
    sessions: new SessionStore({ clock }),
    answers: new AnswerCache(clock),
    tokenRatios: new TokenRatios(),
    budgets,
    onAsk,
    protections: new Protections(ports.installKey, ports.log),
    releases: new Releases({ clock, random, onChange: onReleasesChange, onReleased }),
    judge: new Judge(random, ports.log, address),
    limits: new RateBook(new SteadyTime(clock)),
    counter: new PromptCounter(),
    sideStore: new SideStore({ clock, capBytes: sideStoreBytes, ttlMs: sideStoreTtlMs }),
    running,
  };
}

/** Where a listener on this host is found from this machine. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** From now on all requests do. */
function adopt(exchanges: OutlivingDeps, snapshot: Snapshot): void {
  exchanges.health.apply(snapshot.providers);
  exchanges.budgets.apply(snapshot.allBudgets);
  begin(exchanges, snapshot);
}

/** From now on requests may run on this snapshot. */
function begin({ ports, protections }: ExchangeDeps, snapshot: Snapshot): void {
  // What decisions rest on, so that they can be derived again later (RTE-61).
  ports.ledger.keepSnapshot(snapshot.id, () => freezeRouting(snapshot));
  protections.prepare(snapshot);
}

function serve(request: IncomingMessage, response: ServerResponse, snapshot: Snapshot, deps: LifecycleDeps): void {
  handleRequest(request, response, snapshot, deps).catch((error: unknown) => {
    // It answers what goes wrong; what goes wrong while it does may cost this connection and nothing more.
    deps.ports.log.error('a request could not even be refused', { error });
    response.destroy();
  });
}

/** One of our own paths: behind the same checks of the head as everything else, preflights excepted. */
function serveOwn(
  own: OwnRoutes,
  request: IncomingMessage,
  response: ServerResponse,
  at: {
    readonly snapshot: Snapshot;
    readonly names: ReadonlySet<string>;
    readonly requestId: string;
    readonly log: LogPort;
  },
): void {
  response.setHeader('x-sluice-request-id', at.requestId);
  // Nothing here reads a body; one that was announced must not keep the connection.
  if (hasBody(request)) response.setHeader('connection', 'close');
  try {
    if (request.method === 'OPTIONS') checkAddress(request, at.names);
    else checkHead(request, at.snapshot, at.names);
    own(request, response);
  } catch (error) {
    const known = error instanceof GatewayError ? error : internalBug('answering this request', error);
    noteBug(at.log, at.requestId, known);
    const answer = ownError('openai', undefined, known, '');
    sendAnswer(new ClientWriter(response), request, at.snapshot, at.requestId, answer);
  }
}

/** Exact spellings of `Host` that are ours (SEC-04). */
function namesOf(port: number, host: string, snapshot: Snapshot): ReadonlySet<string> {
  const suffix = `:${String(port)}`;
  const names = new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}${suffix}`));
  if (host !== '0.0.0.0' && host !== '::') names.add(`${hostInUrl(host)}${suffix}`);
  // Port 80 is not spelt out by clients.
  if (port === 80) for (const name of ['127.0.0.1', 'localhost', '[::1]']) names.add(name);
  for (const name of snapshot.listen.allowedHosts) {
    names.add(name);
    if (!/:\d+$/.test(name)) names.add(`${name}${suffix}`);
  }
  return names;
}
