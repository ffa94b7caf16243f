// The way of a publisher from nothing to a bundle that people follow, by the commands alone.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at, inFolder, json, plainKey, publish, repository, sluice, sluiceWith, write } from './publisher.ts';

inFolder();

describe('the five-minute path', () => {
  it('goes from nothing to a link in two commands', async () => {
    mkdirSync(at('keys'));
    for (const name of ['root', 'signer']) plainKey(`keys/${name}.key`);
    const made = await sluice('bundle', 'init', 'acme-core', '--org', 'acme', '--keys', 'keys');
    expect(made).toMatchObject({ code: 0, out: '' });
    const url = 'https://policy.acme.example/llm';
    const done = await sluice('bundle', 'publish', 'acme-core', '--key', 'keys/signer.key', '--url', url);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/^https:\/\/policy\.acme\.example\/llm\/acme-core\.sluice#sluice1=[\w-]{43}&org=acme$/);
    expect(await sluice('bundle', 'verify', 'acme-core/dist/acme-core.sluice', '--trust', done.out)).toMatchObject({
      code: 0,
    });
  });

  it('makes the keys that are missing, sealed, and opens them with their passphrase', async () => {
    mkdirSync(at('keys'));
    plainKey('keys/root.key');
    const env = { SLUICE_BUNDLE_PASSPHRASE: 'correct horse' };
    expect(await sluiceWith({ env }, 'bundle', 'init', 'acme-core', '--keys', 'keys')).toMatchObject({ code: 0 });
    const file = at('keys/signer.key');
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await sluiceWith({ env }, 'bundle', 'publish', 'acme-core', '--key', 'keys/signer.key')).toMatchObject({
      code: 0,
    });
    // Sealing and opening are a second of work each, and more on a busy machine.
  });

  it('makes nothing where the keys would be in the repository, or where something is', async () => {
    expect(await sluice('bundle', 'init', 'acme-core', '--keys', 'acme-core/keys')).toMatchObject({ code: 2 });
    expect(existsSync(at('acme-core'))).toBe(false);
    expect((await sluice('bundle', 'init', 'acme-core')).code).toBe(0);
    const again = await sluice('bundle', 'init', 'acme-core');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('nothing is overwritten') as string });
  });
});

describe('bundle keygen', () => {
  it('prints the public key alone, and never writes over a key', async () => {
    const { code, out, err } = await sluice('bundle', 'keygen', '--role', 'signer', '--no-passphrase');
    expect(code).toBe(0);
    expect(out).toMatch(/^ed25519:[\w+/]{59}=$/);
    expect(readFileSync(at('signer.key.pub'), 'utf8')).toBe(`${out}\n`);
    expect(err).toContain('WITHOUT a passphrase');
    expect(err).toMatch(/^Words {2}(?:[a-z]+ ){7}[a-z]+$/m);
    const before = readFileSync(at('signer.key'), 'utf8');
    expect(await sluice('bundle', 'keygen', '--role', 'signer', '--no-passphrase')).toMatchObject({ code: 1 });
    expect(readFileSync(at('signer.key'), 'utf8')).toBe(before);
  });

  it('makes no root key without a passphrase', async () => {
    expect(await sluice('bundle', 'keygen', '--role', 'root', '--no-passphrase')).toMatchObject({ code: 2 });
    expect(await sluice('bundle', 'keygen', '--role', 'root')).toMatchObject({
      code: 2,
      err: expect.stringContaining('The passphrase is empty') as string,
    });
    expect(existsSync(at('root.key'))).toBe(false);
  });
});

