/** Puts load on a contender: closed loops, open loops at a fixed rate, batches of streams, and streams held open. */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Connection } from './connection.ts';
import type { Outcome, Target, Wire } from './connection.ts';
import type { TickerOrder } from './ticker.ts';

/** What a piece of load found. Times in milliseconds. */
export interface Load {
  /** Requests with a right answer. */
  readonly right: number;
  readonly wrong: number;
  /** The first thing that was wrong. */
  readonly problem: string | undefined;
  readonly elapsedMs: number;
  /** Whole answers, from the intended start in an open loop, from sending elsewhere. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** First byte of the body: in a stream, the first event. */
  readonly firstP50Ms: number;
  /** First content of a stream; the first byte elsewhere. */
  readonly contentP50Ms: number;
}

/** More wrong answers than this say nothing new. */
const enoughWrong = 20;
/** An open loop that falls this far behind is not at its rate any more. */
const maxWaiting = 2_000;
const maxOpenLoopConnections = 64;

class Tally {
  readonly #whole: number[] = [];
  readonly #first: number[] = [];
  readonly #content: number[] = [];
  wrong = 0;
  #problem: string | undefined;
  #lastEnd = 0;

  add(outcome: Outcome, from: number): void {
    this.#lastEnd = Math.max(this.#lastEnd, outcome.endedAt);
    if (outcome.problem !== undefined) {
      this.fault(outcome.problem);
      return;
    }
    this.#whole.push(outcome.endedAt - from);
    this.#first.push(outcome.firstByteAt - from);
    this.#content.push(outcome.firstContentAt - from);
  }

  fault(problem: string): void {
    this.wrong++;
    this.#problem ??= problem;
  }

  load(startedAt: number): Load {
    const right = this.#whole.length;
    const whole = Float64Array.from(this.#whole).sort();
    const first = Float64Array.from(this.#first).sort();
    const content = Float64Array.from(this.#content).sort();
    return {
      ...{ right, wrong: this.wrong, problem: this.#problem },
      elapsedMs: Math.max(0, this.#lastEnd - startedAt),
      p50Ms: quantile(whole, 0.5),
      p99Ms: quantile(whole, 0.99),
      firstP50Ms: quantile(first, 0.5),
      contentP50Ms: quantile(content, 0.5),
    };
  }
}

function quantile(sorted: Float64Array, at: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN;
}

async function openAll(target: Target, count: number): Promise<Connection[]> {
  const connections = Array.from({ length: count }, () => new Connection(target));
  // In small groups, so that no backlog of accepting sockets is part of the story.
  for (let at = 0; at < count; at += 50) await Promise.all(connections.slice(at, at + 50).map((one) => one.open()));
  return connections;
}

function closeAll(connections: readonly Connection[]): void {
  for (const connection of connections) connection.close();
}

export interface ClosedLoop {
  readonly target: Target;
  readonly wire: Wire;
  readonly connections: number;
  /** Ends at whichever comes first. */
  readonly durationMs: number;
  readonly maxRequests?: number | undefined;
}

/** Each connection sends its next request as soon as it has the answer to its last. */
export async function closedLoop(order: ClosedLoop): Promise<Load> {
  const connections = await openAll(order.target, order.connections);
  const tally = new Tally();
  const startedAt = performance.now();
  const stopAt = startedAt + order.durationMs;
  let left = order.maxRequests ?? Number.POSITIVE_INFINITY;
  const run = (connection: Connection, done: () => void): void => {
    if (left-- <= 0 || performance.now() >= stopAt || tally.wrong >= enoughWrong) {
      done();
      return;
    }
    connection.exchange(order.wire, (outcome) => {
      tally.add(outcome, outcome.sentAt);
      run(connection, done);
    });
  };
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          run(connection, resolve);
        }),
    ),
  );
  closeAll(connections);
  return tally.load(startedAt);
}

export interface OpenLoop {
  readonly target: Target;
  readonly wire: Wire;
  readonly perSecond: number;
  readonly durationMs: number;
}

/** Requests leave at a fixed rate, whether answers come or not; each is timed from when it was due. */
export async function openLoop(order: OpenLoop): Promise<Load> {
  const idle = await openAll(order.target, 8);
  const all = [...idle];
  const tally = new Tally();
  const waiting: number[] = [];
  const count = Math.max(1, Math.round((order.perSecond * order.durationMs) / 1000));
  let finished = 0;
  const { promise: allDone, resolve } = Promise.withResolvers<undefined>();
  const settle = (): void => {
    if (++finished >= count) resolve(undefined);
  };
  const send = (connection: Connection, due: number): void => {
    connection.exchange(order.wire, (outcome) => {
      tally.add(outcome, due);
      const next = waiting.shift();
      if (next === undefined) idle.push(connection);
      else send(connection, next);
      settle();
    });
  };
  const arrive = (due: number): void => {
    const connection = idle.pop();
    if (connection !== undefined) send(connection, due);
    else if (all.length < maxOpenLoopConnections) {
      // It connects by itself with its first request.
      const more = new Connection(order.target);
      all.push(more);
      send(more, due);
    } else if (waiting.length < maxWaiting) waiting.push(due);
    else {
      tally.fault('fell behind the rate');
      settle();
    }
  };
  const startedAt = performance.now();
  const ticker = tick(order.perSecond, count, arrive);
  await Promise.race([allDone, ticker.failed, sleep(order.durationMs + 30_000, undefined, { ref: false })]);
  await ticker.stop();
  if (finished < count) tally.fault(`${count - finished} requests without an answer`);
  closeAll(all);
  return tally.load(startedAt);
}

interface Ticker {
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

function tick(perSecond: number, count: number, arrive: (due: number) => void): Ticker {
  // Two clocks, one moment: what the thread says in hrtime is told in performance.now() here.
  const nanosAtZero = process.hrtime.bigint() - BigInt(Math.round(performance.now() * 1_000_000));
  const everyNanos = BigInt(Math.round(1_000_000_000 / perSecond));
  const order: TickerOrder = { startAt: process.hrtime.bigint() + 100_000_000n, everyNanos, count };
  const worker = new Worker(new URL('ticker.ts', import.meta.url), { workerData: order });
  worker.on('message', (due: bigint) => {
    arrive(Number(due - nanosAtZero) / 1_000_000);
  });
  const failed = new Promise<never>((_resolve, reject) => worker.once('error', reject));
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      await worker.terminate();
    },
  };
}

