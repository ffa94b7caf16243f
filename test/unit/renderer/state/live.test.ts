import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bridge, BridgeListener } from '../../../../renderer/bridge/bridge.ts';
import { followInstance, recentLimit, useLive, type LiveState } from '../../../../renderer/state/live.ts';
import type { AnyEvent, CallName } from '../../../../shared/contract/contract.ts';
import type { Reply } from '../../../../shared/contract/reply.ts';
import type { ExchangeEntry } from '../../../../shared/contract/traffic.ts';
import { entry } from '../../cli/terminal.ts';

/** An instance that says what the test says; each snapshot waits until it is answered. */
class Instance implements Bridge {
  listener: BridgeListener | undefined;
  readonly asked: { readonly name: string; readonly input: unknown; answer(reply: Reply<unknown>): Promise<void> }[] =
    [];

  call<Name extends CallName>(name: Name, input: unknown): Promise<never> {
    return new Promise((resolve) => {
      this.asked.push({
        ...{ name, input },
        answer: async (reply) => {
          resolve(reply as never);
          await vi.advanceTimersByTimeAsync(0);
        },
      });
    });
  }

  subscribe(listener: BridgeListener): () => void {
    this.listener = listener;
    listener.onConnection('connecting');
    return () => (this.listener = undefined);
  }

  /** Tells events and lets the time of a batch pass. */
  async tell(...events: AnyEvent[]): Promise<void> {
    for (const event of events) this.listener?.onEvent(event);
    await vi.advanceTimersByTimeAsync(20);
  }
}

const initial: LiveState = useLive.getInitialState();
let instance: Instance;
let stale: (readonly CallName[])[];
let told: AnyEvent[];
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  useLive.setState(initial, true);
  instance = new Instance();
  [stale, told] = [[], []];
  end = followInstance({
    bridge: instance,
    onStale: (calls) => stale.push(calls),
    onEvent: (event) => told.push(event),
    now: () => 1_000,
  });
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

const snapshot = (name: string): Reply<unknown> => ({ ok: true, value: { name } });
const opened = (request_id: string): AnyEvent => ({
  event: 'exchange.opened',
  data: entry({ request_id, outcome: 'open', status: null }),
});
const closed = (request_id: string, given: Partial<ExchangeEntry> = {}): AnyEvent => ({
  event: 'exchange.closed',
  data: entry({ request_id, ...given }),
});
const rows = (): string[] => useLive.getState().recent.map(({ request_id, outcome }) => `${request_id} ${outcome}`);

describe('the picture of the instance', () => {
  it('begins when the connection is live, with one snapshot in the zone of this machine', async () => {
    expect(useLive.getState()).toMatchObject({ connection: 'connecting', snapshot: undefined });
    expect(instance.asked).toEqual([]);
    instance.listener?.onConnection('live');
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(instance.asked).toMatchObject([{ name: 'app.snapshot', input: { timezone: timeZone } }]);
    await instance.asked[0]?.answer(snapshot('first'));
    expect(useLive.getState()).toMatchObject({ connection: 'live', snapshot: { name: 'first' }, snapshotAt: 1_000 });
  });

  it('is taken anew when the connection comes back, with everything that was asked before', async () => {
    instance.listener?.onConnection('live');
    await instance.asked[0]?.answer(snapshot('first'));
    instance.listener?.onConnection('lost');
    expect(useLive.getState()).toMatchObject({ connection: 'lost', snapshot: { name: 'first' } });
    stale = [];
    instance.listener?.onConnection('live');
    const all = ['traffic.list', 'config.read', 'usage.query', 'keys.list', 'prompts.list', 'votes.list'];
    expect(stale.flat()).toEqual(expect.arrayContaining(all));
    await instance.asked[1]?.answer(snapshot('second'));
    expect(useLive.getState()).toMatchObject({ connection: 'live', snapshot: { name: 'second' } });
  });

  it('stays where a new one cannot be had, and says why until one can', async () => {
    instance.listener?.onConnection('live');
    await instance.asked[0]?.answer(snapshot('first'));
    const error = { code: 'bridge.unreachable', message: 'gone', requestId: 'none' };
    instance.listener?.onConnection('live');
    await instance.asked[1]?.answer({ ok: false, error });
    expect(useLive.getState()).toMatchObject({ snapshot: { name: 'first' }, error });
    instance.listener?.onConnection('live');
    await instance.asked[2]?.answer(snapshot('second'));
    expect(useLive.getState()).toMatchObject({ snapshot: { name: 'second' }, error: undefined });
  });

  it('is asked for once at a time: what changes meanwhile asks once more, however much it was', async () => {
    instance.listener?.onConnection('live');
    for (let count = 0; count < 5; count += 1) await instance.tell({ event: 'pause.changed', data: { paused: null } });
    expect(instance.asked).toHaveLength(1);
    await instance.asked[0]?.answer(snapshot('before'));
    expect(instance.asked).toHaveLength(2);
    await instance.asked[1]?.answer(snapshot('after'));
    expect(instance.asked).toHaveLength(2);
    expect(useLive.getState().snapshot).toEqual({ name: 'after' });
  });

  it.each<AnyEvent>([
    { event: 'config.changed', data: { snapshot: 's2', problems: 0 } },
    { event: 'pause.changed', data: { paused: null } },
    { event: 'health.changed', data: { offline: true, entry: null } },
    { event: 'documents.changed', data: { what: 'favourites' } },
  ])('is taken anew at $event', async (event) => {
    await instance.tell(event);
    expect(instance.asked.map(({ name }) => name)).toEqual(['app.snapshot']);
  });

  it('is not taken anew for an exchange that begins or for the text of a prompt', async () => {
    const delta: AnyEvent = { event: 'playground.delta', data: { run: 'run-1', text: 'a', reasoning: '' } };
    await instance.tell(opened('a'), delta);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(instance.asked).toEqual([]);
    expect(told).toEqual([opened('a'), delta]);
  });
});

