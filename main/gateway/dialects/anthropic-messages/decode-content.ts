/** A client's content blocks in canonical form (https://platform.claude.com/docs/en/api/messages, content). */
import { lookup } from '../../../kit/lookup.ts';
import type {
  CacheHint,
  CanonicalPart,
  DocumentPart,
  ImagePart,
  Json,
  JsonObject,
  MediaSource,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../canonical.ts';
import { append, asArray, asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import { needObject, needString, optionalArray, optionalBoolean, optionalString, wrong } from '../fields.ts';

/** Blocks that only mean something to the provider that made them. */
const providerBlocks = lookup<string>({
  server_tool_use: 'a call the provider ran itself has no counterpart elsewhere',
  mcp_tool_use: 'a call the provider ran itself has no counterpart elsewhere',
  container_upload: 'a file of the provider’s container cannot be reached from elsewhere',
  tool_reference: 'tools found by the provider’s search are offered to this target from the start',
  tool_addition: 'the tool list cannot change in the middle of this conversation',
  tool_removal: 'the tool list cannot change in the middle of this conversation',
});

type ContentPart = TextPart | ImagePart | DocumentPart;

/** What a turn's blocks are read with: the calls seen so far, by id, so that results know their tool. */
export interface BlockReader {
  readonly context: DecodeRequestContext;
  readonly calls: Map<string, ToolCallPart>;
}

/** `content` of a message: text or blocks. Throws `read.invalid_field` for what is neither and for unknown block types. */
export function decodeContent(content: Json | undefined, path: string, reader: BlockReader): CanonicalPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrong(path, 'a string or an array', content);
  return (content as readonly Json[]).flatMap((block, index) => {
    const at = `${path}[${String(index)}]`;
    return decodeBlock(needObject(block, at), at, reader);
  });
}

export function decodeCache(value: Json | undefined, path: string): { cache?: CacheHint } {
  if (value === undefined || value === null) return {};
  const ttl = needObject(value, path)['ttl'];
  if (ttl === undefined || ttl === null) return { cache: {} };
  if (ttl !== '5m' && ttl !== '1h') throw wrong(`${path}.ttl`, '"5m" or "1h"', ttl);
  return { cache: { ttl } };
}

function decodeBlock(block: JsonObject, path: string, reader: BlockReader): CanonicalPart[] {
  switch (block['type']) {
    case 'thinking': {
      const text = optionalString(block['thinking'], `${path}.thinking`) ?? '';
      const signature = optionalString(block['signature'], `${path}.signature`) ?? '';
      return [
        {
          type: 'reasoning',
          text,
          ...(signature === '' ? {} : { opaque: { mint: '', form: 'signature', data: signature } }),
        },
      ];
    }
    case 'redacted_thinking':
      return [
        {
          type: 'reasoning',
          text: '',
          opaque: { mint: '', form: 'redacted', data: needString(block['data'], `${path}.data`) },
        },
      ];
    case 'tool_use': {
      const call = decodeCall(block, path);
      reader.calls.set(call.id, call);
      return [call];
    }
    case 'tool_result':
      return [decodeResult(block, path, reader)];
    default:
      return decodeContentBlock(block, path, reader.context);
  }
}

function decodeCall(block: JsonObject, path: string): ToolCallPart {
  const { input } = block;
  if (input !== undefined && input !== null && !isObject(input)) throw wrong(`${path}.input`, 'an object', input);
  return {
    type: 'tool-call',
    id: needString(block['id'], `${path}.id`),
    name: needString(block['name'], `${path}.name`),
    kind: 'function',
    input: JSON.stringify(input ?? {}),
    ...decodeCache(block['cache_control'], `${path}.cache_control`),
  };
}

function decodeResult(block: JsonObject, path: string, reader: BlockReader): ToolResultPart {
  const callId = needString(block['tool_use_id'], `${path}.tool_use_id`);
  const call = reader.calls.get(callId);
  const { content } = block;
  const isError = optionalBoolean(block['is_error'], `${path}.is_error`);
  return {
    type: 'tool-result',
    callId,
    kind: 'function',
    ...(call === undefined ? {} : { name: call.name }),
    parts:
      content === undefined || content === null ? [] : decodeResultContent(content, `${path}.content`, reader.context),
    ...(isError === undefined ? {} : { isError }),
    ...decodeCache(block['cache_control'], `${path}.cache_control`),
  };
}

function decodeResultContent(content: Json, path: string, context: DecodeRequestContext): ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrong(path, 'a string or an array', content);
  return (content as readonly Json[]).flatMap((block, index) => {
    const at = `${path}[${String(index)}]`;
    return decodeContentBlock(needObject(block, at), at, context);
  });
}

