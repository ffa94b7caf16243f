/** What is told of a virtual key: everything but its secrets. */
import type { Config } from '../../shared/config/config.ts';
import type { VirtualKeySettings } from '../../shared/config/key.ts';
import type { KeyEntry } from '../../shared/contract/keys.ts';
import type { KeyState } from '../../shared/contract/words.ts';
import { ownBudgetIds } from './compile-policies.ts';
import type { Findings } from './problems.ts';

/** In the order of the file. `now` in milliseconds since 1970. */
export function keyFacts(config: Config, findings: Findings, now: number): KeyEntry[] {
  return config.virtual_keys.map((key, index) => factsOf(key, findings.origin(['virtual_keys', index]), now));
}

function factsOf(key: VirtualKeySettings, origin: string, now: number): KeyEntry {
  const ids = ownBudgetIds(`key:${key.id}`, key.budgets);
  const until = Math.max(...key.previous.map((one) => Date.parse(one.until)));
  return {
    id: key.id,
    name: key.name ?? key.id,
    state: stateOf(key, until, now),
    allowed_models: [...key.allowed_models],
    denied_models: [...key.denied_models],
    allowed_providers: [...key.allowed_providers],
    denied_providers: [...key.denied_providers],
    allowed_surfaces: [...key.allowed_surfaces],
    denied_surfaces: [...key.denied_surfaces],
    allowed_origins: [...key.allowed_origins],
    budgets: key.budgets.map((budget, index) => ({
      id: ids[index] ?? '',
      limit_usd: budget.limit_usd,
      period: budget.period,
      timezone: budget.timezone ?? null,
      reset_day: budget.reset_day ?? null,
      alert_at: [...budget.alert_at],
      action: budget.action,
    })),
    rate_limits: {
      rpm: key.rate_limits?.rpm ?? null,
      tpm: key.rate_limits?.tpm ?? null,
      max_parallel_requests: key.rate_limits?.max_parallel_requests ?? null,
    },
    expires_at: key.expires_at ?? null,
    previous_until: until > now ? new Date(until).toISOString() : null,
    metadata: { ...key.metadata },
    origin,
  };
}

function stateOf(key: VirtualKeySettings, previousUntil: number, now: number): KeyState {
  if (key.disabled) return 'disabled';
  if (key.expires_at !== undefined && Date.parse(key.expires_at) <= now) return 'expired';
  return previousUntil > now ? 'rotating' : 'active';
}
