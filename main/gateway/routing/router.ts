/** Stage route: facts, snapshot, health, session and one random number become an ordered plan, and say why. Pure: same inputs, same plan. */
import type { Denial } from '../../../shared/domain/access.ts';
import { policyName } from '../../../shared/domain/policy-words.ts';
import type { Route } from '../ports.ts';
import { consider, expand, firstHolding, type Considered, type Expansion, type SkippedRoute } from './candidates.ts';
import { holds } from './conditions.ts';
import type { Candidate, Decision, HealthView, PinTrace, RouteFacts, SessionView } from './decision.ts';
import { isUp, usableOf, type FilterInput } from './filter.ts';
import { notMeant, refusal, RouteRefusal } from './refusals.ts';
import { clean, explicitTarget, meaningOf, type NamedTarget } from './resolve.ts';
import {
  choiceIn,
  routesNamed,
  usableCredentials,
  type RoutingProvider,
  type RoutingSnapshot,
} from './routing-snapshot.ts';
import { Estimates, isAt } from './score.ts';
import { spread } from './spread.ts';
import { amongOwners, stay, tie } from './stay.ts';
import { choose, settle, type Choice } from './strategies.ts';

export { claudeAlias } from './resolve.ts';

export interface RouteInput {
  readonly snapshot: RoutingSnapshot;
  readonly facts: RouteFacts;
  readonly health: HealthView;
  /** Where this conversation was answered last, if it was. Looked at only where it matters: it may be dear to find out. */
  readonly session: SessionView | undefined;
  readonly principal: Decision['principal'];
  /** Policy: the rule that keeps a provider's model, by any of the names it goes by, from being used. */
  readonly denialOf: (names: readonly string[], providerId: string) => Denial | undefined;
  /** The provider has an endpoint for what is asked. */
  readonly serves: (provider: RoutingProvider, model: string) => boolean;
  /** The client brings a login of its own that this provider issued: no credential of ours is needed. Absent: none does. */
  readonly hasLogin?: ((provider: RoutingProvider) => boolean) | undefined;
  /** In [0, 1): decides weighted choices, slow starts and what is tried to be measured. */
  readonly draw: number;
}

/** What a request's targets are, in the order they are tried. */
export interface Routing {
  readonly targets: readonly RoutedTarget[];
  /** The route that matched; `undefined` when the client named the target or its model. */
  readonly route: Route | undefined;
  /** One sentence for people. */
  readonly reason: string;
  /** The credential the conversation used at the first target. */
  readonly credentialName: string | undefined;
  /** Attempts worth making in all, where the route names no number. */
  readonly attempts: number;
  readonly decision: Decision;
}

export interface RoutedTarget {
  readonly id: string;
  readonly providerId: string;
  readonly model: string;
}

/**
 * `provider/model` exact · what the owner chose for every conversation · the first route whose alias fits and whose condition holds, built-in ones last · a `claude-` alias ·
 * a bare model id known to one provider. Facts are asked for only as far as the choice needs them.
 *
 * Throws `route.*`, or `admit.model_denied` when this key may use none of the targets, or `attempt.rate_limited` when all of
 * them wait for their provider's limit: as a `RouteRefusal` with its decision, unless the name means nothing here.
 */
export function route(input: RouteInput): Routing {
  const { snapshot, facts } = input;
  const explicit = explicitTarget(snapshot, facts.model);
  const skipped: SkippedRoute[] = [];
  const choice = choiceIn(snapshot);
  const isChosen = explicit === undefined && choice !== undefined && isForChoice(choice, input);
  if (explicit !== undefined || isChosen) {
    const enforced = enforcedFor([facts.model, isChosen ? choice.choice : undefined], input, skipped);
    if (enforced !== undefined) return plan(enforced, input, skipped);
  }
  if (explicit !== undefined) return obey(explicit, input, skipped);
  if (isChosen) return chosen(choice, input, skipped);
  const found = firstHolding(routesNamed(snapshot, facts.model), facts, skipped);
  if (found !== undefined) return plan(found, input, skipped);
  const meaning = meaningOfRest(input, skipped);
  if (meaning.kind === 'target') {
    const { provider, model } = meaning.target;
    const enforced = enforcedFor([`${provider.id}/${model}`], input, skipped);
    return enforced === undefined ? obey(meaning.target, input, skipped) : plan(enforced, input, skipped);
  }
  const aliased = firstHolding(routesNamed(snapshot, meaning.alias), facts, skipped);
  if (aliased !== undefined) return plan(aliased, input, skipped);
  throw notMeantBy(input, skipped);
}

