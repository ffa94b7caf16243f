import { describe, expect, it } from 'vitest';
import { credential, failed, mapOf, openai, provider, refTo, rig, status, times } from './health-making.ts';
import { abandoned, answered } from './health-making.ts';

const connect = failed('attempt.connect');
const two = provider('two', { credentials: [credential('a'), credential('b')] });
const [withA, withB] = [refTo(two, 'm', 'a'), refTo(two, 'm', 'b')];

describe('whether a target may be asked', () => {
  it('is yes for what nothing is known of', () => {
    expect(rig().book.mayAsk(refTo(openai))).toEqual({ kind: 'yes', probe: false });
  });

  it('is no at once when it fails, with figures and the time left', () => {
    const { book, call, clock } = rig();
    times(8, () => call(status(503)));
    expect(book.mayAsk(refTo(openai))).toEqual({
      kind: 'no',
      state: 'open',
      waitMs: 10_000,
      why: '8 of 8 calls failed within 30 s, the last because it answered 503',
    });
    clock.pass(9_001);
    expect(book.mayAsk(refTo(openai))).toMatchObject({ waitMs: 999 });
    clock.pass(999);
    expect(book.mayAsk(refTo(openai))).toEqual({ kind: 'yes', probe: true });
  });

  it('lets one of a hundred that come together be the probe', () => {
    const { book, call, begin, clock } = rig();
    times(3, () => call(connect));
    clock.pass(10_000);
    const sent: ReturnType<typeof begin>[] = [];
    let refused = 0;
    times(100, () => {
      const may = book.mayAsk(refTo(openai));
      if (may.kind === 'yes') sent.push(begin());
      else refused++;
      if (may.kind === 'no')
        expect(may).toMatchObject({ state: 'open', why: expect.stringContaining('one request finds out') as string });
    });
    expect([sent.length, refused]).toEqual([1, 99]);
    sent[0]?.({ kind: 'content' });
    expect(book.mayAsk(refTo(openai))).toEqual({ kind: 'yes', probe: false });
  });

  it('keeps models and credentials apart', () => {
    const { book, call } = rig([two]);
    times(8, () => call(status(500), withA));
    expect(book.mayAsk(withA).kind).toBe('no');
    expect(book.mayAsk(withB).kind).toBe('yes');
    expect(book.mayAsk(refTo(two, 'other', 'a')).kind).toBe('yes');
  });

  it('goes on resting while the machine sleeps, and is not locked by a clock that is set back', () => {
    const { book, call, clock } = rig();
    times(3, () => call(connect));
    clock.wall -= 365 * 24 * 3_600_000;
    expect(book.mayAsk(refTo(openai))).toMatchObject({ waitMs: 10_000 });
    clock.wall += 60_000;
    expect(book.mayAsk(refTo(openai))).toEqual({ kind: 'yes', probe: true });
  });

  it('hears the end of a try once', () => {
    const { book, begin } = rig();
    const end = begin();
    times(20, () => end(connect));
    expect(book.mayAsk(refTo(openai)).kind).toBe('yes');
    expect(book.view().of('openai', 'm', 1).running).toBe(0);
  });
});

