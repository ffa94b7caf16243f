/** Whole Converse answers, both ways (Amazon Bedrock API reference, Converse, "Response Syntax"). */
import { noUsage } from '../../../../shared/domain/usage.ts';
import { lookup } from '../../../kit/lookup.ts';
import type {
  CanonicalResponse,
  Citation,
  Finish,
  FinishReason,
  Json,
  JsonObject,
  Opaque,
  ReasoningPart,
  ToolCallPart,
} from '../canonical.ts';
import {
  asArray,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
} from '../dialect.ts';
import { encodeImage } from './media.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

type AnswerPart = CanonicalResponse['parts'][number];

const stopReasons = lookup<FinishReason>({
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'refusal',
});

/** `extra` is `additionalModelResponseFields`, where Claude names the sequence it stopped at when asked to. */
export function decodeFinish(raw: string | undefined, hasCalls: boolean, extra: JsonObject): Finish {
  const reason = raw === undefined ? 'other' : (stopReasons[raw] ?? 'other');
  // A stream gives it where its own last event has it.
  const stopSequence = asString(extra['stop_sequence'] ?? asObject(extra['delta'])['stop_sequence']);
  // Some models say "end_turn" after tool calls; a client's loop must go on.
  const isMistaken = hasCalls && (raw === 'end_turn' || raw === undefined);
  return { reason: isMistaken ? 'tool_calls' : reason, raw, ...(stopSequence === undefined ? {} : { stopSequence }) };
}

/** The provider's own word when it was one of Converse's and still says the same. */
export function encodeFinish(finish: Finish): string {
  if (finish.raw !== undefined && finish.raw !== 'refusal' && stopReasons[finish.raw] === finish.reason)
    return finish.raw;
  switch (finish.reason) {
    case 'stop':
      return finish.stopSequence === undefined ? 'end_turn' : 'stop_sequence';
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'content_filter':
    case 'refusal':
      return 'content_filtered';
    default:
      return 'end_turn';
  }
}

export function finishFields(finish: Finish): JsonObject {
  return finish.stopSequence === undefined
    ? {}
    : { additionalModelResponseFields: { stop_sequence: finish.stopSequence } };
}

/** JSON text of an object, never empty. */
export function inputOf(value: Json | undefined): string {
  if (typeof value === 'string') return value.trim() === '' ? '{}' : value;
  return isObject(value) ? JSON.stringify(value) : '{}';
}

/** What Converse can hold of a call: an object. Free-form input is put into one; broken JSON is kept as text. */
export function inputObject(call: Pick<ToolCallPart, 'kind' | 'input'>): {
  readonly input: JsonObject;
  readonly isWhole: boolean;
} {
  if (call.kind === 'custom') return { input: { input: call.input }, isWhole: true };
  if (call.input.trim() === '') return { input: {}, isWhole: true };
  try {
    const value: unknown = JSON.parse(call.input);
    if (isObject(value)) return { input: value, isWhole: true };
  } catch {
    // A model may have been cut off in the middle of its arguments.
  }
  return { input: { input: call.input }, isWhole: false };
}

export function citationOf(value: JsonObject): Citation {
  const location = asObject(asObject(value['location'])['web']);
  const cited = asArray(value['sourceContent'])
    .map((one) => asString(asObject(one)['text']) ?? '')
    .join('');
  return {
    url: asString(location['url']) ?? asString(value['source']),
    title: asString(value['title']),
    citedText: cited === '' ? undefined : cited,
  };
}

export function encodeCitation(citation: Citation): JsonObject {
  return {
    ...(citation.title === undefined ? {} : { title: citation.title }),
    ...(citation.url === undefined ? {} : { source: citation.url, location: { web: { url: citation.url } } }),
    ...(citation.citedText === undefined ? {} : { sourceContent: [{ text: citation.citedText }] }),
  };
}

/** `reasoningContent`: signed text, or bytes only the provider can read. */
export function decodeReasoning(value: JsonObject, mint: string): ReasoningPart {
  const redacted = asString(value['redactedContent']);
  if (redacted !== undefined)
    return { type: 'reasoning', text: '', opaque: { mint, form: 'redacted', data: redacted } };
  const text = asObject(value['reasoningText']);
  const signature = asString(text['signature']);
  return {
    type: 'reasoning',
    text: asString(text['text']) ?? '',
    opaque: signature === undefined || signature === '' ? undefined : { mint, form: 'signature', data: signature },
  };
}

