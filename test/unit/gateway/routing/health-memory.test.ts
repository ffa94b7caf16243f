import { describe, expect, it } from 'vitest';
import {
  answered,
  credential,
  failed,
  mapOf,
  provider,
  refTo,
  rig,
  status,
  times,
  FakeClock,
  type Rig,
} from './health-making.ts';

const two = provider('two', { credentials: [credential('a'), credential('b')] });
const home = provider('home', { local: true });
const configured = [two, home];
const [withA, withB] = [refTo(two, 'm', 'a'), refTo(two, 'm', 'b')];
const connect = failed('attempt.connect');

/** Another process, `ms` later on people's clock. */
function restarted(from: Rig, ms: number, change: (text: string) => string = (text) => text): Rig {
  const clock = new FakeClock();
  clock.wall = from.clock.wall + ms;
  clock.mono = 17;
  const next = rig(configured, clock);
  next.book.restore(JSON.parse(change(JSON.stringify(from.book.save()))));
  return next;
}

function opened(): Rig {
  const before = rig(configured);
  times(3, () => before.call(connect, withA));
  return before;
}

function limited(waitMs: number): Rig {
  const before = rig(configured);
  before.call(status(429, { waitMs }), withB);
  return before;
}

describe('after a restart', () => {
  it('an open target rests for what is left, and is probed then', () => {
    const { book, clock } = restarted(opened(), 4_000);
    expect(book.mayAsk(withA)).toEqual({
      kind: 'no',
      state: 'open',
      waitMs: 6_000,
      why: '3 times in a row it did not accept connections',
    });
    clock.pass(6_000);
    expect(book.mayAsk(withA)).toEqual({ kind: 'yes', probe: true });
    book.begin(withA)(connect);
    expect(book.mayAsk(withA)).toMatchObject({ waitMs: 20_000 });
  });

  it('one whose rest ended meanwhile is probed, and one whose rest ended long ago is as new', () => {
    expect(restarted(opened(), 60_000).book.mayAsk(withA)).toEqual({ kind: 'yes', probe: true });
    expect(restarted(opened(), 131_000).book.mayAsk(withA)).toEqual({ kind: 'yes', probe: false });
  });

  it('a limit lasts for what is left', () => {
    expect(restarted(limited(60_000), 20_000).book.mayAsk(withB)).toMatchObject({ state: 'limited', waitMs: 40_000 });
    expect(restarted(limited(60_000), 60_000).book.mayAsk(withB)).toEqual({ kind: 'yes', probe: false });
  });

  it('a quota that is used up still asks for attention', () => {
    const before = rig(configured);
    before.call(status(429, { upstream: 'quota_exhausted' }), withA);
    expect(restarted(before, 1_000).book.states()).toMatchObject([{ state: 'limited', needsAttention: true }]);
  });

  it('a clock that was set back locks nothing', () => {
    const day = -24 * 3_600_000;
    expect(restarted(opened(), day).book.mayAsk(withA)).toMatchObject({ waitMs: 10_000 });
    expect(restarted(limited(60_000), day).book.mayAsk(withB)).toMatchObject({ waitMs: 60_000 });
  });

  it('no end that somebody wrote is believed beyond its bounds', () => {
    const far = (text: string): string =>
      text.replaceAll(/"until":\d+/g, '"until":9000000000000').replaceAll(/"at":\d+/g, '"at":1');
    expect(restarted(opened(), 0, far).book.mayAsk(withA)).toMatchObject({ waitMs: 120_000 });
    expect(restarted(limited(60_000), 0, far).book.mayAsk(withB)).toMatchObject({ waitMs: 300_000 });
  });

  it('refused keys are tried again: whoever mended one is believed', () => {
    const before = rig(configured);
    before.call(status(401), withA);
    expect(restarted(before, 1).book.mayAsk(withA).kind).toBe('yes');
  });

  it('probes, running calls and what is being counted are gone', () => {
    const before = opened();
    before.clock.pass(10_000);
    before.begin(withA);
    times(7, () => before.call(status(500), withB));
    const { book } = restarted(before, 0);
    expect(book.mayAsk(withA)).toEqual({ kind: 'yes', probe: true });
    expect(book.view().of('two', 'm', 1).running).toBe(0);
    book.begin(withB)(status(500));
    expect(book.mayAsk(withB).kind).toBe('yes');
  });

  it('measurements count for less, the longer it was', () => {
    const before = rig(configured);
    times(40, () => before.call(answered, withA));
    before.book.learnOutput({ providerId: 'two', model: 'm', type: 'chat', outputTokens: 77 });
    const soon = restarted(before, 1_000).book.view();
    expect(soon.of('two', 'm', 1_000)).toEqual(before.book.view().of('two', 'm', 1_000));
    expect(soon.expectedOutput('two', 'm', 'chat')).toBe(77);
    expect(
      restarted(before, 24 * 3_600_000)
        .book.view()
        .of('two', 'm', 1_000).ttft,
    ).toBeDefined();
    expect(
      restarted(before, 7 * 24 * 3_600_000)
        .book.view()
        .of('two', 'm', 1_000).ttft,
    ).toBeUndefined();
  });

  it('measurements fade even when the clock was set back', () => {
    const before = rig(configured);
    times(40, () => before.call(answered, withA));
    const { book, call, clock } = restarted(before, -3_600_000);
    clock.pass(40 * 60_000);
    times(6, () => call({ ...answered, ttftMs: 5_000 }, withA));
    expect(book.view().of('two', 'm', 1_000).ttft?.p50).toBeGreaterThan(4_000);
  });

  it('what is not configured any more is left out', () => {
    const before = opened();
    times(5, () => before.call(answered, refTo(home)));
    const next = rig([provider('home', { local: true }), { ...two, credentials: [credential('b')] }], before.clock);
    next.book.restore(before.book.save());
    expect(next.book.states()).toEqual([]);
    next.book.apply(mapOf([]));
    next.book.restore(before.book.save());
    expect(next.book.view().of('home', 'm', 1).ttft).toBeUndefined();
  });
});

