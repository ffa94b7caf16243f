import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../../main/gateway/routing/health-blame.ts';
import { Breaker } from '../../../../main/gateway/routing/health-breaker.ts';
import { abandoned, answered, failed, status, times } from './health-making.ts';

const connect = failed('attempt.connect');
const good = answered;
const bad = status(503);
const validation = status(400);

class Rig {
  now = 1_000_000;
  readonly breaker: Breaker;

  constructor(isLocal = false) {
    this.breaker = new Breaker(isLocal);
  }

  get state(): string {
    const state = this.breaker.look(this.now);
    if (state.kind === 'half_open') return state.probing ? 'probing' : 'half_open';
    return state.kind === 'closed' && state.share !== undefined ? 'slow' : state.kind;
  }

  get left(): number | undefined {
    const state = this.breaker.look(this.now);
    return state.kind === 'open' ? state.leftMs : undefined;
  }

  call(outcome: Parameters<typeof verdictOf>[0], count = 1): void {
    times(count, () => {
      this.breaker.end(this.breaker.begin(this.now), verdictOf(outcome), this.now);
    });
  }
}

describe('closed', () => {
  it.each<[string, (rig: Rig) => void, string]>([
    ['7 failures of 7', (rig) => rig.call(bad, 7), 'closed'],
    ['8 failures of 8', (rig) => rig.call(bad, 8), 'open'],
    [
      '4 of 8, half of them',
      (rig) => {
        rig.call(good, 4);
        rig.call(bad, 4);
      },
      'open',
    ],
    [
      '4 of 9',
      (rig) => {
        rig.call(good, 5);
        rig.call(bad, 4);
      },
      'closed',
    ],
    [
      '8 of 8, half of them half a minute ago',
      (rig) => {
        rig.call(bad, 4);
        rig.now += 30_000;
        rig.call(bad, 4);
      },
      'closed',
    ],
    ['2 lost connections in a row', (rig) => rig.call(connect, 2), 'closed'],
    ['3 lost connections in a row', (rig) => rig.call(connect, 3), 'open'],
    ['3 refused TLS handshakes in a row', (rig) => rig.call(failed('attempt.tls'), 3), 'open'],
    [
      '3 lost connections with an answer between',
      (rig) => {
        rig.call(connect, 2);
        rig.call(validation);
        rig.call(connect, 1);
      },
      'closed',
    ],
    [
      '3 lost connections, and clients that leave between',
      (rig) => {
        rig.call(connect, 2);
        rig.call(abandoned, 5);
        rig.call(connect, 1);
      },
      'open',
    ],
    ['100 refused requests', (rig) => rig.call(validation, 100), 'closed'],
    ['100 times over the limit', (rig) => rig.call(status(429), 100), 'closed'],
    ['100 clients that left', (rig) => rig.call(abandoned, 100), 'closed'],
  ])('after %s', (_what, run, expected) => {
    const rig = new Rig();
    run(rig);
    expect(rig.state).toBe(expected);
  });

  it('counts a stream once: well when its content comes, and a failure when it breaks after that', () => {
    const rig = new Rig();
    const calls = Array.from({ length: 8 }, () => rig.breaker.begin(rig.now));
    for (const call of calls) rig.breaker.content(call, rig.now);
    expect(rig.breaker.sums(rig.now)).toEqual({ calls: 8, marked: 0 });
    const cut = verdictOf(failed('relay.stream_cut', { committed: true }));
    for (const call of calls.slice(0, 3)) rig.breaker.end(call, cut, rig.now);
    expect(rig.breaker.sums(rig.now)).toEqual({ calls: 8, marked: 3 });
    expect(rig.state).toBe('closed');
    for (const call of calls.slice(3, 4)) rig.breaker.end(call, cut, rig.now);
    expect(rig.state).toBe('open');
  });

  it('says why with the figures', () => {
    const rig = new Rig();
    rig.call(good, 3);
    rig.call(bad, 5);
    expect(rig.breaker.look(rig.now)).toMatchObject({
      why: '5 of 8 calls failed within 30 s, the last because it answered 503',
    });
    const other = new Rig();
    other.call(connect, 3);
    expect(other.breaker.look(other.now)).toMatchObject({ why: '3 times in a row it did not accept connections' });
  });
});

describe('open', () => {
  function opened(isLocal = false): Rig {
    const rig = new Rig(isLocal);
    rig.call(connect, 3);
    return rig;
  }

  it('rests ten seconds, a local server two', () => {
    expect(opened().left).toBe(10_000);
    expect(opened(true).left).toBe(2_000);
  });

  it('doubles the rest with each probe that fails, up to two minutes', () => {
    const rig = opened();
    const rests: (number | undefined)[] = [];
    times(6, () => {
      rig.now += rig.left ?? 0;
      expect(rig.state).toBe('half_open');
      rig.call(bad);
      rests.push(rig.left);
    });
    expect(rests).toEqual([20_000, 40_000, 80_000, 120_000, 120_000, 120_000]);
  });

  it('hears nothing from calls that were sent before', () => {
    const rig = new Rig();
    const early = Array.from({ length: 4 }, () => rig.breaker.begin(rig.now));
    rig.call(connect, 3);
    for (const call of early.slice(0, 2)) rig.breaker.end(call, verdictOf(bad), rig.now);
    expect(rig.left).toBe(10_000);
    for (const call of early.slice(2)) {
      rig.breaker.content(call, rig.now);
      rig.breaker.end(call, verdictOf(good), rig.now);
    }
    expect(rig.left).toBe(10_000);
  });
});

