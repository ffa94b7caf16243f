// What each public benchmark says, as rows of a model and a figure. Which files are read, priors.mjs says.
import { mean } from './prior-fit.mjs';
import { readName, sizePattern } from './prior-names.mjs';

/** @typedef {import('./prior-fit.mjs').Measure} Measure */
/** @typedef {import('./prior-fit.mjs').Row} Row */
/** @typedef {{ text: string, date: string }} Given A file and the day of its data. */

/** Kinds with the letter that stands for them in a row, and the name people read. @type {Record<string, [string, string]>} */
export const sources = {
  lmarena: ['A', 'LMArena'],
  arena: ['B', 'Arena'],
  livebench: ['L', 'LiveBench'],
  aider: ['P', 'Aider polyglot'],
  catalogue: ['M', 'SWE-Bench Pro, Terminal-Bench and SWE-Atlas as quoted by models.dev'],
  vectara: ['V', 'Vectara hallucination leaderboard'],
  writing: ['W', 'LLM Creative Story-Writing Benchmark'],
};

/**
 * @param {string} id
 * @param {string} kind
 * @param {string[]} types
 * @param {Row[]} rows
 * @param {boolean} [overall]
 * @returns {Measure}
 */
function measure(id, kind, types, rows, overall = false) {
  return { id, source: sources[kind]?.[0] ?? '', types, overall, rows };
}

/** @param {string} name @param {number} value @returns {Row} */
function row(name, value) {
  const read = readName(name);
  const size = sizeOf(name);
  if (size !== undefined) sizes.set(read.name, size);
  return { ...read, value };
}

/** Billions of parameters by name, of those that say them in what was read. @type {Map<string, number>} */
export const sizes = new Map();

/** Billions of parameters, where a name says them: `8x22b` are 176. @param {string} name */
function sizeOf(name) {
  const [, count, size, unit] = new RegExp(sizePattern).exec(name.toLowerCase()) ?? [];
  return size === undefined ? undefined : Number(size) * Number(count ?? 1) * (unit === 't' ? 1000 : 1);
}

/** Categories of the votes and what they tell of. Translation itself is voted on nowhere: other languages stand for it. */
const voted = [
  { types: ['chat'], from: ['multiturn'] },
  { types: ['code_generation', 'code_review'], from: ['coding'] },
  { types: ['math'], from: ['math'] },
  { types: ['creative'], from: ['creative_writing'] },
  { types: ['rewrite'], from: ['industry_writing_and_literature_and_language'] },
  { types: ['translate'], from: ['chinese', 'french', 'german', 'japanese', 'korean', 'russian', 'spanish'] },
  {
    types: ['factual_qa'],
    from: [
      ...['expert', 'industry_legal_and_government', 'industry_medicine_and_healthcare'],
      'industry_life_and_physical_and_social_science',
    ],
  },
];

/** Names of old that others bear today. @type {Record<string, string>} */
const oldNames = { 'gemini-pro': 'gemini-1.0-pro', 'mistral-medium': 'mistral-medium-2312' };

/** @param {Given} file */
function readLmarena({ text }) {
  /** @type {Record<string, Record<string, { rating: number }>>} */
  const data = JSON.parse(text);
  /** @param {string[]} categories */
  const rows = (categories) =>
    categories.flatMap((category) =>
      Object.entries(data[category] ?? {}).map(([name, { rating }]) => ({ name, rating, category })),
    );
  /** @param {string[]} categories */
  const averages = (categories) => {
    const byName = Map.groupBy(rows(categories), ({ name }) => name);
    const whole = [...byName].filter(([, own]) => own.length === categories.length);
    return whole.map(([name, own]) => row(oldNames[name] ?? name, mean(own.map(({ rating }) => rating))));
  };
  return [
    measure('lmarena', 'lmarena', ['chat'], averages(['full']), true),
    ...voted.map(({ types, from }) => measure(`lmarena ${from[0]}`, 'lmarena', types, averages(from))),
  ];
}

/** @param {Given} file */
function readArena({ text }) {
  /** @type {{ models: { model: string, score: number | null }[] }} */
  const { models } = JSON.parse(text);
  const rows = models.flatMap(({ model, score }) => (score === null ? [] : [row(model, score)]));
  return [measure('arena', 'arena', ['chat'], rows, true)];
}