/** The block for reasoning with what proves it; `undefined` when nothing does. */
export function encodeSignedReasoning(text: string, opaque: Opaque | undefined): JsonObject | undefined {
  if (opaque === undefined || opaque.data === '') return undefined;
  if (opaque.form === 'redacted') return { reasoningContent: { redactedContent: opaque.data } };
  return opaque.form === 'signature'
    ? { reasoningContent: { reasoningText: { text, signature: opaque.data } } }
    : undefined;
}

function decodeBlock(block: JsonObject, context: DecodeAnswerContext): AnswerPart[] {
  const text = asString(block['text']);
  if (text !== undefined) return text === '' ? [] : [{ type: 'text', text }];
  if (isObject(block['toolUse'])) {
    const call = block['toolUse'];
    const id = asString(call['toolUseId']) ?? '';
    return [
      {
        type: 'tool-call',
        id: id === '' ? context.newId('tooluse_') : id,
        name: asString(call['name']) ?? '',
        kind: 'function',
        input: inputOf(call['input']),
      },
    ];
  }
  if (isObject(block['reasoningContent'])) return [decodeReasoning(block['reasoningContent'], context.mint)];
  if (isObject(block['citationsContent'])) {
    const cited = block['citationsContent'];
    const said = asArray(cited['content'])
      .map((one) => asString(asObject(one)['text']) ?? '')
      .join('');
    return said === ''
      ? []
      : [{ type: 'text', text: said, citations: asArray(cited['citations']).map((one) => citationOf(asObject(one))) }];
  }
  if (isObject(block['image'])) {
    const data = asString(asObject(block['image']['source'])['bytes']);
    if (data !== undefined)
      return [
        {
          type: 'image',
          source: { kind: 'base64', mediaType: `image/${asString(block['image']['format']) ?? 'png'}`, data },
        },
      ];
  }
  context.losses(Object.keys(block)[0] ?? 'content', 'this block of the answer has no counterpart');
  return [];
}

/** Lenient: what is missing is empty. Converse names no id (it is a header) and no model: an id is made up. */
export function decodeAnswer(body: JsonObject, context: DecodeAnswerContext): CanonicalResponse {
  const message = asObject(asObject(body['output'])['message']);
  const parts = asArray(message['content']).flatMap((block) => decodeBlock(asObject(block), context));
  const raw = body['usage'];
  const tier = asString(asObject(body['serviceTier'])['type']);
  return {
    id: context.newId('msg_'),
    model: '',
    parts,
    finish: decodeFinish(
      asString(body['stopReason']),
      parts.some((part) => part.type === 'tool-call'),
      asObject(body['additionalModelResponseFields']),
    ),
    usage: isObject(raw) ? decodeUsage(raw, body['serviceTier']) : undefined,
    rawUsage: isObject(raw) ? raw : undefined,
    ...(tier === undefined ? {} : { serviceTier: tier }),
  };
}

function encodeBlock(part: AnswerPart, context: EncodeAnswerContext): JsonObject[] {
  switch (part.type) {
    case 'text':
      if (part.text === '') return [];
      if (part.citations === undefined || part.citations.length === 0) return [{ text: part.text }];
      return [{ citationsContent: { content: [{ text: part.text }], citations: part.citations.map(encodeCitation) } }];
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning': {
      const signed = encodeSignedReasoning(part.text, part.opaque);
      if (signed !== undefined) return [signed];
      return part.text === '' ? [] : [{ reasoningContent: { reasoningText: { text: part.text } } }];
    }
    case 'tool-call':
      return [{ toolUse: { toolUseId: part.id, name: part.name, input: inputObject(part).input } }];
    case 'image': {
      const image = encodeImage(part, 'image', context.losses);
      return image === undefined ? [] : [image];
    }
    case 'audio':
      context.losses('audio', 'answers of Converse hold no sound here');
      return [];
  }
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const content = response.parts.flatMap((part) => encodeBlock(part, context));
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: encodeFinish(response.finish),
    ...finishFields(response.finish),
    usage: encodeUsage(response.usage ?? noUsage),
    // How long the provider took is not known here, and clients do not live on it.
    metrics: { latencyMs: 0 },
    ...(response.serviceTier === undefined ? {} : { serviceTier: { type: response.serviceTier } }),
  };
}
