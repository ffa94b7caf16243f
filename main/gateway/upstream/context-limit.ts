/** Reads out of an error that a request was too long: how long it may be, and how long it was. */
import { errorWords, headOf } from './error-words.ts';

export interface ContextLimit {
  /** Tokens the model takes. */
  readonly limit?: number;
  /** Tokens it was asked to take. */
  readonly asked?: number;
}

/** What an error body says of the context window, in tokens; `undefined` when it says nothing. Never throws. */
export function contextLimitIn(text: string): ContextLimit | undefined {
  // The body first: it may hold the numbers as fields, and JSON may spell `>` as an escape.
  const fields = fieldsIn(text);
  if (fields !== undefined) return fields;
  const { text: words } = errorWords({ headers: {}, body: text });
  for (const form of forms) {
    const match = form.exec(words);
    if (match === null) continue;
    const limit = tokens(match.groups?.['limit']);
    const asked = sum(match.groups?.['asked'], match.groups?.['more']);
    if (limit === undefined && asked === undefined) continue;
    return { ...(limit === undefined ? {} : { limit }), ...(asked === undefined ? {} : { asked }) };
  }
  return undefined;
}

/** llama.cpp: `"n_prompt_tokens": 1407, "n_ctx": 256` (ggml-org/llama.cpp#15780). */
function fieldsIn(text: string): ContextLimit | undefined {
  const head = headOf(text);
  const limit = tokens(/"n_ctx"\s{0,8}:\s{0,8}(\d{1,10})\b/.exec(head)?.[1]);
  const asked = tokens(/"n_prompt_tokens"\s{0,8}:\s{0,8}(\d{1,10})\b/.exec(head)?.[1]);
  return limit === undefined || asked === undefined ? undefined : { limit, asked };
}

/** `131,072` counts as one number. */
const n = (name: string): string => `(?<${name}>\\d[\\d,]{0,12})`;
const form = (source: string): RegExp => new RegExp(source, 'i');

/** The most telling first. Where a message names several numbers, the whole request counts, not its parts. */
const forms: readonly RegExp[] = [
  // Anthropic.
  form(`too long: ${n('asked')} tokens > ${n('limit')}`),
  form(`exceed context limit: ${n('asked')} \\+ ${n('more')} > ${n('limit')}`),
  // OpenAI and whoever speaks like it; vLLM ("… and your request has 100 input tokens"); Fireworks ("too long: 262377, model …").
  form(`too long: ${n('asked')}, model maximum context length: ${n('limit')}`),
  form(
    `maximum context length (?:is|of) ${n('limit')}(?: tokens)?[^\\n]{0,80}?(?:requested|resulted in|request has|contains(?: at least)?) ${n('asked')}(?![\\d,]| output)`,
  ),
  form(`${n('asked')}[^\\n]{0,60}too large for model with ${n('limit')} maximum context length`),
  form(`maximum context length (?:is|of|:) ?\\(?${n('limit')}`),
  // Gemini, Vertex.
  form(`input token count \\(${n('asked')}\\) exceeds the maximum number of tokens allowed \\(${n('limit')}\\)`),
  form(`input token count is ${n('asked')} but (?:the )?model (?:only )?supports up to ${n('limit')}`),
  // xAI, Moonshot, Copilot, Cerebras.
  form(`maximum prompt length is ${n('limit')} but the request contains ${n('asked')}`),
  form(`exceeded model token limit: ${n('limit')}(?: \\(requested: ${n('asked')}\\))?`),
  form(`token count of ${n('asked')} exceeds the limit of ${n('limit')}`),
  form(`current length is ${n('asked')} while limit is ${n('limit')}`),
  // Cohere, Bedrock.
  form(`cannot exceed ${n('limit')} - received ${n('asked')}`),
  form(`max input tokens: ${n('limit')}, request input token count: ${n('asked')}`),
  // llama.cpp, llama-cpp-python, LM Studio, DS4, TGI.
  form(`\\(${n('asked')} tokens\\) exceeds the available context size \\(${n('limit')} tokens\\)`),
  form(`tokens \\(${n('asked')}\\) exceed context window of ${n('limit')}`),
  form(`first ${n('asked')} tokens[^\\n]{0,80}context length of only ${n('limit')}`),
  form(`\\(${n('asked')} tokens\\) is longer than the model'?s context length \\(${n('limit')} tokens\\)`),
  form(`prompt has ${n('asked')} tokens, but the configured context size is ${n('limit')}`),
  form(`must have less than ${n('limit')} tokens\\. Given: ${n('asked')}`),
];

function sum(asked: string | undefined, more: string | undefined): number | undefined {
  const first = tokens(asked);
  return first === undefined ? undefined : first + (tokens(more) ?? 0);
}

/** A number of tokens that can be one. */
function tokens(text: string | undefined): number | undefined {
  const value = text === undefined ? NaN : Number(text.replaceAll(',', ''));
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
