// An answer that grows beyond what was kept back for it (BUD-11): it gets more while there is more, and ends in an error after that.
import { afterEach, describe, expect, it } from 'vitest';
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import { sseFrame } from '../../fakes/fake.ts';
import { costOfTokens, startMoney, type Kind, type Money } from './money.ts';
import { clients, expectBrokenOff, openAnswer, question, type Client } from './refusals.ts';
import { snapshotOf } from './support.ts';
import { ask, readStream, words, type ClientName } from './rigs.ts';

let money: Money;
afterEach(() => money.close());

const budget = (usd: string): string =>
  `budgets: [{ id: tight, scope: global, limit_usd: "${usd}", period: day, action: reject }]`;

/** Each client's limit of output, by its own name. */
function limited(client: ClientName, tokens: number): Readonly<Record<string, unknown>> {
  switch (client) {
    case 'responses':
      return { max_output_tokens: tokens };
    case 'gemini':
      return { generationConfig: { maxOutputTokens: tokens } };
    default:
      return { max_tokens: tokens };
  }
}

const own: Readonly<Record<Client, Kind>> = {
  chat: 'chat',
  responses: 'responses',
  messages: 'anthropic',
  gemini: 'gemini',
};
const cells = clients.flatMap((client) =>
  [...new Set([own[client], 'chat' as const])].map((kind) => [client, kind] as const),
);

describe.each(cells)('to a client of %s, an answer of %s', (client, kind) => {
  it('that is longer than the budget has left ends in an error, and all that was seen is counted', async () => {
    const limit = usdToPicoExact('0.03') ?? 0n;
    money = await startMoney({ kind, more: budget('0.03') });
    // A hundred and twenty thousand bytes, whatever the limit says.
    money.fake.plan({ turn: { text: words(20_000) } });
    const asked = question(client, 'up/some', 'hello', true);
    const answer = openAnswer(money.gateway, { path: asked.path, body: { ...asked.body, ...limited(client, 300) } });
    const { status, text, torn } = await answer.whole;
    const says = ['longer than what the budget has left', 'sluice budgets raise'];
    expectBrokenOff({ status, text, torn }, client, { code: 'relay.budget_exhausted', says });
    await money.fake.requests[0]?.aborted;
    const record = await money.gateway.closed();
    expect(record).toMatchObject({ outcome: 'incomplete', error: 'relay.budget_exhausted', usageSource: 'estimated' });
    const [attempt] = record.attempts;
    expect(attempt).toMatchObject({ error: 'relay.budget_exhausted', state: 'estimated', counted: record.cost });
    expect([money.spent(), money.reserved()]).toEqual([BigInt(record.cost ?? 0), 0n]);
    const seen = readStream(client, { ...dead, text }).text.length / 4;
    expect(seen).toBeGreaterThan(1_000);
    expect(money.spent()).toBeGreaterThanOrEqual(costOfTokens(0, Math.ceil(seen)));
    // Nobody else is let in, and most of what there was to say was never asked for.
    expect(money.spent()).toBeLessThan(limit * 4n);
    const grown = money.gateway.spent.flatMap((note) => (note.kind === 'extended' ? [note.bound] : []));
    expect(grown.length).toBeGreaterThan(0);
    expect(grown).toEqual([...grown].sort((a, b) => a - b));
    expect(grown.at(-1)).toBeLessThanOrEqual(Number(limit));
    expect((await ask(money.gateway, client, 'hello', { model: 'up/some' })).status).toBe(429);
  });

  it('that the budget has room for goes on to its end, and is settled by its own count', async () => {
    money = await startMoney({ kind, more: budget('5') });
    const usage = { input: 100, cached: 0, cacheWrite: 0, output: 3_000, reasoning: 0 };
    money.fake.plan({ turn: { text: words(2_000), usage } });
    const answer = await ask(money.gateway, client, 'hello', { model: 'up/some', more: limited(client, 300) });
    expect(readStream(client, answer)).toMatchObject({ text: words(2_000), finished: true, failed: false });
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'complete', attempts: [{ state: 'settled' }] });
    expect(money.gateway.spent.some(({ kind: what }) => what === 'extended')).toBe(true);
    expect([money.spent(), money.reserved()]).toEqual([costOfTokens(100, 3_000), 0n]);
  });
});

