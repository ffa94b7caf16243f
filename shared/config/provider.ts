/** The kinds of provider Sluice knows, as data: a new OpenAI-compatible vendor is a row here and nothing else. */
import type { DialectId } from '../domain/dialect.ts';

export const providerKinds = [
  'openai',
  'anthropic',
  'gemini',
  'azure-openai',
  'bedrock',
  'vertex',
  'cohere',
  'mistral',
  'openrouter',
  'groq',
  'deepseek',
  'xai',
  'together',
  'fireworks',
  'cerebras',
  'perplexity',
  'ollama',
  'lmstudio',
  'llamacpp',
  'openai-compatible',
  'demo',
] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** How a provider wants to be called. */
export interface KindFacts {
  readonly label: string;
  /** Default base URL as the vendor's own SDK takes it; `undefined` when the user must give one. */
  readonly baseUrl: string | undefined;
  /** Which adapter calls it. */
  readonly adapter: 'openai' | 'anthropic' | 'gemini' | 'azure' | 'bedrock' | 'vertex' | 'demo';
  /** Dialects it speaks, best first. */
  readonly dialects: readonly DialectId[];
  /** Environment variables in which people keep its key. */
  readonly keyEnv: readonly string[];
  /** Works without a key (local servers, demo). */
  readonly keyless: boolean;
  /** Lives on this machine or network: loopback and private addresses are allowed, loading takes long. */
  readonly local: boolean;
  /** Name of this vendor in the built-in model catalogue. */
  readonly catalogue: string | undefined;
  /** Names of this vendor's own models: a bare id with such a prefix belongs here even before the catalogue knows it. */
  readonly modelPrefixes: readonly string[];
  /** Its paths have no version segment: an adapter must not insert `/v1`. */
  readonly unversioned?: boolean | undefined;
}

/** Dialects an adapter can carry: what a provider's `dialects` setting may choose from. */
export const adapterDialects: Readonly<Record<KindFacts['adapter'], readonly DialectId[]>> = {
  openai: ['openai-chat', 'openai-responses'],
  anthropic: ['anthropic-messages'],
  gemini: ['gemini'],
  azure: ['openai-responses', 'openai-chat'],
  bedrock: ['bedrock-converse'],
  vertex: ['gemini', 'anthropic-messages'],
  demo: ['openai-chat'],
};

/** A vendor or server that speaks OpenAI Chat Completions below `baseUrl`. */
function compatible(
  label: string,
  baseUrl: string | undefined,
  keyEnv: readonly string[],
  more: Partial<KindFacts> = {},
): KindFacts {
  return {
    label,
    baseUrl,
    adapter: 'openai',
    dialects: ['openai-chat'],
    keyEnv,
    keyless: false,
    local: false,
    catalogue: undefined,
    modelPrefixes: [],
    ...more,
  };
}

/** A server of open models on this machine: no key, and a model may take a minute to load. */
function localServer(label: string, baseUrl: string): KindFacts {
  return compatible(label, baseUrl, [], { keyless: true, local: true });
}

const openaiModelPrefixes = [
  ...['gpt-', 'chatgpt-', 'o1', 'o3', 'o4', 'codex-', 'computer-use-', 'text-embedding-', 'text-moderation-'],
  ...['omni-moderation-', 'dall-e-', 'whisper-', 'tts-', 'davinci-', 'babbage-', 'sora-'],
];

/**
 * Facts per kind, from each vendor's public API reference. `{region}` and `{location}` in a base URL stand for the
 * provider's own setting. Where a vendor documents a Responses endpoint as complete it is listed; one that is stateless
 * or in beta is left to the provider's `dialects` setting.
 */
