/** Calls about providers: what is configured, what could be, a key for one, a real test of one. */
import { z } from 'zod';
import { providerKinds } from '../config/provider.ts';
import { call } from './call.ts';
import { originEntry } from './config.ts';
import { usageEntry } from './traffic.ts';

const id = z.string().min(1).max(256);
const kind = z.enum(providerKinds);
/** Decimal string of US dollars; `null` while a price in it is unknown. */
const usd = z.string().nullable();
const secretValue = z.string().min(1).max(65_536);

/** A credential we hold. Never its value. */
export const providerKeyEntry = z.strictObject({
  name: z.string(),
  /** How it is referred to: `secret:openai`, `env:OPENAI_API_KEY`, `file:/path`; `literal` when it is written out in the file. */
  reference: z.string(),
  available: z.boolean(),
  /** Why it cannot be had, for people. */
  reason: z.string().nullable(),
  /** Its last four characters; `null` of one that is too short to show any. */
  hint: z.string().nullable(),
  weight: z.number(),
  models: z.array(z.string()),
});
export type ProviderKeyEntry = z.output<typeof providerKeyEntry>;

export const providerEntry = z.strictObject({
  id: z.string(),
  kind,
  label: z.string(),
  base_url: z.string(),
  /** Runs on this machine or network. */
  local: z.boolean(),
  /** Works without a key. */
  keyless: z.boolean(),
  keys: z.array(providerKeyEntry),
  /** Models that are listed. */
  models: z.int(),
  /** `system`, `direct`, or a proxy's URL without its credentials. */
  proxy: z.string(),
  origin: originEntry,
});
export type ProviderEntry = z.output<typeof providerEntry>;

/** A kind of provider that can be added. */
export const providerKindEntry = z.strictObject({
  kind,
  label: z.string(),
  /** `null`: must be given. `{region}` and `{location}` in it stand for settings that the file has. */
  base_url: z.string().nullable(),
  keyless: z.boolean(),
  local: z.boolean(),
  /** Environment variables in which people keep its key. */
  key_env: z.array(z.string()),
  /** Needs more than a key and an address (region, project, deployment), which is written in the file. */
  file_only: z.boolean(),
});
export type ProviderKindEntry = z.output<typeof providerKindEntry>;

export const testOutcome = z.strictObject({
  ok: z.boolean(),
  provider: z.string(),
  /** What was asked. */
  model: z.string(),
  status: z.int().nullable(),
  /** To the first byte of an answer. */
  ttfb_ms: z.number().nullable(),
  usage: usageEntry.nullable(),
  cost_usd: usd,
  /** A code of ours and a sentence for people: what happened, whose fault it is, what mends it. */
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** As the ledger has it. */
  request_id: z.string().nullable(),
});
export type TestOutcome = z.output<typeof testOutcome>;

export const providerCalls = {
  'providers.list': call(z.strictObject({}), z.strictObject({ providers: z.array(providerEntry) })),
  'providers.kinds': call(z.strictObject({}), z.strictObject({ kinds: z.array(providerKindEntry) })),
  /**
   * Writes a provider to the file, its key into the box of secrets, and has both in force when it replies. Without `id` it is
   * named after its kind. `control.refused` when the id is taken.
   */
  'providers.add': call(
    z.strictObject({ kind, id: id.optional(), base_url: z.string().max(2048).optional(), key: secretValue.optional() }),
    providerEntry,
  ),
  /**
   * A new value for one of its credentials, or a first one, in the box of secrets. Without `name` its first. `control.not_found`
   * when there is no such provider.
   */
  'providers.set_key': call(z.strictObject({ id, name: id.optional(), value: secretValue }), providerEntry),
  /**
   * Takes what one of its credentials refers to, in the environment or a file, into the box of secrets, and has the file
   * refer to that. What it was taken from stays as it is. Without `name` its first. `control.refused` when there is nothing to take.
   */
  'providers.keep_key': call(z.strictObject({ id, name: id.optional() }), providerEntry),
  /**
   * Another address. A credential belongs to the origin it was entered for: while there is one and `confirm` is not `true`,
   * `control.refused` with both origins (SEC-40).
   */
  'providers.move': call(
    z.strictObject({ id, base_url: z.string().min(1).max(2048), confirm: z.boolean().default(false) }),
    providerEntry,
  ),
  /** Takes it out of the file; its secrets too, unless something else refers to them. `control.refused` while a route needs it. */
  'providers.remove': call(z.strictObject({ id }), z.strictObject({ id: z.string(), secrets: z.array(z.string()) })),
  /**
   * One real call for one token, through everything a client's call goes through; recorded, and its cost is told. Without
   * `model` the cheapest that chats. An answer that says no is an outcome, not an error of this call.
   */
  'providers.test': call(z.strictObject({ id, model: z.string().min(1).max(512).optional() }), testOutcome),
};
