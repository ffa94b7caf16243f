/** One run's processes, and how a row is measured on them: warm up, load, check what arrived upstream, count the cost. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { judgeOf } from './answers.ts';
import {
  answerBytes,
  askedModel,
  eventsPerStream,
  firstContent,
  requestBody,
  requestPath,
  upstreamModel,
} from './bodies.ts';
import type { Ask } from './bodies.ts';
import { findNginx, newKey, startBare, startGateway, startNginx, startUpstream, temporaryFolder } from './children.ts';
import type { Child, GatewayOptions } from './children.ts';
import type { Target, Wire } from './connection.ts';
import { batch, closedLoop, getJson, openLoop } from './load.ts';
import type { Load } from './load.ts';
import { processorMicros } from './proc.ts';
import { known, withAdded } from './results.ts';
import type { Figures, RowResult } from './results.ts';
import type { ContenderName, LoadRow } from './rows.ts';
import type { UpstreamStats } from './upstream.ts';

/** How much of everything. */
export interface Effort {
  readonly rounds: number;
  /** Length of one closed-loop measurement. */
  readonly loopMs: number;
  readonly openLoopMs: number;
  /** Before each row, of its own kind. */
  readonly warmUpMs: number;
  /** Before the first row. */
  readonly firstRequests: number;
  /** Requests after which resident memory is looked at. */
  readonly manyRequests: number;
}

export interface Session {
  readonly upstream: Child;
  readonly key: string;
  readonly folder: string;
  readonly source: boolean;
  readonly nginx: string | undefined;
  readonly effort: Effort;
  /** Contenders that run, by name; a failed start is remembered as its message. */
  readonly running: Map<ContenderName, Child | string>;
  /** Data directory of a stopped gateway and, where counted, how many requests it recorded. */
  used: { readonly folder: string; readonly requests: number | undefined } | undefined;
  readonly log: (line: string) => void;
}

/** Starts the upstream stand-in; contenders follow when a row needs them. */
export async function openSession(options: Pick<Session, 'source' | 'effort' | 'log'>): Promise<Session> {
  const upstream = await startUpstream();
  const shared = {
    folder: temporaryFolder(),
    key: newKey(),
    nginx: findNginx(),
    running: new Map<ContenderName, Child | string>(),
  };
  return { ...options, ...shared, upstream, used: undefined };
}

/** Ends every contender; the upstream stand-in stays. */
export async function stopContenders(session: Session): Promise<void> {
  for (const [name, child] of session.running) {
    if (typeof child !== 'string' && child !== session.upstream) await child.stop();
    session.running.delete(name);
  }
}

/** The options a gateway of this session starts with; each folder is one data directory. */
export function gatewayOptions(session: Session, folder: string): GatewayOptions {
  return { upstream: session.upstream, key: session.key, folder: join(session.folder, folder), source: session.source };
}

async function startContender(session: Session, name: ContenderName): Promise<Child> {
  switch (name) {
    case 'direct':
      return session.upstream;
    case 'bare':
      return startBare(session.upstream);
    case 'nginx':
      return startNginx(session.nginx ?? 'nginx', session.upstream, join(session.folder, 'nginx'));
    case 'sluice':
      return startGateway(gatewayOptions(session, 'sluice'));
    case 'sluice-many':
      return startGateway({ ...gatewayOptions(session, 'sluice-many'), others: { keys: 1_000, routes: 500 } });
    case 'sluice-masked':
      return startGateway({ ...gatewayOptions(session, 'sluice-masked'), isMasked: true });
    case 'sluice-bundle': {
      const { writeLargeBundle } = await import('./bundle.ts');
      return startGateway({ ...gatewayOptions(session, 'sluice-bundle'), bundle: writeLargeBundle(session.folder) });
    }
  }
}

/** The running contender, or why there is none. */
async function contender(session: Session, name: ContenderName): Promise<Child | string> {
  const before = session.running.get(name);
  if (before !== undefined) return before;
  const child = await startContender(session, name).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  session.running.set(name, child);
  if (typeof child !== 'string' && name !== 'direct' && name !== 'nginx') await pastFirstRequests(session, child);
  return child;
}

/** Nobody's warm-up takes longer, however slow. */
const longestWarmUpMs = 20_000;

