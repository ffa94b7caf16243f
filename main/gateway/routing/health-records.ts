/** What is remembered of providers, their credentials and their models, and how it reads to those who ask. */
import { RecentMap } from '../../kit/recent-map.ts';
import type { Provider } from '../ports.ts';
import { Breaker } from './health-breaker.ts';
import { ModelLatency } from './health-latency.ts';
import { RetryBudget } from './health-retries.ts';
import { ModelOutputs } from './outputs.ts';

/** What a probe takes is not known: whoever meets one may ask again so soon. */
const probeWaitMs = 1_000;
/** More credentials than anyone has; names of old configurations are forgotten. */
const maxRefusals = 1_000;

export type RestState = 'closed' | 'open' | 'half_open' | 'limited';

/** How one credential does at one model. */
export interface Rest {
  readonly state: RestState;
  /** Milliseconds until it may be asked; 0: now. */
  readonly waitMs: number;
  /** For people, without the time left. */
  readonly why: string | undefined;
  /** Slow start. */
  readonly share: number | undefined;
}

const rested: Rest = { state: 'closed', waitMs: 0, why: undefined, share: undefined };

/** The provider's own limit. Kept after its time when a person has to do something, until a call does well. */
export interface Limit {
  readonly until: number;
  readonly why: string;
  readonly quota: boolean;
}

export interface Refusal {
  readonly until: number;
  readonly why: string;
}

export class TargetRecord {
  readonly credential: string;
  readonly breaker: Breaker;
  limit: Limit | undefined;
  running = 0;
  /** What listeners were told last. */
  told: RestState = 'closed';

  constructor(credential: string, isLocal: boolean) {
    this.credential = credential;
    this.breaker = new Breaker(isLocal);
  }

  rest(now: number): Rest {
    const state = this.breaker.look(now);
    const { limit } = this;
    const limitMs = limit === undefined ? 0 : Math.max(0, limit.until - now);
    if (state.kind === 'open' && state.leftMs >= limitMs)
      return { state: 'open', waitMs: state.leftMs, why: state.why, share: undefined };
    if (limit !== undefined && limitMs > 0)
      return { state: 'limited', waitMs: limitMs, why: limit.why, share: undefined };
    if (state.kind === 'half_open') {
      const [waitMs, doing] = state.probing
        ? [probeWaitMs, 'one request finds out']
        : [0, 'the next request finds out'];
      return { state: 'half_open', waitMs, why: `${state.why}; ${doing} whether it is back`, share: undefined };
    }
    if (state.kind !== 'closed' || state.share === undefined) return rested;
    return { state: 'closed', waitMs: 0, why: 'it is back and starts slowly', share: state.share };
  }
}

export class ModelRecord {
  readonly providerId: string;
  readonly model: string;
  readonly targets = new Map<string, TargetRecord>();
  running = 0;
  latency = new ModelLatency();
  outputs = new ModelOutputs();

  constructor(providerId: string, model: string) {
    this.providerId = providerId;
    this.model = model;
  }
}

export class ProviderRecord {
  readonly isLocal: boolean;
  readonly host: string;
  readonly retries = new RetryBudget();
  /** By name of the credential; kept after its time, until a call does well. */
  readonly refusals = new RecentMap<Refusal>(maxRefusals);

  constructor(provider: Provider) {
    this.isLocal = isLocalProvider(provider);
    this.host = URL.parse(provider.baseUrl)?.host ?? provider.id;
  }

  refusal(credential: string, now: number): Refusal | undefined {
    if (this.refusals.size === 0) return undefined;
    const refusal = this.refusals.peek(credential);
    return refusal !== undefined && refusal.until > now ? refusal : undefined;
  }
}

/** Whatever happens to the network does not happen to it; the built-in demo is in this process. */
export function isLocalProvider(provider: Provider): boolean {
  return provider.local || provider.kind === 'demo';
}

export function refusedWhy(credential: string, refusal: Refusal): string {
  return `key "${credential}" ${refusal.why}`;
}
