/** The only door to prom-client: what was counted, as Prometheus text. Loaded when somebody asks for the first time. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { picoToUsd } from '../../shared/domain/money.ts';
import { version } from '../kit/version.ts';
import type { BudgetFigure, LedgerFigure } from './feed.ts';
import type { Figures } from './figures.ts';
import type { Names } from './names.ts';
import type { Labels, Spread, Tally } from './tally.ts';

export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Sums of budgets in one answer: those nearest to their limit. */
const maxBudgets = 500;

/** Once for the process: each collection of the default metrics starts observers that are never stopped. */
let ofProcess: Registry | undefined;

/** Figures of the process: nothing here names or tells of a key, a person, a client, a model or money (SEC-01). */
export async function processText(running: number, ledger: LedgerFigure): Promise<string> {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  const registry = new Registry();
  const registers = [registry];
  const build = { version, node: process.versions.node };
  new Gauge({
    name: 'sluice_build_info',
    help: 'Always 1; the labels say which version runs.',
    labelNames: Object.keys(build),
    registers,
  }).set(build, 1);
  gauge(registers, 'sluice_exchanges_running', 'Exchanges in flight.', running);
  gauge(registers, 'sluice_ledger_waiting', 'Ledger entries that are not on disk yet.', ledger.waiting);
  gauge(registers, 'sluice_ledger_up', '1 while the ledger is written.', ledger.state === 'writing' ? 1 : 0);
  new Counter({
    name: 'sluice_ledger_dropped_total',
    help: 'Ledger entries given up because too many waited.',
    registers,
  }).inc(ledger.dropped_opens + ledger.dropped_closes);
  return `${await ofProcess.metrics()}\n${await registry.metrics()}`;
}

/** Figures of exchanges and money, for a caller with a key. */
export async function exchangeText(
  figures: Figures,
  names: Names,
  now: { readonly budgets: readonly BudgetFigure[]; readonly isOffline: boolean },
): Promise<string> {
  const registry = new Registry();
  const { cost, ...counts } = figures.tallies;
  addTally(registry, cost, usd);
  for (const tally of Object.values(counts)) addTally(registry, tally, Number);
  for (const spread of Object.values(figures.spreads)) registry.registerMetric(new SpreadHistogram(spread));
  gauge([registry], 'sluice_offline', '1 while every provider fails on the way to it.', now.isOffline ? 1 : 0);
  addBudgets(registry, names, now.budgets);
  return registry.metrics();
}

function gauge(registers: Registry[], name: string, help: string, value: number): void {
  new Gauge({ name, help, registers }).set(value);
}

function addTally(registry: Registry, tally: Tally, valueOf: (sum: bigint) => number): void {
  const { name, help, labels: labelNames } = tally.shape;
  const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  for (const { labels, sum } of tally.rows()) counter.inc(labelled(labelNames, labels), valueOf(sum));
}

function addBudgets(registry: Registry, names: Names, budgets: readonly BudgetFigure[]): void {
  const labelNames = ['budget', 'scope', 'period', 'subject'];
  const make = (name: string, help: string): Gauge => new Gauge({ name, help, labelNames, registers: [registry] });
  const spent = make('sluice_budget_spent_usd', 'Spent in the running window, US dollars.');
  const reserved = make('sluice_budget_reserved_usd', 'Kept back for requests that are running, US dollars.');
  const limit = make('sluice_budget_limit_usd', 'Limit of the running window with its raises, US dollars.');
  const remaining = make(
    'sluice_budget_remaining_usd',
    'Neither spent nor kept back, US dollars; below 0 when overspent.',
  );
  const rows = budgets
    .map((figure) => ({ ...figure, left: leftOf(figure) }))
    .sort((a, b) => shareLeft(a) - shareLeft(b));
  for (const row of rows.slice(0, maxBudgets)) {
    const { budget, subject } = row.claim;
    const labels = {
      budget: names.clean(budget.id),
      scope: budget.scope,
      period: budget.period,
      subject: names.clean(subject),
    };
    spent.set(labels, usd(row.spent));
    reserved.set(labels, usd(row.reserved));
    limit.set(labels, usd(budget.limit + row.raised));
    remaining.set(labels, usd(row.left));
  }
  const omitted = Math.max(0, rows.length - maxBudgets);
  gauge(
    [registry],
    'sluice_budgets_omitted',
    'Sums of budgets that are not listed, being the farthest from their limit.',
    omitted,
  );
}

function leftOf({ claim, raised, spent, reserved }: BudgetFigure): bigint {
  return claim.budget.limit + raised - spent - reserved;
}

function shareLeft({ claim, raised, left }: BudgetFigure & { readonly left: bigint }): number {
  return Number(left) / Math.max(1, Number(claim.budget.limit + raised));
}

/** The float nearest to the exact amount. */
function usd(pico: bigint): number {
  return Number(picoToUsd(pico));
}

function labelled(names: Labels, values: Labels): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
}

/** Filled from counts that were kept elsewhere: prom-client's own can only be filled one observation at a time. */
class SpreadHistogram extends Histogram {
  readonly #spread: Spread;

  constructor(spread: Spread) {
    const { name, help, labels } = spread.shape;
    super({ name, help, labelNames: [...labels], buckets: [...spread.bounds], registers: [] });
    this.#spread = spread;
  }

  /** What the registry, and `get`, ask a histogram for. */
  getForPromString(): Promise<object> {
    const { bounds, shape } = this.#spread;
    const values: object[] = [];
    for (const { labels, cumulative, sum, count } of this.#spread.rows()) {
      const sharedLabels = labelled(shape.labels, labels);
      const add = (suffix: string, value: number, own: object): void => {
        values.push({ metricName: `${shape.name}_${suffix}`, labels: own, sharedLabels, value });
      };
      for (const [at, le] of bounds.entries()) add('bucket', cumulative[at] ?? 0, { le });
      add('bucket', count, { le: '+Inf' });
      add('sum', sum, {});
      add('count', count, {});
    }
    return Promise.resolve({ name: shape.name, help: shape.help, type: 'histogram', values });
  }
}
