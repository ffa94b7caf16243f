/** Schema of `masking`: what is looked for in what leaves the machine, and what becomes of it. */
import * as z from 'zod';
import { foundKinds, maskModes, type FoundKind } from '../domain/masking.ts';
import { identifier, nonEmptyText, re2Pattern, rule } from './values.ts';

/** Looked for unless the file says otherwise. Terms and patterns are looked for wherever there are any. */
export const usualKinds: readonly FoundKind[] = foundKinds.filter((kind) => kind !== 'terms' && kind !== 'patterns');

export const foundKind = z.enum(foundKinds as readonly [FoundKind, ...FoundKind[]]);
export const maskMode = z.enum(maskModes);

const detector = z.strictObject({
  id: foundKind,
  mode: maskMode
    .default('mask')
    .describe('mask replaces, block refuses the request, warn only tells, off leaves alone'),
  restore: z.boolean().default(true).describe('Originals come back in the client’s copy of the answer'),
  restore_in_tools: z
    .array(nonEmptyText)
    .optional()
    .describe('Tools in whose arguments originals come back; globs allowed; default: all, and none for secrets'),
  replace: z
    .enum(['tag', 'format'])
    .default('tag')
    .describe('format keeps the shape, for example of an e-mail address'),
});

/** One pass looks for all of them, so that their number costs memory rather than time. */
export const maxTerms = 50_000;
/** Longer than any name of a project or customer; what is longer is a document. */
export const maxTermLength = 512;

const termText = nonEmptyText.refine(
  (text) => text.length <= maxTermLength,
  rule(`is longer than ${maxTermLength} characters`, 'Give the words that name it, not the whole text'),
);

const term = z.strictObject({
  term: termText,
  case_sensitive: z.boolean().default(false),
  whole_word: z.boolean().default(true).describe('false: also inside longer words'),
});

const patterns = z.strictObject({
  id: identifier,
  pattern: re2Pattern,
  mode: maskMode.optional().describe('Default: what becomes of all patterns'),
  restore: z.boolean().optional(),
});

const override = z
  .strictObject({
    providers: z.array(nonEmptyText).default([]).describe('Ids or globs; empty: any'),
    routes: z.array(nonEmptyText).default([]).describe('Ids or globs; empty: any'),
    clients: z.array(nonEmptyText).default([]).describe('Names or globs; empty: any'),
    detectors: z.array(foundKind).default([]).describe('Empty: all that are looked for'),
    mode: maskMode,
  })
  .describe('Where another mode holds; the last one that fits counts');

export const maskingSettings = z.strictObject({
  enabled: z.boolean().default(false),
  detectors: z
    .array(z.union([foundKind, detector]))
    .default([...usualKinds])
    .describe('Kinds by name, which are replaced, or with what becomes of them'),
  terms: z
    .array(z.union([termText, term]))
    .max(maxTerms)
    .default([]),
  terms_files: z
    .array(nonEmptyText)
    .default([])
    .describe('Text files with one term a line; relative paths begin beside the config file'),
  patterns: z.array(patterns).max(200).default([]),
  env_files: z
    .array(nonEmptyText)
    .default([])
    .describe('.env files whose values are secret; relative paths begin beside the config file'),
  exclude: z
    .strictObject({
      providers: z.array(nonEmptyText).default([]).describe('Ids or globs'),
      clients: z.array(nonEmptyText).default([]).describe('Names or globs'),
    })
    .prefault({}),
  allow: z
    .array(nonEmptyText)
    .max(10_000)
    .default([])
    .describe('Values that may leave, such as an address of your own support; globs allowed, case does not count'),
  overrides: z.array(override).max(200).default([]),
  restore: z.boolean().default(true).describe('Originals come back in the client’s copy of the answer'),
  answers: z
    .enum(['off', 'warn', 'block'])
    .default('warn')
    .describe('What becomes of secrets that an answer holds and the request did not'),
  definitions: z.boolean().default(false).describe('Descriptions of tools are looked through as well'),
  media: z.enum(['pass', 'block']).default('pass').describe('Pictures, sound and binary documents'),
  on_failure: z
    .enum(['block', 'warn'])
    .default('block')
    .describe('What becomes of a request that could not be looked through'),
  time_budget_ms: z.int().min(100).max(60_000).default(5000),
});

export type MaskingSettings = z.output<typeof maskingSettings>;
export type DetectorSettings = z.output<typeof detector>;
