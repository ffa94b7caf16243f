/** Schema of the whole config file: strict, defaults here, units in names. One source for parser, types and JSON Schema. */
import * as z from 'zod';
import { firewallSettings } from './firewall.ts';
import { teamSettings, virtualKeySettings } from './key.ts';
import { loggingSettings } from './logging.ts';
import { maskingSettings } from './masking.ts';
import {
  budgetSettings,
  bundleSettings,
  modelsSettings,
  priceSettings,
  rateLimitSettings,
  toolsSettings,
} from './policy.ts';
import { maxProfiles, profileSettings } from './profile.ts';
import { providerSettings } from './provider-settings.ts';
import { routeSettings } from './route.ts';
import { identifier, nonEmptyText } from './values.ts';

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
  models: modelsSettings.prefault({}).describe('What may be used at all, by whichever key'),
  tools: toolsSettings.prefault({}),
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
  profiles: z.array(profileSettings).max(maxProfiles).default([]).describe('Sets of rules to switch between'),
  use_profile: identifier.optional().describe('Id of the profile in force; without one, the file alone'),
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
