/** Calls of the first minutes: what is on this machine already, and taking it over. */
import { z } from 'zod';
import { providerKinds } from '../config/provider.ts';
import { call } from './call.ts';

const kind = z.enum(providerKinds);

export const foundKey = z.strictObject({
  /** For `setup.import`. */
  id: z.string(),
  kind,
  label: z.string(),
  /** `OPENAI_API_KEY in the environment`, `~/.codex/auth.json`. */
  source: z.string(),
  /** Its last four characters. */
  hint: z.string(),
  /** A provider of this kind has a key already. */
  known: z.boolean(),
});
export type FoundKey = z.output<typeof foundKey>;

export const foundServer = z.strictObject({
  id: z.string(),
  kind,
  label: z.string(),
  base_url: z.string(),
  /** It says it has so many; `null` where it does not say. */
  models: z.int().nullable(),
  known: z.boolean(),
});
export type FoundServer = z.output<typeof foundServer>;

export const foundClient = z.strictObject({ id: z.string(), name: z.string(), where: z.string() });
export type FoundClient = z.output<typeof foundClient>;

export const setupCalls = {
  /**
   * Keys in the environment and in other tools' files, model servers on their usual ports of this machine, installed clients.
   * Reads and asks nothing but those; sends nothing elsewhere.
   */
  'setup.found': call(
    z.strictObject({}),
    z.strictObject({ keys: z.array(foundKey), servers: z.array(foundServer), clients: z.array(foundClient) }),
  ),
  /** Adds a provider for each of these ids of `setup.found`; keys go into the box of secrets. What fails does not stop the rest. */
  'setup.import': call(
    z.strictObject({ ids: z.array(z.string().min(1).max(256)).min(1).max(50) }),
    z.strictObject({
      /** Ids of providers. */
      added: z.array(z.string()),
      failed: z.array(z.strictObject({ id: z.string(), message: z.string() })),
    }),
  ),
  /** The first minutes are over, or were skipped: `done: false` brings them back. */
  'setup.finish': call(z.strictObject({ done: z.boolean() }), z.strictObject({ done: z.boolean() })),
};
