/** A Gemini client's generateContent body as a canonical request (Gemini API reference, GenerateContentRequest). */
import { lookup } from '../../../kit/lookup.ts';
import type {
  CanonicalRequest,
  CanonicalTool,
  Effort,
  JsonObject,
  LossSink,
  OutputFormat,
  ReasoningRequest,
  Sampling,
  ToolChoice,
} from '../canonical.ts';
import type { DecodeRequestContext } from '../dialect.ts';
import { decodeContents, decodeSystem } from './contents-decode.ts';
import {
  camelOf,
  field,
  needObject,
  needString,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalObjects,
  optionalString,
  optionalStrings,
} from './read.ts';
import { refuse } from '../fields.ts';
import { fromGeminiSchema } from './strict-schema.ts';

const knownFields = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'cachedContent',
  'labels',
  'serviceTier',
  'store',
  'model',
]);

export function decodeRequest(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const { losses } = context;
  if (field(body, 'cachedContent') !== undefined) {
    refuse(
      'cachedContent',
      'holds content kept at Google, which no other provider can read. Send the content itself, or use a Gemini target.',
    );
  }
  noteUnknown(body, knownFields, '', losses);
  const store = optionalBoolean(body, 'store', '');
  if (store === true) losses('store', 'only Google keeps requests for its logs');
  const config = optionalObject(body, 'generationConfig', '') ?? {};
  noteUnknown(config, knownConfig, 'generationConfig.', losses);
  const { tools, names } = decodeTools(body, losses);
  return {
    model: context.model,
    stream: context.stream,
    messages: [...decodeSystem(body, context), ...decodeContents(body, context)],
    tools,
    toolChoice: decodeToolChoice(body, names, losses),
    output: decodeOutput(config, losses),
    maxOutputTokens: optionalNumber(config, 'maxOutputTokens', at),
    sampling: decodeSampling(config),
    reasoning: decodeReasoning(config),
    metadata: decodeLabels(body),
    serviceTier: decodeTier(body),
    candidateCount: optionalNumber(config, 'candidateCount', at),
  };
}

const at = 'generationConfig.';

const knownConfig = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseFormat',
  'presencePenalty',
  'frequencyPenalty',
  'seed',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
  'responseModalities',
]);

/** Why a field that only Google has is lost; others are named as unknown. */
const whyLost = lookup<string>({
  safetySettings: 'only Google has safety settings',
  speechConfig: 'speech settings cannot cross',
  mediaResolution: 'only Google has a media resolution',
  imageConfig: 'image settings cannot cross',
});

function noteUnknown(object: JsonObject, known: ReadonlySet<string>, prefix: string, losses: LossSink): void {
  for (const [key, value] of Object.entries(object)) {
    const camel = camelOf(key);
    const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isEmpty && !known.has(camel)) losses(`${prefix}${key}`, whyLost[camel] ?? 'only Google knows this field');
  }
}

function decodeSampling(config: JsonObject): Sampling {
  return {
    temperature: optionalNumber(config, 'temperature', at),
    topP: optionalNumber(config, 'topP', at),
    topK: optionalNumber(config, 'topK', at),
    frequencyPenalty: optionalNumber(config, 'frequencyPenalty', at),
    presencePenalty: optionalNumber(config, 'presencePenalty', at),
    seed: optionalNumber(config, 'seed', at),
    stop: optionalStrings(config, 'stopSequences', at),
    logprobs: optionalBoolean(config, 'responseLogprobs', at),
    topLogprobs: optionalNumber(config, 'logprobs', at),
  };
}

