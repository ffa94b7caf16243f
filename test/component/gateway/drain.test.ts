// A stream that is read on after its client left, where a provider charges for it all the same: its own count settles it.
import { afterEach, describe, expect, it } from 'vitest';
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import { fault, type Fake, type Plan } from '../../fakes/fake.ts';
import { costOfTokens, kinds, startMoney, type Kind, type Money } from './money.ts';
import { openAnswer, question, type Client, type OpenAnswer } from './refusals.ts';
import { ask, words } from './rigs.ts';
import { until } from './raw.ts';
import { testKey } from './support.ts';

let money: Money;
afterEach(() => money.close());

/** Of the whole answer, as the provider counts it. */
const usage = { input: 1_000, cached: 0, cacheWrite: 0, output: 77, reasoning: 0 };
const cost = costOfTokens(usage.input, usage.output);
const turn = { text: words(40), usage };

interface Setup {
  readonly kind?: Kind;
  readonly drainMs?: number;
  /** More of the file. */
  readonly more?: string;
}

async function start({ kind = 'chat', drainMs = 60_000, more = '' }: Setup = {}): Promise<Fake> {
  const provider = `retry: { attempts: 1 }, timeouts: { drain_ms: ${String(drainMs)} }`;
  money = await startMoney({ kind, provider, more });
  return money.fake;
}

/** The provider waits within the answer until `go` is called. */
function paused(more: Plan = {}): { readonly plan: Plan; readonly go: () => void } {
  let go: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (go = resolve));
  const { steps = [] } = more.fault ?? {};
  const wait = fault.wait({ events: 8 }, () => told).steps ?? [];
  return {
    plan: { turn, ...more, fault: { ...more.fault, steps: [...wait, ...steps] } },
    go: () => {
      go();
    },
  };
}

async function reading(fake: Fake, plan: Plan, client: Client = 'chat'): Promise<OpenAnswer> {
  fake.plan(plan);
  const answer = openAnswer(money.gateway, question(client, 'up/some', 'hello', true));
  await answer.until('w1');
  return answer;
}

const settled = { target: 'up/some', error: 'client_gone', state: 'settled', usageSource: 'provider' };
const estimated = { target: 'up/some', error: 'client_gone', state: 'estimated', usageSource: 'estimated' };

const cells = (['chat', 'responses', 'messages', 'gemini'] as const).flatMap((client) =>
  (Object.keys(kinds) as Kind[]).map((kind) => [client, kind] as const),
);

describe.each(cells)('a client of %s that leaves a stream of %s', (client, kind) => {
  it('is counted by its provider, as long as that takes no longer than drain_ms', async () => {
    const fake = await start({ kind });
    const { plan, go } = paused();
    const answer = await reading(fake, plan, client);
    await answer.leave();
    expect(money.gateway.records).toEqual([]);
    go();
    const record = await money.gateway.closed();
    expect(record).toMatchObject({
      outcome: 'aborted',
      error: undefined,
      usageSource: 'provider',
      usage: { inputTokens: 1_000, outputTokens: 77 },
      cost: Number(cost),
      attempts: [settled],
    });
    expect(await fake.requests[0]?.done).toBe('complete');
    expect(record.responseBytes).toBeLessThan(fake.requests[0]?.sentBytes ?? 0);
  });
});

