// A disk that takes nothing more (FAULT-35): hard budgets refuse, everything else goes on, and nothing that was told is lost.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clients, expectRefusal, type Client } from '../gateway/refusals.ts';
import type { Answer } from '../gateway/support.ts';
import { allEntries, pico } from './books.ts';
import { idOf, openRig, type Rig } from './rig.ts';
import { readOnlyFiles, shortFiles, smallDisk, type Trouble } from './storage.ts';

let rig: Rig;
let trouble: Trouble | undefined;

beforeAll(async () => {
  rig = await openRig();
});

afterEach(async () => {
  await rig.kill();
  trouble?.remove();
  trouble = undefined;
  rig.removePlace();
});

afterAll(async () => {
  await rig.end();
});

const fullDisk = (): Trouble | undefined => smallDisk(rig.data, 4_000);

const troubles: readonly { name: string; make: () => Trouble | undefined }[] = [
  { name: 'a full disk', make: fullDisk },
  { name: 'files that cannot be written', make: shortFiles },
  { name: 'files that are read-only', make: () => readOnlyFiles(rig.data) },
];

/** `false` where this cannot be had here. */
function prepare(make: () => Trouble | undefined): boolean {
  rig.begin();
  trouble = make();
  if (trouble === undefined) return false;
  rig.configure();
  return true;
}

/** Asks under the hard budget until it is refused: what still fits into a block that is begun is written. */
async function refused(client: Client): Promise<Answer> {
  let answer = await rig.ask('hard', { client });
  for (let tries = 0; answer.status === 200 && tries < 50; tries += 1) answer = await rig.ask('hard', { client });
  return answer;
}

async function ledgerBecomes(health: object): Promise<void> {
  await expect
    .poll(async () => (await rig.product.ask('app.status', {})).ledger, { timeout: 30_000 })
    .toMatchObject(health);
}

const isWell = { state: 'writing', waiting: 0, dropped_opens: 0, dropped_closes: 0, journal: { state: 'writing' } };

describe.each(troubles)('$name', ({ make }) => {
  it('fail hard budgets closed while everything else is served, and are over without a restart', async ({ skip }) => {
    skip(!prepare(make));
    const product = await rig.start();
    const before = [await rig.ask('hard'), await rig.ask('soft')];
    expect(before.map(({ status }) => status)).toEqual([200, 200]);
    await rig.recorded();

    trouble?.begin(product);
    for (const client of clients) {
      await refused(client);
      const seen = rig.fake.requests.length;
      expectRefusal(await rig.ask('hard', { client }), client, {
        code: 'admit.budget_unavailable',
        says: ['"key:hard:month"', /journal (?:cannot|could not) be written/, /disk/, 'sluice status'],
      });
      // What is refused is nobody's to serve.
      expect(rig.fake.requests).toHaveLength(seen);
    }
    const during: Answer[] = [];
    for (const client of clients)
      for (const stream of [false, true]) during.push(await rig.ask('soft', { client, stream }));
    expect(during.map(({ status, torn }) => ({ status, torn }))).toEqual(
      during.map(() => ({ status: 200, torn: false })),
    );
    // What was written before can be read.
    expect([...(await rig.recorded())]).toEqual(expect.arrayContaining(before.map(idOf)));
    await ledgerBecomes({ state: 'failing', journal: { state: 'failing' } });
    const { out } = await rig.sluice('status');
    expect(out).toMatch(/^ledger +failing: The ledger cannot be written: /m);
    expect(out).toMatch(/waiting to be written: \d+ entries/);
    expect(out).toMatch(/The journal of budgets cannot be written: /);
    const complaints = product.complaints.join('');
    expect(complaints).toContain('The journal of budgets cannot be written');
    expect(complaints).toContain('The ledger cannot be written');

    trouble?.end(product);
    await expect.poll(async () => (await rig.ask('hard')).status, { timeout: 30_000 }).toBe(200);
    await ledgerBecomes(isWell);
    await rig.keeps([...before, ...during]);
    await rig.kill();
    await rig.start();
    await rig.keeps([...before, ...during]);
  });

  it('take nothing of what was told from a process that is killed meanwhile', async ({ skip }) => {
    skip(!prepare(make));
    const product = await rig.start();
    const before = [await rig.ask('hard'), await rig.ask('hard'), await rig.ask('soft')];
    await rig.recorded();
    trouble?.begin(product);
    expect((await refused('chat')).headers['x-sluice-error']).toBe('admit.budget_unavailable');
    expect((await rig.ask('soft')).status).toBe(200);
    await rig.kill();
    trouble?.end(product);

    await rig.start();
    const entries = await allEntries(rig.product);
    expect(entries.map(({ request_id }) => request_id)).toEqual(expect.arrayContaining(before.map(idOf)));
    // Of the hard budget everything is there that the provider saw; what a soft one let through meanwhile may be lost.
    const counted = entries
      .filter(({ key }) => key === 'hard')
      .flatMap(({ attempts }) => attempts.map(({ counted_usd }) => pico(counted_usd ?? '0')));
    expect(await rig.spent('hard')).toBe(counted.reduce((sum, amount) => sum + amount, 0n));
    expect(counted.filter((amount) => amount > 0n).length).toBeGreaterThanOrEqual(2);
    expect((await rig.ask('hard')).status).toBe(200);
  });
});

it('a disk that is full at the start lets everything be served but what a hard budget counts', async ({ skip }) => {
  skip(!prepare(fullDisk));
  const first = await rig.start();
  const before = [await rig.ask('hard'), await rig.ask('soft')];
  await rig.recorded();
  const spent = await rig.spent('hard');
  await rig.kill();
  trouble?.begin(first);

  await rig.start();
  expect((await rig.ask('soft')).status).toBe(200);
  const refusal = await refused('chat');
  expect(refusal.headers['x-sluice-error']).toBe('admit.budget_unavailable');
  trouble?.end(first);
  await expect.poll(async () => (await rig.ask('hard')).status, { timeout: 30_000 }).toBe(200);
  await ledgerBecomes(isWell);
  expect(await rig.spent('hard')).toBeGreaterThan(spent);
  await rig.keeps(before);
});
