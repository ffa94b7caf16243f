// The simulated OpenAI account, and by its flavours the many providers that speak OpenAI's dialect nearly.

import {
  jsonReply,
  Refusal,
  type CommonOptions,
  type Dialect,
  type DialectContext,
  type Incoming,
  type Reply,
} from './core.ts';
import { text, type Dict } from './json.ts';
import { answerChat } from './openai-chat.ts';
import type { OpenaiFlavour } from './openai-chat-spec.ts';
import { openaiError, requireJson, requireKey, requireModel } from './openai-errors.ts';
import { answerModels, LISTED_MODELS, OTHER_ENDPOINTS } from './openai-other.ts';
import { createResponses } from './openai-responses.ts';
import type { PlannedTurn } from './script.ts';
import { sseFrame } from './wire.ts';

export type { OpenaiFlavour } from './openai-chat-spec.ts';

export type OpenaiOptions = CommonOptions & {
  dialect: 'openai';
  flavour?: OpenaiFlavour;
  /** Azure's paths, its `api-key` header and its api-version rule. */
  azure?: boolean;
  /** Answers without any key, as local servers do. */
  keyless?: boolean;
};

/** How some providers differ from OpenAI. */
export const flavours = {
  mistral: {
    refuseStreamOptions: true,
    refuseMaxCompletionTokens: true,
    unknownFields: '422',
    toolIds: 'mistral',
    noDeveloperRole: true,
    usageInLastChunk: true,
    noModelRules: true,
  },
  groq: { unknownFields: 'groq', noModelRules: true, noDeveloperRole: true },
  deepseek: {
    reasoningContent: true,
    refuseMaxCompletionTokens: true,
    unknownFields: 'ignore',
    noDeveloperRole: true,
    noModelRules: true,
  },
  ollama: { unknownFields: 'ignore', noModelRules: true },
  lax: { unknownFields: 'ignore', noModelRules: true, noStreamUsage: true, noDone: true },
} as const satisfies Record<string, OpenaiFlavour>;

/** The dialect of one OpenAI-like account. */
export function createOpenai(context: DialectContext, options: OpenaiOptions): Dialect {
  const responses = createResponses(context);
  const flavour = options.flavour ?? {};
  const azure = options.azure === true;

  const answer = (request: Incoming, planned: PlannedTurn | undefined): Reply => {
    const probe = options.azure === true ? undefined : ollamaProbe(request, context);
    if (probe !== undefined) return probe;
    const target = azure ? azureTarget(request) : openaiTarget(request);
    if (options.keyless !== true) requireKey(request, context, azure);
    if (request.method === 'GET' && /^\/models(\/.+)?$/.test(target.path)) return answerModels(target.path, context);
    const other = OTHER_ENDPOINTS[target.path];
    const known =
      other !== undefined || ['/chat/completions', '/responses', '/responses/compact'].includes(target.path);
    if (!known) throw notFound(request);
    if (request.method !== 'POST')
      throw openaiError(405, `Not allowed to ${request.method} on ${request.path}.`, { code: 'method_not_supported' });
    if (other !== undefined)
      return other(withModel(request, target.deployment), context, flavour.unknownFields ?? 'openai', planned);
    const body = requireJson(withModel(request, target.deployment));
    requireModel(text(body.model), context);
    if (target.path === '/chat/completions') return answerChat(body, context, flavour, planned);
    return target.path === '/responses' ? responses.answer(body, planned) : responses.compact(body);
  };
  return { answer, errorFrame };
}

const notFound = (request: Incoming): Refusal => openaiError(404, `Invalid URL (${request.method} ${request.path})`);

type Target = { path: string; deployment: string | undefined };

function openaiTarget(request: Incoming): Target {
  if (!request.path.startsWith('/v1/')) throw notFound(request);
  return { path: request.path.slice('/v1'.length), deployment: undefined };
}

function azureTarget(request: Incoming): Target {
  if (request.path.startsWith('/openai/v1/'))
    return { path: request.path.slice('/openai/v1'.length), deployment: undefined };
  const [, deployment, rest] = /^\/openai\/deployments\/([^/]+)(\/.+)$/.exec(request.path) ?? [];
  const missing = new Refusal(404, { error: { code: '404', message: 'Resource not found' } });
  if (deployment === undefined || rest === undefined) throw missing;
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(request.query.get('api-version') ?? '')) throw missing;
  return { path: rest, deployment: decodeURIComponent(deployment) };
}

/** Azure takes the model from the path; the body need not name it. */
function withModel(request: Incoming, deployment: string | undefined): Incoming {
  if (deployment === undefined || request.json === undefined) return request;
  return { ...request, json: { ...(request.json as Dict), model: deployment } };
}

function ollamaProbe(request: Incoming, context: DialectContext): Reply | undefined {
  if (request.method !== 'GET') return undefined;
  const models = context.models ?? LISTED_MODELS;
  if (request.path === '/api/tags')
    return jsonReply({
      models: models.map((name) => ({ name, model: name, size: 1, digest: 'sha256:0', details: { family: 'llama' } })),
    });
  return request.path === '/api/version' ? jsonReply({ version: '0.13.0' }) : undefined;
}

function errorFrame(request: Incoming): Uint8Array {
  const error = {
    type: 'server_error',
    code: 'server_error',
    message: 'The server had an error while processing your request. Sorry about that!',
    param: null,
  };
  if (!request.path.endsWith('/responses')) return sseFrame({ error });
  return sseFrame(
    { type: 'error', sequence_number: 99, code: error.code, message: error.message, param: null },
    'error',
  );
}
