/** What holds for every key, held against one request once its targets are known and before anything is sent: its tools and its size. */
import { policyBlocked } from '../../shared/domain/policy-words.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { JsonObject, Json } from './dialects/canonical.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { Plan, SafetyEvent, Target } from './exchange.ts';
import { surveyOf, type PlannableRequest, type Planned, type ReadFacts } from './plan-exchange.ts';
import { auditAccessOf, denialOf, policyAccessOf } from './policies/access.ts';
import { isOpenRouter } from './policies/offered-tools.ts';
import { contextDenied, sizeAgainst } from './policies/policy-limits.ts';
import { checkTools, toolDenialOf, type Offering } from './policies/tool-access.ts';
import type { AccessPolicy, PolicyLimit } from './ports.ts';
import type { PromptCounter } from './prompt-counter.ts';
import type { TokenRatios } from './token-ratios.ts';

export interface PolicyCheckInput {
  readonly input: PlannableRequest;
  /** With the earlier turns that were joined to it. */
  readonly read: ReadFacts;
  readonly planned: Planned;
  /** Told of what bundles that only watch would have refused. */
  readonly note: (event: SafetyEvent) => void;
}

export interface PolicyCheckDeps {
  /** Absent: the estimate is taken for the count. */
  readonly counter?: Pick<PromptCounter, 'countText'> | undefined;
  readonly tokenRatios: Pick<TokenRatios, 'knows' | 'estimate'>;
}

/**
 * Throws `admit.model_denied`, `admit.tool_denied`, `admit.context_denied`. `'count_here'`: it asks for a count of more than may be said, so that it is
 * to be counted without sending it.
 */
export async function checkPolicy(
  policy: AccessPolicy,
  asked: PolicyCheckInput,
  deps: PolicyCheckDeps,
): Promise<'count_here' | undefined> {
  const { input, read, planned } = asked;
  const { surface } = input;
  const offering = { surface: surface.id, document: read.document, targets: planned.plan.targets };
  checkPreset(asked.input, read, planned.plan);
  checkTools(policy.tools, offering);
  if (policy.audit !== undefined) watch(policy.audit, asked, offering);
  const { maxContext } = policy;
  if (maxContext === undefined || read.document === undefined) return undefined;
  const tokens = await tokensAbove(maxContext, { input, document: read.document, planned }, deps);
  if (tokens === undefined) return undefined;
  if (surface.operation === 'count_tokens') return 'count_here';
  throw contextDenied(maxContext, tokens);
}

/** The same of a plan that took the place of that one, with other targets for the same request. Throws `admit.model_denied`, `admit.tool_denied`. */
export function checkTargets(asked: Pick<PolicyCheckInput, 'input' | 'note'>, read: ReadFacts, plan: Plan): void {
  const { snapshot, surface } = asked.input;
  const { document } = read;
  checkPreset(asked.input, read, plan);
  checkTools(snapshot.policy?.tools ?? [], { surface: surface.id, document, targets: plan.targets });
  watchTargets(asked, plan);
}

/** A field of OpenRouter that names a preset says who answers as the name of a model does. Throws `admit.model_denied`. */
function checkPreset({ snapshot }: PlannableRequest, { document }: ReadFacts, { targets }: Plan): void {
  const preset = document?.value('preset') ?? undefined;
  if (preset === undefined) return;
  const access = policyAccessOf(snapshot);
  const name = `@preset/${typeof preset === 'string' ? preset : ''}`;
  for (const { provider } of targets) {
    if (!isOpenRouter(provider)) continue;
    const { policy, rule } = denialOf(access, [`${provider.id}/${name}`, name], provider.id) ?? {};
    if (policy === undefined) continue;
    const what = `this request names a preset of "${provider.id}", which may stand for other models`;
    throw new GatewayError('admit.model_denied', policyBlocked(policy, what), { details: { rule } });
  }
}

/** Notes which targets of a plan bundles that only watch would not have let anybody ask. */
function watchTargets({ input, note }: Pick<PolicyCheckInput, 'input' | 'note'>, { targets, decision }: Plan): void {
  const access = auditAccessOf(input.snapshot);
  if (access.length === 0) return;
  for (const { provider, model } of targets) {
    const target = `${provider.id}/${model}`;
    const denial = denialOf(access, [target, model, decision.asked], provider.id);
    if (denial !== undefined) note(watched(denial.rule, `would not have been asked: ${target}`));
  }
}

