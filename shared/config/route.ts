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

/** Names every installation answers without a route of its own: they choose among all models there are (RTE-01). */
export const builtInAliases = [...(['auto', 'best', 'fast', 'cheap'] as const)] as const;
export type BuiltInAlias = (typeof builtInAliases)[number];

/** In place of a model: the one the client named. */
export const requestedModel = '@requested';

/** How many routes may stand in each other, the outermost counted (RTE-16). */
export const maxRouteDepth = 8;

/** What a route falls back on unless it says otherwise; the last two reasons are opt-in (RTE-14). */
const defaultFallbackReasons: (typeof fallbackReasons)[number][] = ['error', 'timeout', 'ttft', 'rate_limited'];

// Which of the names belong together is checked with the rest of the file, where the message can say what is missing.
const targetSettings = z
  .strictObject({
    id: identifier.optional(),
    provider: identifier.optional(),
    model: nonEmptyText.optional().describe('Name or pattern; "@requested" is the model the client named'),
    alias: nonEmptyText.optional().describe('Another alias, whose targets stand in this place'),
    weight: z.number().min(0).max(1_000_000).default(1),
    when: condition.optional(),
  })
  .meta({ anyOf: [{ required: ['provider', 'model'] }, { required: ['alias'] }] });

const shortTarget = z
  .string()
  .refine(
    (text) => text === requestedModel || /^[^\s/@][^\s/]*(?:\/\S+)?$/.test(text),
    rule('is not a target', 'Write provider/model, the alias of a route, or "@requested"'),
  )
  .describe('provider/model, an alias, or "@requested": the model the client named');

const share = z.number().min(0).max(1);
export const objectiveWords = [...(['cheap', 'balanced', 'best', 'fast'] as const)] as const;
export type ObjectiveWord = (typeof objectiveWords)[number];

const objective = z
  .union([
    z.enum(objectiveWords),
    z.strictObject({
      quality: share.optional(),
      cost: share.optional(),
      latency: share.optional(),
      floor: z.strictObject({ quality: share.optional() }).optional(),
    }),
  ])
  .describe('What strategy auto weighs: a word, or weights from 0 to 1');

const fallbackRule = z
  .strictObject({ status: z.int().min(400).max(599).optional(), body: re2Pattern.optional() })
  .meta({ minProperties: 1 });

const hedge = z.strictObject({
  after: z
    .union([z.enum(['p50', 'p95', 'p99']), z.int().min(1).max(600_000)])
    .describe('Percentile of the measured first content, or ms'),
  max_extra_cost_usd: decimal.optional().describe('What the second request may be expected to cost'),
  only: z.array(z.enum(['stream', 'no_tools'])).default(['stream', 'no_tools']),
});

const cache = z.strictObject({
  mode: z.literal('exact'),
  ttl_s: z.int().min(1).max(31_536_000).default(3600),
  // It is kept in memory: 64 MiB are about ten thousand answers.
  max_size_mb: z.int().min(1).max(1024).default(64),
  only: z.literal('deterministic').optional().describe('Only requests with temperature 0 or a seed'),
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
  max_attempts: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('In all; default 3, or one for each target if there are more'),
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
export type Strategy = (typeof strategies)[number];
export type FallbackReason = (typeof fallbackReasons)[number];
