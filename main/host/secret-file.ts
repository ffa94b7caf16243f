/** A box of secrets in one file: each value sealed with AES-256-GCM, the key in a file of its own or from a passphrase. */
import { argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { secretIdPattern, secretIdRule } from '../../shared/domain/secret-id.ts';
import { isErrno, writeFileAtomic } from '../kit/atomic-file.ts';
import { Secret } from '../kit/secret.ts';
import type { SecretBox, SecretReading } from './host.ts';

/** RFC 9106's second recommended option: 64 MiB, three passes, four lanes. */
const argon2Cost = { parallelism: 4, memory: 65_536, passes: 3 };
const keyBytes = 32;
const maxAttempts = 8;

interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

interface BoxFile {
  readonly version: 1;
  /** How the key is had. The salt is public. */
  readonly key: { readonly from: 'file' } | { readonly from: 'passphrase'; readonly salt: string };
  readonly entries: Readonly<Record<string, Sealed>>;
}

export interface SecretFileOptions {
  /** The box, e.g. `secrets.json`. */
  readonly file: string;
  /** Where the key rests when there is no passphrase, e.g. `secrets.key`. Made when missing. */
  readonly keyFile: string;
  readonly passphrase: Secret | undefined;
}

/** Why a box cannot be opened or changed. The message is for people and holds no secret. */
export class SecretBoxError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretBoxError';
  }
}

/** The box at `file`. Nothing is read or made before the first use; a broken box never loses what it holds (SEC-43). */
export function createSecretFile(options: SecretFileOptions): SecretBox {
  const keys = new Map<string, Promise<Buffer>>();

  /** The key this box was sealed with. Deriving takes a quarter of a second, so it is done once per salt. */
  function keyOf(box: BoxFile): Promise<Buffer> {
    const name = box.key.from === 'file' ? '' : box.key.salt;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const made = box.key.from === 'file' ? readKeyFile(options) : deriveKey(options.passphrase, box.key.salt);
    keys.set(name, made);
    // A failure is not remembered: the file may be put back while we run.
    made.catch(() => keys.delete(name));
    return made;
  }

  /** The key to seal with. The first secret of all makes one; a box with content and no key must not get a new one. */
  async function sealingKey(box: BoxFile): Promise<Buffer> {
    if (Object.keys(box.entries).length === 0 && box.key.from === 'file') {
      keys.clear();
      await readOrCreateKey(options.keyFile);
    }
    return await keyOf(box);
  }

  async function change(edit: (box: BoxFile) => Promise<BoxFile | undefined>): Promise<boolean> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const text = await readText(options.file);
      const next = await edit(boxIn(text, options));
      if (next === undefined) return false;
      const json = `${JSON.stringify(next, undefined, 2)}\n`;
      if ((await writeFileAtomic(options.file, json, { expected: text ?? null, backup: true })) === 'written')
        return true;
    }
    throw new SecretBoxError(`${options.file} keeps changing while it is written; try again.`);
  }

  async function get(id: string): Promise<SecretReading> {
    try {
      const text = await readText(options.file);
      if (text === undefined) return { kind: 'absent' };
      const box = parseBox(text, options.file);
      const sealed = Object.hasOwn(box.entries, id) ? box.entries[id] : undefined;
      if (sealed === undefined) return { kind: 'absent' };
      return { kind: 'found', value: unseal(id, sealed, await keyOf(box), options) };
    } catch (error) {
      return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    get,
    async set(id, value) {
      requireName(id);
      await change(async (box) => {
        const key = await sealingKey(box);
        // Sealing with a key that cannot open what is there would split the box in two.
        const first = Object.entries(box.entries)[0];
        if (first !== undefined) unseal(first[0], first[1], key, options);
        return { ...box, entries: { ...box.entries, [id]: seal(id, value, key) } };
      });
    },
    async delete(id) {
      // Needs no key: when that is lost, deleting is the way out.
      return await change(async (box) => {
        if (!Object.hasOwn(box.entries, id)) return undefined;
        return { ...box, entries: Object.fromEntries(Object.entries(box.entries).filter(([name]) => name !== id)) };
      });
    },
    async list() {
      const text = await readText(options.file);
      return text === undefined ? [] : Object.keys(parseBox(text, options.file).entries).sort();
    },
    async protection() {
      const { key } = boxIn(await readText(options.file), options);
      return key.from === 'file' ? `key file ${options.keyFile}` : 'passphrase (argon2id)';
    },
  };
}

function requireName(id: string): void {
  if (secretIdPattern.test(id)) return;
  throw new SecretBoxError(`"${id}" is not a usable name: take ${secretIdRule}.`);
}

/** An empty box is sealed anew, with what there is to seal with now. */
function boxIn(text: string | undefined, options: SecretFileOptions): BoxFile {
  const box = text === undefined ? undefined : parseBox(text, options.file);
  return box === undefined || Object.keys(box.entries).length === 0 ? emptyBox(options.passphrase) : box;
}

function emptyBox(passphrase: Secret | undefined): BoxFile {
  const key =
    passphrase === undefined
      ? ({ from: 'file' } as const)
      : ({ from: 'passphrase', salt: randomBytes(16).toString('base64') } as const);
  return { version: 1, key, entries: {} };
}

function seal(id: string, value: Secret, key: Buffer): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  // The name is sealed along: swapping two values in the file is noticed.
  cipher.setAAD(Buffer.from(id));
  const data = Buffer.concat([cipher.update(value.reveal(), 'utf8'), cipher.final()]);
  return { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

function unseal(id: string, sealed: Sealed, key: Buffer, options: SecretFileOptions): Secret {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(id));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const data = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
    return new Secret(data.toString('utf8'));
  } catch (error) {
    const opener = options.passphrase === undefined ? `the key in ${options.keyFile}` : 'this passphrase';
    throw new SecretBoxError(
      `secret "${id}" in ${options.file} does not open with ${opener}. Put the old key back, or delete the secret and enter it again.`,
      { cause: error },
    );
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseBox(text: string, file: string): BoxFile {
  try {
    const box = JSON.parse(text) as Partial<BoxFile>;
    if (box.version === 1 && box.key !== undefined && box.entries !== undefined) return box as BoxFile;
  } catch (error) {
    throw new SecretBoxError(`${file} is not readable JSON. It was left as it is; restore it or ${file}.bak.`, {
      cause: error,
    });
  }
  throw new SecretBoxError(`${file} is not a box of secrets this version can read. It was left as it is.`);
}

async function readKeyFile(options: SecretFileOptions): Promise<Buffer> {
  const text = await readText(options.keyFile);
  if (text === undefined)
    throw new SecretBoxError(
      `${options.keyFile} is missing. Put the key file back. If it is lost, delete every secret and enter them again.`,
    );
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === keyBytes) return key;
  throw new SecretBoxError(`${options.keyFile} does not hold a key of ${keyBytes} bytes. Put the key file back.`);
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

async function deriveKey(passphrase: Secret | undefined, salt: string): Promise<Buffer> {
  if (passphrase === undefined) {
    throw new SecretBoxError('the box of secrets was sealed with a passphrase: set SLUICE_PASSPHRASE to it.');
  }
  const message = Buffer.from(passphrase.reveal(), 'utf8');
  const parameters = { message, nonce: Buffer.from(salt, 'base64'), tagLength: keyBytes, ...argon2Cost };
  return await new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(Buffer.from(key)) : reject(error)));
  });
}
