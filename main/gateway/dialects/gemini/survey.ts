/** What routing wants to know of a generateContent request. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject, type Medium, type Survey } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { entries, entriesFromEnd } from '../entries.ts';
import { createSurvey, mediumKind, newTurn, type SurveyReader, type Turn } from '../survey.ts';
import type { Word } from '../words.ts';
import { guessType, isGoogleFile } from './media.ts';
import { field } from './read.ts';

const mediaWords: readonly Word[] = ['inlineData', 'inline_data', 'fileData', 'file_data'];

const reader: SurveyReader = {
  words: {
    image: mediaWords,
    audio: mediaWords,
    pdf: mediaWords,
    video: mediaWords,
    cached: [],
    calls: ['functionCall', 'function_call', 'executableCode', 'executable_code'],
    results: ['functionResponse', 'function_response'],
    signed: ['thoughtSignature', 'thought_signature'],
    stored: ['fileData', 'file_data'],
    tools: [],
  },
  turns: (document) => turnsOf(entries(document, 'contents')),
  turnsFromEnd: (document) => turnsOf(entriesFromEnd(document, 'contents')),
  system: (document) => {
    const value = top(document, 'systemInstruction', 'system_instruction');
    if (typeof value === 'string') return { ...newTurn('system'), texts: [value] };
    return isObject(value) ? turnOf(value, 'system') : undefined;
  },
  toolFields: ['tools'],
  isCached: () => false,
  namesStored: (document) => {
    const name = top(document, 'cachedContent', 'cached_content');
    return typeof name === 'string' && name !== '';
  },
  hasSchema: (document) => {
    const config = configOf(document);
    const formats = field(config, 'responseFormat');
    const isBound = (format: Json): boolean => isObject(field(asObject(field(asObject(format), 'text')), 'schema'));
    return (
      isObject(field(config, 'responseSchema')) ||
      isObject(field(config, 'responseJsonSchema')) ||
      (isObject(formats) ? isBound(formats) : asArray(formats).some(isBound))
    );
  },
  asksReasoning: (document) => {
    const thinking = asObject(field(configOf(document), 'thinkingConfig'));
    if (typeof field(thinking, 'thinkingLevel') === 'string') return true;
    const budget = numberOf(field(thinking, 'thinkingBudget'));
    return budget === undefined ? field(thinking, 'includeThoughts') === true : budget !== 0;
  },
  // The path says it, not the body.
  isStreamed: () => false,
  maxTokens: (document) => numberOf(field(configOf(document), 'maxOutputTokens')),
  isDeterministic: (document) => {
    const config = configOf(document);
    return numberOf(field(config, 'temperature')) === 0 || numberOf(field(config, 'seed')) !== undefined;
  },
  sessionId: () => undefined,
};

export function survey(document: JsonDocument): Survey {
  return createSurvey(document, reader);
}

function top(document: JsonDocument, camel: string, snake: string): Json | undefined {
  return document.value(camel) ?? document.value(snake) ?? undefined;
}

function configOf(document: JsonDocument): JsonObject {
  return asObject(top(document, 'generationConfig', 'generation_config'));
}

/** A number, or one written as a string, which proto3 JSON allows. */
function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value)) return Number(value);
  return typeof value === 'number' ? value : undefined;
}

function* turnsOf(contents: Iterable<Json>): Generator<Turn> {
  for (const content of contents) if (isObject(content)) yield turnOf(content, roleOf(content['role']));
}

function roleOf(role: Json | undefined): Turn['role'] {
  if (role === 'model') return 'assistant';
  return role === 'function' ? 'tool' : 'user';
}

function turnOf(content: JsonObject, role: Turn['role']): Turn {
  const turn = newTurn(role);
  for (const part of listOf(field(content, 'parts'))) addPart(turn, part);
  return turn;
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return isObject(value) ? [value] : asArray(value).filter(isObject);
}

/** Google's own words for "no signature", with which clients pass its check: nobody minted them. */
const unsigned: ReadonlySet<string> = new Set([
  'skip_thought_signature_validator',
  'context_engineering_is_the_way_to_go',
]);

function addPart(turn: Turn, part: JsonObject): void {
  const signature = asString(field(part, 'thoughtSignature')) ?? '';
  if (signature !== '' && !unsigned.has(signature)) turn.isSigned = true;
  const text = part['text'];
  if (typeof text === 'string' && part['thought'] !== true) turn.texts.push(text);
  const call = field(part, 'functionCall') ?? field(part, 'executableCode');
  if (isObject(call)) {
    turn.hasCall = true;
    turn.tool.push(field(call, 'args') ?? field(call, 'code') ?? {});
  }
  const result = field(part, 'functionResponse');
  if (isObject(result)) {
    turn.hasResult = true;
    turn.tool.push(field(result, 'response') ?? {});
    for (const inner of listOf(field(result, 'parts'))) addMedium(turn, inner);
  }
  addMedium(turn, part);
}

function addMedium(turn: Turn, part: JsonObject): void {
  const inline = field(part, 'inlineData');
  if (isObject(inline)) {
    const mediaType = asString(field(inline, 'mimeType')) ?? '';
    turn.media.push({ kind: mediumKind(mediaType), bytes: asString(field(inline, 'data'))?.length ?? 0 });
  }
  const file = field(part, 'fileData');
  if (!isObject(file)) return;
  const uri = asString(field(file, 'fileUri')) ?? '';
  if (isGoogleFile(uri)) turn.namesStored = true;
  turn.media.push({ kind: kindOfFile(uri, asString(field(file, 'mimeType'))), bytes: 0 });
}

/** A YouTube address has no type and is a film. */
function kindOfFile(uri: string, mediaType: string | undefined): Medium['kind'] {
  const known = mediaType ?? guessType(uri);
  if (known !== undefined) return mediumKind(known);
  return /^https?:\/\/(?:www\.|m\.)?youtu(?:\.be|be\.com)\//i.test(uri) ? 'video' : 'document';
}
