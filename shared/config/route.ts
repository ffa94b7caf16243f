/** Schema of one entry of `routes`: a model name clients send, and the targets that answer it. */
import * as z from 'zod';
import { condition } from './condition.ts';
import { decimal, identifier, nonEmptyText, re2Pattern, rule } from './values.ts';

export const strategies = [
  ...([
    'single',
    'fallback',
    'weighted',
    'lowest_cost',
    'lowest_latency',
    'least_busy',
    'conditional',
    'auto',
  ] as const),
] as const;
export const fallbackReasons = [
  ...(['error', 'timeout', 'ttft', 'rate_limited', 'context_window', 'content_policy'] as const),
] as const;

/** What a route falls back on unless it says otherwise; the last two reasons are opt-in (RTE-14). */
const defaultFallbackReasons: (typeof fallbackReasons)[number][] = ['error', 'timeout', 'ttft', 'rate_limited'];

const targetSettings = z.strictObject({
  id: identifier.optional(),
  provider: identifier,
  model: nonEmptyText,
  weight: z.number().min(0).max(1_000_000).default(1),
  when: condition.optional(),
});

const shortTarget = z
  .string()
  .refine((text) => /^[^/\s]+\/\S+$/.test(text), rule('is not a target', 'Write provider/model'))
  .describe('provider/model');

const share = z.number().min(0).max(1);
const objective = z.strictObject({
  quality: share.optional(),
  cost: share.optional(),
  latency: share.optional(),
  floor: z.strictObject({ quality: share.optional() }).optional(),
});

const fallbackRule = z.strictObject({ status: z.int().min(400).max(599).optional(), body: re2Pattern.optional() });

const hedge = z.strictObject({
  after: z
    .union([z.enum(['p50', 'p95', 'p99']), z.int().min(1)])
    .describe('Percentile of the measured first content, or ms'),
  max_extra_cost_usd: decimal.optional(),
  only: z.array(z.enum(['stream', 'no_tools'])).optional(),
});

const cache = z.strictObject({
  mode: z.literal('exact'),
  ttl_s: z.int().min(1).max(31_536_000).default(3600),
  max_size_mb: z.int().min(1).optional(),
});

export const routeSettings = z.strictObject({
  id: identifier.optional().describe('Default: the alias'),
  alias: nonEmptyText.describe('The model name clients send; "*" stands for any characters'),
  when: condition.optional(),
  strategy: z.enum(strategies).default('fallback'),
  targets: z.array(z.union([shortTarget, targetSettings])).min(1),
  fallbacks: z
    .strictObject({ on: z.array(z.union([z.enum(fallbackReasons), fallbackRule])).default(defaultFallbackReasons) })
    .prefault({}),
  on_break: z
    .enum(['fail', 'continue', 'hold', 'restart'])
    .default('fail')
    .describe('When a stream dies after its first content'),
  session_affinity: z.strictObject({ scope: z.enum(['session', 'none']).default('session') }).optional(),
  objective: objective.optional(),
  hedge: hedge.optional(),
  cache: cache.optional(),
});

export type RouteSettings = z.output<typeof routeSettings>;
