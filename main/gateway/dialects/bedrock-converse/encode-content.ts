/** Canonical parts as content blocks of a Converse message. */
import { createHash } from 'node:crypto';
import type { CacheHint, CanonicalPart, JsonObject, LossSink, ToolCallPart, ToolResultPart } from '../canonical.ts';
import { encodeSignedReasoning, inputObject } from './answer.ts';
import { encodeDocument, encodeImage, type DocumentNames } from './media.ts';
import { cachesAnHour, cachesPrompts, takesResultStatus } from './models.ts';

export interface ContentContext {
  readonly model: string;
  readonly losses: LossSink;
  readonly names: DocumentNames;
  readonly ids: CallIds;
  /** Filled with the names of tools the history calls. */
  readonly usedTools: Set<string>;
  /** The model knows no tools: calls and results are told as text. */
  readonly noTools: boolean;
}

/** A call of the history: its id at the client and on the wire. */
export interface SentCall {
  readonly id: string;
  readonly toolUseId: string;
}

/** Ids must match `[a-zA-Z0-9_-]+`, at most 64 long: others become one that does, always the same. */
function fittingId(id: string): string {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(id)) return id;
  return `${id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 47)}_${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

/** Gives each call an id of its own: some clients count anew in each turn, and Claude refuses an id that comes twice. */
export class CallIds {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();
  #recent: SentCall[] = [];

  take(id: string): string {
    const base = fittingId(id);
    let toolUseId = base;
    let count = this.#counts.get(base) ?? 1;
    while (this.#taken.has(toolUseId)) toolUseId = `${base.slice(0, 56)}_${String(++count)}`;
    this.#counts.set(base, count);
    this.#taken.add(toolUseId);
    this.#recent.push({ id, toolUseId });
    return toolUseId;
  }

  /** The calls since the last time this was asked. */
  drain(): SentCall[] {
    const calls = this.#recent;
    this.#recent = [];
    return calls;
  }
}

/** Converse answers text without a letter with a 400. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}

export function cachePoint(hint: CacheHint, model: string): JsonObject {
  return {
    cachePoint: hint.ttl === '1h' && cachesAnHour(model) ? { type: 'default', ttl: '1h' } : { type: 'default' },
  };
}

export function encodeParts(
  parts: readonly CanonicalPart[],
  role: 'user' | 'assistant',
  path: string,
  context: ContentContext,
): JsonObject[] {
  return parts.flatMap((part) => {
    const blocks = encodePart(part, role, path, context);
    return blocks.length === 0 ? blocks : [...blocks, ...cachePointOf(part, context)];
  });
}

function cachePointOf(part: CanonicalPart, context: ContentContext): JsonObject[] {
  const hint = 'cache' in part ? part.cache : undefined;
  return hint === undefined || !cachesPrompts(context.model) ? [] : [cachePoint(hint, context.model)];
}

function encodePart(
  part: CanonicalPart,
  role: 'user' | 'assistant',
  path: string,
  context: ContentContext,
): JsonObject[] {
  const { losses } = context;
  switch (part.type) {
    case 'text':
      if ((part.citations ?? []).length > 0) losses(`${path}/citations`, 'sources of earlier answers stay behind');
      return isBlank(part.text) ? [] : [{ text: part.text }];
    case 'refusal':
      return isBlank(part.text) ? [] : [{ text: part.text }];
    case 'image':
    case 'document': {
      if (role === 'assistant')
        return lost(`${path}/${part.type}`, `an assistant turn of Converse holds no ${part.type}`, losses);
      return encodeMedium(part, path, context);
    }
    case 'audio':
      return lost(`${path}/audio`, 'Converse takes no sound', losses);
    case 'reasoning':
      return encodeReasoning(part, path, losses);
    case 'tool-call':
      return [encodeCall(part, path, context)];
    case 'tool-result':
      return lost(`${path}/${part.callId}`, 'a tool result has no place in this message', losses);
  }
}

function lost(path: string, why: string, losses: LossSink): JsonObject[] {
  losses(path, why);
  return [];
}

function encodeMedium(
  part: Extract<CanonicalPart, { type: 'image' | 'document' }>,
  path: string,
  context: ContentContext,
): JsonObject[] {
  const { losses, names } = context;
  const block =
    part.type === 'image'
      ? encodeImage(part, `${path}/image`, losses)
      : encodeDocument(part, names, `${path}/document`, losses);
  return block === undefined ? [] : [block];
}

function encodeReasoning(
  part: Extract<CanonicalPart, { type: 'reasoning' }>,
  path: string,
  losses: LossSink,
): JsonObject[] {
  const block = encodeSignedReasoning(part.text, part.opaque);
  if (block !== undefined) return [block];
  return part.text === ''
    ? []
    : lost(`${path}/reasoning`, 'reasoning without a signature of this provider cannot be given back', losses);
}

function encodeCall(call: ToolCallPart, path: string, context: ContentContext): JsonObject {
  const { input, isWhole } = inputObject(call);
  if (context.noTools) {
    context.losses(`${path}/${call.id}`, 'this model knows no tools: the call was passed on as text');
    return { text: `[Called ${call.name} with ${call.input}]` };
  }
  if (!isWhole)
    context.losses(`${path}/${call.id}`, 'the arguments are not a JSON object: they were passed on as text in one');
  context.usedTools.add(call.name);
  return { toolUse: { toolUseId: context.ids.take(call.id), name: call.name, input } };
}

/** The result block and its cache point. */
export function encodeResultBlocks(
  part: ToolResultPart,
  toolUseId: string,
  path: string,
  context: ContentContext,
): JsonObject[] {
  const hasStatus = takesResultStatus(context.model);
  const content = part.parts.flatMap((one): JsonObject[] => {
    if (one.type === 'text') return one.text === '' ? [] : [{ text: one.text }];
    return encodeMedium(one, `${path}/${part.callId}`, context);
  });
  if (content.length === 0) content.push({ text: '(no output)' });
  const saysError = content.some((one) => typeof one['text'] === 'string' && /error/i.test(one['text']));
  if (part.isError === true && !hasStatus && !saysError) content.unshift({ text: 'Error:' });
  return [
    { toolResult: { toolUseId, content, ...(part.isError === true && hasStatus ? { status: 'error' } : {}) } },
    ...cachePointOf(part, context),
  ];
}