it('hears nothing from calls that were sent before it opened, even when it is closed again', () => {
  const rig = new Rig();
  const early = Array.from({ length: 10 }, () => rig.breaker.begin(rig.now));
  rig.call(connect, 3);
  rig.now += 10_000;
  rig.call(good);
  for (const call of early) rig.breaker.end(call, verdictOf(bad), rig.now);
  expect(rig.state).toBe('slow');
  expect(rig.breaker.sums(rig.now)).toEqual({ calls: 1, marked: 0 });
});

it('starts a new count when an outage is forgiven, in which no call of before is taken back', () => {
  const rig = new Rig();
  const stream = rig.breaker.begin(rig.now);
  rig.breaker.content(stream, rig.now);
  rig.breaker.forgive(0);
  rig.call(bad);
  rig.breaker.end(stream, verdictOf(failed('relay.stream_cut', { committed: true })), rig.now);
  expect(rig.breaker.sums(rig.now)).toEqual({ calls: 1, marked: 1 });
});

describe('half-open', () => {
  function due(why = connect): Rig {
    const rig = new Rig();
    rig.call(why, why === connect ? 3 : 8);
    rig.now += 10_000;
    return rig;
  }

  it('has one probe at a time', () => {
    const rig = due();
    const probe = rig.breaker.begin(rig.now);
    expect(probe.isProbe).toBe(true);
    expect(rig.state).toBe('probing');
    expect(rig.breaker.begin(rig.now).isProbe).toBe(false);
    rig.breaker.end(probe, verdictOf(abandoned), rig.now);
    expect(rig.state).toBe('half_open');
    expect(rig.breaker.begin(rig.now).isProbe).toBe(true);
  });

  it.each<[string, typeof connect, Parameters<typeof verdictOf>[0], string]>([
    ['an answer', bad, good, 'slow'],
    ['a failure', bad, bad, 'open'],
    ['a lost connection', bad, connect, 'open'],
    ['a client that left', bad, abandoned, 'half_open'],
    ['a refused request, which says little of what failed', bad, validation, 'half_open'],
    ['a limit', bad, status(429), 'half_open'],
    ['a refused request, after lost connections', connect, validation, 'slow'],
    ['a limit, after lost connections', connect, status(429), 'slow'],
    ['a refused key, after lost connections', connect, status(401), 'slow'],
  ])('%s', (_what, openedBy, outcome, expected) => {
    const rig = due(openedBy);
    rig.call(outcome);
    expect(rig.state).toBe(expected);
  });

  it('is over with the first content of the probe, and a break after that counts', () => {
    const rig = due();
    const probe = rig.breaker.begin(rig.now);
    rig.breaker.content(probe, rig.now);
    expect(rig.state).toBe('slow');
    rig.breaker.end(probe, verdictOf(failed('relay.stream_cut', { committed: true })), rig.now);
    expect(rig.breaker.sums(rig.now)).toEqual({ calls: 1, marked: 1 });
  });

  it('is not moved by what is sent beside the probe', () => {
    const rig = due();
    const probe = rig.breaker.begin(rig.now);
    const beside = rig.breaker.begin(rig.now);
    rig.breaker.end(beside, verdictOf(bad), rig.now);
    expect(rig.state).toBe('probing');
    rig.breaker.end(probe, verdictOf(good), rig.now);
    expect(rig.state).toBe('slow');
  });
});

describe('slow start', () => {
  function back(): Rig {
    const rig = new Rig();
    rig.call(connect, 3);
    rig.now += 10_000;
    rig.call(good);
    return rig;
  }

  const share = (rig: Rig): number | undefined => {
    const state = rig.breaker.look(rig.now);
    return state.kind === 'closed' ? state.share : undefined;
  };

  it('takes three times the rest, from a tenth of the traffic to all of it', () => {
    const rig = back();
    expect(share(rig)).toBe(0.1);
    rig.now += 15_000;
    expect(share(rig)).toBe(0.5);
    rig.now += 15_000;
    expect(share(rig)).toBeUndefined();
  });

  it('doubles the rest of a relapse within it, and not of one after it', () => {
    const relapse = back();
    relapse.call(connect, 3);
    expect(relapse.left).toBe(20_000);
    const later = back();
    later.now += 30_000;
    later.call(connect, 3);
    expect(later.left).toBe(10_000);
  });

  it('starts counting anew', () => {
    const rig = back();
    expect(rig.breaker.sums(rig.now)).toEqual({ calls: 1, marked: 0 });
    rig.call(bad, 6);
    expect(rig.state).toBe('slow');
    rig.call(bad);
    expect(rig.state).toBe('open');
  });
});
