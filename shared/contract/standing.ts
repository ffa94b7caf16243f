/** How the instance stands, in as little as fits a tray: its state, what was spent of what may be, what is wrong. */
import { picoToUsd, usdToPicoExact } from '../domain/money.ts';
import type { AppStatus, HealthEntry, PauseState } from './app.ts';
import type { BudgetEntry } from './budgets.ts';
import type { ProviderEntry } from './providers.ts';
import type { AppSnapshot } from './snapshot.ts';
import type { BundleState } from './words.ts';

export type StandingState = 'running' | 'paused' | 'attention' | 'stopped';

/** A budget as it is now: one whose window ended since the picture was taken begins at nothing. */
export interface StandingBudget {
  readonly id: string;
  /** Whom it counts; `null`: everything. */
  readonly name: string | null;
  readonly period: BudgetEntry['period'];
  /** Decimal strings of US dollars; the limit with its raises. */
  readonly spent: string;
  readonly limit: string;
  /** What was spent is known. */
  readonly isKnown: boolean;
  /** Of the limit; more than 1 where more was spent. */
  readonly share: number;
  readonly isExhausted: boolean;
}

export type Issue = { readonly path: string } & (
  | { readonly kind: 'listen' | 'offline' | 'unknown' }
  | { readonly kind: 'config'; readonly count: number }
  | { readonly kind: 'ledger'; readonly isReadOnly: boolean }
  | { readonly kind: 'budget'; readonly budget: StandingBudget }
  | { readonly kind: 'bundle'; readonly name: string; readonly trouble: BundleTrouble }
  | { readonly kind: 'key'; readonly provider: string }
  | { readonly kind: 'refused'; readonly provider: string; readonly reason: string | undefined }
  | {
      readonly kind: 'resting';
      readonly provider: string;
      readonly until: string | undefined;
      /** Who answers meanwhile, and under which name. */
      readonly served: { readonly by: string; readonly alias: string } | undefined;
    }
  | { readonly kind: 'failures'; readonly count: number }
);

/** What somebody has to see to about a team bundle (BND-64). */
export type BundleTrouble = 'refused' | 'failed' | 'expired' | 'stopped' | 'conflict' | 'consent';

export interface Standing {
  readonly state: StandingState;
  /** `127.0.0.1:4790`; `null` while nothing is accepted. */
  readonly address: string | null;
  readonly paused: PauseState | null;
  /** Today; `usd` is `null` while a price in it is unknown. */
  readonly spent: { readonly usd: string | null; readonly known: string };
  /** The daily one for everything; else the one of which the least is left. */
  readonly budget: StandingBudget | undefined;
  /** The heaviest first; failed requests come last and alone are no reason for attention. */
  readonly issues: readonly Issue[];
}

/** Followed bundles that decide anything here, with the version in force. */
export function teamsInForce(
  bundles: readonly { readonly name: string; readonly state: BundleState; readonly version: number | null }[],
): readonly { readonly name: string; readonly version: number }[] {
  return bundles.flatMap(({ name, state, version }) =>
    version === null || idle.has(state) ? [] : [{ name, version }],
  );
}

const idle: ReadonlySet<BundleState> = new Set(['waiting', 'inactive', 'failed']);

export interface StandingOptions {
  /** Milliseconds since 1970: when the snapshot was taken, and now. */
  readonly at: number;
  readonly now: number;
  /** IANA name. */
  readonly timezone: string;
  /** Requests that failed in the last hour. */
  readonly failures: number;
}

/** From this share on a budget is told of (UX-20). */
const attentionShare = 0.8;

