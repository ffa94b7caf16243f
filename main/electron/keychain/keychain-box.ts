/** Secrets sealed by the keychain of the system: what does not open is kept, never wiped and never overwritten (SEC-43). */
import { createHash } from 'node:crypto';
import { requireName, SecretBoxError } from '../../host/box-file.ts';
import type { SecretReading } from '../../host/host.ts';
import { Secret } from '../../kit/secret.ts';
import { changeKeychainFile, readKeychainFile, type Blob, type KeychainFile } from './keychain-file.ts';
import { isKeyring, keyringName, KeychainLockedError, type Keychain, type KeychainState } from './keychain.ts';

export interface KeychainBoxOptions {
  /** `keychain.json`. */
  readonly file: string;
  readonly keychain: Keychain;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Why some of it does not open. */
export interface KeychainProblem {
  readonly state: 'locked' | 'changed';
  /** What it was sealed with, where that is another keyring. */
  readonly was: string | null;
  readonly message: string;
}

export interface KeychainBox {
  get(id: string): Promise<SecretReading>;
  /** Sealed, read back and compared before it is written; one before it that does not open is kept aside. */
  set(id: string, value: Secret): Promise<void>;
  /** It rests elsewhere from now on; what was here is kept for a while. */
  setAside(id: string): Promise<boolean>;
  /** With all that was kept of it. */
  delete(id: string): Promise<boolean>;
  list(): Promise<readonly string[]>;
  /** What is wrong with the first that does not open; `undefined` when all do. Throws where the file cannot be read. */
  problem(): Promise<KeychainProblem | undefined>;
}

const keptForMs = 30 * 24 * 3_600_000;

/** No secret can have this name. */
const markerName = ' key';

type Opened =
  | { readonly kind: 'found'; readonly value: Secret; readonly isStale: boolean }
  | ({ readonly kind: 'closed' } & KeychainProblem);

export function createKeychainBox(options: KeychainBoxOptions): KeychainBox {
  return new FileOfKeychain(options);
}

class FileOfKeychain implements KeychainBox {
  readonly #options: KeychainBoxOptions;
  /** Sealed anew once in this run: a keychain that always asks for it is not followed for ever. */
  readonly #renewed = new Set<string>();

  constructor(options: KeychainBoxOptions) {
    this.#options = options;
  }

