import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { FadingMean, QuantileSketch, relativeError } from '../../../main/kit/quantiles.ts';

const options = { halfLifeMs: 600_000, least: 1 };

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch(options, 0);
  for (const value of values) sketch.add(value, 0);
  return sketch;
}

/** The smallest value that a share `p` of all does not exceed. */
function exact(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length - 1e-9) - 1)] ?? Number.NaN;
}

describe('quantiles', () => {
  it('are within five percent of the exact ones, whatever the values', () => {
    const values = fc.array(fc.double({ min: 1, max: 300_000, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1), (all, p) => {
        const truth = exact(all, p);
        const told = sketchOf(all).quantile(p) ?? Number.NaN;
        expect(Math.abs(told - truth)).toBeLessThanOrEqual(relativeError * truth * (1 + 1e-6));
      }),
      { numRuns: 300 },
    );
  });

  it('take what is smaller than the least for the least, and what is larger than the range for its end', () => {
    expect(sketchOf([0, 0.2, 1]).quantile(0.5)).toBe(1);
    const largest = sketchOf([1e9]).quantile(1) ?? 0;
    expect(largest).toBeGreaterThan(300_000);
    expect(largest).toBe(sketchOf([1e12]).quantile(1));
  });

  it('are absent while there is nothing, and do not take in what is no number', () => {
    const sketch = sketchOf([Number.NaN, -1, Infinity]);
    expect(sketch.quantile(0.5)).toBeUndefined();
    expect(sketch.total(0)).toBe(0);
  });
});

describe('time', () => {
  it('halves the weights and leaves the quantiles', () => {
    const sketch = sketchOf([100, 200, 300]);
    const before = sketch.quantile(0.5);
    expect(sketch.total(0)).toBe(3);
    expect(sketch.total(600_000)).toBeCloseTo(1.5, 9);
    expect(sketch.total(1_200_000)).toBeCloseTo(0.75, 9);
    expect(sketch.quantile(0.5)).toBe(before);
  });

  it('lets few new values outweigh many old ones', () => {
    const sketch = sketchOf(Array.from({ length: 100 }, () => 100));
    const later = 8 * 600_000;
    for (let count = 0; count < 2; count++) sketch.add(1_000, later);
    expect(sketch.quantile(0.5)).toBeGreaterThan(900);
  });

  it('never overflows and never loses count, after any pauses', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 600_000 * 100 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(pauses, (steps) => {
        const sketch = new QuantileSketch(options, 0);
        let now = 0;
        let weight = 0;
        for (const step of steps) {
          now += step;
          weight = weight * 2 ** (-step / options.halfLifeMs) + 1;
          sketch.add(50, now);
        }
        expect(sketch.total(now)).toBeCloseTo(weight, 6);
        expect(sketch.quantile(0.5)).toBeGreaterThan(47);
        expect(sketch.quantile(0.5)).toBeLessThan(53);
      }),
    );
  });
});

describe('saving', () => {
  const values = fc.array(fc.double({ min: 1, max: 300_000, noNaN: true }), { maxLength: 2_000 });

  it('keeps total and quantiles, in about a kilobyte', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 1_200_000 }), (all, now) => {
        const sketch = sketchOf(all);
        const saved = JSON.stringify(sketch.save(now));
        expect(saved.length).toBeLessThan(1_100);
        const again = QuantileSketch.restore(options, JSON.parse(saved), now);
        // Three digits of each weight, and none below a two-hundredth.
        const total = sketch.total(now);
        expect(Math.abs((again?.total(now) ?? 0) - total)).toBeLessThanOrEqual(0.005 * total + 128 * 0.005);
        expect(JSON.stringify(again?.save(now))).toBe(saved);
      }),
    );
  });

  it('restores an older one with what it has lost since', () => {
    const saved = sketchOf([100, 100]).save(0);
    expect(QuantileSketch.restore(options, saved, -600_000)?.total(0)).toBeCloseTo(1, 9);
  });

  it.each([
    ['nothing', undefined],
    ['an object', {}],
    ['half a pair', [1]],
    ['words', ['1', '2']],
    ['a bin that does not exist', [200, 1]],
    ['bins beyond the last', [100, 1, 100, 1]],
    ['a gap of none', [0, 1]],
    ['a negative weight', [1, -1]],
    ['an endless weight', [1, Infinity]],
    ['no weight', [1, null]],
    ['too many', Array.from({ length: 1_000 }, () => 1)],
  ])('does not take %s for a sketch', (_what, saved) => {
    expect(QuantileSketch.restore(options, saved, 0)).toBeUndefined();
  });
});

describe('a fading mean', () => {
  it('is the mean of what came at once, and leans to what came later', () => {
    const mean = new FadingMean(1_000, 0);
    mean.add(10, 0);
    mean.add(20, 0);
    expect(mean.mean).toBe(15);
    expect(mean.weight(1_000)).toBe(1);
    mean.add(30, 1_000);
    expect(mean.mean).toBeCloseTo(22.5, 9);
    expect(mean.weight(1_000)).toBe(2);
  });
});
