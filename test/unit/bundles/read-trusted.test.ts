import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { readEnvelope } from '../../../main/bundles/envelope.ts';
import { fingerprintOf } from '../../../main/bundles/fingerprint.ts';
import { readTrusted, type ReadTrustedInput } from '../../../main/bundles/read.ts';
import {
  bundleDocument,
  chain,
  harmless,
  json,
  nextRootKey,
  now,
  refusal,
  rootKey,
  signed,
  signerKey,
  strangerKey,
  trustDocument,
} from './trust-fixtures.ts';

type Fields = Readonly<Record<string, unknown>>;
const first = trustDocument(1, rootKey);
const trustFile = signed('trust', first, rootKey);
const pin = fingerprintOf(json(first));
const bundle = (change: Fields = {}): Buffer => signed('bundle', bundleDocument(change), signerKey);
const shaOf = (bytes: Uint8Array): string =>
  Buffer.from(fingerprintOf(readEnvelope(bytes).payload), 'base64url').toString('hex');
const input: ReadTrustedInput = {
  bundle: bundle(),
  trust: trustFile,
  pin,
  stored: { trust: undefined, highest: undefined },
  now,
  appVersion: '1.6.0',
};
const code = (change: Partial<ReadTrustedInput>): string => refusal(() => readTrusted({ ...input, ...change })).code;
/** As of a device that followed version 12. */
const followed = {
  trust: { epoch: 1, sha256: Buffer.from(pin, 'base64url').toString('hex') },
  highest: { epoch: 1, version: 12, sha256: shaOf(bundle()) },
};
/** The publisher rotated: a thief has `signerKey`, which epoch 2 does not know. */
const second = trustDocument(2, nextRootKey, {
  signers: { threshold: 1, keys: [strangerKey.publicKey], bundles: ['acme-core'] },
});
const rotated = chain(trustFile, signed('trust', second, rootKey, nextRootKey));

