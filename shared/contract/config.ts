/** Calls about the config file: what runs, what is wrong with it, what it may hold. */
import { z } from 'zod';
import { call } from './call.ts';

export const configProblem = z.strictObject({
  /** Where the text came from, as the caller named it. */
  file: z.string(),
  /** Counted from 1. */
  line: z.int(),
  column: z.int(),
  /** `providers[0].base_url`; empty for the file as a whole. */
  path: z.string(),
  problem: z.string(),
  /** What to do about it; may be empty. */
  mend: z.string(),
});
export type ConfigProblem = z.output<typeof configProblem>;

export const configState = z.strictObject({
  file: z.string(),
  /** Id of the running snapshot; `null` when nothing usable was ever read. */
  snapshot: z.string().nullable(),
  /** Errors in the file as it is now: while there are any, the last good snapshot keeps running. */
  problems: z.array(configProblem),
  warnings: z.array(configProblem),
});
export type ConfigState = z.output<typeof configState>;

/** Whether a provider's credential can be had, and if not, why. Never the credential. */
export const credentialEntry = z.strictObject({
  provider: z.string(),
  kind: z.string(),
  name: z.string(),
  available: z.boolean(),
  reason: z.string().nullable(),
});
export type CredentialEntry = z.output<typeof credentialEntry>;

export const configCalls = {
  'config.state': call(z.strictObject({}), configState),
  /** Checks a text as if it were the config file. Nothing is read from disk for it and nothing is changed. */
  'config.validate': call(
    z.strictObject({ text: z.string().max(4_000_000), file: z.string().max(4096) }),
    z.strictObject({ problems: z.array(configProblem), warnings: z.array(configProblem) }),
  ),
  /** JSON Schema of the config file. */
  'config.schema': call(z.strictObject({}), z.strictObject({ schema: z.record(z.string(), z.unknown()) })),
};
