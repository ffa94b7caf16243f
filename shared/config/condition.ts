/** The one language of conditions: routes, targets, firewall rules and budgets. Total, bounded, no code. */
import * as z from 'zod';
import { promptTypes } from '../domain/prompt-type.ts';
import { nonEmptyText, re2Pattern, timezone } from './values.ts';

const surfaces = [
  ...(['chat', 'responses', 'messages', 'gemini', 'completions', 'embeddings', 'moderations', 'images'] as const),
  ...(['audio', 'rerank', 'realtime', 'count_tokens'] as const),
] as const;
const contents = [
  'tools',
  'image',
  'audio',
  'pdf',
  'video',
  'json_schema',
  'cache_control',
  'reasoning',
  'stream',
] as const;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const dayOrRange = z.string().refine((text) => {
  const ends = text.split('-');
  return ends.length <= 2 && ends.every((end) => (days as readonly string[]).includes(end));
}, 'is not a day of the week: use mon … sun or a range such as mon-fri');
const hours = z
  .string()
  .refine((text) => /^(?:[01]\d|2[0-4])-(?:[01]\d|2[0-4])$/.test(text), 'is not a span of hours such as "08-18"');

const tokens = z.strictObject({
  lt: z.int().min(0).optional(),
  lte: z.int().min(0).optional(),
  gt: z.int().min(0).optional(),
  gte: z.int().min(0).optional(),
});
const names = z.array(nonEmptyText).min(1);

/** Who speaks in a text a pattern looks at. */
export const textRoles = z.enum(['system', 'user', 'assistant', 'tool']);

/** All named properties must hold. An unknown operator is an error, never "true". */
export const condition = z
  .strictObject({
    get all() {
      return z.array(condition).min(1).optional();
    },
    get any() {
      return z.array(condition).min(1).optional();
    },
    get not() {
      return condition.optional();
    },
    client: names.optional().describe('Names of virtual keys’ clients; globs allowed'),
    surface: z.array(z.enum(surfaces)).min(1).optional(),
    model: names.optional().describe('provider/model or model; globs allowed'),
    tokens: tokens.optional().describe('Estimated input tokens'),
    has: z.array(z.enum(contents)).min(1).optional(),
    lang: names.optional().describe('ISO 639-1 codes'),
    text: z.strictObject({ pattern: re2Pattern, in: z.array(textRoles).min(1).optional() }).optional(),
    tag: z.record(z.string(), names).optional(),
    time: z
      .strictObject({
        timezone: timezone.optional(),
        days: z.array(dayOrRange).min(1).optional(),
        hours: hours.optional(),
      })
      .optional(),
    prompt_type: z
      .array(z.enum([...promptTypes, 'code', 'agent']))
      .min(1)
      .optional(),
    min_conf: z.number().min(0).max(1).optional(),
  })
  .meta({ id: 'condition' });

export type Condition = z.output<typeof condition>;
export type ConditionSurface = (typeof surfaces)[number];
/** What `has` may ask for. */
export type Content = (typeof contents)[number];
export type TextRole = z.output<typeof textRoles>;
