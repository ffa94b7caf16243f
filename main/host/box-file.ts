/** The format of a box of secrets in a file: each value sealed with AES-256-GCM, and how its key is had. */
import { argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { secretIdPattern, secretIdRule } from '../../shared/domain/secret-id.ts';
import { isErrno, writeFileAtomic } from '../kit/atomic-file.ts';
import { Secret } from '../kit/secret.ts';

/** RFC 9106's second recommended option: 64 MiB, three passes, four lanes. */
const argon2Cost = { parallelism: 4, memory: 65_536, passes: 3 };
const keyBytes = 32;

export interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

export type BoxKey =
  | { readonly from: 'file' }
  /** The salt is public. `check` opens with the right passphrase, where there may be no entry to tell by. */
  | { readonly from: 'passphrase'; readonly salt: string; readonly check?: Sealed };

export interface BoxFile {
  readonly version: 1;
  /** How the key is had. */
  readonly key: BoxKey;
  readonly entries: Readonly<Record<string, Sealed>>;
}

/** Why a box cannot be opened or changed. The message is for people and holds no secret. */
export class SecretBoxError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretBoxError';
  }
}

export function requireName(id: string): void {
  if (secretIdPattern.test(id)) return;
  throw new SecretBoxError(`"${id}" is not a usable name: take ${secretIdRule}.`);
}

export function seal(id: string, value: Secret, key: Buffer): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  // The name is sealed along: swapping two values in the file is noticed.
  cipher.setAAD(Buffer.from(id));
  const data = Buffer.concat([cipher.update(value.reveal(), 'utf8'), cipher.final()]);
  return { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

/** `undefined`: another key, another name, or damaged. */
export function unseal(id: string, sealed: Sealed, key: Buffer): Secret | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(id));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const data = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
    return new Secret(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

export function newSalt(): string {
  return randomBytes(16).toString('base64');
}

/** No secret can have this name. */
const checkName = ' check';

export function sealCheck(key: Buffer): Sealed {
  return seal(checkName, new Secret('sluice'), key);
}

/** Whether this is the key of the box; `undefined`: nothing in it could tell. */
export function isKeyOf(box: BoxFile, key: Buffer): boolean | undefined {
  if (box.key.from === 'passphrase' && box.key.check !== undefined)
    return unseal(checkName, box.key.check, key) !== undefined;
  const first = Object.entries(box.entries)[0];
  return first === undefined ? undefined : unseal(first[0], first[1], key) !== undefined;
}

export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function parseBox(text: string, file: string): BoxFile {
  const box = parseJson(text, file) as Partial<BoxFile> | null;
  if (box?.version === 1 && box.key !== undefined && box.entries !== undefined) return box as BoxFile;
  throw new SecretBoxError(`${file} is not a box of secrets this version can read. It was left as it is.`);
}

export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // What the parser says repeats the text: nothing of a box belongs into a log.
    throw new SecretBoxError(`${file} is not readable JSON. It was left as it is; restore it or ${file}.bak.`, {
      cause: error instanceof Error ? error.name : undefined,
    });
  }
}

export async function readKeyFile(keyFile: string): Promise<Buffer> {
  const text = await readText(keyFile);
  if (text === undefined)
    throw new SecretBoxError(
      `${keyFile} is missing. Put the key file back. If it is lost, delete every secret and enter them again.`,
    );
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === keyBytes) return key;
  throw new SecretBoxError(`${keyFile} does not hold a key of ${keyBytes} bytes. Put the key file back.`);
}

/** The random key in `file`, as base64; made with mode 0600 at the first call, by whichever process comes first. */
export async function readOrCreateKey(file: string): Promise<Secret> {
  const present = await readText(file);
  if (present !== undefined && present.trim() !== '') return new Secret(present.trim());
  const key = randomBytes(keyBytes).toString('base64');
  // `null`: only if nobody made it in the meantime. An empty leftover counts as none.
  const result = await writeFileAtomic(file, `${key}\n`, { expected: present ?? null });
  if (result === 'written') return new Secret(key);
  return new Secret(((await readText(file)) ?? '').trim());
}

/** Takes a quarter of a second, and 64 MiB. */
export async function deriveKey(passphrase: Secret, salt: string): Promise<Buffer> {
  const message = Buffer.from(passphrase.reveal(), 'utf8');
  const parameters = { message, nonce: Buffer.from(salt, 'base64'), tagLength: keyBytes, ...argon2Cost };
  return await new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(Buffer.from(key)) : reject(error)));
  });
}
