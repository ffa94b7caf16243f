/** Schema of one entry of `virtual_keys`: a key we issue, and what it may do. */
import * as z from 'zod';
import { budgetShape, identifier, modelGlob, nonEmptyText, rateLimitShape, rule, secretReference } from './values.ts';

/** A moment with its zone, or a day (its first moment, UTC). YAML 1.2 has no dates: both are text. */
const moment = z
  .string()
  .refine(
    (text) => z.iso.datetime({ offset: true }).safeParse(text).success || z.iso.date().safeParse(text).success,
    rule('is not a moment', 'Write 2027-01-01T00:00:00Z'),
  )
  .meta({ format: 'date-time' });

export const virtualKeySettings = z.strictObject({
  id: identifier,
  name: nonEmptyText.optional().describe('For people; default: the id'),
  value: secretReference.describe('sha256: of the key (as the program writes it), env:NAME, file:/path or secret:id'),
  allowed_models: z.array(modelGlob).default(['*']),
  denied_models: z.array(modelGlob).default([]),
  allowed_origins: z.array(nonEmptyText).default([]).describe('Browser origins that may use this key'),
  budgets: z.array(z.strictObject(budgetShape)).default([]),
  rate_limits: z.strictObject(rateLimitShape).optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  expires_at: moment.optional(),
});

export type VirtualKeySettings = z.output<typeof virtualKeySettings>;
