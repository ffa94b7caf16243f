// Builds the model catalogue from a models.dev snapshot: `node build/catalogue.mjs SNAPSHOT.json [DATE]`.
//
// The snapshot is one JSON document `{ source, providers: { VENDOR: { models: { ID: {...} } } } }` as models.dev publishes
// its data (MIT licence). Kept are the facts routing and translation need, and list prices.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [, , snapshotPath, dateArgument] = process.argv;
if (snapshotPath === undefined) {
  process.stderr.write('usage: node build/catalogue.mjs SNAPSHOT.json [YYYY-MM-DD]\n');
  process.exit(2);
}

/**
 * @typedef {{ input?: number, output?: number, cache_read?: number, cached_input?: number, cache_write?: number,
 *   input_audio?: number }} Rates
 * @typedef {Rates & { request?: number, citation?: number, tiers?: (Rates & { tier: { type?: string, size: number } })[] }} Cost
 * @typedef {{ tool_call?: boolean, reasoning?: boolean, temperature?: boolean, release_date?: string, status?: string,
 *   family?: string, limit?: { context?: number, output?: number }, modalities?: { input?: string[], output?: string[] },
 *   cost?: Cost }} Model
 * @type {{ source?: string, providers: Record<string, { models: Record<string, Model> }> }}
 */
const snapshot = JSON.parse(readFileSync(snapshotPath, 'utf8'));
const date = dateArgument ?? /\d{4}-\d{2}-\d{2}/.exec(snapshot.source ?? '')?.[0];
if (date === undefined) throw new Error('the snapshot does not say its date: give it as second argument');

/** @type {Record<string, string>} */
const inputLetters = { text: 't', image: 'i', audio: 'a', pdf: 'p', video: 'v' };

/** Families whose models answer with text that is no conversation: vectors, edits to apply. */
const otherFamilies = /embed|whisper|^morph$/;

/** @param {Model} model */
function answersConversations(model) {
  const outputs = model.modalities?.output ?? ['text'];
  return outputs.includes('text') && !otherFamilies.test(model.family ?? '');
}

/**
 * A number of the snapshot as a decimal, as it stood there.
 * @param {number} rate
 */
function decimal(rate) {
  if (!Number.isFinite(rate) || rate < 0) throw new Error(`${rate} is no price`);
  return /e/.test(String(rate)) ? rate.toFixed(12).replace(/\.?0+$/, '') : String(rate);
}

/**
 * @param {string} id
 * @param {Rates} rates
 * @param {Rates} [base] Prices of the smallest tier: what a larger one leaves out costs the same.
 */
function ratesText(id, rates, base = {}) {
  const input = rates.input ?? base.input;
  const output = rates.output ?? base.output;
  if (input === undefined || output === undefined) return undefined;
  const read = rates.cache_read ?? rates.cached_input ?? base.cache_read ?? base.cached_input;
  const written = rates.cache_write ?? base.cache_write;
  // Below the price of input it is a slip, or what Gemini asks for keeping the cache, which no count of tokens tells.
  const write = written !== undefined && written >= input ? written : undefined;
  const audio = rates.input_audio ?? base.input_audio;
  // models.dev has the five-minute writes only; the one-hour ones are twice the input in every price list of Anthropic.
  const write1h = write !== undefined && /claude/.test(id) ? 2 * input : undefined;
  const letters = /** @type {const} */ ([
    ['r', read],
    ['w', write],
    ['h', write1h],
    ['a', audio],
  ]);
  const more = letters.flatMap(([letter, rate]) => (rate === undefined ? [] : [`${letter}${decimal(rate)}`]));
  return [decimal(input), decimal(output), ...more].join(' ');
}

/**
 * Empty where it is unknown, or where tokens are not all that is paid for: fees for a request, pictures and sounds that the
 * list has at nothing, a router whose price comes on top of another model's.
 * @param {string} id
 * @param {Model} model
 */
function priceText(id, model) {
  const { cost } = model;
  if (cost === undefined || cost.request !== undefined || cost.citation !== undefined) return '';
  if (model.family === 'model-router') return '';
  const onlyText = (model.modalities?.output ?? ['text']).every((name) => name === 'text');
  if (!onlyText && !((cost.input ?? 0) > 0)) return '';
  const base = ratesText(id, cost);
  if (base === undefined) return '';
  const tiers = [...(cost.tiers ?? [])]
    .filter(({ tier }) => (tier.type ?? 'context') === 'context')
    .sort((a, b) => a.tier.size - b.tier.size)
    .map((tier) => `${tier.tier.size} ${ratesText(id, tier, cost)}`);
  return [base, ...tiers].join(' > ');
}

/**
 * @param {string} id
 * @param {Model} model
 */
function row(id, model) {
  const flags = [
    model.tool_call === true ? 't' : '',
    model.reasoning === true ? 'r' : '',
    model.temperature === false ? 'n' : '',
    model.status === undefined ? '' : 'x',
    answersConversations(model) ? '' : 'o',
  ];
  const inputs = (model.modalities?.input ?? []).map((name) => inputLetters[name] ?? '').sort();
  const context = model.limit?.context ?? 0;
  const output = model.limit?.output ?? 0;
  const price = priceText(id, model);
  const cells = [context, output, flags.join(''), inputs.join(''), model.release_date ?? ''];
  return price === '' ? cells : [...cells, price];
}

const vendors = Object.keys(snapshot.providers).sort();
const lines = vendors.map((vendor) => {
  const models = snapshot.providers[vendor]?.models ?? {};
  const rows = Object.keys(models)
    .sort()
    .map(
      (id) =>
        `      ${JSON.stringify(id)}: [${row(id, models[id] ?? {})
          .map((cell) => JSON.stringify(cell))
          .join(', ')}]`,
    );
  return `    ${JSON.stringify(vendor)}: {\n${rows.join(',\n')}\n    }`;
});

const head = {
  source: 'models.dev',
  licence: 'MIT, https://github.com/anomalyco/models.dev',
  date,
  columns:
    'context tokens, output tokens (0: unknown), flags (t tools, r reasoning, n no sampling parameters, x deprecated or preview, o no conversation), inputs (t text, i image, a audio, p pdf, v video), released, price in USD for a million tokens (absent: unknown)',
  prices:
    'input, output, r cache read, w cache write, h one-hour cache write, a audio input; after > the same for a whole input of more tokens than the number says',
};
const output = fileURLToPath(new URL('../main/config/catalogue.json', import.meta.url));
const headLines = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
writeFileSync(output, `{\n${headLines.join('\n')}\n  "vendors": {\n${lines.join(',\n')}\n  }\n}\n`);
process.stdout.write(`${output}: ${vendors.length} vendors, ${date}\n`);
