/** `sluice log`: exchanges, newest first, or as they end. */
import type { CallInput } from '../../../shared/contract/contract.ts';
import type { ExchangeEntry, TrafficFilter } from '../../../shared/contract/traffic.ts';
import type { Arguments } from '../arguments.ts';
import { connectOrOpen, placeOf, type Client } from '../client.ts';
import { servedInstead } from '../explain/attempts.ts';
import { counted, duration, grouped, localTime, money, table, type ColumnSpec } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { readRange } from './usage.ts';

type Query = CallInput<'traffic.list'>;

const pageSize = 500;
const statusRange = { min: 100, max: 999 };
const limitRange = { min: 1, max: 1_000_000 };

export async function log(args: Arguments, shell: Shell): Promise<number> {
  const follow = args.flag('follow');
  const limit = args.number('limit', limitRange) ?? (follow ? 10 : 50);
  const query: Query = { ...readRange(args, shell.now()), filter: readFilter(args) };
  const client = await connectOrOpen(placeOf(args, shell), shell);
  try {
    if (follow) return await followLog(client, shell, { query, limit, json: args.flag('json') });
    const entries = await readPages(client, query, limit);
    if (args.flag('json')) shell.out(JSON.stringify(entries.map(project)));
    else if (entries.length === 0) shell.err('No exchange is recorded.');
    else shell.out(table(columns, entries.map(row)));
    return 0;
  } finally {
    await client.close();
  }
}

async function readPages(client: Client, query: Query, limit: number): Promise<ExchangeEntry[]> {
  const entries: ExchangeEntry[] = [];
  let before: string | undefined;
  while (entries.length < limit) {
    const page = await client.ask('traffic.list', {
      ...query,
      limit: Math.min(pageSize, limit - entries.length),
      ...(before === undefined ? {} : { before }),
    });
    entries.push(...page.entries);
    if (page.next === null) break;
    before = page.next;
  }
  return entries;
}

interface FollowOptions {
  readonly query: Query;
  readonly limit: number;
  readonly json: boolean;
}

/** The last ones, oldest first, then each as it ends. Listens before it reads, so that none falls between. */
async function followLog(client: Client, shell: Shell, { query, limit, json }: FollowOptions): Promise<number> {
  if (query.until !== undefined) throw new UsageError('--follow has no end: leave --until out.', 'log');
  const coming = await client.events();
  const past = (await readPages(client, query, limit)).filter(({ outcome }) => outcome !== 'open').reverse();
  if (!json) shell.out(table(fixedColumns, []));
  const print = (entry: ExchangeEntry): void =>
    shell.out(json ? JSON.stringify(project(entry)) : fixedLine(row(entry)));
  for (const entry of past) print(entry);
  // What ended while the past was read is in both.
  const shown = new Set(past.map(({ request_id }) => request_id));
  for await (const { event, data } of coming) {
    if (event === 'events.dropped') shell.err(`${data.count} exchanges were not shown: too many at once.`);
    if (event !== 'exchange.closed' || !matches(data, query.filter ?? {})) continue;
    if (!shown.delete(data.request_id)) print(data);
  }
  shell.err('The instance has stopped.');
  return 0;
}

function readFilter(args: Arguments): TrafficFilter {
  const filter: TrafficFilter = {};
  for (const name of ['key', 'client', 'model', 'provider', 'error'] as const) {
    const text = args.text(name);
    if (text !== undefined) filter[name] = text;
  }
  const status = args.number('status', statusRange);
  if (status !== undefined) filter.status = status;
  return filter;
}

/** The same filter for entries that arrive. */
function matches(entry: ExchangeEntry, filter: TrafficFilter): boolean {
  const [provider, model] = parts(entry.target);
  return (
    (filter.key === undefined || entry.key === filter.key) &&
    (filter.client === undefined || entry.client === filter.client) &&
    (filter.model === undefined || model === filter.model || entry.model_asked === filter.model) &&
    (filter.provider === undefined || provider === filter.provider) &&
    (filter.status === undefined || entry.status === filter.status) &&
    (filter.error === undefined || (filter.error === '*' ? isError(entry) : entry.error === filter.error))
  );
}

function parts(target: string | null): [string | undefined, string | undefined] {
  const slash = target?.indexOf('/') ?? -1;
  return target === null || slash < 0 ? [undefined, undefined] : [target.slice(0, slash), target.slice(slash + 1)];
}

function isError({ outcome, error, status }: ExchangeEntry): boolean {
  if (outcome === 'aborted') return false;
  return error !== null || outcome === 'failed' || outcome === 'incomplete' || (status !== null && status >= 400);
}

/** What `--json` promises: these names, in this order. */
function project(entry: ExchangeEntry): object {
  return {
    request_id: entry.request_id,
    at: entry.at,
    key: entry.key,
    client: entry.client,
    dialect: entry.dialect,
    model_asked: entry.model_asked,
    target: entry.target,
    status: entry.status,
    error: entry.error,
    attempts: entry.attempts,
    ttft_ms: entry.ttft_ms,
    duration_ms: entry.duration_ms,
    usage: entry.usage,
    usage_source: entry.usage_source,
    cost_usd: entry.cost_usd,
    masked: entry.masked,
    firewall: entry.firewall,
    route_reason: entry.route_reason,
    stream: entry.stream,
    losses: entry.losses,
    cache: entry.cache,
  };
}

const columns: readonly ColumnSpec[] = [
  { title: 'TIME' },
  { title: 'STATUS', right: true },
  { title: 'KEY', max: 16 },
  { title: 'CLIENT', max: 18 },
  { title: 'MODEL', max: 28 },
  { title: 'TARGET', max: 36 },
  { title: 'INPUT', right: true },
  { title: 'OUTPUT', right: true },
  { title: 'COST', right: true },
  { title: 'TOOK', right: true },
  { title: 'NOTE', max: 120 },
];

/** Lines that come one by one cannot know how wide the next will be. */
const widths = [19, 6, 16, 18, 28, 36, 9, 9, 10, 9, 4];
const fixedColumns = columns.map((column, index) => ({ ...column, title: column.title.padEnd(widths[index] ?? 0) }));

function fixedLine(cells: readonly string[]): string {
  return table(fixedColumns, [cells]).split('\n')[1] ?? '';
}

function row(entry: ExchangeEntry): string[] {
  const { usage } = entry;
  return [
    localTime(entry.at),
    entry.status === null ? entry.outcome : String(entry.status),
    entry.key ?? '–',
    entry.client ?? '–',
    entry.model_asked ?? '–',
    entry.target ?? '–',
    usage === null ? '–' : grouped(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens),
    usage === null ? '–' : grouped(usage.output_tokens),
    money(entry.cost_usd),
    duration(entry.duration_ms),
    noteOn(entry),
  ];
}

/** What went wrong, else what is worth a look all the same. */
function noteOn(entry: ExchangeEntry): string {
  const { error, attempts, losses, cache } = entry;
  const notes: string[] = error === null ? [] : [error];
  if (cache !== null)
    notes.push(cache.saved_usd === null ? 'from the cache' : `from the cache, saved ${money(cache.saved_usd)}`);
  const instead = error === null ? servedInstead(entry) : undefined;
  if (instead !== undefined) notes.push(instead);
  else if (attempts.length > 1) notes.push(counted(attempts.length, 'attempt'));
  if (error === null && losses.length > 0) notes.push(counted(losses.length, 'loss', 'losses'));
  return notes.join(', ');
}
