// A product with one provider, a key with a hard budget and one with a soft budget, whose data directory is to come to harm.
import { expect } from 'vitest';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { makeHome, type Ended, type Home } from '../cli/instance.ts';
import { question, type Client } from '../gateway/refusals.ts';
import { send, type Answer } from '../gateway/support.ts';
import { allEntries, checkSums, pico } from './books.ts';
import {
  keyYaml,
  knownBudgets,
  ledgerOpen,
  makePlace,
  builtProduct,
  startProduct,
  writeConfig,
  type Built,
  type Place,
  type Product,
} from './product.ts';

const budget = 'budgets: [{ limit_usd: "50", period: month }]';
const keys = { hard: keyYaml('hard', budget), soft: keyYaml('soft', budget.replace('month', 'month, action: alert')) };
export type KeyName = keyof typeof keys;

export interface AskOptions {
  readonly client?: Client;
  readonly stream?: boolean;
}

export class Rig {
  readonly fake: Fake;
  readonly #built: Built = builtProduct();
  readonly #home: Home = makeHome();
  #place: Place | undefined;
  #product: Product | undefined;

  constructor(fake: Fake) {
    this.fake = fake;
  }

  get data(): string {
    if (this.#place === undefined) throw new Error('there is no data directory yet');
    return this.#place.data;
  }

  get product(): Product {
    if (this.#product === undefined) throw new Error('nothing runs');
    return this.#product;
  }

  /** A data directory of its own for a test; with nothing in it. */
  begin(): void {
    this.#place = makePlace('sluice-harm-');
  }

  configure(): void {
    writeConfig(
      this.data,
      `
providers:
  - id: up
    kind: openai-compatible
    base_url: ${this.fake.url}/v1
    local: true
    keys: [{ name: main, value: sk-of-up }]
    models: [{ id: dear, max_output_tokens: 4000, pricing: { input: "3", output: "15" } }]
virtual_keys:
${keys.hard.yaml}
${keys.soft.yaml}
`,
    );
  }

  async start(): Promise<Product> {
    this.#product = await startProduct(this.#built, this.data);
    await ledgerOpen(this.#product);
    await knownBudgets(this.#product);
    return this.#product;
  }

  async kill(): Promise<void> {
    const product = this.#product;
    this.#product = undefined;
    await product?.kill();
    // Nothing but this ends it.
    if (product !== undefined) expect(product.child.signalCode, product.complaints.join('')).toBe('SIGKILL');
  }

  ask(key: KeyName, { client = 'chat', stream = false }: AskOptions = {}): Promise<Answer> {
    const { path, body } = question(client, 'up/dear', 'hello', stream);
    return send(this.product, { path, headers: { authorization: `Bearer ${keys[key].secret}` }, body });
  }

  /** A command on this data directory. */
  sluice(...argv: readonly string[]): Promise<Ended> {
    return this.#home.sluiceWith({ SLUICE_DATA: this.data }, ...argv);
  }

  async budget(key: KeyName): Promise<BudgetEntry> {
    const { budgets } = await this.product.ask('budgets.list', {});
    const found = budgets.find(({ id }) => id === `key:${key}:month`);
    if (found === undefined) throw new Error(`the budget of "${key}" is gone`);
    return found;
  }

  async spent(key: KeyName): Promise<bigint> {
    return pico((await this.budget(key)).spent_usd);
  }

  /** Ids of all exchanges on record. */
  async recorded(): Promise<ReadonlySet<string>> {
    return new Set((await allEntries(this.product)).map(({ request_id }) => request_id));
  }

  /** All of them are on record, budgets counted what they cost, and nothing is wrong with the ledger. */
  async keeps(answers: readonly Answer[]): Promise<void> {
    const entries = await allEntries(this.product);
    const byId = new Map(entries.map((entry) => [entry.request_id, entry]));
    for (const answer of answers)
      expect(byId.get(idOf(answer)), idOf(answer)).toMatchObject({ outcome: 'complete', status: 200 });
    const { budgets } = await this.product.ask('budgets.list', {});
    checkSums(budgets, entries);
    const { findings } = await this.product.ask('ledger.check', {});
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  }

  removePlace(): void {
    this.#place?.remove();
    this.#place = undefined;
  }

  async end(): Promise<void> {
    await this.fake.close();
    await this.#home.leave();
    this.#built.remove();
  }
}

export async function openRig(): Promise<Rig> {
  return new Rig(await startFake({ dialect: 'openai' }));
}

export const idOf = ({ headers }: Answer): string => String(headers['x-sluice-request-id']);