/**
 * The first thousands of requests are slow, and nobody's measure: whoever starts late gets them as well. By number, not by time:
 * the engine compiles what has run often, so that within the same time a slower contender would stay colder.
 */
async function pastFirstRequests(session: Session, child: Child): Promise<void> {
  const wire = wireFor({ client: 'chat', target: 'chat', answer: 'json', size: '1k' }, session.key, child.port);
  const maxRequests = session.effort.firstRequests;
  await closedLoop({ target: child, wire, connections: 32, durationMs: longestWarmUpMs, maxRequests });
}

const isSluice = (name: ContenderName): boolean => name.startsWith('sluice');

/** What this contender is asked: only sluice translates. */
function askFor(name: ContenderName, ask: Ask): Ask {
  return isSluice(name) ? ask : { ...ask, target: ask.client };
}

/** Head and body as a real client sends them, and what must come back. */
export function wireFor(ask: Ask, key: string, port: number): Wire {
  const body = requestBody(ask);
  const credential =
    ask.client === 'chat' ? `authorization: Bearer ${key}` : `x-api-key: ${key}\r\nanthropic-version: 2023-06-01`;
  const head = [
    `POST ${requestPath(ask.client)} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    credential,
    'accept: application/json',
    'content-type: application/json',
    'user-agent: sluice-bench/1',
    `content-length: ${body.length}`,
  ];
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  const mark = ask.answer === 'json' ? undefined : firstContent;
  return ask.client === ask.target
    ? { bytes, exact: answerBytes(ask.target, ask.answer), judge: undefined, firstContent: mark }
    : { bytes, exact: undefined, judge: judgeOf(ask), firstContent: mark };
}

interface Runner {
  readonly name: ContenderName;
  readonly child: Child;
  readonly wire: Wire;
  /** Says what is wrong with what reached the upstream. */
  readonly inspect: (stats: UpstreamStats, load: Load) => string | undefined;
}

function inspector(name: ContenderName, ask: Ask): Runner['inspect'] {
  const sent = requestBody(ask);
  // Of a body in its own dialect, sluice takes the provider's name off the model and changes nothing else.
  const model = upstreamModel(ask.answer);
  const at = sent.indexOf(`"${askedModel(ask)}"`);
  const rest = sent.subarray(at + askedModel(ask).length + 2);
  const wanted = isSluice(name) ? Buffer.concat([sent.subarray(0, at), Buffer.from(`"${model}"`), rest]) : sent;
  const translates = ask.client !== ask.target;
  return (stats, load) => {
    if (stats.requests < load.right) return `only ${stats.requests} of ${load.right} requests reached the upstream`;
    if (stats.requests > load.right + load.wrong)
      return `${stats.requests} requests reached the upstream, not ${load.right}`;
    const lengths = Object.keys(stats.lengths);
    if (lengths.length > 1 || stats.sums.length > 1)
      return `the same request reached the upstream in ${lengths.length} forms`;
    const same = Number(lengths[0]) === wanted.length && stats.sums[0] === crc32(wanted);
    // There is something to mask in every prompt.
    if (name === 'sluice-masked' || name === 'sluice-bundle') return same ? 'nothing was masked' : undefined;
    return same || translates
      ? undefined
      : `the upstream got other bytes: ${String(lengths[0])} instead of ${wanted.length}`;
  };
}

async function drive(row: LoadRow, runner: Runner, durations: { loopMs: number; openLoopMs: number }): Promise<Load> {
  const target: Target = { port: runner.child.port };
  const { wire } = runner;
  switch (row.arrival.kind) {
    case 'closed':
      return closedLoop({ target, wire, connections: row.arrival.connections, durationMs: durations.loopMs });
    case 'open':
      return openLoop({ target, wire, perSecond: row.arrival.perSecond, durationMs: durations.openLoopMs });
    case 'batch':
      return batch({ target, wire, streams: row.arrival.streams });
  }
}

/** Waits until a process has nothing left to do (such as writing its ledger), at most a second. */
export async function settledMicros(pid: number): Promise<number | undefined> {
  let last = processorMicros(pid);
  for (let look = 0; look < 20 && last !== undefined; look++) {
    await sleep(50);
    const now = processorMicros(pid);
    if (now === last) break;
    last = now;
  }
  return last;
}

async function measure(
  session: Session,
  row: LoadRow,
  runner: Runner,
): Promise<{ figures: Figures; problem: string | undefined }> {
  await getJson(session.upstream, '/stats');
  const before = clocks(session, runner);
  const load = await drive(row, runner, session.effort);
  const busy = clocks(session, runner);
  const settled = await settledMicros(runner.child.pid);
  const stats = await getJson<UpstreamStats>(session.upstream, '/stats');
  const problem = load.problem ?? runner.inspect(stats, load);
  if (problem !== undefined || load.right === 0) return { figures: {}, problem: problem ?? 'no answer at all' };
  const work = load.right * (row.per === 'event' ? eventsPerStream : 1);
  const isStream = row.ask.answer !== 'json';
  const share = (used: number | undefined): number | undefined =>
    used === undefined ? undefined : used / (load.elapsedMs * 1000);
  const figures = known({
    cpuMicros: runner.name === 'direct' ? undefined : over(minus(settled, before.contender), work),
    // At a given rate, or with paced streams, how many come through says nothing.
    perSecond: row.arrival.kind === 'closed' ? (work / load.elapsedMs) * 1000 : undefined,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    firstMs: isStream ? load.firstP50Ms : undefined,
    contentMs: isStream ? load.contentP50Ms : undefined,
    generatorShare: share(busy.generator - before.generator),
    upstreamShare: share(minus(busy.upstream, before.upstream)),
  });
  return { figures, problem: undefined };
}

interface Clocks {
  readonly contender: number | undefined;
  readonly generator: number;
  readonly upstream: number | undefined;
}

/** Processor time of everyone who takes part, in microseconds. This very process is the load generator. */
function clocks(session: Session, runner: Runner): Clocks {
  const { user, system } = process.cpuUsage();
  return {
    contender: processorMicros(runner.child.pid),
    generator: user + system,
    upstream: processorMicros(session.upstream.pid),
  };
}

function minus(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

function over(micros: number | undefined, work: number): number | undefined {
  return micros === undefined ? undefined : micros / work;
}

async function prepare(session: Session, row: LoadRow, problems: Map<ContenderName, string>): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const name of row.contenders) {
    if (name === 'nginx' && session.nginx === undefined) continue;
    const child = await contender(session, name);
    if (typeof child === 'string') {
      problems.set(name, `it does not start: ${child}`);
      continue;
    }
    const ask = askFor(name, row.ask);
    const runner = { name, child, wire: wireFor(ask, session.key, child.port), inspect: inspector(name, ask) };
    runners.push(runner);
    // Paced streams cannot be hurried, and what they need is warm by then.
    if (row.arrival.kind === 'batch') continue;
    const { warmUpMs } = session.effort;
    await drive(row, runner, { loopMs: warmUpMs, openLoopMs: warmUpMs });
    await settledMicros(child.pid);
  }
  return runners;
}

/**
 * Measures a row: every contender in every round, one after the other. Each round begins with another one, so that
 * nobody always comes after the same neighbour.
 */
export async function measureRow(session: Session, row: LoadRow): Promise<RowResult> {
  const problems = new Map<ContenderName, string>();
  const runners = await prepare(session, row, problems);
  const rounds = new Map<ContenderName, Figures[]>(runners.map((runner) => [runner.name, []]));
  for (let round = 0; round < session.effort.rounds; round++) {
    const first = runners.length === 0 ? 0 : round % runners.length;
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) {
      // What is broken stays broken: no time is spent on it twice.
      const { figures, problem } = problems.has(runner.name)
        ? { figures: {}, problem: undefined }
        : await measure(session, row, runner);
      rounds.get(runner.name)?.push(figures);
      if (problem !== undefined) problems.set(runner.name, problem);
    }
  }
  return { id: row.id, title: row.title, shown: row.shown, per: row.per, rounds: withAdded(rounds), problems };
}

/** Starts the main contenders. */
export async function startMain(session: Session): Promise<void> {
  for (const name of ['bare', 'sluice'] as const) {
    const child = await contender(session, name);
    if (typeof child === 'string') session.log(`${name} does not start: ${child}`);
  }
}
