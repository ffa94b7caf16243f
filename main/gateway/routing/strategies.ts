/** The order in which a route's targets are tried, by its strategy (RTE-12), and why the first comes first. */
import type { Route } from '../ports.ts';
import { isGroup, leavesOf, type Considered, type Group, type Member } from './candidates.ts';
import { describe } from './conditions.ts';
import type { RouteFacts, SessionView } from './decision.ts';
import { estimate, median, scoreAll, type Estimates } from './score.ts';
import { duration, share, usd } from './wording.ts';

export interface Choosing {
  readonly facts: RouteFacts;
  readonly estimates: Estimates;
  /** In [0, 1). */
  readonly draw: number;
  /** Where the conversation was answered last. */
  readonly session: SessionView | undefined;
}

export interface Choice {
  readonly order: readonly Considered[];
  /** Why the first comes first, a clause for people. */
  readonly why: string;
}

/**
 * Share of streams outside of conversations that ask a target nobody has measured, so that it is (RTE-45): it takes five of
 * them, and an agent does not begin many conversations a day. Answers that come whole tell no time of their first content.
 */
const explorationShare = 0.25;
/** Scores nearer to each other than this say nothing: their intervals are wider. */
const tooClose = 0.01;

/** Every usable target of the group, in the order of its strategy. Targets that were dropped are left out. */
export function choose(group: Group, choosing: Choosing): Choice {
  const { strategy } = group.route;
  switch (strategy) {
    case 'single':
    case 'fallback':
    case 'conditional':
      return inTurn(group, choosing);
    case 'weighted':
      return weighted(group, choosing);
    case 'lowest_cost':
      return lowestCost(leaves(group), choosing);
    case 'lowest_latency':
      return lowestLatency(leaves(group), choosing);
    case 'least_busy':
      return leastBusy(leaves(group));
    case 'auto':
      return byScore(leaves(group), group.route, choosing);
  }
}

/** Targets in the order listed, nested routes in their place and by their own strategy. */
function inTurn(group: Group, choosing: Choosing): Choice {
  const [head] = group.members;
  const nested = head !== undefined && isGroup(head.content) ? choose(head.content, choosing) : undefined;
  const order = group.members.flatMap((member) =>
    member === head && nested !== undefined ? nested.order : membersOrder(member, choosing),
  );
  return { order, why: nested !== undefined && nested.order.length > 0 ? nested.why : whyListed(group) };
}

function membersOrder({ content }: Member, choosing: Choosing): readonly Considered[] {
  if (isGroup(content)) return choose(content, choosing).order;
  return content.droppedBy === undefined ? [content] : [];
}

function leaves(group: Group): Considered[] {
  return leavesOf(group).filter((one) => one.droppedBy === undefined);
}

function whyListed(group: Group): string {
  const all = leavesOf(group);
  const first = all.find((one) => one.droppedBy === undefined);
  const before = all[0];
  if (before !== undefined && before !== first && before.dropped !== undefined)
    return `${before.target}, which is listed before it, ${before.dropped}`;
  if (group.route.strategy !== 'conditional') return 'it is listed first';
  const condition = group.members.find(({ content }) => content === first)?.listed.when;
  return condition === undefined ? 'no condition of the others holds' : `its condition holds: ${describe(condition)}`;
}

// ---------------------------------------------------------------- weighted

/** One draw picks the first, the others follow by weight; a target that comes back after a rest weighs less. */
function weighted(group: Group, choosing: Choosing): Choice {
  const usable = group.members.flatMap((member) => {
    const { content } = member;
    const isUsable = isGroup(content) ? leaves(content).length > 0 : content.droppedBy === undefined;
    const part = isGroup(content) ? 1 : (content.health?.share ?? 1);
    return isUsable ? [{ member, weight: member.weight * part }] : [];
  });
  const total = usable.reduce((sum, one) => sum + one.weight, 0);
  const key = group.route.affinity ? choosing.facts.session?.key : undefined;
  const draw = key === undefined ? choosing.draw : stableDraw(`${key}\n${group.route.id}`);
  let left = draw * total;
  const first = usable.find((one) => (left -= one.weight) < 0) ?? usable[0];
  if (first === undefined) return { order: [], why: '' };
  // What is left of the draw is as random as the whole: a route nested here draws with that.
  const rest = (left + first.weight) / first.weight;
  const others = usable.filter((one) => one !== first).sort((a, b) => b.weight - a.weight);
  const order = [
    ...membersOrder(first.member, { ...choosing, draw: Math.min(Math.max(rest, 0), 1 - Number.EPSILON) }),
    ...others.flatMap(({ member }) => membersOrder(member, choosing)),
  ];
  const percent = Math.round((first.weight / total) * 100);
  const why =
    key === undefined
      ? `it was drawn: ${percent} % of requests go there first`
      : `this conversation fell to it: ${percent} % of them do`;
  return { order, why };
}