export interface Batch {
  readonly target: Target;
  readonly wire: Wire;
  readonly streams: number;
}

/** So many streams at the same time, each once. They start spread over one event's pause, as real ones do. */
export async function batch(order: Batch): Promise<Load> {
  const connections = await openAll(order.target, order.streams);
  const tally = new Tally();
  const startedAt = performance.now();
  await Promise.all(
    connections.map(
      (connection, index) =>
        new Promise<void>((resolve) => {
          setTimeout(
            () => {
              connection.exchange(order.wire, (outcome) => {
                tally.add(outcome, outcome.sentAt);
                resolve();
              });
            },
            Math.floor((index * 20) / order.streams),
          );
        }),
    ),
  );
  closeAll(connections);
  return tally.load(startedAt);
}

export interface Held {
  /** Streams that are open at the upstream now. */
  readonly open: number;
  /** Lets the upstream end them; resolves with how they ended. */
  finish(): Promise<Load>;
}

/** Opens streams that the upstream leaves open, and waits (at most 20 s) until it has them all. */
export async function holdStreams(order: Batch & { readonly upstream: Target }): Promise<Held> {
  const connections = await openAll(order.target, order.streams);
  const tally = new Tally();
  const startedAt = performance.now();
  const ended = connections.map(
    (connection) =>
      new Promise<void>((resolve) => {
        connection.exchange(order.wire, (outcome) => {
          tally.add(outcome, outcome.sentAt);
          resolve();
        });
      }),
  );
  let open = 0;
  for (let look = 0; look < 200 && open < order.streams && tally.wrong === 0; look++) {
    await sleep(100);
    open = (await getJson<{ held: number }>(order.upstream, '/held')).held;
  }
  return {
    open,
    async finish() {
      await getJson(order.upstream, '/release');
      await Promise.all(ended);
      closeAll(connections);
      return tally.load(startedAt);
    },
  };
}

/** GET on the loopback interface with a JSON answer. Rejects on any other status than 200 and after 5 s. */
export async function getJson<T>(target: Target, path: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const asked = request({ port: target.port, host: '127.0.0.1', path, agent: false, timeout: 5_000 }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', reject);
    answer.on('end', () => {
      if (answer.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks).toString()) as T);
      else reject(new Error(`GET ${path}: HTTP ${answer.statusCode ?? 0}`));
    });
  });
  asked.on('timeout', () => asked.destroy(new Error(`GET ${path}: no answer in 5 s`)));
  asked.on('error', reject);
  asked.end();
  return promise;
}
