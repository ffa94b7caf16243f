import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileBundle } from '../../../main/bundles/author/compile.ts';
import { makeFreshness } from '../../../main/bundles/author/freshness-file.ts';
import { escaped } from '../../../main/bundles/author/page.ts';
import { highestVersion, sealBundle, writeBundle, type Sealed } from '../../../main/bundles/author/publish.ts';
import { readCopy, revertedPayload } from '../../../main/bundles/author/revert.ts';
import {
  readTrustFolder,
  rotateTrust,
  type Rotation,
  type TrustFolder,
} from '../../../main/bundles/author/trust-folder.ts';
import { verifyFile } from '../../../main/bundles/author/verify.ts';
import { withSignatures } from '../../../main/bundles/envelope.ts';
import { readFreshness } from '../../../main/bundles/freshness.ts';
import { generateSigningKey, type NewSigningKey } from '../../../main/bundles/keys.ts';
import { head, makeFolder, now, write } from './author-support.ts';

const [root, nextRoot, signer, other] = [
  generateSigningKey(),
  generateSigningKey(),
  generateSigningKey(),
  generateSigningKey(),
];
const yearMs = 365 * 86_400_000;

function rotation(change: Partial<Rotation>): Rotation {
  return {
    ...{ org: undefined, addRoots: [], addSigners: [], retire: [], bundles: undefined },
    ...{ rootThreshold: undefined, signerThreshold: undefined, freshness: undefined },
    ...{ expires: now + yearMs, now, keys: [root.privateKey], ...change },
  };
}

const text = `${head}expires_after: P90D\nenforced: { models: { deny: ["a/*"] } }\n`;

async function repository(): Promise<string> {
  const folder = makeFolder({ 'bundle.yaml': text });
  await rotateTrust(folder, rotation({ org: 'acme', addSigners: [signer.publicKey] }));
  return folder;
}

async function trustIn(folder: string): Promise<TrustFolder> {
  const trust = await readTrustFolder(folder, now);
  if (trust === undefined) throw new Error('there is no trust');
  return trust;
}

async function sealed(folder: string, version: number, ...keys: NewSigningKey[]): Promise<Sealed> {
  const trust = await trustIn(folder);
  const { payload } = await compileBundle(folder, { now, version, epoch: trust.inForce.epoch });
  return sealBundle({ payload, trust, keys: keys.map(({ privateKey }) => privateKey), now });
}

async function publish(folder: string, version: number, url?: string, key = signer): Promise<string> {
  const out = join(folder, 'dist');
  await writeBundle({ out, sealed: await sealed(folder, version, key), trust: await trustIn(folder), url });
  return out;
}

