/** What each kind of provider and family of models takes and refuses, as data: pattern → rules, later rows win. */
import { kindFacts, type ProviderKind } from '../../shared/config/provider.ts';
import type { DialectId } from '../../shared/domain/dialect.ts';
import type { ModelFacts } from '../gateway/ports.ts';

export type Rules = NonNullable<ModelFacts['rules']>;

interface Row {
  /** `undefined`: every kind. */
  readonly kinds?: readonly ProviderKind[];
  /** Looked for in the model's name, lower-case. `undefined`: every model. */
  readonly model?: RegExp;
  readonly rules: Rules;
  /** The model is offered in these dialects only. */
  readonly dialects?: readonly DialectId[];
}

const openai: readonly ProviderKind[] = ['openai', 'azure-openai'];
const claude: readonly ProviderKind[] = ['anthropic', 'vertex', 'bedrock'];
const gemini: readonly ProviderKind[] = ['gemini', 'vertex'];

/** Claude 5 and later, whatever the size is called, and names that will come. */
const claude5 = /claude-(?:[a-z]+-(?:[5-9]|\d{2})(?!\d)|mythos)/;

// Sources: each vendor's API reference and migration guides as of 2026-11; for Bedrock the Converse feature table in the
// AWS user guide. A row that is wrong costs a 400 or a recorded loss, never a wrong answer.
const openaiRows: readonly Row[] = [
  { kinds: openai, rules: { reasoningParameter: 'none' } },
  // `developer` is an alias of `system` for every current model on api.openai.com; Azure knows it for reasoning models.
  { kinds: ['openai'], rules: { developerRole: true } },
  {
    kinds: openai,
    model: /^(?:o\d|gpt-(?:[5-9]|[12]\d)(?:\.\d+)?(?![\d.])|codex-mini|computer-use)/,
    rules: {
      maxCompletionTokens: true,
      noSampling: true,
      developerRole: true,
      reasoning: true,
      reasoningParameter: 'reasoning_effort',
      refusedFields: ['stop', 'logit_bias'],
    },
  },
  { kinds: openai, model: /^o\d/, rules: { noParallelToolCalls: true } },
  { kinds: openai, model: /^o1-(?:mini|preview)/, rules: { developerRole: false, noSystem: true, noTools: true } },
  // gpt-5-chat is the plain chat model behind a gpt-5 name; later -chat models do reason and refuse sampling.
  {
    kinds: openai,
    model: /^gpt-5(?:\.3)?-chat/,
    rules: { noSampling: false, reasoning: false, reasoningParameter: 'none', refusedFields: [] },
  },
  { kinds: openai, model: /-search-(?:preview|api)/, rules: { noSampling: true, noParallelToolCalls: true } },
  {
    kinds: openai,
    model: /^(?:o[13]-pro|gpt-\d+(?:\.\d+)?-(?:pro|codex)|codex-mini|computer-use)|deep-research/,
    rules: {},
    dialects: ['openai-responses'],
  },
  { kinds: openai, model: /-(?:audio|search)-preview|^gpt-audio/, rules: {}, dialects: ['openai-chat'] },
];

