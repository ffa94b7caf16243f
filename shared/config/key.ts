/** Schemas of who may use what: the entries of `virtual_keys`, which are keys we issue, and of `teams`. */
import * as z from 'zod';
import { surfaceWords } from './surface.ts';
import { budgetShape, identifier, modelGlob, nonEmptyText, rateLimitShape, rule, secretReference } from './values.ts';

/** A moment with its zone, or a day (its first moment, UTC). YAML 1.2 has no dates: both are text. */
const moment = z
  .string()
  .refine(
    (text) => z.iso.datetime({ offset: true }).safeParse(text).success || z.iso.date().safeParse(text).success,
    rule('is not a moment', 'Write 2027-01-01T00:00:00Z'),
  )
  .meta({ format: 'date-time' });

const providerGlob = nonEmptyText.describe('Id of a provider; "*" stands for any characters');
const surface = z.enum(surfaceWords);

/** What may be used; denials win. */
const accessShape = {
  allowed_models: z.array(modelGlob).default(['*']),
  denied_models: z.array(modelGlob).default([]),
  allowed_providers: z.array(providerGlob).default(['*']),
  denied_providers: z.array(providerGlob).default([]),
  allowed_surfaces: z.array(surface).default(['*']).describe('Paths that may be used; the list of models always may'),
  denied_surfaces: z.array(surface).default([]),
};

const ownLimits = {
  budgets: z.array(z.strictObject(budgetShape)).default([]),
  rate_limits: z.strictObject(rateLimitShape).optional(),
};

export const virtualKeySettings = z.strictObject({
  id: identifier,
  name: nonEmptyText.optional().describe('For people; default: the id'),
  value: secretReference.describe('sha256: of the key (as the program writes it), env:NAME, file:/path or secret:id'),
  previous: z
    .array(z.strictObject({ value: secretReference, until: moment }))
    .default([])
    .describe('Secrets this key had before, each valid up to a moment: rotation with overlap'),
  disabled: z.boolean().default(false).describe('Nobody may use it until this is false again'),
  ...accessShape,
  allowed_origins: z.array(nonEmptyText).default([]).describe('Browser origins that may use this key'),
  ...ownLimits,
  metadata: z.record(z.string(), z.string()).default({}).describe('Free labels; team, user and client have a meaning'),
  expires_at: moment.optional(),
});

export type VirtualKeySettings = z.output<typeof virtualKeySettings>;

/** Rules, budgets and limits that the keys share whose `metadata.team` is its id. */
export const teamSettings = z.strictObject({ id: identifier, ...accessShape, ...ownLimits });

export type TeamSettings = z.output<typeof teamSettings>;
