// Attacks that take time, a disk or a second party (BND-97): none widens what is in force, and each is told.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { send, startTestGateway, testKey } from '../gateway/support.ts';
import { Attack, codeOf, good, Rotated, type Fields } from './attack-world.ts';
import { cardIn, chainOf, configFor, dayMs, denied, Publisher, signed, start, StaticHost } from './follow-world.ts';

const most = Number.MAX_SAFE_INTEGER;
const attack = new Attack();

beforeAll(async () => {
  await attack.open();
});

afterEach(async () => {
  await attack.renew();
});

afterAll(async () => {
  await attack.close();
});

describe('a thief, a disk, a clock', () => {
  it('a thief of the signer runs ahead, and the next epoch takes everything back', async () => {
    const app = await attack.following();
    attack.serve(attack.publisher.next({ version: most }));
    await app.bundles.check({});
    expect(denied(app)).toEqual(['widened/*']);
    const signer = generateSigningKey();
    const signers = { threshold: 1, keys: [signer.publicKey], bundles: ['*'] };
    const third = signed('trust', attack.publisher.trust2({ epoch: 3, signers }), attack.publisher.root);
    attack.serve(attack.publisher.signedBundle({ epoch: 3, version: 1 }, signer), attack.publisher.chain(third));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', epoch: 3, version: 1 });
    attack.serve(attack.publisher.next({ version: most }));
    await app.bundles.check({});
    expect(cardIn(app).error?.code).toBe('bundle.epoch_rollback');
    expect(denied(app)).toEqual(good);
  });

  it('a host that freezes is found out where statements are asked for', async () => {
    const here = attack.machine();
    const rules = { keys: [attack.publisher.fresh.publicKey], max_age: 'P3D', required: true };
    const second = attack.publisher.trust2({ freshness: rules });
    attack.serve(
      attack.publisher.next({ enforced: { models: { deny: good } } }),
      chainOf(attack.publisher.signedTrust(), signed('trust', second, attack.publisher.root)),
    );
    const statement = (version: number, as_of: string): void => {
      const said = { id: 'acme-core', epoch: 2, version, as_of };
      attack.site.files.set('/acme-core.freshness.sluice', signed('freshness', said, attack.publisher.fresh));
    };
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'failed', error: { code: 'bundle.stale' } });
    statement(3, '2026-12-01T00:00:00Z');
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', error: null });
    here.now = start + 5 * dayMs;
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'last_good', error: { code: 'bundle.stale' } });
    expect(denied(app)).toEqual(good);
    statement(4, '2026-12-06T00:00:00Z');
    await app.bundles.check({});
    expect(cardIn(app).error?.message).toContain('holds back the newer one');
    attack.site.files.delete('/acme-core.freshness.sluice');
  });

  it('a clock that is set back makes no bundle young again', async () => {
    const here = attack.machine();
    const app = await attack.following(here);
    here.now = start + 20 * dayMs;
    await app.bundles.check({});
    here.now = start;
    attack.serve(attack.publisher.next({ expires_at: '2026-12-10T00:00:00Z' }));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, error: { code: 'bundle.clock_set_back' } });
    expect(denied(app)).toEqual(good);
  });

  it.each([
    ['is deleted', (file: string) => rmSync(file)],
    [
      'is edited',
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 2', '"version": 1')),
    ],
    ['comes from elsewhere', (file: string) => writeFileSync(file, '{"mac": "00", "state": {"version": 1}}')],
  ])('what was known is lost, and told, where state.json %s; what was in force still is', async (_, damage) => {
    const here = attack.machine();
    await attack.following(here);
    await here.shut();
    damage(join(here.directory, 'bundles', 'state.json'));
    const held = attack.site.files.get('/acme-core.sluice');
    attack.site.files.delete('/acme-core.sluice');
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, state: 'active', error: { code: 'bundle.http_status' } });
    expect(denied(app)).toEqual(good);
    const { entries } = await app.bundles.audit({ limit: 20 });
    expect(entries.map(({ detail }) => detail).join(' ')).toContain('as on first use');
    // Nothing older is taken, as before.
    attack.serve(attack.publisher.next({ version: 1 }));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, error: { code: 'bundle.rollback' } });
    if (held !== undefined) attack.site.files.set('/acme-core.sluice', held);
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, state: 'active', error: null });
    // And so it stays, without its host.
    attack.site.files.delete('/acme-core.sluice');
    await here.shut();
    expect(denied(await here.open())).toEqual(good);
  });

  it('what lies in the store comes in force by what is pinned alone: neither another signature nor a name will do', async () => {
    const here = attack.machine();
    await attack.following(here);
    await here.shut();
    attack.site.files.clear();
    const store = join(here.directory, 'bundles');
    rmSync(join(store, 'state.json'));
    const thief = new Rotated();
    writeFileSync(join(store, 'acme-core', '2.9.sluice'), thief.next({ version: 9, enforced: undefined }));
    writeFileSync(join(store, 'acme-core', '2.9.trust.sluice'), thief.chain());
    const other = attack.publisher.next({ id: 'acme-team', version: 8, enforced: undefined });
    writeFileSync(join(store, 'acme-core', '2.8.sluice'), other);
    writeFileSync(join(store, 'acme-core', '2.8.trust.sluice'), attack.publisher.chain());
    const app = await here.open();
    expect(cardIn(app)).toMatchObject({ id: 'acme-core', version: 2, state: 'active' });
    expect(denied(app)).toEqual(good);
  });

  it('a store that is taken away while it is used is made anew at the next look', async () => {
    const here = attack.machine();
    const app = await attack.following(here);
    rmSync(join(here.directory, 'bundles'), { recursive: true });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, state: 'active', error: null });
    await here.shut();
    attack.site.files.clear();
    expect(denied(await here.open())).toEqual(good);
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, attack.publisher.next({ enforced: undefined }))],
    ['deleted', (file: string) => rmSync(file)],
    ['replaced by rubbish', (file: string) => writeFileSync(file, 'rubbish')],
  ])('the one before is in force where the file of a bundle is %s, until its host has it again', async (_, damage) => {
    const here = attack.machine();
    const first = await attack.following(here);
    attack.serve(attack.publisher.next({ enforced: { models: { deny: ['newer/*'] } } }));
    await first.bundles.check({});
    expect(denied(first)).toEqual(['newer/*']);
    await here.shut();
    damage(join(here.directory, 'bundles', 'acme-core', '2.3.sluice'));
    const app = await here.open();
    expect(here.notices.at(-1)).toMatchObject({ kind: 'rejected' });
    await app.bundles.check({});
    expect(denied(app)).toEqual(['newer/*']);
    expect(cardIn(app)).toMatchObject({ state: 'active', version: 3, error: null });
  });

  it('is not opened where its store is a link', async () => {
    const here = attack.machine();
    const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-elsewhere-'));
    symlinkSync(elsewhere, join(here.directory, 'bundles'));
    expect(await codeOf(here.open())).toBe('bundle.store');
    rmSync(elsewhere, { recursive: true });
  });

  it('keeps what is in force where the disk takes nothing', async () => {
    const here = attack.machine();
    const app = await attack.following(here);
    mkdirSync(join(here.directory, 'bundles', 'acme-core', '2.3.sluice'));
    attack.serve(attack.publisher.next());
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 2, error: { code: 'bundle.store' } });
    expect(denied(app)).toEqual(good);
    rmSync(join(here.directory, 'bundles', 'acme-core', '2.3.sluice'), { recursive: true });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ version: 3, state: 'active' });
  });

  it('two apps on one directory do not disturb each other', async () => {
    const here = attack.machine();
    const one = await attack.following(here);
    const two = await here.open();
    await two.bundles.check({});
    attack.serve(attack.publisher.next());
    await Promise.all([one.bundles.check({}), two.bundles.check({})]);
    for (const app of [one, two]) {
      expect(cardIn(app)).toMatchObject({ state: 'active', version: 3 });
      expect(denied(app)).toEqual(['widened/*']);
    }
    await here.shut();
    expect(denied(await here.open())).toEqual(['widened/*']);
  });

  it('nothing is followed that its host swapped while people looked at it', async () => {
    const here = attack.machine();
    here.write('version: 1\nproviders: []\n');
    attack.serve(attack.publisher.next());
    const app = await here.open();
    const { sha256, fingerprint } = await app.bundles.preview({ url: attack.address });
    const other = new Publisher('acme');
    attack.serve(other.signedBundle({ version: 3 }), other.signedTrust());
    const join = { url: attack.address, sha256, fingerprint, confirmed: true, labels: {} };
    expect(await codeOf(app.bundles.join(join))).toBe('bundle.changed_meanwhile');
    expect(await codeOf(app.bundles.join({ ...join, fingerprint: other.fingerprint }))).toBe(
      'bundle.changed_meanwhile',
    );
    expect(app.bundles.list().bundles).toEqual([]);
    expect(here.text()).not.toContain('policy_bundles');
  });

  it('org and team that have nothing in common allow nothing', async () => {
    attack.serve(attack.publisher.next({ layer: 'org', enforced: { providers: { allow: ['openai'] } } }));
    const team = new Publisher('team');
    attack.site.files.set(
      '/team.sluice',
      team.signedBundle({ id: 'team', layer: 'team', enforced: { providers: { allow: ['demo'] } } }),
    );
    attack.site.files.set('/team.trust.sluice', team.signedTrust());
    const here = attack.machine();
    here.write(
      configFor(
        { url: attack.address, trust: attack.publisher.fingerprint },
        { url: `${attack.site.origin}/team.sluice`, trust: team.fingerprint },
      ),
    );
    const app = await here.open();
    await app.bundles.check({});
    expect(app.bundles.list().bundles.map(({ state }) => state)).toEqual(['conflict', 'conflict']);
    const allowed = app.store.snapshot.policy?.access.map(({ allowedProviders }) => allowedProviders);
    expect(allowed).toEqual([['openai'], ['demo']]);
  });
});

