// An instance as the tray's tests need it, changed where a test says so.
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import type { DesktopState } from '../../../../shared/contract/desktop.ts';
import type { HealthEntry } from '../../../../shared/contract/app.ts';
import type { ProviderEntry } from '../../../../shared/contract/providers.ts';
import type { AppSnapshot } from '../../../../shared/contract/snapshot.ts';
import { desktopMessages, type DesktopText } from '../../../../shared/text/desktop.ts';
import { createText } from '../../../../shared/text/text.ts';
import type { Language } from '../../../../shared/text/words.ts';
import type { Picture } from '../../../../main/electron/picture.ts';
import { trayState, type TrayState } from '../../../../main/electron/tray/tray-state.ts';
import { entry } from '../../cli/terminal.ts';

export const now = Date.UTC(2026, 10, 29, 12);
export const timezone = 'Europe/Berlin';

export const wordsIn = (language: Language): DesktopText => createText(language, language, desktopMessages[language]);
export const text = wordsIn('en');

export const provider = (id: string, label: string, available = true): ProviderEntry => ({
  ...{ id, kind: 'openai', label, base_url: 'https://x', local: false, keyless: false, models: 1, proxy: 'system' },
  keys: [{ name: 'k', reference: 'secret:k', available, reason: null, hint: null, weight: 1, models: [] }],
  origin: { source: 'you', where: null, locked: false, reason: null },
});

export const health = (name: string, change: Partial<HealthEntry> = {}): HealthEntry => ({
  ...{ provider: name, model: 'm', credential: 'k', state: 'open', why: '5 of 8 calls failed (503)' },
  ...{ until: '2026-11-29T12:30:00.000Z', ttft_p50_ms: null, ttft_p95_ms: null, tokens_per_second: null },
  ...{ running: 0, calls: 8, failures: 5, needs_attention: false, ...change },
});

export const budget = (change: Partial<BudgetEntry> = {}): BudgetEntry => ({
  ...{ id: 'global:day', scope: 'global', match: null, subject: null, period: 'day', since: null },
  ...{ resets_at: '2026-11-29T23:00:00.000Z', limit_usd: '10', raised_usd: '0', spent_usd: '3.42' },
  ...{ reserved_usd: '0', remaining_usd: '6.58', action: 'reject', state: 'ok', reason: null },
  ...{ exhausted_at: null, enforced: false, forecast: null, origin: '', ...change },
});

export const route = (alias: string, ...targets: string[]): AppSnapshot['routes'][number] => ({
  ...{ id: alias, alias, strategy: 'fallback', targets, origin: 'sluice.yaml, line 1' },
});

export interface Change {
  readonly status?: Partial<AppSnapshot['status']>;
  readonly today?: Partial<AppSnapshot['today']>;
  readonly rest?: Partial<AppSnapshot>;
}

export function snapshot({ status = {}, today = {}, rest = {} }: Change = {}): AppSnapshot {
  return {
    status: {
      ...{ pid: 1, version: '1', started_at: '', uptime_ms: 1, data_directory: '/d', offline: false, paused: null },
      gateway: { urls: ['http://127.0.0.1:4790'], providers: 2, routes: 1, keys: 1, running: 0 },
      config: { file: 'f', snapshot: 's', problems: [], warnings: [], export_refused: null },
      ledger: {
        ...({ state: 'writing', reason: null, waiting: 0, dropped_opens: 0 } as const),
        ...{ dropped_closes: 0, interrupted: 0, notices: [], journal: { state: 'writing', reason: null } },
      },
      ...{ health: [], pass_through_refused: null, bundles: [], ...status },
    },
    host: { kind: 'desktop' },
    ...{ model_choice: null, profiles: [], profile: null, routes: [], keys: [], budgets: [] },
    ...{ favourites: [], welcomed: true },
    providers: [provider('anthropic', 'Anthropic'), provider('openai', 'OpenAI')],
    policies: { masking: true, firewall: 0, recording: 'off', retention_days: 30 },
    today: {
      ...{ requests: 3, errors: 0, input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0 },
      ...{ cost_usd: '3.42', known_cost_usd: '3.42', unknown_costs: 0, cache_hit_rate: 0, cached: 0 },
      ...{ cache_saved_usd: '0', ...today },
    },
    ...rest,
  };
}

export const picture = (change: Change = {}, failures = 0, at = now): Picture => ({
  ...{ at, snapshot: snapshot(change) },
  failures: Array.from({ length: failures }, (_, index) =>
    entry({ request_id: `r${index}`, at: new Date(at - 60_000).toISOString(), outcome: 'failed' }),
  ),
});

export const stateOf = (shown: Picture | undefined, moment = now, meter = false, words = text): TrayState =>
  trayState(shown, { now: moment, timezone, preferences: { tray_meter: meter }, text: words });

export function desktop(change: Partial<DesktopState> = {}): DesktopState {
  return {
    platform: 'darwin',
    preferences: {
      ...({ language: 'system', theme: 'system', open_at_login: false, tray_title: 'off', tray_meter: false } as const),
      ...({ shortcut: 'CommandOrControl+Shift+G', quiet_hours: null, updates: 'notify' } as const),
      notices: {
        ...{ budget: true, projection: true, provider: true, route: true, masked: true, bundle: true },
        ...{ client: true, price: true, update: true },
      },
    },
    login: { opens: false, supported: true, reason: null },
    tray: { shown: true, reason: null },
    shortcut: { registered: true, reason: null },
    updates: {
      ...({ supported: true, reason: null, state: 'idle', version: null, progress: null } as const),
      ...{ last_checked_at: null, error: null },
    },
    safe_mode: null,
    ...change,
  };
}