/** Tasks of LiveBench by what they tell of; the last list is for the whole only. */
const tasks = [
  { types: ['code_generation', 'code_review'], from: ['code_generation', 'code_completion'] },
  { types: ['agent_step'], from: ['javascript', 'typescript', 'python'] },
  { types: ['math'], from: ['AMPS_Hard', 'integrals_with_game', 'math_comp', 'olympiad'] },
  { types: ['extraction'], from: ['tablejoin', 'tablereformat', 'consecutive_events'] },
  { types: ['summarize'], from: ['summarize'] },
  { types: ['rewrite'], from: ['paraphrase', 'simplify', 'typos'] },
  { types: ['creative'], from: ['story_generation'] },
  { types: [], from: ['theory_of_mind', 'zebra_puzzle', 'spatial', 'logic_with_navigation', 'connections'] },
];

/** @param {Given} file */
function readLivebench({ text }) {
  const [head, ...lines] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const models = lines.map((cells) => ({
    name: cells[0] ?? '',
    score: (/** @type {string} */ task) => Number(cells[head?.indexOf(task) ?? -1] || Number.NaN),
  }));
  /** @param {string[]} from */
  const rows = (from) =>
    models.map(({ name, score }) => row(name, mean(from.map(score)))).filter(({ value }) => Number.isFinite(value));
  const whole = models.map(({ name, score }) => row(name, mean(tasks.map(({ from }) => mean(from.map(score))))));
  return [
    measure(
      'livebench',
      'livebench',
      [],
      whole.filter(({ value }) => Number.isFinite(value)),
      true,
    ),
    ...tasks
      .filter(({ types }) => types.length > 0)
      .map(({ types, from }) => measure(`livebench ${from[0]}`, 'livebench', types, rows(from))),
  ];
}

/** @param {Given} file */
function readAider({ text }) {
  const rows = text.split(/^- /m).flatMap((entry) => {
    const name = /^ *model: (.+)$/m.exec(entry)?.[1];
    const passed = /^ *pass_rate_2: ([\d.]+)$/m.exec(entry)?.[1];
    // Two models at work together are no model.
    return name === undefined || passed === undefined || name.includes(' + ') ? [] : [row(name, Number(passed))];
  });
  return [measure('aider', 'aider', ['code_generation'], rows, true)];
}

/** @param {Given} file */
function readVectara({ text }) {
  const rows = [...text.matchAll(/^\|([^|]+)\|[\d.]+ %\|([\d.]+) %\|([\d.]+) %\|/gm)];
  // A summary that is not given is none that is true.
  return [
    measure(
      'vectara',
      'vectara',
      ['summarize'],
      rows.map(([, name = '', true_, given_]) => row(name, (Number(true_) * Number(given_)) / 100)),
    ),
  ];
}

/** @param {Given} file */
function readWriting({ text }) {
  const rows = [...text.matchAll(/^\| *\d+ *\| *([^|]+?) *\| *(-?[\d.]+) *\|/gm)];
  return [
    measure(
      'writing',
      'writing',
      ['creative'],
      rows.map(([, name = '', score]) => row(name, Number(score))),
    ),
  ];
}

/** Benchmarks models.dev quotes from those who ran them, by name and metric. */
const quoted = [
  { name: 'SWE-Bench Pro', metric: 'resolve rate', types: ['agent_step', 'code_review'] },
  { name: 'Terminal-Bench', metric: 'pass@1', types: ['agent_step'] },
  { name: 'SWE-Atlas Codebase QnA', metric: 'pass@1', types: ['code_review'] },
];

/**
 * @typedef {{ release_date?: string, cost?: { input?: number, output?: number }, modalities?: { output?: string[] },
 *   benchmarks?: { name: string, metric: string, score: number }[] }} Listed
 */

/** @param {Given} file @returns {[string, Listed][]} */
export function listedModels({ text }) {
  /** @type {{ providers: Record<string, { models: Record<string, Listed> }> }} */
  const { providers } = JSON.parse(text);
  return Object.values(providers).flatMap(({ models }) => Object.entries(models));
}

/** @param {Given} file */
function readQuoted(file) {
  return quoted.map(({ name, metric, types }) => {
    /** @type {Map<string, Row>} Several vendors list a model, with the same figures. */
    const rows = new Map();
    for (const [id, model] of listedModels(file)) {
      const scores = (model.benchmarks ?? []).filter((one) => one.name === name && one.metric === metric);
      if (scores.length > 0) rows.set(readName(id).name, row(id, mean(scores.map(({ score }) => score))));
    }
    return measure(
      name,
      'catalogue',
      types,
      [...rows.values()].map((one) => ({ ...one, effort: 'high' })),
    );
  });
}

/** @type {Record<string, (file: Given) => Measure[]>} */
export const readers = {
  ...{ lmarena: readLmarena, arena: readArena, livebench: readLivebench, aider: readAider },
  ...{ catalogue: readQuoted, vectara: readVectara, writing: readWriting },
};
