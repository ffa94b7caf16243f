/** How much a model shall reason, in the field its family reads: Converse itself has none. */
import type { Effort, Json, JsonObject, LossSink, ReasoningRequest } from '../canonical.ts';
import type { TargetRules } from '../dialect.ts';
import { isClaude } from './models.ts';

/** Anthropic's smallest budget. */
const smallestBudget = 1024;
/** Tokens left for the answer itself where a limit must be made up beside a budget. */
const answerTokens = 8192;

export interface ReasoningFields {
  /** Goes into `additionalModelRequestFields`. */
  readonly fields: JsonObject;
  /** Claude thinks in this answer: sampling is bound, tools cannot be demanded. */
  readonly isThinking: boolean;
  /** A limit the budget needs above it, when the client set none. */
  readonly maxTokens?: number;
}

export interface ReasoningInput {
  readonly model: string;
  readonly reasoning: ReasoningRequest | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly rules: TargetRules;
  /** A tool is demanded, which Claude refuses while thinking. */
  readonly demandsTool: boolean;
  /** The last assistant turn calls tools and does not start with its reasoning, which a thinking budget demands. */
  readonly lacksReasoning: boolean;
}

const none: ReasoningFields = { fields: {}, isThinking: false };

export function encodeReasoning(input: ReasoningInput, losses: LossSink): ReasoningFields {
  const { model, reasoning, rules } = input;
  if (reasoning === undefined) return none;
  if (isClaude(model))
    return rules.reasoning === false
      ? refuse(reasoning, losses, 'this model does not reason')
      : claudeThinking(input, reasoning, losses);
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens);
  if (/nova-2/.test(model)) {
    if (reasoning.mode === 'off') return { fields: { reasoningConfig: { type: 'disabled' } }, isThinking: false };
    // Nova refuses limits and sampling beside `high`, and clients set them.
    const level = effort === 'none' || effort === 'minimal' || effort === 'low' ? 'low' : 'medium';
    if (level === 'medium' && effort !== undefined && effort !== 'medium')
      losses('reasoning', 'Nova was asked for medium effort: high allows no limits beside it');
    return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: level } }, isThinking: false };
  }
  if (/gpt-oss/.test(model)) {
    const level =
      reasoning.mode === 'off' || effort === 'none' || effort === 'minimal'
        ? 'low'
        : effort === 'xhigh' || effort === 'max'
          ? 'high'
          : effort;
    return level === undefined ? none : { fields: { reasoning_effort: level }, isThinking: false };
  }
  return refuse(reasoning, losses, 'this model cannot be told how much to reason');
}

function refuse(reasoning: ReasoningRequest, losses: LossSink, why: string): ReasoningFields {
  if (reasoning.mode !== 'off') losses('reasoning', why);
  return none;
}

/** `thinking` and `output_config` as Claude's own API names them (docs.claude.com, extended and adaptive thinking). */
function claudeThinking(input: ReasoningInput, reasoning: ReasoningRequest, losses: LossSink): ReasoningFields {
  const { rules } = input;
  if (reasoning.mode === 'off') return none;
  if (input.demandsTool) return refuse(reasoning, losses, 'Claude does not think in an answer that must call a tool');
  if (rules.adaptiveThinking === true) {
    const effort = claudeEffort(reasoning.effort ?? effortOf(reasoning.budgetTokens), rules, losses);
    if (reasoning.budgetTokens !== undefined)
      losses('thinking.budget_tokens', 'the model decides how much it thinks: the budget became an effort');
    const display =
      reasoning.summary === undefined ? {} : { display: reasoning.summary === 'none' ? 'omitted' : 'summarized' };
    return {
      fields: {
        thinking: { type: 'adaptive', ...display },
        ...(effort === undefined ? {} : { output_config: { effort } }),
      },
      isThinking: true,
    };
  }
  if (input.lacksReasoning)
    return refuse(
      reasoning,
      losses,
      'the tool turn under way holds no reasoning of this provider: Claude does not think in it',
    );
  const room = input.maxOutputTokens;
  if (room !== undefined && room <= smallestBudget)
    return refuse(reasoning, losses, `Claude needs a limit above ${String(smallestBudget)} tokens to think`);
  const wanted = Math.max(smallestBudget, reasoning.budgetTokens ?? budgetOf(reasoning.effort));
  const limit = room ?? rules.maxOutputTokens;
  // Thinking counts as output: a fifth of the limit stays for the answer.
  const budget = limit === undefined || wanted < limit ? wanted : Math.max(smallestBudget, Math.floor(limit * 0.8));
  // A budget that was made up here from an effort can be made up smaller.
  if (budget < wanted && reasoning.budgetTokens !== undefined)
    losses('thinking.budget_tokens', 'the budget must stay below the limit of the answer and was cut');
  const thinking: Json = { type: 'enabled', budget_tokens: budget };
  return room === undefined
    ? { fields: { thinking }, isThinking: true, maxTokens: limit ?? budget + answerTokens }
    : { fields: { thinking }, isThinking: true };
}

/** Claude knows low, medium, high and max, and from 4.7 on (which refuse sampling) xhigh. */
function claudeEffort(effort: Effort | undefined, rules: TargetRules, losses: LossSink): string | undefined {
  if (effort === 'none' || effort === 'minimal') return 'low';
  if (effort !== 'xhigh' || rules.noSampling === true) return effort;
  losses('reasoning', 'this model knows no xhigh effort: high was asked for');
  return 'high';
}

/** Budgets as the vendors' own tables pair them with efforts: up to 4k low, up to 16k medium, beyond high. */
function effortOf(budget: number | undefined): Effort | undefined {
  if (budget === undefined) return undefined;
  return budget <= 4_096 ? 'low' : budget <= 16_384 ? 'medium' : 'high';
}

/** As at Anthropic itself. */
const budgets: Readonly<Record<Effort, number>> = {
  none: 1024,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_768,
};

function budgetOf(effort: Effort | undefined): number {
  return budgets[effort ?? 'medium'];
}
