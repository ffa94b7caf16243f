import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { fingerprintOf } from '../../../main/bundles/fingerprint.ts';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { readTrustChain, walkTrust, type WalkOptions } from '../../../main/bundles/trust.ts';
import {
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

const first = trustDocument(1, rootKey);
const second = trustDocument(2, nextRootKey);
const third = trustDocument(3, nextRootKey);
const pinOf = (document: unknown): string => fingerprintOf(json(document));
const shaOf = (document: unknown): string => Buffer.from(pinOf(document), 'base64url').toString('hex');

const one = signed('trust', first, rootKey);
const two = signed('trust', second, rootKey, nextRootKey);
const three = signed('trust', third, nextRootKey);

const walk = (bytes: Uint8Array, options: Partial<WalkOptions> = {}): ReturnType<typeof walkTrust> =>
  walkTrust(readTrustChain(bytes), { pin: pinOf(first), stored: undefined, now, ...options });
const code = (bytes: Uint8Array, options: Partial<WalkOptions> = {}): string =>
  refusal(() => walk(bytes, options)).code;

describe('walkTrust', () => {
  it('goes from the pinned document to the last one, over every rotation', () => {
    const root = walk(chain(one, two, three));
    expect(root).toEqual({ document: third, sha256: shaOf(third), pinFingerprint: pinOf(first), epoch: 3 });
  });

  it('starts at the document that was in force when the link was made', () => {
    expect(walk(chain(one, two, three), { pin: pinOf(second) })).toMatchObject({
      epoch: 3,
      pinFingerprint: pinOf(second),
    });
    // What stands before it is not looked at.
    const strange = signed('trust', trustDocument(1, strangerKey), strangerKey);
    expect(walk(chain(strange, two, three), { pin: pinOf(second) }).epoch).toBe(3);
  });

  it('takes a single envelope for a chain of one', () => {
    expect(walk(one).document).toEqual(first);
  });

  it('rests on the document in force where nothing was pinned', () => {
    expect(walk(chain(one, two), { pin: undefined })).toMatchObject({ epoch: 2, pinFingerprint: pinOf(second) });
  });

  it('takes a root key of the first document for a pin, whole or by its id', () => {
    for (const pin of [rootKey.publicKey, rootKey.id]) {
      expect(walk(chain(one, two), { pin })).toMatchObject({ epoch: 2, pinFingerprint: pinOf(first) });
    }
  });

  it('does not take a pinned key that is named and did not sign', () => {
    const forged = trustDocument(1, strangerKey, {
      root: { threshold: 1, keys: [rootKey.publicKey, strangerKey.publicKey] },
    });
    const bytes = signed('trust', forged, strangerKey);
    for (const pin of [rootKey.publicKey, rootKey.id]) expect(code(bytes, { pin })).toBe('bundle.unknown_key');
  });

  it.each([
    ['another publisher’s document', pinOf(second)],
    ['a key that is no root key', signerKey.publicKey],
    ['an id of such a key', signerKey.id],
    ['anything else', 'acme'],
  ])('refuses where the pin is %s', (_, pin) => {
    expect(code(one, { pin })).toBe('bundle.fingerprint_mismatch');
  });

  it.each<[string, Uint8Array, string]>([
    [
      'a successor that only signed itself',
      chain(one, signed('trust', second, nextRootKey)),
      'bundle.trust_not_signed',
    ],
    [
      'a successor that only the one before signed',
      chain(one, signed('trust', second, rootKey)),
      'bundle.trust_not_signed',
    ],
    ['a successor that strangers signed', chain(one, signed('trust', second, strangerKey)), 'bundle.trust_not_signed'],
    [
      'a chain with a gap',
      chain(one, signed('trust', trustDocument(3, nextRootKey), rootKey, nextRootKey)),
      'bundle.trust_gap',
    ],
    [
      'a chain that repeats an epoch',
      chain(one, signed('trust', { ...first, expires: '2027-12-01T00:00:00Z' }, rootKey)),
      'bundle.trust_gap',
    ],
    ['a chain that goes back', chain(one, two, one), 'bundle.trust_not_signed'],
    [
      'a successor of another publisher',
      chain(one, signed('trust', { ...second, org: 'other' }, rootKey, nextRootKey)),
      'bundle.org_mismatch',
    ],
    ['a document signed as a bundle', signed('bundle', first, rootKey), 'bundle.payload_type'],
    ['a pinned document without its own signature', signed('trust', first, strangerKey), 'bundle.trust_not_signed'],
  ])('refuses %s', (_, bytes, expected) => {
    expect(code(bytes)).toBe(expected);
  });

  it('refuses a signature that does not verify', () => {
    const [link] = readTrustChain(one);
    if (link === undefined) throw new Error('no link');
    const envelope = {
      ...link.envelope,
      signatures: link.envelope.signatures.map((s) => ({ ...s, sig: Buffer.alloc(64, 1) })),
    };
    const options = { pin: pinOf(first), stored: undefined, now };
    expect(refusal(() => walkTrust([{ ...link, envelope }], options)).code).toBe('bundle.bad_signature');
  });

  it('asks for the threshold of the epoch before and of the new one', () => {
    const other = generateSigningKey();
    const both = trustDocument(1, rootKey, { root: { threshold: 2, keys: [rootKey.publicKey, other.publicKey] } });
    const next = trustDocument(2, nextRootKey, {
      root: { threshold: 2, keys: [nextRootKey.publicKey, other.publicKey] },
    });
    const start = signed('trust', both, rootKey, other);
    const pin = pinOf(both);
    expect(code(signed('trust', both, rootKey), { pin })).toBe('bundle.trust_not_signed');
    expect(code(chain(start, signed('trust', next, rootKey, nextRootKey)), { pin })).toBe('bundle.trust_not_signed');
    expect(walk(chain(start, signed('trust', next, rootKey, nextRootKey, other)), { pin }).epoch).toBe(2);
  });

  it('refuses a threshold that its keys cannot meet, and keys that stand twice for two', () => {
    const twice = trustDocument(1, rootKey, { root: { threshold: 2, keys: [rootKey.publicKey, rootKey.publicKey] } });
    const error = refusal(() => walk(signed('trust', twice, rootKey), { pin: pinOf(twice) }));
    expect(error.code).toBe('bundle.schema');
    expect(error.message).toContain('/root/threshold: 2 signatures are asked for, of 1 different keys');
  });

  it('says where a document is not what it should be', () => {
    const wrong = { ...first, signer: first['signers'], signers: undefined };
    const error = refusal(() => walk(signed('trust', wrong, rootKey), { pin: pinOf(wrong) }));
    expect(error.code).toBe('bundle.schema');
    expect(error.message).toContain('the trust document:12: /signer: unknown name "signer". Did you mean signers?');
    expect(error.message).toContain('/signers: signers is missing');
  });

  it('never goes back behind what was followed, nor beside it', () => {
    const stored = { epoch: 2, sha256: shaOf(second) };
    expect(walk(chain(one, two), { stored }).epoch).toBe(2);
    expect(walk(chain(one, two, three), { stored }).epoch).toBe(3);
    expect(code(one, { stored })).toBe('bundle.epoch_rollback');
    const twin = signed('trust', { ...second, expires: '2028-01-01T00:00:00Z' }, rootKey, nextRootKey);
    expect(code(chain(one, twin), { stored })).toBe('bundle.equivocation');
    // A fork that runs on past the epoch that is known.
    expect(code(chain(one, twin, three), { stored })).toBe('bundle.equivocation');
  });

  it('holds on to what it saw first where nothing was pinned: no other chain takes its place', () => {
    const stored = { epoch: 1, sha256: shaOf(first) };
    expect(walk(chain(one, two), { pin: undefined, stored }).epoch).toBe(2);
    const thief = trustDocument(5, strangerKey);
    expect(code(signed('trust', thief, strangerKey), { pin: undefined, stored })).toBe('bundle.fingerprint_mismatch');
    expect(code(chain(two), { pin: undefined, stored })).toBe('bundle.fingerprint_mismatch');
    const twin = signed('trust', trustDocument(1, strangerKey), strangerKey);
    expect(code(twin, { pin: undefined, stored })).toBe('bundle.equivocation');
  });

  it('refuses a document that expired, but not an earlier one that did', () => {
    const old = trustDocument(1, rootKey, { expires: '2026-01-01T00:00:00Z' });
    const pin = pinOf(old);
    const bytes = signed('trust', old, rootKey);
    expect(code(bytes, { pin })).toBe('bundle.trust_expired');
    expect(walk(chain(bytes, two), { pin }).epoch).toBe(2);
    const stored = { epoch: 1, sha256: shaOf(old) };
    expect(walk(bytes, { pin, stored, allowExpired: true }).epoch).toBe(1);
    expect(code(bytes, { pin, stored: { epoch: 0, sha256: shaOf(second) }, allowExpired: true })).toBe(
      'bundle.trust_expired',
    );
    expect(code(one, { now: Date.parse('2027-11-01T00:00:00Z') })).toBe('bundle.trust_expired');
  });

  it('refuses a document of another publisher than the link names', () => {
    expect(walk(one, { org: 'acme' }).epoch).toBe(1);
    expect(code(one, { org: 'other' })).toBe('bundle.org_mismatch');
  });
});

describe('readTrustChain', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'bundle.malformed'],
    ['an empty list', Buffer.from('[]'), 'bundle.malformed'],
    ['too many documents', chain(...Array.from({ length: 65 }, () => one)), 'bundle.malformed'],
    ['too much', Buffer.alloc(1_048_577, 0x5b), 'bundle.too_large'],
    ['deep nesting', Buffer.alloc(100_000, 0x5b), 'bundle.malformed'],
    ['a list of something else', Buffer.from('[1]'), 'bundle.malformed'],
    ['a web page', Buffer.from('<html>'), 'bundle.malformed'],
  ])('refuses %s', (_, bytes, expected) => {
    expect(refusal(() => readTrustChain(bytes)).code).toBe(expected);
  });

  it('gives a trusted document or a refusal for whatever a root key signs', () => {
    const field = fc.constantFrom(...Object.keys(first));
    fc.assert(
      fc.property(field, fc.jsonValue(), fc.boolean(), (name, value, pinned) => {
        const document = { ...first, [name]: value };
        const bytes = signed('trust', document, rootKey);
        harmless(() => walk(bytes, { pin: pinned ? pinOf(document) : undefined }));
        harmless(() => walk(chain(one, bytes)));
      }),
      { numRuns: 40 },
    );
  });

  it('gives documents or a refusal for any list', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue()), (list) => harmless(() => walk(json(list)))));
  });
});
