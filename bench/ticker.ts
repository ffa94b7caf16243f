/** A thread that sleeps precisely and posts when each request of an open loop is due; timers of the event loop are too coarse. */
import { parentPort, workerData } from 'node:worker_threads';

/** Times in nanoseconds of `process.hrtime.bigint()`, which all threads share. */
export interface TickerOrder {
  readonly startAt: bigint;
  readonly everyNanos: bigint;
  readonly count: number;
}

const { startAt, everyNanos, count } = workerData as TickerOrder;
const never = new Int32Array(new SharedArrayBuffer(4));

for (let index = 0; index < count; index++) {
  const due = startAt + everyNanos * BigInt(index);
  const waitNanos = due - process.hrtime.bigint();
  if (waitNanos > 0n) Atomics.wait(never, 0, 0, Number(waitNanos) / 1_000_000);
  parentPort?.postMessage(due);
}