const dead = { status: 200, headers: {}, body: Buffer.alloc(0), json: () => ({}), torn: false };

it('an answer that outgrows what a team gives says whom to ask, and suggests no raise that would be refused', async () => {
  money = await startMoney({ more: budget('0.03') });
  const policy = { rule: 'acme@3:/budgets/tight', origin: 'team bundle acme@3, line 9', contact: '#llm-platform' };
  const snapshot = await snapshotOf(money.yaml(budget('0.03')));
  const allBudgets = snapshot.allBudgets.map((one) => ({ ...one, policy }));
  money.gateway.gateway.apply({ ...snapshot, budgets: allBudgets, allBudgets });
  money.fake.plan({ turn: { text: words(20_000) } });
  const asked = question('chat', 'up/some', 'hello', true);
  const answer = openAnswer(money.gateway, { path: asked.path, body: { ...asked.body, ...limited('chat', 300) } });
  const { status, text, torn } = await answer.whole;
  const says = ['longer than what the budget has left', 'Ask: #llm-platform.'];
  expectBrokenOff({ status, text, torn }, 'chat', { code: 'relay.budget_exhausted', says });
  expect(text).not.toContain('budgets raise');
});

it('an answer that keeps to its limit is not cut because its text is thin', async () => {
  // What is asked for, and nothing beyond: the bound of the input is its bytes and 256.
  money = await startMoney({ more: budget('0.0057') });
  const usage = { input: 10, cached: 0, cacheWrite: 0, output: 300, reasoning: 0 };
  money.fake.plan({ turn: { text: Array.from({ length: 300 }, () => 'seven. '), usage, stop: 'length' } });
  const answer = await ask(money.gateway, 'chat', 'hello', { model: 'up/some', more: { max_tokens: 300 } });
  expect(readStream('chat', answer)).toMatchObject({ finished: true, failed: false });
  expect(money.spent()).toBe(costOfTokens(10, 300));
});

it('several answers at once are paid for one by one', async () => {
  money = await startMoney({ more: budget('0.0105') });
  const chunk = (index: number, delta: object, finish: string | null = null): string =>
    Buffer.from(
      sseFrame({
        ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'some' },
        choices: [{ index, delta, finish_reason: finish }],
      }),
    ).toString('utf8');
  const both = [0, 1];
  const text = both.flatMap((index) => Array.from({ length: 250 }, () => chunk(index, { content: 'four' })));
  const ends = both.map((index) => chunk(index, {}, 'length'));
  money.fake.plan({ sse: [...text, ...ends, 'data: [DONE]\n\n'] });
  const answer = await ask(money.gateway, 'chat', 'hello', { model: 'up/some', more: { n: 2, max_tokens: 300 } });
  expect(readStream('chat', answer)).toMatchObject({ finished: true, failed: false });
  expect(money.gateway.spent.some(({ kind }) => kind === 'extended')).toBe(false);
  const [attempt] = (await money.gateway.closed()).attempts;
  expect(attempt?.usage?.outputTokens).toBeGreaterThanOrEqual(500);
  expect(attempt?.usage?.outputTokens).toBeLessThanOrEqual(600);
});

it('an answer that is held back is left for the next target', async () => {
  const route = 'routes: [{ alias: smart, targets: [up/some, up/free], on_break: hold }]';
  money = await startMoney({ more: `${budget('0.03')}\n${route}` });
  money.fake.plan({ turn: { text: words(20_000) } }, { turn: { text: words(10) } });
  const answer = await ask(money.gateway, 'chat', 'hello', { more: { max_tokens: 300 } });
  expect(readStream('chat', answer)).toMatchObject({ text: words(10), finished: true });
  const record = await money.gateway.closed();
  expect(record.attempts.map(({ target, error, state }) => [target, error, state])).toEqual([
    ['up/some', 'relay.budget_exhausted', 'estimated'],
    ['up/free', undefined, 'settled'],
  ]);
  await money.fake.requests[0]?.aborted;
});
