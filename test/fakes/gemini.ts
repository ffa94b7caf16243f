// The simulated Google account: the Gemini API and Vertex AI, Anthropic's models on Vertex included.

import { anthropicError, requireAnthropicJson } from './anthropic-errors.ts';
import { anthropicErrorFrame, answerMessages } from './anthropic.ts';
import {
  jsonReply,
  sseReply,
  type CommonOptions,
  type Dialect,
  type DialectContext,
  type Incoming,
  type Reply,
} from './core.ts';
import { geminiError, geminiIssue, requireGeminiJson, requireGeminiKey } from './gemini-errors.ts';
import { checkGenerate, isGemini3 } from './gemini-rules.ts';
import { batchEmbedBody, camelized, countBody, embedBody, generateBody, predictBody } from './gemini-spec.ts';
import { dict, isDict, list, strings, text, type Dict } from './json.ts';
import { embed } from './openai-other.ts';
import { decide, tokens, type Ask, type PlannedTurn, type Turn, type Usage } from './script.ts';
import { check, type Spec } from './shape.ts';

export type GeminiOptions = CommonOptions & { dialect: 'gemini' };

const LISTED_MODELS = ['gemini-2.5-flash', 'gemini-3.8-flash', 'gemini-embedding-001'];
const STUDIO = /^\/(v1|v1beta|v1alpha)\/models(?:\/([^/:]+)(?::(\w+))?)?$/;
const VERTEX =
  /^\/(v1|v1beta1)\/projects\/[^/]+\/locations\/[^/]+\/publishers\/(google|anthropic)\/models\/([^/:]+):(\w+)$/;

type Target = {
  version: string;
  publisher: 'google' | 'anthropic';
  model: string | undefined;
  method: string | undefined;
  vertex: boolean;
};

/** The dialect of one Google account. */
export function createGemini(context: DialectContext): Dialect {
  const answer = (request: Incoming, planned: PlannedTurn | undefined): Reply => {
    const target = targetOf(request);
    requireGeminiKey(request, context, target.vertex);
    if (request.method === 'GET') return answerModels(request, context, target);
    if (request.method !== 'POST' || target.model === undefined || target.method === undefined) throw notFound(request);
    if (context.models !== undefined && !context.models.includes(target.model)) {
      throw geminiError(
        404,
        `models/${target.model} is not found for API version ${target.version}, or is not supported for ${target.method}. Call ListModels to see the list of available models and their supported methods.`,
      );
    }
    if (target.publisher === 'anthropic') return answerClaude(request, context, target, planned);
    const body = requireGeminiJson(request);
    const call: Exchange = {
      request,
      body,
      model: target.model,
      version: target.version,
      vertex: target.vertex,
      context,
      planned,
    };
    const method = METHODS[target.method];
    if (method === undefined) throw notFound(request);
    return method(call);
  };
  return { answer, errorFrame };
}

type Exchange = {
  request: Incoming;
  body: Dict;
  model: string;
  version: string;
  vertex: boolean;
  context: DialectContext;
  planned: PlannedTurn | undefined;
};

const METHODS: Record<string, (exchange: Exchange) => Reply> = {
  generateContent: (exchange) => generate(exchange, false),
  streamGenerateContent: (exchange) => generate(exchange, true),
  countTokens: count,
  embedContent: (exchange) => {
    const body = parsed(exchange.body, embedBody());
    return jsonReply({ embedding: { values: embedded(dict(body)) } });
  },
  batchEmbedContents: (exchange) => {
    const requests = list(parsed(exchange.body, batchEmbedBody()).requests).map(dict);
    const wrong = requests.find((one) => one.model !== `models/${exchange.model}`);
    if (wrong !== undefined)
      throw geminiError(
        400,
        `* BatchEmbedContentsRequest.requests[${requests.indexOf(wrong)}].model: model must match the parent request, models/${exchange.model}\n`,
      );
    return jsonReply({ embeddings: requests.map((one) => ({ values: embedded(one) })) });
  },
  predict: (exchange) => {
    const instances = list(parsed(exchange.body, predictBody()).instances).map(dict);
    return jsonReply({
      predictions: instances.map((one) => ({
        embeddings: {
          values: embed(text(one.content), 8),
          statistics: { token_count: tokens(text(one.content)), truncated: false },
        },
      })),
    });
  },
};

