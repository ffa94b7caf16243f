/** Schemas of what a policy bundle may say: the sections of `enforced` and of `defaults`, which read like those of the config file. */
import * as z from 'zod';
import { condition } from '../config/condition.ts';
import { firewallSettings } from '../config/firewall.ts';
import { foundKind, maskMode, maxTermLength } from '../config/masking.ts';
import { providerKinds } from '../config/provider.ts';
import { routeSettings } from '../config/route.ts';
import {
  budgetAction,
  identifier,
  modelGlob,
  nonEmptyText,
  period,
  re2Pattern,
  rule,
  timezone,
} from '../config/values.ts';

/** An exact amount. Text alone: a number has been through a float before anybody sees it. */
export const money = z
  .string()
  .regex(
    /^(?:0|[1-9]\d{0,8})(?:\.\d{1,12})?$/,
    'is not an amount: write digits with at most one point, such as "25" or "0.5"',
  );

const glob = nonEmptyText.refine((text) => text.length <= 256, rule('is longer than 256 characters', 'Shorten it'));
const globs = z.array(glob).max(2_000);
/** A set of names with values that holds no more than a list may. */
function atMost<Schema extends z.ZodType<object>>(most: number, schema: Schema): Schema {
  return schema.refine(
    (value) => Object.keys(value).length <= most,
    rule(`holds more than ${most} names`, `Name ${most} at most`),
  );
}

const slotId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not the name of a slot: use letters, digits, ".", "_" or "-"');

// ---------------------------------------------------------------- providers and models

const dataPolicy = z.strictObject({
  retention: z
    .int()
    .min(0)
    .max(36_500)
    .optional()
    .describe('Days for which the provider keeps what it is sent; 0: not at all'),
  training: z.boolean().optional().describe('Whether the provider trains models on it'),
});

export const providerDefinition = z.strictObject({
  kind: z.enum(providerKinds),
  base_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Default per kind'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional()
    .describe('Where it computes, for `models.require`; of bedrock also the region that is called'),
  auth: z.strictObject({ slot: slotId }).optional().describe('The secret slot whose value is its key'),
  tls_ca: z.string().max(65_536).optional().describe('PEM certificates to trust for it, besides those of the system'),
  headers: z.record(z.string(), z.string().max(4_096)).optional().describe('Static and not secret'),
  data_policy: dataPolicy.optional(),
  local: z.boolean().optional().describe('In your own network: private addresses are allowed'),
  api_version: nonEmptyText.optional().describe('azure-openai'),
  project: nonEmptyText.optional().describe('vertex'),
  location: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional()
    .describe('vertex'),
  models: z.array(nonEmptyText).max(1_000).optional().describe('Models beyond the built-in catalogue'),
});
export type ProviderDefinition = z.output<typeof providerDefinition>;

/** Of all that a bundle defines together. */
const maxDefinedModels = 2_000;

const providers = z.strictObject({
  allow: globs.optional().describe('Ids of providers; "*" stands for any characters'),
  deny: globs.optional(),
  define: atMost(200, z.record(identifier, providerDefinition))
    .refine(
      (all) => Object.values(all).reduce((sum, { models: names = [] }) => sum + names.length, 0) <= maxDefinedModels,
      rule(`names more than ${maxDefinedModels} models`, 'Name those that are not in the built-in catalogue'),
    )
    .optional(),
});

const tokenCount = z.int().min(1).max(1_000_000_000);

const models = z.strictObject({
  allow: z.array(modelGlob).max(2_000).optional().describe('provider/model; "*" stands for any characters'),
  deny: z.array(modelGlob).max(2_000).optional(),
  aliases: atMost(1_000, z.record(nonEmptyText, nonEmptyText)).optional().describe('Short for a route with one target'),
  max_context_tokens: tokenCount.optional().describe('Most that a request may say, in tokens'),
  max_output_tokens: tokenCount
    .optional()
    .describe('Most that an answer may say; a larger limit of a client is lowered'),
  require: z
    .strictObject({
      'data_policy.training': z.literal(false).optional(),
      'data_policy.retention': z.int().min(0).max(36_500).optional().describe('At most so many days'),
      region: z.array(nonEmptyText).min(1).optional(),
    })
    .optional()
    .describe('What must be known of a provider'),
});

// ---------------------------------------------------------------- money and rates

const budget = z.strictObject({
  id: identifier,
  scope: z.enum(['global', 'key', 'user', 'team', 'client', 'provider', 'model', 'tag', 'session']),
  match: nonEmptyText.optional(),
  when: condition.optional(),
  limit_usd: money,
  period,
  timezone: timezone.optional(),
  reset_day: z.int().min(1).max(28).optional(),
  alert_at: z.array(z.number().gt(0).max(1)).max(8).optional(),
  action: budgetAction.optional(),
});
export type BundleBudget = z.output<typeof budget>;

const rateLimit = z.strictObject({
  id: identifier,
  scope: z.enum(['global', 'key', 'team', 'provider', 'model']),
  match: nonEmptyText.optional(),
  when: condition.optional(),
  rpm: tokenCount.optional(),
  tpm: tokenCount.optional(),
  max_parallel_requests: tokenCount.optional(),
  burst: tokenCount.optional().describe('Most requests at once, of those that `rpm` allows'),
});
export type BundleRateLimit = z.output<typeof rateLimit>;

