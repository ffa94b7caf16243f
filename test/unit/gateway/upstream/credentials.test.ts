import { expect, it } from 'vitest';
import type { Credential, Provider } from '../../../../main/gateway/ports.ts';
import { HealthBook } from '../../../../main/gateway/routing/health.ts';
import { CredentialPool } from '../../../../main/gateway/upstream/credentials.ts';
import { Secret } from '../../../../main/kit/secret.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';

let now = 0;
const clock = { now: () => now, monotonic: () => now };
const draw = { value: 0 };
const random = { next: () => draw.value, id: () => 'x' };

async function provider(credentials: readonly Partial<Credential>[]): Promise<Provider> {
  const base = (await snapshotOf('')).providers.get('demo');
  if (base === undefined) throw new Error('no demo provider');
  return {
    ...base,
    id: 'p',
    credentials: credentials.map((one, index) => ({
      name: `k${String(index)}`,
      weight: 1,
      models: ['*'],
      secret: { kind: 'key', value: new Secret(`value-${String(index)}`) },
      ...one,
    })),
  };
}

const fresh = { tried: new Set<string>() };

function makePool(): { health: HealthBook; pool: CredentialPool } {
  const health = new HealthBook({ clock });
  return { health, pool: new CredentialPool(health, random) };
}

/** A call of this credential that was answered with this status. */
function refuse(health: HealthBook, p: Provider, credential: string, status: 401 | 429, waitMs?: number): void {
  health.begin({ provider: p, model: 'm', credential })({
    kind: 'failed',
    code: 'attempt.upstream_error',
    status,
    upstream: status === 401 ? 'credential_refused' : 'rate_limited',
    waitMs,
    committed: false,
  });
}

it('chooses by weight', async () => {
  const { pool } = makePool();
  const p = await provider([{ weight: 1 }, { weight: 3 }]);
  draw.value = 0.2;
  expect(pool.pick(p, 'm', fresh)).toMatchObject({ credential: { name: 'k0' } });
  draw.value = 0.3;
  expect(pool.pick(p, 'm', fresh)).toMatchObject({ credential: { name: 'k1' } });
});

it('leans to the key whose limit has more left, as its last answer said (RTE-15)', async () => {
  const { pool } = makePool();
  const p = await provider([{}, {}]);
  const [first] = p.credentials;
  if (first === undefined) throw new Error('no credential');
  pool.note(p, first, { 'x-ratelimit-limit-requests': '100', 'x-ratelimit-remaining-requests': '1' });
  draw.value = 0.2;
  expect(pool.pick(p, 'm', fresh)).toMatchObject({ credential: { name: 'k1' } });
});

it('prefers the key a session used, while it is usable', async () => {
  const { health, pool } = makePool();
  const p = await provider([{}, {}]);
  draw.value = 0;
  expect(pool.pick(p, 'm', { ...fresh, preferred: 'k1' })).toMatchObject({ credential: { name: 'k1' } });
  refuse(health, p, 'k1', 429, 20_000);
  expect(pool.pick(p, 'm', { ...fresh, preferred: 'k1' })).toMatchObject({ credential: { name: 'k0' } });
});

it('lets a key rest for one model after 429, for as long as told, and not longer than five minutes', async () => {
  const { health, pool } = makePool();
  const p = await provider([{}]);
  refuse(health, p, 'k0', 429, 20_000);
  expect(pool.pick(p, 'm', fresh)).toMatchObject({ kind: 'resting', state: 'limited', inMs: 20_000 });
  expect(pool.pick(p, 'other', fresh)).toMatchObject({ kind: 'chosen' });
  now += 20_000;
  expect(pool.pick(p, 'm', fresh)).toMatchObject({ kind: 'chosen' });
  refuse(health, p, 'k0', 429, 3_600_000);
  expect(pool.pick(p, 'm', fresh)).toMatchObject({ kind: 'resting', inMs: 300_000 });
});

it('prefers others to a refused key and uses it when nothing else is left', async () => {
  const { health, pool } = makePool();
  const p = await provider([{}, {}]);
  refuse(health, p, 'k0', 401);
  for (draw.value = 0; draw.value < 1; draw.value += 0.25)
    expect(pool.pick(p, 'm', fresh)).toMatchObject({ credential: { name: 'k1' } });
  draw.value = 0;
  expect(pool.pick(p, 'm', { tried: new Set(['k1']) })).toMatchObject({ credential: { name: 'k0' } });
});

it('keeps a key to its models and says why none is left', async () => {
  const { pool } = makePool();
  const p = await provider([{ models: ['gpt-*'] }]);
  expect(pool.pick(p, 'gpt-5', fresh)).toMatchObject({ kind: 'chosen' });
  expect(pool.pick(p, 'claude', fresh)).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('keys[].models') as string,
  });
  const broken = await provider([{ secret: { kind: 'missing', reason: 'environment variable X is not set' } }]);
  expect(pool.pick(broken, 'm', fresh)).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('environment variable X') as string,
  });
});
