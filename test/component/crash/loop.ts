// One data directory from its first start to its last: under load, killed, looked at, over and over.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { draws, type Draws } from '../gateway/chaos/draw.ts';
import { allEntries, checkBalances, checkEntries, checkSums, pico, told, type Spenders } from './books.ts';
import { startLoad, type Load, type Outcome } from './clients.ts';
import {
  keyYaml,
  knownBudgets,
  ledgerOpen,
  makePlace,
  spawnProduct,
  startProduct,
  writeConfig,
  type Built,
  type Product,
} from './product.ts';
import { models, pricing, providerNames, startProvider, type Provider } from './providers.ts';

const people = [
  { id: 'open', user: undefined, team: undefined, budgets: '' },
  { id: 'roomy', user: 'anna', team: 'core', budgets: 'budgets: [{ limit_usd: "500", PERIOD }], ' },
  // Used up after a while, and raised a little now and then.
  { id: 'tight', user: 'bert', team: 'core', budgets: 'budgets: [{ limit_usd: "0.06", PERIOD }], ' },
] as const;
const spenders: Spenders = new Map(people.map(({ id, user, team }) => [id, { key: id, user, team }]));

/** A month that does not end while the test runs. */
function periodFor(now: Date): string {
  return `period: month, timezone: UTC, reset_day: ${String(((now.getUTCDate() + 13) % 28) + 1)}`;
}

/** `shared`: budgets that count everybody; without, there are requests that none counts. */
function configFor(
  providers: readonly Provider[],
  shared: boolean,
): { readonly yaml: string; readonly keys: Map<string, string> } {
  const period = periodFor(new Date());
  const all = `
budgets:
  - { id: all, scope: global, limit_usd: "0.5", ${period}, action: alert }
  - { id: each-provider, scope: provider, limit_usd: "0.5", ${period}, action: alert }
  - { id: each-user, scope: user, limit_usd: "500", ${period}, action: alert }`;
  const keys = people.map(({ id, user, team, budgets }) => {
    const names = user === undefined ? '' : `metadata: { user: ${user}, team: ${team} }, `;
    return { id, ...keyYaml(id, `${budgets.replace('PERIOD', period)}${names}disabled: false`) };
  });
  const entries = providers.map(
    ({ name, url }) => `
  - id: ${name}
    kind: ${name === 'a' ? 'openai-compatible' : 'anthropic'}
    base_url: ${url}
    local: true
    keys: [{ name: main, value: "sk-of-${name}" }]
    retry: { attempts: 2, backoff_ms: 1 }
    models: [{ id: ${models[name]}, max_output_tokens: 4000, ${pricing} }]`,
  );
  return {
    keys: new Map(keys.map(({ id, secret }) => [id, secret])),
    yaml: `
providers:${entries.join('')}
routes:
  - { alias: first-a, targets: [a/${models.a}, b/${models.b}] }
  - { alias: first-b, targets: [b/${models.b}, a/${models.a}] }
virtual_keys:
${keys.map(({ yaml }) => yaml).join('\n')}
teams:
  - { id: core, budgets: [{ limit_usd: "500", ${period} }] }
${shared ? all : ''}
`,
  };
}

export interface When {
  readonly kind: 'time' | 'served' | 'ended';
  /** Milliseconds, or how many. */
  readonly after: number;
}

/** After a while, or in the very moment in which a provider gets a request or a client the end of its answer. */
function momentOf(chance: Draws): When {
  // Now and then late enough for the journal to go on in another file.
  if (chance.chance(0.03)) return { kind: 'ended', after: 500 };
  if (chance.chance(0.4)) return { kind: 'time', after: chance.below(300) };
  return { kind: chance.pick(['served', 'ended']), after: chance.between(1, 50) };
}

const longestRoundMs = 1_500;

class Moment {
  readonly come: Promise<void>;
  readonly #kind: When['kind'];
  #left: number;
  #resolve = (): void => {};

