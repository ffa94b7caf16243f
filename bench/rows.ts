/** What is measured and what is aimed at, as data: the rows of the benchmark and the goals set on them. */
import type { AnswerKind, Ask, BenchDialect, PromptSize } from './bodies.ts';

/** Who carries the requests. The last three differ from `sluice` only in their configs. */
export const contenderNames = [
  ...(['direct', 'nginx', 'bare', 'sluice', 'sluice-many', 'sluice-masked', 'sluice-bundle'] as const),
] as const;
export type ContenderName = (typeof contenderNames)[number];

/** What can be known about a contender in a row. Times in milliseconds or, of the processor, microseconds. */
export const figureNames = [
  ...(['cpuMicros', 'perSecond', 'p50Ms', 'p99Ms', 'firstMs', 'contentMs'] as const),
  ...(['addedP50Ms', 'addedP99Ms', 'addedFirstMs', 'addedContentMs'] as const),
  ...(['residentMb', 'growth', 'readyMs', 'healthMs', 'worstMs'] as const),
  // How much of one processor the benchmark's own processes used meanwhile.
  ...(['generatorShare', 'upstreamShare'] as const),
] as const;
export type FigureName = (typeof figureNames)[number];

/** How requests arrive. */
export type Arrival =
  | { readonly kind: 'closed'; readonly connections: number }
  | { readonly kind: 'open'; readonly perSecond: number }
  | { readonly kind: 'batch'; readonly streams: number };

/** A row in which requests are carried. */
export interface LoadRow {
  readonly id: string;
  readonly title: string;
  readonly arrival: Arrival;
  /** What sluice is asked. Where it translates, all others carry the client's dialect as it is. */
  readonly ask: Ask;
  readonly contenders: readonly ContenderName[];
  readonly shown: readonly FigureName[];
  /** Unit of work of processor time. */
  readonly per: 'request' | 'event';
  /** Left out of `--quick`. */
  readonly fullOnly?: boolean | undefined;
}

const all: readonly ContenderName[] = ['direct', 'nginx', 'bare', 'sluice'];
/** Where carrying is compared with translating, a direct call says nothing new but how long the upstream itself takes. */
const againstBare: readonly ContenderName[] = ['bare', 'sluice'];

const plain: readonly FigureName[] = ['cpuMicros', 'perSecond', 'p50Ms', 'p99Ms'];
const streamed: readonly FigureName[] = ['cpuMicros', 'perSecond', 'firstMs', 'contentMs'];
const paced: readonly FigureName[] = ['cpuMicros', 'firstMs', 'contentMs'];
const latency: readonly FigureName[] = ['addedP50Ms', 'addedP99Ms', 'p50Ms', 'p99Ms', 'cpuMicros'];
const firstEvent: readonly FigureName[] = ['addedFirstMs', 'addedContentMs', 'firstMs', 'contentMs', 'cpuMicros'];

const closed = (connections: number): Arrival => ({ kind: 'closed', connections });
const open = (perSecond: number): Arrival => ({ kind: 'open', perSecond });
const batch = (streams: number): Arrival => ({ kind: 'batch', streams });

function ask(client: BenchDialect, target: BenchDialect, answer: AnswerKind, size: PromptSize): Ask {
  return { client, target, answer, size };
}

type More = Partial<Pick<LoadRow, 'contenders' | 'shown' | 'fullOnly'>>;

function row(id: string, title: string, arrival: Arrival, asked: Ask, more: More = {}): LoadRow {
  const isStream = asked.answer !== 'json';
  return {
    id,
    title,
    arrival,
    ask: asked,
    contenders: asked.client === asked.target ? all : againstBare,
    shown: isStream ? streamed : plain,
    per: isStream ? 'event' : 'request',
    ...more,
  };
}

const chatJson = ask('chat', 'chat', 'json', '1k');
const chatFast = ask('chat', 'chat', 'fast', '1k');
const translatedFast = ask('messages', 'chat', 'fast', '1k');
const fullOnly = { fullOnly: true };
/** What is added to a direct call is shown, translated or not. */
const added = { contenders: all, shown: latency };

/** Masking is on, and the prompt holds something to mask: its answers are looked through for placeholders. */
const masked: More = { contenders: ['bare', 'sluice', 'sluice-masked'] };

