// Periods that end and clocks that jump while requests run: each counts once, in the window it was reserved in (BUD-16).
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { costOfTokens, startMoney, type Money } from './money.ts';
import { ask } from './rigs.ts';
import type { Answer } from './support.ts';

let money: Money;
afterEach(() => money.close());

const usage = { input: 1_350, cached: 0, cacheWrite: 0, output: 60, reasoning: 0 };
const costOfOne = costOfTokens(1_350, 60);
const hour = 3_600_000;
const day = 24 * hour;
/** One second before midnight in Berlin. */
const evening = Date.UTC(2026, 10, 29, 22, 59, 59);
const prompt = 'word '.repeat(200);

const setup = (limit: string, period = 'day'): string =>
  `budgets: [{ id: b, scope: global, limit_usd: "${limit}", period: ${period}, timezone: Europe/Berlin, action: reject }]`;

/** The wall clock is set by the test; the steady one stands still. */
function setClock(): { ms: number; now: () => number; monotonic: () => number } {
  const clock = { ms: evening, now: () => clock.ms, monotonic: () => 1_000_000 };
  return clock;
}

let clock = setClock();

async function start(more: string): Promise<void> {
  clock = setClock();
  money = await startMoney({ more, ports: { clock } });
}

function asked(): Promise<Answer> {
  return ask(money.gateway, 'chat', prompt, { model: 'up/some', stream: false, more: { max_tokens: 60 } });
}

/** A request that waits at the provider until `go` is called. */
async function running(): Promise<{ readonly go: () => void; readonly answer: Promise<Answer> }> {
  let go: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (go = resolve));
  money.fake.plan({ turn: { text: 'hello', usage }, fault: fault.wait('start', () => told) });
  const arrived = money.fake.nextRequest();
  const answer = asked();
  await arrived;
  return {
    answer,
    go: () => {
      go();
    },
  };
}

function standing(): readonly [spent: bigint, isReserved: boolean] {
  return [money.spent(), money.reserved() > 0n];
}

/** All that was ever counted, window by window. */
function windows(): Readonly<Record<string, bigint>> {
  const { balances } = money.gateway.gateway.budgets.save();
  return Object.fromEntries(balances.map(({ window, spent }) => [window, BigInt(spent)]));
}

describe('a request that runs across midnight', () => {
  it('counts in the day it began in, and takes nothing from the next', async () => {
    await start(setup('0.0052'));
    const { go, answer } = await running();
    expect(standing()).toEqual([0n, true]);
    clock.ms += 2_000;
    // The new day has all of its money.
    expect(standing()).toEqual([0n, false]);
    money.fake.plan({ turn: { text: 'hello', usage } });
    expect((await asked()).status).toBe(200);
    go();
    expect((await answer).status).toBe(200);
    expect(standing()).toEqual([costOfOne, false]);
    expect(Object.values(windows())).toEqual([costOfOne, costOfOne]);
    // Neither of them has room for another.
    expect((await asked()).status).toBe(429);
    expect(money.fake.requests).toHaveLength(2);
  });

  it('is refused what its own day has no more of, and let in by the next', async () => {
    await start(setup('0.0052'));
    money.fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
    expect([(await asked()).status, (await asked()).status]).toEqual([200, 429]);
    clock.ms += 1_000;
    expect([(await asked()).status, (await asked()).status]).toEqual([200, 429]);
  });

  it('holds back its money where the period goes on', async () => {
    await start(setup('0.0052', 'month'));
    const { go, answer } = await running();
    clock.ms += 2_000;
    expect((await asked()).status).toBe(429);
    go();
    expect((await answer).status).toBe(200);
    expect(standing()).toEqual([costOfOne, false]);
  });
});

describe('a clock that jumps while a request runs', () => {
  it.each([
    ['an hour back', -hour],
    ['an hour ahead', hour],
    ['a day back', -day],
    ['a year ahead', 365 * day],
    ['a year back', -365 * day],
  ])('%s neither loses nor doubles what it costs', async (_what, jump) => {
    await start(setup('5'));
    const { go, answer } = await running();
    const before = standing();
    clock.ms += jump;
    go();
    expect((await answer).status).toBe(200);
    clock.ms -= jump;
    expect(before).toEqual([0n, true]);
    expect(standing()).toEqual([costOfOne, false]);
    expect(Object.values(windows()).reduce((sum, spent) => sum + spent, 0n)).toBe(costOfOne);
    expect(money.gateway.spent.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
  });

  it('back by less than a day opens no day anew', async () => {
    await start(setup('0.0052'));
    money.fake.plan({ turn: { text: 'hello', usage }, times: Infinity });
    clock.ms += 1_000;
    expect([(await asked()).status, (await asked()).status]).toEqual([200, 429]);
    clock.ms -= hour;
    expect((await asked()).status).toBe(429);
    clock.ms += 2 * hour;
    expect((await asked()).status).toBe(429);
    expect(money.fake.requests).toHaveLength(1);
  });
});
