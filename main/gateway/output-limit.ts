/** A lower limit of output said in the words of each dialect, with what else in a request must stay below it (BUD-07). */
import type { DialectId, Operation } from '../../shared/domain/dialect.ts';
import type { CanonicalRequest, LossSink } from './dialects/canonical.ts';
import { asArray, asObject, asString, type TargetRules } from './dialects/dialect.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { Target } from './exchange.ts';

export interface OutputLimit {
  /** Tokens of one answer; larger or absent limits of the client are lowered to it. */
  readonly maxOutputTokens: number;
  /** What is told of it among the losses: `clipped to 900: budget "team" has no more left`. */
  readonly limitReason: string;
}

type LimitEdits = { readonly [Name in keyof OutputLimit]?: OutputLimit[Name] | undefined };

/** The limit among the edits of a body. */
export function limitOf({ maxOutputTokens, limitReason }: LimitEdits): OutputLimit | undefined {
  if (maxOutputTokens === undefined) return undefined;
  return { maxOutputTokens, limitReason: limitReason ?? `clipped to ${String(maxOutputTokens)}` };
}

/** How a limit is written: that of a dialect, or of the old completions. */
export type LimitedFormat = DialectId | 'completions';

export interface ToLimit {
  readonly format: LimitedFormat;
  readonly document: JsonDocument;
  readonly limit: OutputLimit;
  readonly rules: TargetRules;
  /** The client named this very model, so its `max_tokens` keeps its name whatever the rules say. */
  readonly keepsNames: boolean;
  /** To this server a limit of zero is none. */
  readonly zeroIsNone?: boolean | undefined;
  readonly losses: LossSink;
}

/** Claude's smallest budget of thoughts (Messages API reference, `thinking.budget_tokens`). */
const leastThoughts = 1_024;

/**
 * Edits a body that goes out in the client's own dialect. Comes after all other edits. Only what is too large, or absent, is
 * changed; the rest keeps its bytes.
 */
export function limitOutput(edit: ToLimit): void {
  limitOthers(edit);
  switch (edit.format) {
    case 'openai-chat':
      limitChat(edit);
      return;
    case 'completions':
      limitField(edit, 'max_tokens');
      return;
    case 'openai-responses':
      limitField(edit, 'max_output_tokens');
      return;
    case 'anthropic-messages':
      if (limitField(edit, 'max_tokens')) limitThinking(edit, 'thinking', 'budget_tokens');
      return;
    case 'gemini':
      limitGemini(edit);
      return;
    case 'bedrock-converse':
      // Never the client's own dialect: bodies in it are made of the canonical request.
      return;
  }
}

/** The same for a request on its way to another dialect. */
export function limitRequest(request: CanonicalRequest, limit: OutputLimit, losses: LossSink): CanonicalRequest {
  const most = limit.maxOutputTokens;
  if (request.maxOutputTokens !== 0 && !isAbove(request.maxOutputTokens, most)) return request;
  losses('max_tokens', limit.limitReason);
  const { reasoning } = request;
  const limited: CanonicalRequest = { ...request, maxOutputTokens: most };
  if (reasoning?.budgetTokens === undefined || reasoning.budgetTokens < most) return limited;
  losses('thinking', limit.limitReason);
  return { ...limited, reasoning: { ...reasoning, budgetTokens: thoughtsWithin(most) } };
}

/** Whether a request for this can carry a limit at all. */
export function takesLimit(target: Target, operation: Operation): boolean {
  if (operation !== 'generate' && operation !== 'completions') return false;
  const refused = target.provider.rulesFor(target.model).refusedFields ?? [];
  return !refused.some((name) => limitFields.has(name));
}