/** Blocks that may stand in a message and in a tool result alike. */
function decodeContentBlock(block: JsonObject, path: string, context: DecodeRequestContext): ContentPart[] {
  const type = asString(block['type']) ?? '';
  const cache = decodeCache(block['cache_control'], `${path}.cache_control`);
  switch (type) {
    case 'text':
      if (typeof block['text'] !== 'string') throw wrong(`${path}.text`, 'a string', block['text']);
      return [{ type: 'text', text: block['text'], ...cache }];
    case 'image':
      return [{ type: 'image', source: decodeSource(block['source'], `${path}.source`), ...cache }];
    case 'document':
      return decodeDocument(block, path, context);
    case 'search_result':
      return [{ type: 'text', text: searchResultText(block, path, context), ...cache }];
    case 'compaction':
      // The summary that stands for the turns before it: without it the conversation has lost its beginning.
      return typeof block['content'] === 'string' ? [{ type: 'text', text: block['content'], ...cache }] : [];
    default: {
      const why =
        providerBlocks[type] ??
        (/_tool_result$/.test(type)
          ? 'the result of a tool the provider ran itself has no counterpart elsewhere'
          : undefined);
      if (why === undefined) throw wrong(`${path}.type`, 'a known kind of content block', block['type']);
      context.losses(path, why);
      return [];
    }
  }
}

function decodeSource(value: Json | undefined, path: string): MediaSource {
  const source = needObject(value, path);
  switch (source['type']) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: needString(source['media_type'], `${path}.media_type`),
        data: needString(source['data'], `${path}.data`),
      };
    case 'url':
      return { kind: 'url', url: needString(source['url'], `${path}.url`) };
    case 'file':
      return { kind: 'file', id: needString(source['file_id'], `${path}.file_id`) };
    case 'text':
      if (typeof source['data'] !== 'string') throw wrong(`${path}.data`, 'a string', source['data']);
      return { kind: 'text', text: source['data'], mediaType: 'text/plain' };
    default:
      throw wrong(`${path}.type`, 'one of base64, url, file, text, content', source['type']);
  }
}

function decodeDocument(block: JsonObject, path: string, context: DecodeRequestContext): ContentPart[] {
  const name = optionalString(block['title'], `${path}.title`);
  const about = optionalString(block['context'], `${path}.context`);
  const cache = decodeCache(block['cache_control'], `${path}.cache_control`);
  if (asObject(block['citations'])['enabled'] === true)
    context.losses(`${path}.citations`, 'this target does not cite documents');
  const parts: ContentPart[] = [];
  // Said to the model about the document, not part of it: no other dialect has a field for it.
  if (about !== undefined && about !== '')
    parts.push({
      type: 'text',
      text: `About the document ${name === undefined ? 'that follows' : `"${name}"`}: ${about}`,
    });
  const named = { ...(name === undefined ? {} : { name }), ...cache };
  const source = needObject(block['source'], `${path}.source`);
  if (source['type'] !== 'content') {
    parts.push({ type: 'document', source: decodeSource(source, `${path}.source`), ...named });
    return parts;
  }
  const inner = decodeResultContent(source['content'] ?? null, `${path}.source.content`, context);
  const text = inner
    .filter((part) => part.type === 'text')
    .map((part) => part.text)
    .join('\n');
  if (text !== '') parts.push({ type: 'document', source: { kind: 'text', text, mediaType: 'text/plain' }, ...named });
  append(
    parts,
    inner.filter((part) => part.type !== 'text'),
  );
  return parts;
}

function searchResultText(block: JsonObject, path: string, context: DecodeRequestContext): string {
  const content = optionalArray(block['content'], `${path}.content`);
  const text = content.map((one) => asString(asObject(one)['text']) ?? '').join('\n');
  if (asObject(block['citations'])['enabled'] === true)
    context.losses(`${path}.citations`, 'a search result crosses as plain text');
  return `${[asString(block['title']), asString(block['source'])].filter((line) => line !== undefined && line !== '').join('\n')}\n\n${text}`;
}

/** Text of a `system` value, which holds nothing but text. */
export function decodeSystem(value: Json | undefined, path: string, reader: BlockReader): TextPart[] {
  return decodeContent(value, path, reader).filter((part): part is TextPart => {
    if (part.type === 'text') return true;
    throw wrong(path, 'text blocks only', asArray(value)[0]);
  });
}
