// Decisions on trial are the decisions of the gateway: the same requests, decided and really sent, come to the same.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGatewayTools } from '../../../main/decide.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { send, snapshotOf, startTestGateway, type TestGateway } from './support.ts';

const { decide } = createGatewayTools();
let fakes: readonly [openai: Fake, anthropic: Fake];
let gateway: TestGateway;
let snapshot: Snapshot;

beforeAll(async () => {
  fakes = await Promise.all([startFake({ dialect: 'openai' }), startFake({ dialect: 'anthropic' })]);
  const [o, c] = fakes;
  const yaml = `
providers:
  - { id: o, kind: openai-compatible, base_url: "${o.url}/v1", keys: [{ value: sk-o }], local: true, models: [gpt-4o, gpt-x-preview, dear] }
  - { id: c, kind: anthropic, base_url: "${c.url}", keys: [{ value: sk-c }], local: true }
routes:
  - { id: team, alias: smart, targets: [o/gpt-x-preview, c/claude-haiku-4-5] }
  - { id: cheap, alias: cheap, targets: [o/gpt-4o] }
models: { deny: ["*/*-preview*"], max_output_tokens: 900, max_context_tokens: 4000 }
tools: { deny: ["shell*"] }
firewall:
  - { id: falcon, pattern: "(?i)project falcon", action: block, in: [user] }
  - { id: kestrel, pattern: "(?i)project kestrel", action: strip, in: [user] }
masking: { enabled: true, detectors: [email] }
pricing: [{ model: o/dear, input: "1000", output: "900000" }]
budgets:
  - { id: house, scope: model, match: o/dear, limit_usd: "0.01", period: day, action: "downgrade:cheap" }
`;
  snapshot = await snapshotOf(yaml);
  gateway = await startTestGateway(yaml);
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all(fakes.map((fake) => fake.close()));
});

type Body = Readonly<Record<string, unknown>>;
const chat = (body: Body, content = 'hi'): { path: string; body: Body } => ({
  path: '/v1/chat/completions',
  body: { messages: [{ role: 'user', content }], ...body },
});
const messages = (body: Body, content = 'hi'): { path: string; body: Body } => ({
  path: '/v1/messages',
  body: { max_tokens: 100, messages: [{ role: 'user', content }], ...body },
});

it.each([
  ['a named model', chat({ model: 'o/gpt-4o' })],
  ['a model of another dialect', chat({ model: 'c/claude-haiku-4-5' })],
  ['its own dialect', messages({ model: 'c/claude-haiku-4-5' })],
  ['an alias past a denied model', chat({ model: 'smart', max_tokens: 50 })],
  ['a denied model', chat({ model: 'o/gpt-x-preview' })],
  ['a limit that is lowered', messages({ model: 'c/claude-haiku-4-5', max_tokens: 5_000 })],
  ['too much to say', chat({ model: 'o/gpt-4o' }, 'word '.repeat(20_000))],
  ['a denied tool', chat({ model: 'o/gpt-4o', tools: [{ type: 'function', function: { name: 'shell_exec' } }] })],
  ['the firewall', messages({ model: 'c/claude-haiku-4-5' }, 'of Project Falcon')],
  ['something taken out', chat({ model: 'o/gpt-4o' }, 'of Project Kestrel, they say')],
  ['a budget that is too small', chat({ model: 'o/dear' })],
  ['a model nobody knows', chat({ model: 'nobody-knows-it' })],
  ['a body that names none', chat({})],
  ['responses', { path: '/v1/responses', body: { model: 'o/gpt-4o', input: 'hi' } }],
])('%s', async (_, { path, body }) => {
  for (const fake of fakes) fake.requests.splice(0);
  const before = gateway.records.length;
  const answer = await send(gateway, { path, body });
  const tried = await decide(snapshot, {
    ...{ path, body, headers: { 'content-type': 'application/json' }, client: undefined, key: 'test', metadata: {} },
    ...{ inputTokens: undefined, at: Date.now(), spent: new Map() },
  });
  expect({ status: tried.status, code: tried.code, target: tried.target }).toEqual({
    status: answer.status,
    code: answer.headers['x-sluice-error'],
    target: answer.headers['x-sluice-target'],
  });
  const [sent] = fakes.flatMap(({ requests }) => requests);
  expect(tried.sent === '').toBe(sent === undefined);
  if (sent !== undefined) expect(JSON.parse(tried.sent)).toEqual(JSON.parse(sent.body.toString('utf8')));
  const record = gateway.records[before];
  if (record === undefined) return;
  expect(tried.rule).toBe(record.rule);
  expect(tried.losses).toEqual(record.losses.map((loss) => `${loss.path}: ${loss.why}`));
  const { downgrade } = record;
  expect(tried.because).toBe(
    downgrade === undefined ? '' : `budget:${downgrade.budget} -> downgrade:${downgrade.alias}`,
  );
});
