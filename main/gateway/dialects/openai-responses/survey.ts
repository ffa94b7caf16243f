/** What routing wants to know of a Responses request. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, type Survey } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { entries, entriesFromEnd } from '../entries.ts';
import { createSurvey, inlineBytes, kindOfPicture, mediaTypeOf, mediumKind, newTurn } from '../survey.ts';
import type { SessionId, SurveyReader, Turn } from '../survey.ts';
import { isCompactionType, openSummary } from './compaction-handle.ts';

const reader: SurveyReader = {
  words: {
    image: ['input_image', 'computer_screenshot', 'image_generation_call'],
    audio: ['input_audio'],
    pdf: ['input_file'],
    video: [],
    cached: ['prompt_cache_breakpoint'],
    calls: [
      'call_id',
      'web_search_call',
      'file_search_call',
      'code_interpreter_call',
      'image_generation_call',
      'mcp_call',
    ],
    results: ['call_id', 'mcp_approval_response'],
    signed: ['encrypted_content'],
    stored: ['file_id', 'item_reference'],
    tools: ['additional_tools'],
  },
  turns: (document) => turnsOf(document, entries(document, 'input')),
  turnsFromEnd: (document) => turnsOf(document, entriesFromEnd(document, 'input')),
  system: (document) => {
    const text = asString(document.value('instructions'));
    return text === undefined ? undefined : { ...newTurn('system'), texts: [text] };
  },
  toolFields: ['tools'],
  isCached: () => false,
  namesStored,
  hasSchema: (document) => asObject(asObject(document.value('text'))['format'])['type'] === 'json_schema',
  asksReasoning: (document) => {
    const reasoning = asObject(document.value('reasoning'));
    const effort = asString(reasoning['effort']);
    if (effort !== undefined) return effort !== 'none';
    return typeof (reasoning['summary'] ?? reasoning['generate_summary']) === 'string';
  },
  isStreamed: (document) => document.value('stream') === true,
  maxTokens: (document) => asNumber(document.value('max_output_tokens')),
  isDeterministic: (document) => document.value('temperature') === 0,
  sessionId,
};

export function survey(document: JsonDocument): Survey {
  return createSurvey(document, reader);
}

function idOf(value: Json | undefined): string | undefined {
  const id = asString(value) ?? asString(asObject(value)['id']);
  return id === '' ? undefined : id;
}

/** Earlier answers, conversations and prompts at OpenAI; vector stores and containers that its tools look into. */
function namesStored(document: JsonDocument): boolean {
  if (['previous_response_id', 'conversation', 'prompt'].some((field) => idOf(document.value(field)) !== undefined))
    return true;
  if (!document.mentions('vector_store_ids') && !document.mentions('container')) return false;
  return asArray(document.value('tools'))
    .map(asObject)
    .some((tool) => asArray(tool['vector_store_ids']).length > 0 || typeof tool['container'] === 'string');
}

/** Codex names its thread in `client_metadata` as well as in a header. */
function sessionId(document: JsonDocument): SessionId | undefined {
  const found: readonly (readonly [string, string | undefined])[] = [
    ['client_metadata.session_id', asString(asObject(document.value('client_metadata'))['session_id'])],
    ['prompt_cache_key', asString(document.value('prompt_cache_key'))],
    ['conversation', idOf(document.value('conversation'))],
    // OpenRouter's.
    ['session_id', asString(document.value('session_id'))],
  ];
  for (const [field, id] of found) if (id !== undefined && id !== '') return { id, field };
  return undefined;
}

function* turnsOf(document: JsonDocument, items: Iterable<Json>): Generator<Turn> {
  // A text alone is one message of the user.
  const span = document.span('input');
  if (span !== undefined && document.bytes[span.start] === 0x22) {
    yield turnOf({ role: 'user', content: document.value('input') });
    return;
  }
  for (const item of items) if (isObject(item)) yield turnOf(item);
}

/** Run by OpenAI itself, result and all. */
const hostedCalls: ReadonlySet<string> = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
]);

