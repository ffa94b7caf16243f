// Budgets over real sockets: what is refused, clipped, moved to a cheaper alias or ended, and that no crowd spends more than there is.
import { afterEach, describe, expect, it } from 'vitest';
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { ask } from './rigs.ts';
import { clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

const fakes: Fake[] = [];
let gateway: TestGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  for (const fake of fakes.splice(0)) await fake.close();
});

/** Dollars a million tokens, so that a thousand in and fifty out are 3.75 thousandths of a dollar. */
const dear = 'pricing: { input: "3", output: "15" }';
const usage = { input: 1_000, cached: 0, cacheWrite: 0, output: 50, reasoning: 0 };
/** As long as the usage says, so that nobody is charged for more than was sent. */
const prompt = 'word '.repeat(300);
const costOfOne = usdToPicoExact('0.00375') ?? 0n;

interface Setup {
  readonly budgets: string;
  readonly routes?: string;
  readonly models?: string;
}

async function start({ budgets, routes, models }: Setup, ports = {}): Promise<Fake> {
  const fake = await startFake({ dialect: 'openai' });
  fakes.push(fake);
  const known =
    models ?? `[{ id: dear, max_output_tokens: 4000, ${dear} }, { id: free, pricing: { input: "0", output: "0" } }]`;
  gateway = await startTestGateway(
    `
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", local: true, keys: [{ name: main, value: sk-of-up }], models: ${known} }
routes: ${routes ?? '[{ alias: smart, targets: [up/dear] }]'}
budgets: ${budgets}
`,
    ports,
  );
  return fake;
}

function running(): TestGateway {
  if (gateway === undefined) throw new Error('There is no gateway.');
  return gateway;
}

function spent(): bigint {
  return running().gateway.budgets.standings()[0]?.spent ?? 0n;
}

describe.each(clients)('to a client of %s', (client) => {
  it('a request that does not fit is refused with the budget, what is left and what gives more', async () => {
    await start({ budgets: '[{ id: all-day, scope: global, limit_usd: "0.0001", period: day, action: reject }]' });
    const answer = await send(running(), question(client, 'smart'));
    expectRefusal(answer, client, {
      code: 'admit.budget_exhausted',
      says: ['"all-day"', /test\.yaml, line \d+/, '$0.0001', 'sluice budgets raise all-day'],
    });
    expect(running().records.at(-1)).toMatchObject({
      error: 'admit.budget_exhausted',
      rule: 'all-day',
      attempts: [{ target: 'up/dear', state: undefined, cost: 0 }],
    });
    expect(fakes[0]?.requests).toHaveLength(0);
  });

  it('what cannot be written down is refused under a hard budget, and served under a soft one', async () => {
    const spend = { note: () => false, secured: () => Promise.resolve(false) };
    await start({ budgets: '[{ id: b, scope: global, limit_usd: "5", period: day, action: reject }]' }, { spend });
    const answer = await send(running(), question(client, 'smart'));
    expectRefusal(answer, client, { code: 'admit.budget_unavailable', says: ['"b"', 'journal'] });
    // What costs nothing needs no money.
    expect((await send(running(), question(client, 'up/free'))).status).toBe(200);
    await gateway?.stop();
    await start({ budgets: '[{ id: b, scope: global, limit_usd: "5", period: day, action: alert }]' }, { spend });
    expect((await send(running(), question(client, 'smart'))).status).toBe(200);
  });
});

it('waits until what it reserved survives a loss of power before anything is sent', async () => {
  let release: (value: boolean) => void = () => undefined;
  const secured = new Promise<boolean>((resolve) => (release = resolve));
  const notes: string[] = [];
  const spend = {
    note: ({ kind }: { kind: string }) => notes.push(kind) > 0,
    secured: () => secured,
  };
  const fake = await start({ budgets: '[{ id: b, scope: global, limit_usd: "5", period: day }]' }, { spend });
  const answering = ask(running(), 'chat', 'hello', { stream: false });
  await expect.poll(() => notes).toEqual(['dispatched']);
  expect(fake.requests).toHaveLength(0);
  release(true);
  expect((await answering).status).toBe(200);
  expect(fake.requests).toHaveLength(1);
  expect(notes).toContain('ended');
});

it('lets two hundred at once spend no more than a budget for ten', async () => {
  const fake = await start({
    budgets: '[{ id: ten, scope: global, limit_usd: "0.0375", period: day, action: reject }]',
  });
  fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => ask(running(), 'messages', prompt, { stream: false, more: { max_tokens: 50 } })),
  );
  const served = answers.filter(({ status }) => status === 200).length;
  expect(served).toBe(fake.requests.length);
  expect(served).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(200 - served);
  expect(spent()).toBe(BigInt(served) * costOfOne);
  expect(spent()).toBeLessThanOrEqual(10n * costOfOne);
  // Those that come one by one afterwards use what the crowd left.
  for (let more = served; more < 12; more++)
    await ask(running(), 'messages', prompt, { stream: false, more: { max_tokens: 50 } });
  expect(spent()).toBeLessThanOrEqual(10n * costOfOne);
  expect(running().gateway.budgets.standings()[0]?.reserved).toBe(0n);
});

