/** Calls about the box of secrets, which `secret:ID` in the config refers to. A value goes in here and never comes out. */
import { z } from 'zod';
import { minPassphraseLength } from '../domain/passphrase.ts';
import { secretIdPattern, secretIdRule } from '../domain/secret-id.ts';
import { call } from './call.ts';

const secretId = z.string().regex(secretIdPattern, `an id is ${secretIdRule}`);

/** Who refers to a secret, in the config in force. */
export const secretUse = z.strictObject({
  /** `null`: a virtual key. */
  provider: z.string().nullable(),
  /** Name of the provider's key, or id of the virtual key. */
  key: z.string(),
});
export type SecretUse = z.output<typeof secretUse>;

export const secretEntry = z.strictObject({
  id: z.string(),
  /** `false`: the config refers to it, and it is not in the box. */
  stored: z.boolean(),
  /** It is there and opens. One that does not is kept as it is, to be tried again or entered again. */
  readable: z.boolean(),
  /** Why a stored one does not open, and what mends it, for people. */
  reason: z.string().nullable(),
  used_by: z.array(secretUse),
});
export type SecretEntry = z.output<typeof secretEntry>;

/** What guards the box: the keychain of the system, a key in a file beside it, or what people remember. */
export const keyring = z.strictObject({
  kind: z.enum(['keychain', 'key_file', 'passphrase']),
  /** `macOS Keychain`, `KWallet 6`; of a key file its path. */
  name: z.string(),
  /**
   * `locked`: it must be opened first. `changed`: it is another one than what is in the box was sealed with. `unprotected`:
   * whoever can read the files of this user can read the secrets.
   */
  state: z.enum(['open', 'locked', 'changed', 'unprotected']),
  /** What the secrets that do not open were sealed with, where that is known to be another one. */
  was: z.string().nullable(),
  /** What is to be known or done about it, for people. */
  message: z.string().nullable(),
});
export type Keyring = z.output<typeof keyring>;

export const secretBox = z.strictObject({
  /** What protects the values, for people. */
  protection: z.string(),
  keyring,
  secrets: z.array(secretEntry),
});
export type SecretBoxState = z.output<typeof secretBox>;

export const secretCalls = {
  /**
   * Puts a value into the box, over the one before, and has it in force when it replies. `control.invalid_input` when
   * no key could look like this, `control.refused` when the box cannot be opened or written.
   */
  'secrets.set': call(
    z.strictObject({ id: secretId, value: z.string().min(1).max(65_536) }),
    z.strictObject({
      id: z.string(),
      used_by: z.array(secretUse),
      /** `false`: stored, but the config file has problems, so the configuration before it runs on with the old value. */
      in_force: z.boolean(),
    }),
  ),
  'secrets.list': call(z.strictObject({}), secretBox),
  /** `control.not_found` when it is not in the box; `control.refused` while the config in force refers to it. */
  'secrets.delete': call(
    z.strictObject({ id: z.string().min(1).max(256), force: z.boolean().default(false) }),
    z.strictObject({ id: z.string(), used_by: z.array(secretUse) }),
  ),
  /**
   * Seals a box that rests in a file with a passphrase, from now on and at every start; all of it or nothing. The one before
   * it no longer opens it. `control.refused` while it is locked, or where the keychain of the system protects it already.
   */
  'secrets.protect': call(z.strictObject({ passphrase: z.string().min(minPassphraseLength).max(1_024) }), secretBox),
  /**
   * Opens a box that is locked with a passphrase, until this instance ends, and has what is in it in force. `control.refused`
   * when it is not this passphrase; each wrong one makes the wait for the next longer.
   */
  'secrets.unlock': call(z.strictObject({ passphrase: z.string().min(1).max(1_024) }), secretBox),
  /** Asks the keyring again and has what opens now in force. */
  'secrets.retry': call(z.strictObject({}), secretBox),
  /**
   * Shows a value in a dialog that the desktop app draws, after the system made sure who asks. `control.unsupported`
   * without that app. The value is in no reply.
   */
  'secrets.reveal': call(z.strictObject({ id: secretId }), z.strictObject({ shown: z.boolean() })),
};