describe('readTrusted', () => {
  it('reads a bundle that a pinned publisher signed', () => {
    const read = readTrusted(input);
    expect(read).toMatchObject({ trust: 'pinned', trustDocument: first, fingerprint: pin, signers: [signerKey.id] });
    expect(read.payload.version).toBe(12);
    expect(read.root).toMatchObject({ epoch: 1, sha256: followed.trust.sha256 });
    expect(read.envelope.payload.toString('utf8')).toBe(read.text);
  });

  it('tells what was not pinned, and how to pin it', () => {
    expect(readTrusted({ ...input, pin: undefined })).toMatchObject({ trust: 'first_use', fingerprint: pin });
    expect(
      readTrusted({
        ...input,
        pin: undefined,
        trust: rotated,
        bundle: signed('bundle', bundleDocument({ epoch: 2 }), strangerKey),
      }),
    ).toMatchObject({ trust: 'first_use', fingerprint: fingerprintOf(json(second)) });
  });

  it('takes a whole public key for all the trust there is, where there is no trust file', () => {
    const alone = { ...input, trust: undefined, pin: signerKey.publicKey };
    const read = readTrusted({ ...alone, bundle: bundle({ epoch: 7 }) });
    expect(read).toMatchObject({ trust: 'pinned', trustDocument: undefined, fingerprint: undefined, root: undefined });
    expect(code({ ...alone, pin: strangerKey.publicKey })).toBe('bundle.unknown_key');
    expect(code({ ...alone, pin: signerKey.id })).toBe('bundle.unknown_key');
    expect(code({ ...alone, pin: undefined })).toBe('bundle.unknown_key');
    expect(code({ ...alone, pin: 'ed25519:nonsense' })).toBe('bundle.schema');
  });

  it('does not do without the trust file of who has a fingerprint, or followed one', () => {
    expect(code({ trust: undefined })).toBe('bundle.fingerprint_mismatch');
    expect(code({ trust: undefined, pin: signerKey.publicKey, stored: followed })).toBe('bundle.fingerprint_mismatch');
  });

  it.each<[string, Partial<ReadTrustedInput>, string]>([
    ['more than 1 MiB', { bundle: Buffer.alloc(1_048_577) }, 'bundle.too_large'],
    ['a web page', { bundle: Buffer.from('<html>') }, 'bundle.malformed'],
    ['no signature', { bundle: json(bundleDocument()) }, 'bundle.not_signed'],
    ['the wrong key', { bundle: signed('bundle', bundleDocument(), strangerKey) }, 'bundle.unknown_key'],
    [
      'a root key, which signs no bundles',
      { bundle: signed('bundle', bundleDocument(), rootKey) },
      'bundle.unknown_key',
    ],
    ['the wrong type of payload', { bundle: signed('freshness', bundleDocument(), signerKey) }, 'bundle.payload_type'],
    ['another fingerprint', { pin: fingerprintOf(Buffer.from('x')) }, 'bundle.fingerprint_mismatch'],
    ['another publisher than the link names', { org: 'other' }, 'bundle.org_mismatch'],
    ['another id than the one followed', { expectedId: 'acme-team-a' }, 'bundle.id_mismatch'],
    ['an id that its signers may not sign', { bundle: bundle({ id: 'acme-finance' }) }, 'bundle.id_mismatch'],
    ['an epoch that the trust file does not reach', { bundle: bundle({ epoch: 2 }) }, 'bundle.id_mismatch'],
    ['an earlier version', { bundle: bundle({ version: 11 }), stored: followed }, 'bundle.rollback'],
    [
      'the same version with other bytes',
      { bundle: bundle({ name: 'Twin' }), stored: followed },
      'bundle.equivocation',
    ],
    ['an end that is past', { bundle: bundle({ version: 13, expires_at: '2026-12-01T10:00:00Z' }) }, 'bundle.expired'],
    ['a start that is to come', { bundle: bundle({ not_before: '2026-12-01T10:00:01Z' }) }, 'bundle.not_yet_valid'],
    ['a trust document that expired', { now: Date.parse('2027-11-01T00:00:00Z') }, 'bundle.trust_expired'],
    ['a section that this app does not know', { bundle: bundle({ enforced: { x: {} } }) }, 'bundle.unknown_section'],
    ['a head that cannot be read', { bundle: bundle({ epoch: '1' }) }, 'bundle.schema'],
    ['another app', { bundle: bundle({ min_app: '9.0.0' }) }, 'bundle.app_too_old'],
    [
      'a name twice',
      { bundle: signed('bundle', {}, signerKey), trust: Buffer.from('{"payload":1,"payload":2}') },
      'bundle.malformed',
    ],
  ])('refuses a bundle with %s', (_, change, expected) => {
    expect(code(change)).toBe(expected);
  });

  it('looks into no payload before its signatures are verified', () => {
    const broken = signed('bundle', { id: 'a' }, strangerKey);
    expect(code({ bundle: broken })).toBe('bundle.unknown_key');
    const old = signed('bundle', bundleDocument({ version: 1, schema: 'x' }), strangerKey);
    expect(code({ bundle: old, stored: followed })).toBe('bundle.unknown_key');
  });

  it('asks for the threshold of the trust document', () => {
    const two = trustDocument(1, rootKey, {
      signers: { threshold: 2, keys: [signerKey.publicKey, strangerKey.publicKey], bundles: ['*'] },
    });
    const strict = { trust: signed('trust', two, rootKey), pin: fingerprintOf(json(two)) };
    expect(code(strict)).toBe('bundle.threshold_not_met');
    const both = signed('bundle', bundleDocument(), signerKey, strangerKey);
    expect(readTrusted({ ...input, ...strict, bundle: both }).signers).toHaveLength(2);
  });

  it('takes the next version, the same bytes again, and patterns of ids', () => {
    expect(readTrusted({ ...input, bundle: bundle({ version: 13 }), stored: followed }).payload.version).toBe(13);
    expect(readTrusted({ ...input, stored: followed }).payload.version).toBe(12);
    expect(readTrusted({ ...input, bundle: bundle({ id: 'acme-team-blue' }) }).payload.id).toBe('acme-team-blue');
  });

  it('is brought back by the next epoch after a thief used up all versions', () => {
    const stolen = bundle({ version: Number.MAX_SAFE_INTEGER });
    const stored = { ...followed, highest: { epoch: 1, version: Number.MAX_SAFE_INTEGER, sha256: shaOf(stolen) } };
    expect(readTrusted({ ...input, bundle: stolen, stored: followed }).payload.version).toBe(Number.MAX_SAFE_INTEGER);
    expect(code({ bundle: bundle({ version: 13 }), stored })).toBe('bundle.rollback');
    const healed = signed('bundle', bundleDocument({ epoch: 2, version: 1 }), strangerKey);
    expect(readTrusted({ ...input, bundle: healed, trust: rotated, stored }).payload).toMatchObject({
      epoch: 2,
      version: 1,
    });
    // The thief's key is worth nothing under the next epoch, nor is an old trust file served again.
    expect(code({ bundle: bundle({ epoch: 2, version: 2 }), trust: rotated, stored })).toBe('bundle.unknown_key');
    const after = { trust: { epoch: 2, sha256: shaOf(signed('trust', second, nextRootKey)) }, highest: stored.highest };
    expect(code({ bundle: stolen, trust: trustFile, stored: after })).toBe('bundle.epoch_rollback');
  });

  it('refuses a bundle of an epoch that its publisher left, even by a signer who stayed', () => {
    const old = signed('bundle', bundleDocument({ version: 99 }), strangerKey);
    expect(code({ bundle: old, trust: rotated })).toBe('bundle.epoch_rollback');
    const alone = { trust: undefined, pin: signerKey.publicKey, bundle: bundle({ version: 99 }) };
    const highest = { epoch: 2, version: 1, sha256: '' };
    expect(code({ ...alone, stored: { trust: undefined, highest } })).toBe('bundle.epoch_rollback');
  });

  it('takes what expired only where it is the very bundle that is stored', () => {
    const late = Date.parse('2027-03-01T00:00:00Z');
    expect(code({ now: late, stored: followed })).toBe('bundle.expired');
    expect(readTrusted({ ...input, now: late, stored: followed, allowExpired: true }).payload.version).toBe(12);
    expect(code({ bundle: bundle({ version: 13 }), now: late, stored: followed, allowExpired: true })).toBe(
      'bundle.expired',
    );
    // Years later, offline, its trust has expired too.
    const later = Date.parse('2029-01-01T00:00:00Z');
    expect(readTrusted({ ...input, now: later, stored: followed, allowExpired: true }).payload.version).toBe(12);
  });

  it('gives a bundle or a refusal for whatever a signer signs and a host serves', () => {
    const field = fc.constantFrom(...Object.keys(bundleDocument()));
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        harmless(() => readTrusted({ ...input, bundle: bundle({ [name]: value }), stored: followed }));
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.string(), (bytes, text) => {
        harmless(() => readTrusted({ ...input, bundle: bytes }));
        harmless(() => readTrusted({ ...input, trust: bytes }));
        harmless(() => readTrusted({ ...input, pin: text }));
        harmless(() => readTrusted({ ...input, pin: `ed25519:${text}`, trust: undefined }));
      }),
      { numRuns: 60 },
    );
  });
});
