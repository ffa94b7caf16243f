// What publishers are told to do about a mistake: it has to mend it, and to name the place.
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateSigningKey, sealPrivateKey } from '../../../main/bundles/keys.ts';
import { at, inFolder, json, plainKey, publish, repository, rotate, sluice, sluiceWith, write } from './publisher.ts';

inFolder();

const manifest = 'acme-core/bundle.yaml';

function said(text: string | RegExp): string {
  return (typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)) as string;
}

function change(file: string, from: string, to: string): void {
  const text = readFileSync(at(file), 'utf8');
  expect(text).toContain(from);
  write(file, text.replace(from, to));
}

describe('a bundle', () => {
  it('is warned about a section it suggests that nobody reads, and may name one for other versions', async () => {
    await repository();
    change(manifest, '  logging: {', '  loging: {');
    const warning = {
      code: 0,
      err: said(/acme-core\/bundle\.yaml:\d+:3: "loging" .* is left out\. Did you mean logging\? \(warning\)/),
    };
    expect(await sluice('bundle', 'lint', 'acme-core')).toMatchObject(warning);
    expect(await sluice(...publish)).toMatchObject(warning);
    change(manifest, 'layer: org', 'optional_sections: [loging]\nlayer: org');
    expect(await sluice('bundle', 'lint', 'acme-core')).toMatchObject({ code: 0, err: 'Nothing to say against it.' });
  });

  it('is told the names that people write beside those that are published', async () => {
    await repository();
    appendFileSync(at(manifest), 'zzz: 1\n');
    expect(await sluice('bundle', 'validate', 'acme-core')).toMatchObject({
      code: 2,
      err: said(/unknown name "zzz"\. Known here: schema, .*, changelog, extends, expires_after\.$/),
    });
  });

  it('is told how a sum and an id are written', async () => {
    await repository();
    change(
      manifest,
      '# Suggested',
      '  budgets: [{ id: a, scope: global, limit_usd: "25 EUR", period: day }]\n# Suggested',
    );
    expect(await sluice('bundle', 'lint', 'acme-core')).toMatchObject({
      code: 2,
      err: said('limit_usd: "25 EUR" is not an amount: write digits with at most one point, such as "25" or "0.5".'),
    });
    change(manifest, 'id: acme-core', 'id: acmé');
    expect(await sluice('bundle', 'lint', 'acme-core')).toMatchObject({
      err: said('id: "acmé" is not an id of a bundle: 2 to 63 small letters, digits or "-".'),
    });
  });

  it('is told to quote a pattern that begins with a star', async () => {
    await repository();
    change(manifest, '["*/*-preview*"]', '[*/preview]');
    expect(await sluice('bundle', 'lint', 'acme-core')).toMatchObject({
      code: 2,
      err: said('*/preview repeats another value. Write the value out; a pattern that begins with * goes in quotes.'),
    });
  });

  it('is looked for where it is', async () => {
    expect(await sluice('bundle', 'lint')).toMatchObject({
      code: 2,
      err: said(
        'bundle.yaml:1:1: this does not exist. Name the folder of a bundle, or make one with `sluice bundle init`.',
      ),
    });
  });

  it('that ends soon ends in a day, or in days', async () => {
    await repository();
    change(manifest, 'expires_after: P90D', 'expires_after: P1D');
    const { err } = await sluice('bundle', 'lint', 'acme-core');
    expect(err).toContain('it holds for 1 day only.');
    expect(err).toContain('it ends in 1 day.');
  });
});

describe('a test that fails', () => {
  it('names the rule as a test has to', async () => {
    await repository();
    change('acme-core/tests/core.yaml', 'rule: /enforced/models/deny', 'rule: models/deny');
    expect(await sluice('bundle', 'test', 'acme-core')).toMatchObject({
      code: 1,
      out: said('expected rule "models/deny", got "/enforced/models/deny"'),
    });
  });

  it('is found by its file and line', async () => {
    await repository();
    change('acme-core/tests/core.yaml', 'decision: allow', 'decision: deny');
    expect(await sluice('bundle', 'test', 'acme-core')).toMatchObject({
      code: 1,
      out: said(/^FAILED {2}core: everything else passes \(acme-core\/tests\/core\.yaml:\d+\)$/m),
    });
  });

  it('may be explained as it is written, one case at a time', async () => {
    await repository();
    const explain = (file: string): ReturnType<typeof sluice> =>
      sluice('bundle', 'explain', 'acme-core', '--request', file);
    write('case.yaml', 'request: { model: openai/x-preview, messages: [{ role: user, content: hello }] }\n');
    expect(await explain('case.yaml')).toMatchObject({ code: 1, out: said('admit.model_denied') });
    expect(await explain('acme-core/tests/core.yaml')).toMatchObject({
      code: 2,
      err: said('acme-core/tests/core.yaml:1:1: this is a suite of 2 cases. Give one of them'),
    });
    write('case.yaml', 'request:\n\tmodel: x\n');
    expect(await explain('case.yaml')).toMatchObject({ code: 2, err: said('case.yaml:2:1: Tabs are not allowed') });
  });

  it('is told where its results cannot be written', async () => {
    await repository();
    for (const [file, reason] of [
      ['nowhere/results.xml', 'its folder does not exist'],
      ['acme-core', 'it is a folder'],
    ] as const)
      expect(await sluice('bundle', 'test', 'acme-core', '--junit', file)).toMatchObject({
        code: 2,
        err: said(`--junit ${file} cannot be written: ${reason}.`),
      });
  });
});