const limitFields: ReadonlySet<string> = new Set([
  ...['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  ...['generationConfig', 'maxOutputTokens', 'inferenceConfig', 'maxTokens'],
]);

/** What servers that run models take besides the names of their dialect, or in their place: llama.cpp, Ollama, TGI. */
const otherNames: ReadonlySet<string> = new Set(['n_predict', 'num_predict', 'max_new_tokens']);

/** Servers in Go take a name in any case, and of two the last. */
function limitOthers({ document, limit, losses }: ToLimit): void {
  for (const name of document.keys()) {
    const plain = name.toLowerCase();
    const isOther = otherNames.has(plain) || (plain !== name && limitFields.has(plain));
    const value = isOther ? (document.value(name) ?? null) : null;
    if (value === null || !isAbove(value, limit.maxOutputTokens)) continue;
    document.remove(name);
    losses(name, limit.limitReason);
  }
}

/** Half of it is left for the answer. */
function thoughtsWithin(most: number): number {
  return Math.floor(most / 2);
}

/** Whether it had to be lowered. */
function limitField({ document, limit, losses, zeroIsNone }: ToLimit, name: string): boolean {
  const value = document.value(name);
  const isNone = zeroIsNone === true && countOf(value) === 0;
  if (!isNone && !isAbove(value, limit.maxOutputTokens)) return false;
  document.set(name, String(limit.maxOutputTokens));
  losses('max_tokens', limit.limitReason);
  return true;
}

/**
 * An absent limit, or what is none, is above any: below zero there is none for llama.cpp, vLLM
 * and Ollama. proto3 JSON may write a number as a string.
 */
function isAbove(value: unknown, most: number): boolean {
  const told = countOf(value);
  return told === undefined || told < 0 || told > most;
}

function countOf(value: unknown): number | undefined {
  const told = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof told === 'number' && !Number.isNaN(told) ? told : undefined;
}

const chatFields = ['max_completion_tokens', 'max_tokens'] as const;

function limitChat(edit: ToLimit): void {
  const { document, limit, rules, keepsNames, losses } = edit;
  const most = limit.maxOutputTokens;
  const present = chatFields.filter((name) => document.has(name));
  // No conversation is asked for no answer: to Ollama that is no limit either.
  const tooLarge = present.filter((name) => countOf(document.value(name)) === 0 || isAbove(document.value(name), most));
  if (present.length > 0 && tooLarge.length === 0) return;
  losses('max_tokens', limit.limitReason);
  const isNew = present.length === 0 || (present.length === 1 && present[0] === 'max_tokens' && !keepsNames);
  if (isNew) {
    const isReasoner = rules.maxCompletionTokens === true;
    document.set(isReasoner ? 'max_completion_tokens' : 'max_tokens', String(most));
    if (isReasoner) document.remove('max_tokens');
  } else for (const name of tooLarge) document.set(name, String(most));
  // OpenRouter's, and the thinking of vendors that took over Anthropic's.
  limitNested(edit, 'reasoning', 'max_tokens');
  limitThinking(edit, 'thinking', 'budget_tokens');
}

/** A budget of thoughts is part of the limit and must stay below it, as far as the dialect has one. */
function limitNested({ document, limit, losses }: ToLimit, field: string, name: string): void {
  const nested = document.nested(field);
  const budget = nested?.value(name);
  if (nested === undefined || typeof budget !== 'number' || budget < limit.maxOutputTokens) return;
  nested.set(name, String(thoughtsWithin(limit.maxOutputTokens)));
  document.set(field, nested.render().toString('utf8'));
  losses(field, limit.limitReason);
}

/** Claude refuses a budget that is not below the limit, and one of less than 1,024: then there are no thoughts. */
function limitThinking(edit: ToLimit, field: string, name: string): void {
  const { document, limit, losses } = edit;
  const most = limit.maxOutputTokens;
  const nested = document.nested(field);
  const budget = nested?.value(name);
  if (nested === undefined || typeof budget !== 'number' || budget < most) return;
  losses(field, limit.limitReason);
  if (most <= leastThoughts) {
    document.remove(field);
    keepThoughts(document);
    return;
  }
  nested.set(name, String(Math.max(leastThoughts, thoughtsWithin(most))));
  document.set(field, nested.render().toString('utf8'));
}

/** What clears thoughts from the history is refused where nothing thinks (context editing, `clear_thinking_20251015`). */
function keepThoughts(document: JsonDocument): void {
  const management = asObject(document.value('context_management'));
  const edits = asArray(management['edits']);
  const kept = edits.filter((one) => asString(asObject(one)['type'])?.startsWith('clear_thinking') !== true);
  if (kept.length === edits.length) return;
  if (kept.length === 0) document.remove('context_management');
  else document.set('context_management', JSON.stringify({ ...management, edits: kept }));
}

/** Google's parser takes the camelCase names and those of the proto. */
function spelling(document: JsonDocument, camel: string, snake: string): string {
  return (document.value(camel) ?? null) === null && document.has(snake) ? snake : camel;
}

function limitGemini({ document, limit, losses }: ToLimit): void {
  const most = limit.maxOutputTokens;
  const field = spelling(document, 'generationConfig', 'generation_config');
  const config = document.nested(field);
  if (config === undefined) {
    document.set(field, JSON.stringify({ maxOutputTokens: most }));
    losses('max_tokens', limit.limitReason);
    return;
  }
  const name = spelling(config, 'maxOutputTokens', 'max_output_tokens');
  if (!isAbove(config.value(name), most)) return;
  config.set(name, String(most));
  losses('max_tokens', limit.limitReason);
  const thinkingField = spelling(config, 'thinkingConfig', 'thinking_config');
  const thinking = config.nested(thinkingField);
  const budgetName = thinking === undefined ? '' : spelling(thinking, 'thinkingBudget', 'thinking_budget');
  const budget = thinking?.value(budgetName) ?? undefined;
  // Below zero it thinks as it likes, within the limit.
  if (thinking !== undefined && budget !== undefined && (countOf(budget) ?? Infinity) >= most) {
    thinking.set(budgetName, String(thoughtsWithin(most)));
    config.set(thinkingField, thinking.render().toString('utf8'));
    losses('thinking', limit.limitReason);
  }
  document.set(field, config.render().toString('utf8'));
}
