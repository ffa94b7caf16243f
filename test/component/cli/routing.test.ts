// Routing of a real instance over its life: what rests is shown, told as events, and still rests after a restart.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { chat, makeHome, type Home } from './instance.ts';

let home: Home;
let [a, b]: Fake[] = [];

beforeEach(async () => {
  home = makeHome();
  [a, b] = await Promise.all([startFake({ dialect: 'openai' }), startFake({ dialect: 'openai' })]);
  mkdirSync(home.data, { mode: 0o700 });
  const provider = (id: string, fake: Fake | undefined): string =>
    `  - { id: ${id}, kind: openai-compatible, base_url: "${fake?.url ?? ''}/v1", local: true, keys: [{ name: main, value: "env:HOME" }], retry: { attempts: 1 } }`;
  writeFileSync(
    join(home.data, 'sluice.yaml'),
    `version: 1
providers:
${provider('a', a)}
${provider('b', b)}
routes:
  - { alias: smart, targets: [a/gpt-4o, b/gpt-4o] }
`,
    { mode: 0o600 },
  );
});

afterEach(async () => {
  await home.leave();
  await Promise.all([a?.close(), b?.close()]);
});

it('shows who is limited, and lets it rest after a restart as well', async () => {
  const { out } = await home.sluice('keys', 'create', '--name', 'test');
  const key = out.trim();
  const first = await home.serve();
  a?.plan({
    status: 429,
    headers: { 'retry-after': '240' },
    json: { error: { message: 'slow down', code: 'rate_limit_exceeded' } },
  });
  expect((await chat(first.url, key, 'smart')).headers.get('x-sluice-target')).toBe('b/gpt-4o');
  const status = await home.sluice('status');
  expect(status.out).toMatch(/a\/gpt-4o.*(?:4 min|3 min|2\d\d s)/);
  const log = await home.sluice('log', '--limit', '1');
  expect(log.out).toContain('a/gpt-4o: 429');
  await home.sluice('stop');
  await first.ended;

  const second = await home.serve();
  expect((await home.sluice('status')).out).toMatch(/a\/gpt-4o/);
  expect((await chat(second.url, key, 'smart')).headers.get('x-sluice-attempts')).toBe('1');
  expect(a?.requests).toHaveLength(1);
  expect(b?.requests).toHaveLength(2);
  // The credential itself is in no memory.
  const kept = readFileSync(join(home.data, 'routing.json'), 'utf8');
  expect(kept).toContain('gpt-4o');
  expect(kept).not.toContain(home.folder);
});

it('starts anew where its memory is rubbish, and says so', async () => {
  const { out } = await home.sluice('keys', 'create', '--name', 'test');
  writeFileSync(join(home.data, 'routing.json'), '{"version": 1, "targets": [', { mode: 0o600 });
  const instance = await home.serve();
  expect((await chat(instance.url, out.trim(), 'smart')).status).toBe(200);
  expect(instance.err()).toContain('routing.json.corrupt-');
});
