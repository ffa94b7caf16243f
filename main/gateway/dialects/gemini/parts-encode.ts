/** One canonical part as the parts of a Gemini turn. */
import type {
  CanonicalPart,
  JsonObject,
  LossSink,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../canonical.ts';
import type { EncodeRequestContext } from '../dialect.ts';
import { append, isObject } from '../dialect.ts';
import { toMediaPart } from './media.ts';

/** A part and where it stands: a JSON pointer in the canonical request, for losses. */
export interface Placed {
  readonly part: CanonicalPart;
  readonly at: string;
}

/** What a turn is made of: its parts in order, and media taken out of results, which must not be interrupted. */
export interface TurnParts {
  readonly parts: JsonObject[];
  readonly beside: JsonObject[];
}

/** `thoughtSignature` is a bytes field: base64, either alphabet. Google answers anything else with 400. */
const base64Pattern = /^[A-Za-z0-9+/_-]+={0,2}$/;

export function encodePart({ part, at }: Placed, { parts, beside }: TurnParts, context: EncodeRequestContext): void {
  const { losses } = context;
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined && part.citations.length > 0)
        losses(`${at}/citations`, 'Gemini takes no citations back');
      push(parts, part.text === '' ? undefined : { text: part.text }, part, at, losses);
      return;
    case 'reasoning':
      push(parts, part.text === '' ? undefined : { text: part.text, thought: true }, part, at, losses);
      return;
    case 'refusal':
      parts.push({ text: part.text });
      return;
    case 'tool-call':
      push(
        parts,
        { functionCall: { id: part.id, name: part.name, args: argsOf(part.input, at, losses) } },
        part,
        at,
        losses,
      );
      return;
    case 'tool-result':
      parts.push(encodeResult(part, at, beside, context));
      return;
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto')
        losses(`${at}/detail`, 'Gemini has no detail of a single image');
      pushDefined(parts, toMediaPart(part, at, losses));
      return;
    case 'audio':
    case 'document':
      pushDefined(parts, toMediaPart(part, at, losses));
  }
}

function pushDefined(parts: JsonObject[], part: JsonObject | undefined): void {
  if (part !== undefined) parts.push(part);
}

/** A signature without data travels on an empty text, as Gemini itself sends it. */
function push(
  parts: JsonObject[],
  data: JsonObject | undefined,
  part: TextPart | ReasoningPart | ToolCallPart,
  at: string,
  losses: LossSink,
): void {
  const opaque = part.opaque?.form === 'thought_signature' ? part.opaque.data : undefined;
  const isUsable = opaque !== undefined && base64Pattern.test(opaque);
  if (opaque !== undefined && !isUsable) losses(at, 'the thought signature is not base64, which Gemini would refuse');
  if (isUsable) parts.push({ ...(data ?? { text: '' }), thoughtSignature: opaque });
  else if (data !== undefined) parts.push(data);
}

function argsOf(input: string, at: string, losses: LossSink): JsonObject {
  try {
    const args: unknown = JSON.parse(input === '' ? '{}' : input);
    if (isObject(args)) return args;
  } catch {
    // Not JSON: handled as any other input that is no object.
  }
  losses(at, 'the arguments are no JSON object: sent as the field "input"');
  return { input };
}

export function resultText(part: ToolResultPart): string {
  const texts = part.parts.flatMap((one) =>
    one.type === 'text' ? [one.text] : one.source.kind === 'text' ? [one.source.text] : [],
  );
  return texts.join('\n');
}

/**
 * The text goes under `output` (or `error`) as one string: objects holding `$ref` keys, as JSON Schemas do, are refused inside a
 * response. Images travel inside it only for Gemini 3.
 */
function encodeResult(
  part: ToolResultPart,
  at: string,
  beside: JsonObject[],
  { rules, losses }: EncodeRequestContext,
): JsonObject {
  const media = part.parts
    .flatMap((one) => (one.type === 'text' || one.source.kind === 'text' ? [] : [toMediaPart(one, at, losses)]))
    .filter((one) => one !== undefined);
  const isInside = rules.thinkingLevel === true;
  if (media.length > 0 && !isInside) {
    losses(at, 'this model takes no images inside a function response: they stand after it');
    append(beside, media);
  }
  const text = resultText(part);
  return {
    functionResponse: {
      id: part.callId,
      name: part.name ?? '',
      response: part.isError === true ? { error: text } : { output: text },
      ...(isInside && media.length > 0 ? { parts: media } : {}),
    },
  };
}