const claudeRows: readonly Row[] = [
  { kinds: claude, model: /claude-(?:3-(?:5-)?(?:opus|sonnet|haiku)|2|instant)/, rules: { reasoning: false } },
  { kinds: ['bedrock'], model: /claude-(?:v?2|instant)/, rules: { noTools: true } },
  { kinds: claude, model: /claude-(?:3-7|(?:opus|sonnet|haiku)-4)/, rules: { reasoning: true } },
  // 4.6 takes both forms of thinking and calls the budget deprecated.
  {
    kinds: claude,
    model: /claude-(?:opus|sonnet|haiku)-4-(?:[6-9]|\d{2})(?!\d)/,
    rules: { reasoning: true, adaptiveThinking: true },
  },
  // 4.7 refuses temperature, top_p, top_k and a thinking budget with a 400.
  { kinds: claude, model: /claude-(?:opus|sonnet|haiku)-4-(?:[7-9]|\d{2})(?!\d)/, rules: { noSampling: true } },
  {
    kinds: claude,
    model: /claude-(?:opus|sonnet|haiku)-4-(?:[89]|\d{2})(?!\d)/,
    rules: { midConversationSystem: true },
  },
  {
    kinds: claude,
    model: claude5,
    rules: { reasoning: true, adaptiveThinking: true, noSampling: true, midConversationSystem: true },
  },
  // Bedrock's Converse has no such role, whatever the model.
  { kinds: ['bedrock'], rules: { midConversationSystem: false } },
  { kinds: ['vertex'], model: /^claude-/, rules: {}, dialects: ['anthropic-messages'] },
];

const geminiRows: readonly Row[] = [
  { kinds: gemini, model: /gemini-(?:1\.|2\.0)/, rules: { reasoning: false } },
  { kinds: gemini, model: /gemini-(?:2\.5|[3-9]|\d{2}|(?:flash|pro)-)/, rules: { reasoning: true } },
  // From Gemini 3 on; the -latest names have moved there.
  {
    kinds: gemini,
    model: /gemini-(?:[3-9]|\d{2})(?:[.-]|$)|gemini-(?:flash|pro)(?:-lite)?-latest/,
    rules: { thinkingLevel: true },
  },
  { kinds: gemini, model: /-image|-tts|imagen|veo-/, rules: { reasoning: false, noTools: true } },
  // Gemma 3 on the Gemini API: "Developer instruction is not enabled for this model", and neither is JSON mode.
  {
    kinds: gemini,
    model: /gemma-3/,
    rules: { reasoning: false, noSystem: true, noTools: true, noJsonSchema: true, refusedFields: ['responseMimeType'] },
  },
  { kinds: ['vertex'], model: /^(?:publishers\/google\/models\/)?(?:gemini|gemma)-/, rules: {}, dialects: ['gemini'] },
];

const bedrockRows: readonly Row[] = [
  {
    kinds: ['bedrock'],
    model: /titan-text|ai21\.j2|cohere\.command-(?:text|light)/,
    rules: { noSystem: true, noTools: true },
  },
  { kinds: ['bedrock'], model: /mistral\.(?:mistral-7b|mixtral-8x7b)/, rules: { noSystem: true, noTools: true } },
  { kinds: ['bedrock'], model: /meta\.llama(?:2|3-(?:8b|70b))|jamba-instruct|deepseek\.r1/, rules: { noTools: true } },
];

