import { EventEmitter } from 'node:events';
import type { IpcMain, WebContents } from 'electron';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { createEvents, type Events } from '../../../main/control/events.ts';
import { channels } from '../../../main/electron/channels.ts';
import { openIpcDoor } from '../../../main/electron/ipc.ts';
import { calls, type AnyEvent, type CallName } from '../../../shared/contract/contract.ts';
import type { Reply } from '../../../shared/contract/reply.ts';
import { openHouse, type House } from '../../contract/house.ts';
import { good } from '../../contract/inputs.ts';
import { keptLog, Page, settled } from './support.ts';

type Handler = (event: unknown, ...args: unknown[]) => Promise<Reply<unknown>>;

/** Electron's side of the door: one handler for each channel, and everything that arrives was cloned. */
class Channels extends EventEmitter {
  readonly handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
}

type Dispatch = Parameters<typeof openIpcDoor>[0]['dispatch'];

interface Frame {
  readonly url: string;
  readonly parent: unknown;
}

const ownFrame: Frame = { url: 'app://sluice/activity?x=1', parent: null };

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

function openDoor(given: { dispatch?: Dispatch; isOurs?: (contents: WebContents) => boolean; events?: Events } = {}) {
  const electron = new Channels();
  const asked: (readonly [name: string, input: unknown])[] = [];
  const events = given.events ?? createEvents();
  const log = keptLog();
  const dispatch: Dispatch = given.dispatch ?? {
    call(name, input) {
      asked.push([name, input]);
      return Promise.resolve({ ok: true, value: 'answered' });
    },
  };
  const close = openIpcDoor({
    ...{ ipcMain: electron as unknown as IpcMain, dispatch, events, log },
    isOurs: given.isOurs ?? (() => true),
  });
  closings.push(close);
  const page = new Page();
  return {
    ...{ electron, asked, events, log, close, page },
    ask: (
      name: unknown,
      input?: unknown,
      senderFrame: Frame | null = ownFrame,
      sender = page,
    ): Promise<Reply<unknown>> => {
      const handler = electron.handlers.get(channels.call);
      if (handler === undefined) throw new Error('nobody answers calls');
      return handler({ sender, senderFrame }, name, input);
    },
    tell: (channel: string, sender = page, senderFrame: Frame | null = ownFrame): void => {
      electron.emit(channel, { sender, senderFrame });
    },
  };
}

const paused = (minutes: number): AnyEvent => ({
  event: 'pause.changed',
  data: { paused: { mode: 'block', since: '2026-11-25T12:00:00.000Z', until: String(minutes) } },
});

/** Lists of events that a page was sent, by the minute of each. */
function listsOf(page: Page): unknown[][] {
  return page.sent.map(([channel, list]) => {
    expect(channel).toBe(channels.events);
    return (list as AnyEvent[]).map((event) =>
      event.event === 'pause.changed' ? Number(event.data.paused?.until) : event,
    );
  });
}

