import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../shared/errors/codes.ts';
import { answered, failed, provider, refTo, rig, status, times } from './health-making.ts';

const [a, b, c] = [provider('a'), provider('b'), provider('c')];
const home = provider('home', { local: true, baseUrl: 'http://127.0.0.1:11434' });
const demo = provider('demo', { kind: 'demo', baseUrl: 'demo://sluice' });
const all = [a, b, c, home, demo];
const [toA, toB, toC, toHome, toDemo] = [refTo(a), refTo(b), refTo(c), refTo(home), refTo(demo)];
const connect = failed('attempt.connect');

describe('offline', () => {
  it.each<ErrorCode>(['attempt.dns', 'attempt.connect', 'attempt.connect_timeout', 'attempt.tls'])(
    'is told by two providers that fail with %s',
    (code) => {
      const { book, call } = rig(all);
      call(failed(code), toA);
      expect(book.isOffline).toBe(false);
      call(failed(code), toB);
      expect(book.isOffline).toBe(true);
      expect(book.view().offline).toBe(true);
    },
  );

  it('opens nothing, however long it lasts', () => {
    const { book, call, clock } = rig(all);
    times(60, () => {
      call(connect, toA);
      call(failed('attempt.dns'), toB);
      call(failed('attempt.ttft_timeout'), toC);
      clock.pass(1_000);
    });
    expect(book.states().map((one) => one.state)).toEqual(['closed', 'closed', 'closed']);
    for (const ref of [toA, toB, toC]) expect(book.mayAsk(ref)).toEqual({ kind: 'yes', probe: false });
  });

  it('closes again what the same outage opened before it was known', () => {
    const { book, call, changes } = rig(all);
    times(8, () => call(failed('attempt.ttft_timeout'), toC));
    times(3, () => call(connect, toA));
    expect(book.mayAsk(toA).kind).toBe('no');
    call(connect, toB);
    for (const ref of [toA, toC]) expect(book.mayAsk(ref)).toEqual({ kind: 'yes', probe: false });
    expect(book.view().of('a', 'm', 1)).toEqual({ state: 'closed', running: 0 });
    expect(changes.map((one) => (one.kind === 'target' ? `${one.target} ${one.to}` : one.kind))).toEqual([
      'c/m open',
      'a/m open',
      'network',
      'c/m closed',
      'a/m closed',
    ]);
  });

  it('does not close what opened before something else answered', () => {
    const { book, call, clock } = rig(all);
    times(3, () => call(connect, toA));
    clock.pass(1);
    call(answered, toB);
    clock.pass(999);
    call(connect, toB);
    call(connect, toC);
    expect(book.isOffline).toBe(true);
    expect(book.mayAsk(toA)).toMatchObject({ state: 'open', waitMs: 9_000 });
  });

  it('leaves nothing counted that the outage brought', () => {
    const { book, call } = rig(all);
    times(2, () => call(connect, toA));
    call(connect, toB);
    call(answered, toB);
    times(2, () => call(connect, toA));
    expect(book.mayAsk(toA).kind).toBe('yes');
    call(connect, toA);
    expect(book.mayAsk(toA).kind).toBe('no');
  });

  it.each([
    ['an answer', answered],
    ['an error of the provider itself', status(503)],
    ['a refused request', status(400)],
    ['a limit', status(429)],
    ['a refused key', status(401)],
  ])('ends with %s', (_what, outcome) => {
    const { book, call, changes } = rig(all);
    call(connect, toA);
    call(connect, toB);
    call(outcome, toC);
    expect(book.isOffline).toBe(false);
    expect(changes.filter((one) => one.kind === 'network').map((one) => one.offline)).toEqual([true, false]);
  });

  it('ends with the first content already', () => {
    const { book, call, begin } = rig(all);
    call(connect, toA);
    call(connect, toB);
    begin(toC)({ kind: 'content' });
    expect(book.isOffline).toBe(false);
  });

  it.each([
    ['a web page: a portal stands between', failed('attempt.not_an_answer', { webPage: true })],
    ['a reset', failed('attempt.reset')],
    ['a portal that says so', status(511)],
    ['silence', failed('attempt.ttft_timeout')],
  ])('does not end with %s', (_what, outcome) => {
    const { book, call } = rig(all);
    call(connect, toA);
    call(connect, toB);
    call(outcome, toC);
    expect(book.isOffline).toBe(true);
  });

  it('is not told by one provider alone, which is then down itself', () => {
    const { book, call } = rig(all);
    times(3, () => call(connect, toA));
    expect(book.isOffline).toBe(false);
    expect(book.mayAsk(toA)).toMatchObject({ state: 'open' });
  });

  it('is not told by two names of one host', () => {
    const twin = provider('twin', { baseUrl: `${a.baseUrl}/other` });
    const { book, call } = rig([a, twin]);
    call(connect, toA);
    call(connect, refTo(twin));
    expect(book.isOffline).toBe(false);
  });

  it('is not told while another provider answers', () => {
    const { book, call } = rig(all);
    times(5, () => {
      call(connect, toA);
      call(answered, toC);
      call(connect, toB);
      call(answered, toC);
    });
    expect(book.isOffline).toBe(false);
    expect(book.mayAsk(toA)).toMatchObject({ state: 'open' });
  });

  it('is not told by failures half a minute apart', () => {
    const { book, call, clock } = rig(all);
    call(connect, toA);
    clock.pass(30_001);
    call(connect, toB);
    expect(book.isOffline).toBe(false);
  });

  it('is told by one provider when only a dead network fails so', () => {
    const { book, call } = rig([a]);
    const dead = failed('attempt.connect', { deadNetwork: true });
    call(dead);
    call(answered);
    call(dead);
    expect(book.isOffline).toBe(false);
    call(dead);
    expect(book.isOffline).toBe(true);
    times(10, () => call(dead));
    expect(book.mayAsk(toA).kind).toBe('yes');
  });

  it('is told by a name that answered before and is not found any more, and not by one that is misspelt', () => {
    const { book, call } = rig([a, b]);
    times(3, () => call(failed('attempt.dns'), toB));
    expect(book.isOffline).toBe(false);
    expect(book.mayAsk(toB)).toMatchObject({ state: 'open' });
    call(answered);
    times(2, () => call(failed('attempt.dns')));
    expect(book.isOffline).toBe(true);
  });

  it('is said for half a minute after the last failure, so that somebody tries again, and at once when that fails', () => {
    const { book, call, clock } = rig(all);
    call(connect, toA);
    call(connect, toB);
    clock.pass(30_000);
    expect(book.isOffline).toBe(false);
    call(connect, toA);
    expect(book.isOffline).toBe(true);
    times(5, () => call(connect, toA));
    expect(book.mayAsk(toA).kind).toBe('yes');
  });

  it('has nothing to do with what is on this machine', () => {
    const { book, call } = rig(all);
    call(connect, toHome);
    call(connect, toDemo);
    expect(book.isOffline).toBe(false);
    call(connect, toA);
    call(connect, toB);
    expect(book.isOffline).toBe(true);
    call(answered, toHome);
    call(answered, toDemo);
    expect(book.isOffline).toBe(true);
    times(3, () => call(connect, toHome));
    expect(book.mayAsk(toHome)).toMatchObject({ state: 'open', waitMs: 2_000 });
  });
});