  constructor({ kind, after }: When) {
    this.#kind = kind;
    this.#left = after;
    this.come = new Promise((resolve) => (this.#resolve = resolve));
    // Where everything rests, as after many failures, nothing comes for a while.
    setTimeout(this.#resolve, kind === 'time' ? after : longestRoundMs);
  }

  passed(kind: When['kind']): void {
    if (kind !== this.#kind) return;
    this.#left -= 1;
    if (this.#left === 0) this.#resolve();
  }
}

/** One data directory from its first start to its last. */
export class Loop {
  readonly #built: Built;
  readonly #seed: string;
  readonly #chance: Draws;
  readonly #place = makePlace('sluice-crash-');
  readonly #providers: readonly Provider[];
  readonly #keys: ReadonlyMap<string, string>;
  readonly #outcomes: Outcome[] = [];
  #product: Product | undefined;
  #numbers = 0;
  #raised = 0n;
  kills = 0;
  /** Whole answers that are on record as interrupted. */
  interrupted = 0;

  constructor(built: Built, seedOfLoop: string, providers: readonly Provider[], shared: boolean) {
    this.#built = built;
    this.#seed = seedOfLoop;
    this.#chance = draws(seedOfLoop, 'kills');
    this.#providers = providers;
    const { yaml, keys } = configFor(providers, shared);
    this.#keys = keys;
    writeConfig(this.#place.data, yaml);
  }

  /** How the requests of all rounds so far ended. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** Starts, is under load, and ends in good order. */
  async live(when: When): Promise<void> {
    const product = await this.#start();
    const load = this.#load(product, 0, when);
    await load.moment.come;
    load.isKilled = true;
    await product.stop();
    await load.ended;
    this.#product = undefined;
  }

  /** Starts, is under load, and is killed. */
  async round(round: number): Promise<void> {
    const chance = this.#chance;
    if (chance.chance(0.1)) await this.#killStarting();
    const product = await this.#start();
    const isCalm = chance.chance(0.4);
    if (isCalm) await this.#check(product);
    const load = this.#load(product, round, momentOf(chance));
    if (!isCalm) void this.#raise(product);
    // Where nothing comes any more, what came before is of interest.
    await Promise.race([load.moment.come, product.ended, load.ended]);
    expect(product.child.exitCode, product.complaints.join('')).toBeNull();
    load.isKilled = true;
    await product.kill();
    this.kills += 1;
    this.#product = undefined;
    this.#outcomes.push(...(await load.ended));
  }

  #load(product: Product, round: number, when: When): Load & { readonly moment: Moment; isKilled: boolean } {
    const moment = new Moment(when);
    for (const provider of this.#providers) provider.onServe = () => moment.passed('served');
    const state = { moment, isKilled: false };
    const { ended } = startLoad({
      ...{ url: product.url, seed: this.#seed, round, keys: this.#keys },
      nextNumber: () => (this.#numbers += 1),
      isKilled: () => state.isKilled,
      onEnd: () => moment.passed('ended'),
    });
    return Object.assign(state, { ended });
  }

  /** Everything, once more from the beginning. */
  async finish(): Promise<readonly Outcome[]> {
    const product = await this.#start();
    await this.#check(product);
    const { budgets } = await product.ask('budgets.list', {});
    const entries = await allEntries(product);
    this.interrupted = checkEntries(told(this.#outcomes, this.#providers), entries);
    checkSums(budgets, entries);
    const { findings } = await product.ask('ledger.check', {});
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.length).toBeGreaterThan(3);
    this.#checkFiles();
    return this.#outcomes;
  }

  async end(): Promise<void> {
    await this.#product?.kill();
    for (const provider of this.#providers) await provider.close();
    this.#place.remove();
  }

  async #start(): Promise<Product> {
    this.#product = await startProduct(this.#built, this.#place.data);
    return this.#product;
  }

  async #killStarting(): Promise<void> {
    const { child, ended } = spawnProduct(this.#built, this.#place.data);
    await new Promise((resolve) => setTimeout(resolve, this.#chance.below(600)));
    child.kill('SIGKILL');
    await ended;
    this.kills += 1;
  }

  async #check(product: Product): Promise<void> {
    const status = await ledgerOpen(product);
    expect(status.ledger, JSON.stringify(status.ledger)).toMatchObject({
      ...{ state: 'writing', waiting: 0, dropped_opens: 0, dropped_closes: 0, notices: [] },
      journal: { state: 'writing' },
    });
    const budgets = await knownBudgets(product);
    checkBalances(budgets, told(this.#outcomes, this.#providers), spenders);
    const raised = budgets.find(({ id }) => id.startsWith('key:tight'))?.raised_usd ?? '0';
    expect(pico(raised)).toBeGreaterThanOrEqual(this.#raised);
  }

  /** A raise that was confirmed stays. */
  async #raise(product: Product): Promise<void> {
    const by = '0.004';
    try {
      await product.ask('budgets.raise', { id: 'key:tight:month', by_usd: by, note: 'a little more' });
    } catch {
      // It was killed before it could say so.
      return;
    }
    this.#raised += pico(by);
  }

  /** However often it was killed: a few files, none of them large. */
  #checkFiles(): void {
    const names = readdirSync(this.#place.data, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
    const usual = ['control.sock', 'install.key', 'instance.json', 'ledger.db', 'ledger.db-shm', 'ledger.db-wal'];
    const others = names.filter((name) => !usual.includes(name) && !/^journal-\d{6}\.jsonl$/.test(name));
    expect(others.sort()).toEqual(['sluice.yaml']);
    const journal = names.filter((name) => name.endsWith('.jsonl'));
    expect(journal.length).toBeLessThanOrEqual(3);
    for (const name of [...journal, 'ledger.db-wal'])
      expect(statSync(join(this.#place.data, name)).size, name).toBeLessThan(20_000_000);
  }
}

/** `shared`: there are budgets that count everybody. */
export async function startLoop(built: Built, seedOfLoop: string, shared: boolean): Promise<Loop> {
  return new Loop(built, seedOfLoop, await Promise.all(providerNames.map(startProvider)), shared);
}
