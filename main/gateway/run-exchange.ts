/** Stages read to settle of one exchange, and the record that is always closed. */
import { GatewayError, internalBug } from '../../shared/errors/gateway-error.ts';
import { checkModelName } from './certain-words.ts';
import { checkAnswer, copyContent, keepContent } from './content.ts';
import { countingPlan, countLocally, isMomentary } from './count-tokens.ts';
import { noteBug, ownError } from './errors.ts';
import type { SafetyEvent, Target } from './exchange.ts';
import { learn } from './lessons.ts';
import { answerError, answerPlain } from './own-answers.ts';
import { planFor, readFacts, surveyOf, type AdmittedRequest, type Planned } from './plan-exchange.ts';
import { ExchangeProtection } from './protection.ts';
import { checkPolicy, checkTargets } from './policy-check.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { RouteFacts } from './routing/decision.ts';
import { withEarlierTurns } from './responses-store.ts';
import { RouteRefusal } from './routing/refusals.ts';
import { ExchangeServer, type ExchangeDeps, type ServedExchange } from './serve-exchange.ts';
import { ExchangeSpending } from './spending.ts';
import { StopSignal } from './upstream/stop-signal.ts';

/** What later stages know of an exchange and its end needs. */
interface Course {
  facts: RouteFacts | undefined;
  protection: ExchangeProtection | undefined;
}

export async function runExchange(input: AdmittedRequest, deps: ExchangeDeps): Promise<void> {
  const { surface } = input;
  const read = readFacts(input);
  await checkModelName(read.model, input.snapshot, deps.protections);
  const routed: Course = { facts: undefined, protection: undefined };
  const recorder = createRecorder(input, read, deps.ports, {
    onAnswer: (seat, usage) => {
      learn({ input, read, facts: routed.facts, seat, usage }, deps);
    },
    asked: {
      tokenRatios: deps.tokenRatios,
      textBytes: () => input.body.length - (surveyOf(surface, read.document)?.media().bytes ?? 0),
      maxTokens: () => routed.facts?.maxTokens,
    },
  });
  copyContent(input);
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
    recorder.refusedBy(known);
    recorder.failed(known.code, known.status);
    if (input.writer.headSent) input.writer.tear();
    else answerError(input, recorder, ownError(surface.family, surface, known, input.requestId));
  } finally {
    unregister();
    const answer = checkAnswer(input, routed.protection);
    recorder.settle();
    keepContent(input, answer, routed.protection, deps.ports);
  }
}

async function served(
  exchange: Omit<ServedExchange, 'planned' | 'spending' | 'protection'>,
  routed: Course,
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
  // A judge is a model that a rule of the firewall names.
  const byRule = deps.judge.isOwn(input);
  const planned = plannedUnless(isCount ? isMomentary : undefined, () => planFor(input, read, deps, byRule));
  if (planned === undefined) {
    answerPlain(input, recorder, await countHere(exchange, undefined, deps));
    return;
  }
  note(planned, recorder, routed);
  const watching = { input, note: (event: SafetyEvent) => recorder.safety(event) };
  const { policy } = input.snapshot;
  const checked = policy && (await checkPolicy(policy, { ...watching, read, planned }, deps));
  const spending = new ExchangeSpending(input, read, planned, deps);
  const protection = new ExchangeProtection({ input, document, facts: planned.facts, recorder }, deps);
  routed.protection = protection;
  try {
    spending.admit();
    await protection.admit(planned.plan);
    spending.sends(protection.longestSent);
    const admitted = { ...exchange, read, planned, spending, protection };
    if (isCount) await counted(admitted, checked === 'count_here', deps);
    else {
      const affordable = await downgraded(admitted, deps);
      if (affordable !== planned) {
        note(affordable, recorder, routed);
        checkTargets(watching, read, affordable.plan);
        await protection.admit(affordable.plan);
        spending.sends(protection.longestSent);
      }
      await new ExchangeServer({ ...admitted, planned: affordable }, deps).run();
    }
  } finally {
    spending.end();
  }
}

function note({ plan, facts }: Planned, recorder: Recorder, routed: Course): void {
  routed.facts = facts;
  recorder.planned(plan, facts.known().session?.key);
}

/** The plan, or that of the cheaper alias where a budget asks for it (BUD-10). */
async function downgraded(exchange: ServedExchange, deps: ExchangeDeps): Promise<Planned> {
  const { input, read, planned, recorder, spending } = exchange;
  // What passes through goes to the model it names, or nowhere.
  if (input.snapshot.resting !== undefined) return planned;
  const lower = await spending.downgrade(planned.plan.targets[0]);
  if (lower === undefined) return planned;
  recorder.downgraded(lower.budget, lower.alias);
  return planFor(input, { ...read, model: lower.alias }, deps, true);
}

/** `isHere`: nothing of it may be sent. */
async function counted(exchange: ServedExchange, isHere: boolean, deps: ExchangeDeps): Promise<void> {
  const { input, planned, recorder } = exchange;
  const { plan, facts } = planned;
  const counting = countingPlan(plan, input.surface);
  if (isHere || counting.targets.length === 0)
    answerPlain(input, recorder, await countHere(exchange, plan.targets[0], deps));
  else await new ExchangeServer({ ...exchange, planned: { plan: counting, facts } }, deps).run();
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
  { input, read }: Pick<ServedExchange, 'input' | 'read'>,
  target: Target | undefined,
  { tokenRatios, counter }: ExchangeDeps,
): Promise<Buffer> {
  const { document, model } = read;
  const asked = { surface: input.surface, document, model, target, learned: tokenRatios };
  return countLocally(asked, (text, of) => counter.quickly(text, of));
}
