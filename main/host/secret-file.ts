/** A box of secrets in one file: each value sealed, the key in a file of its own or from a passphrase. */
import { rm } from 'node:fs/promises';
import type { Keyring } from '../../shared/contract/secrets.ts';
import { writeFileAtomic } from '../kit/atomic-file.ts';
import type { Secret } from '../kit/secret.ts';
import {
  deriveKey,
  isKeyOf,
  newSalt,
  parseBox,
  readKeyFile,
  readOrCreateKey,
  readText,
  requireName,
  seal,
  sealCheck,
  SecretBoxError,
  unseal,
  type BoxFile,
} from './box-file.ts';
import type { SecretBox, SecretReading } from './host.ts';
import { createThrottle } from './throttle.ts';

const maxAttempts = 8;

export interface SecretFileOptions {
  /** The box, e.g. `secrets.json`. */
  readonly file: string;
  /** Where the key rests when there is no passphrase, e.g. `secrets.key`. Made when missing. */
  readonly keyFile: string;
  readonly passphrase: Secret | undefined;
  /** Milliseconds that never go back; default: of this process. */
  readonly monotonic?: (() => number) | undefined;
}

export interface SecretFileBox extends SecretBox {
  /** After secrets went elsewhere: removes the copy that still has them, and an empty box with its key. */
  tidy(): Promise<void>;
}

/** The box at `file`. Nothing is read or made before the first use; a broken box never loses what it holds (SEC-43). */
export function createSecretFile(options: SecretFileOptions): SecretFileBox {
  return new SecretFile(options);
}

class SecretFile implements SecretFileBox {
  readonly #options: SecretFileOptions;
  /** By salt; the key of the key file by the empty text. Deriving takes a quarter of a second, so it is done once. */
  readonly #keys = new Map<string, Promise<Buffer>>();
  readonly #guesses: ReturnType<typeof createThrottle>;

  constructor(options: SecretFileOptions) {
    this.#options = options;
    this.#guesses = createThrottle(options.monotonic ?? (() => performance.now()));
  }

  async get(id: string): Promise<SecretReading> {
    try {
      const text = await readText(this.#options.file);
      if (text === undefined) return { kind: 'absent' };
      const box = parseBox(text, this.#options.file);
      const sealed = Object.hasOwn(box.entries, id) ? box.entries[id] : undefined;
      if (sealed === undefined) return { kind: 'absent' };
      const value = unseal(id, sealed, await this.#keyOf(box));
      return value === undefined ? { kind: 'unreadable', reason: this.#closed(id, box) } : { kind: 'found', value };
    } catch (error) {
      return { kind: 'unreadable', reason: messageOf(error) };
    }
  }

  async set(id: string, value: Secret): Promise<void> {
    requireName(id);
    await this.#change(async (box) => {
      const key = await this.#sealingKey(box);
      return { ...box, entries: { ...box.entries, [id]: seal(id, value, key) } };
    });
  }

  /** Needs no key: when that is lost, deleting is the way out. */
  async delete(id: string): Promise<boolean> {
    return await this.#change((box) => {
      if (!Object.hasOwn(box.entries, id)) return undefined;
      return { ...box, entries: Object.fromEntries(Object.entries(box.entries).filter(([name]) => name !== id)) };
    });
  }

