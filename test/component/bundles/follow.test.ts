// A bundle is followed over a real socket, with a real config store: looked at, put in force, kept, grown old.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { ConfigError } from '../../../main/config/problems.ts';
import {
  cardIn,
  chainOf,
  configFor,
  dayMs,
  denied,
  json,
  Machine,
  Publisher,
  signed,
  start,
  StaticHost,
} from './follow-world.ts';

let site: StaticHost;
let publisher: Publisher;
const machines: Machine[] = [];

beforeEach(async () => {
  site = await new StaticHost().open();
  publisher = new Publisher();
  site.files.set('/acme-core.sluice', publisher.signedBundle());
  site.files.set('/acme-core.trust.sluice', publisher.signedTrust());
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.end();
  await site.close();
});

function machine(
  config = configFor({ url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint }),
): Machine {
  const made = new Machine(config);
  machines.push(made);
  return made;
}

function publish(change: Readonly<Record<string, unknown>>): void {
  site.files.set('/acme-core.sluice', publisher.signedBundle(change));
}

const refusedProblem = { file: 'sluice.yaml', line: 3, column: 1, path: 'routes', problem: 'it cannot be', mend: '' };
const denying = (...deny: string[]): object => ({ enforced: { models: { deny } } });

describe('looking', () => {
  it('puts in force what is published, and says so', async () => {
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ id: 'acme-core', state: 'active', version: 1, trust: 'pinned', error: null });
    expect(cardIn(app).enforces).toEqual({ models: 1 });
    expect(denied(app)).toEqual(['*/*-preview*']);
    expect(here.notices.map(({ kind }) => kind)).toEqual(['activated']);
    const { entries, intact } = await app.bundles.audit({ limit: 10 });
    expect(intact).toBe(true);
    expect(entries.map(({ action }) => action)).toEqual(['activate', 'verify', 'enrol']);
  });

  it('asks with the ETag from then on, and counts "unchanged" as proof', async () => {
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    here.now += 60_000;
    site.asked.length = 0;
    await app.bundles.check({});
    expect(site.asked.map(({ path, status }) => `${path} ${String(status)}`)).toEqual(['/acme-core.sluice 304']);
    expect(cardIn(app).last_verified_at).toBe(new Date(here.now).toISOString());
    expect(cardIn(app).next_check_at).not.toBeNull();
  });

  it('activates the next version, and tells what it changed', async () => {
    const app = await machine().open();
    await app.bundles.check({});
    publish({ version: 2, changelog: 'more', ...denying('*/*-preview*', 'openai/o1*') });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, state: 'active', changelog: 'more' });
    expect(denied(app)).toEqual(['*/*-preview*', 'openai/o1*']);
    const { revisions } = await app.bundles.history({ key: 'acme-core' });
    expect(revisions.map(({ version, active }) => [version, active])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(revisions[0]?.changes.map(({ effect }) => effect)).toContain('tightens');
  });

  it('keeps what is in force while its host is away, without a word', async () => {
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    site.files.set('/acme-core.sluice', (_, response) => response.writeHead(503, { 'retry-after': '900' }).end());
    here.notices.length = 0;
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 1, error: { code: 'bundle.http_status' } });
    expect(denied(app)).toEqual(['*/*-preview*']);
    expect(here.notices).toEqual([]);
    const next = Date.parse(cardIn(app).next_check_at ?? '');
    expect(next - here.now).toBeGreaterThanOrEqual(900_000);
    publish({});
    await app.bundles.check({});
    expect(cardIn(app).error).toBeNull();
  });

  it('has what was last good in force from the first moment after a restart, without its host', async () => {
    const here = machine();
    await (await here.open()).bundles.check({});
    await here.shut();
    site.files.clear();
    const app = await here.open();
    expect(denied(app)).toEqual(['*/*-preview*']);
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 1, error: { code: 'bundle.http_status' } });
  });

  it('is as before, on the disk as well, where the config file changed at the last moment', async () => {
    const here = machine();
    let isFine = true;
    here.useTeam = (store, team) => (isFine ? store.useTeam(team) : Promise.reject(new ConfigError([refusedProblem])));
    const app = await here.open();
    await app.bundles.check({});
    publish({ version: 2, ...denying('x/*') });
    isFine = false;
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 1, state: 'last_good', error: { code: 'bundle.lint' } });
    expect(cardIn(app).error?.message).toContain('sluice.yaml:3:1');
    expect(denied(app)).toEqual(['*/*-preview*']);
    await here.shut();
    isFine = true;
    const again = await here.open();
    expect(denied(again)).toEqual(['*/*-preview*']);
    await again.bundles.check({});
    expect(denied(again)).toEqual(['x/*']);
  });

  it('sends a token to its host alone', async () => {
    const config = configFor({ url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint });
    const app = await machine(config.replace('    trust:', '    token: env:TOKEN\n    trust:')).open();
    await app.bundles.check({});
    expect(site.asked.every(({ authorization }) => authorization === 'Bearer env:TOKEN')).toBe(true);
    expect(cardIn(app).state).toBe('active');
  });

  it('follows what the file says by now, and no longer what it does not', async () => {
    const here = machine(configFor({ url: `${site.origin}/other.sluice` }));
    const app = await here.open();
    expect(cardIn(app).key).toMatch(/^url-/);
    await app.store.edit((document) => {
      document.setIn(['policy_bundles', 0], { url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint });
    });
    await expect.poll(() => denied(app)).toEqual(['*/*-preview*']);
    expect(app.bundles.list().bundles.map(({ key }) => key)).toEqual(['acme-core']);
    await app.store.edit((document) => document.delete('policy_bundles'));
    await expect.poll(() => [app.bundles.list().bundles, denied(app)]).toEqual([[], []]);
  });

  it('reads a file of this machine anew when it changes', async () => {
    const here = machine();
    const path = join(here.directory, 'core.sluice');
    writeFileSync(path, publisher.signedBundle());
    writeFileSync(join(here.directory, 'core.trust.sluice'), publisher.signedTrust());
    here.write(configFor({ url: `file://${path}`, trust: publisher.fingerprint }));
    const app = await here.open();
    await app.bundles.check({});
    expect(denied(app)).toEqual(['*/*-preview*']);
    writeFileSync(path, publisher.signedBundle({ version: 2, ...denying('x/*') }));
    await expect.poll(() => denied(app), { timeout: 30_000 }).toEqual(['x/*']);
  });

  it('takes nothing that another fingerprint in the file does not stand for', async () => {
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    await app.store.edit((document) => {
      document.setIn(['policy_bundles', 0, 'trust'], 'A'.repeat(43));
    });
    await expect.poll(() => cardIn(app).error?.code).toBe('bundle.fingerprint_mismatch');
    expect(denied(app)).toEqual([]);
  });

  it('leaves a machine alone that it is not for, and comes with its rollout', async () => {
    publish({ applies_to: { os: ['darwin'] } });
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'inactive', error: null });
    expect(denied(app)).toEqual([]);
    publish({ version: 2 });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 2 });
    publish({ version: 3, rollout: { percent: 0, salt: 'v3' }, ...denying('openai/*') });
    await app.bundles.check({});
    // Those who get it later keep their rules meanwhile.
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 2 });
    expect(cardIn(app).state_reason).toContain('0 %');
    publish({ version: 4, rollout: { percent: 100, salt: 'v4' }, ...denying('openai/*') });
    await app.bundles.check({});
    expect(denied(app)).toEqual(['openai/*']);
  });
});

