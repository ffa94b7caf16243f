/** Entries for tests of Activity. */
import type { AttemptEntry, ExchangeEntry } from '../../../../shared/contract/traffic.ts';

export function entry(number: number, more: Partial<ExchangeEntry> = {}): ExchangeEntry {
  return {
    request_id: `req_${String(number)}`,
    at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
    ...{ key: 'ide', client: 'cursor', session: null, surface: 'chat', dialect: 'openai-chat', model_asked: 'auto' },
    ...{ target: 'demo/echo', target_dialect: 'openai-chat', status: 200, error: null, outcome: 'complete' },
    ...{ attempts: [], ttft_ms: 5, duration_ms: 10, usage: null, usage_source: 'none', cost_usd: '0', cache: null },
    ...{ masked: 0, masked_kinds: null, firewall: null, route_reason: null, stream: false, losses: [] },
    ...{
      finish_reason: 'stop',
      request_bytes: 1,
      response_bytes: 1,
      user: null,
      team: null,
      rule: null,
      downgrade: null,
    },
    ...more,
  };
}

export const opened = (number: number): ExchangeEntry => entry(number, { outcome: 'open', status: null });

export function attempt(more: Partial<AttemptEntry> = {}): AttemptEntry {
  return {
    ...{ target: 'demo/echo', status: 200, error: null, ms: 100, kind: 'first', started_ms: 0, ttft_ms: null },
    ...{
      usage: null,
      usage_source: 'none',
      cost_usd: '0',
      state: null,
      bound_usd: null,
      counted_usd: null,
      basis: null,
    },
    ...more,
  };
}
