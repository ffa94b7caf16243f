/** The call about usage: sums over a range, in groups. */
import { z } from 'zod';
import { call } from './call.ts';
import { usageGroupings } from './words.ts';

export const usageSums = z.strictObject({
  requests: z.int(),
  errors: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_tokens: z.int(),
  /** Decimal string; `null` while a price in it is unknown. */
  cost_usd: z.string().nullable(),
});
export type UsageSums = z.output<typeof usageSums>;

/** Only what was asked for is present; `null` where an exchange has no such thing (refused before it was routed). */
export const usageGroup = usageSums.extend({
  day: z.string().nullable().optional(),
  model: z.string().nullable().optional(),
  provider: z.string().nullable().optional(),
  key: z.string().nullable().optional(),
  client: z.string().nullable().optional(),
});
export type UsageGroup = z.output<typeof usageGroup>;

export const usageReport = z.strictObject({ groups: z.array(usageGroup), total: usageSums });
export type UsageReport = z.output<typeof usageReport>;

export const usageCalls = {
  /** Sums of ended exchanges. Milliseconds since 1970, `until` exclusive; days are those of `timezone` (IANA name). */
  'usage.query': call(
    z.strictObject({
      since: z.int().optional(),
      until: z.int().optional(),
      group_by: z.array(z.enum(usageGroupings)).max(usageGroupings.length).default([]),
      timezone: z.string().max(64).default('UTC'),
    }),
    usageReport,
  ),
};