describe('a call from somewhere else', () => {
  const gone = {
    get url(): string {
      throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    },
    parent: null,
  };
  const frames: readonly (readonly [string, Frame | null])[] = [
    ['a frame that is gone', null],
    ['a frame that was disposed of', gone],
    ['a frame in our page', { url: 'app://sluice/', parent: ownFrame }],
    ['a web page', { url: 'https://sluice/', parent: null }],
    ['our own name on the web', { url: 'http://127.0.0.1:4791/', parent: null }],
    ['a longer name', { url: 'app://sluice.evil/', parent: null }],
    ['a name before the host', { url: 'app://sluice@evil/', parent: null }],
    ['a password before the host', { url: 'app://x:y@sluice/', parent: null }],
    ['a port', { url: 'app://sluice:80/', parent: null }],
    ['another case', { url: 'app://SLUICE/', parent: null }],
    ['another scheme', { url: 'apps://sluice/', parent: null }],
    ['no host', { url: 'app:///sluice/', parent: null }],
    ['no slashes', { url: 'app:sluice', parent: null }],
    ['a file', { url: 'file:///app://sluice/', parent: null }],
    ['a page made of text', { url: 'data:text/html,app://sluice/', parent: null }],
    ['a blob of ours', { url: 'blob:app://sluice/0', parent: null }],
    ['an empty page', { url: 'about:blank', parent: null }],
    ['a page before its first', { url: '', parent: null }],
  ];

  it.each(frames)('%s is refused, and nobody is asked', async (_what, frame) => {
    const door = openDoor();
    expect(await door.ask('app.status', {}, frame)).toMatchObject({ ok: false, error: { code: 'control.forbidden' } });
    expect(door.asked).toEqual([]);
    expect(door.log.noted).toHaveLength(1);
  });

  it.each(frames)('%s hears nothing', async (_what, frame) => {
    const door = openDoor();
    door.tell(channels.listen, door.page, frame);
    expect(door.events.listening).toBe(false);
    door.events.publish(paused(1));
    await settled();
    expect(door.page.sent).toEqual([]);
  });

  it('contents that we did not make are refused, whatever they show', async () => {
    const ours = new Page(1);
    const door = openDoor({ isOurs: (contents) => contents === ours.asContents });
    const stranger = new Page(1);
    expect(await door.ask('app.status', {}, ownFrame, stranger)).toMatchObject({
      error: { code: 'control.forbidden' },
    });
    door.tell(channels.listen, stranger);
    expect(door.events.listening).toBe(false);
    expect(await door.ask('app.status', {}, ownFrame, ours)).toEqual({ ok: true, value: 'answered' });
  });

  it('a stranger does not take for our page what it was sent', async () => {
    const ours = new Page(1);
    const door = openDoor({ isOurs: (contents) => contents === ours.asContents });
    door.tell(channels.listen, ours);
    door.events.publish(paused(1));
    await settled();
    door.events.publish(paused(2));
    door.tell(channels.taken, new Page(1));
    await settled();
    expect(listsOf(ours)).toEqual([[1]]);
  });
});

describe('what a window may not ask', () => {
  it.each(['app.link', 'app.prove'])('%s is for the shell of this machine', async (name) => {
    const door = openDoor();
    expect(await door.ask(name, {})).toMatchObject({ ok: false, error: { code: 'control.forbidden' } });
    expect(door.asked).toEqual([]);
  });

  it.each(['terms_files', 'env_files'])('policy.backtest reads no %s', async (field) => {
    const door = openDoor();
    const rules = { file: 'policy.yaml', text: `masking:\n  enabled: true\n  ${field}: [/etc/passwd]\n` };
    const reply = await door.ask('policy.backtest', { rules });
    expect(reply).toMatchObject({ ok: false, error: { code: 'control.forbidden' } });
    expect(reply.ok ? '' : reply.error.message).toContain(field);
    expect(door.asked).toEqual([]);
    await door.ask('policy.backtest', { rules: { file: 'policy.yaml', text: 'masking:\n  enabled: true\n' } });
    expect(door.asked).toHaveLength(1);
  });
});

describe('the input of a call', () => {
  it('arrives as JSON has it, whatever else can be cloned', async () => {
    const door = openDoor();
    const given = {
      ...{ map: new Map([['a', 1]]), set: new Set([1]), when: new Date(0), none: undefined, not: Number.NaN },
      ...{
        list: [undefined, Symbol.iterator, () => 1],
        bytes: new Uint8Array([1, 2]),
        pattern: /x/,
        text: 'grüß \ud83d',
      },
    };
    await door.ask('policy.mask', given);
    expect(door.asked).toStrictEqual([['policy.mask', JSON.parse(JSON.stringify(given))]]);
    expect(door.asked[0]?.[1]).toMatchObject({ map: {}, when: '1970-01-01T00:00:00.000Z', list: [null, null, null] });
  });

  it.each([
    ['a cycle', () => Object.assign([], { 0: undefined }) as unknown[]],
    ['a big number', () => ({ count: 1n })],
    ['a door in it', () => ({ get value(): never { throw new Error('no'); } })], // prettier-ignore
    ['what says itself badly', () => ({ toJSON: () => { throw new TypeError('no'); } })], // prettier-ignore
    ['more levels than can be said', () => deep(200_000)],
  ])('with %s is control.invalid_input', async (what, made) => {
    const door = openDoor();
    const input = made();
    if (what === 'a cycle') (input as unknown[])[0] = input;
    expect(await door.ask('policy.mask', input)).toMatchObject({ ok: false, error: { code: 'control.invalid_input' } });
    expect(door.asked).toEqual([]);
  });

  it.each([undefined, () => 1, Symbol('x')])('that is nothing JSON knows arrives as nothing', async (input) => {
    const door = openDoor();
    await door.ask('app.status', input);
    expect(door.asked).toStrictEqual([['app.status', undefined]]);
  });

  it('does not make a prototype of a field', async () => {
    const door = openDoor();
    await door.ask('app.status', JSON.parse('{"__proto__":{"admin":true},"a":{"constructor":{"prototype":1}}}'));
    const input = door.asked[0]?.[1] as Record<string, unknown>;
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(input['admin']).toBeUndefined();
  });

  it('is taken up to what the data port takes', async () => {
    const door = openDoor();
    const text = 'x'.repeat(39_999_998);
    expect(await door.ask('policy.mask', text)).toMatchObject({ ok: true });
    expect(await door.ask('policy.mask', `${text}x`)).toMatchObject({
      ok: false,
      error: { code: 'read.body_too_large' },
    });
    expect(door.asked).toHaveLength(1);
  });

  it.each([undefined, null, 7, {}, ['app.status'], new String('app.status')])(
    'needs a call that has a name: %j',
    async (name) => {
      const door = openDoor();
      expect(await door.ask(name, {})).toMatchObject({ ok: false, error: { code: 'control.unknown_call' } });
      expect(door.asked).toEqual([]);
    },
  );
});

