// Whose money it is, over sockets: sums of sessions, tags, users, teams and clients; and the clipping of the old completions.
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { costOfTokens, startMoney, type Money } from './money.ts';
import { expectRefusal } from './refusals.ts';
import { ask } from './rigs.ts';
import { send, testKey } from './support.ts';

let money: Money;
afterEach(() => money.close());

const usage = { input: 1_350, cached: 0, cacheWrite: 0, output: 60, reasoning: 0 };
const costOfOne = costOfTokens(1_350, 60);
/** For one request of these, and not for two. */
const limit = 'limit_usd: "0.0052", period: day, action: reject';
const prompt = 'word '.repeat(200);

const otherKey = 'sk-sluice-other-2222222222222222';
const thirdKey = 'sk-sluice-third-3333333333333333';

function digest(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** Two keys of one person and team, and one of another. */
const keys = `
virtual_keys:
  - { id: test, value: "${digest(testKey)}", metadata: { user: ann, team: core, client: ide } }
  - { id: other, value: "${digest(otherKey)}", metadata: { user: ann, team: core, client: ide } }
  - { id: third, value: "${digest(thirdKey)}", metadata: { user: bob, team: web, client: cli } }`;

async function start(budget: string): Promise<void> {
  money = await startMoney({ more: `budgets: [${budget}]${keys}` });
  money.fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
}

type Asked = Parameters<typeof ask>[3];

async function asked(key = testKey, { headers = {}, more = {} }: Asked = {}): Promise<number> {
  const bearer = { authorization: `Bearer ${key}`, ...headers };
  const body = { max_tokens: 60, ...more };
  const options = { model: 'up/some', stream: false, headers: bearer, more: body };
  const answer = await ask(money.gateway, 'chat', prompt, options);
  if (answer.status === 429) {
    expectRefusal(answer, 'chat', { code: 'admit.budget_exhausted', says: ['"own"'] });
    expect(money.gateway.records.at(-1)).toMatchObject({ rule: 'own' });
  }
  return answer.status;
}

function sums(): readonly (readonly [string, bigint])[] {
  return money.gateway.gateway.budgets.standings().map(({ claim, spent }) => [claim.subject, spent]);
}

describe('a sum of his own', () => {
  it.each([
    ['user', 'ann', 'bob'],
    ['team', 'core', 'web'],
    ['client', 'ide', 'cli'],
  ])('has every %s, whatever the key', async (scope, one, two) => {
    await start(`{ id: own, scope: ${scope}, ${limit} }`);
    expect([await asked(), await asked(otherKey), await asked(thirdKey)]).toEqual([200, 429, 200]);
    expect(sums()).toEqual([
      [one, costOfOne],
      [two, costOfOne],
    ]);
  });

  it('has every key', async () => {
    await start(`{ id: own, scope: key, ${limit} }`);
    expect([await asked(), await asked(), await asked(otherKey)]).toEqual([200, 429, 200]);
    expect(sums()).toEqual([
      ['test', costOfOne],
      ['other', costOfOne],
    ]);
  });

  it('has every conversation, and those of two keys are never the same', async () => {
    await start('{ id: own, scope: session, limit_usd: "0.0052", period: session, action: reject }');
    const session = (id: string): Asked => ({ headers: { 'x-session-id': id } });
    expect([await asked(testKey, session('s1')), await asked(testKey, session('s1'))]).toEqual([200, 429]);
    expect([await asked(testKey, session('s2')), await asked(otherKey, session('s1'))]).toEqual([200, 200]);
    expect(sums().map(([, spent]) => spent)).toEqual([costOfOne, costOfOne, costOfOne]);
    expect(new Set(sums().map(([subject]) => subject)).size).toBe(3);
  });
});

describe('a tag', () => {
  it('counts who has its value, from a header or from the key', async () => {
    await start(`{ id: own, scope: tag, match: project=web-*, ${limit} }`);
    const tagged = (value: string): Asked => ({ headers: { 'x-sluice-tag-project': value } });
    expect([await asked(testKey, tagged('web-shop')), await asked(testKey, tagged('web-blog'))]).toEqual([200, 429]);
    expect([await asked(testKey, tagged('app')), await asked()]).toEqual([200, 200]);
    expect(sums()).toEqual([['', costOfOne]]);
  });

  it('counts who has it at all', async () => {
    await start(`{ id: own, scope: tag, match: team, ${limit} }`);
    expect([await asked(), await asked(thirdKey)]).toEqual([200, 429]);
  });
});

describe('the old completions', () => {
  const budget = '{ id: own, scope: global, limit_usd: "0.02", period: day, action: reject }';
  const complete = (more: object): ReturnType<typeof send> =>
    send(money.gateway, { path: '/v1/completions', body: { model: 'up/some', prompt: 'Once upon a time', ...more } });

  it.each([
    ['without a limit', {}],
    ['with one that is too large', { max_tokens: 3_000 }],
  ])('are clipped to what is left, %s', async (_what, more) => {
    await start(budget);
    const answer = await complete(more);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-sluice-losses']).toContain('budget "own"');
    const { max_tokens: sent } = money.fake.requests[0]?.json as { max_tokens?: number };
    expect(sent).toBeGreaterThan(255);
    expect(sent).toBeLessThan(1_400);
    expect([money.reserved(), money.spent() > 0n]).toEqual([0n, true]);
  });

  it('keep a limit that fits', async () => {
    await start(budget);
    const answer = await complete({ max_tokens: 20 });
    expect(answer.headers['x-sluice-losses']).toBeUndefined();
    expect(money.fake.requests[0]?.json).toMatchObject({ max_tokens: 20 });
    expect(await money.gateway.closed()).toMatchObject({ usageSource: 'provider', attempts: [{ state: 'settled' }] });
  });

  it('that are streamed are not free', async () => {
    await start(budget);
    money.fake.clearPlans();
    const answer = await complete({ stream: true, max_tokens: 300, prompt: 'long 100' });
    expect(answer.status).toBe(200);
    const record = await money.gateway.closed();
    // A hundred words of three and four bytes.
    expect(record).toMatchObject({ usageSource: 'estimated' });
    expect(record.usage?.outputTokens).toBeGreaterThanOrEqual(98);
    expect(money.spent()).toBeGreaterThanOrEqual(costOfTokens(2, 98));
    expect(money.reserved()).toBe(0n);
    await complete({ stream: true, stream_options: { include_usage: true }, prompt: 'long 100' });
    expect(await money.gateway.closed()).toMatchObject({ usageSource: 'provider', attempts: [{ state: 'settled' }] });
  });
});

it.each([
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'hello' }] }],
  ['/v1/completions', { prompt: 'hello' }],
])('a body of %s names no other models to its provider, which no budget and no rule would see', async (path, body) => {
  await start(`{ id: own, scope: global, ${limit} }`);
  const others = { models: ['up/dearest'], fallbacks: ['dearest'], Model: 'dearest', MODELS: ['dearest'] };
  const answer = await send(money.gateway, { path, body: { model: 'up/some', max_tokens: 20, ...body, ...others } });
  expect(answer.status).toBe(200);
  expect(answer.headers['x-sluice-losses']).toMatch(/models.*fallbacks/);
  const sent = money.fake.requests[0]?.json as object;
  expect(Object.keys(sent).filter((name) => /^models?$|^fallbacks$/i.test(name))).toEqual(['model']);
});
