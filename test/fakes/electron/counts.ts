// Counts what an app does by itself: timers that fire, connections, names that are looked up, processes, files that are polled, in all
// of its threads. Loaded before its main script where the settings ask for it, and so into each of its workers.
import { createHook } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import workers, { getEnvironmentData, isMainThread, setEnvironmentData, Worker } from 'node:worker_threads';

/** By Node's own names of what is asynchronous: those whose beginning counts. */
const begun = {
  TCPCONNECTWRAP: 'connections',
  GETADDRINFOREQWRAP: 'lookups',
  GETNAMEINFOREQWRAP: 'lookups',
  QUERYWRAP: 'lookups',
  UDPSENDWRAP: 'datagrams',
  PROCESSWRAP: 'processes',
  STATWATCHER: 'polls',
  FSREQCALLBACK: 'files',
  FSREQPROMISE: 'files',
  WORKER: 'workers',
} as const;

const names = ['timers', ...new Set(Object.values(begun))] as const;
type Name = (typeof names)[number];
export type Counts = Readonly<Record<Name, number>>;

const shared = 'counts of the Electron stand-in';
export interface CountedTimer {
  readonly ms: number;
  /** Who set it. */
  readonly by: string;
}

/** Of this thread, lately. */
const fired: CountedTimer[] = [];
const mostFired = 40;

function count(): void {
  const given = getEnvironmentData(shared) as Int32Array | undefined;
  const counts = given ?? new Int32Array(new SharedArrayBuffer(4 * names.length));
  if (given === undefined) setEnvironmentData(shared, counts);
  const add = (name: Name): void => void Atomics.add(counts, names.indexOf(name), 1);
  const timers = new Map<number, CountedTimer>();
  createHook({
    init(id, type, _trigger, resource) {
      if (type === 'Timeout') {
        const { _idleTimeout: ms = 0 } = resource as { readonly _idleTimeout?: number };
        timers.set(id, { ms, by: ownLines(new Error().stack) });
      } else if (Object.hasOwn(begun, type)) add(begun[type as keyof typeof begun]);
    },
    before(id) {
      const timer = timers.get(id);
      if (timer === undefined) return;
      add('timers');
      fired.push(timer);
      if (fired.length > mostFired) fired.shift();
    },
    destroy: (id) => void timers.delete(id),
  }).enable();
  pendingNow = () => [...timers.values()];
  countsNow = () => Object.fromEntries(names.map((name, index) => [name, Atomics.load(counts, index)])) as Counts;
}

/** Who set a timer, without Node's own part in it. */
function ownLines(stack = ''): string {
  const lines = stack.split('\n').slice(1);
  return lines
    .filter((line) => !/node:internal|counts\.ts/.test(line))
    .slice(0, 4)
    .map((line) => line.trim())
    .join(' < ');
}

/** A worker does not take what Node was started with: it is told to count by itself. */
class CountedWorker extends Worker {
  constructor(file: string | URL, options: workers.WorkerOptions = {}) {
    super(file, { ...options, execArgv: [...(options.execArgv ?? []), '--import', import.meta.url] });
  }
}

let countsNow: () => Counts = () => {
  throw new Error('nothing is counted: the settings do not ask for it');
};

let pendingNow: () => readonly CountedTimer[] = () => [];

export interface Counted {
  /** Of all threads, since the start. */
  readonly counts: Counts;
  /** Of the main thread, the latest. */
  readonly fired: readonly CountedTimer[];
  /** Of the main thread: set, and neither fired nor taken back. */
  readonly pending: readonly CountedTimer[];
}

export function counted(): Counted {
  return { counts: countsNow(), fired: [...fired], pending: pendingNow() };
}

/** From now on, here and in all workers to come. */
export function beginCounting(): void {
  workers.Worker = CountedWorker;
  syncBuiltinESMExports();
  count();
}

if (!isMainThread) count();