describe('rotateTrust', () => {
  it('makes a first document that says who may sign', async () => {
    const folder = await repository();
    const { inForce } = await trustIn(folder);
    expect(inForce.document).toMatchObject({
      org: 'acme',
      epoch: 1,
      root: { threshold: 1, keys: [root.publicKey] },
      signers: { keys: [signer.publicKey], bundles: ['*'] },
    });
  });

  it('adds and retires signers in the next one, which keeps the rest', async () => {
    const folder = await repository();
    const { fingerprint } = await trustIn(folder);
    await rotateTrust(folder, rotation({ addSigners: [other.publicKey], retire: [signer.id], bundles: ['acme-*'] }));
    const after = await trustIn(folder);
    expect(after.inForce.document).toMatchObject({
      org: 'acme',
      epoch: 2,
      signers: { keys: [other.publicKey], bundles: ['acme-*'] },
    });
    expect(after.fingerprint).not.toBe(fingerprint);
    await expect(sealed(folder, 1, signer)).rejects.toMatchObject({ code: 'bundle.unknown_key' });
    expect((await sealed(folder, 1, other)).bundle.payload.epoch).toBe(2);
  });

  it('waits for the signatures that are missing, and takes them one by one', async () => {
    const folder = await repository();
    const {
      folder: waiting,
      missing,
      file,
    } = await rotateTrust(folder, rotation({ addRoots: [nextRoot.publicKey], rootThreshold: 2 }));
    expect(waiting).toBeUndefined();
    expect(missing).toBeDefined();
    await expect(readTrustFolder(folder, now)).rejects.toMatchObject({
      code: expect.stringMatching(/^bundle\.(trust_not_signed|threshold_not_met)$/) as string,
    });
    write(folder, file, withSignatures(readFileSync(join(folder, file)), [nextRoot.privateKey]).toString('utf8'));
    expect((await trustIn(folder)).inForce.epoch).toBe(2);
  });

  it('may replace the root key, with the signatures of both', async () => {
    const folder = await repository();
    await rotateTrust(
      folder,
      rotation({ addRoots: [nextRoot.publicKey], retire: [root.id], keys: [root.privateKey, nextRoot.privateKey] }),
    );
    expect((await trustIn(folder)).inForce.document.root.keys).toEqual([nextRoot.publicKey]);
    await rotateTrust(folder, rotation({ addSigners: [other.publicKey], keys: [nextRoot.privateKey] }));
    expect((await trustIn(folder)).inForce.epoch).toBe(3);
  });

  it('goes on where the last document expired', async () => {
    const folder = makeFolder({ 'bundle.yaml': text });
    await rotateTrust(folder, rotation({ org: 'acme', addSigners: [signer.publicKey], expires: now + 1_000 }));
    await expect(readTrustFolder(folder, now + 2_000)).rejects.toMatchObject({
      code: 'bundle.trust_expired',
      message: expect.stringContaining('sluice bundle rotate --root-key FILE') as string,
    });
    await rotateTrust(folder, rotation({ now: now + 2_000, expires: now + yearMs }));
    expect((await readTrustFolder(folder, now + 2_000))?.inForce.epoch).toBe(2);
  });

  it.each<[string, Partial<Rotation>, RegExp]>([
    ['without an org at first', { org: undefined }, /give --org/],
    ['without signers', { org: 'acme' }, /--add-signer/],
    [
      'with more signatures than keys',
      { org: 'acme', addSigners: [signer.publicKey], signerThreshold: 2 },
      /--signer-threshold/,
    ],
  ])('refuses a first document %s', async (_, change, message) => {
    await expect(rotateTrust(makeFolder({ 'bundle.yaml': text }), rotation(change))).rejects.toThrow(message);
  });

  it('refuses another org, keys that are not there and keys that are no root', async () => {
    const folder = await repository();
    await expect(rotateTrust(folder, rotation({ org: 'other' }))).rejects.toThrow(/stay so/);
    await expect(rotateTrust(folder, rotation({ retire: [other.id] }))).rejects.toThrow(/no key .* to retire/);
    await expect(rotateTrust(folder, rotation({ keys: [other.privateKey] }))).rejects.toThrow(/no root key/);
    expect(readdirSync(join(folder, 'trust'))).toEqual(['root-1.json']);
  });

  it('says so where a document is gone', async () => {
    const folder = await repository();
    write(folder, 'trust/root-3.json', readFileSync(join(folder, 'trust/root-1.json'), 'utf8'));
    await expect(readTrustFolder(folder, now)).rejects.toMatchObject({ code: 'bundle.trust_gap' });
  });
});

describe('publishing', () => {
  it('writes what clients verify with the fingerprint of the link', async () => {
    const folder = await repository();
    const out = await publish(folder, 1, 'https://policy.acme.example/llm/');
    expect(readdirSync(out).sort()).toEqual([
      'acme-core.1.sluice',
      'acme-core.sluice',
      'acme-core.trust.sluice',
      'index.html',
    ]);
    const { fingerprint } = await trustIn(folder);
    const path = join(out, 'acme-core.sluice');
    expect(statSync(path).mode & 0o777).toBe(0o644);
    const found = await verifyFile({ path, shown: 'acme-core.sluice', trust: fingerprint, now });
    expect(found).toMatchObject({
      by: 'fingerprint',
      bundle: { signers: [signer.id], payload: { id: 'acme-core', version: 1 } },
    });
    const link = `https://policy.acme.example/llm/acme-core.sluice#sluice1=${fingerprint}&org=acme`;
    expect((await verifyFile({ path, shown: '', trust: link, now })).by).toBe('fingerprint');
    expect((await verifyFile({ path, shown: '', trust: undefined, now })).by).toBe('beside');
    await expect(verifyFile({ path, shown: '', trust: `${'A'.repeat(42)}A`, now })).rejects.toMatchObject({
      code: 'bundle.fingerprint_mismatch',
    });
    expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain(`sluice://join?url=${encodeURIComponent(link)}`);
  });

  it('gives the same bytes for the same files, keys and moment', async () => {
    const folder = await repository();
    expect((await sealed(folder, 1, signer)).envelope).toBe((await sealed(folder, 1, signer)).envelope);
  });

  it('never writes a version anew', async () => {
    const folder = await repository();
    const out = await publish(folder, 1);
    await expect(publish(folder, 1)).rejects.toMatchObject({ code: 'bundle.rollback' });
    await publish(folder, 2);
    expect(await highestVersion(out, 'acme-core')).toBe(2);
    expect(await highestVersion(out, 'acme')).toBe(0);
    expect(await highestVersion(out, '(')).toBe(0);
  });

  it('refuses signers who may not sign this bundle, and too few of them', async () => {
    const folder = makeFolder({ 'bundle.yaml': text });
    await rotateTrust(
      folder,
      rotation({
        org: 'acme',
        addSigners: [signer.publicKey, other.publicKey],
        signerThreshold: 2,
        bundles: ['acme-team-*'],
      }),
    );
    await expect(sealed(folder, 1, signer)).rejects.toMatchObject({ code: 'bundle.threshold_not_met' });
    await expect(sealed(folder, 1, signer, signer)).rejects.toMatchObject({ code: 'bundle.threshold_not_met' });
    await expect(sealed(folder, 1, signer, other)).rejects.toThrow(/acme-core/);
  });

  it('extends a signed bundle that is verified, and no other', async () => {
    const base = await repository();
    const out = await publish(base, 1);
    const { fingerprint } = await trustIn(base);
    const files = {
      'base.sluice': readFileSync(join(out, 'acme-core.sluice'), 'utf8'),
      'base.trust.sluice': readFileSync(join(out, 'acme-core.trust.sluice'), 'utf8'),
    };
    const own = (trust: string): string =>
      `schema: sluice.bundle/1\nid: acme-team\nextends: { file: base.sluice, trust: ${trust} }\n`;
    const folder = makeFolder({ ...files, 'bundle.yaml': own(fingerprint) });
    const { payload } = await compileBundle(folder, { now });
    const { bundle } = await verifyFile({ path: join(out, 'acme-core.sluice'), shown: '', trust: fingerprint, now });
    expect(JSON.parse(payload)).toMatchObject({ enforced: { models: { deny: ['a/*'] } }, extends_hash: bundle.sha256 });
    const stranger = makeFolder({ ...files, 'bundle.yaml': own('A'.repeat(43)) });
    await expect(compileBundle(stranger, { now })).rejects.toMatchObject({ code: 'bundle.fingerprint_mismatch' });
  });
});

