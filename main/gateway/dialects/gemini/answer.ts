/** A whole GenerateContentResponse as a canonical answer, and a canonical answer for a Gemini client. */
import type { CanonicalResponse, Citation, JsonObject, ReasoningPart, TextPart } from '../canonical.ts';
import {
  asArray,
  asObject,
  asString,
  isObject,
  type DecodeAnswerContext,
  type EncodeAnswerContext,
} from '../dialect.ts';
import {
  callArgs,
  citationsOf,
  groundingOf,
  mediaPartOf,
  seePart,
  signatureField,
  signatureOf,
  wantsThoughts,
  type SeenCall,
} from './answer-parts.ts';
import {
  blockedFinish,
  finishOf,
  finishWord,
  logprobsOf,
  logprobsResult,
  secondsOf,
  timeOf,
  usageMetadata,
  usageOf,
} from './words.ts';

type AnswerPart = CanonicalResponse['parts'][number];

/** Never throws for a missing field. Of several candidates the first is read. */
export function decodeAnswer(body: JsonObject, context: DecodeAnswerContext): CanonicalResponse {
  const candidates = asArray(body['candidates']).map(asObject);
  if (candidates.length > 1) context.losses('/candidates/1', 'only the first of several answers can cross');
  const candidate = candidates[0] ?? {};
  const parts = withCitations(decodeParts(candidate, context), citationsOf(candidate), context);
  const rawUsage = isObject(body['usageMetadata']) ? body['usageMetadata'] : undefined;
  const blockReason = asString(asObject(body['promptFeedback'])['blockReason']);
  const isBlocked = candidates.length === 0 && blockReason !== undefined;
  const hasCalls = parts.some((part) => part.type === 'tool-call');
  return {
    id: asString(body['responseId']) ?? context.newId('resp_'),
    model: asString(body['modelVersion']) ?? '',
    createdAt: secondsOf(body['createTime']),
    parts,
    finish: isBlocked
      ? blockedFinish(blockReason)
      : finishOf(asString(candidate['finishReason']) ?? 'FINISH_REASON_UNSPECIFIED', hasCalls),
    usage: rawUsage === undefined ? undefined : usageOf(rawUsage),
    rawUsage,
    logprobs: logprobsOf(candidate['logprobsResult']),
  };
}

function decodeParts(candidate: JsonObject, context: DecodeAnswerContext): AnswerPart[] {
  const parts: AnswerPart[] = [];
  for (const raw of asArray(asObject(candidate['content'])['parts']).map(asObject)) {
    const seen = seePart(raw, context.losses);
    const opaque = signatureOf(raw, context.mint);
    const signed = opaque === undefined ? {} : { opaque };
    switch (seen.type) {
      case 'text':
        addText({ type: 'text', text: seen.text, ...signed }, parts);
        break;
      case 'thought':
        addText({ type: 'reasoning', text: seen.text, ...signed }, parts);
        break;
      case 'call':
        addCall(seen.call, signed, parts, context);
        break;
      case 'media':
        if (opaque !== undefined)
          context.losses('/candidates/0/content/parts', 'the signature of a generated image cannot cross');
        parts.push(seen.part);
        break;
      case 'nothing':
        if (opaque !== undefined) addText({ type: 'text', text: '', ...signed }, parts);
    }
  }
  return parts;
}

/** Neighbours of a kind are one; a signature closes its part, and an empty text that only carries one belongs to the part before. */
function addText(part: TextPart | ReasoningPart, parts: AnswerPart[]): void {
  const last = parts.at(-1);
  const isOpen = last !== undefined && (last.type === 'text' || last.type === 'reasoning') && last.opaque === undefined;
  if (isOpen && (last.type === part.type || part.text === '')) {
    parts[parts.length - 1] = {
      ...last,
      text: last.text + part.text,
      ...(part.opaque === undefined ? {} : { opaque: part.opaque }),
    };
  } else if (part.text !== '') {
    parts.push(part);
  } else if (part.opaque !== undefined) {
    parts.push({ type: 'reasoning', text: '', opaque: part.opaque });
  }
}

