/** One part of a Gemini answer seen in canonical words, for plain answers and streams alike; citations; and the way back. */
import type { AudioPart, Citation, ImagePart, JsonObject, LossSink, Opaque } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject } from '../dialect.ts';
import { codeText } from './contents-decode.ts';
import { fromFileData, fromInlineData } from './media.ts';

export interface SeenCall {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly args: JsonObject | undefined;
  /** Pieces of the arguments (Vertex AI, `streamFunctionCallArguments`). */
  readonly partialArgs: readonly JsonObject[];
  readonly willContinue: boolean;
}

export type SeenPart =
  | { readonly type: 'text' | 'thought'; readonly text: string }
  | { readonly type: 'call'; readonly call: SeenCall }
  | { readonly type: 'media'; readonly part: ImagePart | AudioPart }
  | { readonly type: 'nothing' };

/** Lenient: what is no part of an answer is `nothing`, with a loss when it held something. */
export function seePart(part: JsonObject, losses: LossSink): SeenPart {
  const text = part['text'];
  if (typeof text === 'string') return { type: part['thought'] === true ? 'thought' : 'text', text };
  if (isObject(part['functionCall'])) return { type: 'call', call: seeCall(part['functionCall']) };
  if (isObject(part['inlineData']) || isObject(part['fileData'])) return seeMedia(part, losses);
  if (isObject(part['executableCode']) || isObject(part['codeExecutionResult'])) {
    losses('/candidates/0/content/parts', 'code that Gemini ran itself is kept as text only');
    return { type: 'text', text: codeText(part) };
  }
  const other = Object.keys(part).find((key) => key !== 'thoughtSignature' && key !== 'thought');
  if (other !== undefined) losses('/candidates/0/content/parts', `a part of the kind ${other} cannot cross`);
  return { type: 'nothing' };
}

function seeCall(call: JsonObject): SeenCall {
  const id = asString(call['id']);
  return {
    id: id === '' ? undefined : id,
    name: asString(call['name']),
    args: isObject(call['args']) ? call['args'] : undefined,
    partialArgs: asArray(call['partialArgs']).filter(isObject),
    willContinue: call['willContinue'] === true,
  };
}

function seeMedia(part: JsonObject, losses: LossSink): SeenPart {
  const inline = asObject(part['inlineData']);
  const file = asObject(part['fileData']);
  const media =
    part['inlineData'] === undefined
      ? fromFileData(asString(file['fileUri']) ?? '', asString(file['mimeType']), undefined)
      : fromInlineData(asString(inline['mimeType']) ?? '', asString(inline['data']) ?? '', undefined);
  if (media.type !== 'document') return { type: 'media', part: media };
  losses('/candidates/0/content/parts', 'an answer holds images and sounds, but no other files');
  return { type: 'nothing' };
}

export function signatureOf(part: JsonObject, mint: string): Opaque | undefined {
  const data = part['thoughtSignature'];
  return typeof data === 'string' && data !== '' ? { mint, form: 'thought_signature', data } : undefined;
}

/** Sources of an answer: `citationMetadata` quotes, `groundingMetadata` searched. Offsets of the latter are bytes, so only their text is kept. */
export function citationsOf(candidate: JsonObject): Citation[] {
  const quoted = asArray(asObject(candidate['citationMetadata'])['citations']).map(asObject);
  const found = quoted.map((one): Citation => ({
    url: asString(one['uri']),
    title: asString(one['title']),
    startIndex: asNumber(one['startIndex']),
    endIndex: asNumber(one['endIndex']),
  }));
  return [...found, ...groundedIn(asObject(candidate['groundingMetadata']))];
}

function groundedIn(grounding: JsonObject): Citation[] {
  const chunks = asArray(grounding['groundingChunks']).map((chunk) =>
    asObject(asObject(chunk)['web'] ?? asObject(chunk)['retrievedContext']),
  );
  const supports = asArray(grounding['groundingSupports']).map(asObject);
  return chunks.flatMap((chunk, index): Citation[] => {
    const url = asString(chunk['uri']);
    const title = asString(chunk['title']);
    if (url === undefined && title === undefined) return [];
    const citing = supports.filter((one) => asArray(one['groundingChunkIndices']).includes(index));
    const texts = citing.map((one) => asString(asObject(one['segment'])['text'])).filter((text) => text !== undefined);
    return texts.length === 0 ? [{ url, title }] : texts.map((citedText) => ({ url, title, citedText }));
  });
}

/** As search results, the way Gemini clients show sources. */
export function groundingOf(citations: readonly Citation[]): JsonObject | undefined {
  const cited = citations.filter((one) => one.url !== undefined || one.title !== undefined);
  if (cited.length === 0) return undefined;
  const keyOf = (one: Citation): string => JSON.stringify([one.url, one.title]);
  const chunks = [...new Map(cited.map((one) => [keyOf(one), one])).values()];
  const keys = chunks.map(keyOf);
  const supports = cited.flatMap((one) =>
    one.citedText === undefined
      ? []
      : [{ segment: { text: one.citedText }, groundingChunkIndices: [keys.indexOf(keyOf(one))] }],
  );
  return {
    groundingChunks: chunks.map((one) => ({
      web: {
        ...(one.url === undefined ? {} : { uri: one.url }),
        ...(one.title === undefined ? {} : { title: one.title }),
      },
    })),
    ...(supports.length === 0 ? {} : { groundingSupports: supports }),
  };
}

/** The arguments of a call as the object Gemini clients know; `undefined` when a provider gave broken or cut JSON. */
export function callArgs(input: string): JsonObject | undefined {
  if (input.trim() === '') return {};
  try {
    const args: unknown = JSON.parse(input);
    return isObject(args) ? args : undefined;
  } catch {
    return undefined;
  }
}

/** Generated media for a client. */
export function mediaPartOf(part: ImagePart | AudioPart, losses: LossSink): JsonObject | undefined {
  const { source } = part;
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  if (source.kind === 'url') return { fileData: { mimeType: source.mediaType ?? 'image/png', fileUri: source.url } };
  losses('media', 'Gemini answers hold bytes or URLs');
  return undefined;
}

/** The signature a Gemini client can carry back to us. */
export function signatureField(opaque: Opaque | undefined): JsonObject {
  return opaque?.form === 'thought_signature' ? { thoughtSignature: opaque.data } : {};
}

/** Only clients that asked for thoughts are shown them: Gemini leaves them out unless `includeThoughts` is set. */
export function wantsThoughts(summary: string | undefined): boolean {
  return summary !== undefined && summary !== 'none';
}