describe('reading on for a client that left', () => {
  it('is off unless it is asked for', async () => {
    const fake = await start({ drainMs: 0 });
    const answer = await reading(fake, paused().plan);
    await answer.leave();
    await fake.requests[0]?.aborted;
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [estimated] });
  });

  it('ends when drain_ms is over, and what was seen is estimated', async () => {
    const fake = await start({ drainMs: 30 });
    const answer = await reading(fake, paused().plan);
    await answer.leave();
    await fake.requests[0]?.aborted;
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', error: undefined, attempts: [estimated] });
  });

  it('does not wait for a connection that stays open behind the count', async () => {
    const fake = await start();
    const { plan, go } = paused({ fault: fault.stall('end', 'forever') });
    const answer = await reading(fake, plan);
    await answer.leave();
    go();
    expect(await money.gateway.closed()).toMatchObject({ attempts: [settled] });
  });

  it.each([
    ['breaks', { fault: fault.reset({ events: 20 }) }],
    ['ends too early', { fault: fault.endAfterEvents(20) }],
    ['is said to have failed', { fault: fault.errorEventAfter(20) }],
  ])('asks nobody else when the answer %s', async (_how, broken) => {
    const fake = await start({ more: 'routes: [{ alias: smart, targets: [up/some, demo/echo], on_break: continue }]' });
    const { plan, go } = paused(broken);
    fake.plan(plan);
    const answer = openAnswer(money.gateway, question('chat', 'smart', 'hello', true));
    await answer.until('w1');
    await answer.leave();
    go();
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', error: undefined, attempts: [estimated] });
  });

  it('takes what is there even if the client had stopped reading', async () => {
    const fake = await start();
    const large = { turn: { text: Array.from({ length: 400 }, () => `w1 ${'y'.repeat(64 * 1024)}`), usage } };
    fake.plan(large);
    const { path, body } = question('chat', 'up/some', 'hello', true);
    const answer = await fetch(`${money.gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    let before = -1;
    await until(() => {
      const now = fake.requests[0]?.sentBytes ?? 0;
      const stands = now === before && now > 0;
      before = now;
      return stands;
    });
    await answer.body?.cancel();
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [settled] });
    expect(await fake.requests[0]?.done).toBe('complete');
  });

  it('ends at once with the key', async () => {
    const fake = await start();
    const answer = await reading(fake, paused().plan);
    await answer.leave();
    await money.gateway.apply(money.yaml('virtual_keys: []'));
    await fake.requests[0]?.aborted;
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', error: undefined, attempts: [estimated] });
  });

  it('ends at once when the gateway stops, and is not begun any more', async () => {
    const fake = await start();
    const first = await reading(fake, paused().plan);
    const second = await reading(fake, paused().plan);
    await first.leave();
    const stopped = money.gateway.gateway.stop(600_000);
    await fake.requests[0]?.aborted;
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [estimated] });
    void second.leave().catch(() => undefined);
    await fake.requests[1]?.aborted;
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [estimated] });
    await stopped;
  });

  it('holds its place and its money until it ends', async () => {
    const more = `
budgets: [{ id: b, scope: global, limit_usd: "5", period: day }]
rate_limits: [{ id: one, scope: global, max_parallel_requests: 1 }]`;
    const fake = await start({ more });
    const { plan, go } = paused();
    const answer = await reading(fake, plan);
    await answer.leave();
    expect([money.gateway.gateway.status().running, money.spent()]).toEqual([1, 0n]);
    expect(money.reserved()).toBeGreaterThan(cost);
    expect((await ask(money.gateway, 'chat', 'hello', { model: 'up/some', stream: false })).status).toBe(429);
    go();
    await money.gateway.closed();
    await until(() => money.gateway.gateway.status().running === 0);
    expect([money.spent(), money.reserved()]).toEqual([cost, 0n]);
    fake.plan({ turn });
    expect((await ask(money.gateway, 'chat', 'hello', { model: 'up/some', stream: false })).status).toBe(200);
  });

  it('ends when a hard budget has no more', async () => {
    // Two thousand tokens and what comes in; the provider writes ten times as much.
    const limit = '0.034';
    const fake = await start({
      more: `budgets: [{ id: b, scope: global, limit_usd: "${limit}", period: day, action: reject }]`,
    });
    const { plan, go } = paused({ turn: { text: words(20_000) } });
    const answer = await reading(fake, plan);
    await answer.leave();
    go();
    await fake.requests[0]?.aborted;
    expect(await money.gateway.closed()).toMatchObject({ outcome: 'aborted', attempts: [estimated] });
    expect(money.reserved()).toBe(0n);
    expect(money.spent()).toBeGreaterThan((usdToPicoExact(limit) ?? 0n) / 2n);
  });
});
