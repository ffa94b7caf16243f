// Following a bundle begins with a look at it, and ends with leaving it; whoever manages the machine has the last word.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedPolicy } from '../../../main/bundles/face.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import {
  cardIn,
  configFor,
  dayMs,
  denied,
  json,
  Machine,
  Publisher,
  StaticHost,
  type OpenMachine,
} from './follow-world.ts';

const plain = '# mine\nversion: 1\nproviders:\n  - id: demo # for trying\n    kind: demo\n';
let site: StaticHost;
let publisher: Publisher;
let url: string;
const machines: Machine[] = [];

beforeEach(async () => {
  site = await new StaticHost().open();
  publisher = new Publisher();
  url = `${site.origin}/acme-core.sluice`;
  site.files.set('/acme-core.sluice', publisher.signedBundle({ defaults: { logging: { retention_days: 7 } } }));
  site.files.set('/acme-core.trust.sluice', publisher.signedTrust());
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.end();
  await site.close();
});

function machine(config = plain): Machine {
  const made = new Machine(config);
  machines.push(made);
  return made;
}

async function joined(app: OpenMachine, confirmed = true): Promise<void> {
  const { sha256, fingerprint } = await app.bundles.preview({ url });
  await app.bundles.join({ url, sha256, fingerprint, confirmed, labels: {} });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
  return 'it was not refused';
}

describe('looking before following', () => {
  it('tells what it would set, and changes nothing', async () => {
    const here = machine('version: 1\nproviders:\n  - id: demo\n    kind: demo\nlogging:\n  retention_days: 90\n');
    const app = await here.open();
    const text = here.text();
    const preview = await app.bundles.preview({ url: `${url}#sluice1=${publisher.fingerprint}&org=acme` });
    expect(preview).toMatchObject({ id: 'acme-core', org: 'acme', pinned: true, signed: true, version: 1 });
    expect(preview.fingerprint_words).toHaveLength(8);
    expect(preview.entries.map(({ pointer, mode }) => `${pointer} ${mode}`)).toContain('/models/deny enforced');
    expect(preview.changes.map(({ effect }) => effect)).toContain('tightens');
    expect(app.bundles.list().bundles).toEqual([]);
    expect(denied(app)).toEqual([]);
    expect(here.text()).toBe(text);
  });

  it('tells which requests of late it would have refused', async () => {
    const row = {
      ...{ request_id: 'a', at: '2026-11-30T10:00:00Z', surface: 'chat', target: 'demo/echo', cost_usd: '0.25' },
      model_asked: 'demo/slow',
    };
    site.files.set('/acme-core.sluice', publisher.signedBundle({ enforced: { models: { deny: ['demo/slow'] } } }));
    const recent = (): Promise<(typeof row)[]> =>
      Promise.resolve([row, { ...row, request_id: 'b', model_asked: 'demo/echo' }]);
    const app = await machine().open({ recent });
    const { impact } = await app.bundles.preview({ url });
    expect(impact).toMatchObject({ examined: 2, refused: 1 });
    expect((await (await machine().open()).bundles.preview({ url })).impact).toBeNull();
  });

  it.each([
    ['another fingerprint', `#sluice1=${'A'.repeat(43)}`, 'bundle.fingerprint_mismatch'],
    ['another publisher', '#org=other', 'bundle.org_mismatch'],
    ['half a fingerprint', '#sluice1=abc', 'bundle.malformed'],
  ])('refuses a link with %s', async (_, fragment, code) => {
    const app = await machine().open();
    expect(await codeOf(app.bundles.preview({ url: `${url}${fragment}` }))).toBe(code);
  });

  it('refuses to follow what nobody looked at', async () => {
    const app = await machine().open();
    const unseen = { url, sha256: 'a'.repeat(64), fingerprint: publisher.fingerprint, confirmed: true, labels: {} };
    expect(await codeOf(app.bundles.join(unseen))).toBe('bundle.changed_meanwhile');
  });
});

