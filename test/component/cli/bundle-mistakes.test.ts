// What publishers get wrong, and what happens to them: each mistake is told with its place, and leaves what was there as it was.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at, inFolder, json, plainKey, publish, repository, rotate, sluice, sluiceWith, write } from './publisher.ts';

inFolder();

const bundleFile = 'acme-core/dist/acme-core.sluice';

describe('files that are not there, or are something else', () => {
  it('are 2 with their name, wherever a command takes one', async () => {
    await repository();
    await json(...publish);
    mkdirSync(at('folder'));
    for (const name of ['missing.sluice', 'folder', 'signer.key/x.sluice']) {
      const place = expect.stringMatching(new RegExp(`^${name}:1:1: this (?:does not exist|is no file)\\.`)) as string;
      for (const argv of [
        ['verify', name, '--trust', 'A'.repeat(43)],
        ['verify', bundleFile, '--trust', name],
        ['inspect', name],
      ])
        expect({ argv, ...(await sluice('bundle', ...argv)) }).toMatchObject({ code: 2, out: '', err: place });
    }
    expect(await sluice('bundle', 'sign', 'acme-core/trust/root-9.json', '--key', 'root.key')).toMatchObject({
      code: 2,
      err: expect.stringContaining('acme-core/trust/root-9.json:1:1: this does not exist') as string,
    });
    expect(await sluice('bundle', 'inspect', 'acme-core/bundle.yaml')).toMatchObject({
      code: 1,
      err: expect.stringContaining('acme-core/bundle.yaml: this is not a bundle') as string,
    });
  });

  it('are told apart from keys', async () => {
    await repository();
    mkdirSync(at('folder'));
    const key = (name: string): ReturnType<typeof sluice> => sluice('bundle', 'publish', 'acme-core', '--key', name);
    expect(await key('folder')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^folder: this is no key/) as string,
    });
    expect(await key('/dev/zero')).toMatchObject({ code: 2 });
    expect(await key('env:')).toMatchObject({ code: 2, err: expect.stringContaining('Write env:NAME') as string });
    expect(await sluice(...rotate, '--add-signer', 'ed25519:cut')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^ed25519:cut: .*is not a public key/) as string,
    });
    expect(readdirSync(at('acme-core/trust'))).toEqual(['root-1.json']);
  });

  it('leave no private key behind whose public one could not be written', async () => {
    write('mine.key.pub', 'something of mine');
    const made = await sluice('bundle', 'keygen', '--role', 'signer', '--no-passphrase', '--out', 'mine.key');
    expect(made).toMatchObject({ code: 1, out: '', err: expect.stringContaining('mine.key.pub is there') as string });
    expect(existsSync(at('mine.key'))).toBe(false);
  });

  it('are no folders of a bundle, nor of what is published', async () => {
    await repository();
    write('acme-core/policy', 'models: {}\n');
    expect(await sluice('bundle', 'validate', 'acme-core')).toMatchObject({
      code: 2,
      err: 'acme-core/policy:1:1: this is no folder. Name a folder, or move the file away.',
    });
    rmSync(at('acme-core/policy'));
    expect(await sluice(...publish, '--out', 'signer.key')).toMatchObject({ code: 2 });
    mkdirSync(at('linked'));
    symlinkSync(at('signer.key'), at('linked/acme-core.sluice'));
    const linked = await sluice(...publish, '--out', 'linked');
    expect(linked.code).toBe(1);
    expect(linked.err.split('\n').at(-1)).toMatch(/^sluice: .* is a symbolic link/);
  });
});