describe('keys', () => {
  it('walks to the next trust document, and takes nothing of a signer who retired', async () => {
    const app = await machine().open();
    await app.bundles.check({});
    const [root, signer] = [generateSigningKey(), generateSigningKey()];
    const second = publisher.trust({
      epoch: 2,
      root: { threshold: 1, keys: [root.publicKey] },
      signers: { threshold: 1, keys: [signer.publicKey], bundles: ['*'] },
    });
    site.files.set(
      '/acme-core.trust.sluice',
      chainOf(publisher.signedTrust(), signed('trust', second, publisher.root, root)),
    );
    site.files.set('/acme-core.sluice', publisher.signedBundle({ epoch: 2, version: 1, ...denying('x/*') }, signer));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ epoch: 2, version: 1, signers: [signer.id], state: 'active' });
    expect(cardIn(app).fingerprint).toBe(publisher.fingerprint);
    publish({ epoch: 2, version: 2 });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ epoch: 2, version: 1, error: { code: 'bundle.unknown_key' } });
    expect(denied(app)).toEqual(['x/*']);
  });

  it('waits for a trust document that is published a moment after the bundle', async () => {
    const app = await machine().open();
    await app.bundles.check({});
    const signer = generateSigningKey();
    const signers = { threshold: 1, keys: [signer.publicKey], bundles: ['*'] };
    site.files.set('/acme-core.sluice', publisher.signedBundle({ epoch: 2, version: 2 }, signer));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'last_good', version: 1, error: { code: 'bundle.unknown_key' } });
    site.files.set(
      '/acme-core.trust.sluice',
      chainOf(publisher.signedTrust(), publisher.signedTrust({ epoch: 2, signers })),
    );
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 2, error: null });
  });
});

