/** The whole answer a stream came to: the opposite of telling a whole answer as a stream. */
import { maxUsage, noUsage, type Usage } from '../../shared/domain/usage.ts';
import type { CanonicalResponse, Finish, JsonObject, StreamPart, TokenLogprob } from './dialects/canonical.ts';
import { append } from './dialects/dialect.ts';

type ResponsePart = CanonicalResponse['parts'][number];
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** `undefined` when the stream did not come to its end. */
export function responseOfParts(stream: readonly StreamPart[]): CanonicalResponse | undefined {
  const blocks = new Map<number, Writable<ResponsePart>>();
  let start: Extract<StreamPart, { type: 'response-start' }> | undefined;
  let finish: Finish | undefined;
  let usage: Usage | undefined;
  let rawUsage: JsonObject | undefined;
  const logprobs: TokenLogprob[] = [];
  let isWhole = false;
  for (const part of stream) {
    switch (part.type) {
      case 'response-start':
        start = part;
        break;
      case 'usage':
        usage = maxUsage(usage ?? noUsage, part.usage);
        rawUsage = part.raw ?? rawUsage;
        break;
      case 'finish':
        finish = part.finish;
        break;
      case 'response-end':
        isWhole = true;
        break;
      case 'error':
        return undefined;
      default:
        if (part.type === 'text-delta' && part.logprobs !== undefined) append(logprobs, part.logprobs);
        takeBlock(blocks, part);
    }
  }
  if (start === undefined || finish === undefined || !isWhole) return undefined;
  return {
    id: start.id,
    model: start.model,
    createdAt: start.createdAt,
    serviceTier: start.serviceTier,
    parts: [...blocks.values()],
    finish,
    usage,
    rawUsage,
    logprobs: logprobs.length === 0 ? undefined : logprobs,
  };
}

type BlockPart = Exclude<StreamPart, { type: 'response-start' | 'usage' | 'finish' | 'response-end' | 'error' }>;

function takeBlock(blocks: Map<number, Writable<ResponsePart>>, part: BlockPart): void {
  const open = blocks.get(part.block);
  switch (part.type) {
    case 'text-start':
      blocks.set(part.block, { type: 'text', text: '' });
      break;
    case 'reasoning-start':
      blocks.set(part.block, { type: 'reasoning', text: '', id: part.id });
      break;
    case 'refusal-start':
      blocks.set(part.block, { type: 'refusal', text: '' });
      break;
    case 'tool-call-start': {
      const { id, name, namespace, kind } = part;
      blocks.set(part.block, { type: 'tool-call', id, name, namespace, kind, input: '' });
      break;
    }
    case 'media':
      blocks.set(part.block, part.part);
      break;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      if (open !== undefined && 'text' in open) open.text += part.text;
      break;
    case 'tool-call-delta':
      if (open?.type === 'tool-call') open.input += part.input;
      break;
    case 'text-end':
      if (open?.type === 'text') Object.assign(open, { opaque: part.opaque, citations: part.citations });
      break;
    case 'reasoning-end':
      if (open?.type === 'reasoning') Object.assign(open, { opaque: part.opaque, id: part.id ?? open.id });
      break;
    case 'tool-call-end':
      if (open?.type === 'tool-call') {
        open.opaque = part.opaque;
        // No piece at all means no arguments.
        if (open.input === '' && open.kind !== 'custom') open.input = '{}';
      }
      break;
    case 'refusal-end':
      break;
  }
}
