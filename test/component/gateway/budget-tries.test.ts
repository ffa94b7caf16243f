// Every try of an exchange is reserved and settled apart (BUD-17): what its record counts is what the budget book holds.
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import type { SpendNote } from '../../../main/gateway/ports.ts';
import { startMoney } from './money.ts';
import { openAnswer, question } from './refusals.ts';
import { ask, readStream, startPair, words, type Pair } from './rigs.ts';

let pair: Pair;
afterEach(() => pair.close());

const usage = { input: 1_000, cached: 0, cacheWrite: 0, output: 50, reasoning: 0 };
/** At 3 and 15 dollars a million tokens. */
const settledCost = 3_750_000_000;
const answer = { turn: { text: words(20), usage } };

async function start(route: string): Promise<void> {
  const priced = 'models: [{ id: gpt-4o, max_output_tokens: 1000, pricing: { input: "3", output: "15" } }]';
  pair = await startPair({
    provider: `timeouts: { ttft_ms: 5000, idle_ms: 5000 }\n    ${priced}`,
    route: `${route}\nbudgets: [{ id: b, scope: global, limit_usd: "5", period: day, action: reject }]`,
  });
  pair.b.plan({ ...answer, times: Infinity });
}

function book(): { readonly spent: number; readonly reserved: number } {
  const [standing] = pair.gateway.gateway.budgets.standings();
  return { spent: Number(standing?.spent), reserved: Number(standing?.reserved) };
}

type Noted<Kind> = Extract<SpendNote, { kind: Kind }>;

function noted<Kind extends 'dispatched' | 'ended'>(kind: Kind): readonly Noted<Kind>[] {
  return pair.gateway.spent.filter((note): note is Noted<Kind> => note.kind === kind);
}

