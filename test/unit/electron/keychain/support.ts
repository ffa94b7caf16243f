// A keyring with real encryption behind Electron's asynchronous calls, whose key can be changed, taken away and brought back.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronKeychainParts } from '../../../../main/electron/keychain/keychain.ts';
import { electronKeychain, type Keychain } from '../../../../main/electron/keychain/keychain.ts';
import { createDesktopHost, type DesktopHost } from '../../../../main/electron/desktop-host.ts';
import type { SecretBox } from '../../../../main/host/host.ts';

type Backend = ReturnType<ElectronKeychainParts['safeStorage']['getSelectedStorageBackend']>;
type SafeStorage = ElectronKeychainParts['safeStorage'];

export class TestKeyring implements SafeStorage {
  backend: Backend = 'gnome_libsecret';
  /** Names a key; the older ones still open while they are in `older`. */
  key = 'first key';
  older: string[] = [];
  available = true;
  /** What opening rejects with for as long as it is set. */
  trouble: Error | undefined;
  ready = false;
  seals = 0;
  opens = 0;

  async isAsyncEncryptionAvailable(): Promise<boolean> {
    this.#requireReady();
    return this.available;
  }

  getSelectedStorageBackend(): Backend {
    return this.ready ? this.backend : 'unknown';
  }

  async encryptStringAsync(text: string): Promise<Buffer> {
    this.#requireReady();
    if (!this.available) throw new Error('encryption is not available');
    this.seals += 1;
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(this.key), iv);
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), data]);
  }

  async decryptStringAsync(sealed: Buffer): Promise<{ shouldReEncrypt: boolean; result: string }> {
    this.#requireReady();
    this.opens += 1;
    if (this.trouble !== undefined) throw this.trouble;
    if (!this.available) throw new Error('decryption is not available');
    for (const key of [this.key, ...this.older]) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(key), sealed.subarray(0, 12));
        decipher.setAuthTag(sealed.subarray(12, 28));
        const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
        return { shouldReEncrypt: key !== this.key, result: text.toString('utf8') };
      } catch {
        // The next one.
      }
    }
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.');
  }

  #keyOf(name: string): Buffer {
    return createHash('sha256').update(`${this.backend} ${name}`).digest();
  }

  #requireReady(): void {
    if (!this.ready) throw new Error('safeStorage cannot be used before app is ready');
  }
}

export interface Desk {
  readonly keyring: TestKeyring;
  readonly keychain: Keychain;
  readonly directory: string;
  /** Another start of the app. */
  start(given?: { readonly environment?: Record<string, string>; readonly move?: boolean }): Promise<DesktopHost>;
  /** Milliseconds since 1970. */
  now: number;
  /** `keychain.json` as it is on disk. */
  content(): Content;
  write(content: unknown): void;
}

interface Blob {
  readonly backend: string;
  readonly key_id: string;
  readonly data: string;
}

interface Content {
  readonly version: 1;
  readonly markers: Blob[];
  readonly entries: Record<string, Blob>;
  readonly replaced: (Blob & { readonly id: string; readonly until: string })[];
}

export function openDesk(directory: string, platform: NodeJS.Platform = 'linux'): Desk {
  const keyring = new TestKeyring();
  const app = {
    whenReady: async () => {
      keyring.ready = true;
    },
  };
  const keychain = electronKeychain({ app, safeStorage: keyring, platform, patienceMs: 1_000 });
  const file = join(directory, 'keychain.json');
  const desk: Desk = {
    ...{ keyring, keychain, directory, now: Date.UTC(2026, 10, 25, 12) },
    async start({ environment = {}, move = true } = {}) {
      const host = await createDesktopHost({
        dataDir: directory,
        keychain,
        environment,
        clock: { now: () => desk.now },
      });
      return move ? { ...host, notices: await host.moveSecrets() } : host;
    },
    content: () => JSON.parse(readFileSync(file, 'utf8')) as Content,
    write: (content) => writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content)),
  };
  return desk;
}

/** What a box has under a name, for comparing. */
export async function read(box: SecretBox, id: string): Promise<string> {
  const reading = await box.get(id);
  if (reading.kind === 'found') return reading.value.reveal();
  return reading.kind === 'absent' ? 'absent' : `unreadable: ${reading.reason}`;
}
