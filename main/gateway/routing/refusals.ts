/** Why a request finds no target, as errors that name every target with its reason and what mends it (RTE-31). */
import type { Denial } from '../../../shared/domain/access.ts';
import { policyBlocked } from '../../../shared/domain/policy-words.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { Route } from '../ports.ts';
import type { Considered, SkippedRoute } from './candidates.ts';
import type { Candidate, Decision, DropReason, RouteFacts } from './decision.ts';
import { missingCredential } from './filter.ts';
import { clean } from './resolve.ts';
import { listed } from './wording.ts';

/** No target is left. What was decided is told like any other decision, with nothing chosen. */
export class RouteRefusal extends GatewayError {
  readonly decision: Decision;

  constructor({ code, message, param, retryAfterS, details }: GatewayError, decision: Decision) {
    super(code, message, { param, retryAfterS, details });
    this.decision = decision;
  }
}

export interface Refused {
  readonly facts: RouteFacts;
  /** `undefined`: the client named the target. */
  readonly route: Route | undefined;
  /** The targets whose reasons decide. */
  readonly considered: readonly Considered[];
  readonly others: readonly Candidate[];
  readonly key: string;
  readonly offline: boolean;
}

/** In the order in which targets are ruled out: the last of these emptied the list. */
const stages: readonly DropReason[] = ['policy', 'operation', 'capability', 'quality', 'credential', 'health'];

/** An error names this many targets at most. */
const targetsShown = 8;

/** Of a plan without targets. */
export function refusal(refused: Refused): GatewayError {
  const { considered, others } = refused;
  const last = stages.findLast((stage) => considered.some((one) => one.droppedBy === stage));
  switch (last) {
    case 'policy':
      return denied(refused);
    case 'operation':
      return unsupported(refused);
    case 'credential':
      return withoutCredential(refused);
    case 'health':
      return down(refused);
    case 'capability':
    case 'quality':
      return incapable(refused, considered);
    default:
      return others.length > 0 ? incapable(refused, others) : empty(refused);
  }
}

/** Of a name that only routes for other requests answer to. */
export function notMeant(asked: string, skipped: readonly SkippedRoute[]): GatewayError {
  const whys = skipped.slice(0, targetsShown).map((one) => `route "${one.id}" ${one.why}`);
  return new GatewayError(
    'route.no_capable_target',
    `No route for "${clean(asked)}" is meant for this request: ${whys.join('; ')}. Ask for another model, or add a route without a condition.`,
    { param: 'model' },
  );
}

function denied({ key, facts, considered }: Refused): GatewayError {
  const denials = considered.flatMap(({ target, denial }) => (denial === undefined ? [] : [{ target, ...denial }]));
  const whys = new Set(denials.map(({ why }) => why));
  const [first] = denials;
  const options = { param: 'model', details: first === undefined ? undefined : { rule: first.rule } };
  // As it was said when decisions did not keep whose rule it was: they must come out the same when they are derived again.
  if (first?.why === undefined) {
    const message = `The key "${key}" may not use "${clean(facts.model)}" (its allowed_models or denied_models say so).`;
    return new GatewayError('admit.model_denied', message, options);
  }
  if (first.policy !== undefined && whys.size === 1)
    return new GatewayError('admit.model_denied', policyBlocked(first.policy, notUsed(facts, first)), options);
  const each = denials.slice(0, targetsShown).map(({ target, why }) => `${target}: ${why ?? ''}`);
  const more = denials.length > each.length ? `; and ${denials.length - each.length} more` : '';
  const why = whys.size === 1 ? first.why : `${each.join('; ')}${more}`;
  return new GatewayError('admit.model_denied', `Key "${key}" may not use "${clean(facts.model)}": ${why}.`, options);
}

function notUsed({ model }: RouteFacts, { lack }: Denial): string {
  const what = `"${clean(model)}" may not be used`;
  return lack === undefined ? what : `${what}, since ${lack}`;
}

function unsupported({ facts, considered }: Refused): GatewayError {
  const names = [...new Set(considered.map((one) => `"${one.provider.id}"`))].join(', ');
  return new GatewayError(
    'route.operation_unsupported',
    `${facts.surface.replaceAll('_', ' ')} cannot be served by ${names}: the provider has no such endpoint. Ask for a model of one that has.`,
    { param: 'model' },
  );
}

function withoutCredential(refused: Refused): GatewayError {
  const { considered } = refused;
  const [only] = considered;
  const why =
    considered.length === 1 && only !== undefined
      ? missingCredential(only)
      : `no target of ${subject(refused)} can be asked: ${reasons(considered)}`;
  return new GatewayError('route.no_credential', `The request could not be sent: ${why}.`);
}

function incapable(refused: Refused, targets: readonly Candidate[] | readonly Considered[]): GatewayError {
  return new GatewayError(
    'route.no_capable_target',
    `No target of ${subject(refused)} can serve this request: ${reasons(targets)}. Ask for another model, or add a target that can.`,
    { param: 'model' },
  );
}

function empty({ route }: Refused): GatewayError {
  const name = route?.id ?? '';
  return new GatewayError('route.no_target', `Route "${name}" has no target that exists. Correct its targets.`);
}

function down(refused: Refused): GatewayError {
  const { considered, offline } = refused;
  const waits = considered.flatMap((one) => (one.droppedBy === 'health' ? (one.health?.waitMs ?? []) : []));
  const retryAfterS = waits.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...waits) / 1_000));
  const again = retryAfterS === undefined ? 'later' : `in ${retryAfterS} s`;
  if (considered.every((one) => one.health?.state === 'limited')) return limited(refused, retryAfterS, again);
  const lead = offline ? 'This machine is offline: no provider can be reached. ' : '';
  return new GatewayError(
    'route.no_target',
    `${lead}No target of ${subject(refused)} can be asked now: ${reasons(considered)}. Try again ${again}.`,
    { retryAfterS },
  );
}

function limited(refused: Refused, retryAfterS: number | undefined, again: string): GatewayError {
  const [only] = refused.considered;
  const who =
    refused.considered.length === 1 && only !== undefined
      ? `Provider "${only.provider.id}" limits the rate of "${only.model}"`
      : `The providers limit the rate of ${listed(refused.considered.slice(0, targetsShown).map((one) => one.target))}`;
  return new GatewayError('attempt.rate_limited', `${who}; it can be asked again ${again}.`, { retryAfterS });
}

function subject({ route, facts }: Refused): string {
  return route === undefined ? `"${clean(facts.model)}"` : `route "${route.id}"`;
}

function reasons(targets: readonly Candidate[] | readonly Considered[]): string {
  const texts = targets.slice(0, targetsShown).map((one) => `${one.target} ${one.dropped ?? 'cannot be asked'}`);
  const more = targets.length - texts.length;
  return more > 0 ? `${texts.join('; ')}; and ${more} more` : texts.join('; ');
}
