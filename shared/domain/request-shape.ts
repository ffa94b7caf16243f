/** What a request's body looks like: the path it belongs to, told from nothing but its fields. */

/** Surfaces a request can be for, as conditions name them, with the path of each. */
const paths = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  gemini: '/v1beta/models/{model}:generateContent',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
  moderations: '/v1/moderations',
  images: '/v1/images/generations',
  audio: '/v1/audio/speech',
  rerank: '/v1/rerank',
  count_tokens: '/v1/messages/count_tokens',
} as const;

export type NamedSurface = keyof typeof paths;
export const namedSurfaces = Object.keys(paths) as NamedSurface[];

/** The surface a body is written for: a conversation in the dialect whose fields it has. `undefined` for no object. */
export function surfaceOf(body: unknown): NamedSurface | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const fields = body as Record<string, unknown>;
  if ('contents' in fields) return 'gemini';
  if (!('messages' in fields)) return 'input' in fields ? 'responses' : 'prompt' in fields ? 'completions' : 'chat';
  return isAnthropic(fields) ? 'messages' : 'chat';
}

/** Path of a surface; a Gemini path holds the model. `undefined` when the body does not name one there. */
export function pathOf(surface: NamedSurface, body: unknown): string | undefined {
  const path = paths[surface];
  if (!path.includes('{model}')) return path;
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  if (typeof model !== 'string' || model === '') return undefined;
  // Encoded, but for the slashes of `provider/model`.
  const name = encodeURIComponent(model.replace(/^models\//, '')).replaceAll('%2F', '/');
  return path.replace('{model}', () => name);
}

/** What only Anthropic's messages have: a system prompt of their own, its tools, its blocks; else that a length is required. */
function isAnthropic(fields: Readonly<Record<string, unknown>>): boolean {
  const { system, messages, tools, thinking } = fields;
  if (system !== undefined || 'stop_sequences' in fields || 'anthropic_version' in fields) return true;
  if (isObject(thinking) && 'type' in thinking) return true;
  const list = Array.isArray(messages) ? messages.filter(isObject) : [];
  // Roles and fields of OpenAI's chat.
  if (list.some(({ role }) => role === 'system' || role === 'developer' || role === 'tool')) return false;
  if (list.some((message) => 'tool_calls' in message)) return false;
  if (Array.isArray(tools) && tools.some((tool) => isObject(tool) && 'function' in tool)) return false;
  if (Array.isArray(tools) && tools.some((tool) => isObject(tool) && 'input_schema' in tool)) return true;
  const blocks = list.flatMap(({ content }) => (Array.isArray(content) ? content.filter(isObject) : []));
  if (blocks.some(({ type }) => type === 'image_url' || type === 'input_audio' || type === 'file')) return false;
  if (blocks.some(({ type }) => typeof type === 'string' && anthropicBlocks.has(type))) return true;
  if (blocks.some((block) => 'cache_control' in block)) return true;
  return typeof fields['max_tokens'] === 'number' && !chatFields.some((name) => name in fields);
}

const anthropicBlocks = new Set(['image', 'document', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking']);

/** Fields of OpenAI's chat that Anthropic refuses. */
const chatFields = [
  ...([
    'max_completion_tokens',
    'n',
    'stop',
    'seed',
    'response_format',
    'frequency_penalty',
    'presence_penalty',
  ] as const),
  ...(['logprobs', 'top_logprobs', 'logit_bias', 'stream_options', 'functions', 'reasoning_effort', 'store'] as const),
] as const;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
