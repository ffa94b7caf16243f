/** Keys of publishers: Ed25519, public ones as text, private ones sealed with a passphrase. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { publicKey as publicKeyForm } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';

const scheme = 'ed25519:';
/** What stands before the 32 bytes of an Ed25519 key in its SPKI (RFC 8410). */
const spkiStart = Buffer.from('302a300506032b6570032100', 'hex');
/** 2^255 - 19: the y of a point is smaller, or it is another writing of a smaller one. */
const fieldPrime = 2n ** 255n - 19n;
/** The y of the points of small order, for which anybody can make a signature that verifies. */
const weakPoints: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/** A public key as told apart from others: never by its text, which may be one of several for the same key. */
export interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** Reads `ed25519:<SPKI in base64>`. Throws `bundle.schema` for anything that is no such key, or whose signatures prove nothing. */
export function readPublicKey(text: string): SigningKey {
  const spki = Buffer.from(text.slice(scheme.length), 'base64');
  const isKey = publicKeyForm.safeParse(text).success && spki.length === spkiStart.length + 32;
  if (!isKey || !spki.subarray(0, spkiStart.length).equals(spkiStart)) {
    throw new GatewayError(
      'bundle.schema',
      `${JSON.stringify(text.slice(0, 24))}… is not a public key. Write ed25519: and the base64 of its SPKI, as \`sluice bundle keygen\` prints it.`,
    );
  }
  const little = Buffer.from(spki.subarray(spkiStart.length)).reverse();
  const y = BigInt(`0x${little.toString('hex')}`) & (2n ** 255n - 1n);
  if (y >= fieldPrime || weakPoints.has(y)) {
    throw new GatewayError(
      'bundle.schema',
      `The public key ${text.slice(0, 24)}… is one for which anybody can sign. Make one with \`sluice bundle keygen\`.`,
    );
  }
  return { id: idOf(spki), key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

/** `ed25519:` and the first 16 bytes of the SHA-256 of the SPKI, in hex. */
export function keyIdOf(publicKey: string): string {
  return readPublicKey(publicKey).id;
}

function idOf(spki: Uint8Array): string {
  return scheme + createHash('sha256').update(spki).digest('hex').slice(0, 32);
}

/** The public half, as trust documents name it. */
export function publicKeyOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return scheme + spki.toString('base64');
}

export interface NewSigningKey {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  readonly id: string;
}

export function generateSigningKey(): NewSigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = publicKeyOf(privateKey);
  return { publicKey, privateKey, id: keyIdOf(publicKey) };
}

// ---------------------------------------------------------------- private keys in files

/** As age itself uses: about a second of work, and 256 MiB, for each guess. */
const sealWorkFactor = 18;
const sealedStart = '-----BEGIN AGE ENCRYPTED FILE-----';
/** The file of a sealed key has about 700 characters. */
const maxKeyFile = 16_384;

export interface SealOptions {
  /** Base-2 logarithm of the work of scrypt. */
  readonly workFactor?: number;
}

/** The private key as text that the program `age` opens too: PKCS8 PEM, encrypted with the passphrase. */
export async function sealPrivateKey(key: KeyObject, passphrase: string, options: SealOptions = {}): Promise<string> {
  if (passphrase === '') throw unusable('A private key is not sealed with an empty passphrase. Type one.');
  const { Encrypter, armor } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(options.workFactor ?? sealWorkFactor);
  return armor.encode(await encrypter.encrypt(key.export({ type: 'pkcs8', format: 'pem' }).toString()));
}

/**
 * A private key from the text of its file: sealed with a passphrase, which is asked for then alone, or PKCS8 PEM as it is, for
 * secrets of CI. Throws `config.invalid`; no message holds anything of the key.
 */
export async function openPrivateKey(text: string, passphrase: () => Promise<string>): Promise<KeyObject> {
  const trimmed = text.trim();
  if (trimmed.length > maxKeyFile) throw unusable('This file is too long to be a private key.');
  if (trimmed.startsWith(sealedStart)) return privateKeyFrom(await unseal(trimmed, await passphrase()));
  if (trimmed.startsWith('-----BEGIN PRIVATE KEY-----')) return privateKeyFrom(trimmed);
  if (trimmed.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----')) {
    throw unusable(
      'This private key is encrypted in a way that is not read here. Decrypt it with `openssl pkey`, or make one with `sluice bundle keygen`.',
    );
  }
  if (trimmed.startsWith(scheme) || trimmed.startsWith('-----BEGIN PUBLIC KEY-----')) {
    throw unusable(
      'This is a public key. Signing takes the private one, which `sluice bundle keygen` wrote beside it.',
    );
  }
  throw unusable(
    'This is not a private key. Give the file that `sluice bundle keygen` wrote, or an Ed25519 key as PKCS8 PEM ("-----BEGIN PRIVATE KEY-----").',
  );
}

async function unseal(text: string, passphrase: string): Promise<string> {
  const { Decrypter, armor } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(armor.decode(text), 'text');
  } catch (cause) {
    // It does not tell a wrong passphrase from a file that was changed; the first is what happens.
    throw unusable('The private key did not open: the passphrase is wrong, or the file is damaged.', cause);
  }
}

function privateKeyFrom(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw unusable('The private key cannot be read: it is damaged. Take it from its backup.', cause);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw unusable(
    `This is a private key of the kind ${key.asymmetricKeyType ?? 'unknown'}. Bundles are signed with Ed25519: make a key with \`sluice bundle keygen\`.`,
  );
}

function unusable(message: string, cause?: unknown): GatewayError {
  return new GatewayError('config.invalid', message, { cause });
}
