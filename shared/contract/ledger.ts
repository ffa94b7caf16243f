/** Calls about the ledger itself. */
import { z } from 'zod';
import { call } from './call.ts';

export const ledgerFinding = z.strictObject({
  /** What was looked at: `file`, `tries`, `sums`, `spend`. */
  check: z.string(),
  ok: z.boolean(),
  /** One sentence for people. */
  message: z.string(),
});

export const ledgerCalls = {
  /** How much room it takes on disk. */
  'ledger.size': call(
    z.strictObject({}),
    z.strictObject({
      bytes: z.int(),
      exchanges: z.int(),
      /** Exchanges with something that was said. */
      recorded: z.int(),
      /** ISO 8601; `null` of an empty one. */
      oldest_at: z.string().nullable(),
    }),
  ),
  /** Whether its file is whole, its sums are right, and every try has one end. Reads all of it. */
  'ledger.check': call(z.strictObject({}), z.strictObject({ findings: z.array(ledgerFinding) })),
};
