// Builds what is known beforehand of how well models do: `node build/priors.mjs KIND=FILE@DATE ...`.
//
// The figures are facts from public benchmarks, given as files under these kinds (each once, `lmarena` and `catalogue` at
// least), with the day of the data:
//   catalogue   models.dev snapshot, as for catalogue.mjs: release dates, list prices, and benchmarks it quotes (MIT)
//   lmarena     data/leaderboard-text-style-control.json of lmarena/arena-catalog: votes by category
//   arena       data/DAY/text.json of oolong-tea-2026/arena-ai-leaderboards (MIT): later votes
//   livebench   public/table_RELEASE.csv of LiveBench/livebench.github.io
//   aider       aider/website/_data/polyglot_leaderboard.yml of Aider-AI/aider (Apache-2.0)
//   vectara     README.md of vectara/hallucination-leaderboard (Apache-2.0)
//   writing     README.md of lechmazur/writing
//
// Everything is brought to the points of the Arena. Quality is the share of comparisons a model would win against one of
// 1300 points (GPT-4o mini, of the middle of 2024, has 1317), with 200 points for a factor of ten in the odds.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fit, leastSquares, variance } from './prior-fit.mjs';
import { nameRules, rewrite, seriesRules, sizePattern } from './prior-names.mjs';
import { listedModels, readers, sizes, sources } from './prior-readers.mjs';

/** @typedef {import('./prior-readers.mjs').Given} Given */

/** @type {Map<string, Given>} */
const given = new Map(
  process.argv.slice(2).map((argument) => {
    const [, kind, file, date] = /^(\w+)=(.+)@(\d{4}-\d{2}-\d{2})$/.exec(argument) ?? [];
    if (kind === undefined || file === undefined || date === undefined) throw new Error(`${argument}: KIND=FILE@DATE`);
    return [kind, { text: readFileSync(file, 'utf8'), date }];
  }),
);

const [catalogueFile, lmarenaFile] = [given.get('catalogue'), given.get('lmarena')];
if (catalogueFile === undefined || lmarenaFile === undefined)
  throw new Error('give catalogue=… and lmarena=… at least');
const used = Object.keys(readers).filter((kind) => given.has(kind));
const measures = used.flatMap((kind) => readers[kind]?.(given.get(kind) ?? lmarenaFile) ?? []);
measures.sort((a, b) => Number(b.id === 'lmarena') - Number(a.id === 'lmarena'));
const worth = fit(measures);

/** @type {Map<string, string>} */
const released = new Map();
/** @type {Map<string, number[]>} */
const prices = new Map();
for (const [id, model] of listedModels(catalogueFile)) {
  const name = rewrite(nameRules, id);
  const date = model.release_date ?? '';
  const earliest = released.get(name);
  if (date !== '' && (earliest === undefined || date < earliest)) released.set(name, date);
  // A month in the name is surer than a date in the list.
  const [, year, month] = /-(2[3-9])(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year !== undefined && month !== undefined) released.set(name, `20${year}-${month}-01`);
  const price = ((model.cost?.input ?? 0) * 3 + (model.cost?.output ?? 0)) / 4;
  if (price > 0) prices.set(name, [...(prices.get(name) ?? []), price]);
}

/** @param {string} date */
const years = (date) => (Date.parse(date) - Date.parse('2024-01-01')) / 31_557_600_000;

/** What a year brings in one series, and how far that is off: told by pairs of neighbours that were both measured. */
function seriesTrend() {
  const bySeries = Map.groupBy(
    [...worth].flatMap(([name, { overall }]) => {
      const date = released.get(name);
      return date === undefined
        ? []
        : [{ series: rewrite(seriesRules, name), at: years(date), points: overall.points }];
    }),
    ({ series }) => series,
  );
  const steps = [...bySeries.values()].flatMap((own) => {
    own.sort((a, b) => a.at - b.at);
    return own.slice(1).flatMap((next, index) => {
      const before = own[index];
      return before === undefined ? [] : [{ span: next.at - before.at, gain: next.points - before.points }];
    });
  });
  const span = steps.reduce((sum, step) => sum + step.span, 0);
  const yearly = steps.reduce((sum, step) => sum + step.gain, 0) / span;
  const deviation = Math.sqrt(variance(steps.map((step) => step.gain - step.span * yearly)));
  return { pairs: steps.length, yearly: Math.round(yearly), deviation: Math.round(deviation) };
}

