// A thousand callers at once, who leave whenever they like (HAR-10): no limit is passed, and nothing that was kept back stays behind.
import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import type { Fake, Plan } from '../../fakes/fake.ts';
import { costOfTokens, startMoney, type Money } from './money.ts';
import { until } from './raw.ts';
import { question } from './refusals.ts';
import { ask } from './rigs.ts';
import { send, testKey, type TestGateway } from './support.ts';

let money: Money;
afterEach(() => money.close());

const callers = 1_000;
/** A thousand tokens by the provider's count. */
const prompt = 'word '.repeat(800);
const input = 1_000;
const deltas = 40;
const usage = { prompt_tokens: input, completion_tokens: deltas, total_tokens: input + deltas };

/** An answer of a token for each delta, the same for everybody. */
const frames = [
  ...Array.from({ length: deltas }, () => chunk({ content: 'four' })),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'some', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
];
const whole = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'some', usage },
  choices: [{ index: 0, message: { role: 'assistant', content: 'four'.repeat(deltas) }, finish_reason: 'stop' }],
};

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'some', choices })}\n\n`;
}

function isStream({ json }: { readonly json: unknown }): boolean {
  return (json as { readonly stream?: boolean }).stream === true;
}

function serve(fake: Fake): void {
  const plans: Plan[] = [
    { match: isStream, times: Infinity, sse: frames },
    { times: Infinity, json: whole },
  ];
  fake.plan(...plans);
}

/** Tokens the provider worked for, whether anybody took them or not. */
function worked(fake: Fake): readonly { readonly output: number }[] {
  return fake.requests.map((one) => {
    if (!isStream(one)) return { output: deltas };
    let [bytes, count] = [0, 0];
    for (const frame of frames) {
      if (bytes >= one.sentBytes) break;
      bytes += frame.length;
      count++;
    }
    return { output: Math.min(count, deltas) };
  });
}

/** The same numbers with every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Fate = 'stays' | 'never waits' | 'leaves at the head' | 'leaves in the middle';

/** Resolves with the status, or with 0 for a caller that left. */
function call(gateway: TestGateway, stream: boolean, fate: Fate, pieces: number): Promise<number> {
  const { path, body } = question('chat', 'up/some', prompt, stream);
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' };
    const outgoing = request(`${gateway.url}${path}`, { method: 'POST', agent: false, headers });
    const leave = (): void => {
      outgoing.destroy();
      resolve(0);
    };
    outgoing.on('error', () => {
      resolve(0);
    });
    outgoing.on('response', (response) => {
      let left = pieces;
      response.on('error', () => {
        resolve(0);
      });
      if (fate === 'leaves at the head') leave();
      response.on('data', () => {
        left--;
        if (fate === 'leaves in the middle' && left <= 0) leave();
      });
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    outgoing.end(JSON.stringify({ ...body, max_tokens: 100 }), () => {
      if (fate === 'never waits') setImmediate(leave);
    });
  });
}

const fates: readonly Fate[] = ['stays', 'stays', 'never waits', 'leaves at the head', 'leaves in the middle'];

/** All of them at once; whoever is refused asks once more. Gives the last status of each. */
async function crowd(gateway: TestGateway, seed: number): Promise<readonly number[]> {
  const next = dice(seed);
  return await Promise.all(
    Array.from({ length: callers }, async () => {
      const fate = fates[Math.floor(next() * fates.length)] ?? 'stays';
      const stream = next() < 0.75;
      const pieces = Math.ceil(next() * deltas);
      const status = await call(gateway, stream, fate, pieces);
      return status === 429 ? await call(gateway, stream, fate, pieces) : status;
    }),
  );
}

async function rest({ gateway, fake }: Money): Promise<void> {
  await until(() => gateway.gateway.status().running === 0);
  await Promise.all(fake.requests.map((one) => one.done));
}

/** The most tries that were under way at once, by what was noted of them. */
function mostAtOnce({ spent }: TestGateway): number {
  let [now, most] = [0, 0];
  for (const { kind } of spent) {
    if (kind === 'dispatched') most = Math.max(most, ++now);
    else if (kind === 'ended') now--;
  }
  expect(now).toBe(0);
  return most;
}

it('a dollar is a dollar', async () => {
  const limit = 10n ** 12n;
  money = await startMoney({
    more: 'budgets: [{ id: b, scope: global, limit_usd: "1", period: day, action: reject }]',
  });
  const { gateway, fake } = money;
  serve(fake);
  const statuses = await crowd(gateway, 1);
  await rest(money);
  const real = worked(fake).reduce((sum, { output }) => sum + costOfTokens(input, output), 0n);
  expect([...new Set(statuses)].sort()).toEqual([0, 200, 429]);
  expect(fake.requests.length).toBeGreaterThan(50);
  expect(real).toBeLessThanOrEqual(limit);
  expect(money.spent()).toBeGreaterThanOrEqual(real);
  expect(money.spent()).toBeLessThanOrEqual(limit);
  expect(money.reserved()).toBe(0n);
  const counted = gateway.records.flatMap(({ attempts }) => attempts.map((one) => BigInt(one.counted ?? 0)));
  expect(counted.reduce((sum, one) => sum + one, 0n)).toBe(money.spent());
  mostAtOnce(gateway);
  // It still answers, as soon as there is money.
  gateway.gateway.budgets.raise({ budgetId: 'b', subject: undefined, amount: limit, note: 'more' });
  expect((await ask(gateway, 'chat', 'hello', { model: 'up/some' })).status).toBe(200);
});

/** Stands still: no window slides. */
function stopped(): { ms: number; now: () => number; monotonic: () => number } {
  const clock = { ms: 1_000_000, now: () => clock.ms, monotonic: () => clock.ms };
  return clock;
}

it('no more requests than there may be in a minute', async () => {
  const clock = stopped();
  money = await startMoney({ more: 'rate_limits: [{ id: l, scope: global, rpm: 150 }]', ports: { clock } });
  serve(money.fake);
  await crowd(money.gateway, 4);
  await rest(money);
  expect(money.fake.requests.length).toBeLessThanOrEqual(150);
  expect(money.fake.requests.length).toBeGreaterThan(75);
  expect((await send(money.gateway, question('chat', 'up/some'))).status).toBe(429);
  clock.ms += 60_000;
  expect((await send(money.gateway, question('chat', 'up/some'))).status).toBe(200);
});

it('no more tokens than there may be in a minute', async () => {
  const clock = stopped();
  money = await startMoney({ more: 'rate_limits: [{ id: l, scope: global, tpm: 100000 }]', ports: { clock } });
  serve(money.fake);
  await crowd(money.gateway, 5);
  await rest(money);
  const tokens = worked(money.fake).reduce((sum, { output }) => sum + input + output, 0);
  expect(tokens).toBeLessThanOrEqual(100_000);
  expect(tokens).toBeGreaterThan(50_000);
  clock.ms += 60_000;
  expect((await send(money.gateway, question('chat', 'up/some', prompt))).status).toBe(200);
});

it('no more at a time than there may be, and no place is lost', async () => {
  money = await startMoney({ more: 'rate_limits: [{ id: l, scope: global, max_parallel_requests: 20 }]' });
  serve(money.fake);
  await crowd(money.gateway, 6);
  await rest(money);
  const most = mostAtOnce(money.gateway);
  expect([most > 10, most <= 20]).toEqual([true, true]);
  const places = Array.from({ length: 20 }, () => send(money.gateway, question('chat', 'up/some')));
  expect((await Promise.all(places)).map(({ status }) => status)).toEqual(places.map(() => 200));
});
