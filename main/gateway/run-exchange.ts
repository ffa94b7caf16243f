/** Stages read to settle of one exchange, and the record that is always closed. */
import { GatewayError, internalBug } from '../../shared/errors/gateway-error.ts';
import { answerCountLocally, countingPlan, isMomentary } from './count-tokens.ts';
import { noteBug, ownError } from './errors.ts';
import type { Target } from './exchange.ts';
import { learn } from './lessons.ts';
import { answerError, answerPlain } from './own-answers.ts';
import { planFor, readFacts, type AdmittedRequest, type Planned } from './plan-exchange.ts';
import { createRecorder } from './recorder.ts';
import type { RouteFacts } from './routing/decision.ts';
import { withEarlierTurns } from './responses-store.ts';
import { RouteRefusal } from './routing/refusals.ts';
import { ExchangeServer, type ExchangeDeps, type ServedExchange } from './serve-exchange.ts';
import { StopSignal } from './upstream/stop-signal.ts';

export async function runExchange(input: AdmittedRequest, deps: ExchangeDeps): Promise<void> {
  const { surface } = input;
  const read = readFacts(input);
  const routed: { facts: RouteFacts | undefined } = { facts: undefined };
  const recorder = createRecorder(input, read, deps.ports, (seat, usage) => {
    learn({ input, facts: routed.facts, seat, usage }, deps);
  });
  const stop = new StopSignal();
  const unregister = deps.running.add({ key: input.principal.key, stop });
  input.writer.listen({
    onGone: () => {
      recorder.clientGone();
      stop.stop('gone');
    },
    onDrain: () => recorder.relay?.onDrain(),
  });
  try {
    await served({ input, read, recorder, stop }, routed, deps);
  } catch (error) {
    const known = error instanceof GatewayError ? error : internalBug('answering this request', error);
    noteBug(deps.ports.log, input.requestId, known);
    if (known instanceof RouteRefusal) recorder.decided(known.decision);
    recorder.failed(known.code, known.status);
    if (input.writer.headSent) input.writer.tear();
    else answerError(input, recorder, ownError(surface.family, surface, known, input.requestId));
  } finally {
    unregister();
    recorder.settle();
  }
}

async function served(
  exchange: Omit<ServedExchange, 'planned'>,
  routed: { facts: RouteFacts | undefined },
  deps: ExchangeDeps,
): Promise<void> {
  const { input, recorder } = exchange;
  const { surface, principal } = input;
  const { document: asked } = exchange.read;
  const document =
    asked === undefined
      ? undefined
      : withEarlierTurns({ surface, document: asked, scope: principal.key.id, store: deps.sideStore });
  const read = { ...exchange.read, document };
  const isCount = surface.operation === 'count_tokens';
  const planned = plannedUnless(isCount ? isMomentary : undefined, () => planFor(input, read, deps));
  if (planned === undefined) {
    answerPlain(input, recorder, countHere(exchange, undefined, deps));
    return;
  }
  const { plan, facts } = planned;
  routed.facts = facts;
  recorder.planned(plan, facts.known().session?.key);
  if (!isCount) {
    await new ExchangeServer({ ...exchange, read, planned }, deps).run();
    return;
  }
  const counting = countingPlan(plan, surface);
  if (counting.targets.length === 0) answerPlain(input, recorder, countHere(exchange, plan.targets[0], deps));
  else await new ExchangeServer({ ...exchange, read, planned: { plan: counting, facts } }, deps).run();
}

/** `undefined` for a plan that fails in a way that does not matter. */
function plannedUnless(
  isPassable: ((error: unknown) => boolean) | undefined,
  make: () => Planned,
): Planned | undefined {
  try {
    return make();
  } catch (error) {
    if (isPassable?.(error) === true) return undefined;
    throw error;
  }
}

function countHere(
  { input, read }: Omit<ServedExchange, 'planned'>,
  target: Target | undefined,
  { tokenRatios }: ExchangeDeps,
): Buffer {
  const { document, model } = read;
  return answerCountLocally({ surface: input.surface, document, model, target, learned: tokenRatios });
}
