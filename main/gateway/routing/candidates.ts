/** From a route to the targets it may mean for this request: conditions, nested routes, `@requested`, all models. */
import { requestedModel } from '../../../shared/config/route.ts';
import type { Denial } from '../../../shared/domain/access.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { ModelFacts, Route, RouteTarget } from '../ports.ts';
import { holds, whyNot } from './conditions.ts';
import type { Candidate, DropReason, RouteFacts, TargetHealth } from './decision.ts';
import { offersIn } from './offers.ts';
import { clean, meaningOf } from './resolve.ts';
import { isBuiltIn, routesNamed, type RoutingProvider, type RoutingSnapshot } from './routing-snapshot.ts';

/** A target under consideration: what is found out about it is written down as it is found out. */
export interface Considered {
  /** `provider/model`. */
  readonly target: string;
  readonly id: string;
  readonly provider: RoutingProvider;
  readonly model: string;
  readonly facts: ModelFacts | undefined;
  readonly via: readonly string[] | undefined;
  /** One of all models there are, not one that somebody listed. */
  isOffer: boolean;
  dropped: string | undefined;
  droppedBy: DropReason | undefined;
  /** The rule that keeps this key from it. */
  denial: Denial | undefined;
  note: string | undefined;
  quality: Candidate['quality'];
  /** Output tokens as measured, `null` when they were not; `undefined` until asked for. */
  measuredOutput: number | null | undefined;
  /** Output tokens expected of it; `undefined` until asked for. */
  output: number | undefined;
  cost: number | null | undefined;
  ttftMs: number | undefined;
  totalMs: number | undefined;
  score: number | undefined;
  health: TargetHealth | undefined;
}

/** A route with what its targets came to, in the order listed. */
export interface Group {
  readonly route: Route;
  readonly members: readonly Member[];
}

export interface Member {
  readonly weight: number;
  /** As the route has it. */
  readonly listed: RouteTarget;
  readonly content: Considered | Group;
}

/** Everything that one request's routes came to. */
export interface Expansion {
  readonly group: Group;
  /** Every target once, in the order listed. */
  readonly considered: readonly Considered[];
  /** Members that led to no target, for the trace. */
  readonly others: readonly Candidate[];
  /** Why `@requested` led nowhere. */
  readonly unresolved: GatewayError | undefined;
}

export interface SkippedRoute {
  readonly id: string;
  readonly why: string;
}

/** RTE-16: deeper than anybody can follow. The config is checked for it; a snapshot need not have been. */
const maxDepth = 8;

export function isGroup(content: Considered | Group): content is Group {
  return 'members' in content;
}

/** All targets in it, nested ones in their place. */
export function leavesOf(group: Group, found: Considered[] = []): Considered[] {
  for (const { content } of group.members) {
    if (isGroup(content)) leavesOf(content, found);
    else found.push(content);
  }
  return found;
}

/** A target nothing is known of yet. */
export function consider(
  target: { readonly provider: RoutingProvider; readonly model: string },
  id: string,
  via?: readonly string[],
): Considered {
  const { provider, model } = target;
  // Written out: there may be two hundred of them, and spreading is dear.
  return {
    target: `${provider.id}/${model}`,
    id,
    provider,
    model,
    facts: provider.models.get(model),
    via,
    isOffer: false,
    dropped: undefined,
    droppedBy: undefined,
    denial: undefined,
    note: undefined,
    quality: undefined,
    measuredOutput: undefined,
    output: undefined,
    cost: undefined,
    ttftMs: undefined,
    totalMs: undefined,
    score: undefined,
    health: undefined,
  };
}

/** Policy keeps the key from it. */
export function deny(one: Considered, denial: Denial): void {
  one.denial = denial;
  drop(one, 'policy', denial.why === undefined ? 'may not be used with this key' : `may not be used: ${denial.why}`);
}

export function drop(one: Considered, by: DropReason, why: string): void {
  if (one.droppedBy !== undefined) return;
  one.droppedBy = by;
  one.dropped = why;
}

/** So many routes that do not apply are told with their reason: a reader looks at no more, and each costs as much again as finding out. */
const maxExplained = 20;

/** The first of these routes whose condition holds; those before it are noted. */
export function firstHolding(routes: readonly Route[], facts: RouteFacts, skipped: SkippedRoute[]): Route | undefined {
  for (const route of routes) {
    if (route.when === undefined || holds(route.when, facts)) return route;
    const why = skipped.length < maxExplained ? whyNot(route.when, facts) : 'its condition does not hold';
    skipped.push({ id: route.id, why });
  }
  return undefined;
}

/** What a route's targets come to. Never throws: what leads nowhere is noted. */
export function expand(
  route: Route,
  input: { readonly snapshot: RoutingSnapshot; readonly facts: RouteFacts; readonly skipped: SkippedRoute[] },
): Expansion {
  const expander = new Expander(input.snapshot, input.facts, input.skipped);
  const group = expander.expand(route, []);
  const { considered, others, unresolved } = expander;
  return { group, considered: [...considered.values()], others, unresolved };
}

/** Where a target stands. */
interface Place {
  /** The routes around it, outermost first. */
  readonly path: readonly Route[];
  /** Their ids, when there is more than one. */
  readonly via: readonly string[] | undefined;
}

