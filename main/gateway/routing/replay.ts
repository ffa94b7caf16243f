/** Decisions derived again from what they kept of themselves (RTE-61). */
import { healthyTarget, type Decision, type HealthView } from './decision.ts';
import { factsFrom } from './facts.ts';
import { RouteRefusal } from './refusals.ts';
import { route, type RouteInput, type Routing } from './router.ts';
import type { RoutingProvider, RoutingSnapshot } from './routing-snapshot.ts';

/**
 * The plan a decision was about, found again: with the same snapshot and rules, the same to the bit. Throws what `route`
 * throws when it comes out otherwise.
 */
export function rederive(
  decision: Decision,
  snapshot: RoutingSnapshot,
  rules: Pick<RouteInput, 'denialOf' | 'serves'>,
): Routing {
  const again = route({
    ...rules,
    snapshot,
    facts: factsFrom(decision.facts),
    health: healthOf(decision),
    session: decision.session,
    principal: decision.principal,
    hasLogin: hadLogin(decision),
    draw: decision.draw,
  });
  // The facts are what it rests on, not what is derived.
  return { ...again, decision: { ...again.decision, facts: decision.facts } };
}

/** The same of a decision that found no target as well. */
export function decisionAgain(
  decision: Decision,
  snapshot: RoutingSnapshot,
  rules: Pick<RouteInput, 'denialOf' | 'serves'>,
): Decision {
  try {
    return rederive(decision, snapshot, rules).decision;
  } catch (error) {
    if (!(error instanceof RouteRefusal)) throw error;
    return { ...error.decision, facts: decision.facts };
  }
}

/** As it was seen then: what stands beside no target was unremarkable or not looked at. */
function healthOf({ candidates, expectedOutput, offline }: Decision): HealthView {
  const seen = new Map(
    candidates.flatMap((one) => (one.health === undefined ? [] : [[one.target, one.health] as const])),
  );
  return {
    offline: offline === true,
    of: (providerId, model) => seen.get(`${providerId}/${model}`) ?? healthyTarget,
    expectedOutput: (providerId, model) => expectedOutput?.[`${providerId}/${model}`] ?? undefined,
  };
}

/** A client's own login is never kept, but what it did can be told: its provider's targets were not ruled out without a key. */
function hadLogin({ candidates }: Decision): (provider: RoutingProvider) => boolean {
  const without = new Set(
    candidates.flatMap(({ target, droppedBy }) =>
      droppedBy === 'credential' ? [target.slice(0, target.indexOf('/'))] : [],
    ),
  );
  return (provider) => !without.has(provider.id);
}
