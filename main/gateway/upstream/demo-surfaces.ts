/** What the demo provider answers beside chat: legacy completions, embeddings, moderations, rerank. As deterministic, and as free. */
import { createHash } from 'node:crypto';
import { asArray, asObject, asString } from '../dialects/dialect.ts';
import type { Json, JsonObject } from '../dialects/canonical.ts';

const defaultDimensions = 64;
const maxDimensions = 4096;
/** As many texts in one request as OpenAI takes, and as many numbers in one answer as make some twenty megabytes. */
const maxTexts = 2_048;
const maxNumbers = 1_000_000;

/** The whole answer to a request of a surface that does not stream; `undefined` where the demo has none. */
export function answerSurface(path: string, body: JsonObject, model: string): JsonObject | undefined {
  if (path.endsWith('/completions')) return completionOf(body, model);
  if (path.endsWith('/embeddings')) return embeddingsOf(body, model);
  if (path.endsWith('/moderations')) return moderationOf(body, model);
  if (path.endsWith('/rerank')) return rerankingOf(body, model);
  if (path.endsWith(':embedContent')) return { embedding: geminiEmbedding(body) };
  if (path.endsWith(':batchEmbedContents')) {
    return { embeddings: asArray(body['requests']).map((one) => geminiEmbedding(asObject(one))) };
  }
  return undefined;
}

/** Why a request asks for more than a demo should spend; `undefined` when it does not. */
export function excessOf(body: JsonObject): string | undefined {
  const requests = asArray(body['requests']);
  const inputs = asArray(body['input']).length;
  if (Math.max(inputs, asArray(body['documents']).length, requests.length) > maxTexts)
    return `The demo provider takes ${String(maxTexts)} texts in one request.`;
  const numbers = requests
    .map((one) => dimensionsOf(asObject(one)['outputDimensionality']))
    .reduce((sum, count) => sum + count, inputs * dimensionsOf(body['dimensions']));
  return numbers > maxNumbers ? `The demo provider gives ${String(maxNumbers)} numbers in one answer.` : undefined;
}

/** Four bytes a token: the demo has no tokenizer. */
export function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(text) / 4));
}

/** The text a legacy completion is asked to go on from: its last prompt. */
export function promptOf(body: JsonObject): string {
  const prompt = body['prompt'];
  return asString(Array.isArray(prompt) ? asArray(prompt).findLast((one) => typeof one === 'string') : prompt) ?? '';
}

/** A legacy completion that says the prompt once more. */
export function completionOf(body: JsonObject, model: string): JsonObject {
  const text = promptOf(body);
  const tokens = tokensOf(text);
  return {
    id: `cmpl-demo-${hashOf(JSON.stringify(body))}`,
    object: 'text_completion',
    created: 0,
    model: `demo/${model}`,
    choices: [{ index: 0, text, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: tokens, completion_tokens: tokens, total_tokens: 2 * tokens },
  };
}

function embeddingsOf(body: JsonObject, model: string): JsonObject {
  const input = body['input'];
  const texts = Array.isArray(input) ? asArray(input) : [input ?? ''];
  const asBase64 = body['encoding_format'] === 'base64';
  const data = texts.map((text, index) => {
    const vector = vectorOf(textOf(text), body['dimensions']);
    return {
      object: 'embedding',
      index,
      embedding: asBase64 ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector,
    };
  });
  const tokens = tokensOf(JSON.stringify(input ?? ''));
  return {
    object: 'list',
    data,
    model: `demo/${model}`,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function geminiEmbedding(request: JsonObject): JsonObject {
  const text = asArray(asObject(request['content'])['parts'])
    .map((part) => asString(asObject(part)['text']) ?? '')
    .join('');
  return { values: vectorOf(text, request['outputDimensionality']) };
}

/** Flags nothing: a demo that judged people's words would be taken at its own. */
function moderationOf(body: JsonObject, model: string): JsonObject {
  const input = body['input'];
  const texts = Array.isArray(input) ? asArray(input) : [input ?? ''];
  return {
    id: `modr-demo-${hashOf(JSON.stringify(body))}`,
    model: `demo/${model}`,
    results: texts.map(() => ({ flagged: false, categories: {}, category_scores: {} })),
  };
}

/** Most shared words first; equals keep their order. */
function rerankingOf(body: JsonObject, model: string): JsonObject {
  const query = new Set(wordsOf(asString(body['query']) ?? ''));
  const results = asArray(body['documents']).map((document, index) => {
    const words = wordsOf(textOf(asObject(document)['text'] ?? document));
    const shared = words.filter((word) => query.has(word)).length;
    return { index, relevance_score: words.length === 0 ? 0 : shared / words.length };
  });
  results.sort((a, b) => b.relevance_score - a.relevance_score);
  const count = typeof body['top_n'] === 'number' ? body['top_n'] : results.length;
  return {
    id: `rerank-demo-${hashOf(JSON.stringify(body))}`,
    model: `demo/${model}`,
    results: results.slice(0, count),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function dimensionsOf(dimensions: Json | undefined): number {
  const wanted = typeof dimensions === 'number' && Number.isInteger(dimensions) ? dimensions : defaultDimensions;
  return Math.min(Math.max(wanted, 1), maxDimensions);
}

/** A unit vector from the text's hash: equal texts are equal, nothing else is claimed. */
function vectorOf(text: string, dimensions: Json | undefined): number[] {
  const count = dimensionsOf(dimensions);
  const bytes = createHash('shake256', { outputLength: count }).update(text).digest();
  const raw = Array.from(bytes, (byte) => byte / 127.5 - 1);
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => value / length);
}