class Expander {
  readonly considered = new Map<string, Considered>();
  readonly others: Candidate[] = [];
  unresolved: GatewayError | undefined;
  readonly #snapshot: RoutingSnapshot;
  readonly #facts: RouteFacts;
  readonly #skipped: SkippedRoute[];

  constructor(snapshot: RoutingSnapshot, facts: RouteFacts, skipped: SkippedRoute[]) {
    this.#snapshot = snapshot;
    this.#facts = facts;
    this.#skipped = skipped;
  }

  /** `above`: the routes this one stands in, outermost first. */
  expand(route: Route, above: readonly Route[]): Group {
    const path = [...above, route];
    const place: Place = { path, via: above.length === 0 ? undefined : path.map((one) => one.id) };
    // Whoever writes "single" means the first, whatever becomes of it.
    const listed = route.strategy === 'single' ? route.targets.slice(0, 1) : route.targets;
    const members: Member[] = [];
    for (const one of listed) {
      const why = this.#unfit(route, one);
      if (why === undefined) this.#expandMember(one, place, members);
      else this.#pass(one, why, place);
    }
    return { route, members };
  }

  #unfit(route: Route, one: RouteTarget): string | undefined {
    if (one.when !== undefined && !holds(one.when, this.#facts)) return whyNot(one.when, this.#facts);
    return route.strategy === 'weighted' && one.weight === 0 ? 'has weight 0 in this route' : undefined;
  }

  /** A member that leads to no target is told of, under the name it is written with. */
  #pass(one: RouteTarget, dropped: string, { via }: Place): void {
    const target =
      one.kind === 'model'
        ? `${one.providerId}/${one.model}`
        : one.kind === 'alias'
          ? one.alias
          : one.kind === 'requested'
            ? '@requested'
            : '*';
    const passed = { target, id: one.id, dropped, droppedBy: 'condition' } as const;
    this.others.push(via === undefined ? passed : { ...passed, via });
  }

  #expandMember(one: RouteTarget, place: Place, members: Member[]): void {
    if (one.kind === 'all') {
      for (const { provider, facts, target } of offersIn(this.#snapshot)) {
        // What is listed by its name is not only an offer.
        if (this.considered.has(target)) continue;
        const content = this.#take({ provider, model: facts.id }, target, place);
        if (content === undefined) continue;
        content.isOffer = true;
        members.push({ weight: one.weight, listed: one, content });
      }
      return;
    }
    const content = this.#contentOf(one, place);
    if (content !== undefined) members.push({ weight: one.weight, listed: one, content });
  }

  #contentOf(one: Exclude<RouteTarget, { kind: 'all' }>, place: Place): Considered | Group | undefined {
    switch (one.kind) {
      case 'model':
        return this.#model(one, place);
      case 'alias':
        return this.#nested(one, routesNamed(this.#snapshot, one.alias), place);
      case 'requested':
        return this.#requested(one, place);
    }
  }

  /** `@requested` there is the name the client sent, asked of this provider. */
  #model(one: Extract<RouteTarget, { kind: 'model' }>, place: Place): Considered | undefined {
    const provider = this.#snapshot.providers.get(one.providerId);
    if (provider === undefined) return undefined;
    if (one.model !== requestedModel) return this.#take({ provider, model: one.model }, one.id, place);
    const { model } = this.#facts;
    if (!provider.closedModels || provider.models.has(model)) return this.#take({ provider, model }, one.id, place);
    this.#pass(one, `leads nowhere: the provider lists no model "${clean(model)}"`, place);
    return undefined;
  }

  /** The plan of another route in place of a target. A route never stands in itself. */
  #nested(one: RouteTarget, routes: readonly Route[], place: Place): Group | undefined {
    const { path } = place;
    if (path.length >= maxDepth) {
      this.#pass(one, `stands in more than ${maxDepth} routes`, place);
      return undefined;
    }
    const open = routes.filter((route) => !path.includes(route));
    const route = firstHolding(open, this.#facts, this.#skipped);
    if (route !== undefined) return this.expand(route, path);
    this.#pass(one, 'has no route that is meant for this request', place);
    return undefined;
  }

  /** What the client named, as it would be found if nobody had written a route. */
  #requested(one: RouteTarget, place: Place): Considered | Group | undefined {
    const asked = this.#facts.model;
    const routes = routesNamed(this.#snapshot, asked).filter(isBuiltIn);
    if (routes.length > 0) return this.#nested(one, routes, place);
    try {
      const meaning = meaningOf(this.#snapshot, asked);
      if (meaning.kind === 'alias') return this.#nested(one, routesNamed(this.#snapshot, meaning.alias), place);
      return this.#take(meaning.target, one.id, place);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.unresolved = error;
      this.#pass(one, 'leads nowhere: the name the client sent belongs to no one provider', place);
      return undefined;
    }
  }

  /** A target stands where it is named first: `undefined` for one that is there already. */
  #take(
    target: { readonly provider: RoutingProvider; readonly model: string },
    id: string,
    { via }: Place,
  ): Considered | undefined {
    const one = consider(target, id, via);
    const known = this.considered.get(one.target);
    if (known !== undefined) {
      known.isOffer = false;
      return undefined;
    }
    this.considered.set(one.target, one);
    return one;
  }
}
