/** Which targets can and may serve a request: policy, capabilities, credentials, health. What is dropped keeps its reason. */
import type { Content } from '../../../shared/config/condition.ts';
import type { Denial } from '../../../shared/domain/access.ts';
import { matchesAny } from '../../kit/glob.ts';
import { deny, drop, isGroup, leavesOf, type Considered, type Expansion, type Group } from './candidates.ts';
import type { HealthView, RouteFacts, TargetHealth } from './decision.ts';
import { qualityOf } from './score.ts';
import { hasCredential, type RoutingProvider } from './routing-snapshot.ts';
import { count, duration, share } from './wording.ts';

export interface FilterInput {
  readonly facts: RouteFacts;
  readonly health: HealthView;
  readonly denialOf: (names: readonly string[], providerId: string) => Denial | undefined;
  readonly serves: (provider: RoutingProvider, model: string) => boolean;
  readonly hasLogin: (provider: RoutingProvider) => boolean;
}

/** Room kept for an answer whose length the client does not limit: about two pages. */
const answerReserve = 1_024;

/** What a request may hold besides text, and how a model without it is described. */
const media: readonly (readonly [content: Content & ('image' | 'audio' | 'pdf' | 'video'), lack: string])[] = [
  ['image', 'takes no pictures'],
  ['audio', 'takes no sound'],
  ['pdf', 'takes no PDF documents'],
  ['video', 'takes no video'],
];

const conversations: ReadonlySet<RouteFacts['surface']> = new Set(['chat', 'responses', 'messages', 'gemini']);

/**
 * The targets left, in the order listed. What depends on the others (the largest window when all are too small, the least
 * quality) is settled before policy takes any away: denying a target never brings in another one.
 */
export function usableOf({ group, considered }: Expansion, input: FilterInput): Considered[] {
  const { facts } = input;
  for (const one of considered) {
    const denial = input.denialOf([one.target, one.model, facts.model], one.provider.id);
    if (denial !== undefined) deny(one, denial);
  }
  const able = considered.filter((one) => {
    const serves = input.serves(one.provider, one.model);
    if (!serves) drop(one, 'operation', `has no endpoint for ${facts.surface.replaceAll('_', ' ')}`);
    return serves;
  });
  // With one target there is nothing to choose, and its provider knows best what it can do.
  const fit = considered.length > 1 ? goodEnough(group, capable(able, facts), facts) : able;
  return fit.filter((one) => one.droppedBy === undefined && canAuthenticate(one, input) && isUp(one, input));
}

// ---------------------------------------------------------------- capabilities

/** Only what is known to be impossible rules a target out (RTE-31). */
function capable(able: readonly Considered[], facts: RouteFacts): readonly Considered[] {
  const has = remembered(facts);
  const isConversation = conversations.has(facts.surface);
  const complete = able.filter((one) => {
    const lack = isConversation && one.facts?.chat === false ? 'does not hold conversations' : lackOf(one, has);
    if (lack !== undefined) drop(one, 'capability', lack);
    return lack === undefined;
  });
  const roomy = complete.filter((one) => !isTooSmall(one, facts));
  // Tokens are an estimate. When all windows seem too small, the largest is asked: the provider's own refusal is certain.
  const [largest] =
    roomy.length > 0 ? [] : [...complete].sort((a, b) => (b.facts?.contextWindow ?? 0) - (a.facts?.contextWindow ?? 0));
  if (largest !== undefined) largest.note = `${windowText(largest, facts)}, and no other has a larger one`;
  if (roomy.length < complete.length) {
    for (const one of complete)
      if (one !== largest && isTooSmall(one, facts)) drop(one, 'capability', windowText(one, facts));
  }
  return largest === undefined ? roomy : [largest];
}

/** Asks each question once, and none before it matters. */
function remembered(facts: RouteFacts): RouteFacts['has'] {
  const answers = new Map<Content, boolean>();
  return (content) => {
    let answer = answers.get(content);
    if (answer === undefined) answers.set(content, (answer = facts.has(content)));
    return answer;
  };
}

function lackOf({ facts: model }: Considered, has: RouteFacts['has']): string | undefined {
  if (model === undefined) return undefined;
  const { inputs, tools, rules } = model;
  if (inputs !== undefined) {
    for (const [content, lack] of media) if (!inputs.includes(content) && has(content)) return lack;
  }
  return (tools === false || rules?.noTools === true) && has('tools') ? 'calls no tools' : undefined;
}

function isTooSmall({ facts: model }: Considered, facts: RouteFacts): boolean {
  return model?.contextWindow !== undefined && model.contextWindow < needed(model.maxOutputTokens, facts);
}

