/** Virtual keys: how one is made, and the table that finds one in constant time (SEC-10, SEC-12, SEC-13). */
import { hash, timingSafeEqual } from 'node:crypto';
import type { KeyTable, VirtualKey } from '../gateway/ports.ts';
import { Secret } from '../kit/secret.ts';

export const keyPrefix = 'sk-sluice-';

/** The id of the key that this program itself uses: of no key in a file. */
export const ownKeyId = 'sluice-window';

/** Letters and digits that are not mistaken for one another: no 0 O, 1 l I. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** 44 characters of 57 kinds hold 256 bits: 44 × log2(57) = 256.6. */
const secretLength = 44;

/** Random bytes; cryptographically strong outside tests. */
export interface KeyRandom {
  randomBytes(count: number): Uint8Array;
}

export interface MintedKey {
  /** To be shown once; it is not stored. */
  readonly key: Secret;
  readonly id: string;
  /** What the file holds: 64 hexadecimal digits. */
  readonly sha256: string;
}

/** `sk-sluice-<id>-<secret>`. The id is public and finds the key; `id` must be a name the config accepts. */
export function mintKey(random: KeyRandom, id: string): MintedKey {
  const key = `${keyPrefix}${id}-${randomText(random, secretLength)}`;
  return { key: new Secret(key), id, sha256: digestOf(key).toString('hex') };
}

/** Evenly distributed: bytes beyond the last whole multiple of the alphabet are thrown away. */
function randomText(random: KeyRandom, length: number): string {
  const even = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of random.randomBytes(length * 2)) {
      if (byte < even && text.length < length) text += alphabet[byte % alphabet.length] ?? '';
    }
  }
  return text;
}

/** An id for a key from the name people gave it, not among `taken` and not our own. */
export function keyIdFor(name: string, taken: ReadonlySet<string>): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const base = slug === '' ? 'key' : slug;
  if (!taken.has(base) && base !== ownKeyId) return base;
  for (let number = 2; ; number += 1) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}

export interface KeyEntry {
  readonly key: VirtualKey;
  /** SHA-256 of the whole key. */
  readonly digest: Buffer;
  /** Of secrets it had before. */
  readonly previous: readonly PreviousDigest[];
}

export interface PreviousDigest {
  readonly digest: Buffer;
  /** Milliseconds since 1970: from then on it opens nothing. */
  readonly until: number;
}

// Which secret a key was presented with when its table was made: tells a key that stayed from one whose secret was replaced.
const digests = new WeakMap<VirtualKey, Buffer>();

interface Opening {
  readonly key: VirtualKey;
  readonly digest: Buffer;
  /** Of a previous secret. */
  readonly until: number | undefined;
}

/**
 * A table over the keys of one snapshot. Expired and disabled keys are found: whoever asks decides what that means. A
 * presented key is only ever hashed and its digest compared: neither a stored digest nor a part of a key opens anything.
 * `now` gives milliseconds since 1970: a previous secret opens only until its overlap ends.
 */
export function createKeyTable(entries: readonly KeyEntry[], now: () => number): KeyTable {
  const byId = new Map<string, Opening>();
  const byDigest = new Map<string, Opening>();
  const open = (key: VirtualKey, digest: Buffer, until: number | undefined): Opening => {
    const opening = { key, digest, until };
    digests.set(key, digest);
    byDigest.set(digest.toString('hex'), opening);
    return opening;
  };
  for (const { key, digest, previous } of entries) {
    // An object of its own, so that what was presented with that secret can be ended with it.
    for (const one of previous) open({ ...key }, one.digest, one.until);
    // Last: should a secret be in both places, it is the present one.
    byId.set(key.id, open(key, digest, undefined));
  }
  const opens = (opening: Opening, digest: Buffer): boolean =>
    timingSafeEqual(digest, opening.digest) && (opening.until === undefined || now() < opening.until);
  // Compared with when there is no such id, so that an unknown id takes as long as a wrong secret.
  const nobody = Buffer.alloc(32);
  return {
    count: entries.filter(({ key }) => key.isOwn !== true).length,
    origins: new Set(entries.flatMap((entry) => entry.key.allowedOrigins)),
    find(presented) {
      const digest = digestOf(presented);
      const named = byId.get(publicIdOf(presented) ?? '');
      if (timingSafeEqual(digest, named?.digest ?? nobody) && named !== undefined) return named.key;
      // A key people chose themselves has no id in it, and one before a rotation the id of the present one: they are looked
      // up by their full digest, which gives nothing away.
      const other = byDigest.get(digest.toString('hex'));
      return other !== undefined && opens(other, digest) ? other.key : undefined;
    },
    byId: (id) => byId.get(id)?.key,
    isCurrent(key) {
      const digest = digests.get(key);
      const present = byId.get(key.id);
      if (digest === undefined || present === undefined || present.key.disabled) return false;
      const opening = byDigest.get(digest.toString('hex'));
      return opening !== undefined && opening.key.id === key.id && opens(opening, digest);
    },
  };
}

/** The public part of a key of our own making: between the prefix and the last dash. */
function publicIdOf(presented: string): string | undefined {
  if (!presented.startsWith(keyPrefix)) return undefined;
  const dash = presented.length - secretLength - 1;
  return presented[dash] === '-' ? presented.slice(keyPrefix.length, dash) : undefined;
}

export function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
