/** Answers about routing: why an exchange went where it went, and where a request would go. */
import { namedSurfaces, pathOf, surfaceOf } from '../../../shared/domain/request-shape.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { CallOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { RoutingTrace } from '../../ledger/ledger.ts';
import { decisionEntryOf } from '../decision-entry.ts';
import type { ControlNeeds, RoutingNeed, SimulatedRequest } from '../needs.ts';
import type { Handlers } from './handler.ts';
import { noSuchExchange } from './traffic.ts';

type Explained = CallOutput<'route.explain'>;

export function routeHandlers({ ledger, running, routing = {} }: ControlNeeds): Handlers {
  const source: Partial<RoutingNeed> = running?.gateway ?? routing;
  const explain = source.explain?.bind(source);
  const simulate = source.simulate?.bind(source);
  const explaining: Handlers = {
    'route.explain': async ({ request_id }) => {
      const trace = await ledger.trace(request_id);
      if (trace === undefined) throw noSuchExchange(request_id);
      const { entry, decision, omitted = 0 } = trace;
      return {
        decision: decision === undefined ? null : decisionEntryOf(decision, omitted),
        entry,
        ...verify(trace, explain),
      };
    },
  };
  if (simulate === undefined) return explaining;
  return {
    ...explaining,
    'route.simulate': async (input) => {
      const { decision } = await simulate(simulatedRequest(input));
      return { decision: decisionEntryOf(decision, 0) };
    },
  };
}

/** Derives the decision again where everything it rests on is there, else says what is missing. */
function verify(
  { entry, decision, omitted, snapshot }: RoutingTrace,
  explain: RoutingNeed['explain'] | undefined,
): Pick<Explained, 'verified' | 'note'> {
  const unknown = (note: string): Pick<Explained, 'verified' | 'note'> => ({ verified: 'unknown', note });
  if (decision === undefined) {
    if (entry.outcome === 'open') return unknown('It is still running: its decision is kept when it ends.');
    if (entry.outcome === 'interrupted') return unknown('Its decision was lost when the process ended before it did.');
    return entry.attempts.length === 0 && entry.cache === null
      ? unknown('It was refused before a target was chosen.')
      : unknown('It was recorded by a version that kept no decisions.');
  }
  if (omitted !== undefined) return unknown('The decision was too long to be kept whole.');
  if (snapshot === undefined) return unknown('The configuration of that time is not kept any more.');
  return explain?.(decision, snapshot) ?? unknown('That needs a running instance: `sluice serve`.');
}

/** With the path that the shape of its body tells, where it names none. Throws `control.invalid_input`. */
export function simulatedRequest({ request, key, client }: ParsedInput<'route.simulate'>): SimulatedRequest {
  const { method, headers, body } = request;
  return { method, headers, body, path: request.path ?? likelyPath(body), key, client };
}

function likelyPath(body: unknown): string {
  const surface = surfaceOf(body);
  const path = surface === undefined ? undefined : pathOf(surface, body);
  if (path !== undefined) return path;
  throw new GatewayError(
    'control.invalid_input',
    surface === undefined
      ? `The body is no JSON object: give one of ${namedSurfaces.join(', ')}.`
      : 'A Gemini body does not name its model: give the path it is sent to, /v1beta/models/MODEL:generateContent.',
  );
}