describe('a key', () => {
  it('of root is no signer, and is not to become one', async () => {
    await repository();
    const told = await sluice('bundle', 'publish', 'acme-core', '--key', 'root.key');
    expect(told).toMatchObject({ code: 1, err: said('is a root key: it says who signs, and signs no bundle') });
    expect(told.err).not.toContain('--add-signer');
  });

  it('is asked for its passphrase, and says where it is taken from when nobody can be asked', async () => {
    await repository();
    const key = generateSigningKey();
    write('sealed.key', await sealPrivateKey(key.privateKey, 'correct horse', { workFactor: 1 }));
    const argv = ['bundle', 'publish', 'acme-core', '--key', 'sealed.key'];
    expect(await sluice(...argv)).toMatchObject({
      code: 2,
      err: said(
        'sealed.key is sealed with a passphrase, and none was given. Type it, or set SLUICE_BUNDLE_PASSPHRASE.',
      ),
    });
  });

  it('that a variable does not hold is wrong input', async () => {
    await repository();
    expect(await sluiceWith({ env: {} }, 'bundle', 'publish', 'acme-core', '--key', 'env:NO_KEY')).toMatchObject({
      code: 2,
      err: said('The variable NO_KEY holds no private key.'),
    });
  });

  it('that is to be retired is shown by the trust document, which can be looked at after a rotation too', async () => {
    await repository();
    expect(await sluice(...rotate, '--retire', 'ed25519:0a1b')).toMatchObject({
      code: 2,
      err: said('`sluice bundle inspect trust/root-1.json` shows them.'),
    });
  });

  it('that is left out does not take the next option for its value', async () => {
    await repository();
    expect(await sluice('bundle', 'rotate', 'acme-core', '--retire', '--root-key', 'root.key')).toMatchObject({
      code: 2,
      err: said('--retire needs a value: --retire KEYID,….'),
    });
  });
});

describe('what is signed', () => {
  it('by some of its signers is looked at with the trust documents of its folder', async () => {
    await repository();
    await sluice('bundle', 'sign', 'acme-core', '--key', 'signer.key', '--output', 'next.sluice');
    expect(await sluice('bundle', 'inspect', 'next.sluice')).toMatchObject({
      code: 1,
      err: said('next.trust.sluice does not exist, and without it nothing can be verified. Give --trust'),
    });
    expect(await json('bundle', 'inspect', 'next.sluice', '--trust', 'acme-core/trust/root-1.json')).toMatchObject({
      verified: true,
    });
  });

  it('holds nothing that lint objects to', async () => {
    await repository();
    appendFileSync(at(manifest), 'description: use ghp_16C7e42F292c6912E7710c838347Ae178B4a\n');
    const sign = ['bundle', 'sign', 'acme-core', '--key', 'signer.key', '--output', 'next.sluice'];
    expect(await sluice(...sign)).toMatchObject({ code: 2, err: said('this looks like a secret (github_token)') });
    expect(readdirSync(at())).not.toContain('next.sluice');
  });

  it('twice by one key has one signature, and says so', async () => {
    await repository();
    await sluice('bundle', 'sign', 'acme-core', '--key', 'signer.key', '--output', 'next.sluice');
    expect(await sluice('bundle', 'sign', 'next.sluice', '--key', 'signer.key')).toMatchObject({
      code: 0,
      err: said('next.sluice has 1 signature now, as before: these keys signed it already.'),
    });
  });

  it('is told from anything else by its name', async () => {
    await repository();
    expect(await sluice('bundle', 'publish', 'acme-core', '--signed', manifest)).toMatchObject({
      code: 1,
      err: said(`${manifest}: this is not a bundle`),
    });
  });

  it('by a fingerprint with a slip in it is not looked for as a file', async () => {
    await repository();
    await json(...publish);
    const slip = `${'A'.repeat(42)}B`;
    expect(await sluice('bundle', 'verify', 'acme-core/dist/acme-core.sluice', '--trust', slip)).toMatchObject({
      code: 2,
      err: said(`"${slip}" is neither a fingerprint nor a file`),
    });
  });

  it('is not published under the address of a file', async () => {
    await repository();
    const url = 'https://policy.acme.example/llm/acme-core.sluice';
    expect(await sluice(...publish, '--url', url)).toMatchObject({ code: 2, err: said('names a file') });
    expect(readdirSync(at('acme-core'))).not.toContain('dist');
  });

  it('a version that is not there is wrong input, with the folder it was looked for in', async () => {
    await repository();
    await json(...publish);
    const revert = await sluice('bundle', 'revert', 'acme-core', '--to', '99', '--key', 'signer.key');
    expect(revert).toMatchObject({ code: 2, err: said(/^acme-core\/dist\/acme-core\.99\.sluice:1:1: /) });
    expect(await sluiceWith({ cwd: at('acme-core') }, 'bundle', 'diff', 'v99')).toMatchObject({
      code: 2,
      err: said('There is no version 99 in dist'),
    });
  });
});

describe('trust documents', () => {
  it('that are damaged are named', async () => {
    await repository();
    write('acme-core/trust/root-1.json', 'x');
    expect(await sluice(...publish)).toMatchObject({
      code: 2,
      err: said(
        /trust\/root-1\.json:1:1: this is no trust document: .*\. Take it from the history of the repository\./,
      ),
    });
  });

  it('that are fewer than were published are not published over them', async () => {
    await repository();
    await json(...publish);
    plainKey('next.key');
    await json(...rotate, '--add-signer', 'next.key.pub');
    rmSync(at('acme-core/trust/root-2.json'));
    expect(await sluice(...publish)).toMatchObject({
      code: 1,
      err: said('goes to epoch 2, and trust/ to epoch 1 only'),
    });
  });

  it('that do not let their own bundle be signed say so when they are made', async () => {
    await repository();
    expect(await sluice(...rotate, '--bundles', 'other-*')).toMatchObject({
      code: 0,
      err: said('acme-core is not among them'),
    });
  });
});
