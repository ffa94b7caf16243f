/** Calls about exchanges: the list, newest first, and one of them whole. */
import { z } from 'zod';
import { call } from './call.ts';
import { attemptKinds, outcomes } from './words.ts';

const name = z.string().min(1).max(512);

export const usageEntry = z.strictObject({
  input_tokens: z.int(),
  output_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_tokens: z.int(),
  /** Part of `output_tokens`; `null` when the provider does not tell. */
  reasoning_tokens: z.int().nullable(),
});
export type UsageEntry = z.output<typeof usageEntry>;

const usageSource = z.enum(['provider', 'estimated', 'none']);
/** Decimal string; `null` while a price in it is unknown, which is never the same as free. */
const usd = z.string().nullable();

export const attemptEntry = z.strictObject({
  target: z.string(),
  status: z.int().nullable(),
  error: z.string().nullable(),
  ms: z.number(),
  kind: z.enum(attemptKinds),
  /** From the start of the exchange; `null` where it was not recorded. */
  started_ms: z.number().nullable(),
  /** To its first content. */
  ttft_ms: z.number().nullable(),
  usage: usageEntry.nullable(),
  usage_source: usageSource,
  cost_usd: usd,
});
export type AttemptEntry = z.output<typeof attemptEntry>;

export const lossEntry = z.strictObject({ path: z.string(), why: z.string() });

/** One exchange, as `sluice log --json` prints it and a little more. */
export const exchangeEntry = z.strictObject({
  request_id: z.string(),
  /** ISO 8601, when the head was read. */
  at: z.string(),
  key: z.string().nullable(),
  client: z.string().nullable(),
  session: z.string().nullable(),
  surface: z.string(),
  dialect: z.string().nullable(),
  model_asked: z.string().nullable(),
  /** `provider/model` that served it. */
  target: z.string().nullable(),
  target_dialect: z.string().nullable(),
  /** What the client saw. */
  status: z.int().nullable(),
  error: z.string().nullable(),
  outcome: z.enum(outcomes),
  attempts: z.array(attemptEntry),
  ttft_ms: z.number().nullable(),
  duration_ms: z.number().nullable(),
  usage: usageEntry.nullable(),
  usage_source: usageSource,
  /** Of all attempts together. */
  cost_usd: usd,
  /** The answer came from the cache, which saved what asking again would have cost; `null` when it did not. */
  cache: z.strictObject({ hit: z.literal(true), saved_usd: usd }).nullable(),
  masked: z.int(),
  firewall: z.string().nullable(),
  route_reason: z.string().nullable(),
  stream: z.boolean(),
  losses: z.array(lossEntry),
  finish_reason: z.string().nullable(),
  request_bytes: z.int(),
  response_bytes: z.int(),
});
export type ExchangeEntry = z.output<typeof exchangeEntry>;

export const trafficFilter = z.strictObject({
  key: name.optional(),
  client: name.optional(),
  /** Model asked for or served, without the provider. */
  model: name.optional(),
  provider: name.optional(),
  status: z.int().min(100).max(999).optional(),
  /** An error code; `*` for any error. */
  error: name.optional(),
});
export type TrafficFilter = z.output<typeof trafficFilter>;

export const trafficCalls = {
  /** Exchanges, newest first. `since` and `until` in milliseconds since 1970, `until` exclusive. */
  'traffic.list': call(
    z.strictObject({
      limit: z.int().min(1).max(1000).default(50),
      /** `next` of the page before. */
      before: z.string().max(64).optional(),
      since: z.int().optional(),
      until: z.int().optional(),
      filter: trafficFilter.default({}),
    }),
    z.strictObject({ entries: z.array(exchangeEntry), next: z.string().nullable() }),
  ),
  /** One exchange with the provider's own usage object, as JSON text exactly as it came. */
  'traffic.get': call(
    z.strictObject({ request_id: name }),
    z.strictObject({ entry: exchangeEntry, raw_usage: z.string().nullable() }),
  ),
};
