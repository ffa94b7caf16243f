/** Schemas of the sections that limit or price: what a team agrees on. */
import * as z from 'zod';
import { condition } from './condition.ts';
import { budgetShape, identifier, modelGlob, nonEmptyText, pricingShape, rateLimitShape } from './values.ts';

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
  ...rateLimitShape,
});

export type BudgetSettings = z.output<typeof budgetSettings>;
export type RateLimitSettings = z.output<typeof rateLimitSettings>;

export const priceSettings = z.strictObject({
  model: modelGlob,
  ...pricingShape,
  effective_from: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
});

export const bundleSettings = z.strictObject({
  url: z.url({ protocol: /^(?:https|file)$/ }),
  trust: nonEmptyText.describe('Public key or fingerprint that must have signed the bundle'),
});
