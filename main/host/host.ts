/** What the surroundings give the product: a place for data, a box for secrets, the environment, randomness. */
import type { Keyring } from '../../shared/contract/secrets.ts';
import type { Secret } from '../kit/secret.ts';

/** What reading a secret came to. A failure is an answer, not an exception: other secrets keep working (SEC-43). */
export type SecretReading =
  | { readonly kind: 'found'; readonly value: Secret }
  | { readonly kind: 'absent' }
  /** It is there and cannot be opened; nothing was changed. `reason` says what mends it. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Where secrets rest. Names are 1 to 64 letters, digits, `.`, `_`, `-`; what goes in comes out only through `get`. */
export interface SecretBox {
  get(id: string): Promise<SecretReading>;
  /** Throws when the name is not usable or the box cannot be written. */
  set(id: string, value: Secret): Promise<void>;
  /** `false` when there was none. */
  delete(id: string): Promise<boolean>;
  /** Names only. */
  list(): Promise<readonly string[]>;
  /** What protects the values in the box, or will protect the first one, for people: `key file …`, `passphrase …`. */
  protection(): Promise<string>;
  /** What guards the box and how it is now; looked at anew each time. Never rejects. */
  keyring(): Promise<Keyring>;
  /**
   * Opens a box that is locked with a passphrase, for as long as this process runs; one that is not stays as it is. Throws when it
   * is another passphrase, and for a while after that whatever is given.
   */
  unlock(passphrase: Secret): Promise<void>;
  /** Seals what is in the box, and what will be, with a passphrase; on a failure it throws and all is as before. */
  protect(passphrase: Secret): Promise<void>;
  /** Asks again whatever keeps the key, and brings secrets to where they are protected best. Never rejects. */
  retry(): Promise<void>;
}

export interface Host {
  readonly kind: 'headless' | 'desktop';
  /** Absolute. Exists, is a directory and private to this user. */
  readonly dataDir: string;
  readonly secrets: SecretBox;
  /** Secret of this installation, made at the first start: proves a port is ours (SEC-09). */
  readonly installKey: Secret;
  /** An environment variable. Taken out of the process's environment on the first reading (SEC-44). */
  environment(name: string): string | undefined;
  /** The proxy that the desktop prescribes for an origin; absent where the environment does. Answers at once. */
  readonly systemProxy?: ((origin: string) => string | undefined) | undefined;
  /** Cryptographically strong. */
  randomBytes(count: number): Uint8Array;
  /** What was repaired or is worth knowing at the start, one sentence each. */
  readonly notices: readonly string[];
}