const decimal = z.string().regex(/^\d{1,12}(?:\.\d{1,12})?$/, 'is not a decimal amount: write text such as "3.00"');
const rate = decimal.optional();
const price = z.strictObject({
  model: modelGlob,
  input: rate,
  output: rate,
  cache_read: rate,
  cache_write: rate,
  cache_write_1h: rate,
  output_reasoning: rate,
  request: rate,
  tiers: z
    .array(z.strictObject({ above_tokens: tokenCount, input: decimal, output: decimal }))
    .max(8)
    .optional()
    .describe('Prices of requests with more input than so many tokens, smallest first'),
  per: z.int().min(1).optional(),
  currency: z.literal('USD').optional(),
  effective_from: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
});
export type BundlePrice = z.output<typeof price>;

// ---------------------------------------------------------------- what leaves

const maskPlaces = z.enum(['request', 'response', 'tools', 'logs']);
const maskShape = {
  replace: z.enum(['tag', 'hash', 'format']).optional().describe('hash: a tag whose original never comes back'),
  in: z.array(maskPlaces).min(1).optional().describe('Requests and tools are always looked through together'),
  restore: z.boolean().optional(),
  severity: z.enum(['low', 'medium', 'high', 'critical']).optional().describe('For people'),
};
const maskDetector = z.strictObject({ id: foundKind, mode: maskMode.optional(), ...maskShape });
const maskPattern = z.strictObject({
  id: identifier,
  pattern: re2Pattern,
  flags: z
    .string()
    .regex(/^[ims]*$/, 'has other letters than i, m and s')
    .optional(),
  mode: maskMode.optional(),
  ...maskShape,
});
export type BundleMaskDetector = z.output<typeof maskDetector>;
export type BundleMaskPattern = z.output<typeof maskPattern>;

/** As many as one bundle may hold. */
export const maxBundleTerms = 20_000;

const masking = z.strictObject({
  enabled: z.boolean().optional(),
  detectors: z
    .array(z.union([foundKind, maskDetector]))
    .max(100)
    .optional(),
  terms: z
    .array(
      nonEmptyText.refine(
        (text) => text.length <= maxTermLength,
        rule(`is longer than ${maxTermLength} characters`, 'Give the words that name it'),
      ),
    )
    .max(maxBundleTerms)
    .optional(),
  patterns: z.array(maskPattern).max(500).optional(),
  exclude: z.strictObject({ providers: globs.optional(), clients: globs.optional() }).optional(),
  min_level: z.enum(['warn', 'mask', 'block']).optional().describe('The least that becomes of anything that is found'),
  restore: z.boolean().optional(),
  answers: z.enum(['off', 'warn', 'block']).optional(),
  definitions: z.boolean().optional(),
  media: z.enum(['pass', 'block']).optional(),
  on_failure: z.enum(['block', 'warn']).optional(),
});

/** The most severe first. */
export const firewallActions = ['block', 'require_justification', 'strip', 'warn', 'log'] as const;
export type FirewallAction = (typeof firewallActions)[number];

// ---------------------------------------------------------------- the rest

const tools = z.strictObject({
  allow: globs.optional().describe('Names of tools; "*" stands for any characters'),
  deny: globs.optional(),
  mcp: z
    .strictObject({
      allow: z
        .array(z.strictObject({ name: glob, identity: glob.describe('Address of the server') }))
        .max(500)
        .describe('Both must fit'),
    })
    .optional(),
});

const template = z.strictObject({
  id: identifier,
  title: nonEmptyText,
  body: z.string().max(65_536),
  variables: z
    .array(z.string().regex(/^[A-Za-z_]\w{0,63}$/))
    .max(50)
    .optional(),
  surfaces: z.array(nonEmptyText).max(10).optional(),
});
export type BundleTemplate = z.output<typeof template>;

const clientHint = z.strictObject({
  client: identifier,
  model: nonEmptyText.optional(),
  base_url_path: z
    .string()
    .regex(/^\/[\w./-]*$/, 'is not a path')
    .optional(),
  env: z
    .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'is not the name of a variable'), z.string().max(1_024))
    .optional(),
});
export type ClientHint = z.output<typeof clientHint>;

const logging = z.strictObject({
  content: z.enum(['off', 'metadata', 'redacted', 'full']).optional(),
  retention_days: z.int().min(1).max(36_500).optional(),
  export: z.enum(['none', 'local']).optional().describe('Whether what is recorded may be written into files'),
});

const app = z.strictObject({
  auto_update: z.enum(['off', 'notify', 'on']).optional(),
  allow_user_bundles: z.boolean().optional(),
  allow_lan_bind: z.boolean().optional(),
  allow_keyless: z.boolean().optional(),
  proxy_only: z
    .boolean()
    .optional()
    .describe('Bundles and providers are reached through the proxy of the system or not at all'),
});

/** The same shape for what holds and for what is suggested. Absent: no opinion. */
export const bundleSections = z.strictObject({
  providers: providers.optional(),
  models: models.optional(),
  routes: z.array(routeSettings).max(1_000).optional(),
  routes_default: z
    .enum(['deny', 'continue'])
    .optional()
    .describe('What becomes of a request that no enforced route is for'),
  budgets: z.array(budget).max(1_000).optional(),
  rate_limits: z.array(rateLimit).max(1_000).optional(),
  masking: masking.optional(),
  firewall: z.array(firewallSettings).max(2_000).optional(),
  tools: tools.optional(),
  templates: z.array(template).max(500).optional(),
  pricing: z.array(price).max(5_000).optional(),
  clients: z.array(clientHint).max(100).optional(),
  logging: logging.optional(),
  app: app.optional(),
});
export type BundleSections = z.output<typeof bundleSections>;
export type SectionName = keyof BundleSections;
export const sectionNames = Object.keys(bundleSections.shape) as readonly SectionName[];