function watch(audit: NonNullable<AccessPolicy['audit']>, asked: PolicyCheckInput, offering: Offering): void {
  const { planned, note } = asked;
  watchTargets(asked, planned.plan);
  const denial = toolDenialOf(audit.tools, offering);
  if (denial !== undefined) note(watched(denial.policy.rule, `would have been refused: ${denial.why}`));
  const { maxContext } = audit;
  const { tokens } = planned.facts;
  if (maxContext !== undefined && tokens > maxContext.tokens)
    note(watched(maxContext.rule, `would have been refused: it says about ${String(tokens)} tokens`));
}

function watched(rule: string, detail: string): SafetyEvent {
  return { source: 'policy', rule, action: 'log', detail };
}

// ---------------------------------------------------------------- size

interface Sized {
  readonly input: PlannableRequest;
  readonly document: JsonDocument;
  readonly planned: Planned;
}

/** How many tokens it says, if that is more than the limit. Counted only where bytes leave a doubt. */
async function tokensAbove(
  limit: PolicyLimit,
  { input, document, planned }: Sized,
  { counter, tokenRatios }: PolicyCheckDeps,
): Promise<number | undefined> {
  const { tokens: estimated } = planned.facts;
  const above = (tokens: number): number | undefined => (tokens > limit.tokens ? tokens : undefined);
  if (counter === undefined) return above(estimated);
  const media = surveyOf(input.surface, document)?.media() ?? { bytes: 0, count: 0 };
  const mediaTokens = media.count * usualMediaTokens;
  const bodyBytes = Math.max(0, document.bytes.length - media.bytes);
  if (sizeAgainst(limit, { textBytes: bodyBytes, mediaTokens }) === 'within') return undefined;
  // Bodies hold more than is said: names of fields, and letters spelt as escapes.
  const said = saidIn(document.root(), media.bytes);
  const size = sizeAgainst(limit, { textBytes: said.length, mediaTokens });
  if (size !== 'unclear') return size === 'within' ? undefined : Math.max(estimated, limit.tokens + 1);
  const [target] = planned.plan.targets;
  const text = await tokensOf(said, target, { bodyBytes, counter, tokenRatios });
  return above(text === undefined ? estimated : text + mediaTokens);
}

/** What pictures and documents usually cost. */
const usualMediaTokens = 1_600;

/** By the target's own tokenizer, or by what its provider counted before. */
async function tokensOf(
  said: Buffer,
  target: Target | undefined,
  deps: PolicyCheckDeps & { readonly bodyBytes: number },
): Promise<number | undefined> {
  if (target === undefined) return undefined;
  const name = `${target.provider.id}/${target.model}`;
  const counted = await deps.counter?.countText(said, target);
  if (counted?.isExact !== true && deps.tokenRatios.knows(name)) return deps.tokenRatios.estimate(name, deps.bodyBytes);
  return counted?.tokens;
}

/** Shorter media stay: they are a few hundred tokens too many. */
const leastMediaLength = 2_000;
const base64 = /^[A-Za-z0-9+/=_-]*$/;

/** All texts of a body, one after the other, and descriptions of tools as they stand; without so much base64 of media. */
function saidIn(root: JsonObject, mediaBytes: number): Buffer {
  const texts: string[] = [];
  let mediaLeft = mediaBytes;
  const visit = (value: Json): void => {
    if (typeof value === 'string') {
      const data = value.startsWith('data:') ? value.slice(value.indexOf(',') + 1) : value;
      if (data.length >= leastMediaLength && data.length <= mediaLeft && base64.test(data)) mediaLeft -= data.length;
      else texts.push(value);
    } else if (Array.isArray(value)) for (const one of value as readonly Json[]) visit(one);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) visit(one as Json);
  };
  for (const [name, value] of Object.entries(root)) {
    // A model is told the names of their fields as well.
    if (name === 'tools' || name === 'functions') texts.push(JSON.stringify(value));
    else visit(value as Json);
  }
  return Buffer.from(texts.join('\n'), 'utf8');
}