describe('a credential', () => {
  it('does not go to a new origin before somebody agrees: not one byte', async () => {
    const [old, thief] = [await new StaticHost().open(), await new StaticHost().open()];
    const answer = JSON.stringify({
      ...{ id: 'x', object: 'chat.completion', created: 1, model: 'gpt' },
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
    for (const host of [old, thief])
      host.files.set('/v1/chat/completions', (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer),
      );
    const digest = createHash('sha256').update(testKey).digest('hex');
    const here = attack.machine();
    here.write(`${here.text()}virtual_keys:\n  - { id: test, value: "sha256:${digest}" }\n`);
    const define = (origin: string): Fields => ({
      eu: { kind: 'openai', base_url: `${origin}/v1`, local: true, auth: { slot: 'eu' }, models: ['gpt'] },
    });
    const says = (version: number, origin: string): Buffer =>
      attack.publisher.next({
        ...{ version, secrets: [{ id: 'eu', label: 'EU' }] },
        enforced: { models: { deny: good }, providers: { define: define(origin) } },
      });
    attack.serve(says(2, old.origin));
    const app = await here.open();
    await app.bundles.check({});
    const agree = async (): Promise<void> => {
      const consent = cardIn(app).consents.find(({ state }) => state === 'waiting');
      if (consent === undefined) throw new Error('nothing waits');
      const { pointer, value_hash } = consent;
      await app.bundles.approve({ key: 'acme-core', pointer, value_hash, approved: true });
    };
    // It is not where its vendor is.
    await agree();
    const key = `${'sk'}-the-key-of-the-team`;
    await here.setSecret('acme-core.eu', key);
    const gateway = await startTestGateway('providers: []\n');
    try {
      attack.serve(says(3, thief.origin));
      await app.bundles.check({});
      expect(cardIn(app)).toMatchObject({ version: 3, state: 'needs_consent' });
      const ask = async (): Promise<number> => {
        gateway.gateway.apply(app.store.snapshot);
        const body = { model: 'eu/gpt', messages: [{ role: 'user', content: 'hi' }] };
        return (await send(gateway, { path: '/v1/chat/completions', body })).status;
      };
      expect(await ask()).toBe(200);
      expect(thief.asked).toEqual([]);
      expect(old.asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${key}`]);
      await agree();
      expect(await ask()).toBe(200);
      expect(thief.asked).toHaveLength(1);
    } finally {
      await gateway.stop();
      await old.close();
      await thief.close();
    }
  });
});