function notFound(request: Incoming) {
  return geminiError(404, `The requested URL ${request.path} was not found on this server.`);
}

function targetOf(request: Incoming): Target {
  const path = decodeURIComponent(request.path);
  const vertex = VERTEX.exec(path);
  if (vertex !== null)
    return {
      version: vertex[1] ?? '',
      publisher: vertex[2] === 'anthropic' ? 'anthropic' : 'google',
      model: vertex[3],
      method: vertex[4],
      vertex: true,
    };
  const studio = STUDIO.exec(path);
  if (studio === null) throw notFound(request);
  return { version: studio[1] ?? '', publisher: 'google', model: studio[2], method: studio[3], vertex: false };
}

function parsed(body: Dict, spec: Spec): Dict {
  const folded = dict(camelized(body, spec));
  const issue = check(folded, spec);
  if (issue !== undefined) throw geminiIssue(issue);
  return folded;
}

function embedded(one: Dict): number[] {
  return embed(
    strings(one.content).join('\n'),
    typeof one.outputDimensionality === 'number' ? one.outputDimensionality : 8,
  );
}

function count(exchange: Exchange): Reply {
  const body = parsed(exchange.body, countBody(exchange.vertex));
  const asked = isDict(body.generateContentRequest) ? body.generateContentRequest : body;
  if (list(asked.contents).length === 0)
    throw geminiError(400, '* CountTokensRequest.contents: contents is not specified\n');
  const totalTokens = Math.max(
    1,
    textsOf(asked).reduce((sum, one) => sum + tokens(one), 0),
  );
  return jsonReply({ totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] });
}

function generate(exchange: Exchange, streamed: boolean): Reply {
  const { model, vertex, context } = exchange;
  const spec = generateBody(vertex);
  const body = dict(camelized(exchange.body, spec));
  checkGenerate(body, spec, model, vertex, context.mint);
  const turn = decide(askOf(body, model), exchange.planned);
  const parts = partsOf(body, turn, model, context);
  const head = { modelVersion: model, responseId: context.mint.id('', 22) };
  const headers = { 'x-gemini-service-tier': 'standard' };
  const candidate = (some: readonly Dict[], finish: Dict, said: readonly Dict[] = some): Dict => ({
    content: { parts: some, role: 'model' },
    ...finish,
    ...logprobsOf(said, dict(body.generationConfig)),
    index: 0,
  });
  const finish = {
    finishReason: FINISH[turn.stop],
    ...(turn.stop === 'refusal' ? { finishMessage: 'The response was blocked.' } : {}),
  };
  if (!streamed)
    return jsonReply(
      { candidates: [candidate(merged(parts), finish, parts)], usageMetadata: geminiUsage(turn.usage), ...head },
      headers,
    );

  const running = geminiUsage({ ...turn.usage, output: 1 + turn.usage.reasoning });
  const pieces = parts.length === 0 ? [[{ text: '' }]] : parts.map((part) => [part]);
  const chunks = pieces.map((some, index) => {
    const last = index === pieces.length - 1;
    return {
      candidates: [candidate(some, last ? finish : {})],
      usageMetadata: last ? geminiUsage(turn.usage) : running,
      ...head,
    };
  });
  if (exchange.request.query.get('alt') === 'sse') return sseReply(chunks.map(geminiFrame), headers);
  const items = chunks.map((chunk, index) =>
    Buffer.from(`${index === 0 ? '[' : ',\r\n'}${JSON.stringify(chunk)}${index === chunks.length - 1 ? ']' : ''}`),
  );
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    frames: items,
    streamed: true,
  };
}

