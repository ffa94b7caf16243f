/** How a Claude target is asked to think (platform.claude.com, extended and adaptive thinking, effort). */
import type { CanonicalRequest, Effort, JsonObject, ReasoningRequest, ToolChoice } from '../canonical.ts';
import type { EncodeRequestContext, TargetRules } from '../dialect.ts';
import { isResult } from './encode-messages.ts';
import type { Turn } from './encode-messages.ts';

export interface ThinkingPlan {
  /** Undefined: the field is left out and the model does what it does by default. */
  readonly thinking?: JsonObject | undefined;
  readonly effort?: string | undefined;
  /** `max_tokens` holds the thoughts too: raised when the client named no limit. */
  readonly maxTokens: number;
}

/** The API's own floor. */
const leastBudget = 1_024;
/** Room for the answer behind the thoughts when the client set no limit. */
const answerTokens = 8_192;
/** Budgets as vendors' own tables pair them with efforts. */
const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_768,
};

export function planThinking(
  request: CanonicalRequest,
  turns: readonly Turn[],
  maxTokens: number,
  context: EncodeRequestContext,
): ThinkingPlan {
  const { rules, losses } = context;
  const { reasoning } = request;
  if (reasoning === undefined) return { maxTokens };
  if (rules.reasoning === false) {
    if (reasoning.mode !== 'off') losses('reasoning', 'this model does not think');
    return { maxTokens };
  }
  const effort = encodeEffort(reasoning, rules, context);
  if (reasoning.mode === 'off') {
    if (rules.alwaysThinks !== true) return { thinking: { type: 'disabled' }, effort, maxTokens };
    losses('reasoning', 'this model cannot be kept from thinking');
    return { effort: effort ?? 'low', maxTokens };
  }
  if (forcesTool(request.toolChoice) && request.tools.length > 0 && rules.alwaysThinks !== true) {
    losses('reasoning', 'Claude cannot think when a tool is forced');
    return { effort, maxTokens };
  }
  const display =
    reasoning.summary === undefined ? {} : { display: reasoning.summary === 'none' ? 'omitted' : 'summarized' };
  if (rules.adaptiveThinking === true) return { thinking: { type: 'adaptive', ...display }, effort, maxTokens };
  if (hasUnsignedToolTurn(turns)) {
    losses('reasoning', 'Claude cannot go on thinking in a tool turn whose signed thinking is missing');
    return { effort, maxTokens };
  }
  return planBudget(request, reasoning, maxTokens, display, context);
}

function planBudget(
  request: CanonicalRequest,
  reasoning: ReasoningRequest,
  maxTokens: number,
  display: JsonObject,
  context: EncodeRequestContext,
): ThinkingPlan {
  const wanted =
    reasoning.budgetTokens ?? budgets[reasoning.effort ?? (reasoning.mode === 'adaptive' ? 'high' : 'medium')];
  const ceiling = context.rules.maxOutputTokens;
  const roomy =
    request.maxOutputTokens === undefined
      ? Math.max(maxTokens, Math.min(wanted + answerTokens, ceiling ?? Infinity))
      : maxTokens;
  if (roomy <= leastBudget) {
    context.losses('reasoning', `thinking needs more than ${String(leastBudget)} output tokens`);
    return { maxTokens };
  }
  // A budget the client named may fill all but one token; one that we made up leaves half for the answer.
  const most = reasoning.budgetTokens === undefined ? Math.max(leastBudget, Math.floor(roomy / 2)) : roomy - 1;
  const budget = Math.max(leastBudget, Math.min(Math.floor(wanted), most));
  if (reasoning.budgetTokens !== undefined && budget !== reasoning.budgetTokens)
    context.losses('reasoning', `the thinking budget became ${String(budget)} tokens`);
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display }, maxTokens: roomy };
}

/** Only models with adaptive thinking take an effort; the levels above `high` came later (effort, supported models). */
function encodeEffort(
  reasoning: ReasoningRequest,
  rules: TargetRules,
  context: EncodeRequestContext,
): string | undefined {
  if (rules.adaptiveThinking !== true) return undefined;
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens);
  switch (effort) {
    case undefined:
    case 'none':
      return undefined;
    case 'minimal':
      return 'low';
    case 'xhigh':
      // Known from 4.7 on, the models that also refuse sampling parameters.
      if (rules.noSampling === true) return 'xhigh';
      context.losses('reasoning', 'this model knows no effort xhigh: it was asked for high');
      return 'high';
    default:
      return effort;
  }
}

function effortOf(budget: number | undefined): Effort | undefined {
  if (budget === undefined) return undefined;
  return budget <= 4_096 ? 'low' : budget <= 16_384 ? 'medium' : 'high';
}

export function forcesTool(choice: ToolChoice | undefined): boolean {
  return (
    choice?.type === 'required' || choice?.type === 'tool' || (choice?.type === 'allowed' && choice.mode === 'required')
  );
}

/**
 * The API wants the last assistant turn to start with signed thinking while its tool results are being given. Adaptive thinking has
 * no such rule, because there a turn without thoughts is a normal one.
 */
function hasUnsignedToolTurn(turns: readonly Turn[]): boolean {
  const at = turns.findLastIndex((turn) => turn.role === 'assistant');
  if (at === -1 || !turns.slice(at + 1).some((turn) => turn.blocks.some(isResult))) return false;
  const first = turns[at]?.blocks[0]?.['type'];
  return first !== 'thinking' && first !== 'redacted_thinking';
}
