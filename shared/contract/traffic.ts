/** Calls about exchanges: the list, newest first, and one of them whole. */
import { z } from 'zod';
import { foundKinds, type FoundKind } from '../domain/masking.ts';
import { call } from './call.ts';
import { attemptKinds, bodyStates, outcomes, safetyActions, safetySources, spendStates, usageBases } from './words.ts';

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
  /** `null` of one that was passed over, and where it was not recorded. */
  state: z.enum(spendStates).nullable(),
  /** What was kept back for it before it was sent. */
  bound_usd: usd,
  /** What budgets counted: the cost, or what stands in for an unknown one. */
  counted_usd: usd,
  /** What its usage rests on; `null` where there is none. */
  basis: z.enum(usageBases).nullable(),
});
export type AttemptEntry = z.output<typeof attemptEntry>;

/** One step of the arithmetic: `count` times `rate_usd` is `amount_usd`. */
export const costLineEntry = z.strictObject({
  what: z.string(),
  /** Tokens; of fees, how many times. */
  count: z.int(),
  rate_usd: z.string(),
  amount_usd: z.string(),
});
export type CostLineEntry = z.output<typeof costLineEntry>;

/** What masking or the firewall found and did, besides replacing. Never the text itself. */
export const safetyEntry = z.strictObject({
  source: z.enum(safetySources),
  /** Id of the firewall rule; of masking the kind. */
  rule: z.string(),
  action: z.enum(safetyActions),
  detail: z.string(),
});
export type SafetyEntry = z.output<typeof safetyEntry>;

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
  /** How much was replaced in what left; 0 also where nothing was looked for. */
  masked: z.int(),
  /** The same by kind; `null` where nothing was looked for. */
  masked_kinds: z.partialRecord(z.enum(foundKinds as readonly [FoundKind, ...FoundKind[]]), z.int()).nullable(),
  /** The rules of the firewall that found something, with the strongest of their actions; `null` where none did. */
  firewall: z.strictObject({ action: z.enum(safetyActions), rules: z.array(z.string()) }).nullable(),
  route_reason: z.string().nullable(),
  stream: z.boolean(),
  losses: z.array(lossEntry),
  finish_reason: z.string().nullable(),
  request_bytes: z.int(),
  response_bytes: z.int(),
  /** `metadata.user` and `metadata.team` of the key. */
  user: z.string().nullable(),
  team: z.string().nullable(),
  /** Id of the budget, limit or access rule that refused. */
  rule: z.string().nullable(),
  /** A budget that was used up moved it to a cheaper alias. */
  downgrade: z.strictObject({ budget: z.string(), alias: z.string() }).nullable(),
});
export type ExchangeEntry = z.output<typeof exchangeEntry>;

/** What is asked of an exchange; all of it must fit. */
export const trafficFilter = z.strictObject({
  key: name.optional(),
  client: name.optional(),
  user: name.optional(),
  team: name.optional(),
  session: name.optional(),
  /** Model asked for or served, without the provider. */
  model: name.optional(),
  provider: name.optional(),
  /** `provider/model` that served it. */
  target: name.optional(),
  /** A status, or a class of them: `4xx`. */
  status: z.union([z.int().min(100).max(999), z.string().regex(/^[1-5]xx$/)]).optional(),
  outcome: z.enum(outcomes).optional(),
  /** An error code; `*` for any error. */
  error: name.optional(),
  /** Id of the budget, limit or access rule that refused; `*` for any. */
  rule: name.optional(),
  /** Something of it was replaced before it left, or nothing. */
  masked: z.boolean().optional(),
  /** Id of a rule of the firewall that found something; `*` for any. */
  firewall: name.optional(),
  stream: z.boolean().optional(),
  /** Answered from the cache. */
  cached: z.boolean().optional(),
  /** Something of the request or the answer could not be carried over. */
  losses: z.boolean().optional(),
  /** Decimal string of US dollars. An unknown cost is none of these. */
  min_cost_usd: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,12})?$/)
    .optional(),
  min_duration_ms: z.int().min(0).optional(),
  /**
   * A text that is part of the model asked for, the target, the error, the client, the key or the session, in any case; or
   * how a request id begins.
   */
  q: z.string().min(1).max(200).optional(),
});
export type TrafficFilter = z.output<typeof trafficFilter>;

/** Exchanges of one conversation. */
export const sessionSummary = z.strictObject({
  session: z.string(),
  /** ISO 8601. */
  first_at: z.string(),
  last_at: z.string(),
  requests: z.int(),
  errors: z.int(),
  /** `null` while a price in it is unknown. */
  cost_usd: usd,
  known_cost_usd: z.string(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  /** The last used first. */
  targets: z.array(z.string()),
  key: z.string().nullable(),
  client: z.string().nullable(),
});
export type SessionSummary = z.output<typeof sessionSummary>;

export const trafficCalls = {
  /** Conversations, the last active first. As `traffic.list`; `before` is the `next` of the page before. */
  'traffic.sessions': call(
    z.strictObject({
      limit: z.int().min(1).max(200).default(50),
      before: z.string().max(600).optional(),
      since: z.int().optional(),
      until: z.int().optional(),
      filter: trafficFilter.pick({ key: true, client: true }).default({}),
    }),
    z.strictObject({ sessions: z.array(sessionSummary), next: z.string().nullable() }),
  ),
  /**
   * Sends a recorded request once more, to the path it came on, with another `model` or another `body` (JSON text) where that is
   * given. Resolves with the end of it. It is an exchange of its own. `control.refused` when nothing was recorded.
   */
  'traffic.replay': call(
    z.strictObject({
      request_id: name,
      model: name.optional(),
      body: z.string().max(36_000_000).optional(),
    }),
    z.strictObject({ request_id: z.string(), status: z.int() }),
  ),
  /**
   * Exchanges, newest first. `since` and `until` in milliseconds since 1970, `until` exclusive. A page looks through a bounded
   * number of exchanges: it may hold few or none of those that fit and still have a `next`.
   */
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
  /**
   * One exchange, with the provider's own usage object as JSON text exactly as it came, what was said where that is recorded,
   * and, if asked for, the arithmetic of each attempt's cost.
   */
  'traffic.get': call(
    z.strictObject({ request_id: name, arithmetic: z.boolean().default(false) }),
    z.strictObject({
      entry: exchangeEntry,
      raw_usage: z.string().nullable(),
      /** What masking and the firewall found besides, in the order it was found. */
      safety: z.array(safetyEntry),
      /** `unreadable`: some of it is there and cannot be opened, e.g. because the key it was sealed with is gone. */
      bodies: z.enum(bodyStates),
      request_body: z.string().nullable(),
      answer_body: z.string().nullable(),
      /**
       * One for each attempt; `null` where the price of that time is not known or what was kept does not give the cost. Empty
       * unless asked for.
       */
      costs: z.array(z.array(costLineEntry).nullable()),
    }),
  ),
};