describe('following', () => {
  it('writes it into the file, keeps its comments, and is in force when it replies', async () => {
    const here = machine();
    const app = await here.open();
    await joined(app);
    expect(cardIn(app)).toMatchObject({ state: 'active', trust: 'pinned', managed: false });
    expect(denied(app)).toEqual(['*/*-preview*']);
    expect(here.text()).toContain('# mine');
    expect(here.text()).toContain('# for trying');
    expect(app.store.written.policy_bundles).toEqual([{ url, trust: publisher.fingerprint, labels: {} }]);
    expect(here.notices.map(({ kind }) => kind)).toEqual(['activated', 'joined']);
    await here.shut();
    expect(denied(await here.open())).toEqual(['*/*-preview*']);
  });

  it('only suggests until somebody confirms its fingerprint', async () => {
    const here = machine();
    const app = await here.open();
    await joined(app, false);
    expect(cardIn(app)).toMatchObject({ state: 'limited', trust: 'first_use' });
    expect(denied(app)).toEqual([]);
    expect(app.store.config.logging.retention_days).toBe(7);
    const wrong = { key: 'acme-core', fingerprint: 'A'.repeat(43) };
    expect(await codeOf(app.bundles.confirmTrust(wrong))).toBe('bundle.fingerprint_mismatch');
    const decision = { key: 'acme-core', pointer: '/enforced/x', value_hash: 'h', approved: true };
    expect(await codeOf(app.bundles.approve(decision))).toBe('control.refused');
    await app.bundles.confirmTrust({ key: 'acme-core', fingerprint: publisher.fingerprint });
    expect(await codeOf(app.bundles.approve(decision))).toBe('control.not_found');
    expect(cardIn(app)).toMatchObject({ state: 'active', trust: 'pinned' });
    expect(denied(app)).toEqual(['*/*-preview*']);
    expect(app.store.written.policy_bundles).toEqual([{ url, trust: publisher.fingerprint, labels: {} }]);
    await here.shut();
    expect(denied(await here.open())).toEqual(['*/*-preview*']);
  });

  it('takes a file that people chose, with the trust documents it needs', async () => {
    const app = await machine().open();
    const parts = [JSON.parse(publisher.signedBundle().toString()), JSON.parse(publisher.signedTrust().toString())];
    const text = JSON.stringify(parts);
    site.files.clear();
    const { sha256, fingerprint, signed } = await app.bundles.preview({ url, text });
    expect(signed).toBe(true);
    await app.bundles.join({ url, sha256, fingerprint, confirmed: true, labels: {} });
    expect(denied(app)).toEqual(['*/*-preview*']);
  });

  it('takes an unsigned file that people chose as a copy of its own, and what it suggests alone', async () => {
    const here = machine();
    const app = await here.open();
    const chosen = 'file:///mine.sluice';
    const text = (days: number, version: number): string =>
      json(publisher.bundle({ version, defaults: { logging: { retention_days: days } } })).toString();
    const follow = async (given: string): Promise<void> => {
      const { sha256, signed, fingerprint } = await app.bundles.preview({ url: chosen, text: given });
      expect(signed).toBe(false);
      await app.bundles.join({ url: chosen, sha256, fingerprint, confirmed: true, labels: {} });
    };
    await follow(text(7, 1));
    expect(cardIn(app)).toMatchObject({ state: 'limited', trust: 'unsigned' });
    expect(denied(app)).toEqual([]);
    expect(app.store.config.logging.retention_days).toBe(7);
    await follow(text(9, 2));
    expect(app.store.config.logging.retention_days).toBe(9);
    const [{ key } = { key: '' }] = app.bundles.list().bundles;
    await app.bundles.leave({ key, wipe_keys: false });
    expect(readdirSync(join(here.directory, 'bundles', 'imported'))).toEqual([]);
  });

  it('opens no file by the path that a caller names', async () => {
    const app = await machine().open();
    expect(await codeOf(app.bundles.preview({ url: 'file:///etc/hostname' }))).toBe('control.refused');
  });

  it('refuses an unsigned one from a host', async () => {
    site.files.set('/acme-core.sluice', json(publisher.bundle()));
    const app = await machine().open();
    expect(await codeOf(app.bundles.preview({ url }))).toBe('bundle.not_signed');
  });

  it('leaves the file as it was where it cannot be put in force', async () => {
    const here = machine('version: 1\nproviders: []\nrouting: {}\n'.replace('routing: {}\n', ''));
    const app = await here.open();
    const text = here.text();
    const { sha256, fingerprint } = await app.bundles.preview({ url });
    here.now += 400 * dayMs;
    const join = app.bundles.join({ url, sha256, fingerprint, confirmed: true, labels: {} });
    expect(await codeOf(join)).toBe('bundle.expired');
    expect(here.text()).toBe(text);
    expect(app.bundles.list().bundles).toEqual([]);
  });
});