/** State of each try, with what it counted; checked against the book and the journal. */
async function tries(): Promise<readonly (readonly [target: string, state: string | undefined, counted: number])[]> {
  const { attempts, cost } = await pair.gateway.closed();
  const sent = attempts.filter(({ state }) => state !== undefined);
  const counted = sent.map((one) => one.counted ?? 0);
  expect(book()).toEqual({ spent: counted.reduce((sum, one) => sum + one, 0), reserved: 0 });
  expect(cost).toBe(book().spent);
  const ids = noted('dispatched').map(({ id }) => id);
  expect(ids).toHaveLength(sent.length);
  expect(
    noted('ended')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  expect(noted('ended').reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBe(book().spent);
  return sent.map(({ target, state, counted: one }) => [target.slice(0, 1), state, one ?? 0]);
}

describe('what a record counts is what the budget holds, of', () => {
  it('a try that was refused, and another one', async () => {
    await start('');
    pair.a.plan({ status: 503, json: { error: { message: 'busy' } } });
    await ask(pair.gateway, 'chat', 'hello');
    expect(await tries()).toEqual([
      ['a', 'released', 0],
      ['b', 'settled', settledCost],
    ]);
  });

  it.each([
    ['that broke before any content', fault.reset({ events: 1 })],
    ['that broke before its head', fault.reset('headers')],
  ])('a try %s, and the next target', async (_what, broken) => {
    await start('');
    pair.a.plan({ fault: broken, times: Infinity });
    await ask(pair.gateway, 'chat', 'hello');
    const made = await tries();
    expect(made.at(-1)).toEqual(['b', 'settled', settledCost]);
    const lost = made.slice(0, -1);
    expect(lost.length).toBeGreaterThan(0);
    for (const [target, state, counted] of lost) expect([target, state, counted > 0]).toEqual(['a', 'estimated', true]);
  });

  it('an answer that broke, and the one that went on with it', async () => {
    await start('on_break: continue');
    pair.a.plan({ ...answer, fault: fault.resetAfterEvents(12) });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'hello'));
    expect([read.text, read.finished]).toEqual([words(20), true]);
    const [broken, rest] = await tries();
    expect(broken?.slice(0, 2)).toEqual(['a', 'estimated']);
    expect(broken?.[2]).toBeGreaterThan(0);
    expect(rest).toEqual(['b', 'settled', settledCost]);
  });

  it('a slow try that another one beside it won against', async () => {
    await start('hedge: { after: 20 }');
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    let go: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (go = resolve));
    let arrive: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (arrive = resolve));
    pair.b.clearPlans();
    pair.b.plan({
      ...answer,
      fault: fault.wait('start', () => {
        arrive();
        return told;
      }),
    });
    const asking = ask(pair.gateway, 'chat', 'hello');
    await both;
    const bounds = noted('dispatched').map(({ bound }) => bound ?? 0);
    expect(bounds).toHaveLength(2);
    expect(book()).toEqual({ spent: 0, reserved: bounds.reduce((sum, one) => sum + one, 0) });
    go();
    expect(readStream('chat', await asking).finished).toBe(true);
    await pair.a.requests[0]?.aborted;
    const [lost, won] = await tries();
    expect(lost?.slice(0, 2)).toEqual(['a', 'estimated']);
    expect(lost?.[2]).toBeGreaterThan(0);
    expect(won).toEqual(['b', 'settled', settledCost]);
  });

  it('two tries side by side whose client leaves', async () => {
    await start('hedge: { after: 20 }');
    pair.a.plan({ fault: fault.stall('headers', 'forever') });
    pair.b.clearPlans();
    pair.b.plan({ fault: fault.stall('headers', 'forever') });
    const second = pair.b.nextRequest();
    const asking = openAnswer(pair.gateway, question('chat', 'smart', 'hello', true));
    await second;
    await asking.leave();
    await Promise.all([pair.a.requests[0]?.aborted, pair.b.requests[0]?.aborted]);
    const made = await tries();
    expect(made.map(([target, state, counted]) => [target, state, counted > 0])).toEqual([
      ['a', 'estimated', true],
      ['b', 'estimated', true],
    ]);
  });

  it('a plain answer that nobody waited for, which may have been written to its end', async () => {
    await start('');
    pair.a.plan({ fault: fault.stall('start', 'forever') });
    const arrived = pair.a.nextRequest();
    const { path, body } = question('chat', 'smart', 'hello');
    const asking = openAnswer(pair.gateway, { path, body: { ...body, max_tokens: 200 } });
    await arrived;
    await asking.leave();
    const record = pair.gateway.closed();
    const [only] = (await record).attempts;
    expect(only).toMatchObject({ state: 'estimated', basis: 'bound', usage: { outputTokens: 200 } });
    expect(book()).toEqual({ spent: only?.counted, reserved: 0 });
  });

  it('an answer that is written in the background, whoever looks on', async () => {
    const money = await startMoney({
      kind: 'responses',
      more: 'budgets: [{ id: b, scope: global, limit_usd: "5", period: day, action: reject }]',
    });
    try {
      money.fake.plan({ turn: { text: words(50) }, fault: fault.stall({ events: 6 }, 'forever') });
      const { path, body } = question('responses', 'up/some', 'hello', true);
      const asking = openAnswer(money.gateway, { path, body: { ...body, background: true, max_output_tokens: 900 } });
      await asking.until('output_text.delta');
      await asking.leave();
      const { attempts } = await money.gateway.closed();
      expect(attempts[0]).toMatchObject({ state: 'estimated', basis: 'bound', usage: { outputTokens: 900 } });
      expect(money.spent()).toBe(BigInt(attempts[0]?.counted ?? 0));
    } finally {
      await money.close();
    }
  });

  it('tries that had no money, and one that cost nothing', async () => {
    await start('');
    await pair.gateway.apply(`
providers:
  - { id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", local: true, keys: [{ name: main, value: k }], models: [{ id: dear, pricing: { input: "3", output: "15" } }] }
routes: [{ alias: smart, targets: [a/dear, demo/echo] }]
budgets: [{ id: b, scope: global, limit_usd: "0", period: day, action: reject }]
`);
    expect((await ask(pair.gateway, 'chat', 'hello')).headers['x-sluice-target']).toBe('demo/echo');
    const record = await pair.gateway.closed();
    expect(record.attempts.map(({ state, counted }) => [state, counted])).toEqual([
      [undefined, undefined],
      ['settled', undefined],
    ]);
    expect([book(), record.cost, pair.a.requests.length]).toEqual([{ spent: 0, reserved: 0 }, 0, 0]);
  });
});
