/** Entries as the calls give them, with what a test is about filled in. */
import type { ClientEntry } from '../../../../shared/contract/clients.ts';
import type { KeyEntry } from '../../../../shared/contract/keys.ts';
import type { ExchangeEntry } from '../../../../shared/contract/traffic.ts';

export function clientEntry(part: Partial<ClientEntry>): ClientEntry {
  return {
    id: 'client',
    name: 'Client',
    support: 'full',
    reason: null,
    installed: null,
    key: null,
    last: null,
    settings: [],
    restart: '',
    check: '',
    ...part,
  };
}

export function keyEntry(id: string): KeyEntry {
  return {
    id,
    name: id,
    state: 'active',
    allowed_models: ['*'],
    denied_models: [],
    allowed_providers: ['*'],
    denied_providers: [],
    allowed_surfaces: ['*'],
    denied_surfaces: [],
    allowed_origins: [],
    budgets: [],
    rate_limits: { rpm: null, tpm: null, max_parallel_requests: null },
    expires_at: null,
    previous_until: null,
    metadata: {},
    origin: 'sluice.yaml, line 1',
  };
}

export function exchange(part: Partial<ExchangeEntry>): ExchangeEntry {
  return {
    request_id: 'req_1',
    at: '2026-01-01T10:00:00.000Z',
    key: 'ide',
    client: null,
    session: null,
    surface: 'chat',
    dialect: 'openai-chat',
    model_asked: 'demo/echo',
    target: 'demo/echo',
    target_dialect: null,
    status: 200,
    error: null,
    outcome: 'complete',
    attempts: [],
    ttft_ms: null,
    duration_ms: null,
    usage: null,
    usage_source: 'none',
    cost_usd: null,
    cache: null,
    masked: 0,
    masked_kinds: null,
    firewall: null,
    route_reason: null,
    stream: false,
    losses: [],
    finish_reason: null,
    request_bytes: 0,
    response_bytes: 0,
    user: null,
    team: null,
    rule: null,
    downgrade: null,
    ...part,
  };
}