function decodeOutput(config: JsonObject, losses: LossSink): OutputFormat | undefined {
  const modalities = optionalStrings(config, 'responseModalities', at) ?? [];
  if (modalities.some((one) => one.toUpperCase() !== 'TEXT'))
    losses(`${at}responseModalities`, 'answers other than text cannot be asked for');
  const format = decodeTextFormat(config, losses);
  const mimeType = format?.mimeType ?? optionalString(config, 'responseMimeType', at);
  const schema =
    format?.schema ?? optionalObject(config, 'responseJsonSchema', at) ?? optionalObject(config, 'responseSchema', at);
  if (mimeType === 'text/x.enum') {
    losses(`${at}responseMimeType`, 'only Google answers with one bare value of a list');
    return undefined;
  }
  if (schema !== undefined) return { type: 'json_schema', name: 'response', schema: fromGeminiSchema(schema) };
  if (mimeType === 'application/json') return { type: 'json' };
  if (mimeType === 'text/plain') return { type: 'text' };
  if (mimeType !== undefined) losses(`${at}responseMimeType`, `an answer in ${mimeType} cannot be asked for`);
  return undefined;
}

/** `responseFormat`, which replaces the MIME type and the schemas: one format for each kind of content. */
function decodeTextFormat(
  config: JsonObject,
  losses: LossSink,
): { readonly mimeType: string | undefined; readonly schema: JsonObject | undefined } | undefined {
  const formats = (optionalObjects(config, 'responseFormat', at) ?? []).map((one, index) =>
    needObject(one, `${at}responseFormat[${String(index)}]`),
  );
  if (formats.some((one) => Object.keys(one).some((kind) => kind !== 'text')))
    losses(`${at}responseFormat`, 'answers other than text cannot be asked for');
  const where = `${at}responseFormat.text.`;
  const texts = formats.map((one) => optionalObject(one, 'text', `${at}responseFormat.`));
  const text = texts.find((one) => one !== undefined);
  if (text === undefined) return undefined;
  // An enum in the proto (APPLICATION_JSON), a MIME type in the SDKs.
  const mimeType = optionalString(text, 'mimeType', where)?.toLowerCase().replace('_', '/');
  return { mimeType, schema: optionalObject(text, 'schema', where) };
}

const efforts = lookup<Effort>({ MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' });

/** A budget of 0 is off and -1 is the model's own choice; thoughts are shown only when asked for. */
function decodeReasoning(config: JsonObject): ReasoningRequest | undefined {
  const thinking = optionalObject(config, 'thinkingConfig', at);
  if (thinking === undefined) return undefined;
  const where = `${at}thinkingConfig.`;
  const shown = optionalBoolean(thinking, 'includeThoughts', where);
  const budget = optionalNumber(thinking, 'thinkingBudget', where);
  const level = optionalString(thinking, 'thinkingLevel', where)?.toUpperCase();
  const summary = shown === undefined ? undefined : shown ? 'auto' : 'none';
  if (level !== undefined && level !== 'THINKING_LEVEL_UNSPECIFIED') {
    const effort = efforts[level];
    if (effort === undefined)
      refuse(`${where}thinkingLevel`, `expected "minimal", "low", "medium" or "high", got ${JSON.stringify(level)}.`);
    return { mode: 'on', effort, summary };
  }
  if (budget === 0) return { mode: 'off', summary };
  if (budget !== undefined && budget > 0) return { mode: 'on', budgetTokens: budget, summary };
  // Hidden thoughts alone ask for nothing: the model's default stays.
  return budget === undefined && shown !== true ? undefined : { mode: 'adaptive', summary };
}

function decodeLabels(body: JsonObject): Readonly<Record<string, string>> | undefined {
  const labels = optionalObject(body, 'labels', '');
  if (labels === undefined) return undefined;
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, needString(value, `labels.${key}`)]));
}

function decodeTier(body: JsonObject): string | undefined {
  const tier = optionalString(body, 'serviceTier', '')?.toLowerCase().replace('service_tier_', '');
  // In canonical form tiers go by OpenAI's words.
  return tier === 'unspecified' ? undefined : tier === 'standard' ? 'default' : tier;
}

