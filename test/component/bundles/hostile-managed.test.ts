// What is prescribed on a managed machine holds, whatever somebody follows beside it under its name.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ManagedPolicy } from '../../../main/bundles/face.ts';
import { cardIn, configFor, denied, Machine, Publisher, StaticHost } from './follow-world.ts';

let site: StaticHost;
const machines: Machine[] = [];
const [theirs, rogue] = [new Publisher(), new Publisher('mine')];

beforeEach(async () => {
  site = await new StaticHost().open();
  site.files.set('/rogue/acme-core.trust.sluice', rogue.signedTrust({ epoch: 900 }));
  const newest = { epoch: 900, version: Number.MAX_SAFE_INTEGER, enforced: { models: { deny: ['nothing/*'] } } };
  site.files.set('/rogue/acme-core.sluice', rogue.signedBundle(newest));
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.end();
  await site.close();
});

function publish(): void {
  site.files.set('/acme-core.trust.sluice', theirs.signedTrust());
  site.files.set('/acme-core.sluice', theirs.signedBundle());
}

const rogueUrl = (): string => `${site.origin}/rogue/acme-core.sluice`;
const managed = (): ManagedPolicy => ({
  ...{ labels: {}, trustedHosts: [], approvedOrigins: [], allowUserBundles: true, requireFreshAtStart: false },
  ...{ bundles: [{ url: `${site.origin}/acme-core.sluice`, trust: theirs.fingerprint }], source: 'a policy' },
});

it('takes its id back from a bundle that somebody followed first, with any number, and keeps it', async () => {
  const here = new Machine(configFor({ url: rogueUrl() }));
  machines.push(here);
  const before = await here.open();
  await before.bundles.check({});
  expect(cardIn(before)).toMatchObject({ id: 'acme-core', epoch: 900 });
  await here.shut();
  publish();
  here.managed = managed();
  for (const isFirst of [true, false]) {
    const app = await here.open();
    await app.bundles.check({});
    expect([isFirst, cardIn(app, 'acme-core')]).toMatchObject([
      isFirst,
      { managed: true, state: 'active', version: 1 },
    ]);
    expect(denied(app)).toEqual(['*/*-preview*']);
    const [other] = app.bundles.list().bundles.filter((card) => !card.managed);
    expect(other).toMatchObject({ id: null, error: { code: 'bundle.id_mismatch' } });
    await here.shut();
  }
});

it('still says why the other is not in force once the host of that answers that it has nothing new', async () => {
  const here = new Machine(configFor({ url: rogueUrl() }));
  machines.push(here);
  await (await here.open()).bundles.check({});
  await here.shut();
  publish();
  here.managed = managed();
  const displaced = Promise.withResolvers<undefined>();
  site.files.set('/rogue/acme-core.sluice', (_, response) => {
    void displaced.promise.then(() => response.writeHead(304).end());
  });
  const app = await here.open();
  const looked = app.bundles.check({});
  while (!app.bundles.list().bundles.some(({ managed: is, state }) => is && state === 'active')) await setTimeout(5);
  displaced.resolve(undefined);
  await looked;
  const [other] = app.bundles.list().bundles.filter((card) => !card.managed);
  expect(other).toMatchObject({ id: null, error: { code: 'bundle.id_mismatch' } });
});

it('takes its id back while both are followed and its host was late', async () => {
  const here = new Machine(configFor({ url: rogueUrl() }));
  machines.push(here);
  here.managed = managed();
  const app = await here.open();
  await app.bundles.check({});
  expect(cardIn(app, 'acme-core').managed).toBe(false);
  publish();
  await app.bundles.check({});
  expect(cardIn(app, 'acme-core')).toMatchObject({ managed: true, state: 'active' });
  expect(denied(app)).toEqual(['*/*-preview*']);
});

it.each([
  ['all that was kept is taken away', (home: string) => rmSync(join(home, 'bundles'), { recursive: true })],
  ['its file is taken away', (home: string) => rmSync(join(home, 'bundles', 'acme-core'), { recursive: true })],
  [
    'nothing can be read any more',
    (home: string) => {
      rmSync(join(home, 'bundles'), { recursive: true });
      writeFileSync(join(home, 'managed.json'), 'rubbish');
    },
  ],
])('answers nothing where %s and its host is not there, until it is', async (_, damage) => {
  publish();
  const here = new Machine(configFor({ url: rogueUrl() }));
  machines.push(here);
  here.managed = managed();
  const first = await here.open();
  expect(first.bundles.mustLookFirst).toBe(false);
  await first.bundles.check({});
  await here.shut();
  // Without its host it holds, as long as something of it is here.
  site.files.clear();
  expect(denied(await here.open())).toEqual(['*/*-preview*']);
  await here.shut();
  damage(here.directory);
  await expect(here.open()).rejects.toMatchObject({ code: 'bundle.stale' });
  await here.shut();
  publish();
  const app = await here.open();
  expect(app.bundles.mustLookFirst).toBe(true);
  expect(denied(app)).toEqual(['*/*-preview*']);
});

it('a machine where it never was in force starts without its host', async () => {
  const here = new Machine(configFor({ url: rogueUrl() }));
  machines.push(here);
  here.managed = managed();
  for (const isFirst of [true, false]) {
    const app = await here.open();
    expect([isFirst, app.bundles.mustLookFirst, denied(app)]).toEqual([isFirst, false, []]);
    await here.shut();
  }
});

it('holds while it moves to another address that cannot be reached yet', async () => {
  publish();
  const here = new Machine(configFor({ url: rogueUrl() }));
  machines.push(here);
  here.managed = managed();
  await (await here.open()).bundles.check({});
  await here.shut();
  const url = `${site.origin}/new/acme-core.sluice`;
  here.managed = { ...managed(), bundles: [{ url, trust: theirs.fingerprint }] };
  const app = await here.open();
  await app.bundles.check({});
  expect(denied(app)).toEqual(['*/*-preview*']);
  site.files.set('/new/acme-core.trust.sluice', theirs.signedTrust());
  site.files.set('/new/acme-core.sluice', theirs.signedBundle({ version: 2 }));
  await app.bundles.check({});
  expect(cardIn(app, 'acme-core')).toMatchObject({ url, state: 'active', version: 2, error: null });
  const { entries } = await app.bundles.audit({ limit: 50 });
  expect(entries.map(({ detail }) => detail).join(' ')).toContain(`no longer from ${site.origin}/acme-core.sluice`);
});

it('needs what is prescribed to start, and nothing of what people follow besides', async () => {
  publish();
  const here = new Machine(configFor({ url: `${site.origin}/nowhere.sluice` }));
  machines.push(here);
  here.managed = { ...managed(), requireFreshAtStart: true, allowUserBundles: false };
  expect(denied(await here.open())).toEqual(['*/*-preview*']);
});
