/** The messages of a client's Converse request in canonical form. */
import type {
  CacheHint,
  CanonicalMessage,
  CanonicalPart,
  DocumentPart,
  ImagePart,
  JsonObject,
  TextPart,
  ToolResultPart,
} from '../canonical.ts';
import { append, asArray, asObject, asString, isObject, type DecodeRequestContext } from '../dialect.ts';
import { citationOf, decodeReasoning } from './answer.ts';
import { needObject, needString, optionalArray, pointerOf, wrong, wrongWord } from '../fields.ts';
import { decodeDocument, decodeImage } from './media.ts';

/** Tool results of a user turn are messages of their own here. `names` remembers which tool each call was for. */
export function decodeMessage(
  message: JsonObject,
  path: string,
  names: Map<string, string>,
  context: DecodeRequestContext,
): CanonicalMessage[] {
  const role = message['role'];
  if (role !== 'user' && role !== 'assistant') throw wrongWord(`${path}.role`, ['user', 'assistant'], role);
  const parts: CanonicalPart[] = [];
  optionalArray(message['content'], `${path}.content`).forEach((entry, index) => {
    const at = `${path}.content[${String(index)}]`;
    const block = needObject(entry, at);
    const last = parts.at(-1);
    if (!isObject(block['cachePoint'])) append(parts, decodeBlock(block, at, names, context));
    else if (last !== undefined && holdsCache(last))
      parts[parts.length - 1] = { ...last, cache: cacheOf(block['cachePoint']) };
  });
  if (role === 'assistant') return [{ role, parts }];
  const messages: { role: 'user' | 'tool'; parts: CanonicalPart[] }[] = [];
  for (const part of parts) {
    const own = part.type === 'tool-result' ? 'tool' : 'user';
    const last = messages.at(-1);
    if (last?.role === own) last.parts.push(part);
    else messages.push({ role: own, parts: [part] });
  }
  return messages.length === 0 ? [{ role, parts }] : messages;
}

/** A cache point marks what stands before it. */
export function cacheOf(point: JsonObject): CacheHint {
  const ttl = point['ttl'];
  return ttl === '5m' || ttl === '1h' ? { ttl } : {};
}

type Cached = Exclude<CanonicalPart, { type: 'audio' | 'reasoning' | 'refusal' }>;

function holdsCache(part: CanonicalPart): part is Cached {
  return part.type !== 'audio' && part.type !== 'reasoning' && part.type !== 'refusal';
}

function decodeBlock(
  block: JsonObject,
  path: string,
  names: Map<string, string>,
  context: DecodeRequestContext,
): CanonicalPart[] {
  const kind = Object.keys(block)[0] ?? '';
  if (kind === 'text') {
    if (typeof block['text'] !== 'string') throw wrong(`${path}.text`, 'a string', block['text']);
    return [{ type: 'text', text: block['text'] }];
  }
  const value = needObject(block[kind], `${path}.${kind === '' ? 'text' : kind}`);
  const at = `${path}.${kind}`;
  switch (kind) {
    case 'image':
      return [decodeImage(value, at)];
    case 'document':
      lossesOfDocument(value, at, context);
      return [decodeDocument(value, at)];
    case 'toolUse': {
      const id = needString(value['toolUseId'], `${at}.toolUseId`);
      const name = needString(value['name'], `${at}.name`);
      names.set(id, name);
      return [
        {
          type: 'tool-call',
          id,
          name,
          kind: 'function',
          input: JSON.stringify(needObject(value['input'] ?? {}, `${at}.input`)),
        },
      ];
    }
    case 'toolResult':
      return [decodeResult(value, at, names, context)];
    case 'reasoningContent':
      return [decodeReasoning(value, '')];
    case 'citationsContent':
      return [
        {
          type: 'text',
          text: asArray(value['content'])
            .map((one) => asString(asObject(one)['text']) ?? '')
            .join(''),
          citations: asArray(value['citations']).map((one) => citationOf(asObject(one))),
        },
      ];
    case 'audio':
    case 'video':
    case 'guardContent':
    case 'searchResult':
      context.losses(pointerOf(path), `${kind} has no counterpart at this target`);
      return [];
    default:
      throw wrong(
        path,
        'a block with one of text, image, document, toolUse, toolResult, reasoningContent, cachePoint',
        block,
      );
  }
}

function lossesOfDocument(value: JsonObject, path: string, context: DecodeRequestContext): void {
  for (const name of ['context', 'citations'])
    if (value[name] !== undefined) context.losses(pointerOf(`${path}.${name}`), 'has no counterpart at this target');
}

function decodeResult(
  value: JsonObject,
  path: string,
  names: Map<string, string>,
  context: DecodeRequestContext,
): ToolResultPart {
  const callId = needString(value['toolUseId'], `${path}.toolUseId`);
  const status = value['status'];
  if (status !== undefined && status !== 'success' && status !== 'error')
    throw wrongWord(`${path}.status`, ['success', 'error'], status);
  const parts = optionalArray(value['content'], `${path}.content`).flatMap(
    (entry, index): (TextPart | ImagePart | DocumentPart)[] => {
      const at = `${path}.content[${String(index)}]`;
      const block = needObject(entry, at);
      if (block['json'] !== undefined) return [{ type: 'text', text: JSON.stringify(block['json']) }];
      if (block['text'] !== undefined) return [{ type: 'text', text: needText(block, at) }];
      if (block['image'] !== undefined) return [decodeImage(needObject(block['image'], `${at}.image`), `${at}.image`)];
      if (block['document'] !== undefined)
        return [decodeDocument(needObject(block['document'], `${at}.document`), `${at}.document`)];
      context.losses(pointerOf(at), `${Object.keys(block)[0] ?? 'this block'} has no counterpart at this target`);
      return [];
    },
  );
  const name = names.get(callId);
  return {
    type: 'tool-result',
    callId,
    kind: 'function',
    parts,
    ...(name === undefined ? {} : { name }),
    ...(status === 'error' ? { isError: true } : {}),
  };
}

function needText(block: JsonObject, path: string): string {
  if (typeof block['text'] !== 'string') throw wrong(`${path}.text`, 'a string', block['text']);
  return block['text'];
}
