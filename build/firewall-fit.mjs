// Fits the firewall's linear model: logistic regression over hashed features, in which a long attack counts by its worst window.
import { bucketBits, featuresOf, windowBlocks } from '../main/gateway/policies/firewall/classifier.ts';
import { normalise } from '../main/gateway/policies/firewall/normalise.ts';

/**
 * @typedef {{ text: string, isAttack: boolean, weight: number }} Sample
 * @typedef {{ buckets: Int32Array, windows: [number, number][][], isAttack: boolean, weight: number }} Row
 * @typedef {{ epochs: number, rate: number, decay: number, seed: number, perRow: number }} Settings
 * @typedef {{ values: Float32Array, bias: number }} Fit
 */

/** @type {Settings} */
export const usual = { epochs: 5, rate: 0.1, decay: 1e-5, seed: 1, perRow: 6 };

/** Numbers in [0, 1) that a seed determines (mulberry32). @param {number} seed */
export function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The item at a place that the list has.
 * @template T
 * @param {ArrayLike<T>} list
 * @param {number} index
 */
export const itemAt = (list, index) => /** @type {T} */ (list[index]);

/**
 * All windows of a text, by their size: where their features begin and end.
 * @param {Sample} sample
 * @returns {Row}
 */
export function toRow(sample) {
  const { buckets, ends, blockCount } = featuresOf(normalise(sample.text).text);
  const windows = windowBlocks.map((width) => {
    const wide = Math.min(width, blockCount);
    const step = Math.max(1, width >> 2);
    /** @type {[number, number][]} */
    const found = [];
    for (let from = 0; from + wide <= blockCount; from += step) {
      found.push([from === 0 ? 0 : itemAt(ends, from - 1), itemAt(ends, from + wide - 1)]);
    }
    return found;
  });
  // A text of one window has the same one at all sizes.
  const distinct = blockCount <= itemAt(windowBlocks, 0) ? windows.slice(0, 1) : windows;
  return {
    buckets: buckets.slice(0, ends[blockCount - 1]),
    windows: distinct,
    isAttack: sample.isAttack,
    weight: sample.weight,
  };
}

/**
 * @param {Fit} fit
 * @param {Row} row
 * @param {[number, number]} window
 */
function oddsOf(fit, row, [from, end]) {
  let sum = 0;
  for (let at = from; at < end; at += 1) sum += itemAt(fit.values, itemAt(row.buckets, at));
  return sum / Math.sqrt(end - from + 1) + fit.bias;
}

/**
 * The highest odds of any window.
 * @param {Fit} fit
 * @param {Row} row
 */
export function bestOdds(fit, row) {
  let best = -Infinity;
  for (const windows of row.windows) for (const window of windows) best = Math.max(best, oddsOf(fit, row, window));
  return best;
}

/**
 * The windows a row is learnt from in this round: of an attack the worst of each size, of other texts the worst and a few more.
 * @param {Fit} fit
 * @param {Row} row
 * @param {() => number} random
 * @param {number} perRow
 */
function windowsFor(fit, row, random, perRow) {
  /** @type {[number, number][]} */
  const chosen = [];
  for (const windows of row.windows) {
    let best = itemAt(windows, 0);
    let highest = -Infinity;
    if (windows.length > 1) {
      for (const window of windows) {
        const odds = oddsOf(fit, row, window);
        if (odds > highest) [highest, best] = [odds, window];
      }
    }
    chosen.push(best);
    if (!row.isAttack)
      for (let i = 1; i < Math.min(perRow, windows.length); i += 1)
        chosen.push(itemAt(windows, Math.floor(random() * windows.length)));
  }
  return chosen;
}

/**
 * Stochastic gradient descent with a rate of its own for every weight (AdaGrad). The same rows and settings give the same fit.
 * @param {Row[]} rows
 * @param {Settings} settings
 * @returns {Fit}
 */
export function fitModel(rows, settings = usual) {
  const random = seeded(settings.seed);
  const values = new Float32Array(2 ** bucketBits);
  const squares = new Float32Array(2 ** bucketBits).fill(1e-4);
  /** @type {Fit} */
  const fit = { values, bias: -1 };
  let biasSquares = 1;
  const order = rows.map((_, index) => index);
  for (let epoch = 0; epoch < settings.epochs; epoch += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [itemAt(order, j), itemAt(order, i)];
    }
    for (const index of order) {
      const row = itemAt(rows, index);
      const windows = windowsFor(fit, row, random, settings.perRow);
      for (const window of windows) {
        const odds = oddsOf(fit, row, window);
        const error = (((row.isAttack ? 1 : 0) - 1 / (1 + Math.exp(-odds))) * row.weight) / Math.sqrt(windows.length);
        biasSquares += error * error;
        fit.bias += (0.1 * error) / Math.sqrt(biasSquares);
        if (Math.abs(error) < 0.005) continue;
        const step = error / Math.sqrt(window[1] - window[0] + 1);
        for (let at = window[0]; at < window[1]; at += 1) {
          const bucket = itemAt(row.buckets, at);
          const gradient = step - settings.decay * itemAt(values, bucket);
          squares[bucket] = itemAt(squares, bucket) + gradient * gradient;
          values[bucket] = itemAt(values, bucket) + (settings.rate * gradient) / Math.sqrt(itemAt(squares, bucket));
        }
      }
    }
  }
  return fit;
}

/**
 * Weights of one byte each; what is far out is cut, so that the many small ones keep their differences.
 * @param {Fit} fit
 */
export function quantise(fit) {
  const sizes = Float32Array.from(fit.values, Math.abs).sort();
  const top = sizes[Math.floor(sizes.length * 0.9995)] || sizes[sizes.length - 1] || 1;
  const scale = top / 127;
  const values = Int8Array.from(fit.values, (value) => Math.max(-127, Math.min(127, Math.round(value / scale))));
  return { values, scale, bias: fit.bias };
}
