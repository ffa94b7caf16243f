// What must be true of the ledger and of budgets, whenever the product was killed: held against clients and providers.
import { expect } from 'vitest';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { AttemptEntry, ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import { nobody } from '../../../main/gateway/policies/budget-claims.ts';
import type { Outcome } from './clients.ts';
import type { Product } from './product.ts';
import { billOf, type Provider, type ProviderName } from './providers.ts';

/** Whose a request was. */
export interface Spender {
  readonly key: string;
  readonly user: string | undefined;
  readonly team: string | undefined;
}

export interface Told {
  readonly outcome: Outcome;
  /** How often each provider took it on. */
  readonly served: ReadonlyMap<ProviderName, number>;
  /** What they bill for it, pico-USD. */
  readonly billed: ReadonlyMap<ProviderName, bigint>;
}

/** What providers have to say of each outcome. To be asked when nothing runs. */
export function told(outcomes: readonly Outcome[], providers: readonly Provider[]): Told[] {
  return outcomes.map((outcome) => {
    const served = new Map<ProviderName, number>();
    const billed = new Map<ProviderName, bigint>();
    for (const { name, served: all } of providers) {
      const times = all.get(outcome.n) ?? 0;
      if (times === 0) continue;
      served.set(name, times);
      billed.set(name, BigInt(times) * billOfOne(outcome));
    }
    return { outcome, served, billed };
  });
}

/** Of an answer that ended too soon the provider bills what it said, which is at least what the client heard. */
function billOfOne({ kind, course, seenBytes }: Outcome): bigint {
  return kind === 'left' || course === 'cut' ? billOf(seenBytes) : billOf();
}

const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((total, amount) => total + amount, 0n);

export function pico(usd: string | null): bigint {
  const amount = usd === null ? undefined : usdToPicoExact(usd);
  if (amount === undefined) throw new Error(`${String(usd)} is no amount`);
  return amount;
}

// ---------------------------------------------------------------- budgets

/** Whether a budget counts a try of this spender's at this provider. */
function counts(budget: BudgetEntry, spender: Spender, provider: string): boolean {
  switch (budget.scope) {
    case 'global':
      return true;
    case 'key':
      return spender.key === (budget.subject ?? budget.match);
    case 'user':
      return (spender.user ?? nobody) === (budget.subject ?? budget.match);
    case 'team':
      return spender.team === (budget.subject ?? budget.match);
    case 'provider':
      return provider === (budget.subject ?? budget.match);
    default:
      throw new Error(`nothing is known of budgets for a ${budget.scope}`);
  }
}

/** Never below what providers saw; never, of a hard one, above its limit. */
export function checkBalances(budgets: readonly BudgetEntry[], all: readonly Told[], spenders: Spenders): void {
  for (const budget of budgets) {
    const billed = sum(
      all.flatMap(({ outcome, billed: by }) =>
        [...by].flatMap(([provider, amount]) =>
          counts(budget, spenderOf(spenders, outcome.key), provider) ? [amount] : [],
        ),
      ),
    );
    expect(pico(budget.spent_usd), `what ${nameOf(budget)} counted`).toBeGreaterThanOrEqual(billed);
    expect(budget.state, nameOf(budget)).not.toBe('unknown');
    if (budget.action === 'alert') continue;
    const most = pico(budget.limit_usd) + pico(budget.raised_usd);
    expect(
      pico(budget.spent_usd) + pico(budget.reserved_usd),
      `what ${nameOf(budget)} let through`,
    ).toBeLessThanOrEqual(most);
  }
}

/** What budgets counted is what the tries on record were counted at: nothing is lost, and nothing is counted twice. */
export function checkSums(budgets: readonly BudgetEntry[], entries: readonly ExchangeEntry[]): void {
  for (const budget of budgets) {
    const counted = entries.flatMap(({ key, user, team, attempts }) =>
      attempts.flatMap((attempt) => {
        const provider = attempt.target.split('/')[0] ?? '';
        const spender = { key: key ?? '', user: user ?? undefined, team: team ?? undefined };
        return attempt.state !== null && counts(budget, spender, provider) ? [pico(attempt.counted_usd)] : [];
      }),
    );
    expect({ spent: pico(budget.spent_usd), reserved: pico(budget.reserved_usd) }, nameOf(budget)).toEqual({
      spent: sum(counted),
      reserved: 0n,
    });
  }
}

export type Spenders = ReadonlyMap<string, Spender>;

function spenderOf(spenders: Spenders, key: string): Spender {
  const spender = spenders.get(key);
  if (spender === undefined) throw new Error(`there is no key "${key}"`);
  return spender;
}

const nameOf = ({ id, subject }: BudgetEntry): string => (subject === null ? id : `${id} of ${subject}`);

// ---------------------------------------------------------------- exchanges

/** Every entry of the log. */
export async function allEntries(product: Product): Promise<ExchangeEntry[]> {
  const entries: ExchangeEntry[] = [];
  let before: string | undefined;
  do {
    const page = await product.ask('traffic.list', { limit: 1000, ...(before === undefined ? {} : { before }) });
    entries.push(...page.entries);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return entries;
}

/**
 * Every exchange is on record, once, as it was. What had just ended may be there as interrupted, at its bound: gives how many
 * of the whole answers are.
 */
export function checkEntries(all: readonly Told[], entries: readonly ExchangeEntry[]): number {
  const byClient = Map.groupBy(entries, ({ client }) => client ?? '');
  expect(entries.filter(({ outcome }) => outcome === 'open')).toEqual([]);
  const flushed = lastServed(all);
  let interrupted = 0;
  for (const one of all) {
    const { n, round, connection } = one.outcome;
    const found = byClient.get(`n${String(n)}`) ?? [];
    byClient.delete(`n${String(n)}`);
    expect(found.length, `entries of ${JSON.stringify(one.outcome)}`).toBeLessThanOrEqual(1);
    // What goes to a provider later takes along to the disk whatever ended before it was sent.
    const isFlushed = (flushed.get(`${String(round)} ${String(connection)}`) ?? 0) > n;
    checkEntry(one, found[0], isFlushed);
    if (one.outcome.kind === 'whole' && found[0]?.outcome === 'interrupted') interrupted += 1;
  }
  expect([...byClient.keys()], 'of whom nobody asked anything').toEqual([]);
  return interrupted;
}

/** The last request of each connection in each round that a provider saw. */
function lastServed(all: readonly Told[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { outcome, served } of all) {
    const place = `${String(outcome.round)} ${String(outcome.connection)}`;
    if (served.size > 0) last.set(place, Math.max(outcome.n, last.get(place) ?? 0));
  }
  return last;
}

function checkEntry({ outcome, served, billed }: Told, entry: ExchangeEntry | undefined, isFlushed: boolean): void {
  const what = JSON.stringify({ outcome, served: [...served], entry }, null, 1);
  if (entry === undefined) {
    // Nobody is owed anything for it, and nobody was told that it was answered.
    expect(served.size, what).toBe(0);
    expect(outcome.kind, what).not.toBe('whole');
    expect(isFlushed, what).toBe(false);
    return;
  }
  expect(entry.key, what).toBe(outcome.key);
  if (outcome.requestId !== undefined) expect(entry.request_id, what).toBe(outcome.requestId);
  for (const [provider, times] of served)
    expect(entry.attempts.filter((attempt) => isSentTo(attempt, provider)).length, what).toBeGreaterThanOrEqual(times);
  const counted = sum(entry.attempts.map(countedOf));
  const owed = sum(billed.values());
  expect(counted, what).toBeGreaterThanOrEqual(owed);
  for (const one of entry.attempts)
    if (one.state !== null) expect(countedOf(one), what).toBeLessThanOrEqual(pico(one.bound_usd));
  if (entry.outcome === 'interrupted') {
    // Of one without a try nothing is known.
    if (entry.attempts.length > 0) expect(pico(entry.cost_usd), what).toBe(counted);
    return;
  }
  expect(pico(entry.cost_usd), what).toBe(counted);
  if (outcome.kind === 'whole') {
    expect(entry, what).toMatchObject({ outcome: 'complete', status: 200, usage_source: 'provider' });
    expect(counted, what).toBe(owed);
  }
  if (outcome.kind === 'refused') expect(entry.status, what).toBe(outcome.status);
  if (outcome.kind === 'failed') expect(entry, what).toMatchObject({ outcome: 'incomplete', status: 200 });
}

/** What it was counted at, or cost where no budget counts it. */
function countedOf({ state, counted_usd, cost_usd }: AttemptEntry): bigint {
  return state === null ? 0n : pico(counted_usd ?? cost_usd);
}

function isSentTo({ target, state }: AttemptEntry, provider: ProviderName): boolean {
  return state !== null && state !== 'released' && target.startsWith(`${provider}/`);
}