describe('a limit', () => {
  it('rests one credential for one model, for as long as told', () => {
    const { book, call, clock } = rig([two]);
    call(status(429, { waitMs: 20_000 }), withA);
    expect(book.mayAsk(withA)).toEqual({
      kind: 'no',
      state: 'limited',
      waitMs: 20_000,
      why: 'the provider limits the rate (429)',
    });
    expect(book.mayAsk(withB).kind).toBe('yes');
    expect(book.mayAsk(refTo(two, 'other', 'a')).kind).toBe('yes');
    clock.pass(20_000);
    expect(book.mayAsk(withA)).toEqual({ kind: 'yes', probe: false });
  });

  it('is not shortened by a later one', () => {
    const { book, call } = rig();
    call(status(429, { waitMs: 20_000 }));
    call(status(429, { waitMs: 1_000 }));
    expect(book.mayAsk(refTo(openai))).toMatchObject({ waitMs: 20_000 });
  });

  it('longer than the rest after failures is what is told', () => {
    const { book, call } = rig();
    call(status(429, { waitMs: 60_000 }));
    times(3, () => call(connect));
    expect(book.mayAsk(refTo(openai))).toMatchObject({ state: 'limited', waitMs: 60_000 });
  });

  it('of a used up quota lasts five minutes and asks for attention until a call does well', () => {
    const { book, call, clock } = rig();
    call(status(429, { upstream: 'quota_exhausted' }));
    expect(book.mayAsk(refTo(openai))).toMatchObject({
      state: 'limited',
      why: 'the quota is used up (429)',
    });
    clock.pass(300_000);
    expect(book.mayAsk(refTo(openai)).kind).toBe('yes');
    expect(book.states()).toMatchObject([{ state: 'closed', needsAttention: true }]);
    call(answered);
    expect(book.states()).toMatchObject([{ state: 'closed', needsAttention: false }]);
  });
});

describe('a refused credential', () => {
  it('is refused for all models, for five minutes', () => {
    const { book, call, clock } = rig([two]);
    call(status(401), withA);
    for (const model of ['m', 'other'])
      expect(book.mayAsk(refTo(two, model, 'a'))).toEqual({
        kind: 'no',
        state: 'refused',
        waitMs: 300_000,
        why: 'key "a" was refused (401)',
      });
    expect(book.mayAsk(withB).kind).toBe('yes');
    expect(book.states()).toMatchObject([{ credential: 'a', state: 'refused', needsAttention: true }]);
    clock.pass(300_000);
    expect(book.mayAsk(withA).kind).toBe('yes');
  });

  it('is clean after a call that did well, with the first content', () => {
    const { book, call, begin, changes } = rig([two]);
    call(status(403), withA);
    begin(withA)({ kind: 'content' });
    expect(book.mayAsk(withA).kind).toBe('yes');
    expect(book.states()).toMatchObject([{ state: 'closed', needsAttention: false }]);
    expect(changes.map((one) => one.kind === 'credential' && one.to)).toEqual(['refused', 'accepted']);
  });

  it('that rests as well is not overruled: the rest is what is told', () => {
    const { book, call } = rig();
    call(status(401));
    call(status(429));
    expect(book.mayAsk(refTo(openai))).toMatchObject({ state: 'limited' });
  });

  it('is the probe when the caller asks it all the same', () => {
    const { book, call, begin, clock } = rig();
    times(3, () => call(connect));
    clock.pass(10_000);
    call(status(401));
    times(3, () => call(connect));
    clock.pass(20_000);
    expect(book.mayAsk(refTo(openai))).toMatchObject({ state: 'refused' });
    begin();
    expect(book.mayAsk(refTo(openai))).toMatchObject({ state: 'open' });
  });
});

describe('the budget of retries', () => {
  it('has ten in ten seconds for whoever asks little', () => {
    const { book, begin, clock } = rig();
    begin();
    times(10, () => expect(book.takeRetry(openai)).toBe(true));
    expect(book.takeRetry(openai)).toBe(false);
    clock.pass(11_000);
    expect(book.takeRetry(openai)).toBe(true);
  });

  it('has a tenth of the calls for whoever asks much, each provider its own', () => {
    const { book, call } = rig([openai, two]);
    times(500, () => call(answered));
    times(50, () => expect(book.takeRetry(openai)).toBe(true));
    expect(book.takeRetry(openai)).toBe(false);
    expect(book.takeRetry(two)).toBe(true);
  });
});