  async get(id: string): Promise<SecretReading> {
    try {
      const content = await readKeychainFile(this.#options.file);
      const blob = blobOf(content, id);
      if (blob === undefined) return { kind: 'absent' };
      const state = await this.#options.keychain.state();
      const opened = await this.#open(id, blob, { content, state });
      if (opened.kind === 'closed') return { kind: 'unreadable', reason: opened.message };
      if (opened.isStale || blob.backend !== state.backend) await this.#renew(id, blob, opened.value);
      return { kind: 'found', value: opened.value };
    } catch (error) {
      return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async set(id: string, value: Secret): Promise<void> {
    requireName(id);
    const state = await this.#requireAvailable();
    const data = await this.#sealed(id, value);
    await changeKeychainFile(this.#options.file, async (content) => {
      const { key_id, markers } = await this.#currentKey(content, state);
      const before = blobOf(content, id);
      const isLost = before !== undefined && (await this.#open(id, before, { content, state })).kind === 'closed';
      const kept = isLost ? this.#aside(content, id, before) : content;
      const blob = { backend: state.backend, key_id, data, at: this.#at() };
      return this.#tidied({ ...kept, markers, entries: { ...kept.entries, [id]: blob } });
    });
  }

  async setAside(id: string): Promise<boolean> {
    return await changeKeychainFile(this.#options.file, (content) => {
      const blob = blobOf(content, id);
      return blob && this.#tidied(this.#aside(content, id, blob));
    });
  }

  async delete(id: string): Promise<boolean> {
    return await changeKeychainFile(this.#options.file, (content) => {
      const replaced = content.replaced.filter((one) => one.id !== id);
      if (blobOf(content, id) === undefined && replaced.length === content.replaced.length) return undefined;
      return this.#tidied({ ...content, entries: without(content.entries, id), replaced });
    });
  }

  async list(): Promise<readonly string[]> {
    return Object.keys((await readKeychainFile(this.#options.file)).entries).sort();
  }

  async problem(): Promise<KeychainProblem | undefined> {
    const content = await readKeychainFile(this.#options.file);
    const state = await this.#options.keychain.state();
    for (const [id, blob] of Object.entries(content.entries)) {
      const opened = await this.#open(id, blob, { content, state });
      if (opened.kind === 'closed') return opened;
    }
    return undefined;
  }

  async #open(
    id: string,
    blob: Blob,
    { content, state }: { readonly content: KeychainFile; readonly state: KeychainState },
  ): Promise<Opened> {
    const { keychain } = this.#options;
    if (!state.isAvailable) return locked(id, blob, state);
    try {
      const { text, isStale } = await keychain.open(Buffer.from(blob.data, 'base64'));
      const [name, value] = pairIn(text);
      if (value !== undefined && name === id) return { kind: 'found', value: new Secret(value), isStale };
      // Sealed along with each value is its name.
      if (value !== undefined) return damaged(`What stands under "${id}" belongs under another name`);
    } catch (error) {
      if (error instanceof KeychainLockedError) return locked(id, blob, state);
      const now = await keychain.state();
      if (!now.isAvailable) return locked(id, blob, now);
    }
    const isSameKey = state.backend === blob.backend && (await this.#hasKey(content, blob.key_id));
    return isSameKey ? damaged(`Secret "${id}" is damaged`) : changed(id, blob, state);
  }

  /** Whether what the marker of this key holds is what the key is named after. */
  async #hasKey(content: KeychainFile, keyId: string): Promise<boolean> {
    const marker = content.markers.find((one) => one.key_id === keyId);
    if (marker === undefined) return false;
    try {
      const { text } = await this.#options.keychain.open(Buffer.from(marker.data, 'base64'));
      const [name, mark] = pairIn(text);
      return name === markerName && mark !== undefined && keyIdOf(mark) === keyId;
    } catch {
      return false;
    }
  }

  /** The key the keychain seals with now: one whose marker opens, or one that is new to this file. */
  async #currentKey(content: KeychainFile, { backend }: KeychainState): Promise<{ key_id: string; markers: Blob[] }> {
    for (const marker of content.markers) {
      if (marker.backend === backend && (await this.#hasKey(content, marker.key_id)))
        return { key_id: marker.key_id, markers: content.markers };
    }
    const mark = Buffer.from(this.#options.randomBytes(16)).toString('base64');
    const key_id = keyIdOf(mark);
    const data = (await this.#options.keychain.seal(JSON.stringify([markerName, mark]))).toString('base64');
    return { key_id, markers: [...content.markers, { backend, key_id, data, at: this.#at() }] };
  }

  /** In base64, after it came back as it went in. */
  async #sealed(id: string, value: Secret): Promise<string> {
    const { keychain } = this.#options;
    const data = await keychain.seal(JSON.stringify([id, value.reveal()]));
    const [name, back] = pairIn((await keychain.open(data)).text);
    if (name === id && back === value.reveal()) return data.toString('base64');
    throw new SecretBoxError(`secret "${id}" did not come back from the keychain as it went in. Nothing was changed.`);
  }

  /** What a newer key is there for is sealed with it; where that fails the old one holds. */
  async #renew(id: string, blob: Blob, value: Secret): Promise<void> {
    if (this.#renewed.has(id)) return;
    this.#renewed.add(id);
    try {
      const state = await this.#requireAvailable();
      // Never to where it would be less safe.
      if (!isKeyring(state)) return;
      const data = await this.#sealed(id, value);
      await changeKeychainFile(this.#options.file, async (content) => {
        if (blobOf(content, id)?.data !== blob.data) return undefined;
        const { key_id, markers } = await this.#currentKey(content, state);
        const renewed = { backend: state.backend, key_id, data, at: this.#at() };
        return this.#tidied({ ...content, markers, entries: { ...content.entries, [id]: renewed } });
      });
    } catch {
      this.#renewed.delete(id);
    }
  }

  async #requireAvailable(): Promise<KeychainState> {
    const state = await this.#options.keychain.state();
    if (state.isAvailable) return state;
    throw new SecretBoxError(`${keyringName(state.backend)} is locked or does not answer. Unlock it and try again.`);
  }

  #aside(content: KeychainFile, id: string, blob: Blob): KeychainFile {
    const until = new Date(this.#options.now() + keptForMs).toISOString();
    return {
      ...content,
      entries: without(content.entries, id),
      replaced: [...content.replaced, { id, until, ...blob }],
    };
  }

  /** Without what was kept long enough, and without markers that nothing was sealed along with. */
  #tidied(content: KeychainFile): KeychainFile {
    const now = this.#at();
    const replaced = content.replaced.filter(({ until }) => until > now);
    const used = new Set([...Object.values(content.entries), ...replaced].map(({ key_id }) => key_id));
    return { ...content, replaced, markers: content.markers.filter(({ key_id }) => used.has(key_id)) };
  }

  #at(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

function blobOf({ entries }: KeychainFile, id: string): Blob | undefined {
  return Object.hasOwn(entries, id) ? entries[id] : undefined;
}

function without(entries: KeychainFile['entries'], id: string): KeychainFile['entries'] {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => name !== id));
}

function keyIdOf(mark: string): string {
  return createHash('sha256').update('sluice keychain\0').update(mark).digest('hex').slice(0, 16);
}

/** Another key may "open" to anything. */
function pairIn(text: string): readonly [name?: string, value?: string] {
  try {
    const pair: unknown = JSON.parse(text);
    if (!Array.isArray(pair) || pair.length !== 2) return [];
    const [name, value] = pair as readonly unknown[];
    return typeof name === 'string' && typeof value === 'string' ? [name, value] : [];
  } catch {
    return [];
  }
}

function locked(id: string, blob: Blob, state: KeychainState): Opened {
  if (blob.backend !== state.backend) return changed(id, blob, state);
  const message = `${keyringName(blob.backend)} is locked or does not answer. Unlock it, then retry; nothing was changed.`;
  return { kind: 'closed', state: 'locked', was: null, message };
}

function changed(id: string, blob: Blob, state: KeychainState): Opened {
  const [from, to] = [keyringName(blob.backend), keyringName(state.backend)];
  const isOther = blob.backend !== state.backend;
  const what = isOther
    ? `The keyring changed from ${from} to ${to}, so secret "${id}" does not open`
    : `${to} has another key than the one secret "${id}" was sealed with`;
  const message = `${what}. Retry, switch back, or enter it again; the old one is kept.`;
  return { kind: 'closed', state: 'changed', was: isOther ? from : null, message };
}

function damaged(what: string): Opened {
  const message = `${what} in keychain.json. Restore the file from a backup, or enter it again; it is kept as it is.`;
  return { kind: 'closed', state: 'changed', was: null, message };
}
