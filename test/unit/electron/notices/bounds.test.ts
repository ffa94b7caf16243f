import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as w from './world.ts';

let world: w.World;

beforeEach(async () => {
  vi.useFakeTimers({ now: w.start, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new w.World();
  await world.begin();
});

afterEach(async () => {
  await world.stop();
  expect(world.errors).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function restart(): Promise<void> {
  await world.stop();
  const next = new w.World(world.memory);
  next.answers = world.answers;
  next.preferences = world.preferences;
  world = next;
  await world.begin();
}

/** 14:00 to 16:00 in Berlin, where it is 14:00 now. */
const quiet = { ...w.usual, quiet_hours: { from: '14:00', to: '16:00' } };
const ready = w.desktop({ state: 'ready', version: '2' });

describe('quiet hours', () => {
  beforeEach(() => {
    world.preferences = quiet;
  });

  it('hold what is used up until they end, and drop the rest', async () => {
    await world.publish(w.alert(0.8, w.budget({ id: 'x' })), w.alert(1, w.usedUp()), w.failedExchange());
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    await world.pass(2 * w.hour - 1);
    expect(world.titles()).toEqual([]);
    await world.pass(1);
    expect(world.titles()).toEqual(['The budget for everything is used up']);
    await world.publish(w.alert(1, w.usedUp()));
    await world.pass(w.day);
    expect(world.titles()).toEqual([]);
  });

  it('that end while the machine sleeps are over when it wakes up, though timers stood still', async () => {
    await world.publish(w.alert(1, w.usedUp()));
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    await world.sleep(w.hour);
    expect(world.titles()).toEqual([]);
    await world.sleep(w.hour);
    expect(world.titles()).toEqual(['The budget for everything is used up']);
  });

  it('are followed by one digest of what still holds', async () => {
    const [one, two, raised] = ['one', 'two', 'raised'].map((id) => w.usedUp({ id, scope: 'key', subject: id }));
    if (one === undefined || two === undefined || raised === undefined) throw new Error('three budgets');
    await world.publish(w.alert(1, one), w.alert(1, two), w.alert(1, raised), w.desktopChanged(ready));
    world.answers['budgets.list'] = { budgets: [one, two, { ...raised, state: 'ok' }] };
    world.answers['desktop.state'] = ready;
    await world.pass(2 * w.hour);
    expect(world.shown).toHaveLength(1);
    expect(world.shown[0]).toMatchObject({
      title: '3 things happened in your quiet hours',
      body: 'The budget for one is used up\nThe budget for two is used up\nSluice 2 is ready',
    });
    world.shown[0]?.open();
    expect(world.paths).toEqual(['/']);
  });

  it('say nothing at their end of what does not hold any more', async () => {
    await world.publish(w.alert(1, w.usedUp()));
    await world.pass(2 * w.hour);
    expect(world.titles()).toEqual([]);
  });

  it('are the same after a restart within them', async () => {
    await world.publish(w.alert(1, w.usedUp()));
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    await restart();
    expect(world.titles()).toEqual([]);
    await world.pass(2 * w.hour);
    expect(world.titles()).toHaveLength(1);
  });

  it('end when people take them back', async () => {
    await world.publish(w.alert(1, w.usedUp()));
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    world.preferences = w.usual;
    await world.publish(w.desktopChanged(w.desktop({})));
    expect(world.titles()).toHaveLength(1);
    expect(await world.timers()).toBe(0);
  });
});

describe('masking', () => {
  const masked = (count: number, change: Parameters<typeof w.closed>[0] = {}): ReturnType<typeof w.closed> =>
    w.closed({ masked: count, masked_kinds: { secrets: count }, ...change });

  it('is told of once a day, half an hour after its first, with counts alone', async () => {
    world.answers['clients.list'] = { clients: [clientEntry('cursor', 'Cursor')] };
    await world.publish(masked(1));
    await world.pass(29 * w.minute);
    await world.publish(masked(2));
    expect(world.titles()).toEqual([]);
    await world.pass(w.minute);
    expect(world.shown[0]).toMatchObject({
      kind: 'masked',
      title: '3 secrets masked in Cursor today',
      body: 'They were replaced before anything left this computer.',
    });
    await world.press(world.shown[0], 'Open');
    expect(world.paths).toEqual(['/activity?masked=true']);
    world.titles();
    await world.publish(masked(5));
    expect(await world.timers()).toBe(0);
    await world.pass(w.day);
    await world.publish(masked(1));
    await world.pass(w.hour);
    expect(world.titles()).toEqual(['1 secret masked in Cursor today']);
  });

  it('counts what a conversation sends again with each turn once', async () => {
    for (const count of [1, 1, 3, 2, 3]) await world.publish(masked(count, { session: 's' }));
    await world.publish(masked(2, { session: 't' }));
    await world.pass(w.hour);
    expect(world.titles()).toEqual(['5 secrets masked in cursor today']);
  });

  it('names several programs, and tells secrets from other details', async () => {
    await world.publish(
      masked(2),
      masked(1, { client: null }),
      masked(4, { client: 'cli', masked_kinds: { email: 4 } }),
    );
    await world.pass(w.hour);
    expect(world.shown[0]).toMatchObject({
      title: '3 secrets masked today',
      body: '4 other private details too. cli: 4 · cursor: 2 · another program: 1. They were replaced before anything left this computer.',
    });
  });

  it('in the last minutes of a day is told of in that day', async () => {
    vi.setSystemTime(Date.UTC(2026, 10, 25, 22, 50));
    await world.publish(masked(1));
    await world.pass(9 * w.minute);
    expect(world.titles()).toEqual(['1 secret masked in cursor today']);
  });

  it('waits for the end of quiet hours within its day', async () => {
    await world.publish(masked(1));
    world.preferences = quiet;
    await world.pass(w.hour);
    expect(world.titles()).toEqual([]);
    await world.pass(w.hour);
    expect(world.titles()).toHaveLength(1);
  });

  it('is told of when the machine wakes up after its time', async () => {
    await world.publish(masked(1));
    await world.sleep(29 * w.minute);
    expect(world.titles()).toEqual([]);
    await world.sleep(w.minute);
    expect(world.titles()).toEqual(['1 secret masked in cursor today']);
  });

  it('is told of again on days that a wrong clock said were over', async () => {
    vi.setSystemTime(w.start + 400 * w.day);
    await world.publish(masked(1));
    await world.pass(30 * w.minute);
    expect(world.titles()).toHaveLength(1);
    vi.setSystemTime(w.start);
    await world.publish(masked(1));
    await world.pass(30 * w.minute);
    expect(world.titles()).toEqual(['1 secret masked in cursor today']);
  });

  it('is told of by the next run, under its own date', async () => {
    await world.publish(masked(2));
    await world.stop();
    vi.setSystemTime(w.start + 2 * w.day);
    await restart();
    await world.pass(0);
    expect(world.titles()).toEqual(['2 secrets masked in cursor on Nov 25, 2026']);
  });
});

const clientEntry = (id: string, name: string) => ({
  ...{ id, name, support: 'full' as const, reason: null, installed: null, key: null, last: null, settings: [] },
  ...{ restart: '', check: '' },
});

describe('a client', () => {
  const mine = w.key('cc', { name: 'Claude Code', metadata: { client: 'claude-code' } });

  async function withKeys(...keys: readonly ReturnType<typeof w.key>[]): Promise<void> {
    world.answers['keys.list'] = { keys: [...keys] };
    await world.publish(w.configChanged);
  }

  beforeEach(async () => {
    world.answers['traffic.list'] = { entries: [w.exchange()], next: null };
    world.answers['clients.list'] = { clients: [clientEntry('claude-code', 'Claude Code')] };
    await withKeys(mine);
  });

  it('whose key was revoked or disabled elsewhere is told of once, and again when that happens again', async () => {
    await withKeys();
    expect(world.shown[0]).toMatchObject({ kind: 'client', title: 'The key of Claude Code opens nothing any more' });
    expect(world.shown[0]?.actions.map(({ label }) => label)).toEqual(['Reconnect', 'Leave it']);
    await world.press(world.shown[0], 'Leave it');
    expect(world.paths).toEqual([]);
    await world.press(world.shown[0], 'Reconnect');
    expect(world.paths).toEqual(['/clients?client=claude-code']);
    await withKeys();
    expect(world.titles()).toHaveLength(1);
    await withKeys(mine);
    await withKeys({ ...mine, state: 'disabled' });
    expect(world.titles()).toHaveLength(1);
  });

  it('is not told of where people here saw to it, another key of it opens, it was not in use, or a config is broken', async () => {
    world.own = ['client:claude-code'];
    await withKeys();
    world.own = [];
    await withKeys(mine, { ...mine, id: 'cc-2' });
    await withKeys({ ...mine, id: 'cc-2' });
    world.answers['keys.list'] = { keys: [] };
    await world.publish({ event: 'config.changed', data: { snapshot: null, problems: 1 } });
    world.answers['traffic.list'] = { entries: [], next: null };
    await world.publish(w.configChanged);
    expect(world.titles()).toEqual([]);
  });

  it('whose key ends while the machine sleeps is told of when it wakes up', async () => {
    const expires = new Date(w.start + w.hour).toISOString();
    await withKeys({ ...mine, expires_at: expires });
    world.answers['keys.list'] = { keys: [{ ...mine, expires_at: expires, state: 'expired' }] };
    await world.sleep(2 * w.hour);
    expect(world.titles()).toHaveLength(1);
  });

  it('whose key ends at a known time is told of then, and by no timer before', async () => {
    const expires = new Date(w.start + 60 * w.day).toISOString();
    await withKeys({ ...mine, expires_at: expires });
    expect(await world.timers()).toBe(1);
    world.answers['keys.list'] = { keys: [{ ...mine, expires_at: expires, state: 'expired' }] };
    await world.pass(60 * w.day - w.hour);
    expect(world.titles()).toEqual([]);
    await world.pass(w.hour);
    expect(world.titles()).toHaveLength(1);
    expect(await world.timers()).toBe(0);
    await restart();
    expect(world.titles()).toEqual([]);
  });
});

describe('however much happens', () => {
  const usage = {
    input_tokens: 5,
    output_tokens: 5,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: null,
  };
  const unpriced = (target: string): ReturnType<typeof w.closed> =>
    w.closed({ target, usage, cost_usd: null, attempts: [w.attempt(target, { usage, cost_usd: null })] });

  it('ten thousand events are a few notifications and little memory, with room for what matters', async () => {
    for (let index = 0; index < 5_000; index++) {
      const name = `model-${String(index)}-${'x'.repeat(500)}`;
      world.events.publish(unpriced(`c/${name}`));
      world.events.publish(w.failedExchange({ model_asked: name, masked: 1, client: name }));
      if (index % 250 === 249) await world.settle();
    }
    await world.publish(w.alert(1, w.usedUp()));
    const titles = world.titles();
    expect(titles).toHaveLength(6);
    await world.pass(w.minute);
    expect(JSON.stringify(world.memory.saved).length).toBeLessThan(1_000_000);
    await world.pass(w.hour);
    const [digest] = world.shown;
    expect(digest?.title).toMatch(/^\d+,?\d* more notifications$/);
    expect(digest?.body.split('\n')).toHaveLength(5);
    expect(world.titles().length).toBeLessThanOrEqual(2);
  });

  it('one kind leaves room for the others, and what waited alone is told as itself', async () => {
    for (const model of ['a', 'b', 'c', 'd']) await world.publish(w.failedExchange({ model_asked: model }));
    await world.publish(w.alert(1, w.usedUp()));
    expect(world.titles()).toEqual([
      ...['a', 'b', 'c'].map((model) => `Nothing could answer “${model}”`),
      'The budget for everything is used up',
    ]);
    await world.pass(w.hour);
    expect(world.titles()).toEqual(['Nothing could answer “d”']);
  });

  it('what waits for room has it after a sleep of an hour', async () => {
    for (const model of ['a', 'b', 'c', 'd']) await world.publish(w.failedExchange({ model_asked: model }));
    expect(world.titles()).toHaveLength(3);
    await world.sleep(w.hour);
    expect(world.titles()).toEqual(['Nothing could answer “d”']);
  });

  it('what a clock told that was wrong by a year is told again once it is right', async () => {
    const down = async (): Promise<void> => {
      await world.publish(w.health({ state: 'open' }), w.fallback());
    };
    vi.setSystemTime(w.start + 365 * w.day);
    await down();
    expect(world.titles()).toHaveLength(1);
    await restart();
    vi.setSystemTime(w.start);
    await down();
    expect(world.titles()).toHaveLength(1);
    await restart();
    await down();
    expect(world.titles()).toEqual([]);
  });

  it('what waited for room is not told in quiet hours, but for what is held', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await world.publish(w.alert(1, w.usedUp({ id, scope: 'key', subject: id })));
    for (const model of ['a', 'b', 'c', 'd']) await world.publish(w.failedExchange({ model_asked: model }));
    expect(world.titles()).toHaveLength(6);
    world.preferences = { ...w.usual, quiet_hours: { from: '14:30', to: '16:00' } };
    world.answers['budgets.list'] = { budgets: [w.usedUp({ id: 'd', scope: 'key', subject: 'd' })] };
    await world.pass(119 * w.minute);
    expect(world.titles()).toEqual([]);
    await world.pass(w.minute);
    expect(world.titles()).toEqual(['The budget for d is used up']);
  });

  it('there are never more than six in any hour, whatever comes when', async () => {
    let state = 7;
    const dice = (sides: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % sides;
    };
    const times: number[] = [];
    const makers = [
      () => unpriced(`c/${String(dice(5_000))}`),
      () => w.failedExchange({ model_asked: String(dice(50)) }),
      () => w.alert([0.5, 0.8, 1][dice(3)] ?? 1, w.usedUp({ id: String(dice(20)), since: String(dice(50)) })),
      () => w.desktopChanged(w.desktop({ state: 'ready', version: String(dice(500)) }, world.preferences)),
      () => w.health({ provider: String(dice(9)), state: dice(2) === 0 ? 'open' : 'closed' }),
      () => w.closed({ attempts: [w.brokenAttempt(`${String(dice(9))}/one`), w.attempt('b/two')] }),
      () => w.closed({ masked: dice(3), masked_kinds: { secrets: 1 }, cost_usd: '1' }),
    ];
    world.answers['budgets.list'] = { budgets: [w.usedUp({ id: '3' }), w.usedUp({ id: '4' })] };
    for (let turn = 0; turn < 400; turn++) {
      const make = makers[dice(makers.length)];
      if (make !== undefined) world.events.publish(make());
      if (dice(200) === 0) world.preferences = dice(2) === 0 ? w.usual : quiet;
      await world.pass(dice(5) * w.minute);
      for (const _ of world.titles()) times.push(Date.now());
    }
    expect(times.length).toBeGreaterThan(40);
    for (const [index, at] of times.entries())
      expect((times[index + 6] ?? Infinity) - at).toBeGreaterThanOrEqual(w.hour - 5 * w.minute);
  });

  it('nothing waits and nothing is asked while nothing happens', async () => {
    const asked = world.calls.length;
    await world.pass(3 * w.day);
    expect(await world.timers()).toBe(0);
    expect(world.calls).toHaveLength(asked);
  });
});
