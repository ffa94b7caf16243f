// Builds the model catalogue: `node build/catalogue.mjs SNAPSHOT.json [--date YYYY-MM-DD] [--prices-date YYYY-MM-DD]`.
//
// The snapshot is one JSON document `{ source, providers: { VENDOR: { models: { ID: {...} } } } }` as models.dev publishes
// its data (MIT licence): facts for routing and translation, and prices. The second source of prices is the package
// @pydantic/genai-prices (MIT licence), as installed; the third, what the vendors' own pages say beyond both. How to refresh
// all three stands in docs/costs.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findProvider } from '@pydantic/genai-prices';
import { mergePrices, priceText } from './price-merge.mjs';
import { additions, pages } from './price-pages.mjs';
import { genaiNames, readGenai, readModelsDev } from './price-readers.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { date: { type: 'string' }, 'prices-date': { type: 'string' } },
});
const [snapshotPath] = positionals;
if (snapshotPath === undefined) {
  process.stderr.write(
    'usage: node build/catalogue.mjs SNAPSHOT.json [--date YYYY-MM-DD] [--prices-date YYYY-MM-DD]\n',
  );
  process.exit(2);
}

/**
 * @typedef {{ tool_call?: boolean, reasoning?: boolean, temperature?: boolean, release_date?: string, status?: string,
 *   family?: string, limit?: { context?: number, output?: number }, modalities?: { input?: string[], output?: string[] },
 *   cost?: import('./price-readers.mjs').DevCost }} Model
 * @type {{ source?: string, providers: Record<string, { models: Record<string, Model> }> }}
 */
const snapshot = JSON.parse(readFileSync(snapshotPath, 'utf8'));
const date = options.date ?? /\d{4}-\d{2}-\d{2}/.exec(snapshot.source ?? '')?.[0];
if (date === undefined) throw new Error('the snapshot does not say its date: give it with --date');
/** Day on which this version was published on npm (`npm view @pydantic/genai-prices time`). */
const pricesVersion = '0.1.8';
const pricesDate = options['prices-date'] ?? '2026-09-23';

/** Names of our vendors in genai-prices; Azure asks what OpenAI does. @type {Record<string, string | undefined>} */
const genaiVendors = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'google-vertex': 'google',
  'google-vertex-anthropic': 'google',
  azure: 'azure openai',
  'amazon-bedrock': 'aws',
  cohere: 'cohere',
  mistral: 'mistral',
  openrouter: 'openrouter',
  groq: 'groq',
  xai: 'x-ai',
  togetherai: 'together',
  'fireworks-ai': 'fireworks',
  cerebras: 'cerebras',
};

/** @type {Record<string, string>} */
const inputLetters = { text: 't', image: 'i', audio: 'a', pdf: 'p', video: 'v' };

/** Families whose models answer with text that is no conversation: vectors, edits to apply. */
const otherFamilies = /embed|whisper|^morph$/;

/** @param {Model} model */
function answersConversations(model) {
  const outputs = model.modalities?.output ?? ['text'];
  return outputs.includes('text') && !otherFamilies.test(model.family ?? '');
}

/** @param {Model} model */
function facts(model) {
  const flags = [
    model.tool_call === true ? 't' : '',
    model.reasoning === true ? 'r' : '',
    model.temperature === false ? 'n' : '',
    model.status === undefined ? '' : 'x',
    answersConversations(model) ? '' : 'o',
  ];
  const inputs = (model.modalities?.input ?? []).map((name) => inputLetters[name] ?? '').sort();
  const { context = 0, output = 0 } = model.limit ?? {};
  return [context, output, flags.join(''), inputs.join(''), model.release_date ?? ''];
}

/**
 * A name without what says nothing of the model: region, date, version of the deployment.
 * @param {string} vendor
 * @param {string} id
 */
function stem(vendor, id) {
  const bare = id.toLowerCase().replace(/@(default|\d{8})$/, '');
  const unversioned = vendor === 'amazon-bedrock' ? bare.replace(/-v\d+(:\d+)?$|:\d+$/, '') : bare;
  const undated = unversioned.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
  if (vendor !== 'amazon-bedrock') return undated;
  // Bedrock: one price worldwide, another in a region; names without a region are in one.
  return undated.replace(/^(global|regional|[a-z]{2}(-gov)?|apac)\.(?=[a-z]+\.)/, (_, region) =>
    region === 'global' ? 'global.' : '',
  );
}

/** Names whose price genai-prices has from a reseller, or shares with a model that costs something else. */
const distrusted = /^azure\/(phi-|wizardlm)|^groq\/openai\/gpt-oss-safeguard|^google\/(anthropic|claude)/;

/**
 * What genai-prices says of a vendor: prices by name and by stem, and the names a client would write.
 * @param {string} vendor
 */
function genaiPrices(vendor) {
  /** @type {Map<string, import('./price-readers.mjs').Dated[]>} */
  const prices = new Map();
  /** @type {Set<string>} */
  const names = new Set();
  const models = (genaiVendors[vendor]?.split(' ') ?? []).flatMap(
    (providerId) => findProvider({ providerId })?.models ?? [],
  );
  for (const model of models) {
    const dated = readGenai(/** @type {any} */ (model));
    if (dated === undefined || model.id.startsWith('~')) continue;
    for (const name of genaiNames(model)) {
      const key = stem(vendor, name);
      if (distrusted.test(`${vendor}/${name}`) || /[^\w./:@-]|-$/.test(name)) continue;
      if (vendor === 'amazon-bedrock') names.add(key);
      // `regional.` is how the source says that there is a price for single regions.
      names.add(name.replace(/^regional\./, ''));
      // Two snapshots of one model may differ in price: then only their full names tell.
      for (const one of [name, key]) if (!prices.has(one)) prices.set(one, dated);
    }
  }
  return { prices, names };
}

