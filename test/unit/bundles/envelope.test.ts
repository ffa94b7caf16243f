import { sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import {
  maxEnvelopeBytes,
  pae,
  readEnvelope,
  signEnvelope,
  verifyEnvelope,
  withSignatures,
} from '../../../main/bundles/envelope.ts';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { payloadTypes } from '../../../shared/bundle/payload.ts';
import {
  bundleDocument,
  harmless,
  json,
  keyObjects,
  refusal,
  signed,
  signerKey,
  strangerKey,
} from './trust-fixtures.ts';

const second = generateSigningKey();
const what = 'The bundle';
const rule = { type: 'bundle', keys: [signerKey.publicKey], threshold: 1, what } as const;
const envelope = (change: Readonly<Record<string, unknown>>): Buffer =>
  json({ ...(JSON.parse(signed('bundle', { id: 'a' }, signerKey).toString('utf8')) as object), ...change });

describe('pae', () => {
  it('is that of the DSSE protocol', () => {
    expect(pae('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('counts bytes, not characters, and keeps those of the payload', () => {
    expect(pae('ä', Uint8Array.from([0, 255]))).toEqual(
      Buffer.concat([Buffer.from('DSSEv1 2 ä 2 ', 'utf8'), Buffer.from([0, 255])]),
    );
  });
});

describe('readEnvelope', () => {
  it('reads what was signed, byte by byte', () => {
    const payload = Buffer.from('{"id" :\n"a" }');
    const read = readEnvelope(signEnvelope('bundle', payload, keyObjects([signerKey])));
    expect(read.payload).toEqual(payload);
    expect(read.payloadType).toBe(payloadTypes.bundle);
    expect(read.signatures.map(({ keyid }) => keyid)).toEqual([signerKey.id]);
  });

  it.each<[string, Uint8Array, string, string]>([
    ['more than 1 MiB', Buffer.alloc(maxEnvelopeBytes + 1, 0x20), 'bundle.too_large', 'more than the 1048576 bytes'],
    ['an empty file', Buffer.alloc(0), 'bundle.malformed', 'the file is empty'],
    ['a web page', Buffer.from('\n<!doctype html><html>…'), 'bundle.malformed', 'this is a web page, not a bundle'],
    ['a compressed file', gzipSync('{}'), 'bundle.malformed', 'compressed (gzip)'],
    ['YAML', Buffer.from('schema: sluice.bundle/1\n'), 'bundle.malformed', 'begins with "{"'],
    ['a trust file', Buffer.from('[{}]'), 'bundle.malformed', 'Is it the trust file?'],
    ['a bundle without envelope', json(bundleDocument()), 'bundle.not_signed', 'has no signature'],
    ['a field too many', envelope({ extra: 1 }), 'bundle.malformed', 'a field "extra"'],
    ['a field too few', json({ payloadType: 'x', payload: 'AA==' }), 'bundle.malformed', '"signatures" is missing'],
    ['a payload that is no text', envelope({ payload: 5 }), 'bundle.malformed', 'payload is not base64'],
    ['an empty payload', envelope({ payload: '' }), 'bundle.malformed', 'payload is not base64'],
    ['base64 without padding', envelope({ payload: 'e30' }), 'bundle.malformed', 'payload is not base64'],
    ['base64 with bits left over', envelope({ payload: 'e31=' }), 'bundle.malformed', 'payload is not base64'],
    ['base64url', envelope({ payload: '-_-_' }), 'bundle.malformed', 'payload is not base64'],
    ['base64 with line breaks', envelope({ payload: 'e30=\n' }), 'bundle.malformed', 'payload is not base64'],
    ['a type that is no text', envelope({ payloadType: null }), 'bundle.malformed', 'payloadType is not a short text'],
    ['signatures that are no list', envelope({ signatures: {} }), 'bundle.malformed', 'signatures is not a list'],
    [
      'a signature that is a text',
      envelope({ signatures: ['x'] }),
      'bundle.malformed',
      'signatures[0] is not an object',
    ],
    ['a short signature', envelope({ signatures: [{ keyid: 'k', sig: 'AAAA' }] }), 'bundle.malformed', 'has 3 bytes'],
    [
      'a key id that is no text',
      envelope({ signatures: [{ keyid: 1, sig: Buffer.alloc(64).toString('base64') }] }),
      'bundle.malformed',
      'keyid is not a short text',
    ],
    [
      'too many signatures',
      envelope({
        signatures: Array.from({ length: 33 }, () => ({ keyid: 'k', sig: Buffer.alloc(64).toString('base64') })),
      }),
      'bundle.malformed',
      'more than 32 signatures',
    ],
    ['deep nesting', Buffer.from(`{"payload":${'['.repeat(90_000)}`), 'bundle.malformed', 'more than 4 deep'],
    ['a field twice', Buffer.from('{"payload": "e30=", "payload": "e30="}'), 'bundle.malformed', 'stands twice'],
  ])('refuses %s', (_, bytes, code, message) => {
    const error = refusal(() => readEnvelope(bytes));
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });

  it('gives an envelope or a refusal for whatever a host sends', () => {
    const word = fc.oneof(fc.constant(payloadTypes.bundle), fc.base64String(), fc.string());
    const one = fc.record({ keyid: fc.oneof(fc.constant(signerKey.id), word), sig: word }, { requiredKeys: [] });
    const forged = fc.record(
      { payloadType: word, payload: word, signatures: fc.oneof(fc.array(one), fc.jsonValue()), more: fc.jsonValue() },
      { requiredKeys: ['payloadType', 'payload', 'signatures'] },
    );
    fc.assert(fc.property(forged, (value) => harmless(() => verifyEnvelope(readEnvelope(json(value)), rule))));
    const good = signed('bundle', { id: 'a' }, signerKey);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        harmless(() => {
          // Whatever still verifies says what was signed.
          const read = readEnvelope(changed);
          verifyEnvelope(read, rule);
          expect(read.payload).toEqual(json({ id: 'a' }));
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe('verifyEnvelope', () => {
  const check = (bytes: Uint8Array, change: object = {}): readonly string[] =>
    verifyEnvelope(readEnvelope(bytes), { ...rule, ...change });
  const code = (bytes: Uint8Array, change: object = {}): string => refusal(() => check(bytes, change)).code;

  it('names the keys that signed, and passes over those it does not know', () => {
    const bytes = signed('bundle', { id: 'a' }, strangerKey, signerKey, second);
    expect(check(bytes)).toEqual([signerKey.id]);
    expect(check(bytes, { keys: [second.publicKey, signerKey.publicKey], threshold: 2 })).toEqual([
      signerKey.id,
      second.id,
    ]);
  });

  it('refuses a valid signature of something else', () => {
    expect(code(signed('trust', { id: 'a' }, signerKey))).toBe('bundle.payload_type');
    const renamed = { ...readEnvelope(signed('trust', { id: 'a' }, signerKey)), payloadType: payloadTypes.bundle };
    expect(refusal(() => verifyEnvelope(renamed, rule)).code).toBe('bundle.bad_signature');
  });

  it('refuses what only strangers signed, and what nobody did', () => {
    expect(code(signed('bundle', { id: 'a' }, strangerKey))).toBe('bundle.unknown_key');
    expect(code(signed('bundle', { id: 'a' }))).toBe('bundle.unknown_key');
  });

  it('refuses a signature of a stranger under the name of a known key', () => {
    const read = readEnvelope(signed('bundle', { id: 'a' }, strangerKey));
    const forged = { ...read, signatures: read.signatures.map(({ sig }) => ({ keyid: signerKey.id, sig })) };
    expect(refusal(() => verifyEnvelope(forged, rule)).code).toBe('bundle.bad_signature');
  });

  it('refuses a payload that was changed, and a bad signature beside enough good ones', () => {
    const read = readEnvelope(signed('bundle', { id: 'a' }, signerKey, second));
    const changed = { ...read, payload: Buffer.from('{"id":"b"}') };
    expect(refusal(() => verifyEnvelope(changed, rule)).code).toBe('bundle.bad_signature');
    const half = {
      ...read,
      signatures: read.signatures.map((one, index) => (index === 1 ? { ...one, sig: Buffer.alloc(64) } : one)),
    };
    const both = { ...rule, keys: [signerKey.publicKey, second.publicKey] };
    expect(refusal(() => verifyEnvelope(half, both)).code).toBe('bundle.bad_signature');
  });

  it('signs the bytes of the type and the payload, not the payload alone', () => {
    const payload = json({ id: 'a' });
    const bare = { keyid: signerKey.id, sig: sign(null, payload, signerKey.privateKey) };
    const forged = { payloadType: payloadTypes.bundle, payload, signatures: [bare] };
    expect(refusal(() => verifyEnvelope(forged, rule)).code).toBe('bundle.bad_signature');
  });

  it('counts a key once, however often it signed or stands in the list, in whatever writing', () => {
    const read = readEnvelope(signed('bundle', { id: 'a' }, signerKey));
    const twice = { ...read, signatures: [...read.signatures, ...read.signatures] };
    // The last letter before the padding has two bits that mean nothing.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const last = signerKey.publicKey.at(-2) ?? '';
    const otherwise = `${signerKey.publicKey.slice(0, -2)}${letters[letters.indexOf(last) + 1] ?? ''}=`;
    expect(otherwise).not.toBe(signerKey.publicKey);
    const keys = [signerKey.publicKey, signerKey.publicKey, otherwise, second.publicKey];
    const error = refusal(() => verifyEnvelope(twice, { ...rule, keys, threshold: 2 }));
    expect(error.code).toBe('bundle.threshold_not_met');
    expect(error.message).toContain('1 of the 2 keys');
  });

  it('asks for one signature at least, whatever the threshold says', () => {
    expect(code(signed('bundle', { id: 'a' }), { threshold: 0 })).toBe('bundle.unknown_key');
  });
});

describe('signing', () => {
  it('adds signatures to an envelope and makes those of the same key anew', () => {
    const once = signed('bundle', { id: 'a' }, signerKey);
    const more = withSignatures(once, keyObjects([second, signerKey]));
    expect(more.toString('utf8')).toMatch(/\}\n$/);
    const keys = [signerKey.publicKey, second.publicKey];
    expect(verifyEnvelope(readEnvelope(more), { ...rule, keys, threshold: 2 })).toEqual([signerKey.id, second.id]);
  });

  it('makes no envelope that nobody would read', () => {
    const payload = Buffer.alloc(maxEnvelopeBytes, 0x20);
    expect(refusal(() => signEnvelope('bundle', payload, keyObjects([signerKey]))).code).toBe('bundle.too_large');
  });
});
