/** Schema of one entry of `providers`: an upstream, its credentials, clocks and models. */
import * as z from 'zod';
import { dialectIds } from '../domain/dialect.ts';
import { providerKinds } from './provider.ts';
import { identifier, modelGlob, nonEmptyText, pricingShape, rule, secretReference } from './values.ts';

/** Statuses worth another try at the same place: time-out, rate limit, server errors, Anthropic's 529 "overloaded". */
const retryStatusCodes = [408, 429, 500, 502, 503, 504, 529];

const keySettings = z
  .strictObject({
    name: identifier.optional(),
    value: secretReference.optional(),
    access_key_id: secretReference.optional().describe('AWS'),
    secret_access_key: secretReference.optional().describe('AWS'),
    session_token: secretReference.optional().describe('AWS, for temporary credentials'),
    service_account: secretReference.optional().describe('Google service account JSON, best as file:/path'),
    adc: z.boolean().optional().describe('Google application default credentials'),
    weight: z.number().min(0).max(1_000_000).default(1),
    models: z.array(modelGlob).min(1).default(['*']),
  })
  .refine(
    (key) => forms(key) === 1,
    rule(
      'needs exactly one form of credential',
      'Give value, or access_key_id with secret_access_key, or service_account, or adc: true',
    ),
  );

function forms(key: Readonly<Record<string, unknown>>): number {
  const aws = key['access_key_id'] !== undefined && key['secret_access_key'] !== undefined;
  const halfAws =
    ['access_key_id', 'secret_access_key', 'session_token'].some((name) => key[name] !== undefined) && !aws;
  const given = [key['value'] !== undefined, aws, key['service_account'] !== undefined, key['adc'] === true];
  return halfAws ? 0 : given.filter(Boolean).length;
}

const timeoutSettings = z.strictObject({
  connect_ms: z.int().min(1).max(600_000).default(5000),
  ttft_ms: z.int().min(1).max(3_600_000).optional().describe('First content; default 60000, local kinds 300000'),
  idle_ms: z.int().min(1).max(3_600_000).default(120_000),
  total_ms: z.int().min(1).max(86_400_000).default(900_000),
  drain_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .describe('A stream whose client left is read on for so long, for the true usage; 0: it is aborted at once'),
});

const retrySettings = z.strictObject({
  attempts: z.int().min(1).max(10).default(2).describe('Tries at the same target in all; 1 means no retry'),
  backoff_ms: z.int().min(0).max(60_000).default(250),
  on_status_codes: z.array(z.int().min(400).max(599)).default(retryStatusCodes),
  use_retry_after: z.boolean().default(true),
});

const modelSettings = z.strictObject({
  id: nonEmptyText,
  context_window: z.int().min(1).optional().describe('Tokens'),
  max_output_tokens: z.int().min(1).optional(),
  tools: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  inputs: z.array(z.enum(['text', 'image', 'audio', 'pdf', 'video'])).optional(),
  pricing: z.strictObject(pricingShape).optional(),
});

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/);
const headerValue = z.string().refine(
  // Printable text only: a line break in a value would start another header.
  (text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text),
  rule('holds characters a header cannot carry', 'Use printable characters on one line'),
);

export const providerSettings = z.strictObject({
  id: identifier,
  kind: z.enum(providerKinds),
  base_url: z.string().optional().describe('As the vendor’s own SDK takes it; default per kind'),
  keys: z
    .array(keySettings)
    .optional()
    .describe('Credentials; without them the vendor’s usual environment variable is tried'),
  timeouts: timeoutSettings.prefault({}),
  retry: retrySettings.prefault({}),
  headers: z.record(headerName, headerValue).default({}).describe('Static and not secret'),
  proxy: z
    .string()
    .refine(
      (text) => text === 'system' || text === 'direct' || /^https?:\/\/[^\s/]+\/?$/.test(text),
      rule('is not a proxy', 'Use system, direct or http://HOST:PORT'),
    )
    .default('system'),
  models: z
    .array(z.union([nonEmptyText, modelSettings]))
    .default([])
    .describe('Models beyond the built-in catalogue, or facts that override it'),
  closed_models: z.boolean().default(false).describe('Only the listed models exist'),
  dialects: z.array(z.enum(dialectIds)).min(1).optional().describe('What it speaks, best first; default per kind'),
  local: z.boolean().optional().describe('On this machine or network: private addresses are allowed'),
  tls_ca: z.string().max(65_536).optional().describe('PEM certificates to trust for it, besides those of the system'),
  api_version: nonEmptyText.optional().describe('azure-openai'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional()
    .describe('bedrock'),
  project: nonEmptyText.optional().describe('vertex'),
  location: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional()
    .describe('vertex; default global'),
});

export type ProviderSettings = z.output<typeof providerSettings>;
export type KeySettings = z.output<typeof keySettings>;
export type ModelSettings = z.output<typeof modelSettings>;