describe('what is kept', () => {
  it('holds no word of a secret, a prompt or an address', () => {
    const before = opened();
    times(5, () => before.call(answered, withB));
    const text = JSON.stringify(before.book.save());
    expect(text).toContain('"version":1');
    expect(text).not.toContain('secret of');
    expect(text).not.toContain('example');
  });

  it('is bounded to what was used last', () => {
    const before = rig(configured);
    for (let model = 0; model < 400; model++)
      times(2, () => before.call(answered, refTo(two, `m${String(model)}`, 'a')));
    const saved = before.book.save();
    expect(saved.models).toHaveLength(300);
    expect(saved.models[0]?.model).toBe('m399');
    const next = restarted(before, 0);
    next.call(answered, withA);
    expect(next.book.save().models[1]?.model).toBe('m399');
  });
});

describe('what was not written by us', () => {
  const good = opened().book.save();

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a word', 'x'],
    ['a list', []],
    ['another version', { ...good, version: 2 }],
    ['no time', { ...good, at: 'yesterday' }],
    ['no lists', { version: 1, at: good.at, targets: 3, models: {} }],
    [
      'empty entries',
      { ...good, targets: [null, 1, {}, { provider: 'two' }], models: [null, 'x', { provider: 'two', model: 3 }] },
    ],
    ['inherited names', { ...good, targets: [{ provider: '__proto__', model: 'm', credential: 'constructor' }] }],
    [
      'rests without end',
      { ...good, targets: [{ provider: 'two', model: 'm', credential: 'a', opened: { why: 'x' }, limited: 5 }] },
    ],
  ])('is ignored: %s', (_what, memory) => {
    const { book } = rig(configured);
    book.restore(memory);
    expect(book.states()).toEqual([]);
    expect(book.mayAsk(withA)).toEqual({ kind: 'yes', probe: false });
  });

  it('leaves out the entry, not its neighbours', () => {
    const before = opened();
    const saved = before.book.save();
    const { book } = rig(configured, before.clock);
    book.restore({ ...saved, targets: [{ provider: 'two', model: 5 }, ...saved.targets, 'x'] });
    expect(book.mayAsk(withA)).toMatchObject({ state: 'open' });
  });
});
