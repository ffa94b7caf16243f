/** How targets do, in the words of the contract: for `app.status` and for listeners of `health.changed`. */
import type { HealthEntry } from '../../shared/contract/app.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Events } from './events.ts';

type TargetState = ReturnType<Gateway['health']>[number];

/** What changed, as far as it is told on. */
export type HealthNews =
  | { readonly kind: 'target'; readonly target: string; readonly credential: string }
  | { readonly kind: 'credential'; readonly provider: string; readonly credential: string }
  | { readonly kind: 'network' };

export function healthEntryOf(state: TargetState): HealthEntry {
  return {
    provider: state.provider,
    model: state.model,
    credential: state.credential,
    state: state.state,
    why: state.why ?? null,
    until: state.until === undefined ? null : new Date(state.until).toISOString(),
    ttft_p50_ms: state.p50 ?? null,
    ttft_p95_ms: state.p95 ?? null,
    tokens_per_second: state.speed ?? null,
    running: state.running,
    calls: state.calls,
    failures: state.failures,
    needs_attention: state.needsAttention,
  };
}

/** One event for each target that changed. Costs nothing while nobody listens. */
export function announceHealth(news: HealthNews, gateway: Pick<Gateway, 'health' | 'isOffline'>, events: Events): void {
  if (!events.listening) return;
  const offline = gateway.isOffline;
  if (news.kind === 'network') {
    events.publish({ event: 'health.changed', data: { offline, entry: null } });
    return;
  }
  for (const state of gateway.health()) {
    const isIt =
      state.credential === news.credential &&
      (news.kind === 'target' ? `${state.provider}/${state.model}` === news.target : state.provider === news.provider);
    if (isIt) events.publish({ event: 'health.changed', data: { offline, entry: healthEntryOf(state) } });
  }
}
