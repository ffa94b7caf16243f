// Trains the firewall's model and writes its weights beside the classifier. The same inputs give the same weights.
//
//   node build/train-firewall.mjs [--out FILE] [--count N] [--plain LIST] ROWS.jsonl …
//
// Rows are { text, label: attack | benign, tier } a line. `--plain` names a file with one path a line: files whose text is innocent.
// They teach what ordinary documents and code look like; nothing of them is kept but the weights.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fitModel, quantise, seeded, toRow, usual } from './firewall-fit.mjs';
import { syntheticSamples } from './firewall-templates.mjs';

/** @typedef {import('./firewall-fit.mjs').Sample} Sample */

/** Keeps secret scanners away from the development data; no part of the texts. */
const armour = '\u2042';
/** Attacks that stand out by what they ask, and texts that quote attacks, teach the wrong words. */
const leftOut = new Set(['contextual', 'soft', 'mention', 'content']);
/** A row of real data counts as much as four made-up ones. */
const rowWeight = 4;

/**
 * @param {string} lines
 * @returns {Sample[]}
 */
export function labelledSamples(lines) {
  const rows = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line.replaceAll(armour, '')));
  return rows
    .filter((row) => (row.label === 'attack' || row.label === 'benign') && !leftOut.has(row.tier))
    .map((row) => ({ text: row.text, isAttack: row.label === 'attack', weight: rowWeight }));
}

/**
 * A piece of each file, somewhere in it.
 * @param {string[]} texts
 * @returns {Sample[]}
 */
export function plainSamples(texts) {
  const random = seeded(5);
  return texts.map((text) => {
    const from = Math.floor(random() * Math.max(1, text.length - 12_000));
    return { text: text.slice(from, from + 300 + Math.floor(random() * 12_000)), isAttack: false, weight: 1 };
  });
}

/**
 * @param {Sample[]} samples
 * @param {number} count Of synthetic attacks and of synthetic innocent texts.
 * @param {Partial<import('./firewall-fit.mjs').Settings>} [settings]
 */
export function train(samples, count, settings = {}) {
  const rows = [...syntheticSamples({ count, seed: 7 }), ...samples].map(toRow);
  const weights = quantise(fitModel(rows, { ...usual, ...settings }));
  return { ...weights, checksum: createHash('sha256').update(weights.values).digest('hex').slice(0, 16) };
}

/** @param {ReturnType<typeof train>} weights */
export function packedSource({ values, scale, bias, checksum }) {
  const base64 = Buffer.from(values.buffer, values.byteOffset, values.length).toString('base64');
  return `/** Weights of the firewall's model: written by build/train-firewall.mjs, not by hand. */

/** \`values\`: a signed byte for each bucket; \`checksum\`: the first 16 digits of their SHA-256. */
export const packed = {
  version: 1,
  checksum: '${checksum}',
  scale: ${scale},
  bias: ${bias},
  values:
    '${base64}',
} as const;
`;
}

function main() {
  const { values, positionals } = parseArgs({
    options: { out: { type: 'string' }, count: { type: 'string', default: '8000' }, plain: { type: 'string' } },
    allowPositionals: true,
  });
  const labelled = positionals.flatMap((file) => labelledSamples(readFileSync(file, 'utf8')));
  const files = values.plain === undefined ? [] : readFileSync(values.plain, 'utf8').split('\n').filter(Boolean);
  const plain = plainSamples(files.map((file) => readFileSync(file, 'utf8')));
  const weights = train([...labelled, ...plain], Number(values.count));
  const out =
    values.out ?? fileURLToPath(new URL('../main/gateway/policies/firewall/weights-packed.ts', import.meta.url));
  writeFileSync(out, packedSource(weights));
  process.stdout.write(
    `${labelled.length} rows, ${plain.length} files, ${values.count} synthetic pairs: ${weights.checksum}\n`,
  );
}

if (import.meta.main) main();
