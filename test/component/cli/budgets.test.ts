// Budgets from the command line to the port: what is spent of them, a raise, and what is told when nobody knows what was spent.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { chat, makeHome, type Home } from './instance.ts';

let home: Home;
let fake: Fake;
const model = 'up/dear';

beforeEach(async () => {
  home = makeHome();
  fake = await startFake({ dialect: 'openai' });
  await home.sluice('keys', 'create', '--name', 'ide');
  const file = join(home.data, 'sluice.yaml');
  const pricing = '{ input: "3", output: "15" }';
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8').replace(/^providers: \[\]$/m, '')}
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", local: true, keys: [{ value: sk-of-up }],
      models: [{ id: dear, max_output_tokens: 1000, pricing: ${pricing} }] }
budgets:
  - { id: all-day, scope: global, limit_usd: "1", period: month }
  - { id: told, scope: global, limit_usd: "1", period: month, action: alert }
`,
  );
});

afterEach(async () => {
  await home.leave();
  await fake.close();
});

async function newKey(): Promise<string> {
  return (await home.sluice('keys', 'create', '--name', 'me')).out.trim();
}

async function ask(url: string, key: string): Promise<string> {
  const response = await chat(url, key, model);
  await response.text();
  return response.headers.get('x-sluice-error') ?? String(response.status);
}

async function standings(): Promise<readonly BudgetEntry[]> {
  const { out } = await home.sluice('budgets', '--json');
  return (JSON.parse(out) as { budgets: BudgetEntry[] }).budgets;
}

describe('a budget', () => {
  it('goes on after a restart with what was spent and what it was raised by', async () => {
    const key = await newKey();
    const first = await home.serve();
    expect(await ask(first.url, key)).toBe('200');
    expect((await home.sluice('budgets', 'raise', 'all-day', '0.5', '--note', 'release day')).code).toBe(0);
    const before = await standings();
    expect(Number(before[0]?.spent_usd)).toBeGreaterThan(0);
    await home.sluice('stop');
    await first.ended;
    await home.serve();
    const after = await standings();
    const kept = ({ id, spent_usd, raised_usd, since, resets_at }: BudgetEntry): object => ({
      ...{ id, spent_usd, raised_usd, since, resets_at },
    });
    expect(after.map(kept)).toEqual(before.map(kept));
    expect(after[0]?.raised_usd).toBe('0.5');
  });

  it('that lost its journal refuses, which log and status tell, until what is known is accepted', async () => {
    const key = await newKey();
    const first = await home.serve();
    expect(await ask(first.url, key)).toBe('200');
    await home.sluice('stop');
    await first.ended;
    for (const name of readdirSync(home.data)) if (name.startsWith('journal-')) rmSync(join(home.data, name));

    const second = await home.serve();
    expect(second.err()).toContain('What was spent before this start is not known');
    expect(await ask(second.url, key)).toBe('admit.budget_unavailable');
    const told = (await home.sluice('status')).out;
    expect(told).toMatch(/^budgets +all-day refuse: what was spent before was lost/m);
    expect(told).toContain('sluice budgets accept');

    expect((await home.sluice('budgets', 'accept')).err).toContain('1 budget may be spent from again');
    expect(await ask(second.url, key)).toBe('200');
    expect((await home.sluice('status')).out).not.toContain('budgets accept');
  });
});
