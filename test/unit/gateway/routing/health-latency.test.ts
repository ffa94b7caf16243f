import { describe, expect, it } from 'vitest';
import { ModelLatency } from '../../../../main/gateway/routing/health-latency.ts';
import { times } from './health-making.ts';

const hour = 3_600_000;

interface Told {
  readonly ttftMs?: number | undefined;
  readonly durationMs?: number;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

function learn(latency: ModelLatency, told: Told, count = 1, now = 0): void {
  const outcome = { kind: 'answered', ttftMs: 400, durationMs: 1_400, inputTokens: 1_000, outputTokens: 5 } as const;
  times(count, () => latency.learn({ ...outcome, ...told }, now));
}

function around(ms: number): { asymmetricMatch: (value: unknown) => boolean } {
  return { asymmetricMatch: (value) => typeof value === 'number' && Math.abs(value - ms) <= 0.05 * ms + 1 };
}

describe('first content', () => {
  it('is absent before five answers', () => {
    const latency = new ModelLatency();
    learn(latency, {}, 4);
    expect(latency.ttft(1_000, 0)).toBeUndefined();
    learn(latency, {}, 1);
    expect(latency.ttft(1_000, 0)).toEqual({ p50: around(400), p95: around(400), p99: around(400) });
  });

  it('has quantiles', () => {
    const latency = new ModelLatency();
    for (let ms = 10; ms <= 1_000; ms += 10) learn(latency, { ttftMs: ms });
    expect(latency.ttft(1, 0)).toEqual({ p50: around(500), p95: around(950), p99: around(990) });
  });

  it('is what it is now, also when it was asked for before', () => {
    const latency = new ModelLatency();
    learn(latency, { ttftMs: 100 }, 20);
    expect(latency.ttft(1, 0)?.p50).toEqual(around(100));
    expect(latency.slowdown(1, 0)).toBeUndefined();
    learn(latency, { ttftMs: 800 }, 20, 2 * hour);
    expect(latency.ttft(1, 2 * hour)?.p50).toEqual(around(800));
    learn(latency, { ttftMs: 300 }, 60, 2 * hour);
    expect(latency.ttft(1, 2 * hour)?.p50).toEqual(around(300));
  });

  it('is kept by size of the request', () => {
    const latency = new ModelLatency();
    for (const [index, inputTokens] of [4_000, 32_000, 128_000, 128_001].entries())
      learn(latency, { ttftMs: 100 * (index + 1), inputTokens }, 5);
    const p50 = [0, 4_000, 4_001, 32_000, 32_001, 128_000, 128_001, 1e6].map((tokens) => latency.ttft(tokens, 0)?.p50);
    expect(p50).toEqual([100, 100, 200, 200, 300, 300, 400, 400].map(around));
  });

  it('is that of the nearest size where there is too little, the larger first', () => {
    const latency = new ModelLatency();
    learn(latency, { ttftMs: 100, inputTokens: 1_000 }, 5);
    learn(latency, { ttftMs: 900, inputTokens: 100_000 }, 5);
    learn(latency, { ttftMs: 5_000, inputTokens: 20_000 }, 4);
    expect(latency.ttft(20_000, 0)?.p50).toEqual(around(900));
    expect(latency.ttft(500_000, 0)?.p50).toEqual(around(900));
  });

  it('of a request of unknown size, and the length of an answer that came whole, are not learned', () => {
    const latency = new ModelLatency();
    learn(latency, { inputTokens: undefined }, 10);
    learn(latency, { ttftMs: undefined }, 10);
    expect(latency.ttft(1_000, 0)).toBeUndefined();
  });

  it('follows what is the case now, and comes back to what is usual when nothing is asked', () => {
    const latency = new ModelLatency();
    learn(latency, { ttftMs: 300 }, 100, 0);
    learn(latency, { ttftMs: 2_000 }, 20, hour);
    expect(latency.ttft(1, hour)?.p50).toEqual(around(2_000));
    expect(latency.ttft(1, 4 * hour)?.p50).toEqual(around(300));
    expect(latency.ttft(1, 10 * 24 * hour)).toBeUndefined();
  });

  it('is known of a model that is asked twice an hour', () => {
    const latency = new ModelLatency();
    for (let turn = 0; turn < 16; turn++) learn(latency, { ttftMs: 250 }, 1, (turn * hour) / 2);
    expect(latency.ttft(1, 8 * hour)?.p50).toEqual(around(250));
  });
});

describe('slower than usual', () => {
  it.each<[string, number, number, number | undefined]>([
    ['is told with how much', 100, 720, 2.4],
    ['is not told when it is little', 100, 400, undefined],
    ['is not told of a newcomer', 10, 720, undefined],
  ])('%s', (_what, before, ms, expected) => {
    const latency = new ModelLatency();
    learn(latency, { ttftMs: 300 }, before, 0);
    learn(latency, { ttftMs: ms }, 8, 3 * hour);
    const told = latency.slowdown(1, 3 * hour);
    if (expected === undefined) expect(told).toBeUndefined();
    else expect(told).toBeCloseTo(expected, 0);
  });
});

describe('tokens a second', () => {
  it.each<[string, Told, number | undefined]>([
    ['are counted from the first content', { ttftMs: 400, durationMs: 2_400, outputTokens: 100 }, 50],
    ['are not told by a few tokens', { outputTokens: 19 }, undefined],
    [
      'of a long answer that came whole are counted over all of it',
      { ttftMs: undefined, durationMs: 10_000, outputTokens: 500 },
      50,
    ],
    ['of a short one that came whole are not', { ttftMs: undefined, outputTokens: 100 }, undefined],
    ['are not told by what came at once', { ttftMs: 1_399.9, outputTokens: 500 }, undefined],
    ['are not told where nothing was counted', { outputTokens: undefined }, undefined],
  ])('%s', (_what, told, expected) => {
    const latency = new ModelLatency();
    learn(latency, told);
    expect(latency.speed).toBe(expected);
  });
});

describe('keeping', () => {
  it('brings everything back', () => {
    const latency = new ModelLatency();
    learn(latency, { ttftMs: 300, outputTokens: 100, durationMs: 1_300 }, 40);
    learn(latency, { ttftMs: 900, inputTokens: 90_000 }, 6);
    const again = ModelLatency.restore(JSON.parse(JSON.stringify(latency.save(0))) as object, 0);
    for (const tokens of [1, 100_000]) expect(again.ttft(tokens, 0)).toEqual(latency.ttft(tokens, 0));
    expect(again.speed).toBe(latency.speed);
    expect(again.typicalTtft(0)).toEqual(latency.ttft(1, 0));
  });

  it('keeps nothing where nothing is', () => {
    expect(new ModelLatency().save(0)).toBeUndefined();
  });

  it.each([
    { ttft: 'x', speed: 'y' },
    {
      ttft: [
        [1, 2],
        'x',
        null,
        [[1], [2]],
        [
          [1, 1],
          [1, 1],
        ],
      ],
      speed: [0, 1],
    },
    {
      ttft: [
        [
          [1, 1e300],
          [1, 1],
        ],
      ],
      speed: [1e9, 3],
    },
    { ttft: {}, speed: [50] },
  ])('leaves out what is not its own: %o', (saved) => {
    const latency = ModelLatency.restore(saved, 0);
    expect(latency.ttft(1, 0)).toBeUndefined();
    expect(latency.speed).toBeUndefined();
  });
});
