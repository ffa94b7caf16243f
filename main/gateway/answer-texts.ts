/** The texts of an answer as it goes over the wire, whatever its dialect and framing: pieces of one text are put together. */
import { isUtf8 } from 'node:buffer';
import { openSummary } from './dialects/openai-responses/compaction-handle.ts';

/** Fields whose values nobody says: ids, names of kinds, signatures and media. */
const protocolFields: ReadonlySet<string> = new Set([
  ...['id', 'type', 'object', 'model', 'modelVersion', 'role', 'status', 'created', 'created_at', 'finish_reason'],
  ...['finishReason', 'stop_reason', 'responseId', 'response_id', 'item_id', 'call_id', 'tool_call_id', 'tool_use_id'],
  ...['system_fingerprint', 'service_tier', 'obfuscation', 'signature', 'thoughtSignature', 'embedding'],
  ...['b64_json', 'media_type', 'mimeType', 'previous_response_id', 'usage', 'usageMetadata', 'logprobs'],
  // What the request said, told again.
  ...['instructions', 'tools', 'metadata', 'text_format'],
]);
/** What a tool is called with: names of fields mean what the tool means by them. */
const dataFields: ReadonlySet<string> = new Set(['input', 'args', 'arguments']);
/** Pieces of one text stand in fields of one path; of events that number their parts the numbers belong to it. */
const numbering: ReadonlySet<string> = new Set(['index', 'output_index', 'content_index', 'summary_index', 'item_id']);
const maxDepth = 40;

/** In the order in which they begin. What is neither JSON nor events is one text, or none where it is no text at all. */
export function answerTexts(wire: Buffer): string[] {
  const whole = wire.toString('utf8');
  const simple = simpleTexts(whole);
  if (simple !== undefined) return simple;
  const texts = new Map<string, string>();
  let isRead = false;
  for (const payload of payloads(whole)) {
    isRead = true;
    collect(payload, '', { texts, isData: false }, 0);
  }
  if (!isRead && isUtf8(wire)) return whole === '' ? [] : [whole];
  return [...texts.values()].filter((text) => text !== '');
}

/** Numbered parts, lists of texts, arguments as objects, summaries: what they say depends on where they stand. */
const beyondSimple =
  /"(?:index|output_index|content_index|summary_index)"\s*:\s*[1-9]|\[\s*"|"(?:input|args|arguments)"\s*:\s*\{\s*"|"encrypted_content"/;
/** An event whose data is not one object on one line. */
const beyondLine = /^data:(?![ \t]*(?:\{.*\}|\[DONE\])[ \t\r]*$)/m;
/** Events of Responses, which say pieces in `delta`, and in all other fields the whole once more. */
const ofResponses = /"type"\s*:\s*"response\./;
const namedText = /"([A-Za-z_]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;

/**
 * The same of a stream with one text in it, which most are, without reading each of its events: by the names of fields. `undefined`
 * for everything else.
 */
function simpleTexts(wire: string): string[] | undefined {
  if (!/^(?:data|event|id|:)/.test(wire) || beyondLine.test(wire) || beyondSimple.test(wire)) return undefined;
  const texts = new Map<string, string>();
  const repeats = ofResponses.test(wire);
  for (const [, name = '', text = ''] of wire.matchAll(namedText)) {
    if (text === '' || name === 'data' || protocolFields.has(name)) continue;
    const before = texts.get(name);
    // What is said twice is not one word.
    const gap = before === undefined || !repeats || name === 'delta' ? '' : '\\n';
    texts.set(name, `${before ?? ''}${gap}${text}`);
  }
  const said = [...texts.values()].map((text) => parsed(`"${text}"`));
  return said.every((text) => typeof text === 'string') ? said : undefined;
}

/** One JSON document, one a line, or events whose data is JSON. */
function* payloads(text: string): Generator<unknown> {
  const whole = parsed(text);
  if (whole !== undefined) {
    // A list of events, as Gemini frames them without SSE.
    if (Array.isArray(whole)) yield* whole as unknown[];
    else yield whole;
    return;
  }
  let event: string[] = [];
  for (const line of text.split(/\r\n|[\n\r]/)) {
    if (line.startsWith('data:')) {
      event.push(line.slice('data:'.length));
      continue;
    }
    if (event.length > 0) yield* objectIn(event.join('\n'));
    event = [];
    yield* objectIn(line);
  }
  yield* objectIn(event.join('\n'));
}

function* objectIn(text: string): Generator<unknown> {
  const value = text.includes('{') ? parsed(text) : undefined;
  if (value !== undefined) yield value;
}

interface Collected {
  readonly texts: Map<string, string>;
  /** Fields are called whatever a tool calls them. */
  readonly isData: boolean;
}

function collect(value: unknown, path: string, into: Collected, depth: number): void {
  const { texts, isData } = into;
  if (typeof value === 'string') {
    texts.set(path, (texts.get(path) ?? '') + value);
    return;
  }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, path, into, depth + 1);
    return;
  }
  const fields = Object.entries(value);
  if (isData) {
    for (const [name, field] of fields) collect(field, `${path}/${name}`, into, depth + 1);
    return;
  }
  const numbers = fields.filter(([name]) => numbering.has(name)).map(([, number]) => String(number));
  const own = numbers.length === 0 ? path : `${path}#${numbers.join('.')}`;
  for (const [name, field] of fields) {
    const said = textIn(name, field);
    if (said !== undefined) collect(said, `${own}/${name}`, { texts, isData: dataFields.has(name) }, depth + 1);
  }
}

/** `undefined` where nobody says anything. */
function textIn(name: string, field: unknown): unknown {
  if (protocolFields.has(name)) return undefined;
  if (typeof field !== 'string') return field;
  // A summary of ours is only encoded; others are ciphertext.
  if (name === 'encrypted_content') return openSummary(field);
  return name === 'data' ? undefined : field;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
