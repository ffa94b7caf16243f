import { beforeAll, expect, it } from 'vitest';
import type { Provider, Snapshot } from '../../../../main/gateway/ports.ts';
import { mayPassThrough, withClientLogin } from '../../../../main/gateway/upstream/pass-through.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';

let snapshot: Snapshot;

beforeAll(async () => {
  snapshot = await snapshotOf(`
providers:
  - { id: anthropic, kind: anthropic }
  - { id: openai, kind: openai }
  - { id: elsewhere, kind: openai, base_url: "https://proxy.test/v1" }
  - { id: own, kind: openai, keys: [{ name: main, value: sk-literal-123456 }] }
`);
});

function provider(id: string): Provider {
  const found = snapshot.providers.get(id);
  if (found === undefined) throw new Error(id);
  return found;
}

it.each([
  ['anthropic', 'sk-ant-oat01-abc', true],
  ['anthropic', 'sk-proj-abc', false],
  ['openai', 'sk-proj-abc', true],
  ['openai', 'eyJhbGciOi', true],
  ['openai', 'sk-ant-api03-abc', false],
  ['openai', 'sk-sluice-x-y', false],
  ['elsewhere', 'sk-proj-abc', false],
  ['own', 'sk-proj-abc', false],
])('a login goes to its issuer only: %s with %s is %s', (id, credential, may) => {
  expect(mayPassThrough(provider(id), credential)).toBe(may);
});

it('is never given to a fallback target', () => {
  const targets = ['openai', 'elsewhere'].map((id) => ({ id, provider: provider(id), model: 'gpt-5' }));
  const plan = withClientLogin({ targets }, 'sk-proj-abc');
  expect(plan.targets[0]?.provider.credentials[0]?.name).toBe('client login');
  expect(plan.targets[1]).toBe(targets[1]);
});