describe('bundle validate and lint', () => {
  it('end with 2 and FILE:LINE:COL for a problem, with 0 for a warning', async () => {
    mkdirSync(at('b'));
    write('b/bundle.yaml', 'schema: sluice.bundle/1\nid: acme-core\nexpires_after: P90D\nenforced:\n  modles: {}\n');
    const wrong = await sluice('bundle', 'validate', 'b');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toMatch(/^b\/bundle\.yaml:5:\d+: .*modles/);
    expect((await sluice('bundle', 'lint', 'b')).code).toBe(2);
    write(
      'b/bundle.yaml',
      'schema: sluice.bundle/1\nid: acme-core\nexpires_after: P90D\nenforced:\n  masking: { terms: [ab] }\n',
    );
    expect(await sluice('bundle', 'validate', 'b')).toMatchObject({ code: 0 });
    const warned = await sluice('bundle', 'lint', 'b');
    expect(warned.code).toBe(0);
    expect(warned.err).toContain('b/bundle.yaml:5:22: "ab" is so short');
    expect(warned.err).toContain('0 problems, 2 warnings.');
    expect(await json('bundle', 'lint', 'b')).toMatchObject({
      clean: false,
      problems: [],
      warnings: [{ file: 'b/bundle.yaml', path: '' }, { path: '/enforced/masking/terms/0' }],
    });
  });

  it('take no signed file, and no id that leads elsewhere', async () => {
    mkdirSync(at('b'));
    write('b/bundle.yaml', 'schema: sluice.bundle/1\nid: ../elsewhere\n');
    plainKey('root.key');
    expect(await sluice('bundle', 'rotate', 'b', '--org', 'acme', '--root-key', 'root.key')).toMatchObject({
      code: 2,
      err: expect.stringContaining('b/bundle.yaml:2:5: id is not an id') as string,
    });
    expect(await sluice('bundle', 'lint', 'b/x.sluice')).toMatchObject({ code: 2 });
  });

  it('print the schema of a bundle, and of what people write', async () => {
    expect(JSON.parse((await sluice('bundle', 'validate', '--schema')).out)).toMatchObject({
      $id: 'urn:sluice:schema:bundle-1',
    });
    expect(JSON.parse((await sluice('bundle', 'validate', '--schema', '--authoring')).out)).toMatchObject({
      required: ['schema', 'id'],
    });
    expect((await sluice('bundle', 'validate', '--authoring')).code).toBe(2);
  });

  it('look at a bundle beside another signed one, which is verified', async () => {
    await repository();
    await json(...publish);
    mkdirSync(at('team'));
    const team = (allow: string): void =>
      write(
        'team/bundle.yaml',
        `schema: sluice.bundle/1\nid: acme-team\nexpires_after: P9D\nenforced: { models: { deny: [x/y] }, providers: { allow: [${allow}] } }\n`,
      );
    team('demo');
    const other = 'acme-core/dist/acme-core.sluice';
    expect(await sluice('bundle', 'lint', 'team', '--with', other)).toMatchObject({ code: 0 });
    expect(await sluice('bundle', 'lint', 'team', '--with', other, '--trust', 'A'.repeat(43))).toMatchObject({
      code: 1,
    });
  });
});

describe('bundle publish', () => {
  it('counts versions by what is published, and takes no lower one', async () => {
    await repository();
    expect(await json(...publish)).toMatchObject({ id: 'acme-core', version: 1, epoch: 1, link: null });
    expect(await json(...publish)).toMatchObject({ version: 2 });
    expect(await json(...publish, '--version', '12')).toMatchObject({ version: 12 });
    expect(await sluice(...publish, '--version', '12')).toMatchObject({ code: 2 });
    expect(await json(...publish)).toMatchObject({
      version: 13,
      files: ['acme-core.13.sluice', 'acme-core.trust.sluice', 'index.html', 'acme-core.sluice'],
    });
  });

  it('publishes nothing when a test fails, or lint has a problem', async () => {
    await repository();
    const tests = readFileSync(at('acme-core/tests/core.yaml'), 'utf8');
    write('acme-core/tests/core.yaml', tests.replace('decision: allow', 'decision: deny'));
    const failed = await sluice(...publish);
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toContain('core: everything else passes');
    write('acme-core/tests/core.yaml', tests);
    const manifest = readFileSync(at('acme-core/bundle.yaml'), 'utf8');
    write('acme-core/bundle.yaml', `${manifest}description: gh${'p_'}16C7e42F292c6912E7710c838347Ae178B4a\n`);
    expect(await sluice(...publish)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/bundle\.yaml:\d+:14: this looks like a secret/) as string,
    });
    expect(existsSync(at('acme-core/dist'))).toBe(false);
  });

  it('says what is missing: keys, a trust document, a place for people', async () => {
    await sluice('bundle', 'init', 'acme-core');
    expect((await sluice('bundle', 'publish', 'acme-core')).err).toContain('sluice bundle rotate --org');
    await rm();
    await repository();
    expect(await sluice('bundle', 'publish', 'acme-core')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--key is missing') as string,
    });
    expect(await sluice(...publish, '--url', 'http://policy.acme.example/')).toMatchObject({ code: 2 });
    expect(await sluice(...publish, '--out', 's3://bucket/x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('aws s3 cp') as string,
    });
    expect(await sluice('bundle', 'publish', 'acme-core', '--key', 'env:NOT_SET')).toMatchObject({ code: 2 });
  });

  it('takes the key of a variable, as CI has it', async () => {
    await repository();
    const env = { SIGNING_KEY: readFileSync(at('signer.key'), 'utf8') };
    expect(await sluiceWith({ env }, 'bundle', 'publish', 'acme-core', '--key', 'env:SIGNING_KEY')).toMatchObject({
      code: 0,
    });
  });

  async function rm(): Promise<void> {
    rmSync(at('acme-core'), { recursive: true });
  }
});

