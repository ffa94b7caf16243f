/** What Converse passes on to some families of models only, by the model's id (AWS user guide, Converse feature table). */

/** Anthropic's models, whether called by id, by inference profile or by an ARN that names them. */
export function isClaude(model: string): boolean {
  return /claude/i.test(model);
}

/** Prompt caching: Claude from 3.5 Haiku and 3.7 Sonnet on, and Nova; other models answer a cache point with a 400. */
export function cachesPrompts(model: string): boolean {
  return (
    /nova-/.test(model) || (isClaude(model) && !/claude-(?:3-(?:opus|sonnet|haiku)|3-5-sonnet|v?2|instant)/.test(model))
  );
}

/** Cache points between tools: Claude's alone, Nova refuses them. */
export function cachesTools(model: string): boolean {
  return isClaude(model) && cachesPrompts(model);
}

/** The one-hour lifetime came with Claude 4.5. */
export function cachesAnHour(model: string): boolean {
  return /claude-(?:[a-z]+-4-(?:[5-9]|\d{2})(?!\d)|[a-z]+-(?:[5-9]|\d{2})(?!\d)|mythos)/.test(model);
}

/** Claude from 4.5 on refuses `temperature` and `topP` together. */
export const takesOneOfTwoSamplings = cachesAnHour;

/** `toolChoice` forms beside `auto`. Unknown models are taken at their word. */
export function toolChoices(model: string): { readonly any: boolean; readonly tool: boolean } {
  if (/mistral|mixtral/.test(model)) return { any: true, tool: false };
  if (/meta\.llama|cohere\.|ai21\.|titan/.test(model)) return { any: false, tool: false };
  return { any: true, tool: true };
}

/** `status` of a tool result: Claude and Nova; others are told in the text. */
export function takesResultStatus(model: string): boolean {
  return isClaude(model) || /nova-/.test(model);
}

/**
 * Schemas that bind the answer (`outputConfig.textFormat`): Claude 4.5 and 4.6. Older and newer ones refuse the field at Bedrock, and what
 * the open models that take it answer is not reliably bound (AWS user guide, structured outputs, and its model cards).
 */
export function takesAnswerSchema(model: string): boolean {
  return /claude-(?:haiku|sonnet|opus)-4-[56](?!\d)/.test(model);
}

/** Where `top_k` goes in `additionalModelRequestFields`; `undefined` when the model has none. */
export function topKField(
  model: string,
  topK: number,
): { readonly [name: string]: number | { readonly topK: number } } | undefined {
  if (isClaude(model) || /mistral|mixtral/.test(model)) return { top_k: topK };
  if (/nova-/.test(model)) return { inferenceConfig: { topK } };
  return /cohere\./.test(model) ? { k: topK } : undefined;
}
