import { describe, expect, it } from 'vitest';
import type { HealthEntry } from '../../../../shared/contract/app.ts';
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import type { ProviderEntry } from '../../../../shared/contract/providers.ts';
import type { AppSnapshot } from '../../../../shared/contract/snapshot.ts';
import { attention } from '../../../../renderer/features/overview/attention.ts';

const provider = (id: string, change: Partial<ProviderEntry> = {}): ProviderEntry => ({
  ...{ id, kind: 'openai', label: id, base_url: 'https://x', local: false, keyless: false, models: 1, proxy: 'system' },
  keys: [{ name: 'k', reference: 'secret:k', available: true, reason: null, hint: null, weight: 1, models: [] }],
  origin: { source: 'you', where: null, locked: false, reason: null },
  ...change,
});

const health = (name: string, change: Partial<HealthEntry>): HealthEntry => ({
  ...{ provider: name, model: 'm', credential: 'k', state: 'closed', why: 'because', until: '2026-11-29T12:00:00Z' },
  ...{ ttft_p50_ms: null, ttft_p95_ms: null, tokens_per_second: null, running: 0, calls: 8, failures: 5 },
  ...{ needs_attention: false, ...change },
});

const budget = (id: string, state: BudgetEntry['state']): BudgetEntry => ({
  ...{ id, scope: 'global', match: null, subject: null, period: 'day', since: null, resets_at: null, limit_usd: '10' },
  ...{ raised_usd: '0', spent_usd: '9', reserved_usd: '0', remaining_usd: '1', action: 'reject', state, reason: null },
  ...{ exhausted_at: null, enforced: false, forecast: null, origin: '' },
});

interface Parts {
  readonly status?: Partial<AppSnapshot['status']>;
  readonly rest?: Partial<AppSnapshot>;
  readonly unknown?: number;
}

function snapshot({ status = {}, rest = {}, unknown = 0 }: Parts = {}): AppSnapshot {
  return {
    status: {
      ...{
        pid: 1,
        version: '1',
        started_at: '',
        uptime_ms: 1,
        data_directory: '/d',
        offline: false,
        paused: null,
        pass_through_refused: null,
        bundles: [],
      },
      gateway: { urls: ['http://127.0.0.1:4790'], providers: 1, routes: 1, keys: 1, running: 0 },
      config: { file: 'f', snapshot: 's', problems: [], warnings: [], export_refused: null },
      ledger: {
        ...{
          state: 'writing',
          reason: null,
          waiting: 0,
          dropped_opens: 0,
          dropped_closes: 0,
          interrupted: 0,
          notices: [],
        },
        journal: { state: 'writing', reason: null },
      },
      health: [],
      ...status,
    },
    host: { kind: 'headless' },
    ...{
      model_choice: null,
      profiles: [],
      profile: null,
      routes: [],
      keys: [],
      budgets: [],
      favourites: [],
      welcomed: true,
    },
    providers: [provider('openai')],
    policies: { masking: true, firewall: 0, recording: 'off', retention_days: 30 },
    today: {
      ...{ requests: 1, errors: 0, input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0 },
      ...{ cost_usd: null, known_cost_usd: '0', unknown_costs: unknown, cache_hit_rate: 0, cached: 0 },
      cache_saved_usd: '0',
    },
    ...rest,
  };
}

const kinds = (parts: Parts, hasSteps = false): readonly string[] =>
  attention(snapshot(parts), { hasSteps }).map(({ kind }) => kind);

describe('what needs attention', () => {
  it('is nothing while everything works', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ status: { health: [health('openai', { state: 'half_open' })] } })).toEqual([]);
  });

  it('stands in the order of its weight, whatever was found first', () => {
    const problem = { file: 'f', line: 3, column: 1, path: 'x', problem: 'no such key', mend: '' };
    const all = kinds({
      unknown: 2,
      status: {
        gateway: { urls: [], providers: 1, routes: 1, keys: 1, running: 0 },
        config: { file: 'f', snapshot: 's', problems: [problem], warnings: [], export_refused: null },
        ledger: { ...snapshot().status.ledger, state: 'failing', reason: 'disk full' },
        health: [health('a', { state: 'open' }), health('b', { state: 'refused', needs_attention: true })],
      },
      rest: {
        budgets: [budget('x', 'alerted'), budget('y', 'exhausted'), budget('z', 'ok')],
        providers: [provider('a'), provider('b'), provider('c', { keys: [] })],
      },
    });
    expect(all).toEqual(['listen', 'config', 'ledger', 'exhausted', 'key', 'refused', 'alerted', 'resting', 'price']);
  });

  it('is told once for each provider, the cause before what follows from it', () => {
    const gone = { ...provider('a').keys[0]!, available: false, reason: 'not in the box' };
    const found = attention(
      snapshot({
        rest: { providers: [provider('a', { keys: [gone] })] },
        status: { health: [health('a', { needs_attention: true }), health('a', { state: 'open' })] },
      }),
      { hasSteps: false },
    );
    expect(found).toEqual([
      { kind: 'key', provider: 'a', reason: 'not in the box', href: '/models?tab=providers&provider=a' },
    ]);
  });

  it('does not ask for a key where none is needed', () => {
    expect(kinds({ rest: { providers: [provider('ollama', { keyless: true, keys: [] })] } })).toEqual([]);
  });

  it('does not blame providers while the network is down', () => {
    const status = { offline: true, health: [health('openai', { state: 'open' })] };
    expect(kinds({ status })).toEqual(['offline']);
  });

  it('names one budget where all of them lost what was spent', () => {
    expect(kinds({ rest: { budgets: [budget('x', 'unknown'), budget('y', 'unknown')] } })).toEqual(['budgetUnknown']);
  });

  it('says that only the demo answers, unless the first steps say it', () => {
    const rest = { providers: [provider('demo', { kind: 'demo', keyless: true, keys: [] })] };
    expect(kinds({ rest })).toEqual(['provider']);
    expect(kinds({ rest }, true)).toEqual([]);
  });

  it('says that the journal of budgets is not written', () => {
    const ledger = { ...snapshot().status.ledger, journal: { state: 'failing', reason: 'disk full' } as const };
    expect(attention(snapshot({ status: { ledger } }), { hasSteps: false })).toMatchObject([
      { kind: 'ledger', reason: 'disk full' },
    ]);
  });
});
