/** Schemas of the sections that refuse, replace, limit or price: what a team agrees on. */
import * as z from 'zod';
import { condition, textRoles } from './condition.ts';
import {
  budgetShape,
  identifier,
  modelGlob,
  nonEmptyText,
  pricingShape,
  rateLimitShape,
  re2Pattern,
  rule,
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
  ...rateLimitShape,
});

export type BudgetSettings = z.output<typeof budgetSettings>;
export type RateLimitSettings = z.output<typeof rateLimitSettings>;

export const maskingDetectors = [
  ...(['secrets', 'email', 'phone', 'credit_card', 'iban', 'national_id', 'ip_address', 'crypto_wallet'] as const),
  ...(['person', 'address'] as const),
] as const;

export const maskingSettings = z.strictObject({
  enabled: z.boolean().default(false),
  detectors: z.array(z.enum(maskingDetectors)).default([...maskingDetectors]),
  terms: z.array(nonEmptyText).default([]),
  patterns: z.array(z.strictObject({ id: identifier, pattern: re2Pattern })).default([]),
  exclude: z
    .strictObject({ providers: z.array(identifier).default([]), clients: z.array(nonEmptyText).default([]) })
    .prefault({}),
  restore: z.boolean().default(true).describe('Originals come back in the client’s copy of the answer'),
});

export const firewallSettings = z
  .strictObject({
    id: identifier,
    detect: z.enum(['prompt_injection', ...maskingDetectors]).optional(),
    pattern: re2Pattern.optional(),
    when: condition.optional(),
    in: z.array(textRoles).min(1).default(['user', 'tool']),
    action: z.enum(['block', 'warn', 'log']),
    message: nonEmptyText.optional(),
  })
  .refine(
    (entry) => entry.detect !== undefined || entry.pattern !== undefined || entry.when !== undefined,
    rule('looks for nothing', 'Give detect, pattern or when'),
  );

export const priceSettings = z.strictObject({
  model: modelGlob,
  ...pricingShape,
  effective_from: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
});

export const bundleSettings = z.strictObject({
  url: z.url({ protocol: /^(?:https|file)$/ }),
  trust: nonEmptyText.describe('Public key or fingerprint that must have signed the bundle'),
});
