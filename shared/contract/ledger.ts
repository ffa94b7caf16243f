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
  /** Whether its file is whole, its sums are right, and every try has one end. Reads all of it. */
  'ledger.check': call(z.strictObject({}), z.strictObject({ findings: z.array(ledgerFinding) })),
};