/** The route that nothing goes past which is for one of these names: no target that a client names, and no choice of the owner's. */
function enforcedFor(
  names: readonly (string | undefined)[],
  { snapshot, facts }: RouteInput,
  skipped: SkippedRoute[],
): Route | undefined {
  const enforced = snapshot.policy?.enforcedRoutes ?? [];
  if (enforced.length === 0) return undefined;
  for (const name of new Set(names)) {
    if (name === undefined) continue;
    const isNew = ({ id }: Route): boolean => enforced.includes(id) && !skipped.some((one) => one.id === id);
    const routes = routesNamed(snapshot, name).filter(isNew);
    const found = firstHolding(routes, facts, skipped);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What the name means where no route took it. A name that only routes for other requests answer to is not unknown. */
function meaningOfRest(input: RouteInput, skipped: readonly SkippedRoute[]): ReturnType<typeof meaningOf> {
  try {
    return meaningOf(input.snapshot, input.facts.model);
  } catch (error) {
    throw skipped.length > 0 ? notMeantBy(input, skipped) : error;
  }
}

function notMeantBy(input: RouteInput, skipped: readonly SkippedRoute[]): RouteRefusal {
  // What keeps each route away stands beside it.
  const reason = `No route for "${clean(input.facts.model)}" is meant for this request.`;
  return new RouteRefusal(notMeant(input.facts.model, skipped), decisionOf({ ...nothing, input, skipped, reason }));
}

// ---------------------------------------------------------------- what was chosen for every conversation

/** Whom a rule of the file names keeps its place, whatever was chosen: the cheaper alias of a budget, a judge. */
function isForChoice({ when }: Route, { facts, principal }: RouteInput): boolean {
  return principal.byRule !== true && (when === undefined || holds(when, facts));
}

/** A model itself, or the routes of an alias, each with its own settings. */
function chosen(choice: Route, input: RouteInput, skipped: SkippedRoute[]): Routing {
  const [target] = choice.targets;
  if (target?.kind !== 'alias') return plan(choice, input, skipped, choice);
  const { snapshot, facts } = input;
  const found = firstHolding(routesNamed(snapshot, target.alias), facts, skipped);
  if (found !== undefined) return plan(found, input, skipped, choice);
  const reason = `You chose "${target.alias}" for every conversation, and no route of it is meant for this request.`;
  throw new RouteRefusal(notMeant(target.alias, skipped), decisionOf({ ...nothing, input, skipped, reason }));
}

// ---------------------------------------------------------------- a target the client named

/** The client is obeyed (RTE-01): only policy, a missing endpoint and the provider's own limit can keep it from there. */
function obey({ provider, model, reason }: NamedTarget, input: RouteInput, skipped: readonly SkippedRoute[]): Routing {
  const one = consider({ provider, model }, provider.id);
  const { facts, snapshot } = input;
  one.denial = routeDenial(snapshot, undefined) ?? input.denialOf([one.target, model, facts.model], provider.id);
  if (one.denial !== undefined) one.droppedBy = 'policy';
  else if (!input.serves(provider, model)) one.droppedBy = 'operation';
  if (one.droppedBy !== undefined || !isUp(one, input, { insisted: true }))
    throw refused({ ...nothing, input, considered: [one], skipped });
  const session = hasSeveralCredentials(one) ? input.session : undefined;
  const lead = snapshot.resting === undefined ? '' : 'Paused: passed through. ';
  return routing({
    ...{ input, session, reason: `${lead}${reason}`, skipped },
    route: undefined,
    considered: [one],
    others: [],
    ...spread([one]),
  });
}

/** Only then does it matter which of them the conversation used. */
function hasSeveralCredentials({ provider, model }: Considered): boolean {
  return provider.credentials.length > 1 && usableCredentials(provider, model).length > 1;
}

// ---------------------------------------------------------------- a route

/** `choice`: what led to this route, where that was not the name. */
function plan(found: Route, input: RouteInput, skipped: SkippedRoute[], choice?: Route): Routing {
  const { snapshot, facts } = input;
  const expansion = expand(found, { snapshot, facts, skipped });
  const { considered, others } = expansion;
  if (considered.length === 0 && expansion.unresolved !== undefined) throw expansion.unresolved;
  const session = sessionOf(input, found, considered);
  const usable = usableOf(expansion, filterInput(input, found));
  const tied = session === undefined ? { usable, pin: undefined } : tie(considered, usable, { facts, session });
  const left = tied.pin === undefined ? amongOwners(considered, tied.usable, facts) : tied.usable;
  if (left.length === 0) {
    // What the request is tied to decides, whatever becomes of the others.
    const tiedTo = tied.pin?.target;
    const decisive = considered.filter((one) =>
      tiedTo === undefined ? one.droppedBy !== 'pin' : one.target === tiedTo,
    );
    const { pin } = tied;
    throw refused({ ...nothing, input, session, route: found, considered, others, skipped, pin }, decisive);
  }
  const estimates = new Estimates(facts, input.health, session);
  const { why, pin, ...chosen } =
    tied.pin === undefined
      ? ordered(expansion, left, { input, session, estimates })
      : { order: left, why: 'what the request names exists there only', pin: tied.pin };
  const { order, attempts } = spread(chosen.order);
  return routing({
    ...{ input, session, skipped, route: found, considered, others, order, attempts, pin },
    reason: choice === undefined ? sentence(found, order, why) : sentenceOfChoice(choice, found, order, why),
  });
}

/** Where the conversation is, as far as it can change anything. */
function sessionOf(input: RouteInput, found: Route, considered: readonly Considered[]): SessionView | undefined {
  const [only] = considered;
  if (considered.length > 1) return found.affinity || input.facts.pins.providerIds ? input.session : undefined;
  return found.affinity && only !== undefined && hasSeveralCredentials(only) ? input.session : undefined;
}

interface Ordered {
  readonly order: readonly Considered[];
  readonly why: string | undefined;
  readonly pin: PinTrace | undefined;
}

function ordered(
  { group, considered }: Expansion,
  usable: readonly Considered[],
  { input, session, estimates }: { input: RouteInput; session: SessionView | undefined; estimates: Estimates },
): Ordered {
  const { facts, draw } = input;
  const { route: found } = group;
  // With one target there is nothing to choose: no fact is asked for.
  if (considered.length === 1) return { order: usable, why: undefined, pin: undefined };
  const choosing = { facts, estimates, draw, session };
  const choice = usable.length === 1 ? onlyOne(considered, usable) : settle(choose(group, choosing), choosing, found);
  if (session === undefined || !found.affinity) return { ...choice, pin: undefined };
  return stay(choice, considered, { facts, session, estimates, strategy: found.strategy });
}

function onlyOne(considered: readonly Considered[], order: readonly Considered[]): Choice {
  const [dropped, ...more] = considered.filter((one) => one.dropped !== undefined);
  const others = more.length === 0 ? '' : ` (and ${more.length} more cannot be asked)`;
  return { order, why: `${dropped?.target ?? 'every other'} ${dropped?.dropped ?? 'cannot be asked'}${others}` };
}

function sentence(found: Route, order: readonly Considered[], why: string | undefined): string {
  const target = order[0]?.target ?? '';
  if (why === undefined) return `Route "${found.id}" leads to ${target}.`;
  return order.length === 1
    ? `Route "${found.id}" asks ${target}, because ${why}.`
    : `Route "${found.id}" asks ${target} first, because ${why}.`;
}

/** `You chose openai/gpt-5 for every conversation.` */
function sentenceOfChoice(choice: Route, found: Route, order: readonly Considered[], why: string | undefined): string {
  const lead = `You chose ${choice.choice ?? ''} for every conversation`;
  return found === choice ? `${lead}.` : `${lead}. ${sentence(found, order, why)}`;
}

function filterInput(input: RouteInput, found: Route): FilterInput {
  const { facts, health, serves } = input;
  const denial = routeDenial(input.snapshot, found);
  const denialOf = denial === undefined ? input.denialOf : (): Denial => denial;
  return { facts, health, denialOf, serves, hasLogin: input.hasLogin ?? ((): boolean => false) };
}

/** Where only some routes are answered: why this is none of them. `undefined` for no route: the client named the target. */
function routeDenial({ policy }: RoutingSnapshot, found: Route | undefined): Denial | undefined {
  const only = policy?.routesOnly;
  if (only === undefined || (found !== undefined && only.routes.includes(found.id))) return undefined;
  const { rule, origin, reason, contact } = only;
  const words = { rule, origin, reason, contact };
  const lack = 'only what its routes are for is answered';
  return { rule, why: `${policyName(words)}: ${lack}`, policy: words, lack };
}

/** `decisive`: the targets whose reasons decide what is said. */
function refused(decided: Omit<Decided, 'reason'>, decisive = decided.considered): RouteRefusal {
  const { input, route: found, others } = decided;
  const { facts, principal, health } = input;
  const told = { facts, route: found, considered: decisive, others, key: principal.key, offline: health.offline };
  const error = refusal(told);
  return new RouteRefusal(error, decisionOf({ ...decided, reason: error.message }));
}

// ---------------------------------------------------------------- the decision

interface Decided {
  readonly input: RouteInput;
  readonly session: SessionView | undefined;
  readonly route: Route | undefined;
  readonly reason: string;
  readonly considered: readonly Considered[];
  readonly others: readonly Candidate[];
  readonly skipped: readonly SkippedRoute[];
  readonly order: readonly Considered[];
  readonly attempts: number;
  readonly pin?: PinTrace | undefined;
}

/** Of a decision without a target. */
const nothing = {
  ...{ session: undefined, route: undefined, considered: [], others: [], order: [], attempts: 0 },
} satisfies Partial<Decided>;

function routing(decided: Decided): Routing {
  const { session, order, attempts, reason, route: found } = decided;
  const [first] = order;
  const isThere = session !== undefined && first !== undefined && isAt(session, first);
  return {
    targets: order.map(({ id, provider, model }) => ({ id, providerId: provider.id, model })),
    ...{ route: found, reason },
    credentialName: isThere ? session.credential : undefined,
    attempts,
    decision: decisionOf(decided),
  };
}

function decisionOf(decided: Decided): Decision {
  const { input, session, route: found, reason, considered, others, skipped, order, pin } = decided;
  const { facts, health, principal, snapshot, draw } = input;
  const candidates = considered.map(candidateOf);
  const expectedOutput = measuredOutputs(considered);
  return {
    version: 1,
    asked: facts.model,
    chosen: order[0]?.target,
    reason,
    rule: found && ruleOf(found),
    skipped: skipped.length === 0 ? undefined : skipped,
    // After everything was asked for that the choice needed.
    facts: facts.stored(),
    candidates: others.length === 0 ? candidates : [...candidates, ...others],
    order: order.map((one) => one.target),
    pin,
    session,
    offline: health.offline ? true : undefined,
    principal,
    expectedOutput,
    snapshot: snapshot.id,
    draw,
  };
}

function ruleOf({ id, alias, origin, strategy }: Route): NonNullable<Decision['rule']> {
  return { id, alias, origin, strategy };
}

/** Those that were asked for and known; `undefined` when there are none. */
function measuredOutputs(considered: readonly Considered[]): Decision['expectedOutput'] {
  let found: Record<string, number> | undefined;
  for (const { target, measuredOutput } of considered) {
    if (typeof measuredOutput === 'number') (found ??= {})[target] = measuredOutput;
  }
  return found;
}

/** Only what is known: most targets of most requests have a name and nothing else. */
function candidateOf(one: Considered): Candidate {
  const candidate: { -readonly [Name in keyof Candidate]: Candidate[Name] } = { target: one.target, id: one.id };
  if (one.via !== undefined) candidate.via = one.via;
  if (one.dropped !== undefined) candidate.dropped = one.dropped;
  if (one.droppedBy !== undefined) candidate.droppedBy = one.droppedBy;
  if (one.note !== undefined) candidate.note = one.note;
  if (one.quality !== undefined) candidate.quality = one.quality;
  if (one.cost !== undefined) candidate.cost = one.cost;
  if (one.ttftMs !== undefined) candidate.ttftMs = one.ttftMs;
  if (one.totalMs !== undefined) candidate.totalMs = one.totalMs;
  if (one.score !== undefined) candidate.score = one.score;
  if (one.health !== undefined) candidate.health = one.health;
  return candidate;
}
