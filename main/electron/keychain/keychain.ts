/** The keychain of the system, as Electron's safeStorage reaches it: by its asynchronous calls alone, and after `ready`. */
import type { App, SafeStorage } from 'electron';

export interface KeychainState {
  /** What keeps the key: `gnome_libsecret`, `kwallet6`, `basic_text` … of Linux; `keychain`, `dpapi`. */
  readonly backend: string;
  /** Whether it seals and opens now. */
  readonly isAvailable: boolean;
}

/** Thrown where the keychain would know the key and does not give it now. */
export class KeychainLockedError extends Error {
  constructor() {
    super('the keychain does not answer now');
    this.name = 'KeychainLockedError';
  }
}

export interface Keychain {
  /** Asked anew each time. Never rejects: what cannot be asked is not available. */
  state(): Promise<KeychainState>;
  seal(text: string): Promise<Buffer>;
  /** `isStale`: it is to be sealed anew, with a newer key. Rejects when it does not open; with `KeychainLockedError`: not now. */
  open(sealed: Buffer): Promise<{ readonly text: string; readonly isStale: boolean }>;
}

export interface ElectronKeychainParts {
  readonly app: Pick<App, 'whenReady'>;
  readonly safeStorage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
  >;
  readonly platform: NodeJS.Platform;
  /** How long the system may take to answer, as while it asks people to unlock. */
  readonly patienceMs?: number | undefined;
  /** It answered after all: what it keeps can be asked for again. */
  readonly onLate?: (() => void) | undefined;
}

/** A start waits so long for whoever unlocks; then the gateway runs without those secrets. */
const defaultPatienceMs = 10_000;

export function electronKeychain(parts: ElectronKeychainParts): Keychain {
  const { app, safeStorage, platform, patienceMs = defaultPatienceMs, onLate } = parts;
  let question: Promise<boolean> | undefined;
  let isLate = false;
  /** One question at a time: while the system waits for people, nobody else waits for it. */
  const isAvailable = async (): Promise<boolean> => {
    if (isLate) return false;
    question ??= safeStorage.isAsyncEncryptionAvailable().finally(() => {
      question = undefined;
    });
    const mine = question;
    try {
      return await within(patienceMs, mine);
    } catch (error) {
      if (!(error instanceof KeychainLockedError) || isLate) return false;
      isLate = true;
      void mine.then(
        () => {
          isLate = false;
          onLate?.();
        },
        () => (isLate = false),
      );
      return false;
    }
  };
  const asked = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    await app.whenReady();
    return await within(patienceMs, ask());
  };
  return {
    async state() {
      try {
        await app.whenReady();
        return { backend: backendOf(safeStorage, platform), isAvailable: await isAvailable() };
      } catch {
        return { backend: backendOf(safeStorage, platform), isAvailable: false };
      }
    },
    seal: (text) => asked(() => safeStorage.encryptStringAsync(text)),
    async open(sealed) {
      try {
        const first = await asked(() => safeStorage.decryptStringAsync(sealed));
        if (!first.shouldReEncrypt) return { text: first.result, isStale: false };
        // Electron: what is to be sealed anew is asked for once more.
        const { result } = await asked(() => safeStorage.decryptStringAsync(sealed));
        return { text: result, isStale: true };
      } catch (error) {
        if (error instanceof Error && /temporar/i.test(error.message)) throw new KeychainLockedError();
        throw error;
      }
    },
  };
}

function backendOf(safeStorage: ElectronKeychainParts['safeStorage'], platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'keychain';
  if (platform === 'win32') return 'dpapi';
  try {
    return safeStorage.getSelectedStorageBackend();
  } catch {
    return 'unknown';
  }
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new KeychainLockedError()), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const names: Readonly<Record<string, string>> = {
  keychain: 'macOS Keychain',
  dpapi: 'Windows DPAPI',
  gnome_libsecret: 'GNOME keyring',
  kwallet: 'KWallet',
  kwallet5: 'KWallet 5',
  kwallet6: 'KWallet 6',
  basic_text: 'no keyring (basic_text)',
  unknown: 'no keyring (unknown)',
};

/** For people. */
export function keyringName(backend: string): string {
  return names[backend] ?? backend;
}

/**
 * What keeps a key for us alone. With Electron's others, `basic_text` and `unknown`, what is "sealed" opens with a password that
 * everybody knows (SEC-43); of one that is not known here nobody can say.
 */
const keyrings: ReadonlySet<string> = new Set([
  ...['keychain', 'dpapi', 'gnome_libsecret'],
  ...['kwallet', 'kwallet5', 'kwallet6'],
]);

/** Whether it keeps secrets from whoever can read files. */
export function isKeyring({ backend }: KeychainState): boolean {
  return keyrings.has(backend);
}

/** Whether a secret can be entrusted to it now. */
export function protectsNow(state: KeychainState): boolean {
  return state.isAvailable && isKeyring(state);
}