/** In the order they run. `chat` is OpenAI Chat Completions, `messages` Anthropic Messages. */
export const loadRows: readonly LoadRow[] = [
  row('json-1k-c1', '1 KB, 1 connection, chat', closed(1), chatJson, fullOnly),
  row('json-1k-c32', '1 KB, 32 connections, chat', closed(32), chatJson),
  row('json-1k-c32-many', '1 KB, 32 connections, 1,000 keys and 500 routes', closed(32), chatJson, {
    contenders: ['bare', 'sluice', 'sluice-many'],
    fullOnly: true,
  }),
  row('json-1k-c32-bundle', '1 KB, 32 connections, a team bundle of 20,000 terms and 500 rules', closed(32), chatJson, {
    contenders: ['bare', 'sluice-masked', 'sluice-bundle'],
    fullOnly: true,
  }),
  row(
    'json-1k-c32-translated',
    '1 KB, 32 connections, messages to chat',
    closed(32),
    ask('messages', 'chat', 'json', '1k'),
  ),
  row('prompt-200k', '200 KB, 8 connections, messages', closed(8), ask('messages', 'messages', 'json', '200k')),
  row('prompt-200k-chat', '200 KB, 8 connections, chat', closed(8), ask('chat', 'chat', 'json', '200k'), fullOnly),
  row(
    'prompt-200k-translated',
    '200 KB, 8 connections, messages to chat',
    closed(8),
    ask('messages', 'chat', 'json', '200k'),
  ),
  row(
    'prompt-200k-translated-back',
    '200 KB, 8 connections, chat to messages',
    closed(8),
    ask('chat', 'messages', 'json', '200k'),
    fullOnly,
  ),
  row(
    'prompt-200k-masked',
    '200 KB, 8 connections, messages, masking on, unchanged history',
    closed(8),
    ask('messages', 'messages', 'json', '200k'),
    masked,
  ),
  row('prompt-2m', '2 MB, 4 connections, messages', closed(4), ask('messages', 'messages', 'json', '2m')),
  row(
    'prompt-2m-translated',
    '2 MB, 4 connections, messages to chat',
    closed(4),
    ask('messages', 'chat', 'json', '2m'),
  ),
  row('stream-fast', 'streams of 50 events as fast as they come, 8 connections, chat', closed(8), chatFast),
  row(
    'stream-fast-messages',
    'streams of 50 events as fast as they come, 8 connections, messages',
    closed(8),
    ask('messages', 'messages', 'fast', '1k'),
    fullOnly,
  ),
  row(
    'stream-fast-translated',
    'streams of 50 events as fast as they come, 8 connections, messages to chat',
    closed(8),
    translatedFast,
  ),
  row(
    'stream-fast-masked',
    'streams of 50 events as fast as they come, 8 connections, messages, masking on',
    closed(8),
    ask('messages', 'messages', 'fast', '1k'),
    masked,
  ),
  row('stream-paced', '50 streams of 50 events, 20 ms apart, chat', batch(50), ask('chat', 'chat', 'paced', '1k'), {
    shown: paced,
  }),
  row(
    'stream-paced-translated',
    '50 streams of 50 events, 20 ms apart, messages to chat',
    batch(50),
    ask('messages', 'chat', 'paced', '1k'),
    { shown: paced },
  ),
  row('latency-500', 'added latency, 1 KB at 500 requests a second, open loop, chat', open(500), chatJson, added),
  row(
    'latency-500-translated',
    'added latency, 1 KB at 500 requests a second, open loop, messages to chat',
    open(500),
    ask('messages', 'chat', 'json', '1k'),
    added,
  ),
  row(
    'latency-200k',
    'added latency, 200 KB, one after the other, messages',
    closed(1),
    ask('messages', 'messages', 'json', '200k'),
    added,
  ),
  row(
    'latency-200k-translated',
    'added latency, 200 KB, one after the other, messages to chat',
    closed(1),
    ask('messages', 'chat', 'json', '200k'),
    added,
  ),
  row(
    'latency-2m',
    'added latency, 2 MB, one after the other, messages',
    closed(1),
    ask('messages', 'messages', 'json', '2m'),
    added,
  ),
  row(
    'latency-2m-translated',
    'added latency, 2 MB, one after the other, messages to chat',
    closed(1),
    ask('messages', 'chat', 'json', '2m'),
    added,
  ),
  row('first-event', 'time to the first event, one stream after the other, chat', closed(1), chatFast, {
    shown: firstEvent,
  }),
  row(
    'first-event-translated',
    'time to the first event, one stream after the other, messages to chat',
    closed(1),
    translatedFast,
    { contenders: all, shown: firstEvent },
  ),
];

