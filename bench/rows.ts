/** What is measured and what is aimed at, as data: the rows of the benchmark and the goals set on them. */
import type { AnswerKind, Ask, BenchDialect, PromptSize } from './bodies.ts';

/** Who carries the requests. The variants of sluice differ only in their config. */
export const contenderNames = ['direct', 'nginx', 'bare', 'sluice', 'sluice-masking', 'sluice-many'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** What can be known about a contender in a row. Times in milliseconds or, of the processor, microseconds. */
export const figureNames = [
  ...(['cpuMicros', 'perSecond', 'p50Ms', 'p99Ms', 'firstMs', 'addedP50Ms', 'addedP99Ms', 'addedFirstMs'] as const),
  ...(['residentMb', 'growth', 'readyMs', 'healthMs'] as const),
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
/** Where carrying is compared with translating, a direct call says nothing new. */
const againstBare: readonly ContenderName[] = ['bare', 'sluice'];

const plain: readonly FigureName[] = ['cpuMicros', 'perSecond', 'p50Ms'];
const streamed: readonly FigureName[] = ['cpuMicros', 'perSecond', 'firstMs'];

const closed = (connections: number): Arrival => ({ kind: 'closed', connections });

function ask(client: BenchDialect, target: BenchDialect, answer: AnswerKind, size: PromptSize): Ask {
  return { client, target, answer, size };
}

function row(id: string, title: string, arrival: Arrival, asked: Ask, more: Partial<LoadRow> = {}): LoadRow {
  const same = asked.client === asked.target;
  const isStream = asked.answer !== 'json';
  const contenders = same ? all : againstBare;
  return {
    id,
    title,
    arrival,
    ask: asked,
    contenders,
    shown: isStream ? streamed : plain,
    per: isStream ? 'event' : 'request',
    ...more,
  };
}

/** In the order they run. `chat` is OpenAI Chat Completions, `messages` Anthropic Messages. */
export const loadRows: readonly LoadRow[] = [
  row('json-1k-c1', '1 KB JSON, 1 connection, chat', closed(1), ask('chat', 'chat', 'json', '1k')),
  row('json-1k-c32', '1 KB JSON, 32 connections, chat', closed(32), ask('chat', 'chat', 'json', '1k')),
  row(
    'json-1k-c32-many',
    '1 KB JSON, 32 connections, 1,000 keys and 500 routes',
    closed(32),
    ask('chat', 'chat', 'json', '1k'),
    {
      contenders: ['bare', 'sluice', 'sluice-many'],
      fullOnly: true,
    },
  ),
  row(
    'json-1k-c32-translated',
    '1 KB JSON, 32 connections, messages to chat',
    closed(32),
    ask('messages', 'chat', 'json', '1k'),
  ),
  row(
    'prompt-200k',
    '200 KB agent prompt, 8 connections, messages',
    closed(8),
    ask('messages', 'messages', 'json', '200k'),
  ),
  row('prompt-200k-chat', '200 KB agent prompt, 8 connections, chat', closed(8), ask('chat', 'chat', 'json', '200k'), {
    fullOnly: true,
  }),
  row(
    'prompt-200k-translated',
    '200 KB agent prompt, 8 connections, messages to chat',
    closed(8),
    ask('messages', 'chat', 'json', '200k'),
  ),
  row(
    'prompt-200k-translated-back',
    '200 KB agent prompt, 8 connections, chat to messages',
    closed(8),
    ask('chat', 'messages', 'json', '200k'),
    {
      fullOnly: true,
    },
  ),
  row(
    'prompt-200k-masking',
    '200 KB agent prompt, 8 connections, masking on, history unchanged',
    closed(8),
    ask('messages', 'messages', 'json', '200k'),
    {
      contenders: ['bare', 'sluice-masking'],
    },
  ),
  row('prompt-2m', '2 MB prompt, 4 connections, messages', closed(4), ask('messages', 'messages', 'json', '2m')),
  row(
    'prompt-2m-translated',
    '2 MB prompt, 4 connections, messages to chat',
    closed(4),
    ask('messages', 'chat', 'json', '2m'),
    { fullOnly: true },
  ),
  row(
    'stream-fast',
    'streams of 50 events as fast as they come, 8 connections, chat',
    closed(8),
    ask('chat', 'chat', 'fast', '1k'),
  ),
  row(
    'stream-fast-messages',
    'streams of 50 events as fast as they come, 8 connections, messages',
    closed(8),
    ask('messages', 'messages', 'fast', '1k'),
    {
      fullOnly: true,
    },
  ),
  row(
    'stream-fast-translated',
    'streams of 50 events as fast as they come, 8 connections, messages to chat',
    closed(8),
    ask('messages', 'chat', 'fast', '1k'),
  ),
  row(
    'stream-paced',
    '50 streams of 50 events, 20 ms apart, chat',
    { kind: 'batch', streams: 50 },
    ask('chat', 'chat', 'paced', '1k'),
  ),
  row(
    'stream-paced-translated',
    '50 streams of 50 events, 20 ms apart, messages to chat',
    { kind: 'batch', streams: 50 },
    ask('messages', 'chat', 'paced', '1k'),
  ),
  row(
    'latency-500',
    '1 KB JSON at 500 requests a second, open loop, chat',
    { kind: 'open', perSecond: 500 },
    ask('chat', 'chat', 'json', '1k'),
    {
      shown: ['addedP50Ms', 'addedP99Ms', 'p50Ms', 'p99Ms', 'cpuMicros'],
    },
  ),
  row(
    'first-event',
    'time to the first event of a stream, 1 connection, chat',
    closed(1),
    ask('chat', 'chat', 'fast', '1k'),
    {
      shown: ['addedFirstMs', 'firstMs', 'cpuMicros'],
    },
  ),
];

/** A row about a process's life, measured on a process of its own. */
export interface LifeRow {
  readonly id: 'memory-idle' | 'memory-streams' | 'memory-after' | 'cold-start' | 'cold-start-used';
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

/** What docs/performance.md promises. Limits are ratios to the bare proxy in the same run unless the text says otherwise. */
export const goals: readonly Goal[] = [
  goal('1 KB JSON, processor time', 'json-1k-c32', 'cpuMicros', 1.6),
  goal('200 KB, same dialect, processor time', 'prompt-200k', 'cpuMicros', 1.25),
  goal('200 KB, masking on, unchanged history, processor time', 'prompt-200k-masking', 'cpuMicros', 1.6, {
    contender: 'sluice-masking',
  }),
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
  goal('1,000 keys and 500 routes over none, processor time', 'json-1k-c32-many', 'cpuMicros', 1.1, {
    contender: 'sluice-many',
    over: 'sluice',
  }),
];
