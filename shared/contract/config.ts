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
  /** Why what is recorded may not be written into files, for people; `null` where it may. */
  export_refused: z.string().nullable(),
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

/** Who decided a value. */
export const originEntry = z.strictObject({
  source: z.enum(['you', 'team', 'default']),
  /** `sluice.yaml, line 58`; `null` of a default. */
  where: z.string().nullable(),
  /** It cannot be changed here. */
  locked: z.boolean(),
  /** Why not, for people. */
  reason: z.string().nullable(),
});
export type OriginEntry = z.output<typeof originEntry>;

/** Sections that are read and changed through these calls. What decides who may reach this machine stays in the file. */
export const editableSections = [
  ...(['providers', 'routes', 'teams', 'budgets', 'rate_limits', 'masking', 'firewall', 'pricing'] as const),
  ...(['logging', 'profiles'] as const),
] as const;

const step = z.union([z.string().min(1).max(256), z.int().min(0).max(100_000)]);
/** `['masking', 'detectors']`, `['routes', 0, 'targets']`. */
const path = z.array(step).min(1).max(16);

export const configEdit = z.discriminatedUnion('op', [
  /** What is there is replaced, what is not is added. */
  z.strictObject({ op: z.literal('set'), path, value: z.unknown() }),
  z.strictObject({ op: z.literal('remove'), path }),
  /** Into a list, before the entry that has this place now; the last step of `path` is a number. */
  z.strictObject({ op: z.literal('insert'), path, value: z.unknown() }),
  /** To another place of the same list. */
  z.strictObject({ op: z.literal('move'), path, to: z.int().min(0).max(100_000) }),
]);
export type ConfigEdit = z.output<typeof configEdit>;

export const configCalls = {
  /**
   * What the file says, defaults filled in: what runs is that with the profile that `use_profile` names. Secrets are references;
   * one that is written out in the file is `literal`. `origins` has an entry for each value that somebody wrote, by JSON Pointer
   * (`/masking/enabled`); what is not there is a default.
   */
  'config.read': call(
    z.strictObject({}),
    z.strictObject({
      /** Of the file as it is now: for `config.change`. */
      revision: z.string(),
      config: z.record(z.string(), z.unknown()),
      origins: z.record(z.string(), originEntry),
    }),
  ),
  /**
   * Changes the file, comments and order of the rest kept; in force when it replies. All of it or nothing: `config.invalid` says
   * what would be wrong, and where. `control.refused` when the file is no longer the `revision` that was looked at, or for a
   * value that only the file may have: a reference to a file, a secret written out, the address of a provider that has a key.
   */
  'config.change': call(
    z.strictObject({
      edits: z.array(configEdit).min(1).max(200),
      revision: z.string().max(128).optional(),
      /** Say what would change, and change nothing. */
      dry_run: z.boolean().default(false),
    }),
    z.strictObject({
      revision: z.string(),
      /** The lines that change, as a unified diff without its head. */
      diff: z.string(),
      warnings: z.array(configProblem),
    }),
  ),
  'config.state': call(z.strictObject({}), configState),
  /** Checks a text as if it were the config file. Nothing is read from disk for it and nothing is changed. */
  'config.validate': call(
    z.strictObject({ text: z.string().max(4_000_000), file: z.string().max(4096) }),
    z.strictObject({ problems: z.array(configProblem), warnings: z.array(configProblem) }),
  ),
  /** JSON Schema of the config file. */
  'config.schema': call(z.strictObject({}), z.strictObject({ schema: z.record(z.string(), z.unknown()) })),
};
