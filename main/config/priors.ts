/** How well models do, as far as it was measured in public or can be told from what is known of them (RTE-56, RTE-58). */
import type { Price } from '../../shared/domain/price.ts';
import type { PromptType, QualityInterval, QualityPrior } from '../../shared/domain/prompt-type.ts';
import type { ModelFacts } from '../gateway/ports.ts';

export interface Priors {
  /**
   * What to expect of a model: as measured, else told by its series, list price, size and age, with a wider interval.
   * `undefined` when there is nothing to tell it by. `source` says which.
   */
  readonly qualityFor: (model: string, facts: Pick<ModelFacts, 'price' | 'released'>) => QualityPrior | undefined;
}

/** Knows no model. */
export const noPriors: Priors = { qualityFor: () => undefined };

/** The file as it is written: see its `columns`. */
export interface PriorsFile {
  readonly scale: { readonly even: number; readonly decade: number };
  readonly sources: Readonly<Record<string, string>>;
  readonly types: readonly string[];
  readonly series: { readonly yearly: number; readonly deviation: number };
  readonly estimates: readonly {
    readonly from: readonly string[];
    readonly weights: readonly number[];
    readonly deviation: number;
  }[];
  readonly names: readonly (readonly string[])[];
  readonly seriesNames: readonly (readonly string[])[];
  readonly size: { readonly pattern: string; readonly smallFrom: number };
  readonly models: Readonly<Record<string, string>>;
}

/** Points with the standard deviation of what they say. */
interface Worth {
  readonly points: number;
  readonly deviation: number;
}

interface Measured extends Worth {
  readonly name: string;
  /** Years, as `yearsOf` counts them. */
  readonly released: number | undefined;
  readonly byType: ReadonlyMap<PromptType, Worth>;
  readonly source: string;
}

/** No model has a longer name, and a client may ask for any: the rules of names are not made for megabytes. */
const longestName = 200;
/** Four of five times the truth lies within so many standard deviations. */
const fourOfFive = 1.2816;
/** How far a type of prompt strays from the whole from one model of a series to the next, in points. */
const typeDrift = 15;

interface Index {
  readonly names: ReturnType<typeof rulesOf>;
  readonly seriesNames: ReturnType<typeof rulesOf>;
  readonly models: readonly Measured[];
  readonly measured: ReadonlyMap<string, Measured>;
  readonly series: ReadonlyMap<string, readonly Measured[]>;
}

function indexOf(file: PriorsFile): Index {
  const seriesNames = rulesOf(file.seriesNames);
  const models = Object.entries(file.models).map(([name, row]) => measuredOf(name, row, file));
  return {
    names: rulesOf(file.names),
    seriesNames,
    models,
    measured: new Map(models.map((one) => [one.name, one])),
    series: Map.groupBy(models, ({ name }) => rewrite(seriesNames, name)),
  };
}

export function createPriors(file: PriorsFile): Priors {
  // Made when a model is first asked about: a start with nothing but the demo must not wait for it.
  let index: Index | undefined;
  const told = new Map<string, QualityPrior>();
  return {
    qualityFor(model, facts) {
      if (model.length > longestName) return undefined;
      index ??= indexOf(file);
      const { names, seriesNames, models, measured, series } = index;
      const name = rewrite(names, model.toLowerCase());
      const known = measured.get(name);
      if (known === undefined) {
        const relatives = series.get(rewrite(seriesNames, name)) ?? [];
        const released = /-latest$/.test(model)
          ? undefined
          : (yearsOf(facts.released ?? '') ?? generation(name, models));
        return estimated({ model, price: facts.price, released }, relatives, file);
      }
      const prior = told.get(name) ?? priorOf(known, known.byType, `measured: ${known.source}`, file);
      told.set(name, prior);
      return prior;
    },
  };
}

function measuredOf(name: string, row: string, { sources, types }: PriorsFile): Measured {
  const [released = '', letters = '', overall = '', ...cells] = row.split(' ');
  const byType = types.flatMap((type, at): [PromptType, Worth][] => {
    const cell = cells[at] ?? '-';
    return cell === '-' ? [] : [[type as PromptType, worthOf(cell)]];
  });
  return {
    name,
    released: yearsOf(released),
    ...worthOf(overall),
    byType: new Map(byType),
    source: [...letters].flatMap((letter) => sources[letter] ?? []).join(', '),
  };
}

function worthOf(cell: string): Worth {
  const [points, deviation] = cell.split('/').map(Number);
  return { points: points ?? 0, deviation: deviation ?? 0 };
}

// ---------------------------------------------------------------- the unmeasured

/** What a model that nobody measured can be told by. */
interface Hints {
  readonly model: string;
  readonly price: Price | undefined;
  readonly released: number | undefined;
}

/** When the first of its generation appeared: the models that share the beginning of its name, down to the version. */
function generation(name: string, models: readonly Measured[]): number | undefined {
  const words = name.split('-');
  for (let count = words.length - 1; count > 0; count -= 1) {
    const beginning = words.slice(0, count).join('-');
    if (!/\d/.test(beginning)) return undefined;
    const kin = models.filter((one) => one.name === beginning || one.name.startsWith(`${beginning}-`));
    const dates = kin.flatMap((one) => one.released ?? []);
    if (dates.length > 0) return Math.min(...dates);
  }
  return undefined;
}