/** A row about a process's life, measured on a process of its own. */
export interface LifeRow {
  readonly id:
    'memory-idle' | 'memory-streams' | 'memory-after' | 'cold-start' | 'cold-start-used' | 'cold-start-million';
  readonly title: string;
  readonly contenders: readonly ContenderName[];
  readonly shown: readonly FigureName[];
}

export const lifeRows: readonly LifeRow[] = [
  { id: 'memory-idle', title: 'resident memory, idle', contenders: againstBare, shown: ['residentMb'] },
  {
    id: 'memory-streams',
    title: 'resident memory, 1,000 open streams',
    contenders: againstBare,
    shown: ['residentMb'],
  },
  {
    id: 'memory-after',
    title: 'resident memory after many requests',
    contenders: againstBare,
    shown: ['residentMb', 'growth'],
  },
  {
    id: 'cold-start',
    title: 'cold start, new data directory',
    contenders: againstBare,
    shown: ['readyMs', 'healthMs'],
  },
  { id: 'cold-start-used', title: 'cold start, used ledger', contenders: ['sluice'], shown: ['readyMs', 'healthMs'] },
  {
    id: 'cold-start-million',
    title: 'cold start, ledger of 1,000,000 requests',
    contenders: ['sluice'],
    shown: ['readyMs', 'healthMs'],
  },
];

/** A row about what happens inside one process, without a request. */
export const decisionRow: { readonly id: string; readonly title: string; readonly shown: readonly FigureName[] } = {
  id: 'route-decision',
  title: 'route decision, 200 targets and 100 rules',
  shown: ['p50Ms', 'p99Ms'],
};

/** A row about following a bundle, inside one process too. */
export const bundleRow: { readonly id: string; readonly title: string; readonly shown: readonly FigureName[] } = {
  id: 'bundle-activate',
  title: 'a new version of a team bundle in force, 20,000 terms and 500 rules',
  shown: ['p50Ms', 'worstMs'],
};

/** A row about masking or the firewall, inside one process as well. */
export interface MaskingRow {
  readonly id: 'mask-first' | 'mask-again' | 'mask-10m' | 'mask-hostile' | 'firewall-first';
  readonly title: string;
  readonly shown: readonly FigureName[];
}

const looked: readonly FigureName[] = ['p50Ms', 'p99Ms'];

export const maskingRows: readonly MaskingRow[] = [
  { id: 'mask-first', title: 'masking, 200 KB agent prompt, first turn', shown: looked },
  { id: 'mask-again', title: 'masking, 200 KB agent prompt, next turn', shown: looked },
  { id: 'mask-10m', title: 'masking, 10 MB over ten times 1 MB', shown: ['growth'] },
  { id: 'mask-hostile', title: 'masking, 4 MB over four times 1 MB, the worst of hostile texts', shown: ['growth'] },
  { id: 'firewall-first', title: 'prompt injection, a tool result of 200 KB', shown: looked },
];

/** A row about a ledger with a million exchanges. */
export interface LedgerRow {
  readonly id:
    | 'ledger-page'
    | 'ledger-search'
    | 'ledger-usage'
    | 'ledger-usage-many'
    | 'ledger-series'
    | 'ledger-start'
    | 'ledger-write'
    | 'ledger-retention';
  readonly title: string;
  readonly shown: readonly FigureName[];
}

const asked: readonly FigureName[] = ['p50Ms', 'worstMs'];

export const ledgerRows: readonly LedgerRow[] = [
  { id: 'ledger-page', title: 'a page of the log by every filter, 1,000,000 exchanges', shown: asked },
  { id: 'ledger-search', title: 'a page of the log by a text, 1,000,000 exchanges', shown: asked },
  { id: 'ledger-usage', title: 'usage by each grouping, a day to all, 1,000,000 exchanges', shown: asked },
  { id: 'ledger-usage-many', title: 'usage by several groupings at once, 1,000,000 exchanges', shown: asked },
  { id: 'ledger-series', title: 'usage over time by each name, a day to all, 1,000,000 exchanges', shown: asked },
  { id: 'ledger-start', title: 'opening a ledger, 1,000,000 exchanges', shown: ['p50Ms'] },
  { id: 'ledger-write', title: 'writing a hundred exchanges, 1,000,000 exchanges', shown: asked },
  { id: 'ledger-retention', title: 'one step of retention, 1,000,000 exchanges', shown: asked },
];

