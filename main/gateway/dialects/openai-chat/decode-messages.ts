/** The messages of a client's Chat Completions request in canonical form. */
import type {
  CacheHint,
  CanonicalMessage,
  CanonicalPart,
  DocumentPart,
  ImagePart,
  Json,
  JsonObject,
  MediaSource,
  TextPart,
  ToolCallPart,
} from '../canonical.ts';
import { append, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import {
  needObject,
  needString,
  optionalArray,
  optionalObject,
  optionalString,
  pointerOf,
  wrong,
  wrongWord,
} from '../fields.ts';
import { inputOf, reasoningOf, signatureOf } from './message-fields.ts';

/** Fields of a message that are read below or mean nothing to a model: what SDK helpers leave in a history they send back. */
const knownFields = new Set(
  (
    'role content name tool_calls tool_call_id function_call refusal reasoning_content reasoning reasoning_details ' +
    'annotations parsed cache_control id object created index logprobs finish_reason'
  ).split(' '),
);

export function decodeMessages(messages: readonly Json[], context: DecodeRequestContext): CanonicalMessage[] {
  const decoder = new MessagesDecoder(context);
  return joinResults(messages.map((message, index) => decoder.message(message, `messages[${String(index)}]`)));
}

/** Results of parallel calls come as one message each; canonically they are one run. */
function joinResults(messages: readonly CanonicalMessage[]): CanonicalMessage[] {
  const joined: CanonicalMessage[] = [];
  for (const message of messages) {
    const last = joined[joined.length - 1];
    if (message.role === 'tool' && last?.role === 'tool')
      joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    else joined.push(message);
  }
  return joined;
}

/** Walks the messages once, remembering calls for the results behind them. */
class MessagesDecoder {
  readonly #context: DecodeRequestContext;
  readonly #calls = new Map<string, ToolCallPart>();
  /** The legacy form (`function_call`) knows no ids: the latest call of each name, and how many there were. */
  readonly #legacy = new Map<string, { id: string; count: number }>();

  constructor(context: DecodeRequestContext) {
    this.#context = context;
  }

  message(value: Json, path: string): CanonicalMessage {
    const message = needObject(value, path);
    this.#noteUnknown(message, path);
    const role = message['role'];
    const name = optionalString(message['name'], `${path}.name`);
    switch (role) {
      case 'system':
      case 'developer':
        return { role: 'system', parts: this.#needContent(message, path), developer: role === 'developer', name };
      case 'user':
        return { role, parts: this.#needContent(message, path), name };
      case 'assistant':
        return { role, parts: this.#assistant(message, path), name };
      case 'tool':
        return this.#result(message, needString(message['tool_call_id'], `${path}.tool_call_id`), name, path);
      case 'function': {
        const called = needString(name, `${path}.name`);
        return this.#result(message, this.#legacy.get(called)?.id ?? legacyId(called, 1), called, path);
      }
      default:
        throw wrongWord(`${path}.role`, ['system', 'developer', 'user', 'assistant', 'tool'], role);
    }
  }

  #noteUnknown(message: JsonObject, path: string): void {
    for (const [field, value] of Object.entries(message)) {
      if (!knownFields.has(field) && value !== undefined && value !== null)
        this.#context.losses(pointerOf(`${path}.${field}`), 'has no counterpart at this target');
    }
  }

  #needContent(message: JsonObject, path: string): CanonicalPart[] {
    const content = message['content'];
    if (content === undefined || content === null) throw wrong(`${path}.content`, 'a string or an array', content);
    return this.#content(message, path);
  }

  /** A mark on the message itself is what the AI SDK makes of one on its only part. */
  #content(message: JsonObject, path: string): CanonicalPart[] {
    const parts = this.#parts(message['content'], `${path}.content`);
    const cache = cacheOf(message);
    const last = parts[parts.length - 1];
    if (cache !== undefined && (last?.type === 'text' || last?.type === 'image' || last?.type === 'document'))
      parts[parts.length - 1] = { ...last, cache };
    return parts;
  }

  #parts(content: Json | undefined, path: string): CanonicalPart[] {
    if (typeof content === 'string') return [{ type: 'text', text: content }];
    if (content === null || content === undefined) return [];
    if (!Array.isArray(content)) throw wrong(path, 'a string or an array', content);
    return (content as readonly Json[]).flatMap((part, index) =>
      decodePart(needObject(part, `${path}[${String(index)}]`), `${path}[${String(index)}]`, this.#context),
    );
  }

  #result(message: JsonObject, callId: string, name: string | undefined, path: string): CanonicalMessage {
    const call = this.#calls.get(callId);
    const parts = this.#parts(message['content'], `${path}.content`);
    const kept = parts.filter(isResultPart);
    if (kept.length < parts.length)
      this.#context.losses(pointerOf(`${path}.content`), 'a tool result holds text, images and files only');
    return {
      role: 'tool',
      parts: [
        {
          type: 'tool-result',
          callId,
          kind: call?.kind ?? 'function',
          name: call?.name ?? name,
          parts: kept,
          cache: cacheOf(message),
        },
      ],
    };
  }

  #assistant(message: JsonObject, path: string): CanonicalPart[] {
    const parts: CanonicalPart[] = [];
    const reasoning = reasoningOf(message);
    if (reasoning !== '') parts.push({ type: 'reasoning', text: reasoning });
    // Clients put an empty text beside tool calls; it says nothing and some targets refuse it.
    append(
      parts,
      this.#content(message, path).filter((part) => part.type !== 'text' || part.text !== ''),
    );
    const refusal = optionalString(message['refusal'], `${path}.refusal`);
    if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal });
    optionalArray(message['tool_calls'], `${path}.tool_calls`).forEach((entry, index) => {
      const at = `${path}.tool_calls[${String(index)}]`;
      parts.push(this.#keep(decodeCall(needObject(entry, at), at)));
    });
    const legacy = optionalObject(message['function_call'], `${path}.function_call`);
    if (legacy !== undefined) {
      const name = needString(legacy['name'], `${path}.function_call.name`);
      const count = (this.#legacy.get(name)?.count ?? 0) + 1;
      const id = legacyId(name, count);
      this.#legacy.set(name, { id, count });
      parts.push(this.#keep({ type: 'tool-call', id, name, kind: 'function', input: inputOf(legacy['arguments']) }));
    }
    return parts;
  }

  #keep(call: ToolCallPart): ToolCallPart {
    this.#calls.set(call.id, call);
    return call;
  }
}