function estimated(hints: Hints, relatives: readonly Measured[], file: PriorsFile): QualityPrior | undefined {
  const { released } = hints;
  const relative = nearest(relatives, released);
  const fromSeries = relative === undefined ? undefined : inSeries(relative, released, file);
  const fromFacts = byFacts(hints, file);
  const estimates = [fromSeries, fromFacts].filter((one) => one !== undefined);
  if (estimates.length === 0) return undefined;
  const weights = estimates.map(({ deviation }) => 1 / deviation ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const points = estimates.reduce((sum, one, at) => sum + one.points * (weights[at] ?? 0), 0) / total;
  // Both rest on much the same, so two of them are no surer than the better one.
  const deviation = Math.min(...estimates.map((one) => one.deviation));
  const byType = [...(relative?.byType ?? [])].map(([type, own]): [PromptType, Worth] => [
    type,
    { points: points + own.points - (relative?.points ?? 0), deviation: Math.hypot(deviation, typeDrift) },
  ]);
  const by = [...new Set(estimates.flatMap((one) => one.by))];
  const source = `estimated from ${by.slice(0, -1).join(', ')}${by.length > 1 ? ' and ' : ''}${by.at(-1) ?? ''}; not measured`;
  return priorOf({ points, deviation }, new Map(byType), source, file);
}

/** The one next to it in time; the newest when its own age is unknown. */
function nearest(relatives: readonly Measured[], released: number | undefined): Measured | undefined {
  const distance = (one: Measured): number =>
    one.released === undefined
      ? Number.MAX_VALUE
      : released === undefined
        ? -one.released
        : Math.abs(one.released - released);
  return relatives.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** What an estimate says, and what it was told by, for people. */
type Told = Worth & { readonly by: readonly string[] };

function inSeries(relative: Measured, released: number | undefined, { series }: PriorsFile): Told {
  const span = released === undefined || relative.released === undefined ? undefined : released - relative.released;
  // A series goes on as it went, for as long as anyone could see: two years.
  const points = relative.points + series.yearly * Math.max(-2, Math.min(2, span ?? 0));
  const deviation = Math.hypot(relative.deviation, series.deviation) * Math.sqrt(1 + Math.abs(span ?? 1));
  return { points, deviation, by: span === undefined ? [relative.name] : [relative.name, 'age'] };
}

const said: Readonly<Record<string, string>> = { price: 'list price', size: 'size', released: 'age' };

/** By the line of the closest fit whose facts are known. A price of 0 says nothing of a model. */
function byFacts(
  { model, price, released }: Hints,
  { estimates, size: { pattern, smallFrom } }: PriorsFile,
): Told | undefined {
  const perMillion = price === undefined ? 0 : (price.input * 3 + price.output) / 4_000_000;
  const size = sizeOf(model, pattern);
  const known: Readonly<Record<string, number | undefined>> = {
    price: perMillion > 0 ? Math.log(perMillion) : undefined,
    size: size === undefined ? undefined : Math.log(size),
    small: size === undefined ? undefined : Math.max(0, Math.log(smallFrom / size)),
    released,
  };
  const line = estimates.find(({ from }) => from.every((name) => known[name] !== undefined));
  if (line === undefined) return undefined;
  const [base = 0, ...slopes] = line.weights;
  const points = line.from.reduce((sum, name, at) => sum + (known[name] ?? 0) * (slopes[at] ?? 0), base);
  return { points, deviation: line.deviation, by: line.from.flatMap((name) => said[name] ?? []) };
}

/** Billions of parameters, where a name says them. */
function sizeOf(model: string, pattern: string): number | undefined {
  const [, count, size, unit] = new RegExp(pattern).exec(model.toLowerCase()) ?? [];
  return size === undefined ? undefined : Number(size) * Number(count ?? 1) * (unit === 't' ? 1000 : 1);
}

/** Years since 2024. */
function yearsOf(date: string): number | undefined {
  const at = Date.parse(date);
  return Number.isNaN(at) ? undefined : (at - Date.UTC(2024)) / 31_557_600_000;
}

// ---------------------------------------------------------------- names and numbers

type Rule = readonly [RegExp, string];

function rulesOf(written: readonly (readonly string[])[]): readonly Rule[] {
  return written.map(([pattern = '', replacement = '']) => [new RegExp(pattern, 'g'), replacement]);
}

function rewrite(rules: readonly Rule[], name: string): string {
  return rules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);
}

function priorOf(
  overall: Worth,
  byType: ReadonlyMap<PromptType, Worth>,
  source: string,
  { scale }: PriorsFile,
): QualityPrior {
  const quality = (points: number): number =>
    Math.round(1000 / (1 + 10 ** ((scale.even - points) / scale.decade))) / 1000;
  const interval = ({ points, deviation }: Worth): QualityInterval => [
    quality(points),
    quality(points - fourOfFive * deviation),
    quality(points + fourOfFive * deviation),
  ];
  const types = [...byType].map(([type, worth]): [PromptType, QualityInterval] => [type, interval(worth)]);
  return { overall: interval(overall), byType: Object.fromEntries(types), source };
}