describe('what the router sees', () => {
  it('is the best of the credentials that fit the model', () => {
    const three = provider('three', {
      credentials: [credential('a'), credential('b'), credential('c', 'x', ['other']), missing('d')],
    });
    const { book, call } = rig([three]);
    const [a, b] = [refTo(three, 'm', 'a'), refTo(three, 'm', 'b')];
    const look = (): unknown => book.view().of('three', 'm', 100);
    call(status(429, { waitMs: 60_000 }), a);
    expect(look()).toEqual({ state: 'closed', running: 0 });
    call(status(429, { waitMs: 30_000 }), b);
    expect(look()).toMatchObject({ state: 'limited', waitMs: 30_000 });
    expect(book.view().of('three', 'other', 100)).toEqual({ state: 'closed', running: 0 });
    call(status(401), a);
    // Resting still: what may be asked next is told.
    expect(look()).toMatchObject({ state: 'limited', waitMs: 30_000 });
  });

  it('is refused only when every credential was', () => {
    const { book, call } = rig([two]);
    call(status(401), withA);
    expect(book.view().of('two', 'm', 1).state).toBe('closed');
    call(status(401), withB);
    expect(book.view().of('two', 'm', 1)).toMatchObject({
      state: 'refused',
      why: 'key "a" was refused (401)',
    });
    expect(book.view().of('two', 'never-asked', 1).state).toBe('refused');
  });

  it('is half-open while a probe is due, and open while it runs', () => {
    const { book, call, begin, clock } = rig();
    times(3, () => call(connect));
    expect(book.view().of('openai', 'm', 1)).toMatchObject({ state: 'open', waitMs: 10_000 });
    clock.pass(10_000);
    expect(book.view().of('openai', 'm', 1).state).toBe('half_open');
    const end = begin();
    expect(book.view().of('openai', 'm', 1)).toMatchObject({ state: 'open', running: 1 });
    end(answered);
    expect(book.view().of('openai', 'm', 1)).toMatchObject({ state: 'closed', share: 0.1, running: 0 });
  });

  it('has what was measured', () => {
    const { book, call } = rig();
    times(5, () => call(answered));
    const seen = book.view().of('openai', 'm', 1_000);
    expect(seen.speed).toBe(100);
    expect(seen.ttft?.p50).toBeGreaterThan(380);
    expect(seen.ttft?.p50).toBeLessThan(420);
    expect(seen.slowdown).toBeUndefined();
  });

  it('holds for the moment it was made at', () => {
    const { book, call, clock } = rig();
    times(3, () => call(connect));
    const view = book.view();
    clock.pass(10_000);
    expect(view.of('openai', 'm', 1)).toMatchObject({ state: 'open', waitMs: 10_000 });
  });

  it('has lengths of answers by what was asked for', () => {
    const { book } = rig();
    book.learnOutput({ providerId: 'openai', model: 'm', type: 'summarize', outputTokens: 200 });
    expect(book.view().expectedOutput('openai', 'm', 'summarize')).toBe(200);
    expect(book.view().expectedOutput('openai', 'other', undefined)).toBeUndefined();
  });
});

describe('changes', () => {
  it('are told as they happen, with why', () => {
    const { call, changes, clock } = rig();
    times(3, () => call(connect));
    clock.pass(10_000);
    call(answered);
    call(status(429));
    expect(changes).toMatchObject([
      {
        kind: 'target',
        target: 'openai/m',
        credential: 'default',
        from: 'closed',
        to: 'open',
        why: '3 times in a row it did not accept connections',
        at: clock.wall - 10_000,
      },
      { from: 'open', to: 'half_open' },
      { from: 'half_open', to: 'closed' },
      { from: 'closed', to: 'limited', at: clock.wall },
    ]);
  });

  it('are not told where nothing changes', () => {
    const { call, changes } = rig();
    times(50, () => call(answered));
    times(50, () => call(abandoned));
    times(50, () => call(status(400)));
    expect(changes).toEqual([]);
  });
});