/** Who is measured is better known than who is not: the line fits those better than it fits the others. */
const unknownness = 1.4;

/** Below so many billions of parameters every further halving costs more. */
const smallFrom = 12;

/** For every set of what may be known of an unmeasured model: the line through the measured ones, the closest first. */
function estimates() {
  const models = [...worth].map(([name, { overall }]) => {
    const price = prices.get(name)?.sort((a, b) => a - b);
    const date = released.get(name);
    const size = sizes.get(name);
    return {
      points: overall.points,
      price: price === undefined ? undefined : Math.log(price[price.length >> 1] ?? 1),
      size: size === undefined ? undefined : Math.log(size),
      small: size === undefined ? undefined : Math.max(0, Math.log(smallFrom / size)),
      released: date === undefined ? undefined : years(date),
    };
  });
  const sets = /** @type {('price' | 'size' | 'small' | 'released')[][]} */ ([
    ...[['size', 'small', 'released'], ['price', 'released'], ['price'], ['size']],
  ]);
  const lines = sets.map((from) => {
    const known = models.flatMap((model) => {
      const inputs = from.map((name) => model[name] ?? Number.NaN);
      return inputs.some(Number.isNaN) ? [] : [{ inputs, points: model.points }];
    });
    const line = leastSquares(
      known.map(({ inputs }) => inputs),
      known.map(({ points }) => points),
    );
    const weights = line.weights.map((weight) => Number(weight.toFixed(2)));
    return { from, weights, deviation: Math.round(line.deviation * unknownness), models: known.length };
  });
  return lines.sort((a, b) => a.deviation - b.deviation);
}

// ---------------------------------------------------------------- the file

const types = [
  ...['code_generation', 'code_review', 'agent_step', 'math', 'extraction', 'summarize', 'translate'],
  ...['rewrite', 'creative', 'factual_qa', 'chat'],
];

/** Models people still run at home, though nobody lists them. */
const openWeights =
  /^(?:llama|gemma|qwen|phi|mistral|mixtral|ministral|codestral|granite|olmo|smollm|deepseek|command|c4ai|qwq)/;
const shown = [...worth]
  .filter(([name, { overall }]) => released.has(name) || openWeights.test(name) || overall.points > 1250)
  .sort(([a], [b]) => (a < b ? -1 : 1));
/** @param {import('./prior-fit.mjs').Estimate} estimate */
const cell = ({ points, deviation }) => `${Math.round(points)}/${Math.round(deviation)}`;
const rowLines = shown.map(([name, { overall, types: own, sources: letters }]) => {
  const cells = types.map((type) => (own[type] === undefined ? '-' : cell(own[type])));
  const text = [released.get(name) ?? '-', letters, cell(overall), ...cells].join(' ');
  return `    ${JSON.stringify(name)}: ${JSON.stringify(text)}`;
});
const head = {
  about: 'Quality of models, from public benchmarks brought to one scale. Built by build/priors.mjs, which says how.',
  columns: 'released, sources, points/deviation overall, then for each type; - for what is not known',
  scale: { even: 1300, decade: 200 },
  sources: Object.fromEntries(
    used.map((kind) => [sources[kind]?.[0], `${sources[kind]?.[1]} ${given.get(kind)?.date}`]),
  ),
  types,
  series: seriesTrend(),
  estimates: estimates(),
  names: nameRules,
  seriesNames: seriesRules,
  size: { pattern: sizePattern, smallFrom },
};
const output = fileURLToPath(new URL('../main/config/priors.json', import.meta.url));
const headLines = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
writeFileSync(output, `{\n${headLines.join('\n')}\n  "models": {\n${rowLines.join(',\n')}\n  }\n}\n`);
process.stdout.write(`${output}: ${shown.length} models, ${measures.length} measures\n`);
