/** What the surroundings give the product: a place for data, a box for secrets, the environment, randomness. */
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
  /** Cryptographically strong. */
  randomBytes(count: number): Uint8Array;
  /** What was repaired or is worth knowing at the start, one sentence each. */
  readonly notices: readonly string[];
}