/** The input with the room its answer may take. */
function needed(maxOutputTokens: number | undefined, facts: RouteFacts): number {
  return facts.tokens + Math.min(facts.maxTokens ?? answerReserve, maxOutputTokens ?? Number.MAX_SAFE_INTEGER);
}

function windowText({ facts: model }: Considered, facts: RouteFacts): string {
  const about = count(needed(model?.maxOutputTokens, facts));
  return `has a context window of ${count(model?.contextWindow ?? 0)} tokens; about ${about} are needed`;
}

/** Every score with a floor keeps it among its own targets, nested ones first. */
function goodEnough(group: Group, fit: readonly Considered[], facts: RouteFacts): readonly Considered[] {
  let left = fit;
  for (const { content } of group.members) if (isGroup(content)) left = goodEnough(content, left, facts);
  const { strategy, objective } = group.route;
  if (strategy !== 'auto' || objective.qualityFloor === undefined) return left;
  return aboveFloor(left, new Set(leavesOf(group)), objective.qualityFloor, facts);
}

/** A floor says what a model must promise. Where none is known to, it is not the floor that can be kept. */
function aboveFloor(
  fit: readonly Considered[],
  own: ReadonlySet<Considered>,
  floor: number,
  facts: RouteFacts,
): readonly Considered[] {
  const { type } = facts.promptType;
  const promise = (one: Considered): number | undefined => (own.has(one) ? qualityOf(one, type)?.[0] : undefined);
  if (!fit.some((one) => (promise(one) ?? -1) >= floor)) return fit;
  return fit.filter((one) => {
    const mean = promise(one);
    if (mean === undefined || mean >= floor) return true;
    drop(one, 'quality', `promises a quality of ${share(mean)}; the route asks for ${share(floor)}`);
    return false;
  });
}

// ---------------------------------------------------------------- credentials and health

function canAuthenticate(one: Considered, input: FilterInput): boolean {
  if (hasCredential(one.provider, one.model) || input.hasLogin(one.provider)) return true;
  drop(one, 'credential', `has no key that can be used: ${missingCredential(one)}`);
  return false;
}

/** Why there is none, with what mends it. */
export function missingCredential({ provider, model }: Pick<Considered, 'provider' | 'model'>): string {
  const fitting = provider.credentials.filter((one) => matchesAny(one.models, model));
  const [missing] = fitting;
  if (missing !== undefined)
    return `key "${missing.name}" of provider "${provider.id}": ${missing.secret.reason ?? 'it could not be read'}`;
  if (provider.credentials.length > 0)
    return `no key of provider "${provider.id}" may be used for "${model}"; see keys[].models`;
  return `provider "${provider.id}" has no key; add one under keys`;
}

/**
 * Looks at the target's health and keeps what it saw: `false`, and dropped, while it rests. One whose keys were refused
 * stays: it may come last. One the client insists on is asked all the same, unless its provider said when to come back.
 */
export function isUp(
  one: Considered,
  input: Pick<FilterInput, 'facts' | 'health'>,
  { insisted = false }: { readonly insisted?: boolean } = {},
): boolean {
  const health = input.health.of(one.provider.id, one.model, input.facts.tokens);
  // Of a target the client named only what hinders it matters: nothing is compared with it.
  const matters = insisted ? health.state !== 'closed' || health.slowdown !== undefined : !isUnremarkable(health);
  if (matters) one.health = health;
  if (health.slowdown !== undefined)
    one.note ??= `slow today: takes ${health.slowdown.toFixed(1)} times as long as usual to begin`;
  if (health.state !== 'open' && health.state !== 'limited') return true;
  const wait = health.waitMs === undefined ? '' : ` for another ${duration(health.waitMs)}`;
  const why = health.why === undefined ? '' : `: ${health.why}`;
  if (insisted && health.state === 'open') {
    one.note = `would rest${wait}, but the client named it`;
    return true;
  }
  const rests = health.state === 'open' || why !== '' ? 'rests' : "is at its provider's limit";
  drop(one, 'health', `${rests}${wait}${why}`);
  return false;
}

function isUnremarkable(health: TargetHealth): boolean {
  const { state, running, why, waitMs, share: part, ttft, speed, slowdown, capacity } = health;
  if (state !== 'closed' || running !== 0 || capacity !== undefined) return false;
  if (ttft !== undefined || speed !== undefined || slowdown !== undefined) return false;
  return why === undefined && waitMs === undefined && part === undefined;
}