/** One number that a run is held to. */
export interface Goal {
  readonly text: string;
  readonly row: string;
  readonly contender: ContenderName;
  readonly figure: FigureName;
  /** Whose figure in the same round it is divided by; undefined when the figure counts as it is. */
  readonly over: ContenderName | undefined;
  readonly atMost: number;
}

function goal(text: string, rowId: string, figure: FigureName, atMost: number, more: Partial<Goal> = {}): Goal {
  return { text, row: rowId, figure, atMost, contender: 'sluice', over: 'bare', ...more };
}

/** What sluice is built to. Limits are ratios to the bare proxy in the same run unless the text says otherwise. */
export const goals: readonly Goal[] = [
  goal('1 KB JSON, processor time', 'json-1k-c32', 'cpuMicros', 1.6),
  goal('200 KB, same dialect, processor time', 'prompt-200k', 'cpuMicros', 1.25),
  goal('200 KB, translated, processor time', 'prompt-200k-translated', 'cpuMicros', 3),
  goal('stream events, same dialect, as fast as they come, processor time', 'stream-fast', 'cpuMicros', 1.15),
  goal('stream events, same dialect, 20 ms apart, processor time', 'stream-paced', 'cpuMicros', 1.15),
  goal('stream events, translated, as fast as they come, processor time', 'stream-fast-translated', 'cpuMicros', 2),
  goal('stream events, translated, 20 ms apart, processor time', 'stream-paced-translated', 'cpuMicros', 2),
  goal('added p50 at 500 requests a second', 'latency-500', 'addedP50Ms', 1.5),
  goal('added p99 at 500 requests a second', 'latency-500', 'addedP99Ms', 1.5),
  goal('added time to the first event, p50, in ms', 'first-event', 'addedFirstMs', 0.3, { over: undefined }),
  goal('resident memory, idle', 'memory-idle', 'residentMb', 1.25),
  goal('resident memory, 1,000 open streams', 'memory-streams', 'residentMb', 1.5),
  goal('resident memory stays flat (end over a quarter of the way)', 'memory-after', 'growth', 1.1, {
    over: undefined,
  }),
  goal('ready after spawn, new data directory, in ms', 'cold-start', 'readyMs', 400, { over: undefined }),
  goal('ready after spawn, used ledger, in ms', 'cold-start-used', 'readyMs', 400, { over: undefined }),
  goal('ready after spawn, ledger of 1,000,000 requests, in ms', 'cold-start-million', 'readyMs', 400, {
    over: undefined,
  }),
  goal('200 KB, masking on, unchanged history, processor time', 'prompt-200k-masked', 'cpuMicros', 1.6, {
    contender: 'sluice-masked',
  }),
  goal('stream events, masking on, processor time', 'stream-fast-masked', 'cpuMicros', 1.4, {
    contender: 'sluice-masked',
  }),
  goal('masking, 200 KB, first turn, p50, in ms', 'mask-first', 'p50Ms', 5, { over: undefined }),
  goal('masking, 200 KB, next turn, p50, in ms', 'mask-again', 'p50Ms', 1, { over: undefined }),
  goal('masking is linear up to 10 MB', 'mask-10m', 'growth', 1.5, { over: undefined }),
  goal('masking is linear on hostile texts', 'mask-hostile', 'growth', 2, { over: undefined }),
  goal('slowest page of the log, any filter, in ms', 'ledger-page', 'worstMs', 50, { over: undefined }),
  goal('slowest page of the log, any text, in ms', 'ledger-search', 'worstMs', 50, { over: undefined }),
  goal('slowest sums of usage, in ms', 'ledger-usage', 'worstMs', 200, { over: undefined }),
  goal('slowest graph of usage, in ms', 'ledger-series', 'worstMs', 200, { over: undefined }),
  goal('route decision, 200 targets and 100 rules, p99, in ms', 'route-decision', 'p99Ms', 1, { over: undefined }),
  goal('a team bundle of 20,000 terms and 500 rules in force, in ms', 'bundle-activate', 'p50Ms', 1_000, {
    over: undefined,
  }),
  goal('such a bundle over plain masking, processor time', 'json-1k-c32-bundle', 'cpuMicros', 1.1, {
    contender: 'sluice-bundle',
    over: 'sluice-masked',
  }),
  goal('1,000 keys and 500 routes over none, processor time', 'json-1k-c32-many', 'cpuMicros', 1.1, {
    contender: 'sluice-many',
    over: 'sluice',
  }),
];
