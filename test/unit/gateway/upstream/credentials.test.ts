import { expect, it } from 'vitest';
import type { Credential, Provider } from '../../../../main/gateway/ports.ts';
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

const none: ReadonlySet<string> = new Set();

it('chooses by weight', async () => {
  const pool = new CredentialPool(clock, random);
  const p = await provider([{ weight: 1 }, { weight: 3 }]);
  draw.value = 0.2;
  expect(pool.pick(p, 'm', none)).toMatchObject({ credential: { name: 'k0' } });
  draw.value = 0.3;
  expect(pool.pick(p, 'm', none)).toMatchObject({ credential: { name: 'k1' } });
});

it('lets a key rest for one model after 429, for as long as told, and not longer than five minutes', async () => {
  const pool = new CredentialPool(clock, random);
  const p = await provider([{}]);
  const [only] = p.credentials;
  if (only === undefined) throw new Error('no credential');
  pool.rest(p, only, 'm', 20_000);
  expect(pool.pick(p, 'm', none)).toEqual({ kind: 'resting', inMs: 20_000 });
  expect(pool.pick(p, 'other', none)).toMatchObject({ kind: 'chosen' });
  now += 20_000;
  expect(pool.pick(p, 'm', none)).toMatchObject({ kind: 'chosen' });
  pool.rest(p, only, 'm', 3_600_000);
  expect(pool.pick(p, 'm', none)).toEqual({ kind: 'resting', inMs: 300_000 });
});

it('prefers others to a refused key and uses it when nothing else is left', async () => {
  const pool = new CredentialPool(clock, random);
  const p = await provider([{}, {}]);
  const [first] = p.credentials;
  if (first === undefined) throw new Error('no credential');
  pool.retire(p, first);
  for (draw.value = 0; draw.value < 1; draw.value += 0.25)
    expect(pool.pick(p, 'm', none)).toMatchObject({ credential: { name: 'k1' } });
  draw.value = 0;
  expect(pool.pick(p, 'm', new Set(['k1']))).toMatchObject({ credential: { name: 'k0' } });
});

it('keeps a key to its models and says why none is left', async () => {
  const pool = new CredentialPool(clock, random);
  const p = await provider([{ models: ['gpt-*'] }]);
  expect(pool.pick(p, 'gpt-5', none)).toMatchObject({ kind: 'chosen' });
  expect(pool.pick(p, 'claude', none)).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('keys[].models') as string,
  });
  const broken = await provider([{ secret: { kind: 'missing', reason: 'environment variable X is not set' } }]);
  expect(pool.pick(broken, 'm', none)).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('environment variable X') as string,
  });
});