function legacyId(name: string, count: number): string {
  return count === 1 ? `call_${name}` : `call_${name}_${String(count)}`;
}

function isResultPart(part: CanonicalPart): part is TextPart | ImagePart | DocumentPart {
  return part.type === 'text' || part.type === 'image' || part.type === 'document';
}

function decodeCall(entry: JsonObject, path: string): ToolCallPart {
  const id = needString(entry['id'], `${path}.id`);
  if (entry['type'] === 'custom') {
    const custom = needObject(entry['custom'], `${path}.custom`);
    return {
      type: 'tool-call',
      id,
      name: needString(custom['name'], `${path}.custom.name`),
      kind: 'custom',
      input: asString(custom['input']) ?? '',
    };
  }
  const called = needObject(entry['function'], `${path}.function`);
  const signature = signatureOf(entry);
  return {
    type: 'tool-call',
    id,
    name: needString(called['name'], `${path}.function.name`),
    kind: 'function',
    input: inputOf(called['arguments']),
    opaque: signature === undefined ? undefined : { mint: '', form: 'thought_signature', data: signature },
  };
}

/** Anthropic's mark as OpenRouter and the AI SDK write it, and OpenAI's own breakpoint. */
export function cacheOf(holder: JsonObject): CacheHint | undefined {
  const mark = holder['cache_control'];
  if (isObject(mark)) return mark['ttl'] === '5m' || mark['ttl'] === '1h' ? { ttl: mark['ttl'] } : {};
  return isObject(holder['prompt_cache_breakpoint']) ? {} : undefined;
}

function decodePart(part: JsonObject, path: string, context: DecodeRequestContext): CanonicalPart[] {
  const cache = cacheOf(part);
  switch (part['type']) {
    case 'text':
      if (typeof part['text'] !== 'string') throw wrong(`${path}.text`, 'a string', part['text']);
      return [{ type: 'text', text: part['text'], cache }];
    case 'refusal': {
      const text = optionalString(part['refusal'], `${path}.refusal`) ?? '';
      return text === '' ? [] : [{ type: 'refusal', text }];
    }
    case 'image_url': {
      const image =
        typeof part['image_url'] === 'string'
          ? { url: part['image_url'] }
          : needObject(part['image_url'], `${path}.image_url`);
      return [
        {
          type: 'image',
          source: sourceOfUrl(needString(image['url'], `${path}.image_url.url`)),
          detail: optionalString(image['detail'], `${path}.image_url.detail`),
          cache,
        },
      ];
    }
    case 'input_audio': {
      const audio = needObject(part['input_audio'], `${path}.input_audio`);
      const format = needString(audio['format'], `${path}.input_audio.format`);
      return [
        {
          type: 'audio',
          source: {
            kind: 'base64',
            mediaType: `audio/${format}`,
            data: needString(audio['data'], `${path}.input_audio.data`),
          },
        },
      ];
    }
    case 'file': {
      const file = needObject(part['file'], `${path}.file`);
      const name = optionalString(file['filename'], `${path}.file.filename`);
      const data = optionalString(file['file_data'], `${path}.file.file_data`);
      if (data !== undefined) return [{ type: 'document', source: sourceOfUrl(data, 'application/pdf'), name, cache }];
      return [
        {
          type: 'document',
          source: { kind: 'file', id: needString(file['file_id'], `${path}.file.file_id`) },
          name,
          cache,
        },
      ];
    }
    case 'video_url':
      context.losses(pointerOf(path), 'video input has no counterpart at this target');
      return [];
    // Mistral's thoughts stand among the parts and are read with the message.
    case 'thinking':
      return [];
    default:
      throw wrongWord(`${path}.type`, ['text', 'image_url', 'input_audio', 'file', 'refusal'], part['type']);
  }
}

/** `data:` URLs (RFC 2397) carry their bytes; a bare base64 text is taken as the default type. */
export function sourceOfUrl(url: string, bareType?: string): MediaSource {
  const match = /^data:([^;,]*)((?:;[^;,]*)*),/i.exec(url);
  if (match !== null) {
    const mediaType = match[1] === '' || match[1] === undefined ? 'application/octet-stream' : match[1];
    const data = url.slice(match[0].length);
    return { kind: 'base64', mediaType, data: /;\s*base64$/i.test(match[2] ?? '') ? data : percentDecoded(data) };
  }
  if (bareType !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(url))
    return { kind: 'base64', mediaType: bareType, data: url };
  return { kind: 'url', url };
}

function percentDecoded(data: string): string {
  try {
    return Buffer.from(decodeURIComponent(data), 'utf8').toString('base64');
  } catch {
    // Not percent-encoded text: the bytes as they are.
    return Buffer.from(data, 'latin1').toString('base64');
  }
}
