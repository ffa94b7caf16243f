// From the rows of several benchmarks to one scale: what each model is worth overall and for each type of prompt, with the
// standard deviation of either. The scale is that of the Arena's points; see priors.mjs for what it means.

/**
 * @typedef {import('./prior-names.mjs').Effort} Effort
 * @typedef {{ name: string, effort: Effort, value: number }} Row One row of a benchmark, more is better.
 * @typedef {{ id: string, source: string, types: string[], overall: boolean, rows: Row[] }} Measure
 * @typedef {{ points: number, deviation: number }} Estimate
 * @typedef {{ overall: Estimate, types: Record<string, Estimate>, sources: string }} Worth
 * @typedef {{ measure: Measure, values: Map<string, number> }} Figures One figure a model.
 * @typedef {{ base: number, slope: number, noise: number }} Line Figure = base + slope × points, off by √noise points.
 */

/** How far votes and tests differ on the same model, beyond what either's own interval says: about 25 points, squared. */
const floor = 25 ** 2;

/** @param {number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

/** @param {number[]} values */
export function variance(values) {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

/**
 * One figure a model: each row less what its effort is worth, which is told by the models measured at several efforts. What
 * comes out is the model at high effort.
 * @param {Row[]} rows
 * @returns {Map<string, number>}
 */
function atHighEffort(rows) {
  /** @type {Map<string, Row[]>} */
  const byName = Map.groupBy(rows, (row) => row.name);
  const several = [...byName.values()].filter((own) => new Set(own.map((row) => row.effort)).size > 1).flat();
  /** @type {Record<Effort, number>} */
  const worth = { none: 0, low: 0, medium: 0, high: 0 };
  const level = new Map([...byName].map(([name, own]) => [name, mean(own.map((row) => row.value))]));
  for (let round = 0; round < 50; round += 1) {
    for (const effort of /** @type {Effort[]} */ (Object.keys(worth))) {
      const gains = several.filter((row) => row.effort === effort).map((row) => row.value - (level.get(row.name) ?? 0));
      // Three rows that say there is no difference stand beside what was measured.
      worth[effort] = gains.reduce((sum, gain) => sum + gain, 0) / (gains.length + 3);
    }
    for (const [name, own] of byName) {
      level.set(name, mean(own.map((row) => row.value - worth[row.effort] + worth.high)));
    }
  }
  return level;
}

/**
 * Finds for every measure the line from points to its figures by matching mean and spread over the models that others know
 * too, and for every model the mean of what its measures say, weighed by how well each agrees with the rest. The first
 * measure is the scale.
 * @param {Measure[]} measures
 * @returns {Map<string, Worth>}
 */
export function fit(measures) {
  const figures = measures.map((measure) => ({ measure, values: atHighEffort(measure.rows) }));
  const names = [...new Set(figures.flatMap(({ values }) => [...values.keys()]))];
  /** @type {Map<string, Line>} */
  const lines = new Map(figures.slice(0, 1).map(({ measure }) => [measure.id, { base: 0, slope: 1, noise: floor }]));
  for (let round = 0; round < 40; round += 1) {
    for (const { measure, values } of figures.slice(1)) {
      // A measure is held against the others only: else it would confirm itself.
      const others = figures.filter((one) => one.measure !== measure);
      const line = lineOf(values, (name) => combined(name, others, lines)?.points);
      if (line !== undefined) lines.set(measure.id, line);
    }
  }
  return new Map(
    names.flatMap((name) => {
      const found = combined(name, figures, lines);
      return found === undefined ? [] : [[name, withTypes(name, found, figures, lines)]];
    }),
  );
}

/**
 * @param {string} name
 * @param {Figures[]} figures
 * @param {Map<string, Line>} lines
 * @returns {Estimate | undefined}
 */
function combined(name, figures, lines) {
  let weight = 0;
  let sum = 0;
  for (const { measure, values } of figures) {
    const value = values.get(name);
    const line = lines.get(measure.id);
    if (value === undefined || line === undefined || !measure.overall) continue;
    weight += 1 / line.noise;
    sum += (value - line.base) / line.slope / line.noise;
  }
  return weight === 0 ? undefined : { points: sum / weight, deviation: Math.sqrt(1 / weight) };
}

/**
 * @param {Map<string, number>} values
 * @param {(name: string) => number | undefined} pointsOf
 * @returns {Line | undefined} None where too few models are known to both.
 */
function lineOf(values, pointsOf) {
  const both = [...values].flatMap(([name, value]) => {
    const points = pointsOf(name);
    return points === undefined ? [] : [{ value, points }];
  });
  if (both.length < 8) return undefined;
  const spread = variance(both.map(({ points }) => points));
  const slope = Math.sqrt(variance(both.map(({ value }) => value)) / spread);
  const base = mean(both.map(({ value }) => value)) - slope * mean(both.map(({ points }) => points));
  const rest = both.map(({ value, points }) => (value - base) / slope - points);
  return { base, slope, noise: Math.max(variance(rest), floor) };
}

/**
 * What a model is worth for a type of prompt: its worth overall, moved by what the measures of the type say beyond it. Half
 * of their disagreement with the whole is taken for the difference between types, half for noise.
 * @param {string} name
 * @param {Estimate} overall
 * @param {Figures[]} figures
 * @param {Map<string, Line>} lines
 * @returns {Worth}
 */
function withTypes(name, overall, figures, lines) {
  const sources = new Set(/** @type {string[]} */ ([]));
  /** @type {Record<string, { weight: number, sum: number, between: number[] }>} */
  const said = {};
  for (const { measure, values } of figures) {
    const value = values.get(name);
    const line = lines.get(measure.id);
    if (value === undefined || line === undefined) continue;
    sources.add(measure.source);
    const beyond = (value - line.base) / line.slope - overall.points;
    for (const type of measure.types) {
      const entry = (said[type] ??= { weight: 0, sum: 0, between: [] });
      entry.weight += 2 / line.noise;
      entry.sum += (beyond * 2) / line.noise;
      entry.between.push(line.noise / 2);
    }
  }
  const types = Object.entries(said).map(([type, { weight, sum, between }]) => {
    const total = weight + 1 / mean(between);
    const deviation = Math.sqrt(overall.deviation ** 2 / 2 + 1 / total);
    return [type, { points: overall.points + sum / total, deviation }];
  });
  return { overall, types: Object.fromEntries(types), sources: [...sources].sort().join('') };
}

/**
 * Least squares with an intercept.
 * @param {number[][]} inputs
 * @param {number[]} outputs
 * @returns {{ weights: number[], deviation: number }} Intercept first.
 */
export function leastSquares(inputs, outputs) {
  const rows = inputs.map((row) => [1, ...row]);
  const size = rows[0]?.length ?? 1;
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)),
    rows.reduce((sum, row, at) => sum + (row[i] ?? 0) * (outputs[at] ?? 0), 0),
  ]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    const own = matrix[pivot] ?? [];
    for (const [at, other] of matrix.entries()) {
      if (at === pivot) continue;
      const factor = (other[pivot] ?? 0) / (own[pivot] ?? 1);
      for (let column = pivot; column <= size; column += 1) {
        other[column] = (other[column] ?? 0) - factor * (own[column] ?? 0);
      }
    }
  }
  const weights = matrix.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1));
  const rest = rows.map((row, at) => row.reduce((sum, x, i) => sum - x * (weights[i] ?? 0), outputs[at] ?? 0));
  const freedom = Math.max(rows.length - size, 1);
  return { weights, deviation: Math.sqrt(rest.reduce((sum, x) => sum + x * x, 0) / freedom) };
}