describe('versions', () => {
  it('go on from the one file that was fetched, where its copies are not', async () => {
    await repository();
    await json(...publish, '--version', '7');
    mkdirSync(at('fresh'));
    copyFileSync(at(bundleFile), at('fresh/acme-core.sluice'));
    expect(await sluice(...publish, '--out', 'fresh', '--version', '7')).toMatchObject({ code: 2 });
    expect(await json(...publish, '--out', 'fresh')).toMatchObject({ version: 8 });
  });

  it('of two who publish at once one is out, and the other is told', async () => {
    await repository();
    const ended = await Promise.all([sluice(...publish), sluice(...publish)]);
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(ended.find(({ code }) => code === 1)?.err).toContain('acme-core.1.sluice is published already');
    expect(await json('bundle', 'inspect', bundleFile)).toMatchObject({ version: 1 });
  });

  it('can be gone back from twice, and to no version that its own tests refuse', async () => {
    await repository();
    await json(...publish);
    await json(...publish);
    const revert = (to: string): string[] => ['bundle', 'revert', 'acme-core', '--to', to, '--key', 'signer.key'];
    expect(await json(...revert('1'))).toMatchObject({ version: 3 });
    expect(await json(...revert('3'))).toMatchObject({ version: 4 });
    expect(await sluice(...revert('9'))).toMatchObject({ code: 2 });
    // Signed by hand, past the checks of `publish`.
    const tests = readFileSync(at('acme-core/tests/core.yaml'), 'utf8');
    write('acme-core/tests/core.yaml', tests.replace('decision: allow', 'decision: deny'));
    const copy = 'acme-core/dist/acme-core.5.sluice';
    const signed = await sluice(
      'bundle',
      'sign',
      'acme-core',
      '--key',
      'signer.key',
      '--version',
      '5',
      '--output',
      copy,
    );
    expect(signed).toMatchObject({ code: 0 });
    expect(await sluice(...revert('5'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing was published') as string,
    });
    expect(await json('bundle', 'inspect', bundleFile)).toMatchObject({ version: 4 });
  });
});

describe('looking back', () => {
  it('compares with a version that somebody signed who is retired since, and names no version that files do not have', async () => {
    const { signer } = await repository();
    await json(...publish);
    plainKey('next.key');
    await json(...rotate, '--retire', signer, '--add-signer', 'next.key.pub');
    const cwd = at('acme-core');
    const told = await sluiceWith({ cwd }, 'bundle', 'diff', 'v1');
    expect(told).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^From acme-core@1 to the files of acme-core /) as string,
    });
    const { out } = await sluiceWith({ cwd }, 'bundle', 'diff', 'v1', '--json');
    expect(JSON.parse(out)).toMatchObject({ before: { version: 1, epoch: 1 }, after: { version: null, epoch: 2 } });
    expect(await sluiceWith({ cwd }, 'bundle', 'test', 'v1')).toMatchObject({ code: 0 });
  });

  it('takes trust documents by an absolute path too', async () => {
    await repository();
    await json(...publish);
    for (const trust of ['acme-core/trust/root-1.json', at('acme-core/trust/root-1.json')])
      expect(await json('bundle', 'verify', bundleFile, '--trust', trust)).toMatchObject({ trusted_by: 'file' });
  });

  it('shows who may sign, from the chain or from one document', async () => {
    const { signer } = await repository();
    const { fingerprint } = await json(...publish);
    for (const file of ['acme-core/trust/root-1.json', 'acme-core/dist/acme-core.trust.sluice']) {
      expect(await json('bundle', 'inspect', file, '--trust', String(fingerprint))).toMatchObject({
        ...{ verified: true, org: 'acme', epoch: 1, fingerprint, waits_for: null },
        signers: { threshold: 1, keys: [signer], bundles: ['*'] },
      });
      const shown = await sluice('bundle', 'inspect', file);
      expect(shown).toMatchObject({
        code: 0,
        out: expect.stringContaining(`Signers      1 of ${signer}, for *`) as string,
      });
      expect(shown.out).toMatch(/^Nobody vouches for it\./);
    }
    expect(await sluice('bundle', 'inspect', 'acme-core/trust/root-1.json', '--trust', 'A'.repeat(43))).toMatchObject({
      code: 1,
    });
  });
});

describe('where two must sign', () => {
  it('each does on their own machine, and neither alone publishes', async () => {
    await repository();
    plainKey('second.key');
    await json(...rotate, '--add-signer', 'second.key.pub', '--signer-threshold', '2');
    expect(await sluice(...publish)).toMatchObject({
      code: 1,
      err: expect.stringContaining('2 signers must sign, and 1 did') as string,
    });
    const sign = ['bundle', 'sign', 'acme-core', '--key', 'signer.key', '--version', '4', '--output', 'next.sluice'];
    expect(await sluice(...sign)).toMatchObject({
      code: 0,
      err: expect.stringContaining('1 more signer has to sign') as string,
    });
    const signed = ['bundle', 'publish', 'acme-core', '--signed', 'next.sluice'];
    expect(await sluice(...signed)).toMatchObject({ code: 1, err: expect.stringContaining('1 of the 2') as string });
    expect(existsSync(at(bundleFile))).toBe(false);
    const seen = await sluice('bundle', 'sign', 'next.sluice', '--key', 'second.key');
    expect(seen.code).toBe(0);
    expect(seen.err).toMatch(/^Bundle {7}acme-core version 4, epoch 2\nSets {9}enforced models: deny /);
    expect(seen.err).toContain('next.sluice has 2 signatures now.');
    expect(await json(...signed)).toMatchObject({ version: 4, epoch: 2 });
    expect(await sluice(...signed)).toMatchObject({ code: 2, err: expect.stringContaining('version 4') as string });
    expect(await sluice(...signed, '--key', 'signer.key')).toMatchObject({ code: 2 });
    expect(await json(...publish.slice(0, 3), '--key', 'signer.key,second.key')).toMatchObject({ version: 5 });
  });
});

describe('a trust document', () => {
  it('is announced to end a month before it does', async () => {
    await sluice('bundle', 'init', 'acme-core');
    for (const name of ['root.key', 'signer.key']) plainKey(name);
    await json(...rotate, '--org', 'acme', '--add-signer', 'signer.key.pub', '--expires', '2026-12-10T00:00:00Z');
    const near = await sluice(...publish);
    expect(near).toMatchObject({ code: 0, err: expect.stringContaining('root-1.json ends on 2026-12-10') as string });
    await json(...rotate);
    expect((await sluice(...publish)).err).not.toContain('ends on');
  });
});