function addCall(
  call: SeenCall,
  signed: Pick<TextPart, 'opaque'>,
  parts: AnswerPart[],
  context: DecodeAnswerContext,
): void {
  if (call.name === undefined || call.name === '') {
    context.losses('/candidates/0/content/parts', 'a function call without a name cannot cross');
    return;
  }
  const id = call.id ?? context.newId('call_');
  parts.push({
    type: 'tool-call',
    id,
    name: call.name,
    kind: 'function',
    input: JSON.stringify(call.args ?? {}),
    ...signed,
  });
}

/** Sources belong to the last text of the answer. */
function withCitations(
  parts: readonly AnswerPart[],
  citations: readonly Citation[],
  context: DecodeAnswerContext,
): readonly AnswerPart[] {
  if (citations.length === 0) return parts;
  const index = parts.findLastIndex((part) => part.type === 'text');
  if (index === -1) context.losses('/candidates/0/groundingMetadata', 'there is no text its sources belong to');
  return parts.map((part, at) => (at === index && part.type === 'text' ? { ...part, citations } : part));
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const parts: JsonObject[] = [];
  const citations: Citation[] = [];
  let isBroken = false;
  for (const part of response.parts) {
    if (part.type === 'text') citations.push(...(part.citations ?? []));
    if (!encodePart(part, parts, context)) isBroken = true;
  }
  const grounding = groundingOf(citations);
  if (response.finish.stopSequence !== undefined)
    context.losses('stop_sequence', 'Gemini answers do not name the stop sequence');
  return {
    candidates: [
      {
        content: { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' },
        ...endOf(isBroken, response.finish.reason === 'length', finishWord(response.finish)),
        index: 0,
        ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
        ...(response.logprobs === undefined ? {} : { logprobsResult: logprobsResult(response.logprobs) }),
      },
    ],
    ...(response.usage === undefined ? {} : { usageMetadata: usageMetadata(response.usage) }),
    modelVersion: response.model === '' ? context.model : response.model,
    responseId: response.id,
    createTime: timeOf(response.createdAt ?? context.createdAt),
  };
}

/** How the candidate ended; a call whose arguments are broken is Gemini's own MALFORMED_FUNCTION_CALL, unless the answer was just cut. */
export function endOf(isBroken: boolean, isCut: boolean, word: string): JsonObject {
  if (!isBroken || isCut) return { finishReason: word };
  return {
    finishReason: 'MALFORMED_FUNCTION_CALL',
    finishMessage: 'The arguments of a function call are not a JSON object.',
  };
}

/** `false` when a call had to be left out: its arguments are no JSON object. */
function encodePart(part: AnswerPart, parts: JsonObject[], context: EncodeAnswerContext): boolean {
  switch (part.type) {
    case 'text':
      if (part.text !== '' || part.opaque !== undefined)
        parts.push({ text: part.text, ...signatureField(part.opaque) });
      return true;
    case 'reasoning': {
      const text = wantsThoughts(context.request.reasoning?.summary) ? part.text : '';
      const signature = signatureField(part.opaque);
      if (text !== '' || Object.keys(signature).length > 0) parts.push({ text, thought: true, ...signature });
      return true;
    }
    case 'refusal':
      parts.push({ text: part.text });
      return true;
    case 'tool-call': {
      const args = callArgs(part.input);
      if (args === undefined) {
        context.losses(`tool_call ${part.id}`, 'the arguments are no JSON object, which is all Gemini clients know');
        return false;
      }
      parts.push({ functionCall: { id: part.id, name: part.name, args }, ...signatureField(part.opaque) });
      return true;
    }
    case 'image':
    case 'audio': {
      const media = mediaPartOf(part, context.losses);
      if (media !== undefined) parts.push(media);
      return true;
    }
  }
}
