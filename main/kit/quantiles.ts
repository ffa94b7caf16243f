/** Quantiles of what happened lately, in a kilobyte: logarithmic bins whose weights halve with time. */

/** Quantiles are at most this far off, as a share of the value. */
export const relativeError = 0.05;
/** Each bin reaches from `x` to `base × x`, and its middle is within the relative error of both ends. */
const base = (1 + relativeError) / (1 - relativeError);
const logBase = Math.log(base);
/** 128 bins of 8 bytes: from `least` to 330,000 times that. */
const binCount = 128;
const middle = (2 * base) / (1 + base);
/** Weights grow with time instead of all others shrinking; beyond 2^50 they are brought back. */
const maxDoublings = 50;
/** Sums of fractions are a little off: a rank is reached when it is missed by less than this share. */
const slack = 1e-9;
/** Weights smaller than this are not worth keeping in a file. */
const leastSaved = 0.005;

export interface QuantileOptions {
  readonly halfLifeMs: number;
  /** Values up to this are one; values beyond 330,000 times this are one, too. */
  readonly least: number;
}

/** As it is kept in a file: gaps between used bins and their weights, in turn. */
export type SavedQuantiles = readonly number[];

export class QuantileSketch {
  readonly #options: QuantileOptions;
  /** Weights as of `#since`: each times `2^((then − since) / halfLife)`. */
  readonly #bins = new Float64Array(binCount);
  #since: number;
  #sum = 0;

  constructor(options: QuantileOptions, now: number) {
    this.#options = options;
    this.#since = now;
  }

  /** Takes in a value. What is no number, or negative, is not one. */
  add(value: number, now: number): void {
    if (!(value >= 0) || value === Infinity) return;
    const doublings = (now - this.#since) / this.#options.halfLifeMs;
    if (doublings > maxDoublings) this.#bringTo(now);
    const weight = doublings > maxDoublings ? 1 : 2 ** Math.max(0, doublings);
    const bin = this.#binOf(value);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + weight;
    this.#sum += weight;
  }

  /** How many values it rests on, older ones counting less. */
  total(now: number): number {
    return this.#sum * 2 ** -Math.max(0, (now - this.#since) / this.#options.halfLifeMs);
  }

  /** The value that a share `p` of all, in (0, 1], does not exceed; `undefined` while empty. Does not change by waiting. */
  quantile(p: number): number | undefined {
    if (!(this.#sum > 0)) return undefined;
    const rank = p * this.#sum * (1 - slack);
    let reached = 0;
    let last = 0;
    for (let bin = 0; bin < binCount; bin++) {
      const weight = this.#bins[bin] ?? 0;
      if (weight === 0) continue;
      reached += weight;
      last = bin;
      if (reached >= rank) break;
    }
    return this.#valueOf(last);
  }

  save(now: number): SavedQuantiles {
    const shrink = this.total(now) / (this.#sum > 0 ? this.#sum : 1);
    const saved: number[] = [];
    let before = -1;
    for (let bin = 0; bin < binCount; bin++) {
      const exact = (this.#bins[bin] ?? 0) * shrink;
      if (exact < leastSaved) continue;
      const weight = Number(exact.toPrecision(3));
      saved.push(bin - before, weight);
      before = bin;
    }
    return saved;
  }

  /** What `save` gave at the moment `at`; `undefined` when it is anything else. */
  static restore(options: QuantileOptions, saved: unknown, at: number): QuantileSketch | undefined {
    if (!Array.isArray(saved) || saved.length % 2 !== 0 || saved.length > 2 * binCount) return undefined;
    const sketch = new QuantileSketch(options, at);
    let bin = -1;
    for (let index = 0; index < saved.length; index += 2) {
      const gap: unknown = saved[index];
      const weight: unknown = saved[index + 1];
      if (typeof gap !== 'number' || !Number.isInteger(gap) || gap < 1) return undefined;
      if (typeof weight !== 'number' || !(weight > 0) || weight > 1e9) return undefined;
      bin += gap;
      if (bin >= binCount) return undefined;
      sketch.#bins[bin] = weight;
      sketch.#sum += weight;
    }
    return sketch;
  }

  #binOf(value: number): number {
    const { least } = this.#options;
    if (value <= least) return 0;
    return Math.min(binCount - 1, Math.ceil(Math.log(value / least) / logBase - slack));
  }

  #valueOf(bin: number): number {
    const { least } = this.#options;
    return bin === 0 ? least : least * base ** (bin - 1) * middle;
  }

  #bringTo(now: number): void {
    const shrink = 2 ** -((now - this.#since) / this.#options.halfLifeMs);
    this.#sum = 0;
    for (let bin = 0; bin < binCount; bin++) {
      const weight = (this.#bins[bin] ?? 0) * shrink;
      this.#bins[bin] = weight;
      this.#sum += weight;
    }
    this.#since = now;
  }
}

/** A mean in which older values count less; it does not change by waiting. */
export class FadingMean {
  readonly #halfLifeMs: number;
  #mean: number;
  #weight: number;
  #at: number;

  constructor(halfLifeMs: number, now: number, mean = 0, weight = 0) {
    this.#halfLifeMs = halfLifeMs;
    this.#mean = mean;
    this.#weight = weight;
    this.#at = now;
  }

  add(value: number, now: number): void {
    this.#weight = this.weight(now) + 1;
    this.#at = now;
    this.#mean += (value - this.#mean) / this.#weight;
  }

  get mean(): number {
    return this.#mean;
  }

  /** How many values it rests on, older ones counting less. */
  weight(now: number): number {
    return this.#weight * 2 ** -Math.max(0, (now - this.#at) / this.#halfLifeMs);
  }
}