function turnOf(item: JsonObject): Turn {
  const type = asString(item['type']) ?? 'message';
  if (type === 'message' || type === 'agent_message') return messageOf(item);
  if (isCompactionType(type)) return compactionOf(item);
  if (type === 'mcp_approval_response') return { ...newTurn('tool'), hasResult: true };
  if (type.endsWith('_output')) return resultOf(item);
  const turn = newTurn('assistant');
  if (type === 'reasoning') turn.isSigned = isEncrypted(item);
  if (type === 'item_reference') turn.namesStored = true;
  if (type === 'additional_tools') return { ...newTurn('system'), declaresTools: asArray(item['tools']).length > 0 };
  if (hostedCalls.has(type) || (type.endsWith('_call') && typeof item['call_id'] === 'string')) addCall(turn, item);
  return turn;
}

function isEncrypted(item: JsonObject): boolean {
  return typeof item['encrypted_content'] === 'string' && item['encrypted_content'] !== '';
}

function messageOf(item: JsonObject): Turn {
  const role = item['role'];
  const isSystem = role === 'system' || role === 'developer';
  const turn = newTurn(isSystem ? 'system' : role === 'assistant' ? 'assistant' : 'user');
  addContent(turn, item['content'], turn.texts);
  return turn;
}

/** A summary of ours is a text; a provider's only it can read. */
function compactionOf(item: JsonObject): Turn {
  const turn = newTurn('user');
  const summary = openSummary(asString(item['encrypted_content']) ?? '');
  if (summary === undefined) turn.isSigned = isEncrypted(item);
  else turn.texts.push(summary);
  return turn;
}

function addCall(turn: Turn, item: JsonObject): void {
  turn.hasCall = true;
  turn.tool.push(item['arguments'] ?? item['input'] ?? item['action'] ?? {});
  if (item['type'] === 'image_generation_call')
    turn.media.push({ kind: 'image', bytes: asString(item['result'])?.length ?? 0 });
}

function resultOf(item: JsonObject): Turn {
  const turn = newTurn('tool');
  turn.hasResult = typeof item['call_id'] === 'string';
  const output = item['output'];
  if (isObject(output)) addPart(turn, output, turn.tool);
  else addContent(turn, output, turn.tool);
  return turn;
}

function addContent(turn: Turn, content: Json | undefined, texts: Json[]): void {
  if (typeof content === 'string') texts.push(content);
  for (const part of asArray(content)) if (isObject(part)) addPart(turn, part, texts);
}

function addPart(turn: Turn, part: JsonObject, texts: Json[]): void {
  if (isObject(part['prompt_cache_breakpoint'])) turn.isCached = true;
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'refusal': {
      const text = part[part['type'] === 'refusal' ? 'refusal' : 'text'];
      if (typeof text === 'string') texts.push(text);
      return;
    }
    case 'input_image':
    case 'computer_screenshot': {
      if (typeof part['file_id'] === 'string') turn.namesStored = true;
      const url = asString(part['image_url']) ?? '';
      turn.media.push({ kind: kindOfPicture(mediaTypeOf(url)), bytes: inlineBytes(url) });
      return;
    }
    case 'input_audio':
      turn.media.push({ kind: 'audio', bytes: asString(asObject(part['input_audio'])['data'])?.length ?? 0 });
      return;
    case 'input_file':
      addFile(turn, part);
      return;
    default:
  }
}

function addFile(turn: Turn, part: JsonObject): void {
  if (typeof part['file_id'] === 'string') turn.namesStored = true;
  const data = asString(part['file_data']) ?? '';
  const mediaType = mediaTypeOf(data);
  const extension = /\.([a-z0-9]{1,8})$/i.exec(asString(part['filename']) ?? '')?.[1]?.toLowerCase();
  const kind =
    mediaType === undefined
      ? extension === undefined || extension === 'pdf'
        ? 'pdf'
        : 'document'
      : mediumKind(mediaType);
  turn.media.push({ kind, bytes: mediaType === undefined ? data.length : inlineBytes(data) });
}
