/** Calls about routing: why an exchange went where it went, and where a request would go. */
import { z } from 'zod';
import { strategies } from '../config/route.ts';
import { call } from './call.ts';
import { exchangeEntry } from './traffic.ts';
import { dropReasons, healthStates, verdicts } from './words.ts';

const name = z.string().min(1).max(512);
const flag = z.boolean().optional();
/** Decimal string; `null` where the price is unknown. */
const usd = z.string().nullable();

/** How a target did at the moment of the decision. */
const targetHealth = z.strictObject({
  state: z.enum(healthStates),
  why: z.string().optional(),
  /** Until it may be asked again. */
  wait_ms: z.number().optional(),
  /** Share of the traffic it gets after a rest, in (0, 1). */
  share: z.number().optional(),
  ttft_p50_ms: z.number().optional(),
  ttft_p95_ms: z.number().optional(),
  tokens_per_second: z.number().optional(),
  running: z.int(),
  capacity: z.number().optional(),
});

/** What is not known or was not looked at is absent. */
export const candidateEntry = z.strictObject({
  /** `provider/model`. */
  target: z.string(),
  id: z.string(),
  /** Routes that led here, outermost first. */
  via: z.array(z.string()).optional(),
  /** Why it cannot serve this request. */
  dropped: z.string().optional(),
  dropped_by: z.enum(dropReasons).optional(),
  note: z.string().optional(),
  /** Expected quality in [0, 1] and the interval it is believed to lie in: mean, low, high. */
  quality: z.tuple([z.number(), z.number(), z.number()]).optional(),
  cost_usd: usd.optional(),
  ttft_ms: z.number().optional(),
  total_ms: z.number().optional(),
  score: z.number().optional(),
  health: targetHealth.optional(),
});
export type CandidateEntry = z.output<typeof candidateEntry>;

/** The facts that were asked for; what nobody asked for is absent. */
export const factsEntry = z.strictObject({
  model: z.string(),
  surface: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** Estimated input tokens. */
  tokens: z.number(),
  max_tokens: z.number().optional(),
  client: z.string().optional(),
  /** Type of the prompt; `null` when its structure does not tell. */
  type: z.string().nullable().optional(),
  conf: z.number().optional(),
  difficulty: z.int().optional(),
  lang: z.string().nullable().optional(),
  lang_conf: z.number().optional(),
  tools: flag,
  image: flag,
  audio: flag,
  pdf: flag,
  video: flag,
  json_schema: flag,
  cache_control: flag,
  reasoning: flag,
  stream: flag,
  /** `null`: asked for and not there. */
  tags: z.record(z.string(), z.string().nullable()).optional(),
  /** Whether texts fit a pattern, by pattern. */
  texts: z.record(z.string(), z.boolean()).optional(),
  /** `source` is what told it; `null`: it belongs to none. */
  session: z.strictObject({ key: z.string(), source: z.string() }).nullable().optional(),
  session_turn: z.int().optional(),
  tool_loop: flag,
  signed_reasoning: flag,
  provider_ids: flag,
});
export type FactsEntry = z.output<typeof factsEntry>;

/** Why a conversation stayed where it was, or moved. */
export const pinEntry = z.strictObject({
  kind: z.enum(['session', 'tool_loop', 'signed_reasoning', 'provider_ids']),
  target: z.string(),
  kept: z.boolean(),
  why: z.string(),
  /** The sum of a switch: what it costs once, saves a turn, and what is left over the turns to come. */
  switching: z
    .strictObject({
      to: z.string(),
      cached_tokens: z.number(),
      cost_usd: z.string(),
      gain_usd: z.string(),
      expected_turns: z.number(),
      balance_usd: z.string(),
    })
    .nullable(),
});
export type PinEntry = z.output<typeof pinEntry>;

export const sessionEntry = z.strictObject({
  target: z.string(),
  credential: z.string().nullable(),
  /** Tokens the provider holds in its prompt cache. */
  cached_tokens: z.number(),
  cache_left_ms: z.number(),
  turns: z.number(),
  expected_turns: z.number(),
});

/** One decision, whole: what was asked, what was chosen, and everything it rests on. No prompt text. */
export const decisionEntry = z.strictObject({
  asked: z.string(),
  /** `provider/model`; `null` when nothing could serve it. */
  chosen: z.string().nullable(),
  /** One sentence. */
  reason: z.string(),
  /** The route with its place: `short-chat (sluice.yaml, line 58)`; `null` when the client named the target itself. */
  rule: z.string().nullable(),
  route: z
    .strictObject({ id: z.string(), alias: z.string(), origin: z.string(), strategy: z.enum(strategies) })
    .nullable(),
  /** Routes for this name whose condition did not hold. */
  skipped: z.array(z.strictObject({ id: z.string(), why: z.string() })),
  facts: factsEntry,
  candidates: z.array(candidateEntry),
  /** Targets in the order they are tried. */
  order: z.array(z.string()),
  pin: pinEntry.nullable(),
  session: sessionEntry.nullable(),
  offline: z.boolean(),
  key: z.string(),
  /** What the best of the candidates would have cost more (`+`) or less (`-`); `null` when that cannot be said. */
  counterfactual: z.strictObject({ if_asked_best: z.string() }).nullable(),
  /** Candidates that were left out because there were too many to keep. */
  omitted: z.int(),
  snapshot: z.string(),
  /** The random number of the decision. */
  seed: z.string(),
});
export type DecisionEntry = z.output<typeof decisionEntry>;

/** A request as a client would send it. */
export const simulatedRequest = z.strictObject({
  /** Recognised by the shape of the body when left out. */
  path: z.string().max(8_192).optional(),
  method: z.string().max(16).default('POST'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown(),
});

export const routeCalls = {
  /** Why this exchange went where it went, and whether the same comes out when it is derived again. */
  'route.explain': call(
    z.strictObject({ request_id: name }),
    z.strictObject({
      /** `null` when none was kept; `note` says why. */
      decision: decisionEntry.nullable(),
      entry: exchangeEntry,
      verified: z.enum(verdicts),
      note: z.string(),
    }),
  ),
  /**
   * Where a request would go now. Nothing is sent, spent or recorded. `key` is the id of a virtual key: what it may use
   * counts. Fails with the code that the client would get where no target is left.
   */
  'route.simulate': call(
    z.strictObject({ request: simulatedRequest, key: name.optional(), client: name.optional() }),
    z.strictObject({ decision: decisionEntry }),
  ),
};
