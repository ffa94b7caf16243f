/** Parts of the composition root: what one part of the house is told by another. */
import type { Config } from '../shared/config/config.ts';
import { picoToUsd } from '../shared/domain/money.ts';
import type { PolicyWords } from '../shared/domain/policy-words.ts';
import type { ExchangeEntry } from '../shared/contract/traffic.ts';
import type { ManagedPolicy } from './bundles/face.ts';
import { lazyBundles, type FollowedBundles } from './bundles/lazy.ts';
import { isLoopbackHost } from './config/addresses.ts';
import { resolveReferences } from './config/secrets.ts';
import type { ConfigStore, ConfigStoreOptions } from './config/store.ts';
import { announceBudget, createBudgetAsks } from './control/budget-control.ts';
import type { Events } from './control/events.ts';
import type { BudgetRaise } from './control/needs.ts';
import type { RoutingMemory } from './documents/routing-memory.ts';
import type { Gateway, StartOptions } from './gateway/gateway.ts';
import type { BudgetClaim } from './gateway/policies/budget-types.ts';
import type { BudgetState, Snapshot } from './gateway/ports.ts';
import type { Host } from './host/host.ts';
import { systemProxyFor } from './host/system-proxy.ts';
import { systemClock, type Clock } from './kit/clock.ts';
import type { DataFiles } from './kit/data-directory.ts';
import type { Log } from './kit/log.ts';
import { version } from './kit/version.ts';
import type { Ledger, LedgerSettings } from './ledger/ledger.ts';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';

interface FollowedOptions {
  readonly host: Host;
  readonly log: Log;
  readonly managed?: ManagedPolicy | undefined;
}

interface FollowedParts {
  readonly files: Pick<DataFiles, 'bundles' | 'managed'>;
  /** Absent where nothing is started: nobody listens. */
  readonly events?: Events | undefined;
  readonly config: () => ConfigStore | undefined;
  readonly ledger?: Pick<Ledger, 'log'> | undefined;
}

/** What is looked at to say what a bundle would have refused, and how far back. */
const recentRows = 2_000;
const recentMs = 7 * 86_400_000;

async function recentRequests(ledger: Pick<Ledger, 'log'>): Promise<readonly ExchangeEntry[]> {
  const since = systemClock.now() - recentMs;
  const rows: ExchangeEntry[] = [];
  let before: string | undefined;
  do {
    const page = await ledger.log({ limit: 500, since, before, filter: {} });
    rows.push(...page.entries);
    before = page.next ?? undefined;
  } while (before !== undefined && rows.length < recentRows);
  return rows;
}

/** Team bundles, which are in force from the first snapshot on. */
export function openFollowed(
  options: FollowedOptions,
  { files, events, config, ledger }: FollowedParts,
): FollowedBundles {
  const { host, log, managed } = options;
  return lazyBundles({
    ...{
      directory: files.bundles,
      witness: files.managed,
      host,
      log,
      managed,
      clock: systemClock,
      tools: async () => (await import('./decide.ts')).createGatewayTools(),
    },
    enrolled: () => config()?.written.policy_bundles ?? [],
    async secretOf(reference) {
      const found = (await resolveReferences([reference], host)).get(reference);
      return found?.kind === 'found' ? found.value : undefined;
    },
    ...(ledger === undefined ? {} : { recent: () => recentRequests(ledger) }),
    systemProxy: host.systemProxy ?? systemProxyFor(host),
    platform: process.platform,
    appVersion: version,
    onChange: (effective_hash) => {
      events?.publish({ event: 'bundles.changed', data: { effective_hash } });
    },
    onNotice: (notice) => {
      events?.publish({ event: 'bundle.notice', data: notice });
    },
  });
}

/** Whom the store asks about bundles, and tells what they need to know. */
export function followedBy(followed: FollowedBundles): Pick<ConfigStoreOptions, 'team' | 'onRead' | 'onLocked'> {
  return {
    team: (enrolled) => followed.restore(enrolled),
    onRead: () => {
      followed.enrolledChanged();
    },
    onLocked: (pointer, { bundle }) => {
      followed.note('override_refused', `${pointer} is set by ${bundle ?? 'a bundle'}`);
    },
  };
}

