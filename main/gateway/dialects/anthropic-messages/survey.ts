/** What routing wants to know of a Messages request. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, type Survey } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { entries, entriesFromEnd } from '../entries.ts';
import {
  createSurvey,
  kindOfPicture,
  mediaTypeOf,
  mediumKind,
  newTurn,
  type SessionId,
  type SurveyReader,
  type Turn,
} from '../survey.ts';

const reader: SurveyReader = {
  words: {
    image: ['image'],
    audio: [],
    pdf: ['document'],
    video: [],
    cached: ['cache_control'],
    calls: ['tool_use', 'server_tool_use', 'mcp_tool_use'],
    results: ['tool_result'],
    signed: ['signature', 'redacted_thinking'],
    stored: ['file_id', 'container_upload'],
    tools: [],
  },
  turns: (document) => turnsOf(entries(document, 'messages')),
  turnsFromEnd: (document) => turnsOf(entriesFromEnd(document, 'messages')),
  system: (document) => {
    const value = document.value('system');
    return value === undefined ? undefined : turnOf({ role: 'system', content: value });
  },
  toolFields: ['tools'],
  isCached: (document) =>
    isObject(document.value('cache_control')) ||
    asArray(document.value('tools')).some((tool) => isObject(asObject(tool)['cache_control'])),
  // A container keeps files, and a thread the messages themselves.
  namesStored: (document) => isGiven(document.value('container')) || isObject(document.value('thread')),
  hasSchema: (document) => {
    const format = asObject(document.value('output_config'))['format'] ?? document.value('output_format');
    return asObject(format)['type'] === 'json_schema';
  },
  asksReasoning: (document) => {
    const type = asObject(document.value('thinking'))['type'];
    if (type === 'disabled') return false;
    return typeof type === 'string' || typeof asObject(document.value('output_config'))['effort'] === 'string';
  },
  isStreamed: (document) => document.value('stream') === true,
  maxTokens: (document) => asNumber(document.value('max_tokens')),
  isDeterministic: (document) => document.value('temperature') === 0,
  sessionId,
};

export function survey(document: JsonDocument): Survey {
  return createSurvey(document, reader);
}

function isGiven(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || isObject(value);
}

/**
 * Claude Code's session inside `metadata.user_id`: a JSON object, or `user_…_account_…_session_…` before 2026. A user alone is
 * no conversation.
 */
function sessionId(document: JsonDocument): SessionId | undefined {
  const user = asString(asObject(document.value('metadata'))['user_id']);
  if (user === undefined) return undefined;
  const id = user.startsWith('{') ? sessionOfObject(user) : /_session_(.+)$/s.exec(user)?.[1];
  return id === undefined || id === '' ? undefined : { id, field: 'metadata.user_id' };
}

function sessionOfObject(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? asString(parsed['session_id']) : undefined;
  } catch {
    // Something else that begins with a brace: a user's name is not ours to judge.
    return undefined;
  }
}

function* turnsOf(messages: Iterable<Json>): Generator<Turn> {
  for (const message of messages) if (isObject(message)) yield turnOf(message);
}

function turnOf(message: JsonObject): Turn {
  const { role, content } = message;
  const turn = newTurn(role === 'assistant' || role === 'system' ? role : 'user');
  if (typeof content === 'string') turn.texts.push(content);
  for (const block of asArray(content)) if (isObject(block)) addBlock(turn, block);
  return turn;
}

function addBlock(turn: Turn, block: JsonObject): void {
  if (isObject(block['cache_control'])) turn.isCached = true;
  switch (block['type']) {
    case 'thinking':
      if (isGiven(block['signature'])) turn.isSigned = true;
      return;
    case 'redacted_thinking':
      turn.isSigned = true;
      return;
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      turn.hasCall = true;
      turn.tool.push(block['input'] ?? {});
      return;
    case 'tool_result':
      turn.hasResult = true;
      addContent(turn, block['content'], turn.tool);
      return;
    case 'container_upload':
      turn.namesStored = true;
      return;
    default:
      addContentBlock(turn, block, turn.texts);
  }
}

function addContent(turn: Turn, content: Json | undefined, texts: Json[]): void {
  if (typeof content === 'string') texts.push(content);
  for (const block of asArray(content)) if (isObject(block)) addContentBlock(turn, block, texts);
}

/** Blocks that stand in messages, results and documents alike; what they say goes to `texts`. */
function addContentBlock(turn: Turn, block: JsonObject, texts: Json[]): void {
  if (isObject(block['cache_control'])) turn.isCached = true;
  switch (block['type']) {
    case 'text':
      if (typeof block['text'] === 'string') texts.push(block['text']);
      return;
    case 'image': {
      const source = asObject(block['source']);
      const kind = kindOfPicture(asString(source['media_type']) ?? mediaTypeOf(asString(source['url']) ?? ''));
      turn.media.push({ kind, bytes: bytesOf(turn, source) });
      return;
    }
    case 'document':
      addDocument(turn, asObject(block['source']), texts);
      return;
    case 'search_result':
    case 'compaction':
      addContent(turn, block['content'], texts);
      return;
    default:
  }
}

function addDocument(turn: Turn, source: JsonObject, texts: Json[]): void {
  if (source['type'] === 'content') addContent(turn, source['content'], texts);
  else if (source['type'] === 'text') {
    if (typeof source['data'] === 'string') texts.push(source['data']);
  } else {
    const mediaType = asString(source['media_type']) ?? 'application/pdf';
    turn.media.push({ kind: mediumKind(mediaType), bytes: bytesOf(turn, source) });
  }
}

/** Bytes in the body; a file is noted, since it is at one provider only. */
function bytesOf(turn: Turn, source: JsonObject): number {
  if (source['type'] === 'file') turn.namesStored = true;
  return source['type'] === 'base64' ? (asString(source['data'])?.length ?? 0) : 0;
}