  async list(): Promise<readonly string[]> {
    const text = await readText(this.#options.file);
    return text === undefined ? [] : Object.keys(parseBox(text, this.#options.file).entries).sort();
  }

  async protection(): Promise<string> {
    const { key } = await this.#read();
    return key.from === 'file' ? `key file ${this.#options.keyFile}` : 'passphrase (argon2id)';
  }

  async keyring(): Promise<Keyring> {
    const { file, keyFile } = this.#options;
    try {
      const box = await this.#read();
      if (box.key.from === 'passphrase') return await this.#passphraseState(box);
      if (Object.keys(box.entries).length > 0) await this.#requireKey(box);
      const message = `Whoever can read the files of this user can read the secrets: their key is in ${keyFile}. A passphrase protects them.`;
      return { kind: 'key_file', name: keyFile, state: 'unprotected', was: null, message };
    } catch (error) {
      return { kind: 'key_file', name: file, state: 'changed', was: null, message: messageOf(error) };
    }
  }

  async unlock(passphrase: Secret): Promise<void> {
    await this.#guesses.run(async () => {
      const box = await this.#read();
      if (box.key.from === 'file') return true;
      const key = await deriveKey(passphrase, box.key.salt);
      const isRight = isKeyOf(box, key);
      if (isRight === false) return false;
      if (isRight === true) {
        this.#keys.set(box.key.salt, Promise.resolve(key));
        // What cannot be removed now is tried again at the next opening.
        await this.#removeOpenKey().catch(() => undefined);
      }
      return true;
    });
  }

  async protect(passphrase: Secret): Promise<void> {
    const salt = newSalt();
    const key = await deriveKey(passphrase, salt);
    // No backup: it would open with what is to open nothing any more.
    await this.#change((box) => this.#resealed(box, salt, key), false);
    this.#keys.clear();
    this.#keys.set(salt, Promise.resolve(key));
    try {
      await this.#removeOpenKey();
    } catch (error) {
      throw new SecretBoxError(
        `The box is sealed with the passphrase. Remove ${this.#options.keyFile} and ${this.#options.file}.bak by hand: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }

  retry(): Promise<void> {
    // Another key file may have been put in its place.
    this.#keys.delete('');
    return Promise.resolve();
  }

  async tidy(): Promise<void> {
    const { file, keyFile } = this.#options;
    await rm(`${file}.bak`, { force: true });
    const text = await readText(file);
    if (text === undefined) return;
    const { key, entries } = parseBox(text, file);
    // A passphrase that people chose stays theirs.
    if (Object.keys(entries).length > 0 || (key.from === 'passphrase' && key.check !== undefined)) return;
    await rm(file, { force: true });
    await rm(keyFile, { force: true });
    this.#keys.clear();
  }

  /** All entries under the new key, each of them read back; throws when one cannot be opened. */
  async #resealed(box: BoxFile, salt: string, key: Buffer): Promise<BoxFile> {
    const names = Object.keys(box.entries);
    const before = names.length === 0 ? undefined : await this.#keyOf(box);
    const entries = Object.entries(box.entries).map(([id, sealed]) => {
      const value = before && unseal(id, sealed, before);
      if (value === undefined) throw new SecretBoxError(this.#closed(id, box));
      const anew = seal(id, value, key);
      if (unseal(id, anew, key)?.reveal() !== value.reveal())
        throw new SecretBoxError(`secret "${id}" did not come back from its new seal. Nothing was changed.`);
      return [id, anew] as const;
    });
    return {
      version: 1,
      key: { from: 'passphrase', salt, check: sealCheck(key) },
      entries: Object.fromEntries(entries),
    };
  }

  async #passphraseState(box: BoxFile): Promise<Keyring> {
    const common = { kind: 'passphrase', name: 'argon2id, AES-256-GCM', was: null } as const;
    try {
      await this.#requireKey(box);
      return { ...common, state: 'open', message: null };
    } catch (error) {
      return { ...common, state: 'locked', message: messageOf(error) };
    }
  }

  /** Removes the key that nothing is sealed with any more, and the copy of the box that it would open. */
  async #removeOpenKey(): Promise<void> {
    const { file, keyFile } = this.#options;
    const backup = `${file}.bak`;
    await rm(keyFile, { force: true });
    const text = await readText(backup);
    if (text !== undefined && !isSealedWithPassphrase(text, backup)) await rm(backup, { force: true });
  }

  #keyOf(box: BoxFile): Promise<Buffer> {
    const name = box.key.from === 'file' ? '' : box.key.salt;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const made = box.key.from === 'file' ? readKeyFile(this.#options.keyFile) : this.#derived(box.key.salt);
    this.#keys.set(name, made);
    // A failure is not remembered: the file may be put back while we run.
    made.catch(() => this.#keys.delete(name));
    return made;
  }

  async #derived(salt: string): Promise<Buffer> {
    const { passphrase } = this.#options;
    if (passphrase !== undefined) return await deriveKey(passphrase, salt);
    throw new SecretBoxError(
      'The box of secrets is locked: enter its passphrase (`sluice secrets unlock`), or set SLUICE_PASSPHRASE to it before the start.',
    );
  }

  /** The key to seal with. The first secret of all makes one; a box with content and no key must not get a new one. */
  async #sealingKey(box: BoxFile): Promise<Buffer> {
    if (Object.keys(box.entries).length === 0 && box.key.from === 'file') {
      this.#keys.clear();
      await readOrCreateKey(this.#options.keyFile);
    }
    return await this.#requireKey(box);
  }

  /** Sealing with a key that cannot open what is there would split the box in two. */
  async #requireKey(box: BoxFile): Promise<Buffer> {
    const key = await this.#keyOf(box);
    if (isKeyOf(box, key) !== false) return key;
    throw new SecretBoxError(this.#closed(Object.keys(box.entries)[0], box));
  }

  #closed(id: string | undefined, { key }: BoxFile): string {
    const { file, keyFile } = this.#options;
    const opener = key.from === 'file' ? `the key in ${keyFile}` : 'this passphrase';
    if (id === undefined) return `${file} does not open with ${opener}.`;
    return `secret "${id}" in ${file} does not open with ${opener}. Put the old key back, or delete the secret and enter it again.`;
  }

  async #read(): Promise<BoxFile> {
    return boxIn(await readText(this.#options.file), this.#options);
  }

  async #change(
    edit: (box: BoxFile) => Promise<BoxFile | undefined> | BoxFile | undefined,
    backup = true,
  ): Promise<boolean> {
    const { file } = this.#options;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const text = await readText(file);
      const next = await edit(boxIn(text, this.#options));
      if (next === undefined) return false;
      const json = `${JSON.stringify(next, undefined, 2)}\n`;
      if ((await writeFileAtomic(file, json, { expected: text ?? null, backup })) === 'written') return true;
    }
    throw new SecretBoxError(`${file} keeps changing while it is written; try again.`);
  }
}

/** An empty box is sealed anew, with what there is to seal with now; unless people chose a passphrase for it. */
function boxIn(text: string | undefined, { file, passphrase }: SecretFileOptions): BoxFile {
  const box = text === undefined ? undefined : parseBox(text, file);
  const isChosen = box?.key.from === 'passphrase' && box.key.check !== undefined;
  if (box !== undefined && (isChosen || Object.keys(box.entries).length > 0)) return box;
  const key =
    passphrase === undefined ? ({ from: 'file' } as const) : ({ from: 'passphrase', salt: newSalt() } as const);
  return { version: 1, key, entries: {} };
}

function isSealedWithPassphrase(text: string, file: string): boolean {
  try {
    return parseBox(text, file).key.from === 'passphrase';
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