describe('leaving', () => {
  it('ends its rules, keeps nothing but what guards against old versions, and wipes keys where that is wanted', async () => {
    const secrets = [{ id: 'main', label: 'OpenAI' }];
    site.files.set('/acme-core.sluice', publisher.signedBundle({ version: 3, secrets }));
    const here = machine();
    await here.setSecret('acme-core.main', 'a key');
    await here.setSecret('acme-core-other', 'mine');
    const app = await here.open();
    await joined(app);
    expect(cardIn(app).slots).toMatchObject([{ id: 'main', filled: true }]);
    expect(await app.bundles.leave({ key: 'acme-core', wipe_keys: true })).toEqual({
      left: 'acme-core',
      wiped: ['main'],
    });
    expect(denied(app)).toEqual([]);
    expect(app.bundles.list().bundles).toEqual([]);
    expect(app.store.written.policy_bundles).toEqual([]);
    expect(await (await here.hostOf()).secrets.list()).toEqual(['acme-core-other']);
    expect(readdirSync(join(here.directory, 'bundles'))).not.toContain('acme-core');
    site.files.set('/acme-core.sluice', publisher.signedBundle({ version: 2 }));
    expect(await codeOf(app.bundles.preview({ url }))).toBe('bundle.rollback');
  });

  it('leaves what stands in the file twice, as an address and as a link', async () => {
    const { fingerprint } = publisher;
    const here = machine(configFor({ url, trust: fingerprint }, { url: `${url}#sluice1=${fingerprint}` }));
    const app = await here.open();
    await app.bundles.check({});
    expect(app.bundles.list().bundles.map(({ key }) => key)).toEqual(['acme-core']);
    await app.bundles.leave({ key: 'acme-core', wipe_keys: false });
    expect(here.text()).not.toContain('policy_bundles');
    expect([app.store.written.policy_bundles, app.bundles.list().bundles]).toEqual([[], []]);
  });
});

describe('a managed machine', () => {
  const managed = (change: Partial<ManagedPolicy> = {}): ManagedPolicy => ({
    bundles: [{ url, trust: publisher.fingerprint }],
    ...{ labels: { env: 'prod' }, trustedHosts: [], approvedOrigins: [], allowUserBundles: true },
    ...{ requireFreshAtStart: false, source: '/etc/sluice/policy.json' },
    ...change,
  });

  it('follows what is prescribed, and nobody here leaves it', async () => {
    const here = machine();
    here.managed = managed();
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ managed: true, layer: 'mdm', state: 'active' });
    expect(await codeOf(app.bundles.leave({ key: 'acme-core', wipe_keys: false }))).toBe('bundle.managed');
  });

  it('lets nobody follow others where that is prescribed, not even by the file', async () => {
    const here = machine(configFor({ url: `${site.origin}/mine.sluice` }));
    here.managed = managed({ allowUserBundles: false });
    const app = await here.open();
    await app.bundles.check({});
    expect(app.bundles.list().closed).toContain('/etc/sluice/policy.json');
    expect(app.bundles.list().bundles.map(({ error }) => error?.code)).toEqual([undefined, 'bundle.not_allowed']);
    expect(await codeOf(app.bundles.preview({ url: `${site.origin}/mine.sluice` }))).toBe('bundle.not_allowed');
    expect(site.asked.map(({ path }) => path)).not.toContain('/mine.sluice');
  });

  it('lets nobody follow others where a bundle says so', async () => {
    site.files.set('/acme-core.sluice', publisher.signedBundle({ enforced: { app: { allow_user_bundles: false } } }));
    const here = machine();
    const app = await here.open();
    await joined(app);
    expect(await codeOf(app.bundles.preview({ url: `${site.origin}/mine.sluice` }))).toBe('bundle.not_allowed');
    await app.store.edit((document) => {
      document.addIn(['policy_bundles'], { url: `${site.origin}/mine.sluice` });
    });
    await expect
      .poll(() => app.bundles.list().bundles.map(({ error }) => error?.code))
      .toEqual([undefined, 'bundle.not_allowed']);
  });

  it('opens nothing before a valid bundle was verified with its host, where that is prescribed', async () => {
    const here = machine();
    here.managed = managed({ requireFreshAtStart: true });
    const good = site.files.get('/acme-core.sluice');
    site.files.delete('/acme-core.sluice');
    expect(await codeOf(here.open())).toBe('bundle.stale');
    await here.shut();
    if (good !== undefined) site.files.set('/acme-core.sluice', good);
    const app = await here.open();
    expect(denied(app)).toEqual(['*/*-preview*']);
    await here.shut();
    // What is on the disk is not enough.
    site.files.delete('/acme-core.sluice');
    expect(await codeOf(here.open())).toBe('bundle.stale');
  });
});