describe('what was asked before', () => {
  it('is old where an event says so, and nothing else is', async () => {
    await instance.tell({ event: 'documents.changed', data: { what: 'prompts' } });
    expect(stale).toEqual([['prompts.list']]);
    await instance.tell({ event: 'documents.changed', data: { what: 'votes' } });
    expect(stale.at(-1)).toEqual(['votes.list']);
    stale = [];
    await instance.tell({ event: 'config.changed', data: { snapshot: 's2', problems: 0 } });
    expect(stale.flat()).toEqual(expect.arrayContaining(['config.read', 'providers.list', 'models.list', 'keys.list']));
    expect(stale.flat()).not.toContain('traffic.list');
  });

  it('sums are old two seconds after an exchange ended, and at most so often', async () => {
    await instance.tell(closed('a'));
    expect(stale).toEqual([]);
    for (let count = 0; count < 150; count += 1) await instance.tell(closed(`b${String(count)}`));
    // 151 batches of 20 ms.
    expect(stale.filter((calls) => calls.includes('usage.query'))).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(stale.filter((calls) => calls.includes('usage.query'))).toHaveLength(2);
    expect(stale.flat()).toEqual(expect.arrayContaining(['usage.series', 'budgets.list', 'ledger.size']));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stale).toHaveLength(2);
  });

  it('is old, all of it, when events were left out, and the picture is taken anew', async () => {
    await instance.tell({ event: 'events.dropped', data: { count: 3 } });
    const all = ['traffic.list', 'config.read', 'usage.query', 'models.list', 'prompts.list', 'votes.list'];
    expect(stale.flat()).toEqual(expect.arrayContaining(all));
    expect(instance.asked.map(({ name }) => name)).toEqual(['app.snapshot']);
  });
});

describe('the newest exchanges', () => {
  it('are told newest first, each once: its end takes the place of its beginning', async () => {
    await instance.tell(opened('a'), opened('b'));
    expect(rows()).toEqual(['b open', 'a open']);
    await instance.tell(closed('a'), opened('c'));
    expect(rows()).toEqual(['c open', 'b open', 'a complete']);
    await instance.tell(opened('d'), closed('d'), closed('e'));
    expect(rows()).toEqual(['e complete', 'd complete', 'c open', 'b open', 'a complete']);
    expect(useLive.getState().closedCount).toBe(3);
  });

  it('an end is not taken back by a beginning that comes late', async () => {
    await instance.tell(closed('a', { status: 200 }), opened('a'));
    expect(rows()).toEqual(['a complete']);
    await instance.tell(opened('a'));
    expect(rows()).toEqual(['a complete']);
    expect(useLive.getState().recent[0]).toEqual(closed('a').data);
  });

  it.each<[string, () => Promise<void>]>([
    ['the connection was lost', async () => Promise.resolve(instance.listener?.onConnection('live'))],
    ['events were left out', () => instance.tell({ event: 'events.dropped', data: { count: 1 } })],
  ])('hold none as running whose end may not have come: %s', async (_, miss) => {
    await instance.tell(opened('a'), closed('b'), opened('c'));
    await miss();
    expect(rows()).toEqual(['b complete']);
    await instance.tell(closed('a'));
    expect(rows()).toEqual(['a complete', 'b complete']);
  });

  it(`are ${String(recentLimit)} at most, the oldest leave`, async () => {
    await instance.tell(...Array.from({ length: recentLimit + 20 }, (_, index) => opened(`r${String(index)}`)));
    expect(useLive.getState().recent).toHaveLength(recentLimit);
    expect(rows()[0]).toBe(`r${String(recentLimit + 19)} open`);
    // One that left comes back with its end, and another leaves for it.
    await instance.tell(closed('r0'));
    expect(useLive.getState().recent).toHaveLength(recentLimit);
    expect(rows()[0]).toBe('r0 complete');
    expect(useLive.getState().closedCount).toBe(1);
  });

  it('that come within a frame are one change of the state', async () => {
    const changes = vi.fn();
    const unsubscribe = useLive.subscribe(changes);
    await instance.tell(...Array.from({ length: 60 }, (_, index) => opened(`r${String(index)}`)));
    unsubscribe();
    expect(changes).toHaveBeenCalledTimes(1);
  });

  it('leave rows that did not change as they are', async () => {
    await instance.tell(opened('a'), opened('b'));
    const [, before] = useLive.getState().recent;
    await instance.tell(closed('b'));
    expect(useLive.getState().recent[1]).toBe(before);
  });
});

describe('the end', () => {
  it('tells nothing any more', async () => {
    instance.listener?.onEvent(closed('a'));
    end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect({ rows: rows(), stale, told, listener: instance.listener }).toEqual({
      ...{ rows: [], stale: [], told: [], listener: undefined },
    });
  });
});
