import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  generateSigningKey,
  keyIdOf,
  openPrivateKey,
  publicKeyOf,
  readPublicKey,
  sealPrivateKey,
} from '../../../main/bundles/keys.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { publicKey as publicKeyForm } from '../../../shared/bundle/payload.ts';
import { refusal } from './trust-fixtures.ts';

const spkiStart = '302a300506032b6570032100';
const named = (raw: string): string => `ed25519:${Buffer.from(spkiStart + raw, 'hex').toString('base64')}`;
const quick = { workFactor: 1 };
const never = (): Promise<string> => Promise.reject(new Error('asked for a passphrase'));

async function unusable(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(GatewayError);
  if (!(error instanceof GatewayError)) return '';
  expect(error.code).toBe('config.invalid');
  return error.message;
}

describe('public keys', () => {
  it('verify as RFC 8032 says (7.1, test 2)', () => {
    const { key } = readPublicKey(named('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'));
    const signature = Buffer.from(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      'hex',
    );
    expect(verify(null, Buffer.from('72', 'hex'), key, signature)).toBe(true);
    expect(verify(null, Buffer.from('73', 'hex'), key, signature)).toBe(false);
  });

  it('have an id of the first 16 bytes of the SHA-256 of their SPKI', () => {
    expect(keyIdOf(named('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'))).toBe(
      'ed25519:deb2ded39dc26fce0e6085b6fc34bf6b',
    );
  });

  it('are made, written and told apart', () => {
    const [a, b] = [generateSigningKey(), generateSigningKey()];
    expect(publicKeyForm.safeParse(a.publicKey).success).toBe(true);
    expect(publicKeyOf(a.privateKey)).toBe(a.publicKey);
    expect(keyIdOf(a.publicKey)).toBe(a.id);
    expect(a.id).toMatch(/^ed25519:[0-9a-f]{32}$/);
    expect(a.id).not.toBe(b.id);
  });

  it.each([
    ['another scheme', 'rsa:AAAA'],
    ['no base64', 'ed25519:!'],
    ['too few bytes', 'ed25519:MCowBQYDK2VwAyEA'],
    [
      'another algorithm',
      `ed25519:${Buffer.from(`302a300506032b656e032100${'11'.repeat(32)}`, 'hex').toString('base64')}`,
    ],
  ])('are refused with %s', (_, text) => {
    expect(refusal(() => readPublicKey(text)).code).toBe('bundle.schema');
  });

  it.each([
    ['the neutral point', `01${'00'.repeat(31)}`],
    ['the neutral point with a sign', `01${'00'.repeat(30)}80`],
    ['order 2', `ec${'ff'.repeat(30)}7f`],
    ['order 4', '00'.repeat(32)],
    ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['the neutral point in another writing', `ee${'ff'.repeat(30)}7f`],
  ])('are refused where anybody could sign: %s', (_, raw) => {
    expect(refusal(() => readPublicKey(named(raw))).message).toContain('anybody can sign');
  });
});

describe('private keys', () => {
  const { privateKey, publicKey } = generateSigningKey();
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('open with the passphrase they were sealed with, and are nowhere in the file', async () => {
    const sealed = await sealPrivateKey(privateKey, 'four words or so', quick);
    expect(sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[\s\S]*\n-----END AGE ENCRYPTED FILE-----\n$/);
    const opened = await openPrivateKey(`\n${sealed.replaceAll('\n', '\r\n')}`, () =>
      Promise.resolve('four words or so'),
    );
    expect(publicKeyOf(opened)).toBe(publicKey);
  });

  it('stay shut for another passphrase, and where a byte was changed', async () => {
    const sealed = await sealPrivateKey(privateKey, 'right', quick);
    expect(await unusable(openPrivateKey(sealed, () => Promise.resolve('wrong')))).toContain('passphrase is wrong');
    const lines = sealed.split('\n');
    const damaged = [
      ...lines.slice(0, 3),
      (lines[3] ?? '').replace(/^./, (a) => (a === 'A' ? 'B' : 'A')),
      ...lines.slice(4),
    ];
    expect(await unusable(openPrivateKey(damaged.join('\n'), () => Promise.resolve('right')))).toContain('damaged');
  });

  it('are taken as plain PEM without asking for a passphrase', async () => {
    expect(publicKeyOf(await openPrivateKey(pem, never))).toBe(publicKey);
  });

  it('are not sealed with nothing', async () => {
    expect(await unusable(sealPrivateKey(privateKey, '', quick))).toContain('empty passphrase');
  });

  it.each([
    ['a public key', publicKey, 'This is a public key'],
    ['anything else', 'hello', 'This is not a private key'],
    ['too much', 'x'.repeat(20_000), 'too long'],
    ['half a key', pem.slice(0, 60), 'damaged'],
  ])('are told from %s', async (_, text, message) => {
    expect(await unusable(openPrivateKey(text, never))).toContain(message);
  });

  it('are told from keys that sign otherwise, and from those sealed otherwise', async () => {
    const other = generateKeyPairSync('x25519').privateKey;
    expect(await unusable(openPrivateKey(other.export({ type: 'pkcs8', format: 'pem' }).toString(), never))).toContain(
      'x25519',
    );
    const locked = createPrivateKey(pem).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'p',
    });
    expect(await unusable(openPrivateKey(locked.toString(), never))).toContain('openssl pkey');
  });
});
