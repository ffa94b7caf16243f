// Builds the model catalogue from a models.dev snapshot: `node build/catalogue.mjs SNAPSHOT.json [DATE]`.
//
// The snapshot is one JSON document `{ source, providers: { VENDOR: { models: { ID: {...} } } } }` as models.dev publishes
// its data (MIT licence). Kept are the facts routing and translation need; prices are not: they have another life.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [, , snapshotPath, dateArgument] = process.argv;
if (snapshotPath === undefined) {
  process.stderr.write('usage: node build/catalogue.mjs SNAPSHOT.json [YYYY-MM-DD]\n');
  process.exit(2);
}

/**
 * @typedef {{ tool_call?: boolean, reasoning?: boolean, temperature?: boolean, release_date?: string, status?: string,
 *   limit?: { context?: number, output?: number }, modalities?: { input?: string[] } }} Model
 * @type {{ source?: string, providers: Record<string, { models: Record<string, Model> }> }}
 */
const snapshot = JSON.parse(readFileSync(snapshotPath, 'utf8'));
const date = dateArgument ?? /\d{4}-\d{2}-\d{2}/.exec(snapshot.source ?? '')?.[0];
if (date === undefined) throw new Error('the snapshot does not say its date: give it as second argument');

/** @type {Record<string, string>} */
const inputLetters = { text: 't', image: 'i', audio: 'a', pdf: 'p', video: 'v' };

/** @param {Model} model */
function row(model) {
  const flags = [
    model.tool_call === true ? 't' : '',
    model.reasoning === true ? 'r' : '',
    model.temperature === false ? 'n' : '',
    model.status === undefined ? '' : 'x',
  ];
  const inputs = (model.modalities?.input ?? []).map((name) => inputLetters[name] ?? '').sort();
  const context = model.limit?.context ?? 0;
  const output = model.limit?.output ?? 0;
  return [context, output, flags.join(''), inputs.join(''), model.release_date ?? ''];
}

const vendors = Object.keys(snapshot.providers).sort();
const lines = vendors.map((vendor) => {
  const models = snapshot.providers[vendor]?.models ?? {};
  const rows = Object.keys(models)
    .sort()
    .map(
      (id) =>
        `      ${JSON.stringify(id)}: [${row(models[id] ?? {})
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
    'context tokens, output tokens (0: unknown), flags (t tools, r reasoning, n no sampling parameters, x deprecated or preview), inputs (t text, i image, a audio, p pdf, v video), released',
};
const output = fileURLToPath(new URL('../main/config/catalogue.json', import.meta.url));
const headLines = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
writeFileSync(output, `{\n${headLines.join('\n')}\n  "vendors": {\n${lines.join(',\n')}\n  }\n}\n`);
process.stdout.write(`${output}: ${vendors.length} vendors, ${date}\n`);
