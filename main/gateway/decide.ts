/**
 * What becomes of a request, as a pure function (BND-96): the stages of an exchange from its routing to the body that would leave,
 * on a snapshot, at a moment, with so much spent. Nothing is sent, written down or learned.
 */
import type { TrialOutcome, TrialRequest } from '../../shared/domain/trial.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Clock } from '../kit/clock.ts';
import { checkModelName } from './certain-words.ts';
import type { Permit, SafetyEvent, Target } from './exchange.ts';
import { planFor, type PlanDeps, type PlannableRequest, type Planned, type ReadFacts } from './plan-exchange.ts';
import { accessIn, checkSurface, denialOf, modelAccessOf } from './policies/access.ts';
import { checkPolicy, checkTargets } from './policy-check.ts';
import type { LogPort, Snapshot } from './ports.ts';
import { ExchangeProtection } from './protection.ts';
import type { Protections } from './protections.ts';
import { healthyTarget, type HealthView } from './routing/decision.ts';
import { RouteRefusal } from './routing/refusals.ts';
import { SessionStore } from './routing/sessions.ts';
import { prepareResponses, type ResponsesTurn } from './responses-store.ts';
import { SideStore } from './side-store.ts';
import { ExchangeSpending } from './spending.ts';
import type { TokenRatios } from './token-ratios.ts';
import { trialBody } from './trial-body.ts';
import { readTrial, trialId as requestId, trialInput } from './trial-input.ts';
import { budgetsOf, trialSpending } from './trial-spending.ts';

export interface DecideDeps {
  /** Keeps what rules were made into, and nothing of a request. */
  readonly protections: Protections;
  /** For waits in between, so that others have their turn. */
  readonly monotonic: Clock['monotonic'];
  readonly log: LogPort;
}

/** Of targets that are drawn, the one in the middle. */
const middle = 0.5;
/** Nobody has asked anybody anything before. */
const untried: HealthView = { offline: false, of: () => healthyTarget, expectedOutput: () => undefined };
const health = { view: () => untried };
const builtIn = 'built in';

/** Never throws for what a request may hold. */
export async function decide(snapshot: Snapshot, asked: TrialRequest, deps: DecideDeps): Promise<TrialOutcome> {
  const trial = new Trial(snapshot, asked, deps);
  try {
    return await trial.run();
  } catch (error) {
    if (error instanceof GatewayError) return trial.refused(error);
    throw error;
  }
}

/** One request on its way. */
class Trial {
  readonly #snapshot: Snapshot;
  readonly #asked: TrialRequest;
  readonly #deps: DecideDeps;
  readonly #clock: Clock;
  /** Empty: nothing was kept before, and nothing will be. */
  readonly #store: SideStore;
  readonly #hit = new Set<string>();
  readonly #losses: string[] = [];
  readonly #safety: SafetyEvent[] = [];
  #because = '';
  #names = 0;

  constructor(snapshot: Snapshot, asked: TrialRequest, deps: DecideDeps) {
    this.#snapshot = snapshot;
    this.#asked = asked;
    this.#deps = deps;
    this.#clock = { now: () => asked.at, monotonic: deps.monotonic };
    this.#store = new SideStore({ clock: this.#clock, capBytes: 0, ttlMs: 0 });
  }

