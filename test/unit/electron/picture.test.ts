// The picture that tray and notifications draw from: asked for when something changed, and never while nothing does.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvents, type Events } from '../../../main/control/events.ts';
import { createPicture, type Picture, type Pictures } from '../../../main/electron/picture.ts';
import type { AnyEvent } from '../../../shared/contract/contract.ts';
import { failed, succeeded, type Reply } from '../../../shared/contract/reply.ts';
import { entry } from '../cli/terminal.ts';
import { snapshot } from './tray/world.ts';

const start = Date.UTC(2026, 10, 29, 12);
const failure = entry({ request_id: 'broken', outcome: 'failed' });
const refused = failed({ code: 'internal.bug', message: 'no', requestId: 'r' });

let events: Events;
let asked: { readonly name: string; readonly input: unknown; answer(reply: Reply<unknown>): void }[];
let pictures: Pictures;
let errors: string[];

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  [events, asked, errors] = [createEvents(), [], []];
  pictures = createPicture({
    events,
    clock: { now: () => Date.now() },
    timezone: () => 'Europe/Berlin',
    log: { error: (message) => void errors.push(message) },
    dispatch: {
      ask: (name, input) =>
        new Promise<never>((resolve) => {
          asked.push({ name, input, answer: (reply) => resolve(reply as never) });
        }),
    },
  });
});

afterEach(() => {
  void pictures.stop();
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

async function answer(replies: Record<string, Reply<unknown>> = {}): Promise<void> {
  for (const one of asked.splice(0))
    one.answer(
      replies[one.name] ?? succeeded(one.name === 'app.snapshot' ? snapshot() : { entries: [failure], next: null }),
    );
  await settle();
}

async function tell(...told: AnyEvent[]): Promise<void> {
  for (const one of told) events.publish(one);
  await settle();
}

const changed: AnyEvent = { event: 'config.changed', data: { snapshot: 's', problems: 0 } };
const closed: AnyEvent = { event: 'exchange.closed', data: entry({}) };

describe('the picture', () => {
  it('holds the snapshot in the zone of the people and the failures of the last hour', async () => {
    expect(pictures.current).toBeUndefined();
    const there = pictures.refresh();
    expect(asked.map(({ name, input }) => [name, input])).toEqual([
      ['app.snapshot', { timezone: 'Europe/Berlin' }],
      ['traffic.list', { since: start - 3_600_000, limit: 50, filter: { error: '*' } }],
    ]);
    await answer();
    await there;
    expect(pictures.current).toEqual({ at: start, snapshot: snapshot(), failures: [failure] });
  });

  it.each<AnyEvent>([
    changed,
    { event: 'pause.changed', data: { paused: null } },
    { event: 'health.changed', data: { offline: true, entry: null } },
    { event: 'documents.changed', data: { what: 'favourites' } },
    { event: 'bundles.changed', data: { effective_hash: 'h' } },
    { event: 'events.dropped', data: { count: 3 } },
  ])('is taken at once after $event', async (event) => {
    await tell(event);
    expect(asked).toHaveLength(2);
  });

  it('is taken once for many changes, and once more for those that came meanwhile', async () => {
    await tell(changed, changed, changed);
    expect(asked).toHaveLength(2);
    await answer();
    expect(asked).toHaveLength(2);
    await answer();
    expect(asked).toHaveLength(0);
  });

  it('is taken some time after exchanges ended, once for all of them, and no timer is left', async () => {
    await tell(closed, closed);
    expect(asked).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(1);
    await tell(closed);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveLength(2);
    await answer();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes in the exchanges before a change, which need none of their own', async () => {
    await tell(closed, changed);
    expect(asked).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not asked for by what changes nothing in it', async () => {
    await tell({ event: 'exchange.opened', data: entry({}) }, { event: 'desktop.navigate', data: { path: '/' } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(0);
  });

  it('stays as it was when there is no newer one', async () => {
    void pictures.refresh();
    await answer();
    const before = pictures.current;
    const there = pictures.refresh();
    await answer({ 'app.snapshot': refused });
    await there;
    expect(pictures.current).toBe(before);
  });

  it('keeps the failures it knows when they cannot be read', async () => {
    void pictures.refresh();
    await answer();
    void pictures.refresh();
    await answer({ 'traffic.list': refused });
    expect(pictures.current?.failures).toEqual([failure]);
  });

  it('of a refresh is one that was asked for after it, also while another is under way', async () => {
    void pictures.refresh();
    await vi.advanceTimersByTimeAsync(5);
    let isThere = false;
    void pictures.refresh().then(() => (isThere = true));
    await answer();
    expect(isThere).toBe(false);
    await answer();
    expect(isThere).toBe(true);
    expect(pictures.current?.at).toBe(start + 5);
  });
});

describe('those who listen', () => {
  it('are told of each picture until they stop', async () => {
    const told: Picture[] = [];
    const end = pictures.onChange((picture) => void told.push(picture));
    await tell(changed);
    await answer();
    end();
    await tell(changed);
    await answer();
    expect(told).toHaveLength(1);
  });

  it('are told although one before them fails', async () => {
    const told: Picture[] = [];
    pictures.onChange(() => {
      throw new Error('no');
    });
    pictures.onChange((picture) => void told.push(picture));
    await tell(changed);
    await answer();
    expect(told).toHaveLength(1);
    expect(errors).toEqual(['A listener of the picture failed.']);
  });

  it('hear nothing after the stop, and nothing is asked any more', async () => {
    const told: Picture[] = [];
    pictures.onChange((picture) => void told.push(picture));
    await tell(changed, closed);
    const stopping = pictures.stop();
    await answer();
    // Whoever it asks may be closed from here on.
    await stopping;
    await tell(changed);
    await pictures.refresh();
    expect(told).toEqual([]);
    expect(asked).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(events.listening).toBe(false);
  });
});
