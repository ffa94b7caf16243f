/** What routing wants to know of a Chat Completions request. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, type Survey } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { entries, entriesFromEnd } from '../entries.ts';
import { createSurvey, inlineBytes, kindOfPicture, mediaTypeOf, mediumKind, newTurn } from '../survey.ts';
import type { SurveyReader, Turn } from '../survey.ts';
import { cacheOf } from './decode-messages.ts';
import { nonEmpty, signatureOf } from './message-fields.ts';

const reader: SurveyReader = {
  words: {
    image: ['image_url'],
    audio: ['input_audio'],
    pdf: ['file', 'document_url'],
    video: ['video_url'],
    cached: ['cache_control', 'prompt_cache_breakpoint'],
    calls: ['tool_calls', 'function_call'],
    results: ['tool', 'function'],
    signed: ['thought_signature', 'reasoning_details'],
    stored: ['file_id', 'audio'],
    tools: [],
  },
  turns: (document) => turnsOf(entries(document, 'messages')),
  turnsFromEnd: (document) => turnsOf(entriesFromEnd(document, 'messages')),
  system: () => undefined,
  toolFields: ['tools', 'functions'],
  isCached: (document) =>
    isObject(document.value('cache_control')) ||
    asArray(document.value('tools')).some((tool) => isMarked(tool) || isMarked(asObject(tool)['function'])),
  namesStored: () => false,
  hasSchema: (document) => asObject(document.value('response_format'))['type'] === 'json_schema',
  asksReasoning,
  isStreamed: (document) => document.value('stream') === true,
  // Servers disagree which of the two they obey: the larger one may be the one that counts.
  maxTokens: (document) => {
    const told = [asNumber(document.value('max_completion_tokens')), asNumber(document.value('max_tokens'))];
    const limits = told.filter((limit) => limit !== undefined);
    // None, or less, is no limit to some servers.
    return limits.length === 0 || limits.some((limit) => limit <= 0) ? undefined : Math.max(...limits);
  },
  isDeterministic: (document) =>
    document.value('temperature') === 0 ||
    typeof document.value('seed') === 'number' ||
    typeof document.value('random_seed') === 'number',
  sessionId: (document) => {
    // `session_id` is OpenRouter's.
    for (const field of ['prompt_cache_key', 'session_id']) {
      const id = nonEmpty(document.value(field));
      if (id !== undefined) return { id, field };
    }
    return undefined;
  },
};

export function survey(document: JsonDocument): Survey {
  return createSurvey(document, reader);
}

/** OpenAI's `reasoning_effort`, OpenRouter's `reasoning`, and the `thinking` of DeepSeek, Zhipu and Moonshot. */
function asksReasoning(document: JsonDocument): boolean {
  const nested = asObject(document.value('reasoning'));
  const effort = asString(document.value('reasoning_effort')) ?? asString(nested['effort']);
  if (effort === 'none' || nested['enabled'] === false) return false;
  if (effort !== undefined || nested['enabled'] === true || typeof nested['max_tokens'] === 'number') return true;
  const type = asObject(document.value('thinking'))['type'];
  return typeof type === 'string' && type !== 'disabled';
}

function isMarked(value: Json | undefined): boolean {
  return isObject(value) && cacheOf(value) !== undefined;
}

function* turnsOf(messages: Iterable<Json>): Generator<Turn> {
  for (const message of messages) if (isObject(message)) yield turnOf(message);
}

function roleOf(role: Json | undefined): Turn['role'] {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'tool' || role === 'function') return 'tool';
  return role === 'assistant' ? 'assistant' : 'user';
}

function turnOf(message: JsonObject): Turn {
  const { content } = message;
  const turn = newTurn(roleOf(message['role']));
  const texts = turn.role === 'tool' ? turn.tool : turn.texts;
  turn.hasResult = turn.role === 'tool';
  turn.isCached = isMarked(message);
  if (typeof content === 'string') texts.push(content);
  for (const part of asArray(content)) if (isObject(part)) addPart(turn, part, texts);
  if (turn.role !== 'assistant') return turn;
  const calls = asArray(message['tool_calls']).map(asObject);
  for (const call of calls) addCall(turn, call, asObject(call[call['type'] === 'custom' ? 'custom' : 'function']));
  const legacy = message['function_call'];
  if (isObject(legacy)) addCall(turn, message, legacy);
  // What a model said aloud is kept at OpenAI and named by its id.
  if (isObject(message['audio'])) turn.namesStored = true;
  for (const detail of asArray(message['reasoning_details']).map(asObject))
    if (nonEmpty(detail['signature']) !== undefined || nonEmpty(detail['data']) !== undefined) turn.isSigned = true;
  return turn;
}

function addCall(turn: Turn, holder: JsonObject, called: JsonObject): void {
  turn.hasCall = true;
  turn.tool.push(called['arguments'] ?? called['input'] ?? {});
  if (nonEmpty(signatureOf(holder)) !== undefined) turn.isSigned = true;
}

function addPart(turn: Turn, part: JsonObject, texts: Json[]): void {
  if (isMarked(part)) turn.isCached = true;
  switch (part['type']) {
    case 'text':
    case 'refusal': {
      const text = part[part['type']];
      if (typeof text === 'string') texts.push(text);
      return;
    }
    case 'image_url':
    case 'video_url':
    case 'document_url': {
      const value = part[part['type']];
      const url = asString(value) ?? asString(asObject(value)['url']) ?? '';
      const kind = part['type'] === 'image_url' ? kindOfPicture(mediaTypeOf(url)) : kinds[part['type']];
      turn.media.push({ kind, bytes: inlineBytes(url) });
      return;
    }
    case 'input_audio':
      turn.media.push({ kind: 'audio', bytes: asString(asObject(part['input_audio'])['data'])?.length ?? 0 });
      return;
    case 'file':
      addFile(turn, asObject(part['file']));
      return;
    default:
  }
}

/** Mistral's documents are PDFs by address. */
const kinds = { video_url: 'video', document_url: 'pdf' } as const;

function addFile(turn: Turn, file: JsonObject): void {
  const data = asString(file['file_data']);
  if (data === undefined && typeof file['file_id'] === 'string') turn.namesStored = true;
  const mediaType = data === undefined ? undefined : mediaTypeOf(data);
  const isAddress = data === undefined || /^https?:/i.test(data);
  const bytes = isAddress ? 0 : mediaType === undefined ? data.length : inlineBytes(data);
  turn.media.push({ kind: mediumKind(mediaType ?? 'application/pdf'), bytes });
}
