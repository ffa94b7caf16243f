/** Health of targets: who rests and why, who is fast, and whether this machine is offline. One book for all requests. */
import type { PromptType } from '../../../shared/domain/prompt-type.ts';
import type { Clock } from '../../kit/clock.ts';
import { SteadyTime } from '../../kit/steady-time.ts';
import type { AttemptOutcome, AttemptProgress, HealthKeeper, MayAsk, TargetRef } from '../exchange.ts';
import type { Provider } from '../ports.ts';
import type { HealthView, TargetHealth } from './decision.ts';
import { longestRestMs, verdictOf, type Verdict } from './health-blame.ts';
import type { BreakerCall } from './health-breaker.ts';
import { restoreHealth, saveHealth, type HealthMemory } from './health-memory.ts';
import { NetworkWatch } from './health-network.ts';
import { refusedWhy, type ModelRecord, type ProviderRecord, type TargetRecord } from './health-records.ts';
import { HealthRegistry } from './health-registry.ts';
import { stateOf, targetHealth, type TargetState } from './health-view.ts';

/** Something changed that people may want to know. Changes by the mere passing of time are told with the next call. */
export type HealthChange =
  | {
      readonly kind: 'target';
      /** `provider/model`. */
      readonly target: string;
      readonly credential: string;
      readonly from: TargetHealth['state'];
      readonly to: TargetHealth['state'];
      readonly why: string | undefined;
      /** Milliseconds since 1970. */
      readonly at: number;
    }
  /** A credential is not accepted any more, or again. */
  | {
      readonly kind: 'credential';
      readonly provider: string;
      readonly credential: string;
      readonly to: 'refused' | 'accepted';
      readonly why: string | undefined;
      readonly at: number;
    }
  | { readonly kind: 'network'; readonly offline: boolean; readonly at: number };

interface Try {
  readonly provider: ProviderRecord;
  readonly providerId: string;
  readonly model: ModelRecord;
  readonly target: TargetRecord;
  readonly call: BreakerCall;
}

const yes: MayAsk = { kind: 'yes', probe: false };
const asProbe: MayAsk = { kind: 'yes', probe: true };
const silent: Verdict = { kind: 'neutral', reached: false };

export interface HealthOptions {
  readonly clock: Clock;
  readonly onChange?: ((change: HealthChange) => void) | undefined;
}

export class HealthBook implements HealthKeeper {
  readonly #clock: Clock;
  readonly #time: SteadyTime;
  readonly #onChange: ((change: HealthChange) => void) | undefined;
  readonly #registry = new HealthRegistry();
  readonly #network = new NetworkWatch();

  constructor({ clock, onChange }: HealthOptions) {
    this.#clock = clock;
    this.#time = new SteadyTime(clock);
    this.#onChange = onChange;
  }

  get isOffline(): boolean {
    return this.#network.isOffline(this.#time.now());
  }

  mayAsk({ provider, model, credential }: TargetRef): MayAsk {
    const now = this.#time.now();
    const target = this.#registry.findModel(provider.id, model)?.targets.get(credential);
    const rest = target?.rest(now);
    if (rest !== undefined && rest.waitMs > 0)
      return {
        kind: 'no',
        waitMs: rest.waitMs,
        why: rest.why ?? '',
        state: rest.state === 'limited' ? 'limited' : 'open',
      };
    // Asked last, because a caller that has nothing else may overrule it.
    const refusal = this.#registry.findProvider(provider.id)?.refusal(credential, now);
    if (refusal !== undefined)
      return {
        kind: 'no',
        waitMs: refusal.until - now,
        why: refusedWhy(credential, refusal),
        state: 'refused',
      };
    return rest?.state === 'half_open' ? asProbe : yes;
  }

  begin(ref: TargetRef): (outcome: AttemptOutcome | AttemptProgress) => void {
    const now = this.#time.now();
    const { provider, model, target } = this.#registry.recordsOf(ref);
    provider.retries.called(now);
    const one: Try = { provider, providerId: ref.provider.id, model, target, call: target.breaker.begin(now) };
    model.running++;
    target.running++;
    this.#tell(model, target, now);
    let isOver = false;
    return (told) => {
      if (isOver) return;
      if (told.kind === 'content') {
        this.#onContent(one);
        return;
      }
      isOver = true;
      model.running--;
      target.running--;
      this.#onEnd(one, told);
    };
  }

  takeRetry(provider: Provider): boolean {
    // One that is not configured any more has no traffic to take a share of.
    return this.#registry.findProvider(provider.id)?.retries.take(this.#time.now()) ?? true;
  }

  /** Notes what an answer to a prompt of this type was long; the type may be unknown. */
  learnOutput(learned: {
    readonly providerId: string;
    readonly model: string;
    readonly type: PromptType | undefined;
    readonly outputTokens: number;
  }): void {
    this.#registry.modelOf(learned.providerId, learned.model).outputs.learn(learned.type, learned.outputTokens);
  }

  /** How everything looks at this moment. Costs nothing until something is asked. */
  view(): HealthView {
    const providers = this.#registry.configured;
    const now = this.#time.now();
    return {
      offline: this.#network.isOffline(now),
      of: (providerId, name, tokens) =>
        targetHealth({
          provider: providers.get(providerId),
          record: this.#registry.findProvider(providerId),
          name,
          model: this.#registry.findModel(providerId, name),
          tokens,
          now,
        }),
      expectedOutput: (providerId, name, type) => this.#registry.findModel(providerId, name)?.outputs.expected(type),
    };
  }