/** @type {(string | number)[][]} */
const disagreements = [];

/**
 * @param {string} vendor
 * @param {string} id
 * @param {Model | undefined} model
 * @param {import('./price-readers.mjs').Dated[] | undefined} newer
 */
function priceOf(vendor, id, model, newer) {
  const page = pages[vendor]?.[id];
  if (page !== undefined) return page.price;
  const older = model === undefined ? undefined : readModelsDev(model);
  const { dated, took, differences } = mergePrices(id, older, newer, date ?? '');
  for (const { field, older: dev, newer: genai } of differences)
    disagreements.push([`${vendor}/${id}`, field, dev, genai, took === 'newer' ? 'genai-prices' : 'models.dev']);
  if (dated === undefined) return '';
  return priceText(id, dated, additions[vendor]?.find(({ models }) => models.test(id))?.add);
}

/** @param {string} vendor */
function rowsOf(vendor) {
  const models = snapshot.providers[vendor]?.models ?? {};
  const { prices, names } = genaiPrices(vendor);
  const rows = Object.keys(models)
    .sort()
    .map((id) => {
      const model = models[id] ?? {};
      const newer = prices.get(id) ?? prices.get(stem(vendor, id));
      const price = priceOf(vendor, id, model, model.family === 'model-router' ? undefined : newer);
      return [id, price === '' ? facts(model) : [...facts(model), price]];
    });
  const listed = new Set(Object.keys(models).flatMap((id) => [id, stem(vendor, id)]));
  // Vertex is one vendor here, and has the models of Anthropic too.
  const wanted = vendor === 'google-vertex-anthropic' ? [] : [...names, ...Object.keys(pages[vendor] ?? {})];
  const more = [...new Set(wanted)]
    .filter((name) => !listed.has(name) && !listed.has(stem(vendor, name)))
    .sort()
    .map((name) => [name, priceOf(vendor, name, undefined, prices.get(name) ?? prices.get(stem(vendor, name)))])
    .filter(([, price]) => price !== '');
  return { rows, more };
}

const vendors = Object.keys(snapshot.providers).sort();
const built = new Map(vendors.map((vendor) => [vendor, rowsOf(vendor)]));
const texts = [...built.values()].flatMap(({ rows, more }) => [...rows, ...more]).map(([, row]) => JSON.stringify(row));
const changes = [
  ...new Set(texts.flatMap((text) => [...text.matchAll(/ ; (\d{4}-\d{2}-\d{2})/g)].map((found) => found[1]))),
];

const head = {
  date,
  sources: [
    { name: 'models.dev', licence: 'MIT, https://github.com/anomalyco/models.dev', date },
    {
      name: `@pydantic/genai-prices ${pricesVersion}`,
      licence: 'MIT, https://github.com/pydantic/genai-prices',
      date: pricesDate,
    },
    { name: 'price pages of the vendors', licence: 'facts', date: lastRead() },
  ],
  columns:
    'context tokens, output tokens (0: unknown), flags (t tools, r reasoning, n no sampling parameters, x deprecated or preview, o no conversation), inputs (t text, i image, a audio, p pdf, v video), released, price (absent: unknown)',
  prices:
    'USD for a million tokens: input, output, r cache read, w cache write, h one-hour cache write, a audio input, b cached audio, i image input, t reasoning, o audio output, p image output, c pages read; for a thousand: q request (l, m: little, middling search), s web search; after > the same for a whole input of more tokens than the number says; after | of another tier, of hours UTC (wd: Monday to Friday), or of all kept in the US, * times the price before; after ; from that day on',
  changes: changes.sort(),
};

function lastRead() {
  const read = [...Object.values(additions).flat(), ...Object.values(pages).flatMap((one) => Object.values(one))];
  return read
    .map((one) => one.read)
    .sort()
    .at(-1);
}

/** @param {(string | number)[]} cells */
function cellsText(cells) {
  return `[${cells.map((cell) => JSON.stringify(cell)).join(', ')}]`;
}

/** @param {(vendor: string) => string[]} linesOf */
function block(linesOf) {
  return vendors
    .map((vendor) => ({ vendor, lines: linesOf(vendor) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ vendor, lines }) => `    ${JSON.stringify(vendor)}: {\n${lines.join(',\n')}\n    }`)
    .join(',\n');
}

const rowLines = block((vendor) =>
  (built.get(vendor)?.rows ?? []).map(
    ([id, cells]) => `      ${JSON.stringify(id)}: ${cellsText(/** @type {(string | number)[]} */ (cells))}`,
  ),
);
const moreLines = block((vendor) =>
  (built.get(vendor)?.more ?? []).map(([id, price]) => `      ${JSON.stringify(id)}: ${JSON.stringify(price)}`),
);
const headLines = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
const output = fileURLToPath(new URL('../main/config/catalogue.json', import.meta.url));
writeFileSync(
  output,
  `{\n${headLines.join('\n')}\n  "vendors": {\n${rowLines}\n  },\n  "prices_only": {\n${moreLines}\n  }\n}\n`,
);
const notes = fileURLToPath(new URL('../main/config/catalogue-disagreements.json', import.meta.url));
writeFileSync(
  notes,
  `{\n  "columns": "model, field, models.dev, genai-prices, which was taken; US dollars, on the day of models.dev",\n` +
    `  "disagreements": [\n${disagreements.map((cells) => `    ${cellsText(cells)}`).join(',\n')}\n  ]\n}\n`,
);
process.stdout.write(
  `${output}: ${vendors.length} vendors, ${date}; ${disagreements.length} disagreements, see ${notes}\n`,
);
