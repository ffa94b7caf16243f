/** Sessions stay where they are, unless they cannot or a switch pays (RTE-50 to RTE-55). */
import { expectedCost } from '../../../shared/domain/price.ts';
import type { Strategy } from '../../../shared/config/route.ts';
import type { Considered } from './candidates.ts';
import { drop } from './candidates.ts';
import type { PinTrace, RouteFacts, SessionView } from './decision.ts';
import { isAt, priceOf, type Estimates } from './score.ts';
import type { Choice } from './strategies.ts';
import { count, usd } from './wording.ts';

export interface Staying {
  readonly facts: RouteFacts;
  readonly session: SessionView;
  readonly estimates: Estimates;
  readonly strategy: Strategy;
}

export interface Stayed extends Choice {
  readonly pin: PinTrace | undefined;
}

/** Share of a turn's cost that a switch must save beyond its price: estimates are not worth a move (RTE-55). */
const minGain = 0.1;

/** Strategies that look for the cheapest: only they leave for money. */
const costMinded: ReadonlySet<Strategy> = new Set(['lowest_cost', 'auto']);
/** Strategies that choose by themselves; any other order is the user's own, and may fall. */
const selfChoosing: ReadonlySet<Strategy> = new Set(['lowest_cost', 'lowest_latency', 'least_busy', 'auto']);

/**
 * Where nobody knows who keeps what the request names, the provider listed first is taken for it: anyone else would answer
 * without it. Whoever is listed first is so whatever a key may use, so that a denial never brings in another one.
 */
export function amongOwners(
  considered: readonly Considered[],
  usable: readonly Considered[],
  facts: RouteFacts,
): readonly Considered[] {
  const owner = considered[0]?.provider.id;
  const strangers = usable.filter((one) => one.provider.id !== owner);
  if (owner === undefined || strangers.length === 0 || !facts.pins.providerIds) return usable;
  for (const one of strangers)
    drop(one, 'pin', `does not have the files or stored answers this request names, if ${owner} has`);
  return usable.filter((one) => one.droppedBy === undefined);
}

/**
 * Keeps only the session's target where the request names things that exist there alone. Called before the order is made;
 * `usable` is what the filters left. The trace says so even when the target cannot be asked: then nothing is left.
 */
export function tie(
  considered: readonly Considered[],
  usable: readonly Considered[],
  { facts, session }: Pick<Staying, 'facts' | 'session'>,
): { readonly usable: readonly Considered[]; readonly pin: PinTrace | undefined } {
  const here = considered.find((one) => isAt(session, one));
  if (here === undefined || considered.length === 1 || !facts.pins.providerIds) return { usable, pin: undefined };
  for (const one of usable) {
    if (one !== here)
      drop(one, 'pin', `does not have the files or stored answers this request names; ${here.target} has`);
  }
  const kept = here.droppedBy === undefined;
  const why = `The request names files or stored answers that exist at ${here.target} only.`;
  return { usable: kept ? [here] : [], pin: { kind: 'provider_ids', target: here.target, kept, why } };
}

/** The order with the session's target first, where it stays. */
export function stay(choice: Choice, considered: readonly Considered[], staying: Staying): Stayed {
  const { facts, session, strategy } = staying;
  const here = considered.find((one) => isAt(session, one));
  // Another model was asked for: there is nothing to keep.
  if (here === undefined) return { ...choice, pin: undefined };
  const lost = lossText(here, session);
  if (here.droppedBy !== undefined || here.health?.state === 'refused') {
    const cause = here.dropped ?? here.note ?? 'cannot be asked';
    const why = `The conversation leaves ${here.target}, which ${cause}${lost === '' ? '' : `; ${lost}`}.`;
    return { ...uphold(choice, here, strategy), pin: { kind: 'session', target: here.target, kept: false, why } };
  }
  const hard = hardPin(facts);
  if (hard !== undefined) {
    const why = `The conversation stays: ${hard.why}.`;
    const clause = `the conversation is there and ${hard.why}`;
    return { ...first(choice, here, clause), pin: { kind: hard.kind, target: here.target, kept: true, why } };
  }
  const untied = untiedBy(staying);
  if (untied !== undefined) {
    const moved = uphold(choice, here, strategy);
    const kept = moved.order[0] === here;
    const why = `Nothing ties the conversation to ${here.target}: ${untied}.`;
    return { ...moved, pin: { kind: 'session', target: here.target, kept, why } };
  }
  return weigh(choice, here, staying, lost);
}

/**
 * Why nothing is lost by going elsewhere. What is told by its opening alone may be one question asked again and again: with
 * nothing cached, one failure of the first target must not keep all of them from the order that somebody wrote down.
 */
function untiedBy({ facts, session, strategy }: Staying): string | undefined {
  if (session.cacheLeftMs <= 0) return 'its prompt cache has expired';
  const isGuess = facts.session?.source === 'opening' && !selfChoosing.has(strategy);
  return isGuess && session.cachedTokens <= 0 ? 'nothing of it is cached there' : undefined;
}

/** What would break in the middle of a turn, whatever it saves. */
function hardPin({ pins }: RouteFacts): { readonly kind: PinTrace['kind']; readonly why: string } | undefined {
  if (pins.signedReasoning) return { kind: 'signed_reasoning', why: 'its signed reasoning can be read nowhere else' };
  if (pins.toolLoop) return { kind: 'tool_loop', why: 'a call of a tool is still open' };
  return undefined;
}