/** Google ends its events with CRLF. */
const geminiFrame = (chunk: unknown): Uint8Array => Buffer.from(`data: ${JSON.stringify(chunk)}\r\n\r\n`);

const textsOf = (body: Dict): string[] => [
  ...strings(body.systemInstruction),
  ...strings(body.contents),
  ...strings(body.tools),
];

function askOf(body: Dict, model: string): Ask {
  const contents = list(body.contents).map(dict);
  const said = (one: Dict | undefined): string =>
    list(one?.parts)
      .map(dict)
      .filter((part) => part.thought !== true)
      .map((part) => text(part.text))
      .filter((value) => value !== '')
      .join('\n');
  const user = contents.findLast((one) => one.role !== 'model' && said(one) !== '');
  const results = list(contents.at(-1)?.parts)
    .map(dict)
    .filter((part) => 'functionResponse' in part);
  const config = dict(body.generationConfig);
  const calling = dict(dict(body.toolConfig).functionCallingConfig);
  const allowed = list(calling.allowedFunctionNames).map(text);
  const mode = text(calling.mode).toUpperCase();
  const thinking = dict(config.thinkingConfig);
  const on =
    thinking.includeThoughts === true ||
    thinking.thinkingLevel !== undefined ||
    (typeof thinking.thinkingBudget === 'number' && thinking.thinkingBudget !== 0);
  const schema = config.responseJsonSchema ?? config.responseSchema;
  return {
    texts: textsOf(body),
    lastUserText: said(user),
    toolResults:
      results.length > 0 ? results.map((part) => resultText(dict(dict(part.functionResponse).response))) : undefined,
    tools: list(body.tools)
      .flatMap((tool) => list(dict(tool).functionDeclarations))
      .map(dict)
      .map((one) => ({ name: text(one.name), schema: one.parametersJsonSchema ?? one.parameters })),
    choice:
      mode === 'NONE' ? 'none' : mode !== 'ANY' ? 'auto' : allowed[0] === undefined ? 'any' : { name: allowed[0] },
    ...(schema !== undefined
      ? { schema }
      : config.responseMimeType === 'application/json'
        ? { schema: { type: 'object', properties: { ok: { type: 'boolean' } } } }
        : {}),
    thinking: /^gemini-(1|2\.0)/.test(model) || thinking.thinkingBudget === 0 ? 'never' : on ? 'on' : 'if-asked',
    maxTokens: typeof config.maxOutputTokens === 'number' ? config.maxOutputTokens : undefined,
    stopSequences: list(config.stopSequences).map(text),
    cacheMark: typeof body.cachedContent === 'string',
  };
}

/** The text of a result whichever of the usual keys holds it. */
function resultText(response: Dict): string {
  for (const key of ['output', 'result', 'content', 'error'])
    if (typeof response[key] === 'string')
      return key === 'error' ? `error ${text(response[key])}` : text(response[key]);
  return JSON.stringify(response);
}

