import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../../../renderer/features/traffic/timeline.ts';
import { attempt } from './support.ts';

describe('attempts on an axis of time', () => {
  it('lie where they began, as long as they took, and show the wait for the first content', () => {
    const { bars, totalMs } = timelineOf(
      [attempt({ ms: 100 }), attempt({ kind: 'fallback', started_ms: 500, ms: 500, ttft_ms: 125 })],
      1_000,
    );
    expect(totalMs).toBe(1_000);
    expect(bars.map(({ left, width, waiting }) => [left, width, waiting])).toEqual([
      [0, 10, null],
      [50, 50, 25],
    ]);
  });

  it('lie beside each other where one ran beside another', () => {
    const { bars } = timelineOf([attempt({ ms: 800 }), attempt({ kind: 'hedge', started_ms: 300, ms: 200 })], 800);
    expect(bars[1]?.left).toBeCloseTo(37.5);
  });

  it('follow each other, marked as estimated, where their beginning was not recorded', () => {
    const { bars } = timelineOf([attempt({ started_ms: null, ms: 40 }), attempt({ started_ms: null, ms: 60 })], null);
    expect(bars.map(({ startMs, estimated }) => [startMs, estimated])).toEqual([
      [0, true],
      [40, true],
    ]);
  });

  it('stay on the axis and can be seen, however short and late they are', () => {
    const { bars } = timelineOf([attempt({ started_ms: 100_000, ms: 0, ttft_ms: 0 })], 100_000);
    const [bar] = bars;
    expect(bar?.width).toBeGreaterThan(0);
    expect((bar?.left ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(100);
    expect(bar?.waiting).toBeNull();
  });

  it('have an axis with a few round marks', () => {
    expect(timelineOf([attempt({ ms: 5_300 })], 5_300).ticks).toEqual([0, 2_000, 4_000]);
    expect(timelineOf([attempt({ ms: 223 })], 223).ticks).toEqual([0, 50, 100, 150, 200]);
    expect(timelineOf([], null).ticks.length).toBeGreaterThan(0);
  });
});
