/** Calls about the box of secrets, which `secret:ID` in the config refers to. A value goes in here and never comes out. */
import { z } from 'zod';
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
  used_by: z.array(secretUse),
});
export type SecretEntry = z.output<typeof secretEntry>;

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
  'secrets.list': call(
    z.strictObject({}),
    z.strictObject({
      /** What protects the values, for people. */
      protection: z.string(),
      secrets: z.array(secretEntry),
    }),
  ),
  /** `control.not_found` when it is not in the box; `control.refused` while the config in force refers to it. */
  'secrets.delete': call(
    z.strictObject({ id: z.string().min(1).max(256), force: z.boolean().default(false) }),
    z.strictObject({ id: z.string(), used_by: z.array(secretUse) }),
  ),
};
