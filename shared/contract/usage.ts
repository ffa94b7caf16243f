/** Calls about usage: sums over a range, in groups, and the same over time. */
import { z } from 'zod';
import { call } from './call.ts';
import { seriesBuckets, usageDimensions, usageGroupings } from './words.ts';

const name = z.string().min(1).max(512);
/** Decimal string of US dollars. */
const usd = z.string();

export const usageSums = z.strictObject({
  requests: z.int(),
  errors: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_tokens: z.int(),
  /** `null` while a price in it is unknown. */
  cost_usd: usd.nullable(),
  /** Of those whose price is known: at least so much was spent. */
  known_cost_usd: usd,
  /** Requests whose price is not. */
  unknown_costs: z.int(),
  /** Input tokens that a provider read from its cache, as a share of all that went in; `null` when nothing did. */
  cache_hit_rate: z.number().nullable(),
  /** Requests answered from our own cache, and what asking again would have cost, as far as that is known. */
  cached: z.int(),
  cache_saved_usd: usd,
});
export type UsageSums = z.output<typeof usageSums>;

const label = z.string().nullable().optional();

/**
 * Only what was asked for is present; `null` where an exchange has no such thing (refused before it was routed). `month` is
 * `2026-11`, `week` the date of its Monday, `day` a date, `hour` its first moment in ISO 8601.
 */
export const usageGroup = usageSums.extend({
  month: label,
  week: label,
  day: label,
  hour: label,
  model: label,
  provider: label,
  key: label,
  client: label,
  user: label,
  team: label,
});
export type UsageGroup = z.output<typeof usageGroup>;

export const usageReport = z.strictObject({ groups: z.array(usageGroup), total: usageSums });
export type UsageReport = z.output<typeof usageReport>;

/** Only what has these names; what has none cannot be asked for. */
export const usageFilter = z.strictObject({
  model: name.optional(),
  provider: name.optional(),
  key: name.optional(),
  client: name.optional(),
  user: name.optional(),
  team: name.optional(),
});
export type UsageFilter = z.output<typeof usageFilter>;

const range = {
  since: z.int().optional(),
  until: z.int().optional(),
  timezone: z.string().max(64).default('UTC'),
  filter: usageFilter.optional(),
};

/** One line of a graph: a figure for each bucket. */
export const usageLine = z.strictObject({
  /** `null` for what has no such name, and for the line of all others. */
  name: z.string().nullable(),
  /** The sum of all that are not among the largest. */
  other: z.boolean(),
  requests: z.array(z.int()),
  errors: z.array(z.int()),
  input_tokens: z.array(z.int()),
  output_tokens: z.array(z.int()),
  cache_read_tokens: z.array(z.int()),
  cache_write_tokens: z.array(z.int()),
  known_cost_usd: z.array(usd),
  unknown_costs: z.array(z.int()),
});
export type UsageLine = z.output<typeof usageLine>;

export const usageSeries = z.strictObject({
  /** Coarser than asked for where there would be too many, or where single exchanges are gone. */
  bucket: z.enum(seriesBuckets),
  /** First moment of each bucket, milliseconds since 1970, in order and without a gap. */
  starts: z.array(z.int()),
  /** The largest first, then all others together. */
  lines: z.array(usageLine),
});
export type UsageSeries = z.output<typeof usageSeries>;

/** How long answers took, for each bucket; `null` where there were none. Milliseconds. */
export const latencyLine = z.strictObject({
  name: z.string().nullable(),
  requests: z.array(z.int()),
  /** To the first content. */
  ttft_p50_ms: z.array(z.number().nullable()),
  ttft_p95_ms: z.array(z.number().nullable()),
  /** To the end. */
  total_p50_ms: z.array(z.number().nullable()),
  total_p95_ms: z.array(z.number().nullable()),
});
export type LatencyLine = z.output<typeof latencyLine>;

export const usageCalls = {
  /**
   * Percentiles of complete answers over time, one line for each provider or model. Of exchanges that are kept, at most the
   * 200,000 newest of the range; `sampled` says so.
   */
  'usage.latency': call(
    z.strictObject({
      ...range,
      bucket: z.enum(seriesBuckets).default('hour'),
      by: z.enum(['provider', 'model']).default('provider'),
      top: z.int().min(1).max(20).default(6),
    }),
    z.strictObject({
      bucket: z.enum(seriesBuckets),
      starts: z.array(z.int()),
      lines: z.array(latencyLine),
      sampled: z.boolean(),
    }),
  ),
  /** Sums of ended exchanges. Milliseconds since 1970, `until` exclusive; days are those of `timezone` (IANA name). */
  'usage.query': call(
    z.strictObject({
      ...range,
      group_by: z.array(z.enum(usageGroupings)).max(usageGroupings.length).default([]),
    }),
    usageReport,
  ),
  /** The same sums over time, for a graph: one line, or one for each of the `top` largest names of `by` and one for the rest. */
  'usage.series': call(
    z.strictObject({
      ...range,
      bucket: z.enum(seriesBuckets).default('hour'),
      by: z.enum(usageDimensions).optional(),
      /** What makes a name large. */
      rank: z.enum(['requests', 'tokens', 'cost']).default('requests'),
      top: z.int().min(1).max(50).default(8),
    }),
    usageSeries,
  ),
};
