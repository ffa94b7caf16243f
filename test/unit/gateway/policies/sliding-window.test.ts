import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { SlidingWindow, windowMs } from '../../../../main/gateway/policies/sliding-window.ts';

describe('a sliding window', () => {
  it('counts what came within the last minute, to the millisecond', () => {
    const window = new SlidingWindow();
    window.add(3, 1_500);
    window.add(4, 30_000);
    expect(window.total(61_499)).toBe(7);
    expect(window.total(61_500)).toBe(4);
    expect(window.total(90_000)).toBe(0);
    expect(window.isEmpty(90_000)).toBe(true);
  });

  it('keeps what comes within a second as one, and lets none of it go early', () => {
    const window = new SlidingWindow();
    window.add(1, 0);
    window.add(1, 999);
    window.add(1, 1_000);
    expect(window.total(60_998)).toBe(3);
    expect(window.total(60_999)).toBe(1);
    expect(window.total(61_000)).toBe(0);
  });

  it('says when enough has left it', () => {
    const window = new SlidingWindow();
    window.add(10, 0);
    window.add(20, 5_000);
    expect(window.waitFor(5, 35, 10_000)).toBe(0);
    expect(window.waitFor(6, 35, 10_000)).toBe(50_000);
    expect(window.waitFor(16, 35, 10_000)).toBe(55_000);
    expect(window.waitFor(36, 35, 10_000)).toBeUndefined();
  });

  it('gives back where it was counted, and not twice', () => {
    const window = new SlidingWindow();
    const counted = window.add(100, 0);
    window.add(1, 40_000);
    window.takeBack(counted, 60, 50_000);
    expect(window.total(50_000)).toBe(41);
    expect(window.total(60_000)).toBe(1);
    window.takeBack(counted, 40, 61_000);
    expect(window.total(61_000)).toBe(1);
  });

  it('never counts less than the last minute held, nor more than that and the second before it', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 1, max: 50 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, (told) => {
        const window = new SlidingWindow();
        const record: (readonly [at: number, amount: number])[] = [];
        let now = 0;
        for (const [pause, amount] of told) {
          now += pause;
          window.add(amount, now);
          record.push([now, amount]);
          const within = (ms: number): number =>
            record.reduce((sum, [at, one]) => (at > now - ms ? sum + one : sum), 0);
          expect(window.total(now)).toBeGreaterThanOrEqual(within(windowMs));
          expect(window.total(now)).toBeLessThanOrEqual(within(windowMs + 1_000));
        }
      }),
    );
  });
});