describe('states', () => {
  it('tell everything on one line each, the last used first', () => {
    const { book, call, begin, clock } = rig([openai, two]);
    times(5, () => call(answered));
    begin();
    times(3, () => call(connect, withA));
    expect(book.states()).toEqual([
      {
        provider: 'two',
        model: 'm',
        credential: 'a',
        state: 'open',
        why: '3 times in a row it did not accept connections',
        until: clock.wall + 10_000,
        p50: undefined,
        p95: undefined,
        speed: undefined,
        running: 0,
        calls: 0,
        failures: 0,
        needsAttention: false,
      },
      expect.objectContaining({
        provider: 'openai',
        state: 'closed',
        until: undefined,
        speed: 100,
        running: 1,
        calls: 5,
      }),
    ]);
  });

  it('are bounded: the least recently used are forgotten', () => {
    const { book, call } = rig();
    for (let model = 0; model < 2_100; model++) call(answered, refTo(openai, `m${String(model)}`));
    const states = book.states();
    expect(states).toHaveLength(2_000);
    expect(states[0]?.model).toBe('m2099');
    expect(states.at(-1)?.model).toBe('m100');
  });

  it('are bounded with many credentials, too', () => {
    const { book, call } = rig([two]);
    for (let model = 0; model < 1_500; model++) {
      call(answered, refTo(two, `m${String(model)}`, 'a'));
      call(answered, refTo(two, `m${String(model)}`, 'b'));
    }
    expect(book.states().length).toBeLessThanOrEqual(2_000);
  });
});

describe('another configuration', () => {
  const keys = (...values: string[]): ReturnType<typeof provider> =>
    provider('p', { credentials: values.map((value, index) => credential(`k${String(index)}`, value)) });

  it('keeps what is known of what stays', () => {
    const before = keys('one', 'two');
    const { book, call } = rig([before]);
    times(3, () => call(connect, refTo(before, 'm', 'k0')));
    call(status(401), refTo(before, 'm', 'k1'));
    book.apply(mapOf([keys('one', 'two')]));
    expect(book.mayAsk(refTo(before, 'm', 'k0'))).toMatchObject({ state: 'open' });
    expect(book.mayAsk(refTo(before, 'm', 'k1'))).toMatchObject({ state: 'refused' });
  });

  it('believes a key that was mended', () => {
    const before = keys('one', 'two');
    const { book, call } = rig([before]);
    call(status(401), refTo(before, 'm', 'k0'));
    call(status(429, { upstream: 'quota_exhausted' }), refTo(before, 'm', 'k1'));
    book.apply(mapOf([keys('other', 'another')]));
    expect(book.mayAsk(refTo(before, 'm', 'k0')).kind).toBe('yes');
    expect(book.mayAsk(refTo(before, 'm', 'k1')).kind).toBe('yes');
    expect(book.view().of('p', 'm', 1)).toEqual({ state: 'closed', running: 0 });
  });

  it('forgets what is gone, and how a provider did elsewhere', () => {
    const { book, call } = rig([openai, two]);
    times(8, () => call(status(500)));
    times(8, () => call(status(500), withA));
    times(8, () => call(status(500), withB));
    const moved = { ...openai, baseUrl: 'https://elsewhere.example' };
    book.apply(mapOf([moved, { ...two, credentials: [credential('b')] }]));
    expect(book.mayAsk(refTo(moved)).kind).toBe('yes');
    expect(book.states()).toMatchObject([{ provider: 'two', credential: 'b', state: 'open' }]);
    book.apply(mapOf([]));
    expect(book.states()).toEqual([]);
  });

  it('is not disturbed by calls of the one before', () => {
    const before = keys('one');
    const { book, begin, call } = rig([before]);
    const [late, later] = [begin(refTo(before, 'm', 'k0')), begin(refTo(before, 'm', 'k0'))];
    const after = keys('other');
    book.apply(mapOf([after]));
    late(status(401));
    expect(book.view().of('p', 'm', 1)).toEqual({ state: 'closed', running: 1 });
    call(status(401), refTo(after, 'm', 'k0'));
    later(answered);
    expect(book.view().of('p', 'm', 1).state).toBe('refused');
  });
});

function missing(name: string): ReturnType<typeof credential> {
  return { ...credential(name), secret: { kind: 'missing', reason: 'not set' } };
}