function decodeTools(body: JsonObject, losses: LossSink): { tools: CanonicalTool[]; names: Set<string> } {
  const list = optionalObjects(body, 'tools', '') ?? [];
  const tools: CanonicalTool[] = [];
  const names = new Set<string>();
  for (const [index, entry] of list.entries()) {
    const where = `tools[${String(index)}]`;
    const tool = needObject(entry, where);
    for (const [number, declaration] of (optionalObjects(tool, 'functionDeclarations', `${where}.`) ?? []).entries()) {
      const place = `${where}.functionDeclarations[${String(number)}]`;
      const decoded = decodeFunction(needObject(declaration, place), place, losses);
      if (names.has(decoded.name))
        refuse(`${place}.name`, `the function ${JSON.stringify(decoded.name)} is declared twice.`);
      names.add(decoded.name);
      tools.push(decoded);
    }
    for (const [key, raw] of Object.entries(tool)) {
      const name = camelOf(key);
      if (name !== 'functionDeclarations' && raw !== null && raw !== undefined)
        tools.push({ kind: 'hosted', name, raw: { [name]: raw } });
    }
  }
  return { tools, names };
}

function decodeFunction(
  declaration: JsonObject,
  where: string,
  losses: LossSink,
): CanonicalTool & { kind: 'function' } {
  const name = needString(field(declaration, 'name'), `${where}.name`);
  if (name === '') refuse(`${where}.name`, 'a function needs a name.');
  const schema =
    optionalObject(declaration, 'parametersJsonSchema', `${where}.`) ??
    optionalObject(declaration, 'parameters', `${where}.`);
  if (field(declaration, 'response') !== undefined || field(declaration, 'responseJsonSchema') !== undefined) {
    losses(`${where}.response`, 'only Google is told what a function answers');
  }
  const behavior = optionalString(declaration, 'behavior', `${where}.`);
  if (behavior === 'NON_BLOCKING') losses(`${where}.behavior`, 'only Google calls functions without waiting for them');
  return {
    kind: 'function',
    name,
    description: optionalString(declaration, 'description', `${where}.`),
    parameters: schema === undefined ? { type: 'object', properties: {} } : fromGeminiSchema(schema),
  };
}

function decodeToolChoice(body: JsonObject, declared: ReadonlySet<string>, losses: LossSink): ToolChoice | undefined {
  const config = optionalObject(body, 'toolConfig', '');
  if (config === undefined) return undefined;
  if (field(config, 'retrievalConfig') !== undefined)
    losses('toolConfig.retrievalConfig', 'only Google has a retrieval setting');
  const calling = optionalObject(config, 'functionCallingConfig', 'toolConfig.');
  if (calling === undefined) return undefined;
  const where = 'toolConfig.functionCallingConfig.';
  const mode = (optionalString(calling, 'mode', where) ?? 'AUTO').toUpperCase();
  const names = optionalStrings(calling, 'allowedFunctionNames', where) ?? [];
  const stranger = names.find((name) => !declared.has(name));
  if (stranger !== undefined)
    refuse(`${where}allowedFunctionNames`, `${JSON.stringify(stranger)} is not among the declared functions.`);
  return choiceOf(mode, names, where, losses);
}

function choiceOf(mode: string, names: readonly string[], where: string, losses: LossSink): ToolChoice {
  const [only] = names;
  switch (mode) {
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      if (only === undefined) return { type: 'required' };
      return names.length === 1 ? { type: 'tool', name: only } : { type: 'allowed', mode: 'required', names };
    case 'AUTO':
    case 'MODE_UNSPECIFIED':
      return names.length === 0 ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names };
    case 'VALIDATED':
      if (names.length > 0) return { type: 'allowed', mode: 'auto', names };
      losses(
        `${where}mode`,
        'only Google promises arguments that fit the schema (VALIDATED): the model chooses freely',
      );
      return { type: 'auto' };
    default:
      return refuse(`${where}mode`, `expected "AUTO", "ANY", "NONE" or "VALIDATED", got ${JSON.stringify(mode)}.`);
  }
}
