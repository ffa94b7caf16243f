// What an exchange cost: every try of it, by the prices in force, and unknown where any of them is (BUD-15, BUD-17).
import { afterEach, expect, it } from 'vitest';
import { fault, startFake, type Fake } from '../../fakes/fake.ts';
import { ask } from './rigs.ts';
import { startTestGateway, type TestGateway } from './support.ts';

let fake: Fake;
let gateway: TestGateway;
afterEach(async () => {
  await gateway.stop();
  await fake.close();
});

async function start(pricing: string): Promise<void> {
  fake = await startFake({ dialect: 'openai' });
  gateway = await startTestGateway(`
providers:
  - id: up
    kind: openai-compatible
    base_url: "${fake.url}/v1"
    local: true
    keys: [{ name: main, value: sk-of-up }]
    retry: { attempts: 2, backoff_ms: 1 }
    timeouts: { ttft_ms: 100 }
    models: [{ id: dear, pricing: ${pricing} }, { id: cheap, pricing: { input: "0.10", output: "0.40" } }]
routes:
  - { alias: smart, targets: [up/dear, up/cheap] }
`);
}

const usage = { input: 1_000, cached: 400, cacheWrite: 0, output: 50, reasoning: 0 };

it('is the sum of input, cached input and output, in the head of a plain answer and in the record', async () => {
  await start('{ input: "3", output: "15", cache_read: "0.30" }');
  fake.plan({ turn: { text: 'hello', usage } });
  const answer = await ask(gateway, 'messages', 'hello', { stream: false });
  // 600 × 3 + 400 × 0.3 + 50 × 15 dollars a million.
  expect(answer.headers['x-sluice-cost-usd']).toBe('0.00267');
  expect(await gateway.closed()).toMatchObject({ cost: 2_670_000_000, attempts: [{ cost: 2_670_000_000 }] });
});

it('is not told in the head of a stream, and is in the record', async () => {
  await start('{ input: "3", output: "15", cache_read: "0.30" }');
  fake.plan({ turn: { text: 'hello', usage } });
  const answer = await ask(gateway, 'chat', 'hello');
  expect(answer.headers['x-sluice-cost-usd']).toBeUndefined();
  expect(await gateway.closed()).toMatchObject({ cost: 2_670_000_000 });
});

it('counts a refused try as nothing, and one that was silent by what it was sent', async () => {
  await start('{ input: "3", output: "15" }');
  fake.plan({ status: 503, json: { error: { message: 'busy' } } }, { turn: { text: 'hello', usage } });
  const answer = await ask(gateway, 'chat', 'hello', { stream: false });
  const record = await gateway.closed();
  expect(record.attempts.map(({ cost }) => cost)).toEqual([0, 3_750_000_000]);
  expect(answer.headers['x-sluice-cost-usd']).toBe('0.00375');

  fake.plan({ fault: fault.stall('headers', 'forever') });
  await ask(gateway, 'chat', 'hello');
  const second = await gateway.closed();
  const [silent, answered] = second.attempts;
  expect(silent).toMatchObject({ error: 'attempt.ttft_timeout', usageSource: 'estimated' });
  expect(silent?.cost).toBeGreaterThan(0);
  expect(second.cost).toBe((silent?.cost ?? 0) + (answered?.cost ?? 0));
  // Usage is the answer's own.
  expect(second.usage).toEqual(answered?.usage);
});

it('is unknown, and never nothing, where no price is known', async () => {
  await start('{ input: "3" }');
  const answer = await ask(gateway, 'chat', 'hello', { stream: false });
  expect(answer.headers['x-sluice-cost-usd']).toBeUndefined();
  expect((await gateway.closed()).cost).toBeUndefined();
});

it('is nothing for the demo', async () => {
  await start('{ input: "3", output: "15" }');
  const answer = await ask(gateway, 'chat', 'hello', { stream: false, model: 'demo/echo' });
  expect(answer.headers['x-sluice-cost-usd']).toBe('0');
});

it.each([
  ['of nothing', { prompt_tokens: 0, completion_tokens: 0 }],
  ['that is no count', { prompt_tokens: -5, completion_tokens: 1e300 }],
  ['without figures', {}],
])('is estimated where a provider sends a usage %s', async (_what, told) => {
  await start('{ input: "3", output: "15" }');
  const message = { role: 'assistant', content: 'hello '.repeat(100) };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  fake.plan({ json: { id: 'c1', object: 'chat.completion', created: 1, model: 'dear', choices, usage: told } });
  await ask(gateway, 'chat', 'hello', { stream: false });
  const { cost, usageSource, attempts } = await gateway.closed();
  expect([usageSource, attempts[0]?.state]).toEqual(['estimated', 'estimated']);
  // Six hundred bytes are not less than a hundred tokens.
  expect(cost).toBeGreaterThan(100 * 15_000_000);
});
