/** What the window knows at any moment: one snapshot, then events. Truth lives in the instance; all of this may be thrown away. */
import { create } from 'zustand';
import type { AnyEvent, CallName } from '../../shared/contract/contract.ts';
import type { CallError } from '../../shared/contract/reply.ts';
import type { AppSnapshot } from '../../shared/contract/snapshot.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import type { Bridge, Connection } from '../bridge/bridge.ts';

/** As many rows as the newest page of Activity could show; older ones are asked for. */
export const recentLimit = 500;
/** Events that come within this time are taken in at once: a frame at 60 Hz. */
const batchMs = 16;
/** What sums are made of is old after an exchange; it is asked for again at most so often. */
const sumsEveryMs = 2_000;

export interface LiveState {
  readonly connection: Connection;
  readonly snapshot: AppSnapshot | undefined;
  /** Milliseconds since 1970: when the snapshot was taken. */
  readonly snapshotAt: number;
  /** Why there is no snapshot, or no newer one. */
  readonly error: CallError | undefined;
  /** Exchanges that began or ended while the window was there, newest first, each once. */
  readonly recent: readonly ExchangeEntry[];
  /** Exchanges that ended since the window was opened. */
  readonly closedCount: number;
}

export const useLive = create<LiveState>()(() => ({
  connection: 'connecting',
  snapshot: undefined,
  snapshotAt: 0,
  error: undefined,
  recent: [],
  closedCount: 0,
}));

export interface LiveOptions {
  readonly bridge: Bridge;
  /** Values of these calls are old. */
  readonly onStale: (calls: readonly CallName[]) => void;
  /** Every event, for what keeps its own state. */
  readonly onEvent?: (event: AnyEvent) => void;
  readonly now?: () => number;
}

const configCalls: readonly CallName[] = [
  ...(['config.read', 'config.state', 'providers.list', 'models.list', 'keys.list', 'budgets.list'] as const),
  ...(['clients.list', 'secrets.list', 'app.facts'] as const),
];
/** What bundles say is old with the config too: what holds is made of both. */
const teamCalls: readonly CallName[] = [
  ...(['bundles.list', 'bundles.effective', 'bundles.history', 'bundles.audit', 'bundles.report_preview'] as const),
];
const sumCalls: readonly CallName[] = [
  ...(['usage.query', 'usage.series', 'usage.latency', 'traffic.sessions', 'ledger.size', 'clients.list'] as const),
  'budgets.list',
];
const documentCalls: Readonly<Record<string, readonly CallName[]>> = {
  favourites: ['models.list'],
  prompts: ['prompts.list'],
  votes: ['votes.list'],
  welcome: [],
};

/** What the snapshot tells is old after these. */
const snapshotEvents: readonly AnyEvent['event'][] = [
  ...(['config.changed', 'bundles.changed', 'pause.changed', 'health.changed', 'budget.alert'] as const),
  'documents.changed',
];
const allCalls: readonly CallName[] = [
  ...configCalls,
  ...teamCalls,
  'policy.releases',
  ...sumCalls,
  ...Object.values(documentCalls).flat(),
  'traffic.list',
];

/** Keeps `useLive` true until what it returns is called. */
export function followInstance({ bridge, onStale, onEvent, now = () => Date.now() }: LiveOptions): () => void {
  let queue: AnyEvent[] = [];
  let batch: ReturnType<typeof setTimeout> | undefined;
  let sums: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let askAgain = false;

  async function takeSnapshot(): Promise<void> {
    // One at a time: what changes while one is under way asks for another.
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    do {
      askAgain = false;
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const reply = await bridge.call('app.snapshot', { timezone: timeZone });
      if (reply.ok) useLive.setState({ snapshot: reply.value, snapshotAt: now(), error: undefined });
      else useLive.setState({ error: reply.error });
    } while (askAgain);
    asking = false;
  }

  /** Some of what was told did not come here: anything may be old, and what is shown as running may have ended. */
  function startAfresh(): void {
    void takeSnapshot();
    useLive.setState(({ recent }) => ({ recent: recent.filter(({ outcome }) => outcome !== 'open') }));
    onStale(allCalls);
  }

  function drain(): void {
    batch = undefined;
    const events = queue;
    queue = [];
    useLive.setState((state) => withEvents(state, events));
    for (const event of events) onEvent?.(event);
    const names = new Set(events.map(({ event }) => event));
    if (snapshotEvents.some((name) => names.has(name))) void takeSnapshot();
    if (names.has('config.changed') || names.has('bundles.changed')) onStale([...configCalls, ...teamCalls]);
    if (names.has('policy.releases_changed')) onStale(['policy.releases', 'bundles.audit']);
    if (names.has('desktop.changed')) onStale(['desktop.state']);
    for (const event of events) if (event.event === 'documents.changed') onStale(documentCalls[event.data.what] ?? []);
    if (names.has('events.dropped')) startAfresh();
    if (names.has('exchange.closed')) {
      sums ??= setTimeout(() => {
        sums = undefined;
        onStale(sumCalls);
        void takeSnapshot();
      }, sumsEveryMs);
    }
  }

  const end = bridge.subscribe({
    onEvent(event) {
      queue.push(event);
      batch ??= setTimeout(drain, batchMs);
    },
    onConnection(connection) {
      useLive.setState({ connection });
      if (connection === 'live') startAfresh();
    },
  });
  return () => {
    end();
    clearTimeout(batch);
    clearTimeout(sums);
  };
}

function withEvents(state: LiveState, events: readonly AnyEvent[]): Partial<LiveState> {
  const changed = new Map<string, ExchangeEntry>();
  let closed = 0;
  for (const event of events) {
    if (event.event === 'exchange.closed') closed += 1;
    if (event.event === 'exchange.closed' || event.event === 'exchange.opened') {
      const known = changed.get(event.data.request_id);
      // An end is never taken back by a beginning that comes late.
      if (known === undefined || known.outcome === 'open') changed.set(event.data.request_id, event.data);
    }
  }
  if (changed.size === 0) return {};
  const kept = state.recent.map((entry) => {
    const next = changed.get(entry.request_id);
    if (next === undefined) return entry;
    changed.delete(entry.request_id);
    return entry.outcome === 'open' ? next : entry;
  });
  const fresh = [...changed.values()].reverse();
  return { recent: [...fresh, ...kept].slice(0, recentLimit), closedCount: state.closedCount + closed };
}