export const kindFacts: Readonly<Record<ProviderKind, KindFacts>> = {
  openai: {
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    adapter: 'openai',
    dialects: ['openai-responses', 'openai-chat'],
    keyEnv: ['OPENAI_API_KEY'],
    keyless: false,
    local: false,
    catalogue: 'openai',
    modelPrefixes: openaiModelPrefixes,
  },
  anthropic: {
    label: 'Anthropic',
    baseUrl: 'https://api.anthropic.com',
    adapter: 'anthropic',
    dialects: ['anthropic-messages'],
    keyEnv: ['ANTHROPIC_API_KEY'],
    keyless: false,
    local: false,
    catalogue: 'anthropic',
    modelPrefixes: ['claude-'],
  },
  gemini: {
    label: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    adapter: 'gemini',
    dialects: ['gemini'],
    keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    keyless: false,
    local: false,
    catalogue: 'google',
    modelPrefixes: ['gemini-', 'gemma-', 'imagen-', 'veo-', 'learnlm-'],
  },
  'azure-openai': {
    label: 'Azure OpenAI',
    baseUrl: undefined,
    adapter: 'azure',
    dialects: ['openai-responses', 'openai-chat'],
    keyEnv: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    keyless: false,
    local: false,
    catalogue: 'azure',
    modelPrefixes: [],
  },
  bedrock: {
    label: 'AWS Bedrock',
    baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
    adapter: 'bedrock',
    dialects: ['bedrock-converse'],
    keyEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
    keyless: false,
    local: false,
    catalogue: 'amazon-bedrock',
    modelPrefixes: ['amazon.', 'anthropic.', 'meta.', 'us.', 'eu.', 'apac.', 'global.', 'arn:aws:bedrock:'],
  },
  vertex: {
    label: 'Google Vertex AI',
    baseUrl: 'https://{location}-aiplatform.googleapis.com',
    adapter: 'vertex',
    dialects: ['gemini', 'anthropic-messages'],
    keyEnv: [],
    keyless: false,
    local: false,
    catalogue: 'google-vertex',
    modelPrefixes: [],
  },
  cohere: compatible('Cohere', 'https://api.cohere.ai/compatibility/v1', ['CO_API_KEY', 'COHERE_API_KEY'], {
    catalogue: 'cohere',
    modelPrefixes: ['command-', 'c4ai-', 'embed-', 'rerank-'],
  }),
  mistral: compatible('Mistral', 'https://api.mistral.ai/v1', ['MISTRAL_API_KEY'], {
    catalogue: 'mistral',
    modelPrefixes: [
      ...['mistral-', 'ministral-', 'magistral-', 'codestral-', 'devstral-', 'pixtral-', 'voxtral-'],
      ...['open-mistral-', 'open-mixtral-'],
    ],
  }),
  openrouter: compatible('OpenRouter', 'https://openrouter.ai/api/v1', ['OPENROUTER_API_KEY'], {
    catalogue: 'openrouter',
  }),
  groq: compatible('Groq', 'https://api.groq.com/openai/v1', ['GROQ_API_KEY'], { catalogue: 'groq' }),
  deepseek: compatible('DeepSeek', 'https://api.deepseek.com/v1', ['DEEPSEEK_API_KEY'], {
    catalogue: 'deepseek',
    modelPrefixes: ['deepseek-'],
  }),
  // docs.x.ai recommends Responses and calls Chat Completions deprecated.
  xai: compatible('xAI', 'https://api.x.ai/v1', ['XAI_API_KEY'], {
    dialects: ['openai-responses', 'openai-chat'],
    catalogue: 'xai',
    modelPrefixes: ['grok-'],
  }),
  together: compatible('Together AI', 'https://api.together.xyz/v1', ['TOGETHER_API_KEY'], { catalogue: 'togetherai' }),
  fireworks: compatible('Fireworks', 'https://api.fireworks.ai/inference/v1', ['FIREWORKS_API_KEY'], {
    catalogue: 'fireworks-ai',
    modelPrefixes: ['accounts/fireworks/'],
  }),
  cerebras: compatible('Cerebras', 'https://api.cerebras.ai/v1', ['CEREBRAS_API_KEY'], { catalogue: 'cerebras' }),
  perplexity: compatible('Perplexity', 'https://api.perplexity.ai', ['PERPLEXITY_API_KEY'], {
    catalogue: 'perplexity',
    modelPrefixes: ['sonar'],
    unversioned: true,
  }),
  ollama: localServer('Ollama', 'http://127.0.0.1:11434'),
  lmstudio: localServer('LM Studio', 'http://127.0.0.1:1234/v1'),
  llamacpp: localServer('llama.cpp', 'http://127.0.0.1:8080/v1'),
  'openai-compatible': compatible('OpenAI-compatible', undefined, [], { keyless: true }),
  demo: {
    label: 'Demo',
    baseUrl: 'demo://sluice',
    adapter: 'demo',
    dialects: ['openai-chat'],
    keyEnv: [],
    keyless: true,
    local: true,
    catalogue: undefined,
    modelPrefixes: [],
  },
};

/** Whether a server of this kind runs the model itself, and so for nothing. Ollama passes some names on to its own cloud. */
export function runsForNothing(kind: ProviderKind, model: string): boolean {
  return kindFacts[kind].local && !/[-:]cloud$/.test(model);
}

/** Where a provider computes that runs on this machine or in its own network. */
export const ownRegion = 'local';

/** What a vendor's public terms for its API say becomes of what it is sent. */
export interface PublicTerms {
  /** At these hosts, which are the vendor's own. What is called elsewhere may be anybody's. */
  readonly hosts: RegExp;
  /** Whether models are trained on it. */
  readonly training: boolean;
  /** Days for which it is usually kept; `undefined` where that is different from model to model or not said. */
  readonly retentionDays: number | undefined;
}

/**
 * By kind, only where a vendor's own pages say so for everybody who pays for its API without asking for more. A vendor whose terms
 * depend on the plan (Gemini's free tier trains) or on settings nobody here can see is not in it.
 */
export const publicTerms: Readonly<Partial<Record<ProviderKind, PublicTerms>>> = {
  // developers.openai.com/api/docs/guides/your-data: not used to train unless one opts in; logs and stored answers 30 days.
  openai: { hosts: /^(?:[a-z]{2}\.)?api\.openai\.com$/, training: false, retentionDays: 30 },
  // anthropic.com/legal/commercial-terms: no training on customer content; privacy.claude.com: deleted within 30 days.
  anthropic: { hosts: /^api\.anthropic\.com$/, training: false, retentionDays: 30 },
  // learn.microsoft.com, "Data, privacy, and security for Azure OpenAI": not used to train; monitored for abuse 30 days.
  'azure-openai': {
    hosts: /^[a-z0-9-]+\.(?:openai|cognitiveservices)\.azure\.com$/,
    training: false,
    retentionDays: 30,
  },
  // docs.aws.amazon.com/bedrock, "Data protection" and "Data retention": no training; how long depends on the model.
  bedrock: {
    hosts: /^bedrock-runtime(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com$/,
    training: false,
    retentionDays: undefined,
  },
  // cloud.google.com/terms/service-terms, "Training Restriction"; how long depends on logging and caching.
  vertex: { hosts: /^(?:[a-z0-9-]+-)?aiplatform\.googleapis\.com$/, training: false, retentionDays: undefined },
};
