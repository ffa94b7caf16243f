// Somebody at the machine who would rather not follow the rules: by the config file and by starting anew.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { cardIn, configFor, denied, Machine, Publisher, StaticHost, type OpenMachine } from './follow-world.ts';

const publisher = new Publisher();
const other = new Publisher('mine');
let site: StaticHost;
const machines: Machine[] = [];

beforeEach(async () => {
  site = await new StaticHost().open();
  site.files.set('/acme-core.trust.sluice', publisher.signedTrust());
  site.files.set('/mine.trust.sluice', other.signedTrust());
  site.files.set('/mine.sluice', other.signedBundle({ id: 'mine', enforced: { models: { deny: ['mine/*'] } } }));
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.end();
  await site.close();
});

function machine(config: string): Machine {
  const made = new Machine(config);
  machines.push(made);
  return made;
}

const entry = (id: string, by: Publisher): { url: string; trust: string } => ({
  url: `${site.origin}/${id}.sluice`,
  trust: by.fingerprint,
});
const problems = ({ bundles }: OpenMachine): readonly (string | undefined)[] =>
  bundles.list().bundles.map(({ error }) => error?.code);

it('follows no further bundle where one allows none, not even by a start', async () => {
  site.files.set(
    '/acme-core.sluice',
    publisher.signedBundle({ enforced: { models: { deny: ['acme/*'] }, app: { allow_user_bundles: false } } }),
  );
  const here = machine(configFor(entry('acme-core', publisher)));
  const first = await here.open();
  await first.bundles.check({});
  expect(cardIn(first)).toMatchObject({ state: 'active' });
  await here.shut();

  here.write(configFor(entry('mine', other), entry('acme-core', publisher)));
  for (const _ of ['the next start', 'the one after']) {
    const app = await here.open();
    await app.bundles.check({});
    expect(problems(app)).toEqual(['bundle.not_allowed', undefined]);
    expect(denied(app)).toEqual(['acme/*']);
    await here.shut();
  }
  expect(site.asked.map(({ path }) => path)).not.toContain('/mine.sluice');
});

it('follows no further bundle where one allows none, however often its entry is written anew', async () => {
  site.files.set('/acme-core.sluice', publisher.signedBundle({ enforced: { app: { allow_user_bundles: false } } }));
  const here = machine(configFor(entry('acme-core', publisher)));
  const app = await here.open();
  await app.bundles.check({});
  for (const more of [{}, { labels: { env: 'dev' } }, { labels: { env: 'prod' } }]) {
    await app.store.edit((document) => {
      document.setIn(['policy_bundles', 1], { ...entry('mine', other), ...more });
    });
    await expect.poll(() => problems(app)).toEqual([undefined, 'bundle.not_allowed']);
    await app.bundles.check({});
    expect(problems(app)).toEqual([undefined, 'bundle.not_allowed']);
  }
  expect(site.asked.map(({ path }) => path)).not.toContain('/mine.sluice');
});

it('goes on following those that were there first', async () => {
  site.files.set('/acme-core.sluice', publisher.signedBundle({ enforced: { models: { deny: ['acme/*'] } } }));
  const here = machine(configFor(entry('mine', other), entry('acme-core', publisher)));
  const first = await here.open();
  await first.bundles.check({});
  site.files.set(
    '/acme-core.sluice',
    publisher.signedBundle({
      version: 2,
      enforced: { models: { deny: ['acme/*'] }, app: { allow_user_bundles: false } },
    }),
  );
  await first.bundles.check({});
  await here.shut();
  const app = await here.open();
  await app.bundles.check({});
  expect(problems(app)).toEqual([undefined, undefined]);
  expect(denied(app)).toEqual(['mine/*', 'acme/*']);
});