describe('after a key was stolen', () => {
  it('the next epoch leaves the thief out, links go on to work, and an old version comes back as a new one', async () => {
    const { signer } = await repository();
    const { fingerprint } = await json(...publish);
    plainKey('next.key');
    plainKey('fresh.key');
    const rotated = await json(
      'bundle',
      'rotate',
      'acme-core',
      '--retire',
      signer,
      '--add-signer',
      'next.key.pub',
      '--freshness-key',
      'fresh.key.pub',
      '--root-key',
      'root.key',
    );
    expect(rotated).toMatchObject({
      epoch: 2,
      waits_for: null,
      chain: at('acme-core/dist/acme-core.trust.sluice'),
    });
    expect(await sluice(...publish)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no signer in epoch 2') as string,
    });
    expect(await json('bundle', 'publish', 'acme-core', '--key', 'next.key')).toMatchObject({ version: 2, epoch: 2 });
    expect(await json('bundle', 'revert', 'acme-core', '--to', '1', '--key', 'next.key')).toMatchObject({
      version: 3,
      epoch: 2,
    });
    expect(
      await json('bundle', 'verify', 'acme-core/dist/acme-core.sluice', '--trust', String(fingerprint)),
    ).toMatchObject({ verified: true, version: 3, trusted_by: 'fingerprint' });
    const old = await sluice(
      'bundle',
      'verify',
      'acme-core/dist/acme-core.1.sluice',
      '--trust',
      String(fingerprint),
      '--json',
    );
    expect(old.code).toBe(1);
    expect(JSON.parse(old.out)).toMatchObject({ verified: false });
    expect(await json('bundle', 'freshness', 'acme-core', '--key', 'fresh.key')).toMatchObject({
      id: 'acme-core',
      version: 3,
      epoch: 2,
    });
    expect(await sluice('bundle', 'freshness', 'acme-core', '--key', 'next.key')).toMatchObject({ code: 1 });
  });

  it('a document that more must sign waits, and is finished by sign', async () => {
    await repository();
    plainKey('second.key');
    const waiting = await json(
      'bundle',
      'rotate',
      'acme-core',
      '--add-root',
      'second.key.pub',
      '--root-threshold',
      '2',
      '--root-key',
      'root.key',
    );
    expect(waiting).toMatchObject({ epoch: 2, fingerprint: null, waits_for: expect.any(String) as string });
    expect((await sluice(...publish)).code).toBe(1);
    expect((await sluice(...publish)).err).toContain('or remove it');
    plainKey('stranger.key');
    const sign = ['bundle', 'sign', 'acme-core/trust/root-2.json', '--key'];
    expect(await sluice(...sign, 'stranger.key')).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no root key') as string,
    });
    const signed = await sluice(...sign, 'second.key');
    expect(signed.code).toBe(0);
    expect(signed.err).toMatch(/^Publisher {4}acme, epoch 2, until .*\nRoot keys {4}2 of ed25519:/);
    expect(signed.err).toContain('acme-core/trust/root-2.json has 2 signatures now.');
    expect(await json(...publish)).toMatchObject({ epoch: 2 });
  });
});

describe('bundle inspect', () => {
  it('says what a bundle sets, and that nobody vouches for it without --trust', async () => {
    await repository();
    const { fingerprint } = await json(...publish);
    const file = 'acme-core/dist/acme-core.sluice';
    const shown = await sluice('bundle', 'inspect', file);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain('which anybody could have put there');
    expect(shown.out).toContain('enforced models: deny */*-preview*');
    expect(await json('bundle', 'inspect', file)).toMatchObject({ verified: false, trusted_by: 'beside' });
    expect(await json('bundle', 'inspect', file, '--trust', String(fingerprint))).toMatchObject({
      verified: true,
      org: 'acme',
      tests: 2,
    });
    const envelope = JSON.parse(readFileSync(at(file), 'utf8')) as { payload: string };
    const payload = Buffer.from(envelope.payload, 'base64').toString('utf8').replace('*/*-preview*', '*/*-nothing*');
    write(file, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
    expect(await sluice('bundle', 'inspect', file)).toMatchObject({ code: 1, out: '' });
    expect((await sluice('bundle', 'verify', file, '--trust', String(fingerprint))).err).toContain('is NOT verified');
  });
});

describe('bundle init --from current', () => {
  it('begins with what the config says, and not with its keys', async () => {
    const config = {
      models: { deny: ['*/*-preview*'] },
      virtual_keys: [{ id: 'ide', value: 'env:KEY_OF_IDE' }],
      providers: [{ id: 'openai', kind: 'openai', keys: [{ value: 'env:OPENAI_API_KEY' }] }],
    };
    const origins = { '/models/deny/0': {}, '/providers/0/id': {}, '/virtual_keys/0/id': {} };
    const answers = { 'config.read': { revision: '1', config, origins } };
    expect(await sluiceWith({ answers }, 'bundle', 'init', 'mine', '--from', 'current')).toMatchObject({ code: 0 });
    const text = readFileSync(at('mine/bundle.yaml'), 'utf8');
    expect(text).toContain('*/*-preview*');
    expect(text).not.toMatch(/KEY_OF_IDE|OPENAI_API_KEY/);
    expect(await sluice('bundle', 'lint', 'mine')).toMatchObject({ code: 0 });
    expect(await sluice('bundle', 'init', 'other', '--from', 'elsewhere')).toMatchObject({ code: 2 });
  });
});
