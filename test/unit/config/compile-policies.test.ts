import { describe, expect, it } from 'vitest';
import { compileBudgets, compileRateLimits, compileTeams, ownPolicies } from '../../../main/config/compile-policies.ts';
import type { CompilePoliciesContext } from '../../../main/config/compile-policies.ts';
import { ollamaSurfaceRows, surfaceRows } from '../../../main/gateway/identify.ts';
import { allowedSurfaceIds, deniedSurfaceIds } from '../../../shared/config/surface.ts';
import { good } from './support.ts';

function context(text: string): CompilePoliciesContext {
  const { config, findings } = good(`version: 1\n${text}`);
  return { config, findings, timezone: 'Asia/Kolkata' };
}

const pico = 10n ** 12n;

describe('budgets beyond single keys', () => {
  it('are compiled with what is left out filled in', () => {
    const [one] = compileBudgets(
      context('budgets:\n  - { id: all, scope: global, limit_usd: "100", period: month }\n'),
    );
    expect(one).toEqual({
      id: 'all',
      scope: 'global',
      match: undefined,
      when: undefined,
      limit: 100n * pico,
      period: 'month',
      timezone: 'Asia/Kolkata',
      resetDay: undefined,
      alertAt: [0.8, 1],
      action: { kind: 'reject' },
      origin: 'sluice.yaml, line 3',
    });
  });

  it('are compiled with what is written', () => {
    const text = `budgets:
  - id: dear
    scope: model
    match: "*opus*"
    when: { client: [codex] }
    limit_usd: "0.000000000001"
    period: week
    timezone: Europe/Berlin
    reset_day: 7
    alert_at: [1, 0.5, 0.5]
    action: "downgrade:cheap"
  - { id: gone, scope: user, limit_usd: 0, period: session, action: ask }
  - { id: told, scope: tag, match: feature=search, limit_usd: 2.5, period: hour, action: alert }
`;
    const [dear, gone, told] = compileBudgets(context(text));
    expect(dear).toMatchObject({
      ...{ scope: 'model', match: '*opus*', when: { client: ['codex'] }, limit: 1n, period: 'week' },
      ...{ timezone: 'Europe/Berlin', resetDay: 7, alertAt: [0.5, 1], action: { kind: 'downgrade', alias: 'cheap' } },
    });
    expect(gone).toMatchObject({
      limit: 0n,
      period: 'session',
      action: { kind: 'ask' },
      origin: 'sluice.yaml, line 13',
    });
    expect(told).toMatchObject({ match: 'feature=search', limit: (5n * pico) / 2n, action: { kind: 'alert' } });
  });

  it('are exact beyond what a number holds', () => {
    const text = 'budgets: [{ id: b, scope: global, limit_usd: "9007199254.740993000001", period: month }]\n';
    expect(compileBudgets(context(text))[0]?.limit).toBe(9_007_199_254_740_993_000_001n);
  });
});

describe('rate limits beyond single keys', () => {
  it('are compiled in the order of the file', () => {
    const text = `rate_limits:
  - { id: all, scope: global, rpm: 600 }
  - { id: gpt, scope: model, match: "gpt-*", tpm: 1000, max_parallel_requests: 2 }
`;
    expect(compileRateLimits(context(text))).toEqual([
      {
        ...{ id: 'all', scope: 'global', match: undefined, rpm: 600, tpm: undefined, maxParallel: undefined },
        origin: 'sluice.yaml, line 3',
      },
      {
        ...{ id: 'gpt', scope: 'model', match: 'gpt-*', rpm: undefined, tpm: 1000, maxParallel: 2 },
        origin: 'sluice.yaml, line 4',
      },
    ]);
  });
});

describe('what a key or a team has of its own', () => {
  const text = `virtual_keys:
  - id: ide
    value: "env:A"
    budgets:
      - { limit_usd: "5", period: day }
      - { limit_usd: "100", period: month }
      - { limit_usd: "1", period: day, action: alert }
    rate_limits: { rpm: 60 }
teams:
  - id: core
    denied_providers: [openai]
    allowed_surfaces: [messages]
    budgets: [{ limit_usd: "1", period: week }]
    rate_limits: { tpm: 5 }
`;

  it('has ids that are the same from run to run, and counts its owner', () => {
    const given = context(text);
    const key = given.config.virtual_keys[0];
    if (key === undefined) throw new Error('no key');
    const own = ownPolicies('key', key, ['virtual_keys', 0], given);
    expect(own.budgets.map(({ id, scope, match, limit, origin }) => [id, scope, match, limit / pico, origin])).toEqual([
      ['key:ide:day', 'key', 'ide', 5n, 'sluice.yaml, line 6'],
      ['key:ide:month', 'key', 'ide', 100n, 'sluice.yaml, line 7'],
      ['key:ide:day:2', 'key', 'ide', 1n, 'sluice.yaml, line 8'],
    ]);
    expect(own.rateLimits).toEqual([
      {
        ...{ id: 'key:ide', scope: 'key', match: 'ide', rpm: 60, tpm: undefined, maxParallel: undefined },
        origin: 'sluice.yaml, line 9',
      },
    ]);
  });

  it('is in a team by its id', () => {
    const teams = compileTeams(context(text));
    expect([...teams.keys()]).toEqual(['core']);
    expect(teams.get('core')).toMatchObject({
      id: 'core',
      origin: 'sluice.yaml, line 11',
      allowedModels: ['*'],
      allowedProviders: ['*'],
      deniedProviders: ['openai'],
      deniedSurfaces: [],
      budgets: [{ id: 'team:core:week', scope: 'team', match: 'core' }],
      rateLimits: [{ id: 'team:core', scope: 'team', match: 'core', tpm: 5 }],
    });
  });
});

describe('surfaces', () => {
  it('are all allowed by *', () => {
    const ids = [...surfaceRows, ...ollamaSurfaceRows].map(({ id }) => id);
    // Those that are told from the method of a path have no row of their own.
    for (const id of [...ids, 'gemini_generate', 'gemini_stream', 'gemini_count_tokens', 'gemini_embed'] as const)
      expect(allowedSurfaceIds(['*'])).toContain(id);
  });

  it('come with what their clients need, and with the list of models', () => {
    expect(allowedSurfaceIds(['messages'])).toEqual([
      ...['messages', 'messages_count_tokens'],
      ...['models', 'ollama_show', 'ollama_tags', 'ollama_version'],
    ]);
    expect(allowedSurfaceIds([])).toEqual([]);
  });

  it('are denied by the word and no more', () => {
    expect(deniedSurfaceIds(['embeddings', 'models'])).toEqual([
      ...['embeddings', 'gemini_embed', 'models', 'ollama_show', 'ollama_tags', 'ollama_version'],
    ]);
    expect(deniedSurfaceIds([])).toEqual([]);
  });
});