/** Somebody wanted more of a budget than its team gives. */
export function noteRefusedRaise(
  followed: Pick<FollowedBundles, 'note'>,
  { id, subject, amountPico, note }: BudgetRaise,
  { rule }: PolicyWords,
): void {
  const whose = subject === undefined ? '' : ` of "${subject}"`;
  const why = note === '' ? '' : `: ${note}`;
  followed.note(
    'override_refused',
    `budget "${id}"${whose} was to be raised by $${picoToUsd(amountPico)}; it is set by ${rule}${why}`,
  );
}

interface ReleaseNewsParts {
  readonly events: Events;
  readonly followed: FollowedBundles;
  readonly gateway: () => Gateway | undefined;
}

/** Requests that wait for a reason are told of; the reason is kept. */
export function releaseNews({
  events,
  followed,
  gateway,
}: ReleaseNewsParts): Pick<StartOptions, 'onReleasesChange' | 'onReleased'> {
  return {
    onReleasesChange: () => {
      const waiting =
        gateway()
          ?.releases.list()
          .filter(({ released }) => !released).length ?? 0;
      events.publish({ event: 'policy.releases_changed', data: { waiting } });
    },
    onReleased: ({ key, model, rule }, reason) => {
      followed.note('exception', `${rule}, key ${key}, ${model}: ${reason}`);
    },
  };
}

export function ledgerSettings({ logging }: Config): LedgerSettings {
  const { retention_days, max_size_mb, content } = logging;
  return { retentionDays: retention_days, maxSizeMb: max_size_mb, recordsExchanges: content !== 'off' };
}

export function announceConfig(events: Events, snapshot: Snapshot | undefined, problems: number): void {
  events.publish({ event: 'config.changed', data: { snapshot: snapshot?.id ?? null, problems } });
}

interface NewsParts {
  readonly events: Events;
  readonly log: Log;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What budgets have to say goes to the log, to whoever listens, and into the figures. */
export function budgetNews({
  events,
  log,
  clock,
  telemetry,
}: NewsParts): Pick<StartOptions, 'onBudgetAlert' | 'onBudgetAsk'> {
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

/** What budgets knew when the last run ended. */
export async function recoveredBudgets(ledger: Ledger, log: Log): Promise<BudgetState> {
  const state = await ledger.recovered();
  if (state.unknownBefore !== undefined) {
    log.error(
      'What was spent before this start is not known: the journal is missing or cannot be read. Budgets that must hold refuse until their period begins anew, or until `sluice budgets accept` takes what is known.',
    );
  }
  return state;
}

/** What a budget that is new in the file cost in its running window already. History knows no tags and no sessions. */
export function seedFrom(ledger: Ledger): (claim: BudgetClaim, since: number) => Promise<bigint> | undefined {
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

export function createAppTelemetry({ config, ledger, current, log, redact }: TelemetryParts): Telemetry {
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

/** What routing learned is written down so long after it began to change: a crash costs a few minutes of it. */
const memoryAfterMs = 5 * 60_000;

export interface Saving {
  /** Something was learned. */
  soon(): void;
  /** Saves once more and ends. */
  stop(): Promise<void>;
}

export function keepMemory(gateway: () => Gateway | undefined, memory: RoutingMemory): Saving {
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
export function refuseExposure(host: string | undefined, config: ConfigStore): void {
  if (host === undefined || isLoopbackHost(host)) return;
  const rule = config.applied?.provenance.find(({ pointer }) => pointer === '/app/allow_lan_bind');
  if (rule?.mode === 'enforced' && rule.value === false)
    throw new ExposureError(
      `--host ${host} would let other machines reach this port, which ${rule.origin ?? 'a team bundle'} does not allow. Leave --host out.`,
    );
  if (config.config.listen.acknowledge_exposure) return;
  throw new ExposureError(
    `--host ${host} would let other machines reach this port. If that is meant, set listen.acknowledge_exposure: true in ${config.state().file}; every request still needs a key.`,
  );
}

/** The port would be open to other machines without anybody having said so. */
export class ExposureError extends Error {}
