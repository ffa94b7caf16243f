/**
 * Names from the OpenTelemetry semantic conventions for generative AI, as of version 1.41.0: the last that was published
 * with the general conventions, and what receivers understand. Their successor renames some and is not settled.
 */
import type { ProviderKind } from '../../shared/config/provider.ts';
import type { SurfaceId } from '../../shared/domain/dialect.ts';

export const schemaUrl = 'https://opentelemetry.io/schemas/1.41.0';

export const attribute = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  tokenType: 'gen_ai.token.type',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  httpStatus: 'http.response.status_code',
} as const;

/** Bounds are those the conventions ask for. */
export const metric = {
  tokenUsage: {
    name: 'gen_ai.client.token.usage',
    description: 'Number of input and output tokens used.',
    unit: '{token}',
    bounds: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  operationDuration: {
    name: 'gen_ai.client.operation.duration',
    description: 'Duration of one call to a provider.',
    unit: 's',
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  timeToFirstToken: {
    name: 'gen_ai.server.time_to_first_token',
    description: 'Time to the first content of an answer, as the client of this gateway sees it.',
    unit: 's',
    bounds: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0],
  },
  requestDuration: {
    name: 'gen_ai.server.request.duration',
    description: 'Duration of one request to this gateway.',
    unit: 's',
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
} as const;

/** `gen_ai.operation.name`: the conventions' own word where they have one. */
export const operationOf: Readonly<Record<SurfaceId, string>> = {
  chat: 'chat',
  responses: 'chat',
  responses_compact: 'compact',
  completions: 'text_completion',
  embeddings: 'embeddings',
  moderations: 'moderation',
  images: 'generate_content',
  audio: 'generate_content',
  rerank: 'rerank',
  models: 'models',
  messages: 'chat',
  messages_count_tokens: 'count_tokens',
  gemini_generate: 'generate_content',
  gemini_stream: 'generate_content',
  gemini_count_tokens: 'count_tokens',
  gemini_embed: 'embeddings',
  ollama_chat: 'chat',
  ollama_generate: 'text_completion',
  ollama_show: 'models',
  ollama_tags: 'models',
  ollama_version: 'models',
};

/** `gen_ai.provider.name`; a kind without a row goes by its own name. */
const providerNames: Readonly<Partial<Record<ProviderKind, string>>> = {
  gemini: 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  'azure-openai': 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

export function providerNameOf(kind: ProviderKind): string {
  return providerNames[kind] ?? kind;
}
