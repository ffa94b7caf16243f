import { describe, expect, it } from 'vitest';
import { healthOf } from '../../../../renderer/features/providers/provider-health.ts';
import type { HealthEntry } from '../../../../shared/contract/app.ts';
import type { ProviderEntry, ProviderKeyEntry } from '../../../../shared/contract/providers.ts';

const key: ProviderKeyEntry = {
  name: 'main',
  reference: 'env:KEY',
  available: true,
  reason: null,
  hint: null,
  weight: 1,
  models: ['*'],
};
const provider: ProviderEntry = {
  id: 'openai',
  kind: 'openai',
  label: 'OpenAI',
  base_url: 'https://api.openai.com/v1',
  local: false,
  keyless: false,
  keys: [key],
  models: 3,
  proxy: 'system',
  origin: { source: 'you', where: null, locked: false, reason: null },
};

function target(model: string, more: Partial<HealthEntry> = {}): HealthEntry {
  return {
    provider: 'openai',
    model,
    credential: 'main',
    state: 'closed',
    why: null,
    until: null,
    ttft_p50_ms: null,
    ttft_p95_ms: null,
    tokens_per_second: null,
    running: 0,
    calls: 0,
    failures: 0,
    needs_attention: false,
    ...more,
  };
}

describe('the health of a provider', () => {
  it('is that of the target that does worst, with its reason', () => {
    const until = '2026-11-29T12:00:00Z';
    const health = healthOf(provider, [
      target('a'),
      target('b', { state: 'open', why: '5 of 8 calls failed (503)', until }),
      target('c', { state: 'limited', why: 'limit' }),
    ]);
    expect(health).toMatchObject({ state: 'open', why: '5 of 8 calls failed (503)', until, target: 'openai/b' });
    expect(health.targets.map(({ model }) => model)).toEqual(['b', 'c', 'a']);
  });

  it('puts what people must mend before what mends itself', () => {
    const health = healthOf(provider, [
      target('a', { state: 'refused' }),
      target('b', { state: 'limited', needs_attention: true, why: 'no credit left' }),
    ]);
    expect(health.why).toBe('no credit left');
  });

  it('counts only its own targets', () => {
    const health = healthOf(provider, [
      target('a', { calls: 3, failures: 1, running: 1 }),
      target('b', { calls: 2, failures: 2 }),
      { ...target('c', { calls: 9, failures: 9, state: 'open' }), provider: 'openai-2' },
    ]);
    expect(health).toMatchObject({ state: 'closed', calls: 5, failures: 3, running: 1 });
  });

  it('is not called healthy where everything failed, though nothing is held back yet', () => {
    const health = healthOf(provider, [target('a', { calls: 2, failures: 2 })]);
    expect(health).toMatchObject({ state: 'failing', calls: 2, failures: 2 });
  });

  it('weighs latency by calls and takes the slowest as p95', () => {
    const health = healthOf(provider, [
      target('a', { calls: 3, ttft_p50_ms: 100, ttft_p95_ms: 300 }),
      target('b', { calls: 1, ttft_p50_ms: 500, ttft_p95_ms: 900, tokens_per_second: 40 }),
      target('c', { calls: 50 }),
    ]);
    expect(health).toMatchObject({ p50Ms: 200, p95Ms: 900, tokensPerSecond: 40 });
  });

  it('knows nothing of one that was not asked', () => {
    expect(healthOf(provider, [])).toMatchObject({ state: 'idle', p50Ms: null, p95Ms: null, target: null });
  });

  it('says so when no key can be had, whatever its targets did before', () => {
    const without = { ...provider, keys: [{ ...key, available: false, reason: 'KEY is not set' }] };
    expect(healthOf(without, [target('a')])).toMatchObject({ state: 'no_key', why: 'KEY is not set' });
    expect(healthOf({ ...provider, keys: [] }, [])).toMatchObject({ state: 'no_key', why: null });
    expect(healthOf({ ...provider, keys: [], keyless: true }, [])).toMatchObject({ state: 'idle' });
  });
});
