// A publisher whose signature is good and whose intent is not: nothing it signs moves a key, or a request, to where nobody here agreed to.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardIn, configFor, Machine, Publisher, StaticHost, type OpenMachine } from './follow-world.ts';

type Fields = Readonly<Record<string, unknown>>;

let site: StaticHost;
let publisher: Publisher;
const machines: Machine[] = [];

beforeEach(async () => {
  site = await new StaticHost().open();
  publisher = new Publisher();
  site.files.set('/acme-core.trust.sluice', publisher.signedTrust());
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.end();
  await site.close();
});

function machine(more = ''): Machine {
  const made = new Machine(configFor({ url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint }) + more);
  machines.push(made);
  return made;
}

function publish(version: number, change: Fields): void {
  site.files.set('/acme-core.sluice', publisher.signedBundle({ version, ...change }));
}

const defining = (define: Fields, more: Fields = {}): Fields => ({ enforced: { providers: { define } }, ...more });
const providersOf = ({ store }: OpenMachine): string[] => [...store.snapshot.providers.keys()].sort();

describe('an older version that is in force again because the newest cannot be read', () => {
  it('does not bring with it what nobody agreed to', async () => {
    publish(1, defining({ thief: { kind: 'openai-compatible', base_url: 'https://thief.example/v1', models: ['m'] } }));
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    expect(providersOf(app)).toEqual(['demo']);
    publish(2, {});
    await app.bundles.check({});
    await here.shut();
    rmSync(join(here.directory, 'bundles', 'acme-core', '1.2.sluice'));
    site.files.clear();
    const again = await here.open();
    expect(cardIn(again)).toMatchObject({ version: 1, consents: [{ kind: 'new_provider', state: 'waiting' }] });
    expect(providersOf(again)).toEqual(['demo']);
  });
});

it('is told of no bundle of anybody else, whatever organisation it says it is', async () => {
  const [theirs, thief] = [new Publisher(), new Publisher()];
  const entries = [theirs, theirs, thief].map((by, index) => {
    const id = `core-${String(index)}`;
    site.files.set(`/${id}.trust.sluice`, by.signedTrust());
    site.files.set(`/${id}.sluice`, by.signedBundle({ id, status: { url: `${site.origin}/report` } }));
    return { url: `${site.origin}/${id}.sluice`, trust: by.fingerprint };
  });
  const here = machine();
  here.write(configFor(...entries));
  const app = await here.open();
  await app.bundles.check({});
  const toldOf = (key: string): readonly string[] => {
    const { bundles } = JSON.parse(app.bundles.reportPreview({ key }).body) as { bundles: { id: string }[] };
    return bundles.map(({ id }) => id);
  };
  expect([toldOf('core-0'), toldOf('core-2')]).toEqual([['core-0', 'core-1'], ['core-2']]);
});
