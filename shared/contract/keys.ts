/** Calls about virtual keys: the keys we issue to clients. */
import { z } from 'zod';
import { call } from './call.ts';

export const keyEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  allowed_models: z.array(z.string()),
  /** ISO 8601. */
  expires_at: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
});
export type KeyEntry = z.output<typeof keyEntry>;

export const keyCalls = {
  /** The key itself is in this reply and nowhere else, ever after: only its digest is kept. */
  'keys.create': call(
    z.strictObject({
      name: z.string().min(1).max(64),
      /** Globs; every model when left out. */
      models: z.array(z.string().min(1).max(256)).min(1).max(100).optional(),
    }),
    keyEntry.extend({ key: z.string() }),
  ),
  'keys.list': call(z.strictObject({}), z.strictObject({ keys: z.array(keyEntry) })),
  /** `control.not_found` when there is no such key. Its running streams are ended. */
  'keys.revoke': call(z.strictObject({ id: z.string().min(1).max(256) }), z.strictObject({ id: z.string() })),
};
