/** How targets look to the router and to people: the best of what a provider's credentials allow. Pure looks. */
import { matchesAny } from '../../kit/glob.ts';
import type { Provider } from '../ports.ts';
import { healthyTarget, type TargetHealth } from './decision.ts';
import { refusedWhy, type ModelRecord, type ProviderRecord, type TargetRecord } from './health-records.ts';

type Mutable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

export interface Looked {
  /** Absent: it is not configured any more. */
  readonly provider: Provider | undefined;
  readonly record: ProviderRecord | undefined;
  readonly name: string;
  /** What is known of the model of that name. */
  readonly model: ModelRecord | undefined;
  readonly tokens: number;
  readonly now: number;
}

export function targetHealth(looked: Looked): TargetHealth {
  const { model, tokens, now } = looked;
  const state = isAllWell(looked) ? undefined : bestOf(looked);
  if (model === undefined) return state ?? healthyTarget;
  const health: Mutable<TargetHealth> = { state: 'closed', ...state, running: model.running };
  const ttft = model.latency.ttft(tokens, now);
  if (ttft !== undefined) {
    health.ttft = ttft;
    const slowdown = model.latency.slowdown(tokens, now);
    if (slowdown !== undefined) health.slowdown = slowdown;
  }
  const { speed } = model.latency;
  if (speed !== undefined) health.speed = speed;
  return health;
}

/** The usual case, seen without looking at each credential. */
function isAllWell({ record, model, now }: Looked): boolean {
  if (record !== undefined && record.refusals.size > 0) return false;
  if (model === undefined) return true;
  for (const target of model.targets.values()) {
    const rest = target.rest(now);
    if (rest.state !== 'closed' || rest.share !== undefined) return false;
  }
  return true;
}

/** Lower is better. */
const ranks: Readonly<Record<TargetHealth['state'], number>> = {
  closed: 0,
  half_open: 1,
  limited: 2,
  open: 2,
  // It may still be asked, but is the last that is.
  refused: 3,
};

function bestOf(looked: Looked): TargetHealth | undefined {
  let best: TargetHealth | undefined;
  for (const credential of credentialsOf(looked)) {
    const one = healthWith(credential, looked);
    if (best === undefined || isBetter(one, best)) best = one;
  }
  return best;
}

function isBetter(one: TargetHealth, best: TargetHealth): boolean {
  const difference = ranks[one.state] - ranks[best.state];
  if (difference !== 0) return difference < 0;
  const wait = (one.waitMs ?? 0) - (best.waitMs ?? 0);
  return wait === 0 ? (one.share ?? 1) > (best.share ?? 1) : wait < 0;
}

function credentialsOf({ provider, model, name }: Looked): readonly string[] {
  if (provider === undefined) return [...(model?.targets.keys() ?? [])];
  return provider.credentials
    .filter((one) => one.secret.kind !== 'missing' && matchesAny(one.models, name))
    .map((one) => one.name);
}

function healthWith(credential: string, { record, model, now }: Looked): TargetHealth {
  const health: Mutable<TargetHealth> = { state: 'closed', running: model?.running ?? 0 };
  const rest = model?.targets.get(credential)?.rest(now);
  const refusal = rest !== undefined && rest.waitMs > 0 ? undefined : record?.refusal(credential, now);
  if (refusal !== undefined) {
    health.state = 'refused';
    health.waitMs = refusal.until - now;
    health.why = refusedWhy(credential, refusal);
    return health;
  }
  if (rest === undefined) return health;
  // A probe under way is waited for like a rest.
  health.state = rest.state === 'half_open' && rest.waitMs > 0 ? 'open' : rest.state;
  if (rest.waitMs > 0) health.waitMs = rest.waitMs;
  if (rest.why !== undefined) health.why = rest.why;
  if (rest.share !== undefined) health.share = rest.share;
  return health;
}

/** One line of `sluice status`. */
export interface TargetState {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
  readonly state: TargetHealth['state'];
  readonly why: string | undefined;
  /** Milliseconds since 1970 when it may be asked again. */
  readonly until: number | undefined;
  /** First content in ms, for requests of the usual size. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Output tokens a second. */
  readonly speed: number | undefined;
  readonly running: number;
  /** Of the last 30 s. */
  readonly calls: number;
  readonly failures: number;
  /** Waiting does not mend it: a quota is used up, or a key is refused. */
  readonly needsAttention: boolean;
}

/** Now is on the book's clock, `wall` the same moment on people's. */
export function stateOf(
  provider: ProviderRecord | undefined,
  model: ModelRecord,
  target: TargetRecord,
  { now, wall }: { readonly now: number; readonly wall: number },
): TargetState {
  const rest = target.rest(now);
  const refusal = rest.waitMs > 0 ? undefined : provider?.refusal(target.credential, now);
  const waitMs = refusal === undefined ? rest.waitMs : refusal.until - now;
  const { calls, marked } = target.breaker.sums(now);
  const ttft = model.latency.typicalTtft(now);
  return {
    provider: model.providerId,
    model: model.model,
    credential: target.credential,
    state: refusal === undefined ? rest.state : 'refused',
    why: refusal === undefined ? rest.why : refusedWhy(target.credential, refusal),
    until: waitMs > 0 ? Math.round(wall + waitMs) : undefined,
    p50: ttft?.p50,
    p95: ttft?.p95,
    speed: model.latency.speed,
    running: target.running,
    calls,
    failures: marked,
    needsAttention: target.limit?.quota === true || provider?.refusals.peek(target.credential) !== undefined,
  };
}
