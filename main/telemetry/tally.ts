/** Running sums by labels, counted in whole units so that no sum carries the noise of a float, and bounded in number. */

/** What one sum is of, in the order of the label names. */
export type Labels = readonly string[];

export interface TallyShape {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** A combination of labels beyond this many is not counted on its own; label values are bounded before they get here. */
const maxSeries = 20_000;
const separator = '\u0000';

class Series<Value> {
  readonly #rows = new Map<string, { readonly labels: Labels; readonly value: Value }>();

  /** `undefined` where there is no room for one more. */
  at(labels: Labels, make: () => Value): Value | undefined {
    const key = labels.join(separator);
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= maxSeries) return undefined;
      row = { labels, value: make() };
      this.#rows.set(key, row);
    }
    return row.value;
  }

  get rows(): Iterable<{ readonly labels: Labels; readonly value: Value }> {
    return this.#rows.values();
  }
}

/** Sums that only grow. */
export class Tally {
  readonly shape: TallyShape;
  readonly #series = new Series<{ sum: bigint; recent: number }>();

  constructor(shape: TallyShape) {
    this.shape = shape;
  }

  /** `amount`: whole units, not negative. */
  add(labels: Labels, amount = 1): void {
    if (!Number.isSafeInteger(amount))
      throw new RangeError(`${String(amount)} of ${this.shape.name} cannot be counted.`);
    const cell = this.#series.at(labels, () => ({ sum: 0n, recent: 0 }));
    if (cell === undefined) return;
    // Large integers are slow: they take what has gathered, as long as a number holds it exactly.
    if (cell.recent + amount > Number.MAX_SAFE_INTEGER) {
      cell.sum += BigInt(cell.recent);
      cell.recent = 0;
    }
    cell.recent += amount;
  }

  *rows(): Iterable<{ readonly labels: Labels; readonly sum: bigint }> {
    for (const { labels, value } of this.#series.rows) yield { labels, sum: value.sum + BigInt(value.recent) };
  }
}

/** How observations spread over fixed bounds. */
export class Spread {
  readonly shape: TallyShape;
  /** Upper bounds, ascending. */
  readonly bounds: readonly number[];
  readonly #series = new Series<{ readonly counts: number[]; sum: number; count: number }>();

  constructor(shape: TallyShape, bounds: readonly number[]) {
    this.shape = shape;
    this.bounds = bounds;
  }

  observe(labels: Labels, value: number): void {
    const cell = this.#series.at(labels, () => ({ counts: this.bounds.map(() => 0), sum: 0, count: 0 }));
    if (cell === undefined) return;
    cell.sum += value;
    cell.count++;
    const at = this.bounds.findIndex((bound) => value <= bound);
    if (at !== -1) cell.counts[at] = (cell.counts[at] ?? 0) + 1;
  }

  /** `cumulative`: observations up to each bound. */
  *rows(): Iterable<{
    readonly labels: Labels;
    readonly cumulative: readonly number[];
    readonly sum: number;
    readonly count: number;
  }> {
    for (const { labels, value } of this.#series.rows) {
      let below = 0;
      yield { labels, cumulative: value.counts.map((count) => (below += count)), sum: value.sum, count: value.count };
    }
  }
}
