/** Whole Messages answers, both ways. */
import { lookup } from '../../../kit/lookup.ts';
import type {
  CanonicalResponse,
  Citation,
  Finish,
  FinishReason,
  Json,
  JsonObject,
  LossSink,
  Opaque,
} from '../canonical.ts';
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
} from '../dialect.ts';
import { decodeUsage, encodeUsage, servedTier } from './usage.ts';

type AnswerPart = CanonicalResponse['parts'][number];

const stopReasons = lookup<FinishReason>({
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  pause_turn: 'pause',
  compaction: 'pause',
  refusal: 'refusal',
});

export function decodeFinish(raw: string | undefined, stopSequence: string | undefined, hasCalls: boolean): Finish {
  const reason = raw === undefined ? 'other' : (stopReasons[raw] ?? 'other');
  return {
    // Some compatible servers say "end_turn" after tool calls; a client's loop must go on.
    reason: hasCalls && (reason === 'stop' || reason === 'other') ? 'tool_calls' : reason,
    ...(raw === undefined ? {} : { raw }),
    ...(stopSequence === undefined ? {} : { stopSequence }),
  };
}

/** `hasRefusal`: the answer holds a refusal, whatever the provider said of its end. */
export function encodeFinish(
  finish: Finish | undefined,
  hasRefusal: boolean,
): { stop_reason: string; stop_sequence: string | null } {
  const word = (reason: string): { stop_reason: string; stop_sequence: null } => ({
    stop_reason: reason,
    stop_sequence: null,
  });
  switch (finish?.reason) {
    case 'length':
      return word(finish.raw === 'model_context_window_exceeded' ? finish.raw : 'max_tokens');
    case 'tool_calls':
      return word('tool_use');
    case 'content_filter':
    case 'refusal':
      return word('refusal');
    case 'pause':
      return word('pause_turn');
    default:
      if (hasRefusal) return word('refusal');
      return finish?.stopSequence === undefined
        ? word('end_turn')
        : { stop_reason: 'stop_sequence', stop_sequence: finish.stopSequence };
  }
}

/** What the provider says of a refusal, where it says something. */
export function refusalOf(stopDetails: Json | undefined): string | undefined {
  const details = asObject(stopDetails);
  const text = details['type'] === 'refusal' ? asString(details['explanation']) : undefined;
  return text === '' ? undefined : text;
}

export function decodeAnswer(body: JsonObject, context: DecodeAnswerContext): CanonicalResponse {
  const parts = asArray(body['content']).flatMap((block) => decodeBlock(asObject(block), context));
  const refusal = refusalOf(body['stop_details']);
  if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
  const raw = body['usage'];
  const tier = servedTier(raw);
  return {
    id: asString(body['id']) ?? context.newId('msg_'),
    model: asString(body['model']) ?? '',
    parts,
    finish: decodeFinish(
      asString(body['stop_reason']),
      asString(body['stop_sequence']),
      parts.some((part) => part.type === 'tool-call'),
    ),
    ...(isObject(raw) ? { usage: decodeUsage(raw), rawUsage: raw } : {}),
    ...(tier === undefined ? {} : { serviceTier: tier }),
  };
}

function decodeBlock(block: JsonObject, context: DecodeAnswerContext): AnswerPart[] {
  switch (block['type']) {
    case 'text': {
      const text = asString(block['text']) ?? '';
      const citations = decodeCitations(asArray(block['citations']));
      return text === '' ? [] : [{ type: 'text', text, ...(citations === undefined ? {} : { citations }) }];
    }
    case 'thinking': {
      const opaque = opaqueOf('signature', asString(block['signature']), context.mint);
      return [
        { type: 'reasoning', text: asString(block['thinking']) ?? '', ...(opaque === undefined ? {} : { opaque }) },
      ];
    }
    case 'redacted_thinking': {
      const opaque = opaqueOf('redacted', asString(block['data']), context.mint);
      return opaque === undefined ? [] : [{ type: 'reasoning', text: '', opaque }];
    }
    case 'tool_use':
      return [
        {
          type: 'tool-call',
          id: asString(block['id']) ?? context.newId('toolu_'),
          name: asString(block['name']) ?? '',
          kind: 'function',
          input: typeof block['input'] === 'string' ? block['input'] || '{}' : JSON.stringify(block['input'] ?? {}),
        },
      ];
    default:
      loseBlock(block, context.losses);
      return [];
  }
}