  async run(): Promise<TrialOutcome> {
    const { protections } = this.#deps;
    const input = trialInput(this.#asked, this.#snapshot);
    checkSurface(input.principal.key, input.surface);
    const { read, ratios } = readTrial(input, this.#asked.inputTokens, this.#store);
    await checkModelName(read.model, this.#snapshot, protections);
    const planDeps = this.#planDeps(ratios);
    const planned = planFor(input, read, planDeps);
    const spending = this.#spending(input, read, planned, planDeps);
    this.#noteRoute(planned);
    this.#noteDenials(input, planned);
    const watching = { input, note: (event: SafetyEvent) => void this.#safety.push(event) };
    const { policy } = this.#snapshot;
    const checked = policy && (await checkPolicy(policy, { ...watching, read, planned }, { tokenRatios: ratios }));
    const protection = this.#protection(input, read, planned);
    await protection.admit(planned.plan);
    spending.sends(protection.longestSent);
    const affordable = await this.#downgraded({ input, read, planned, planDeps, spending });
    if (affordable !== planned) {
      this.#noteRoute(affordable);
      checkTargets(watching, read, affordable.plan);
      await protection.admit(affordable.plan);
      spending.sends(protection.longestSent);
    }
    return this.#allowed({ input, read, planned: affordable, spending, protection, leaves: checked !== 'count_here' });
  }

  refused(error: GatewayError): TrialOutcome {
    const rule = error.details?.['rule'];
    const decision = error instanceof RouteRefusal ? error.decision : undefined;
    return {
      ...{ decision: 'deny', status: error.status, code: error.code, message: error.message },
      rule: typeof rule === 'string' ? rule : undefined,
      ...{ target: undefined, route: decision?.rule?.id, because: this.#because, masked: [], sent: '' },
      losses: this.#losses,
      hit: this.#hits(typeof rule === 'string' ? namedRule(error, rule) : undefined),
    };
  }

  // ---------------------------------------------------------------- stages

  #planDeps(tokenRatios: TokenRatios): PlanDeps {
    const random = { next: () => middle, id: (count: number) => this.#newId(count) };
    return {
      ports: { clock: this.#clock, random },
      ...{ health, tokenRatios, sessions: new SessionStore({ clock: this.#clock }) },
    };
  }

  #spending(input: PlannableRequest, read: ReadFacts, planned: Planned, planDeps: PlanDeps): ExchangeSpending {
    const { spent, inputTokens } = this.#asked;
    for (const { id } of budgetsOf(input).flat()) if (spent.has(id)) this.#hit.add(`budget:${id}`);
    const targets = [...planned.plan.targets];
    // Only sums of providers and models depend on where it goes.
    const isByTarget = budgetsOf(input)
      .flat()
      .some(({ id, scope }) => spent.has(id) && (scope === 'provider' || scope === 'model'));
    if (isByTarget) targets.push(...this.#cheaper(input, read, planDeps));
    const deps = trialSpending({ input, planned, targets, spent, inputTokens, clock: this.#clock, health });
    return new ExchangeSpending({ ...input, requestId }, read, planned, deps);
  }

  /** Where budgets may send it. */
  #cheaper(input: PlannableRequest, read: ReadFacts, planDeps: PlanDeps): Target[] {
    const aliases = budgetsOf(input)
      .flat()
      .flatMap(({ action }) => (action.kind === 'downgrade' ? [action.alias] : []));
    return [...new Set(aliases)].flatMap((model) => {
      try {
        return planFor(input, { ...read, model }, planDeps, true).plan.targets;
      } catch (error) {
        if (error instanceof GatewayError) return [];
        throw error;
      }
    });
  }

  #protection(input: PlannableRequest, read: ReadFacts, { facts }: Planned): ExchangeProtection {
    const { protections, log } = this.#deps;
    const recorder = {
      safety: (event: SafetyEvent) => void this.#safety.push(event),
      masked: () => undefined,
    };
    return new ExchangeProtection(
      { input: { ...input, requestId }, document: read.document, facts, recorder },
      {
        ports: { clock: this.#clock, log },
        protections: {
          conversations: protections.conversations.anew(),
          ...{ signed: protections.signed, turns: protections.turns },
          of: (snapshot) => protections.of(snapshot),
        },
        judge: { known: () => undefined, isAttack: () => Promise.resolve(true), isOwn: () => false },
      },
    );
  }

  async #downgraded(stage: {
    readonly input: PlannableRequest;
    readonly read: ReadFacts;
    readonly planned: Planned;
    readonly planDeps: PlanDeps;
    readonly spending: ExchangeSpending;
  }): Promise<Planned> {
    const { input, read, planned, planDeps, spending } = stage;
    const lower = await spending.downgrade(planned.plan.targets[0]);
    if (lower === undefined) return planned;
    this.#because = `budget:${lower.budget} -> downgrade:${lower.alias}`;
    this.#hit.add(`budget:${lower.budget}`);
    return planFor(input, { ...read, model: lower.alias }, planDeps, true);
  }

  async #allowed(stage: Admitted): Promise<TrialOutcome> {
    const { input, read, planned, protection } = stage;
    const turn = this.#turn(stage);
    const { target, permit } = await this.#permitted(stage, turn?.targets ?? planned.plan.targets);
    const document = turn?.isPassedOn(target) === true ? read.document : (turn?.document ?? read.document);
    const sent = await protection.sent(document, target);
    const body = trialBody({
      ...{ surface: input.surface, target, sent, model: read.model, stream: turn?.stream ?? read.stream },
      ...{ scope: input.principal.key.id, permit, store: this.#store, at: this.#asked.at },
      newId: (prefix) => `${prefix}${this.#newId(24)}`,
      losses: (path, why) => this.#losses.push(`${path}: ${why}`),
    });
    this.#noteLimit(permit);
    const masked = Object.entries(protection.lastRules).map(([rule, count]) => ({ rule, count }));
    for (const { rule } of masked) this.#hit.add(`masking:${rule}`);
    const route = planned.plan.routeId;
    return {
      ...{ decision: 'allow', status: 200, code: undefined, message: undefined, rule: undefined },
      ...{ target: `${target.provider.id}/${target.model}`, route, because: this.#because },
      masked,
      sent: stage.leaves ? body.toString('utf8').trimEnd() : '',
      ...{ losses: this.#losses, hit: this.#hits(undefined) },
    };
  }

  #turn({ input, read, planned }: Admitted): ResponsesTurn | undefined {
    const { document, model, stream } = read;
    if (document === undefined) return undefined;
    return prepareResponses({
      ...{ surface: input.surface, document, model, stream, scope: input.principal.key.id, store: this.#store },
      ...{ targets: planned.plan.targets, createdAt: Math.floor(this.#asked.at / 1_000) },
      newId: (prefix) => `${prefix}${this.#newId(24)}`,
    });
  }

  /** The first target that nothing keeps it from; throws what the client would be told where there is none. */
  async #permitted(
    { spending, protection }: Admitted,
    targets: readonly Target[],
  ): Promise<{ readonly target: Target; readonly permit: Permit }> {
    let last: GatewayError | undefined;
    for (const target of targets) {
      const permit = protection.refusalOf(target) ?? (await spending.permit(target));
      if (!(permit instanceof GatewayError)) return { target, permit };
      const rule = permit.details?.['rule'];
      if (typeof rule === 'string') this.#hit.add(namedRule(permit, rule));
      last = permit;
    }
    throw last ?? new GatewayError('route.no_target', 'There was no target to try.');
  }

  // ---------------------------------------------------------------- what is told

  #noteRoute({ plan }: Planned): void {
    if (plan.routeId !== undefined) this.#hit.add(`route:${plan.routeId}`);
  }

  /** Of targets that a rule kept it from. Built-in routes list all there are: what is not for this request says nothing of it. */
  #noteDenials(input: PlannableRequest, { plan, facts }: Planned): void {
    if (plan.decision.rule?.origin === builtIn) return;
    const access = accessIn(input.snapshot, modelAccessOf(input.principal.key));
    for (const { target, droppedBy } of plan.decision.candidates) {
      if (droppedBy !== 'policy') continue;
      const slash = target.indexOf('/');
      const denial = denialOf(access, [target, target.slice(slash + 1), facts.model], target.slice(0, slash));
      if (denial !== undefined) this.#hit.add(denial.rule);
    }
  }

  /** Who lowered what may be said, where it was lowered. */
  #noteLimit({ limitReason }: Permit): void {
    if (limitReason === '' || !this.#losses.some((one) => one.includes(limitReason))) return;
    const cap = this.#snapshot.policy?.maxOutput;
    const budget = /: budget "(.*)" has no more left$/.exec(limitReason)?.[1];
    if (budget !== undefined) this.#hit.add(`budget:${budget}`);
    else if (cap !== undefined) this.#hit.add(cap.rule);
  }

  #hits(last: string | undefined): readonly string[] {
    if (last !== undefined) this.#hit.add(last);
    for (const { source, rule } of this.#safety)
      this.#hit.add(source === 'policy' ? rule : `${source === 'firewall' ? source : 'masking'}:${rule}`);
    return [...this.#hit];
  }

  /** The same in the same place of the same request. */
  #newId(count: number): string {
    this.#names++;
    return String(this.#names).padStart(count, '0');
  }
}

interface Admitted {
  readonly input: PlannableRequest;
  readonly read: ReadFacts;
  readonly planned: Planned;
  readonly spending: ExchangeSpending;
  readonly protection: ExchangeProtection;
  /** `false`: it is answered here, with a count. */
  readonly leaves: boolean;
}

/** Names of rules of access are whole; ids of others need a word for what they are. */
function namedRule({ code }: GatewayError, rule: string): string {
  if (code.startsWith('admit.budget')) return `budget:${rule}`;
  if (code === 'admit.firewall_blocked' || code === 'admit.justification_required') return `firewall:${rule}`;
  return code.startsWith('admit.masking') ? `masking:${rule}` : rule;
}