const FINISH = { end: 'STOP', calls: 'STOP', stop_sequence: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' } as const;

function partsOf(body: Dict, turn: Turn, model: string, context: DialectContext): Dict[] {
  const shows = dict(dict(body.generationConfig).thinkingConfig).includeThoughts === true;
  const signs = isGemini3(model) || turn.reasoning.length > 0;
  const parts: Dict[] = shows ? turn.reasoning.map((piece) => ({ text: piece, thought: true })) : [];
  parts.push(...turn.text.map((piece) => ({ text: piece })));
  if (turn.calls.length === 0 && isGemini3(model) && turn.reasoning.length > 0)
    parts.push({ text: '', thoughtSignature: context.mint.thoughtSignature() });
  for (const [index, call] of turn.calls.entries()) {
    const args: unknown = call.args === '' ? {} : JSON.parse(call.args);
    parts.push({
      functionCall: { name: call.tool.name, args, ...(isGemini3(model) ? { id: context.mint.id('', 8) } : {}) },
      ...(index === 0 && signs ? { thoughtSignature: context.mint.thoughtSignature() } : {}),
    });
  }
  return parts;
}

/** Each piece of text stands for a token; the alternatives hold the chosen one. */
function logprobsOf(parts: readonly Dict[], config: Dict): Dict {
  const said = parts.filter((part) => text(part.text) !== '' && part.thought !== true);
  if (config.responseLogprobs !== true || said.length === 0) return {};
  const chosenCandidates = said.map((part) => ({ token: part.text, tokenId: 7, logProbability: -0.25 }));
  const topCandidates = chosenCandidates.map((one) => ({ candidates: [one] }));
  return { avgLogprobs: -0.25, logprobsResult: { topCandidates, chosenCandidates } };
}

/** The parts of a plain answer: neighbouring texts of a kind are one part, a signature closes it. */
function merged(parts: readonly Dict[]): Dict[] {
  const out: Dict[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    const joins =
      last !== undefined &&
      'text' in part &&
      'text' in last &&
      part.thought === last.thought &&
      !('thoughtSignature' in last);
    if (joins) out[out.length - 1] = { ...last, ...part, text: text(last.text) + text(part.text) };
    else out.push(part);
  }
  return out;
}

/** Google counts cached input inside the prompt, and thoughts beside the candidates. */
function geminiUsage(usage: Usage): Dict {
  const answered = usage.output - usage.reasoning;
  return {
    promptTokenCount: usage.input,
    ...(answered > 0 ? { candidatesTokenCount: answered } : {}),
    totalTokenCount: usage.input + usage.output,
    ...(usage.cached > 0 ? { cachedContentTokenCount: usage.cached } : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
  };
}

function answerClaude(
  request: Incoming,
  context: DialectContext,
  target: Target,
  planned: PlannedTurn | undefined,
): Reply {
  const body = requireAnthropicJson(request);
  if (target.method === 'countTokens') throw geminiError(404, 'count-tokens is a model of its own on Vertex.');
  if (target.method !== 'rawPredict' && target.method !== 'streamRawPredict') throw notFound(request);
  if (body.anthropic_version !== 'vertex-2023-10-16') throw anthropicError(400, 'anthropic_version: Field required');
  if ('model' in body) throw anthropicError(400, 'model: Extra inputs are not permitted');
  if (target.method === 'rawPredict' && body.stream === true)
    throw anthropicError(400, 'stream: use streamRawPredict to stream');
  const { anthropic_version: _version, anthropic_beta, ...rest } = body;
  const betas = [...list(anthropic_beta).map(text), ...(request.headers['anthropic-beta'] ?? '').split(',')];
  const messages = { mint: context.mint, version: '2023-06-01', betas, counting: false };
  return answerMessages(
    { ...rest, model: target.model?.split('@')[0] },
    { ...context, models: undefined },
    messages,
    planned,
    () => undefined,
  );
}

function errorFrame(request: Incoming): Uint8Array {
  if (request.path.includes('/publishers/anthropic/')) return anthropicErrorFrame();
  return geminiFrame({
    error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
  });
}

function answerModels(request: Incoming, context: DialectContext, target: Target): Reply {
  const ids = context.models ?? LISTED_MODELS;
  const info = (id: string): Dict => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: id.includes('embedding') ? ['embedContent'] : ['generateContent', 'countTokens'],
  });
  if (target.method !== undefined) throw notFound(request);
  if (target.model === undefined) return jsonReply({ models: ids.map(info) });
  if (!ids.includes(target.model))
    throw geminiError(404, `Model is not found: models/${target.model} for api version ${target.version}`);
  return jsonReply(info(target.model));
}