describe('going back', () => {
  it('brings the content of an earlier version back as a higher one', async () => {
    const folder = await repository();
    const out = await publish(folder, 1);
    write(folder, 'bundle.yaml', text.replace('a/*', 'b/*'));
    await publish(folder, 2);
    const trust = await trustIn(folder);
    const before = await readCopy({ out, id: 'acme-core', version: 1, trust, now });
    const payload = revertedPayload(before.text, { version: 3, epoch: 1, now: now + 1_000 });
    expect(JSON.parse(payload)).toMatchObject({
      version: 3,
      issued_at: '2026-11-29T12:00:01Z',
      expires_at: '2027-02-27T12:00:01Z',
      enforced: { models: { deny: ['a/*'] } },
    });
  });

  it('takes what a signer signed who is retired since, in the epoch it was signed in', async () => {
    const folder = await repository();
    const out = await publish(folder, 1);
    await rotateTrust(folder, rotation({ addSigners: [other.publicKey], retire: [signer.id] }));
    const trust = await trustIn(folder);
    expect((await readCopy({ out, id: 'acme-core', version: 1, trust, now })).payload.version).toBe(1);
  });

  it('takes no copy under another name, and none that nobody signed', async () => {
    const folder = await repository();
    const out = await publish(folder, 1);
    write(out, 'acme-core.7.sluice', readFileSync(join(out, 'acme-core.1.sluice'), 'utf8'));
    const trust = await trustIn(folder);
    await expect(readCopy({ out, id: 'acme-core', version: 7, trust, now })).rejects.toMatchObject({
      code: 'bundle.id_mismatch',
    });
    await expect(readCopy({ out, id: 'acme-core', version: 8, trust, now })).rejects.toThrow(/does not exist/);
  });
});

describe('freshness', () => {
  it('is stated of what is published, by a key that may', async () => {
    const fresh = generateSigningKey();
    const folder = makeFolder({ 'bundle.yaml': text });
    const freshness = { keys: [fresh.publicKey], maxAge: 'P3D', required: true };
    await rotateTrust(folder, rotation({ org: 'acme', addSigners: [signer.publicKey], freshness }));
    const out = await publish(folder, 5);
    const trust = await trustIn(folder);
    const made = await makeFreshness({ out, id: 'acme-core', key: fresh.privateKey, trust, now });
    expect(made.problem).toBeUndefined();
    const read = readFreshness(Buffer.from(made.text), { keys: [fresh.publicKey], id: 'acme-core', now });
    expect(read).toEqual({ id: 'acme-core', epoch: 1, version: 5, as_of: '2026-11-29T12:00:00Z' });
    expect((await makeFreshness({ out, id: 'acme-core', key: other.privateKey, trust, now })).problem).toMatch(
      /--freshness-key/,
    );
  });
});

describe('the page beside it', () => {
  it('shows what a bundle says as text, whatever it says', async () => {
    const hostile = '</script><img src=x onerror=alert(1)>"\'&';
    const folder = await repository();
    write(
      folder,
      'bundle.yaml',
      `${text}name: ${JSON.stringify(hostile)}\ndescription: ${JSON.stringify(hostile)}\nchangelog: ${JSON.stringify(hostile)}\n`,
    );
    const page = readFileSync(join(await publish(folder, 1), 'index.html'), 'utf8');
    expect(page).not.toContain('<img');
    expect(page.split(escaped(hostile))).toHaveLength(5);
    // Nothing is loaded from anywhere.
    expect(page).not.toMatch(/(?:src|href)="https?:/);
  });
});
