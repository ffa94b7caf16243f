/** Stage identify: method and path become a surface, whatever base URL a user pasted. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { ClientDialectId, Family, Operation, SurfaceId } from '../../shared/domain/dialect.ts';
import { lookup } from '../kit/lookup.ts';
import type { Surface } from './exchange.ts';

interface SurfaceRow {
  readonly id: SurfaceId;
  readonly family: Family;
  readonly operation: Operation;
  readonly dialect?: ClientDialectId;
  readonly method: 'GET' | 'POST';
}

/** Paths below the version segment that match exactly. */
const exactRows = lookup<SurfaceRow>({
  '/chat/completions': { id: 'chat', family: 'openai', operation: 'generate', dialect: 'openai-chat', method: 'POST' },
  '/responses': {
    id: 'responses',
    family: 'openai',
    operation: 'generate',
    dialect: 'openai-responses',
    method: 'POST',
  },
  '/responses/compact': { id: 'responses_compact', family: 'openai', operation: 'compact', method: 'POST' },
  '/completions': { id: 'completions', family: 'openai', operation: 'completions', method: 'POST' },
  '/embeddings': { id: 'embeddings', family: 'openai', operation: 'embeddings', method: 'POST' },
  '/moderations': { id: 'moderations', family: 'openai', operation: 'moderations', method: 'POST' },
  '/rerank': { id: 'rerank', family: 'openai', operation: 'rerank', method: 'POST' },
  '/images/generations': { id: 'images', family: 'openai', operation: 'images', method: 'POST' },
  '/images/edits': { id: 'images', family: 'openai', operation: 'images', method: 'POST' },
  '/images/variations': { id: 'images', family: 'openai', operation: 'images', method: 'POST' },
  '/audio/speech': { id: 'audio', family: 'openai', operation: 'audio', method: 'POST' },
  '/audio/transcriptions': { id: 'audio', family: 'openai', operation: 'audio', method: 'POST' },
  '/audio/translations': { id: 'audio', family: 'openai', operation: 'audio', method: 'POST' },
  '/messages': {
    id: 'messages',
    family: 'anthropic',
    operation: 'generate',
    dialect: 'anthropic-messages',
    method: 'POST',
  },
  '/messages/count_tokens': {
    id: 'messages_count_tokens',
    family: 'anthropic',
    operation: 'count_tokens',
    dialect: 'anthropic-messages',
    method: 'POST',
  },
  '/models': { id: 'models', family: 'openai', operation: 'models', method: 'GET' },
});

const geminiMethods = lookup<SurfaceRow>({
  generateContent: {
    id: 'gemini_generate',
    family: 'gemini',
    operation: 'generate',
    dialect: 'gemini',
    method: 'POST',
  },
  streamGenerateContent: {
    id: 'gemini_stream',
    family: 'gemini',
    operation: 'generate',
    dialect: 'gemini',
    method: 'POST',
  },
  countTokens: {
    id: 'gemini_count_tokens',
    family: 'gemini',
    operation: 'count_tokens',
    dialect: 'gemini',
    method: 'POST',
  },
  embedContent: { id: 'gemini_embed', family: 'gemini', operation: 'embeddings', method: 'POST' },
  batchEmbedContents: { id: 'gemini_embed', family: 'gemini', operation: 'embeddings', method: 'POST' },
});

const ollamaRows = lookup<SurfaceRow>({
  '/api/tags': { id: 'ollama_tags', family: 'ollama', operation: 'models', method: 'GET' },
  '/api/version': { id: 'ollama_version', family: 'ollama', operation: 'models', method: 'GET' },
  '/api/show': { id: 'ollama_show', family: 'ollama', operation: 'models', method: 'POST' },
  '/api/chat': { id: 'ollama_chat', family: 'ollama', operation: 'generate', dialect: 'ollama', method: 'POST' },
  '/api/generate': {
    id: 'ollama_generate',
    family: 'ollama',
    operation: 'generate',
    dialect: 'ollama',
    method: 'POST',
  },
});

/** Every surface row, for tests that must not miss a new one. */
export const surfaceRows: readonly (SurfaceRow & { readonly path: string })[] = [
  ...Object.entries(exactRows).map(([path, row]) => ({ ...row, path: `/v1${path}` })),
  ...Object.entries(geminiMethods).map(([method, row]) => ({ ...row, path: `/v1beta/models/demo-echo:${method}` })),
];

/** The same, for the Ollama emulation. */
export const ollamaSurfaceRows: readonly (SurfaceRow & { readonly path: string })[] = Object.entries(ollamaRows).map(
  ([path, row]) => ({ ...row, path }),
);

/** What the head of a request says about who speaks (WIRE 1.2, CLI-02). */
export interface SpeakerHints {
  readonly anthropicVersion: boolean;
  readonly xApiKey: boolean;
  readonly googleKey: boolean;
  readonly userAgent: string;
}

/** The path split from credentials: `/c/<key>/v1/messages?key=…` → token, path, query. */
export interface SplitUrl {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly pathToken: string | undefined;
  /** Each `key` of the query; more than one is judged where keys are. */
  readonly queryKeys: readonly string[];
}

const pathTokenPattern = /^\/c\/([^/]+)(\/.*)?$/;