function deep(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('every call of the contract', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(async () => {
    await house.close();
  });

  const names = Object.keys(calls) as CallName[];
  const hostile: readonly unknown[] = [
    ...[undefined, null, 0, -1, 1e308, '', 'x', true, [], [[]], [null], {}, { '': '' }, '\ud800', '\u0000'],
    ...[
      '__proto__',
      { constructor: { prototype: { polluted: true } } },
      JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
    ],
    ...[{ length: 1e9 }, { toString: 1, valueOf: 1 }, { then: 'x' }, { toJSON: 1 }, deep(1_500)],
    ...[{ id: '../../x', path: '/../..', url: 'file:///etc/passwd', text: 'x'.repeat(200_000) }],
  ];

  /** A right input with something wrong in one of its fields, or with one more. */
  const spoiled = (name: CallName): fc.Arbitrary<unknown> => {
    const input = (good as Partial<Record<CallName, readonly Readonly<Record<string, unknown>>[]>>)[name]?.[0] ?? {};
    const fields = [...Object.keys(input), '__proto__', 'id', 'more'];
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...hostile), fc.string({ unit: 'binary' }));
    return fc.oneof(
      value,
      fc.tuple(fc.constantFrom(...fields), value).map(([field, put]) => {
        const made = { ...input };
        // As JSON.parse does it: a field, not a prototype.
        Object.defineProperty(made, field, { value: put, enumerable: true, configurable: true, writable: true });
        return made;
      }),
    );
  };

  it.each(names.filter((name) => name !== 'app.stop'))('%s answers whatever it is asked, and no bug', async (name) => {
    const door = openDoor({ dispatch: house.dispatch });
    const answered = async (input: unknown): Promise<void> => {
      const reply = await door.ask(name, input);
      if (!reply.ok)
        expect({ code: reply.error.code, message: reply.error.message }).not.toMatchObject({ code: 'internal.bug' });
      expect(structuredClone(reply)).toEqual(reply);
    };
    for (const input of hostile) await answered(input);
    await fc.assert(fc.asyncProperty(spoiled(name), answered), { numRuns: 12, seed: 23 });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('events', () => {
  it('come to a page that listens, a list at a time, and no more until it has taken them', async () => {
    const { events, page, tell } = openDoor();
    events.publish(paused(0));
    tell(channels.listen);
    for (let count = 1; count <= 250; count += 1) events.publish(paused(count));
    await settled(400);
    expect(listsOf(page)).toEqual([Array.from({ length: 200 }, (_, index) => index + 1)]);
    await settled();
    expect(page.sent).toHaveLength(1);
    tell(channels.taken);
    await settled(200);
    expect(listsOf(page)[1]).toEqual(Array.from({ length: 50 }, (_, index) => index + 201));
    events.publish(paused(251));
    await settled();
    expect(page.sent).toHaveLength(2);
    tell(channels.taken);
    await settled();
    expect(listsOf(page)[2]).toEqual([251]);
  });

  it('are not hurried by a page that says more than once that it has taken them', async () => {
    const { events, page, tell } = openDoor();
    tell(channels.taken);
    tell(channels.listen);
    for (let count = 0; count < 5; count += 1) tell(channels.taken);
    events.publish(paused(1));
    await settled();
    events.publish(paused(2));
    await settled();
    expect(listsOf(page)).toEqual([[1]]);
    for (let count = 0; count < 5; count += 1) tell(channels.taken);
    await settled();
    events.publish(paused(3));
    await settled();
    expect(listsOf(page)).toEqual([[1], [2]]);
  });

  it('are lost to a page that is slow, and it is told; memory is not', async () => {
    const events = createEvents(10);
    const { page, tell } = openDoor({ events });
    tell(channels.listen);
    events.publish(paused(0));
    await settled();
    for (let count = 1; count <= 5_000; count += 1) events.publish(paused(count));
    tell(channels.taken);
    await settled(40);
    const [, list = []] = listsOf(page);
    const dropped = list.find((event) => typeof event === 'object') as { data: { count: number } };
    expect(dropped).toMatchObject({ event: 'events.dropped' });
    const kept = list.filter((event) => typeof event === 'number');
    expect(kept.length + dropped.data.count).toBe(5_000);
    expect(kept.length).toBeLessThanOrEqual(11);
    expect(kept.at(-1)).toBe(5_000);
  });

  it('come once to a page that was loaded anew, however often that was', async () => {
    const { events, page, tell } = openDoor();
    for (let load = 0; load < 20; load += 1) {
      tell(channels.listen);
      events.publish(paused(-1));
      if (load % 2 === 0) await settled();
    }
    tell(channels.listen);
    await settled();
    page.sent.length = 0;
    events.publish(paused(1));
    await settled();
    expect(listsOf(page)).toEqual([[1]]);
    // What the pages before waited for waits no more.
    for (const event of ['destroyed', 'render-process-gone']) expect(page.listenerCount(event)).toBe(1);
  });

  it('go to each page on its own: one that is slow holds no other up', async () => {
    const { events, tell } = openDoor();
    const [slow, quick] = [new Page(1), new Page(2)];
    tell(channels.listen, slow);
    tell(channels.listen, quick);
    for (const count of [1, 2, 3]) {
      events.publish(paused(count));
      await settled();
      tell(channels.taken, quick);
      await settled();
    }
    expect(listsOf(slow)).toEqual([[1]]);
    expect(listsOf(quick)).toEqual([[1], [2], [3]]);
  });

  it.each([
    ['was destroyed', (page: Page) => page.destroy()],
    ['crashed', (page: Page) => page.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })],
  ])('are not made for a page that %s', async (_what, end) => {
    for (const isWaiting of [true, false]) {
      const { events, page, tell } = openDoor();
      tell(channels.listen);
      if (isWaiting) events.publish(paused(1));
      await settled();
      expect(events.listening).toBe(true);
      end(page);
      expect(events.listening).toBe(false);
      events.publish(paused(2));
      tell(channels.taken);
      await settled();
      expect(page.sent).toHaveLength(isWaiting ? 1 : 0);
    }
  });

  it('come again to a page that crashed and listens anew', async () => {
    const { events, page, tell } = openDoor();
    tell(channels.listen);
    page.emit('render-process-gone', {}, { reason: 'oom', exitCode: 1 });
    tell(channels.listen);
    events.publish(paused(1));
    await settled();
    expect(listsOf(page)).toEqual([[1]]);
  });

  it('end for a page that nothing can be sent to, and nothing else does', async () => {
    const { events, page, tell } = openDoor();
    page.send = () => {
      throw new Error('Object has been destroyed');
    };
    tell(channels.listen);
    events.publish(paused(1));
    await settled();
    expect(events.listening).toBe(false);
    expect(page.listenerCount('destroyed')).toBe(0);
  });

  it('end for all when the door is closed, and nothing answers any more', async () => {
    const { electron, events, tell, close } = openDoor();
    const pages = [new Page(1), new Page(2), new Page(3)];
    for (const page of pages) tell(channels.listen, page);
    events.publish(paused(1));
    await settled();
    close();
    expect(events.listening).toBe(false);
    expect(electron.handlers.size).toBe(0);
    for (const channel of Object.values(channels)) expect(electron.listenerCount(channel)).toBe(0);
    for (const page of pages) tell(channels.listen, page);
    events.publish(paused(2));
    await settled();
    for (const page of pages) expect(listsOf(page)).toEqual([[1]]);
    for (const page of pages) expect(page.eventNames()).toEqual([]);
  });

  it('end when there are no more to come', async () => {
    const { events, page, tell } = openDoor();
    tell(channels.listen);
    events.close();
    await settled();
    expect(page.eventNames()).toEqual([]);
    tell(channels.listen);
    await settled();
    expect(page.eventNames()).toEqual([]);
  });
});