/** Stays, unless the switch with the best balance pays. */
function weigh(choice: Choice, here: Considered, staying: Staying, lost: string): Stayed {
  const { session, strategy } = staying;
  const worth = lost === '' ? '' : ` and ${worthText(here, session)}`;
  const clause = `the conversation is there${worth}`;
  const candidates = costMinded.has(strategy) ? alternatives(choice.order, here, strategy) : [];
  const sums = candidates.flatMap((one) => sumOf(here, one, staying) ?? []);
  const [best] = sums.sort((a, b) => b.switching.balance - a.switching.balance);
  if (best === undefined) {
    const pin: PinTrace = {
      kind: 'session',
      target: here.target,
      kept: true,
      why: `The conversation stays at ${here.target}.`,
    };
    return { ...first(choice, here, clause), pin };
  }
  const { switching, one } = best;
  const { cost, gain, expectedTurns } = switching;
  const turns = `${count(Math.max(expectedTurns, 0))} more turn${Math.round(expectedTurns) === 1 ? '' : 's'}`;
  const sum = `moving to ${one.target} would ${cost < 0 ? 'save' : 'cost'} ${usd(Math.abs(cost))} once and ${gain < 0 ? 'cost' : 'save'} ${usd(Math.abs(gain))} a turn`;
  if (switching.balance > minGain * best.turnCost) {
    const why = `The conversation moves: ${sum}, which pays in the ${turns} it is expected to have.`;
    const pin: PinTrace = { kind: 'session', target: here.target, kept: false, why, switching };
    return {
      ...first(choice, one, `moving the conversation there pays: ${usd(switching.balance)} in the ${turns} expected`),
      pin,
    };
  }
  const why = `The conversation stays: ${sum}, which does not pay in the ${turns} it is expected to have.`;
  return { ...first(choice, here, clause), pin: { kind: 'session', target: here.target, kept: true, why, switching } };
}

/** Where the session might go: of a score, the best one; for the least cost, any. The tier never falls. */
function alternatives(order: readonly Considered[], here: Considered, strategy: Strategy): readonly Considered[] {
  const others = order.filter((one) => one !== here && one.health?.state !== 'refused' && !isLower(one, here));
  return strategy === 'auto' ? others.slice(0, 1) : others;
}

interface Sum {
  readonly one: Considered;
  readonly switching: NonNullable<PinTrace['switching']>;
  /** Of a turn where the session is. */
  readonly turnCost: number;
}

/** RTE-55: what the switch costs once, what it gains each turn, and what is left after the turns to come. */
function sumOf(here: Considered, one: Considered, { facts, session, estimates }: Staying): Sum | undefined {
  const [from, to] = [priceOf(here), priceOf(one)];
  if (from === undefined || to === undefined) return undefined;
  const cachedTokens = Math.min(session.cachedTokens, facts.tokens);
  const writtenTokens = facts.tokens - cachedTokens;
  const prompt = { inputTokens: cachedTokens, outputTokens: 0 };
  const cost =
    expectedCost({ ...prompt, cachedTokens: 0, writtenTokens: cachedTokens, price: to }) -
    expectedCost({ ...prompt, cachedTokens, price: from });
  const turnCost = estimates.turn(here, from, { cachedTokens, writtenTokens });
  // After the switch the whole of today's input is in the new cache.
  const gain = turnCost - estimates.turn(one, to, { cachedTokens: facts.tokens, writtenTokens });
  const { expectedTurns } = session;
  const balance = Math.round(expectedTurns * gain - cost);
  return { one, turnCost, switching: { to: one.target, cachedTokens, cost, gain, expectedTurns, balance } };
}

function first(choice: Choice, one: Considered, why: string): Choice {
  return { order: [one, ...choice.order.filter((other) => other !== one)], why };
}

/** The tier may rise within a session, never fall, as far as there is a choice (RTE-53). */
function uphold(choice: Choice, here: Considered, strategy: Strategy): Choice {
  const [best] = choice.order;
  if (best === undefined || !selfChoosing.has(strategy) || !isLower(best, here)) return choice;
  const level = choice.order.find((one) => !isLower(one, here));
  return level === undefined ? choice : first(choice, level, 'a conversation does not go on with a lesser model');
}

function isLower(one: Considered, here: Considered): boolean {
  const [mine, theirs] = [one.facts?.quality?.overall[0], here.facts?.quality?.overall[0]];
  return mine !== undefined && theirs !== undefined && mine < theirs;
}

/** What is lost with the cache; empty when there is none. */
function lossText(here: Considered, session: SessionView): string {
  if (session.cacheLeftMs <= 0 || session.cachedTokens <= 0) return '';
  const worth = worthOf(here, session);
  const price = worth === undefined || worth <= 0 ? '' : `, worth ${usd(worth)}`;
  return `the ${count(session.cachedTokens)} tokens of its prompt that are cached there are lost${price}`;
}

function worthText(here: Considered, session: SessionView): string {
  const worth = worthOf(here, session);
  return worth === undefined || worth <= 0
    ? `${count(session.cachedTokens)} tokens of its prompt are cached`
    : `its cached prompt is worth ${usd(worth)} a turn`;
}

/** What the cached part of the prompt would cost if it were not. */
function worthOf(here: Considered, { cachedTokens }: SessionView): number | undefined {
  const price = priceOf(here);
  if (price === undefined) return undefined;
  const prompt = { inputTokens: cachedTokens, outputTokens: 0, price };
  return expectedCost({ ...prompt, cachedTokens: 0 }) - expectedCost({ ...prompt, cachedTokens });
}
