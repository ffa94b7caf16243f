// The shape of Gemini requests, camelCase; snake_case spellings are folded in first, as Google's JSON parser does.
// Public reference: Gemini API reference, "generateContent", "Caching" (Tool, FunctionDeclaration, Schema), "Embeddings".

import { isDict, type Dict } from './json.ts';
import { any, arr, bool, either, int, lazy, map, num, obj, open, req, str, type Spec } from './shape.ts';

const bytes = (): Spec => str({ pattern: /^[A-Za-z0-9+/_-]*={0,2}$/ });
const loose = (): Spec => either(num(), str());

/** Google's Schema message: an OpenAPI subset. What JSON Schema has beyond it is an unknown name. */
export const schema = (): Spec =>
  obj({
    type: str(),
    format: str(),
    title: str(),
    description: str(),
    nullable: bool(),
    enum: arr(str()),
    maxItems: loose(),
    minItems: loose(),
    properties: map(lazy(schema)),
    required: arr(str()),
    minProperties: loose(),
    maxProperties: loose(),
    minLength: loose(),
    maxLength: loose(),
    pattern: str(),
    example: any(),
    anyOf: arr(lazy(schema)),
    propertyOrdering: arr(str()),
    default: any(),
    items: lazy(schema),
    minimum: num(),
    maximum: num(),
  });

const blob = (): Spec => obj({ mimeType: str(), data: bytes(), displayName: str() });
const fileData = (): Spec => obj({ mimeType: str(), fileUri: str(), displayName: str() });

/** Fields of a part of which exactly one must be there. */
export const PART_DATA = [
  'text',
  'inlineData',
  'functionCall',
  'functionResponse',
  'fileData',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
  'audioTranscription',
];

const part = (): Spec =>
  obj({
    text: str(),
    thought: bool(),
    thoughtSignature: bytes(),
    inlineData: blob(),
    fileData: fileData(),
    functionCall: obj({ id: str(), name: req(str()), args: open() }),
    functionResponse: obj({
      id: str(),
      name: req(str()),
      response: req(open()),
      parts: arr(obj({ inlineData: blob(), fileData: fileData() })),
      scheduling: str(),
      willContinue: bool(),
    }),
    executableCode: open(),
    codeExecutionResult: open(),
    toolCall: open(),
    toolResponse: open(),
    audioTranscription: open(),
    videoMetadata: open(),
    mediaResolution: any(),
    partMetadata: open(),
    mediaProcessing: open(),
    speechMetadata: open(),
  });

export const content = (): Spec => obj({ role: str(), parts: arr(part()) });

const tool = (): Spec =>
  obj({
    functionDeclarations: arr(
      obj({
        name: req(str()),
        description: str(),
        behavior: str(),
        parameters: schema(),
        parametersJsonSchema: any(),
        response: schema(),
        responseJsonSchema: any(),
      }),
    ),
    googleSearch: open(),
    googleSearchRetrieval: open(),
    codeExecution: open(),
    urlContext: open(),
    googleMaps: open(),
    computerUse: open(),
    fileSearch: open(),
    mcpServers: arr(open()),
    retrieval: open(),
    enterpriseWebSearch: open(),
  });

const generationConfig = (): Spec =>
  obj({
    stopSequences: arr(str()),
    responseMimeType: str(),
    responseSchema: schema(),
    responseJsonSchema: any(),
    responseFormat: any(),
    responseModalities: arr(str()),
    candidateCount: int(),
    maxOutputTokens: int(),
    temperature: num(),
    topP: num(),
    topK: num(),
    seed: int(),
    presencePenalty: num(),
    frequencyPenalty: num(),
    responseLogprobs: bool(),
    logprobs: int(),
    enableEnhancedCivicAnswers: bool(),
    speechConfig: open(),
    thinkingConfig: obj({ includeThoughts: bool(), thinkingBudget: int(), thinkingLevel: str() }),
    imageConfig: open(),
    mediaResolution: str(),
    audioTimestamp: bool(),
    routingConfig: open(),
  });

/** GenerateContentRequest; Vertex knows a few more. */
export const generateBody = (vertex: boolean): Spec =>
  obj({
    contents: arr(content()),
    tools: arr(tool()),
    toolConfig: obj({
      functionCallingConfig: obj({
        mode: str(),
        allowedFunctionNames: arr(str()),
        streamFunctionCallArguments: bool(),
      }),
      retrievalConfig: open(),
      includeServerSideToolInvocations: bool(),
    }),
    safetySettings: arr(obj({ category: req(str()), threshold: req(str()), method: str() })),
    systemInstruction: content(),
    generationConfig: generationConfig(),
    cachedContent: str(),
    serviceTier: str(),
    store: bool(),
    ...(vertex ? { labels: map(str()), modelArmorConfig: open() } : { model: str() }),
  });

export const countBody = (vertex: boolean): Spec =>
  obj({
    contents: arr(content()),
    generateContentRequest: lazy(() => generateBody(false)),
    ...(vertex ? { systemInstruction: content(), tools: arr(tool()), generationConfig: generationConfig() } : {}),
  });

export const embedBody = (): Spec =>
  obj({
    model: str(),
    content: req(content()),
    taskType: str(),
    title: str(),
    outputDimensionality: int(1),
    embedContentConfig: open(),
  });

export const batchEmbedBody = (): Spec => obj({ requests: req(arr(embedBody())) });

export const predictBody = (): Spec => obj({ instances: req(arr(open(), { minItems: 1 })), parameters: open() });

/** The value with every snake_case field name that its spec knows in camelCase folded to that; free-form maps stay as they are. */
export function camelized(value: unknown, spec: Spec): unknown {
  switch (spec.kind) {
    case 'lazy':
      return camelized(value, spec.get());
    case 'array':
      return Array.isArray(value) ? (value as unknown[]).map((one) => camelized(one, spec.of)) : value;
    case 'map':
      return isDict(value)
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, camelized(one, spec.of)]))
        : value;
    case 'object':
      return isDict(value) ? camelizedFields(value, spec.fields) : value;
    default:
      return value;
  }
}

function camelizedFields(value: Dict, fields: Record<string, Spec>): Dict {
  const out: Dict = {};
  for (const [key, one] of Object.entries(value)) {
    const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const known = Object.hasOwn(fields, camel) ? fields[camel] : undefined;
    if (known === undefined) out[key] = one;
    else out[camel] = camelized(one, known);
  }
  return out;
}
