/** Schemas of the sections that limit or price: what a team agrees on. */
import * as z from 'zod';
import { condition } from './condition.ts';
import {
  budgetShape,
  decimal,
  identifier,
  modelGlob,
  nonEmptyText,
  pricingShape,
  rateLimitShape,
  rule,
  secretReference,
} from './values.ts';

export const budgetSettings = z.strictObject({
  id: identifier,
  scope: z.enum(['global', 'key', 'client', 'user', 'team', 'provider', 'model', 'tag', 'session']),
  match: nonEmptyText.optional(),
  when: condition.optional(),
  ...budgetShape,
});

export const rateLimitSettings = z.strictObject({
  id: identifier,
  scope: z.enum(['global', 'key', 'team', 'provider', 'model']),
  match: nonEmptyText.optional(),
  when: condition.optional(),
  ...rateLimitShape,
});

export type BudgetSettings = z.output<typeof budgetSettings>;
export type RateLimitSettings = z.output<typeof rateLimitSettings>;

export const priceSettings = z.strictObject({
  model: modelGlob,
  ...pricingShape,
  tiers: z
    .array(z.strictObject({ above_tokens: z.int().min(1).max(1_000_000_000), input: decimal, output: decimal }))
    .max(8)
    .default([])
    .describe('Prices of requests with more input than so many tokens, smallest first'),
  effective_from: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
});

/** Rules of access that hold for every key, whoever it belongs to. */
export const modelsSettings = z.strictObject({
  allow: z.array(modelGlob).default(['*']).describe('provider/model or model; "*" stands for any characters'),
  deny: z.array(modelGlob).default([]),
  allow_providers: z.array(nonEmptyText).default(['*']).describe('Ids; "*" stands for any characters'),
  deny_providers: z.array(nonEmptyText).default([]),
  max_context_tokens: z.int().min(1).max(1_000_000_000).optional().describe('Most that a request may say, in tokens'),
  max_output_tokens: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe('Most that an answer may say; a larger limit of a client is lowered'),
});
export type ModelsSettings = z.output<typeof modelsSettings>;

const toolGlobs = z.array(nonEmptyText);

/** Which tools a request may offer a model. */
export const toolsSettings = z.strictObject({
  allow: toolGlobs.default(['*']).describe('Names; "*" stands for any characters'),
  deny: toolGlobs.default([]),
});
export type ToolsSettings = z.output<typeof toolsSettings>;

/** Plain HTTP within this machine alone; nobody's name or password. */
const bundleAddress =
  /^(?:https:\/\/[^\s/@?#]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?|file:\/\/)\/[^\s@]*$/;

export const bundleSettings = z.strictObject({
  url: z
    .string()
    .refine(
      (text) => bundleAddress.test(text),
      rule(
        'is not the address of a bundle',
        'Use https://HOST/NAME.sluice, http on this machine alone, or file:///PATH',
      ),
    ),
  trust: nonEmptyText
    .optional()
    .describe(
      'Fingerprint of the trust document that the bundle rests on, or the public key of its root; without it the first one seen is shown for confirmation',
    ),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe('What the bundle may ask of this installation, as env: prod'),
  token: secretReference.optional().describe('Sent to its host as a bearer token'),
});
export type BundleSettings = z.output<typeof bundleSettings>;
