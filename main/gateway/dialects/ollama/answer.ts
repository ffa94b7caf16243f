/** Answers for Ollama clients: one JSON object, or a line of JSON for each step. */
import { noUsage, maxUsage, totalInputTokens, type Usage } from '../../../../shared/domain/usage.ts';
import type { CanonicalResponse, Finish, Json, JsonObject, StreamPart } from '../canonical.ts';
import { isObject, type EncodeAnswerContext, type StreamEncoder } from '../dialect.ts';

interface Step {
  readonly text?: string | undefined;
  readonly thinking?: string | undefined;
  readonly calls?: readonly JsonObject[] | undefined;
}

/** `generate` answers in `response`, `chat` in `message`. */
function stepBody(context: EncodeAnswerContext, step: Step): JsonObject {
  const base = { model: context.model, created_at: new Date(context.createdAt * 1000).toISOString() };
  if (context.clientBody['prompt'] !== undefined) {
    return { ...base, response: step.text ?? '', ...(step.thinking === undefined ? {} : { thinking: step.thinking }) };
  }
  return {
    ...base,
    message: {
      role: 'assistant',
      content: step.text ?? '',
      ...(step.thinking === undefined ? {} : { thinking: step.thinking }),
      ...(step.calls === undefined ? {} : { tool_calls: step.calls }),
    },
  };
}

/** Counts of the runner; times are not known here and are 0, which clients show as such. */
function ending(finish: Finish, usage: Usage | undefined): JsonObject {
  return {
    done: true,
    done_reason: finish.reason === 'length' ? 'length' : 'stop',
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: usage === undefined ? 0 : totalInputTokens(usage),
    prompt_eval_duration: 0,
    eval_count: usage?.outputTokens ?? 0,
    eval_duration: 0,
  };
}

function callOf(name: string, input: string, id: string): JsonObject {
  return { id, function: { name, arguments: argumentsOf(input) } };
}

function argumentsOf(input: string): Json {
  try {
    const value: unknown = JSON.parse(input === '' ? '{}' : input);
    return isObject(value) ? value : {};
  } catch {
    // A model that wrote broken JSON: the text itself, where a client can see it.
    return { input };
  }
}

export function encodeAnswer(response: CanonicalResponse, context: EncodeAnswerContext): JsonObject {
  const join = (type: 'text' | 'reasoning' | 'refusal'): string =>
    response.parts.map((part) => (part.type === type ? part.text : '')).join('');
  const calls = response.parts.flatMap((part) =>
    part.type === 'tool-call' ? [callOf(part.name, part.input, part.id)] : [],
  );
  const thinking = join('reasoning');
  const step = {
    text: join('text') + join('refusal'),
    thinking: thinking === '' ? undefined : thinking,
    calls: calls.length === 0 ? undefined : calls,
  };
  return { ...stepBody(context, step), ...ending(response.finish, response.usage) };
}

export class OllamaStreamEncoder implements StreamEncoder {
  readonly #context: EncodeAnswerContext;
  readonly #calls = new Map<number, { readonly name: string; readonly id: string; input: string }>();
  #usage: Usage | undefined;
  #finish: Finish = { reason: 'stop' };
  #ended = false;

  constructor(context: EncodeAnswerContext) {
    this.#context = context;
  }

  encode(part: StreamPart): string {
    if (this.#ended) return '';
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
        return part.text === '' ? '' : this.#line({ text: part.text });
      case 'reasoning-delta':
        return part.text === '' ? '' : this.#line({ thinking: part.text });
      case 'tool-call-start':
        this.#calls.set(part.block, { name: part.name, id: part.id, input: '' });
        return '';
      case 'tool-call-delta': {
        const call = this.#calls.get(part.block);
        if (call !== undefined) call.input += part.input;
        return '';
      }
      case 'tool-call-end': {
        // Ollama's calls are whole: their arguments are an object.
        const call = this.#calls.get(part.block);
        return call === undefined ? '' : this.#line({ calls: [callOf(call.name, call.input, call.id)] });
      }
      case 'usage':
        this.#usage = maxUsage(this.#usage ?? noUsage, part.usage);
        return '';
      case 'finish':
        this.#finish = part.finish;
        return '';
      case 'response-end':
        this.#ended = true;
        return `${JSON.stringify({ ...stepBody(this.#context, {}), ...ending(this.#finish, this.#usage) })}\n`;
      case 'error':
        this.#ended = true;
        return `${JSON.stringify({ error: part.error.message })}\n`;
      default:
        return '';
    }
  }

  #line(step: Step): string {
    return `${JSON.stringify({ ...stepBody(this.#context, step), done: false })}\n`;
  }
}