/** Blocks of tools the provider runs itself, and kinds this version does not know. */
export function loseBlock(block: JsonObject, losses: LossSink): void {
  losses(
    `content/${asString(block['type']) ?? 'unknown'}`,
    'this part of the answer has no counterpart for the client',
  );
}

export function opaqueOf(form: 'signature' | 'redacted', data: string | undefined, mint: string): Opaque | undefined {
  return data === undefined || data === '' ? undefined : { mint, form, data };
}

export function decodeCitations(citations: readonly Json[]): readonly Citation[] | undefined {
  const found = citations.map(asObject).map((one): Citation => {
    const url = asString(one['url']) ?? asString(one['source']);
    const title = asString(one['title']) ?? asString(one['document_title']);
    const citedText = asString(one['cited_text']);
    const startIndex = asNumber(one['start_char_index']);
    const endIndex = asNumber(one['end_char_index']);
    return {
      ...(url === undefined ? {} : { url }),
      ...(title === undefined ? {} : { title }),
      ...(citedText === undefined ? {} : { citedText }),
      // Places in the cited document, told only when there is no URL: for a web page they would be read as places in the answer.
      ...(url === undefined && startIndex !== undefined ? { startIndex } : {}),
      ...(url === undefined && endIndex !== undefined ? { endIndex } : {}),
    };
  });
  return found.length === 0 ? undefined : found;
}

/** Only web sources have a shape here that needs nothing but what we know. */
export function encodeCitations(citations: readonly Citation[]): JsonObject[] {
  return citations.flatMap((one): JsonObject[] =>
    one.url === undefined
      ? []
      : [
          {
            type: 'web_search_result_location',
            url: one.url,
            title: one.title ?? null,
            cited_text: one.citedText ?? '',
            encrypted_index: '',
          },
        ],
  );
}

/** Answers of other providers keep no foreign id: clients of this dialect know messages by `msg_`. */
export function messageId(id: string, newId: (prefix: string) => string): string {
  return id.startsWith('msg_') ? id : newId('msg_');
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const finish = encodeFinish(
    response.finish,
    response.parts.some((part) => part.type === 'refusal'),
  );
  return {
    id: messageId(response.id, context.newId),
    type: 'message',
    role: 'assistant',
    model: response.model === '' ? context.model : response.model,
    content: response.parts.flatMap((part) => encodePart(part, context)),
    ...finish,
    usage: encodeUsage(response.usage),
  };
}

function encodePart(part: AnswerPart, context: EncodeAnswerContext): JsonObject[] {
  switch (part.type) {
    case 'text': {
      const citations = encodeCitations(part.citations ?? []);
      return part.text === ''
        ? []
        : [{ type: 'text', text: part.text, ...(citations.length === 0 ? {} : { citations }) }];
    }
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      if (part.opaque?.form === 'redacted') return [{ type: 'redacted_thinking', data: part.opaque.data }];
      if (part.text === '' && part.opaque?.form !== 'signature') return [];
      return [
        { type: 'thinking', thinking: part.text, signature: part.opaque?.form === 'signature' ? part.opaque.data : '' },
      ];
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          id: part.id,
          name: part.name,
          input: part.kind === 'custom' ? { input: part.input } : inputOf(part.input, context.losses),
        },
      ];
    default:
      context.losses(part.type, 'Messages answers hold no images and no audio');
      return [];
  }
}

/** A client needs an object: arguments that were cut off or broken stay readable inside one. */
function inputOf(input: string, losses: LossSink): JsonObject {
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  losses('content/tool_use', 'arguments that are no JSON object were wrapped in one');
  return { input };
}