  /** Every target that was asked, the last used first. */
  states(): readonly TargetState[] {
    const now = this.#time.now();
    const wall = this.#clock.now();
    return [...this.#registry.models()].toReversed().flatMap((model) => {
      const provider = this.#registry.findProvider(model.providerId);
      return [...model.targets.values()].map((target) => stateOf(provider, model, target, { now, wall }));
    });
  }

  /**
   * The configuration is this now: what is not in it is forgotten, and so is how a provider did at another address, or a
   * credential with another secret. Called at the start, before anything is restored, and with every change.
   */
  apply(providers: ReadonlyMap<string, Provider>): void {
    this.#registry.apply(providers);
  }

  /** What is worth knowing after a restart. */
  save(): HealthMemory {
    return saveHealth([...this.#registry.models()], { now: this.#time.now(), wall: this.#clock.now() });
  }

  /** Takes in what `save` gave, as far as it is about the providers that were applied; anything else is ignored. */
  restore(memory: unknown): void {
    restoreHealth(memory, {
      now: this.#time.now(),
      wall: this.#clock.now(),
      providers: this.#registry.configured,
      modelOf: (provider, model) => this.#registry.modelOf(provider.id, model),
      targetOf: (provider, model, credential) =>
        this.#registry.targetOf(
          this.#registry.modelOf(provider.id, model),
          this.#registry.providerOf(provider),
          credential,
        ),
    });
  }

  #onContent(one: Try): void {
    const now = this.#time.now();
    this.#reached(one.provider, now);
    this.#accepted(one);
    one.target.breaker.content(one.call, now);
    this.#tell(one.model, one.target, now);
  }

  #onEnd(one: Try, outcome: AttemptOutcome): void {
    const now = this.#time.now();
    const { provider, target } = one;
    let verdict = verdictOf(outcome);
    if (isReached(verdict)) this.#reached(provider, now);
    else if (verdict.kind === 'failure' && !provider.isLocal) {
      if (verdict.network && outcome.kind === 'failed') this.#noteNetworkFailure(provider, outcome, now);
      // The network's fault, not the target's.
      if (this.#network.isOffline(now)) verdict = silent;
    }
    target.breaker.end(one.call, verdict, now);
    this.#note(one, verdict, now);
    if (outcome.kind === 'answered') one.model.latency.learn(outcome, now);
    this.#tell(one.model, target, now);
  }

  #note(one: Try, verdict: Verdict, now: number): void {
    const { provider, target } = one;
    if (verdict.kind === 'well') {
      this.#accepted(one);
      if (target.limit !== undefined && target.limit.until <= now) target.limit = undefined;
    } else if (verdict.kind === 'limited') {
      const until = now + verdict.restMs;
      if (until >= (target.limit?.until ?? 0)) target.limit = { until, why: verdict.why, quota: verdict.quota };
    } else if (verdict.kind === 'refused' && this.#registry.isCurrent(one.model, target)) {
      const isNews = provider.refusal(target.credential, now) === undefined;
      const refusal = { until: now + longestRestMs, why: verdict.why };
      provider.refusals.set(target.credential, refusal);
      const why = refusedWhy(target.credential, refusal);
      if (isNews) this.#tellCredential(one, 'refused', why);
    }
  }

  #accepted(one: Try): void {
    const { provider, model, target } = one;
    // A call of the configuration before was made with another key of the same name.
    if (provider.refusals.size === 0 || !this.#registry.isCurrent(model, target)) return;
    if (provider.refusals.delete(target.credential)) this.#tellCredential(one, 'accepted', undefined);
  }

  #reached(provider: ProviderRecord, now: number): void {
    if (provider.isLocal || !this.#network.reached(provider.host, now)) return;
    this.#onChange?.({ kind: 'network', offline: false, at: this.#clock.now() });
  }

  #noteNetworkFailure(
    provider: ProviderRecord,
    { code, deadNetwork }: Extract<AttemptOutcome, { kind: 'failed' }>,
    now: number,
  ): void {
    const since = this.#network.lastAnswerAt;
    const evidence = { sure: deadNetwork === true, unresolved: code === 'attempt.dns' };
    if (!this.#network.failed(provider.host, now, evidence)) return;
    this.#onChange?.({ kind: 'network', offline: true, at: this.#clock.now() });
    for (const model of this.#registry.models()) {
      if (this.#registry.findProvider(model.providerId)?.isLocal !== false) continue;
      for (const target of model.targets.values()) {
        target.breaker.forgive(since);
        this.#tell(model, target, now);
      }
    }
  }

  #tell(model: ModelRecord, target: TargetRecord, now: number): void {
    const { state, why } = target.rest(now);
    const from = target.told;
    if (state === from) return;
    target.told = state;
    this.#onChange?.({
      kind: 'target',
      target: `${model.providerId}/${model.model}`,
      credential: target.credential,
      from,
      to: state,
      why,
      at: this.#clock.now(),
    });
  }

  #tellCredential({ providerId, target }: Try, to: 'refused' | 'accepted', why: string | undefined): void {
    const at = this.#clock.now();
    this.#onChange?.({ kind: 'credential', provider: providerId, credential: target.credential, to, why, at });
  }
}

/** The provider itself said something, good or bad. */
function isReached(verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'failure':
    case 'neutral':
      return verdict.reached;
    default:
      return true;
  }
}
