/** Which targets go on from the beginning of an answer that they are handed, as data, and how they are handed it. */
import type { ProviderKind } from '../../shared/config/provider.ts';
import type { Usage } from '../../shared/domain/usage.ts';
import type { CanonicalMessage, CanonicalRequest, Json, JsonObject } from './dialects/canonical.ts';
import { asObject } from './dialects/dialect.ts';
import type { Target } from './exchange.ts';

interface Row {
  readonly kinds: readonly ProviderKind[];
  /** Looked for in the model's name, lower-case. */
  readonly model: RegExp;
  /** A field of the last message says that it is to be gone on with. */
  readonly field?: string;
  /** Its tools change the template or the grammar, and nothing is promised of a beginning then. */
  readonly noTools?: boolean;
}

/** Claude before 4.6, by the names of Anthropic, Vertex, Bedrock and OpenRouter. */
const earlyClaude =
  /claude-(?:v?[12](?!\d)|instant|3(?!\d)|(?:opus|sonnet|haiku)-4(?![\d.-])|(?:opus|sonnet|haiku)-4[.-](?:[0-5](?!\d)|20\d{6}))/;

/** Models that think before they write: servers refuse a beginning of the answer then, or take it for a thought. */
const thinking =
  /qwen-?3|qwq|deepseek-(?:r1|v3\.[1-9]|v[4-9])|(?:^|[^a-z])r1(?:[^a-z0-9]|$)|gpt-oss|think|reason|magistral|glm-(?:4\.[5-9]|[5-9])|minimax-m|nemotron|kimi-k2\.[5-9]/;

/**
 * Only what the vendors promise. Not here: OpenAI, Gemini, xAI and others that take a last assistant message for a finished turn; vLLM
 * and its like, which want `continue_final_message` and cannot be told from other servers; DeepSeek, whose `prefix` exists below a
 * base of its own (`/beta`) only.
 */
const rows: readonly Row[] = [
  // platform.claude.com, "Prefill Claude's response"; "What's new in Claude 4.6", prefill removal. The same models elsewhere.
  { kinds: ['anthropic', 'vertex', 'bedrock'], model: /claude/ },
  // openrouter.ai, API reference, "Assistant prefill": passed on to the model, which must know it.
  { kinds: ['openrouter'], model: /^anthropic\/claude/ },
  // docs.mistral.ai, guides, "Prefix". The answer repeats it (vercel/ai#3256).
  { kinds: ['mistral'], model: /^(?!magistral)/, field: 'prefix' },
  // console.groq.com, "Assistant message prefilling".
  { kinds: ['groq'], model: /^/, noTools: true },
  // ollama/ollama#6778, said by its makers: a last message of the assistant is gone on with.
  { kinds: ['ollama'], model: /^/, noTools: true },
  // llama.cpp, tools/server README, `--prefill-assistant`, which is the default (ggml-org/llama.cpp#13174).
  { kinds: ['llamacpp'], model: /^/, noTools: true },
];

function rowOf(target: Target): Row | undefined {
  const model = target.model.toLowerCase();
  return rows.find(({ kinds, model: pattern }) => kinds.includes(target.provider.kind) && pattern.test(model));
}

/** Whether `target` would go on from a beginning of its answer to this request. */
export function takesPrefix(target: Target, request: CanonicalRequest): boolean {
  const row = rowOf(target);
  if (row === undefined) return false;
  // A schema binds an answer from its first character on (platform.claude.com, structured outputs: not with a prefill).
  if (request.output !== undefined && request.output.type !== 'text') return false;
  if (request.reasoning !== undefined && request.reasoning.mode !== 'off') return false;
  if (row.noTools === true && request.tools.length > 0) return false;
  const model = target.model.toLowerCase();
  if (model.includes('claude')) return earlyClaude.test(model);
  return (
    !thinking.test(model) && (target.provider.rulesFor(target.model).reasoning !== true || row.field !== undefined)
  );
}

/** Four characters a token, where no count came. */
const charactersPerToken = 4;
/** A limit that is nearly used up still lets a sentence be finished. */
const leastTokens = 16;

/** The request with `prefix` as the beginning of the answer, and with what that took off the limit. */
export function withPrefix(request: CanonicalRequest, prefix: string, usedSoFar: Usage | undefined): CanonicalRequest {
  const spent = usedSoFar?.outputTokens ?? Math.ceil(prefix.length / charactersPerToken);
  const limit = request.maxOutputTokens;
  return {
    ...request,
    messages: withBeginning(request.messages, prefix),
    maxOutputTokens: limit === undefined ? undefined : Math.max(limit - spent, Math.min(limit, leastTokens)),
  };
}

/** The client may have begun the answer itself: then there is one beginning, not two. */
function withBeginning(messages: readonly CanonicalMessage[], prefix: string): CanonicalMessage[] {
  const last = messages.at(-1);
  const text = last?.role === 'assistant' ? last.parts.at(-1) : undefined;
  if (last !== undefined && text?.type === 'text') {
    const parts = [...last.parts.slice(0, -1), { ...text, text: text.text + prefix }];
    return [...messages.slice(0, -1), { ...last, parts }];
  }
  return [...messages, { role: 'assistant', parts: [{ type: 'text', text: prefix }] }];
}

/** The body with the mark some vendors want on the message that is to be gone on with. */
export function markPrefix(target: Target, body: JsonObject): JsonObject {
  const field = rowOf(target)?.field;
  const { messages } = body;
  if (field === undefined || !Array.isArray(messages)) return body;
  const list = messages as readonly Json[];
  return { ...body, messages: [...list.slice(0, -1), { ...asObject(list.at(-1)), [field]: true }] };
}