const compatibleRows: readonly Row[] = [
  {
    kinds: ['mistral'],
    // Mistral answers 422 `extra_forbidden` to fields it does not know.
    rules: {
      mistral: true,
      noStreamOptions: true,
      reasoningParameter: 'none',
      refusedFields: [
        ...['user', 'logprobs', 'top_logprobs', 'logit_bias', 'store', 'service_tier', 'prompt_cache_key'],
        ...[
          'safety_identifier',
          'verbosity',
          'modalities',
          'audio',
          'web_search_options',
          'functions',
          'function_call',
        ],
      ],
    },
  },
  { kinds: ['mistral'], model: /magistral/, rules: { reasoning: true } },
  {
    kinds: ['mistral'],
    model: /mistral-(?:small|medium)-(?:latest|26\d\d|[4-9])/,
    rules: { reasoning: true, reasoningParameter: 'reasoning_effort' },
  },
  {
    kinds: ['deepseek'],
    rules: { reasoningField: 'reasoning_content', reasoningParameter: 'reasoning_effort', noJsonSchema: true },
  },
  { kinds: ['deepseek'], model: /reasoner|-v[4-9]/, rules: { reasoning: true } },
  { kinds: ['deepseek'], model: /deepseek-chat/, rules: { reasoning: false, reasoningParameter: 'none' } },
  {
    kinds: ['deepseek'],
    model: /reasoner/,
    rules: { reasoningParameter: 'none', refusedFields: ['logprobs', 'top_logprobs'] },
  },
  { kinds: ['openrouter'], rules: { reasoningField: 'reasoning', reasoningParameter: 'reasoning' } },
  {
    kinds: ['groq'],
    rules: {
      reasoningField: 'reasoning',
      reasoningParameter: 'none',
      refusedFields: ['logprobs', 'top_logprobs', 'logit_bias'],
    },
  },
  {
    kinds: ['groq', 'together', 'cerebras', 'ollama', 'lmstudio', 'llamacpp', 'fireworks', 'openai-compatible'],
    model: /gpt-oss/,
    rules: { reasoning: true, reasoningParameter: 'reasoning_effort' },
  },
  { kinds: ['groq'], model: /qwen3/, rules: { reasoning: true, reasoningParameter: 'reasoning_effort' } },
  { kinds: ['xai'], rules: { reasoningField: 'reasoning_content', reasoningParameter: 'none' } },
  // Reasoning Groks refuse penalties and stop; which of them take an effort differs by model (docs.x.ai, reasoning).
  {
    kinds: ['xai'],
    model: /grok-(?:3-mini|[4-9]|\d{2}|code|build)(?!.*non-reasoning)/,
    rules: { reasoning: true, refusedFields: ['presence_penalty', 'frequency_penalty', 'stop', 'logit_bias'] },
  },
  {
    kinds: ['xai'],
    model: /grok-(?:3-mini|4\.[3-9](?!\d)|[5-9]|\d{2})/,
    rules: { reasoningParameter: 'reasoning_effort' },
  },
  { kinds: ['xai'], model: /multi-agent/, rules: {}, dialects: ['openai-responses'] },
  { kinds: ['together'], rules: { reasoningField: 'reasoning' } },
  { kinds: ['fireworks'], rules: { reasoningField: 'reasoning_content' } },
  {
    kinds: ['cerebras'],
    rules: {
      reasoningField: 'reasoning',
      maxCompletionTokens: true,
      refusedFields: ['frequency_penalty', 'presence_penalty', 'logit_bias', 'service_tier'],
    },
  },
  {
    kinds: ['cohere'],
    rules: {
      noParallelToolCalls: true,
      reasoningParameter: 'none',
      refusedFields: [
        ...['store', 'metadata', 'logit_bias', 'top_logprobs', 'n', 'modalities', 'prediction', 'audio'],
        ...['service_tier', 'user'],
      ],
    },
  },
  { kinds: ['perplexity'], rules: { noTools: true, noStreamOptions: true, reasoningParameter: 'none' } },
  { kinds: ['ollama'], rules: { reasoningField: 'reasoning' } },
  { kinds: ['lmstudio', 'llamacpp'], rules: { reasoningField: 'reasoning_content' } },
];

const rows: readonly Row[] = [...openaiRows, ...claudeRows, ...geminiRows, ...bedrockRows, ...compatibleRows];

export interface ModelRules {
  readonly rules: Rules;
  /** `undefined`: all dialects of the provider. */
  readonly dialects: readonly DialectId[] | undefined;
}

/** Rules for any model name of a kind, known to a catalogue or not. */
export function rulesFor(kind: ProviderKind, model: string): ModelRules {
  const name = model.toLowerCase();
  let rules: Rules = {};
  let dialects: readonly DialectId[] | undefined;
  for (const row of rows) {
    if (row.kinds?.includes(kind) === false || row.model?.test(name) === false) continue;
    rules = { ...rules, ...row.rules };
    dialects = row.dialects ?? dialects;
  }
  const spoken = kindFacts[kind].dialects;
  return { rules, dialects: dialects?.filter((dialect) => spoken.includes(dialect)) };
}