export function splitUrl(url: string): SplitUrl {
  const mark = url.indexOf('?');
  let path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const queryKeys = query.getAll('key');
  query.delete('key');
  let pathToken: string | undefined;
  const token = pathTokenPattern.exec(path);
  if (token !== null) {
    pathToken = decodeOrRaw(token[1] ?? '');
    path = token[2] ?? '/';
  }
  return { path, query, pathToken, queryKeys };
}

function decodeOrRaw(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not valid percent-encoding: the raw text will simply not be a known key.
    return text;
  }
}

/** Path without version segments: `/v1/v1/messages`, `/messages`, `/v1/messages/` are one; Gemini's keep their version. */
const versionPattern = /^(?:\/(?:v1|v1beta|v1alpha))+(?=\/|$)/;

function withoutVersion(path: string): string {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const rest = trimmed.replace(versionPattern, '').replace(/\/{2,}/g, '/');
  return rest === '' ? '/' : rest;
}

// `@ai-sdk/google` leaves `models/` out when the model's own name has a slash.
const geminiPattern = /^\/(?:(?:models|tunedModels)\/)?(.+):([A-Za-z]+)$/;
const modelPattern = /^\/models\/(.+)$/;

export interface IdentifyInput {
  readonly method: string;
  readonly url: SplitUrl;
  readonly hints: SpeakerHints;
  readonly ollama: boolean;
}

/** Throws `identify.unknown_path` or `identify.method_not_allowed`. The error's `details.family` says whose shape to answer in. */
export function identify(input: IdentifyInput): Surface {
  const { url, method } = input;
  if (input.ollama) {
    const row = ollamaRows[url.path];
    if (row !== undefined) return surface(row, method, url, url.path, undefined);
  }
  const path = withoutVersion(url.path);
  const exact = exactRows[path];
  if (exact !== undefined) {
    const row = exact.operation === 'models' ? { ...exact, family: speaker(input) } : exact;
    return surface(row, method, url, path, undefined);
  }
  const gemini = geminiPattern.exec(path);
  const geminiRow = gemini === null ? undefined : geminiMethods[gemini[2] ?? ''];
  if (gemini !== null && geminiRow !== undefined) {
    return surface(geminiRow, method, url, path, decodeOrRaw(gemini[1] ?? ''));
  }
  const model = modelPattern.exec(path);
  if (model !== null && exactRows['/models'] !== undefined) {
    return surface({ ...exactRows['/models'], family: speaker(input) }, method, url, path, decodeOrRaw(model[1] ?? ''));
  }
  throw new GatewayError('identify.unknown_path', `There is no ${shorten(url.path)} here. ${nearestPath(path)}`, {
    details: { family: familyOfPath(url.path, input) },
  });
}

function surface(row: SurfaceRow, method: string, url: SplitUrl, path: string, pathModel: string | undefined): Surface {
  const allowed = row.method === 'GET' ? method === 'GET' || method === 'HEAD' : method === 'POST';
  if (!allowed) {
    throw new GatewayError(
      'identify.method_not_allowed',
      `${shorten(url.path)} takes ${row.method}, not ${shorten(method)}.`,
      {
        details: { family: row.family, allow: row.method },
      },
    );
  }
  return {
    id: row.id,
    family: row.family,
    operation: row.operation,
    dialect: row.dialect,
    path,
    pathModel,
    pathStream: row.id === 'gemini_stream',
    pathToken: url.pathToken,
    query: url.query,
  };
}

/** `GET /v1/models` is shared by three families. */
function speaker(input: IdentifyInput): Family {
  const { hints, url } = input;
  if (hints.anthropicVersion || /^(claude|anthropic)/i.test(hints.userAgent)) return 'anthropic';
  if (url.path.startsWith('/v1beta') || url.path.startsWith('/v1alpha')) return 'gemini';
  if (hints.googleKey || url.queryKeys.length > 0) return 'gemini';
  if (hints.xApiKey) return 'anthropic';
  return 'openai';
}

/** Whose error shape an unknown path gets: by the path where it tells, else by the head. */
export function familyOfPath(path: string, input: Pick<IdentifyInput, 'hints' | 'url'>): Family {
  if (path.includes('/messages')) return 'anthropic';
  if (path.startsWith('/v1beta') || path.includes(':generate') || path.includes(':stream')) return 'gemini';
  return speaker({ ...input, method: 'GET', ollama: false });
}

const knownPaths = [...Object.keys(exactRows), '/models/{model}:generateContent'];

function nearestPath(path: string): string {
  const hit = knownPaths.find((known) => path.endsWith(known) || known.startsWith(path));
  return hit !== undefined && hit !== path
    ? `Did you mean /v1${hit}?`
    : 'Served are /v1/chat/completions, /v1/responses, /v1/messages, /v1beta/models/{model}:generateContent and GET /v1/models.';
}

function shorten(text: string): string {
  // Control characters of a hostile path must not reach a terminal through the error's text, nor a key that stands in it askew.
  const clean = text.replace(/[^\x20-\x7e]/g, '?').replace(/(\/c\/)[^/]+/g, '$1***');
  return clean.length > 100 ? `${clean.slice(0, 100)}…` : clean;
}