it('clips the output to what is left where the client set no limit, and tells so', async () => {
  // Four thousand tokens of output would be six cents.
  const fake = await start({ budgets: '[{ id: tight, scope: global, limit_usd: "0.03", period: day }]' });
  fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
  const answer = await ask(running(), 'chat', 'hello', { stream: false });
  expect(answer.status).toBe(200);
  expect(answer.headers['x-sluice-losses']).toContain('budget "tight"');
  const sent = fake.requests[0]?.json as { max_tokens?: number; max_completion_tokens?: number };
  const limit = sent.max_tokens ?? sent.max_completion_tokens ?? 0;
  expect(limit).toBeGreaterThan(0);
  expect(limit).toBeLessThan(2_000);
});

describe('a budget that moves requests to a cheaper alias', () => {
  const setup: Setup = {
    budgets: '[{ id: team, scope: global, limit_usd: "0.0376", period: day, action: "downgrade:cheap" }]',
    routes: '[{ alias: smart, targets: [up/dear] }, { alias: cheap, targets: [up/free] }]',
  };

  it('does so once too little is left, and says so', async () => {
    const fake = await start(setup);
    fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
    const answers = [];
    for (let i = 0; i < 12; i++)
      answers.push(await ask(running(), 'chat', prompt, { stream: false, more: { max_tokens: 50 } }));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.at(-1)?.headers['x-sluice-target']).toBe('up/free');
    expect(answers.at(-1)?.headers['x-sluice-downgraded']).toBe('cheap');
    expect(answers[0]?.headers['x-sluice-downgraded']).toBeUndefined();
    expect(running().records.at(-1)).toMatchObject({ downgrade: { budget: 'team', alias: 'cheap' }, cost: 0 });
    expect(spent()).toBeLessThanOrEqual(10n * costOfOne + 1_000_000_000n);
  });

  it('holds in a crowd', async () => {
    const fake = await start(setup);
    fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => ask(running(), 'chat', prompt, { stream: false, more: { max_tokens: 50 } })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(spent()).toBeLessThanOrEqual(usdToPicoExact('0.0376') ?? 0n);
  });
});

it('goes on to the next target where a budget of a provider or model is used up', async () => {
  await start({
    budgets: '[{ id: of-dear, scope: model, match: "up/dear", limit_usd: "0", period: day }]',
    routes: '[{ alias: smart, targets: [up/dear, up/free] }]',
  });
  const answer = await ask(running(), 'chat', 'hello', { stream: false });
  expect(answer.headers['x-sluice-target']).toBe('up/free');
  expect((await running().closed()).attempts.map(({ target, error }) => [target, error])).toEqual([
    ['up/dear', 'admit.budget_exhausted'],
    ['up/free', undefined],
  ]);
});

it('counts what a model of unknown price may cost at most, and shows the cost as unknown', async () => {
  const fake = await start({
    budgets: '[{ id: b, scope: global, limit_usd: "50", period: day }]',
    models: `[{ id: dear, ${dear} }, { id: nameless, max_output_tokens: 1000 }]`,
  });
  fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
  const answer = await ask(running(), 'chat', 'hello', { stream: false, model: 'up/nameless' });
  expect(answer.status).toBe(200);
  expect(answer.headers['x-sluice-cost-usd']).toBeUndefined();
  const record = await running().closed();
  expect(record.cost).toBeUndefined();
  expect(BigInt(record.attempts[0]?.counted ?? 0)).toBe(spent());
  expect(spent()).toBeGreaterThan(0n);
});

it('gives back what was kept for a client that left before anything was sent on, and settles what was seen otherwise', async () => {
  const fake = await start({ budgets: '[{ id: b, scope: global, limit_usd: "5", period: day }]' });
  fake.plan({ status: 400, json: { error: { message: 'no' } }, times: Infinity });
  await ask(running(), 'chat', 'hello', { stream: false });
  expect(spent()).toBe(0n);
  expect(running().gateway.budgets.standings()[0]?.reserved).toBe(0n);
  expect(running().records.at(-1)?.attempts[0]).toMatchObject({ state: 'released', counted: 0 });
});

it('a raise lets requests in at once', async () => {
  await start({ budgets: '[{ id: all-day, scope: global, limit_usd: "0", period: day, action: reject }]' });
  expect((await ask(running(), 'chat', 'hello', { stream: false })).status).toBe(429);
  running().gateway.budgets.raise({ budgetId: 'all-day', subject: undefined, amount: 10n ** 12n, note: 'just today' });
  expect((await ask(running(), 'chat', 'hello', { stream: false })).status).toBe(200);
  expect(running().spent.find(({ kind }) => kind === 'raised')).toMatchObject({
    amount: String(10n ** 12n),
    note: 'just today',
  });
});

it.each([
  ['ask', ['ours']],
  ['reject', []],
])('a budget that refuses by %s asks for a raise or does not', async (action, asked) => {
  await start({ budgets: `[{ id: ours, scope: global, limit_usd: "0.0001", period: day, action: ${action} }]` });
  expect((await ask(running(), 'chat', 'hello', { stream: false })).status).toBe(429);
  expect(running().asked).toEqual(asked);
});
