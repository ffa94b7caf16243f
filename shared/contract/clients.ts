/** Calls about clients: the programs that speak to the port, a key for each, how each is pointed at it. */
import { z } from 'zod';
import { call } from './call.ts';

const id = z.string().min(1).max(64);

export const settingFormats = ['shell', 'json', 'toml', 'yaml', 'env', 'javascript', 'python', 'steps'] as const;

/** Something to copy: a part of a file, variables, or steps in a program's own window. */
export const clientSetting = z.strictObject({
  title: z.string(),
  /** Where it goes: a path as people write it, or a place in a window. */
  place: z.string(),
  format: z.enum(settingFormats),
  /** The key stands in it where there is one to show, else `sk-sluice-…`. */
  text: z.string(),
});
export type ClientSetting = z.output<typeof clientSetting>;

export const clientEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** `partial`: some of it does not go through us; `none`: it cannot. */
  support: z.enum(['full', 'partial', 'none']),
  /** What does not work, or why it cannot. */
  reason: z.string().nullable(),
  /** Found on this machine, and where; `null`: nothing was found. */
  installed: z.string().nullable(),
  /** The virtual key that is this client's; `null` while it has none. */
  key: z.strictObject({ id: z.string(), state: z.string() }).nullable(),
  /** Its last request that came with that key. */
  last: z
    .strictObject({ request_id: z.string(), at: z.string(), target: z.string().nullable(), status: z.int().nullable() })
    .nullable(),
  settings: z.array(clientSetting),
  /** What to do so that it reads them: `Start a new session.` */
  restart: z.string(),
  /** How to see that it goes through us. */
  check: z.string(),
});
export type ClientEntry = z.output<typeof clientEntry>;

export const clientCalls = {
  /** Every client there are settings for, those that are connected first, then those found here. */
  'clients.list': call(z.strictObject({}), z.strictObject({ clients: z.array(clientEntry) })),
  /**
   * A virtual key for this client: a new one, or in place of the one it had. Its settings with the key in them are in this reply
   * and nowhere else, ever after. `control.not_found` when there is no such client; `control.refused` when it cannot go through us.
   */
  'clients.connect': call(z.strictObject({ id }), clientEntry.extend({ key_value: z.string() })),
  /** Revokes its key. `control.not_found` when it has none. */
  'clients.disconnect': call(z.strictObject({ id }), clientEntry),
};