/** A number in [0, 1) that a text always gives, and that looks random (FNV-1a, then the finish of MurmurHash3). */
export function stableDraw(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

// ---------------------------------------------------------------- by figures

/** Smallest first; what has no figure comes last, in the order listed. */
function ascending(
  targets: readonly Considered[],
  figure: (one: Considered) => number | null | undefined,
): Considered[] {
  const keys = targets.map((one) => figure(one) ?? Infinity);
  const key = (at: number): number => keys[at] ?? Infinity;
  // Two unknown figures have no difference.
  const places = targets.map((_, at) => at).sort((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
  return places.flatMap((at) => targets[at] ?? []);
}

function lowestCost(targets: readonly Considered[], { estimates }: Choosing): Choice {
  estimates.measure(targets);
  for (const one of targets) one.cost = estimates.cost(one);
  const order = ascending(targets, (one) => one.cost);
  const [first, second] = order;
  if (typeof first?.cost !== 'number') return { order, why: 'no price is known, and it is listed first' };
  const next = typeof second?.cost === 'number' ? `; the next would cost ${usd(second.cost)}` : '';
  return { order, why: `it is expected to cost least: ${usd(first.cost)}${next}` };
}

/** Those not measured yet count as the usual one; some requests go there so that they are measured. */
function lowestLatency(targets: readonly Considered[], { facts, estimates, draw, session }: Choosing): Choice {
  for (const one of targets) {
    one.ttftMs = one.health?.ttft?.p50;
    one.totalMs = estimates.total(one);
  }
  const usual = median(targets.map((one) => one.totalMs));
  if (usual === undefined) return { order: targets, why: 'nothing is measured yet, and it is listed first' };
  const order = ascending(targets, (one) => one.totalMs ?? usual);
  const unknown = targets.filter((one) => one.totalMs === undefined);
  const explores = unknown.length > 0 && draw < explorationShare && session === undefined && facts.has('stream');
  const tried = explores ? unknown[Math.floor((draw / explorationShare) * unknown.length)] : undefined;
  if (tried !== undefined) {
    const rest = order.filter((one) => one !== tried);
    return { order: [tried, ...rest], why: 'it is not measured yet, and some requests find out how fast it is' };
  }
  const soonest = order[0]?.totalMs;
  const why =
    soonest === undefined ? 'nobody knows a faster one' : `it is expected to answer soonest: in ${duration(soonest)}`;
  return { order, why };
}

function leastBusy(targets: readonly Considered[]): Choice {
  // A target whose limit nobody knows counts as one of the usual size.
  const usual = median(targets.map((one) => one.health?.capacity)) ?? 1;
  const order = ascending(targets, (one) => (one.health?.running ?? 0) / (one.health?.capacity ?? usual));
  const { running = 0, capacity } = order[0]?.health ?? {};
  const limit = capacity === undefined ? '' : ` of ${capacity}`;
  return { order, why: `it has the least to do: ${running}${limit} requests are running there` };
}

function byScore(targets: readonly Considered[], route: Route, { estimates }: Choosing): Choice {
  estimate(targets, estimates);
  scoreAll(targets, route.objective);
  const order = ascending(targets, (one) => (one.score === undefined ? undefined : -one.score));
  const best = order[0];
  if (best?.score === undefined)
    return { order: targets, why: 'too little is known for a score, and it is listed first' };
  const least = best.score - tooClose;
  // Unsure means the order listed.
  const first = targets.find((one) => one.score !== undefined && one.score >= least) ?? best;
  const figures = [
    first.quality === undefined ? undefined : `quality ${share(first.quality[0])}`,
    typeof first.cost === 'number' ? `cost ${usd(first.cost)}` : undefined,
    first.totalMs === undefined ? undefined : `time ${duration(first.totalMs)}`,
  ].filter((text) => text !== undefined);
  const text = `${share(first.score ?? best.score)} from ${figures.length === 0 ? 'what is known' : figures.join(', ')}`;
  if (first === best) return { order, why: `it has the best score: ${text}` };
  const rest = order.filter((one) => one !== first);
  return {
    order: [first, ...rest],
    why: `no other has a clearly better score than its ${text}, and ${first.isOffer ? 'newer models go before others' : 'it is listed first'}`,
  };
}

// ---------------------------------------------------------------- what goes before any strategy

/**
 * Targets that may serve but had better not be first go to the end: without JSON schema where others have it, then those
 * whose keys were refused. One that comes back after a rest gets only its share.
 */
export function settle(choice: Choice, choosing: Choosing, route: Route): Choice {
  const [first] = choice.order;
  if (first === undefined || choice.order.length === 1) return choice;
  let order = route.strategy === 'weighted' ? choice.order : slowlyStarted(choice.order, choosing, route);
  order = behind(order, lacksSchema, () => choosing.facts.has('json_schema'), 'takes no JSON schema, and others do');
  order = behind(order, isRefused, () => true, 'had its keys refused lately');
  if (order[0] === first) return { ...choice, order };
  return { order, why: `${first.target} ${first.note ?? 'had better not be first'}` };
}

const lacksSchema = (one: Considered): boolean => one.facts?.rules?.noJsonSchema === true;
const isRefused = (one: Considered): boolean => one.health?.state === 'refused';

function behind(
  order: readonly Considered[],
  isWorse: (one: Considered) => boolean,
  matters: () => boolean,
  note: string,
): readonly Considered[] {
  const worse = order.filter(isWorse);
  if (worse.length === 0 || worse.length === order.length || !matters()) return order;
  for (const one of worse) one.note = note;
  return [...order.filter((one) => !isWorse(one)), ...worse];
}

function slowlyStarted(order: readonly Considered[], { facts, draw }: Choosing, route: Route): readonly Considered[] {
  const [first, ...rest] = order;
  const part = first?.health?.share;
  if (first === undefined || part === undefined || part >= 1) return order;
  const at = rest.findIndex((one) => one.health?.share === undefined);
  const key = route.affinity ? facts.session?.key : undefined;
  if (at === -1 || (key === undefined ? draw : stableDraw(`${key}\n${first.target}`)) < part) return order;
  first.note = `comes back after a rest and gets ${Math.round(part * 100)} % of its requests`;
  return [...rest.slice(0, at + 1), first, ...rest.slice(at + 1)];
}