describe('age', () => {
  const offline = (on_expiry: string): Readonly<Record<string, unknown>> => ({
    offline: { grace: 'P2D', on_expiry, restrict_to: { models: { allow: ['ollama/*'] } } },
    expires_at: '2026-12-11T00:00:00Z',
  });
  const days = (count: number): number => start + count * dayMs;

  it('warns before it expires, holds through its grace, and does then what it says', async () => {
    publish(offline('restrict'));
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app).state).toBe('active');
    for (const [day, state] of [
      [8, 'expiring'],
      [10, 'expired'],
      [12, 'restricted'],
    ] as const) {
      here.now = days(day);
      await app.bundles.check({});
      expect(cardIn(app)).toMatchObject({ state, error: null });
      expect(denied(app)).toEqual(['*/*-preview*']);
    }
    expect(app.store.snapshot.policy?.access.flatMap(({ allowedModels }) => allowedModels)).toContain('ollama/*');
    expect(here.notices.map(({ kind }) => kind)).toEqual(['activated', 'expiring', 'expired', 'expired']);
    publish({ version: 2 });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 2 });
  });

  it('blocks after its grace where it says so, also after a restart with the clock set back', async () => {
    publish(offline('block'));
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    here.now = days(40);
    await app.bundles.check({});
    expect(cardIn(app).state).toBe('blocked');
    await here.shut();
    here.now = days(1);
    const again = await here.open();
    await again.bundles.check({});
    expect(cardIn(again).state).toBe('blocked');
    // The clock may have been wrong then: that is said, with the way out, and nothing else gets lost on it.
    expect(cardIn(again).state_reason).toMatch(
      /the clock of this machine was at 2027-01-10 already.* bundles\/state\.json/,
    );
    await here.shut();
    rmSync(join(here.directory, 'bundles', 'state.json'));
    site.files.clear();
    const mended = await here.open();
    expect(cardIn(mended)).toMatchObject({ state: 'active', version: 1 });
  });

  it('says nothing but a warning where that is its rule', async () => {
    publish(offline('warn'));
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    here.now = days(40);
    await app.bundles.check({});
    expect(cardIn(app).state).toBe('expired');
    expect(denied(app)).toEqual(['*/*-preview*']);
  });
});

describe('several', () => {
  it('allows nothing where lists have nothing in common, and tells both', async () => {
    const team = new Publisher('acme-team');
    publish({ enforced: { providers: { allow: ['openai'] } } });
    site.files.set(
      '/team.sluice',
      team.signedBundle({ id: 'acme-team', layer: 'team', enforced: { providers: { allow: ['anthropic'] } } }),
    );
    site.files.set('/team.trust.sluice', team.signedTrust());
    const here = machine(
      configFor(
        { url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint },
        { url: `${site.origin}/team.sluice`, trust: team.fingerprint },
      ),
    );
    const app = await here.open();
    await app.bundles.check({});
    expect(app.bundles.list().bundles.map(({ state }) => state)).toEqual(['conflict', 'conflict']);
    const [{ conflicts } = { conflicts: [] }] = app.bundles.list().bundles;
    expect(conflicts.flatMap(({ bundles }) => bundles)).toHaveLength(2);
    const told = here.notices.filter(({ kind }) => kind === 'conflict');
    expect(told.map(({ code }) => code)).toEqual(['bundle.conflict', 'bundle.conflict']);
    expect(app.store.snapshot.policy?.access.map(({ allowedProviders }) => allowedProviders)).toEqual([
      ['openai'],
      ['anthropic'],
    ]);
  });

  it('follows a bundle from one address', async () => {
    site.files.set('/copy.sluice', publisher.signedBundle());
    site.files.set('/copy.trust.sluice', publisher.signedTrust());
    const here = machine(
      configFor(
        { url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint },
        { url: `${site.origin}/copy.sluice`, trust: publisher.fingerprint },
      ),
    );
    const app = await here.open();
    await app.bundles.check({});
    const states = app.bundles.list().bundles.map(({ state, error }) => error?.code ?? state);
    expect([...states].sort()).toEqual(['active', 'bundle.id_mismatch']);
    // The other one does not wait for its next look.
    await app.store.edit((document) => document.deleteIn(['policy_bundles', states.indexOf('active')]));
    await expect
      .poll(() => app.bundles.list().bundles.map(({ key, state }) => [key, state]))
      .toEqual([['acme-core', 'active']]);
    expect(denied(app)).toEqual(['*/*-preview*']);
  });

  it('follows eight and no more', async () => {
    const urls = Array.from({ length: 9 }, (_, index) => ({ url: `${site.origin}/b${String(index)}.sluice` }));
    const app = await machine(configFor(...urls)).open();
    await app.bundles.check({});
    expect(app.bundles.list().bundles.map(({ error }) => error?.code)).toEqual([
      ...Array.from({ length: 8 }, () => 'bundle.http_status'),
      'bundle.too_many',
    ]);
  });
});

describe('nothing', () => {
  it('is asked of any host, and is in force, where no bundle is followed', async () => {
    const app = await machine(
      'version: 1\nproviders:\n  - id: demo\n    kind: demo\nmodels:\n  deny: ["x/*"]\n',
    ).open();
    expect(app.bundles.list()).toEqual({ bundles: [], effective_hash: '', closed: null });
    const { entries, bundles } = await app.bundles.effective({ pointer: '/models/deny' });
    expect(bundles).toEqual([]);
    expect(entries).toMatchObject([{ pointer: '/models/deny', mode: 'user', value: ['x/*'] }]);
    expect(json(await app.bundles.audit({ limit: 5 })).toString()).toContain('"intact": true');
  });
});
