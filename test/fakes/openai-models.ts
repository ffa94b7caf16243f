// What OpenAI's reasoning models refuse that the others take.
// Public reference: "Reasoning models", section on unsupported parameters.

import { openaiError } from './openai-errors.ts';
import type { Dict } from './json.ts';

/** o-series, gpt-5 and later, except the chat-latest models. */
export const isReasoningModel = (model: string): boolean =>
  /^(o\d|gpt-([5-9]|\d\d)|codex)/.test(model) && !/-chat(-|$)/.test(model);

/** Models that can think not at all, and then take sampling parameters; asked for by effort `none`. */
const canRest = (model: string): boolean => /^gpt-(5\.[1-9]|[6-9]|\d\d)/.test(model);

type Surface = 'chat' | 'responses';

/** Refuses sampling parameters that a reasoning model does not take. */
export function checkReasoningLimits(body: Dict, model: string, effort: unknown, surface: Surface): void {
  if (!isReasoningModel(model)) {
    if (effort !== undefined && effort !== null) {
      const param = surface === 'chat' ? 'reasoning_effort' : 'reasoning.effort';
      throw openaiError(400, `Unsupported parameter: '${param}' is not supported with this model.`, {
        param,
        code: 'unsupported_parameter',
      });
    }
    return;
  }
  if (surface === 'chat' && typeof body.max_tokens === 'number') {
    throw openaiError(
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: 'max_tokens', code: 'unsupported_parameter' },
    );
  }
  if (body.stop !== undefined && body.stop !== null) throw unsupported('stop');
  if (canRest(model) && effort === 'none') return;
  if (typeof body.temperature === 'number' && body.temperature !== 1) {
    if (surface === 'responses') throw unsupported('temperature');
    throw openaiError(
      400,
      `Unsupported value: 'temperature' does not support ${body.temperature} with this model. Only the default (1) value is supported.`,
      {
        param: 'temperature',
        code: 'unsupported_value',
      },
    );
  }
  if (typeof body.top_p === 'number' && body.top_p !== 1) throw unsupported('top_p');
  for (const name of ['presence_penalty', 'frequency_penalty']) {
    if (typeof body[name] === 'number' && body[name] !== 0) throw unsupported(name);
  }
  for (const name of ['logprobs', 'top_logprobs', 'logit_bias']) {
    if (body[name] !== undefined && body[name] !== null && body[name] !== false) throw unsupported(name);
  }
}

const unsupported = (name: string) =>
  openaiError(400, `Unsupported parameter: '${name}' is not supported with this model.`, {
    param: name,
    code: 'unsupported_parameter',
  });
