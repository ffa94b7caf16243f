/** `sluice log`: exchanges, newest first, or as they end. */
import type { CallInput } from '../../../shared/contract/contract.ts';
import type { ExchangeEntry, TrafficFilter } from '../../../shared/contract/traffic.ts';
import { matchesFilter } from '../../../shared/contract/traffic-match.ts';
import { outcomes } from '../../../shared/contract/words.ts';
import type { Arguments } from '../arguments.ts';
import { connectOrOpen, placeOf, type Client } from '../client.ts';
import { servedInstead } from '../explain/attempts.ts';
import { checkExport, jsonLine, logCsvLine, logCsvTitles, readFormat, withSink, type ExportFormat } from '../export.ts';
import { counted, duration, grouped, localTime, money, table, type ColumnSpec } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { readRange } from './usage.ts';

type Query = CallInput<'traffic.list'>;

const pageSize = 500;
const limitRange = { min: 1, max: 1_000_000 };
const durationRange = { min: 0, max: 86_400_000 };

export async function log(args: Arguments, shell: Shell): Promise<number> {
  const follow = args.flag('follow');
  const json = args.flag('json');
  const format = readFormat(args, 'log');
  if (format !== undefined && (follow || json))
    throw new UsageError(`--export is for what was: leave --${follow ? 'follow' : 'json'} out.`, 'log');
  if (format === undefined && args.text('output') !== undefined)
    throw new UsageError('--output is for --export csv or --export jsonl.', 'log');
  const limit = args.number('limit', limitRange);
  const query: Query = { ...readRange(args, shell.now()), filter: readFilter(args) };
  const client = await connectOrOpen(placeOf(args, shell), shell);
  try {
    if (follow) return await followLog(client, shell, { query, limit: limit ?? 10, json });
    if (format !== undefined) {
      await checkExport(client);
      await withSink(args, shell, async ({ write }) => {
        if (format === 'csv') await write(logCsvTitles);
        for await (const entries of pages(client, query, limit ?? Number.POSITIVE_INFINITY))
          await write(entries.map((entry) => lineOf(entry, format)).join(''));
      });
      return 0;
    }
    const entries = await readPages(client, query, limit ?? 50);
    if (json) shell.out(JSON.stringify(entries.map(project)));
    else if (entries.length === 0) shell.err(nothingFound(query));
    else shell.out(table(columns, entries.map(row)));
    return 0;
  } finally {
    await client.close();
  }
}

function lineOf(entry: ExchangeEntry, format: ExportFormat): string {
  return format === 'csv' ? logCsvLine(entry) : jsonLine(entry);
}

function nothingFound({ filter = {}, since, until }: Query): string {
  const isAsked = since !== undefined || until !== undefined || Object.keys(filter).length > 0;
  return isAsked ? 'No exchange fits.' : 'No exchange is recorded.';
}

/** Pages with something in them, until there are enough. A page may hold few of those that fit, or none. */
async function* pages(client: Client, query: Query, limit: number): AsyncGenerator<ExchangeEntry[]> {
  let left = limit;
  let before: string | undefined;
  while (left > 0) {
    const page = await client.ask('traffic.list', {
      ...query,
      limit: Math.min(pageSize, left),
      ...(before === undefined ? {} : { before }),
    });
    left -= page.entries.length;
    if (page.entries.length > 0) yield page.entries;
    if (page.next === null) return;
    before = page.next;
  }
}

async function readPages(client: Client, query: Query, limit: number): Promise<ExchangeEntry[]> {
  const entries: ExchangeEntry[] = [];
  for await (const page of pages(client, query, limit)) entries.push(...page);
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
    if (event !== 'exchange.closed' || !matchesFilter(data, query.filter ?? {})) continue;
    if (!shown.delete(data.request_id)) print(data);
  }
  shell.err('The instance has stopped.');
  return 0;
}

function readFilter(args: Arguments): TrafficFilter {
  const filter: TrafficFilter = {};
  for (const name of [
    ...([
      'key',
      'client',
      'user',
      'team',
      'session',
      'model',
      'provider',
      'target',
      'error',
      'rule',
      'firewall',
    ] as const),
  ]) {
    const text = args.text(name);
    if (text !== undefined) filter[name] = text;
  }
  const status = readStatus(args);
  if (status !== undefined) filter.status = status;
  const outcome = readOutcome(args);
  if (outcome !== undefined) filter.outcome = outcome;
  const least = args.text('min-cost');
  if (least !== undefined) filter.min_cost_usd = readDollars(least);
  const slow = args.number('min-duration', durationRange);
  if (slow !== undefined) filter.min_duration_ms = slow;
  if (args.flag('losses')) filter.losses = true;
  if (args.flag('masked')) filter.masked = true;
  const text = args.text('search');
  if (text !== undefined) filter.q = text;
  return filter;
}

function readStatus(args: Arguments): TrafficFilter['status'] {
  const text = args.text('status');
  if (text === undefined || /^[1-5]xx$/.test(text)) return text;
  if (/^[1-9]\d\d$/.test(text)) return Number(text);
  throw new UsageError(`--status is "${text}": give a whole number from 100 to 999, or a class such as 4xx.`, 'log');
}

function readOutcome(args: Arguments): TrafficFilter['outcome'] {
  const text = args.text('outcome');
  if (text === undefined) return undefined;
  const known = outcomes.find((outcome) => outcome === text);
  if (known !== undefined) return known;
  throw new UsageError(`--outcome does not know "${text}": give one of ${outcomes.join(', ')}.`, 'log');
}

function readDollars(text: string): string {
  const amount = /^\$?(\d{1,9}(?:\.\d{1,12})?)$/.exec(text)?.[1];
  if (amount !== undefined) return amount;
  throw new UsageError(`--min-cost is "${text}": give US dollars, e.g. 0.05.`, 'log');
}

/** What `--json` promises: these names, in this order. */
export function project(entry: ExchangeEntry): object {
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
    user: entry.user,
    team: entry.team,
    rule: entry.rule,
    downgrade: entry.downgrade,
    masked_kinds: entry.masked_kinds,
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
  const { error, rule, attempts, losses, cache, downgrade, masked, firewall } = entry;
  const notes: string[] = error === null ? [] : [rule === null ? error : `${error} (${rule})`];
  if (downgrade !== null) notes.push(`moved to ${downgrade.alias} by budget ${downgrade.budget}`);
  // What was refused says so already.
  if (firewall !== null && firewall.action !== 'block') notes.push(`firewall: ${firewall.rules.join(' ')}`);
  if (masked > 0) notes.push(`${grouped(masked)} masked`);
  if (cache !== null)
    notes.push(cache.saved_usd === null ? 'from the cache' : `from the cache, saved ${money(cache.saved_usd)}`);
  const instead = error === null ? servedInstead(entry) : undefined;
  if (instead !== undefined) notes.push(instead);
  else if (attempts.length > 1) notes.push(counted(attempts.length, 'attempt'));
  if (error === null && losses.length > 0) notes.push(counted(losses.length, 'loss', 'losses'));
  return notes.join(', ');
}