export function standingOf(snapshot: AppSnapshot, options: StandingOptions): Standing {
  const { status, today } = snapshot;
  const { now, failures } = options;
  const [url] = status.gateway.urls;
  const paused = status.paused !== null && isAhead(status.paused.until, now) ? status.paused : null;
  const shares = snapshot.budgets.map((entry) => ({ entry, budget: budgetNow(entry, now) }));
  const budget = shownOf(shares);
  const issues: Issue[] = [
    ...ofInstance(status),
    ...ofBudgets(shares, budget),
    ...ofBundles(status),
    ...(status.offline ? [{ kind: 'offline', path: failedPath } as const] : ofProviders(snapshot, now)),
  ];
  const state =
    url === undefined ? 'stopped' : paused !== null ? 'paused' : issues.length > 0 ? 'attention' : 'running';
  return {
    ...{ state, paused, budget },
    address: url?.replace(/^https?:\/\//, '').replace(/\/$/, '') ?? null,
    spent: isSameDay(options) ? { usd: today.cost_usd, known: today.known_cost_usd } : { usd: '0', known: '0' },
    issues: failures > 0 ? [...issues, { kind: 'failures', count: failures, path: failedPath }] : issues,
  };
}

const failedPath = '/activity?error=*&range=1h';

const isAhead = (moment: string | null, now: number): boolean => moment === null || Date.parse(moment) > now;

/** A picture of yesterday knows nothing of today but that no request has ended since: each would have brought a new one. */
function isSameDay({ at, now, timezone }: StandingOptions): boolean {
  const date = new Intl.DateTimeFormat('en', { timeZone: timezone, dateStyle: 'short' });
  return date.format(at) === date.format(now);
}

interface Share {
  readonly entry: BudgetEntry;
  readonly budget: StandingBudget;
}

function budgetNow(entry: BudgetEntry, now: number): StandingBudget {
  const { id, scope, subject, match, period, resets_at: resetsAt } = entry;
  const isOver = resetsAt !== null && Date.parse(resetsAt) <= now;
  const name = scope === 'global' ? null : (subject ?? match ?? scope);
  // A raise is for the window it was made in.
  const limit = pico(entry.limit_usd) + (isOver ? 0n : pico(entry.raised_usd));
  const spent = isOver ? 0n : pico(entry.spent_usd);
  return {
    ...{ id, name, period, spent: picoToUsd(spent), limit: picoToUsd(limit) },
    isKnown: isOver || entry.state !== 'unknown',
    share: limit === 0n ? 1 : Number(spent) / Number(limit),
    isExhausted: !isOver && entry.state === 'exhausted',
  };
}

const pico = (usd: string): bigint => usdToPicoExact(usd) ?? 0n;

function shownOf(shares: readonly Share[]): StandingBudget | undefined {
  const fullest = shares.toSorted((a, b) => b.budget.share - a.budget.share);
  const daily = fullest.find(({ entry }) => entry.scope === 'global' && entry.period === 'day');
  const shared = fullest.find(({ entry }) => entry.subject === null);
  return (daily ?? shared ?? fullest[0])?.budget;
}

function ofInstance({ gateway, config, ledger }: AppStatus): Issue[] {
  const found: Issue[] = [];
  if (gateway.urls.length === 0) found.push({ kind: 'listen', path: '/settings?at=listening' });
  if (config.problems.length > 0)
    found.push({ kind: 'config', count: config.problems.length, path: '/settings?at=config' });
  const isBad = ledger.state === 'failing' || ledger.state === 'read-only' || ledger.state === 'stopped';
  if (isBad || ledger.journal.state === 'failing')
    found.push({ kind: 'ledger', isReadOnly: ledger.state === 'read-only', path: '/settings?at=ledger' });
  return found;
}

/** A lost ledger makes all of them unknown at once, and is mended for all of them at once. */
function ofBudgets(shares: readonly Share[], shown: StandingBudget | undefined): Issue[] {
  const full = shares.filter(
    ({ entry, budget }) =>
      budget.isKnown &&
      ((budget === shown && budget.share >= attentionShare) || (budget.isExhausted && entry.subject === null)),
  );
  const unknown = shares.some(({ budget }) => !budget.isKnown);
  return [
    ...full.map(({ budget }): Issue => {
      return { kind: 'budget', budget, path: `/policies?tab=budgets&budget=${encodeURIComponent(budget.id)}` };
    }),
    ...(unknown ? [{ kind: 'unknown', path: '/policies?tab=budgets' } as const] : []),
  ];
}

/** Two that contradict each other have one reason, and are told of once. */
function ofBundles({ bundles }: AppStatus): Issue[] {
  const reasons = new Set<string | null>();
  return bundles.flatMap(({ name, state, reason }): Issue[] => {
    const trouble = troubles[state];
    if (trouble === undefined || (trouble === 'conflict' && reasons.has(reason))) return [];
    if (trouble === 'conflict') reasons.add(reason);
    return [{ kind: 'bundle', name, trouble, path: '/policies?tab=team' }];
  });
}

/** The others are well, or can wait until somebody looks. */
const troubles: Readonly<Partial<Record<BundleState, BundleTrouble>>> = {
  ...({ last_good: 'refused', failed: 'failed', expired: 'expired', conflict: 'conflict' } as const),
  ...({ restricted: 'stopped', blocked: 'stopped', needs_consent: 'consent' } as const),
};

/** Each provider once: what cannot be read before what is refused before what rests. */
function ofProviders(snapshot: AppSnapshot, now: number): Issue[] {
  const found = new Map<string, Issue>();
  const pathOf = (id: string): string => `/models?tab=providers&provider=${encodeURIComponent(id)}`;
  for (const { id, keys } of snapshot.providers)
    if (keys.length > 0 && keys.every(({ available }) => !available))
      found.set(id, { kind: 'key', provider: nameOf(snapshot, id), path: pathOf(id) });
  const { health } = snapshot.status;
  for (const { provider: id, needs_attention: isRefused, why } of health)
    if (isRefused && !found.has(id))
      found.set(id, {
        ...{ kind: 'refused', provider: nameOf(snapshot, id), reason: why ?? undefined },
        path: pathOf(id),
      });
  const resting = health.filter((entry) => rests(entry, now));
  for (const { provider: id, until } of resting)
    if (!found.has(id))
      found.set(id, {
        ...{ kind: 'resting', provider: nameOf(snapshot, id), until: until ?? undefined },
        served: servedBy(snapshot, id, new Set(resting.map(({ provider }) => provider))),
        path: pathOf(id),
      });
  return [...found.values()];
}

const rests = ({ state, until }: HealthEntry, now: number): boolean =>
  (state === 'open' || state === 'limited') && isAhead(until, now);

/** The first route with a target of the one that rests, and its first target of one that does not. */
function servedBy(
  snapshot: AppSnapshot,
  id: string,
  resting: ReadonlySet<string>,
): { readonly by: string; readonly alias: string } | undefined {
  const ids = new Set(snapshot.providers.map((provider) => provider.id));
  for (const { alias, targets } of snapshot.routes) {
    const providers = targets.map((target) => target.slice(0, Math.max(0, target.indexOf('/'))));
    if (!providers.includes(id)) continue;
    const by = providers.find((other) => ids.has(other) && !resting.has(other));
    if (by !== undefined) return { by: nameOf(snapshot, by), alias };
  }
  return undefined;
}

/** As people know it; its id where that name is not its alone. */
export function nameOf(
  { providers }: { readonly providers: readonly Pick<ProviderEntry, 'id' | 'label'>[] },
  id: string,
): string {
  const label = providers.find((provider) => provider.id === id)?.label;
  const isAlone = providers.filter((provider) => provider.label === label).length === 1;
  return label !== undefined && isAlone ? label : id;
}
