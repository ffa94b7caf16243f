/** Schema of the whole config file: strict, defaults here, units in names. One source for parser, types and JSON Schema. */
import * as z from 'zod';
import { firewallSettings } from './firewall.ts';
import { teamSettings, virtualKeySettings } from './key.ts';
import { maskingSettings } from './masking.ts';
import { budgetSettings, bundleSettings, priceSettings, rateLimitSettings } from './policy.ts';
import { providerSettings } from './provider-settings.ts';
import { routeSettings } from './route.ts';
import { nonEmptyText } from './values.ts';

/** The version of the format this program reads and writes. Older files are migrated, newer ones refused. */
export const configVersion = 1;

const listenSettings = z.strictObject({
  host: nonEmptyText.default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(4790).describe('0 picks a free port'),
  // 32 MiB: the largest body the vendors themselves accept inline.
  max_body_bytes: z.int().min(1024).max(1_073_741_824).default(33_554_432),
  ollama: z.boolean().default(false).describe('Also answer like an Ollama server'),
  allowed_hosts: z
    .array(nonEmptyText)
    .default([])
    .describe('Further values of the Host header, e.g. host.docker.internal:4790'),
  allowed_origins: z.array(nonEmptyText).default([]).describe('Browser origins allowed for every key'),
  acknowledge_exposure: z.boolean().default(false).describe('Needed to listen on anything but loopback'),
});

const loggingSettings = z.strictObject({
  content: z
    .enum(['off', 'metadata', 'redacted', 'full'])
    .default('metadata')
    .describe('redacted: with placeholders, as it left the machine'),
  retention_days: z.int().min(1).max(36_500).default(30),
  max_size_mb: z.int().min(1).max(1_048_576).default(500),
});

const storeSettings = z.strictObject({
  ledger: z
    .string()
    .regex(/^(?:sqlite:|postgres(?:ql)?:\/\/)/)
    .default('sqlite:'),
  counters: z
    .string()
    .regex(/^(?:memory:|rediss?:\/\/)/)
    .default('memory:'),
});

const telemetrySettings = z.strictObject({
  otlp_endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  prometheus: z.boolean().default(true),
});

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(configVersion),
  listen: listenSettings.prefault({}),
  providers: z.array(providerSettings).default([]),
  routes: z.array(routeSettings).default([]).describe('First match wins'),
  use_model: nonEmptyText
    .optional()
    .describe(
      'What answers every conversation, whatever model a client names: provider/model or an alias; a client that names provider/model is obeyed',
    ),
  virtual_keys: z.array(virtualKeySettings).default([]),
  teams: z.array(teamSettings).default([]).describe('What keys with the same metadata.team share'),
  budgets: z.array(budgetSettings).default([]),
  rate_limits: z.array(rateLimitSettings).default([]),
  masking: maskingSettings.prefault({}),
  firewall: z.array(firewallSettings).default([]),
  pricing: z.array(priceSettings).default([]),
  logging: loggingSettings.prefault({}),
  policy_bundles: z.array(bundleSettings).default([]),
  store: storeSettings.prefault({}),
  telemetry: telemetrySettings.prefault({}),
});

/** A config file as checked, defaults filled in. */
export type Config = z.output<typeof configSchema>;

/** JSON Schema (2020-12) of the file, for editors: `sluice config schema`. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
  const { $schema, ...rest } = schema as Record<string, unknown>;
  return {
    $schema,
    title: 'Sluice configuration',
    description: 'sluice.yaml: where Sluice listens, which providers it uses, and which keys it issues.',
    ...rest,
  };
}
