/** Schemas of a policy bundle and of the trust it rests on: what is inside of the signed envelopes. */
import * as z from 'zod';
import { bundleSections } from './sections.ts';
import { decisionSuite } from './suite.ts';

export const bundleSchemaId = 'sluice.bundle/1';
export const trustSchemaId = 'sluice.trust/1';

/** What an envelope says of its payload. */
export const payloadTypes = {
  bundle: 'application/vnd.sluice.bundle+json;v=1',
  trust: 'application/vnd.sluice.trust+json;v=1',
  freshness: 'application/vnd.sluice.freshness+json;v=1',
} as const;
export type PayloadType = keyof typeof payloadTypes;

export const bundleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'is not an id of a bundle: 2 to 63 small letters, digits or "-"');
const counting = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime({ offset: true });
/** `P14D`, `PT15M`: days, hours, minutes, seconds. */
const duration = z
  .string()
  .regex(
    /^P(?=\d|T\d)(?:\d{1,5}D)?(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,6}S)?)?$/,
    'is not a span of time such as PT15M or P14D',
  );
const shortText = z.string().max(280);
const label = z.string().min(1).max(64);

export const contact = z.strictObject({ text: shortText.optional(), url: z.url({ protocol: /^https$/ }).optional() });
export type Contact = z.output<typeof contact>;

export const secretSlot = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  label: shortText,
  provider: z.string().max(64).optional(),
  how: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people read how to get one'),
  required: z.boolean().optional(),
});
export type SecretSlot = z.output<typeof secretSlot>;

export const bundleShape = {
  schema: z.literal(bundleSchemaId),
  id: bundleId,
  version: counting.describe('Strictly rising within an epoch'),
  epoch: counting.describe('Of the trust it was made under'),
  name: shortText.optional(),
  description: z.string().max(2_000).optional(),
  contact: contact.optional(),
  issued_at: moment,
  not_before: moment.optional(),
  expires_at: moment.optional().describe('Needed where anything is enforced; at most 400 days after issued_at'),
  min_app: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'is not a version such as 1.6.0')
    .optional(),
  layer: z.enum(['org', 'team']).default('team'),
  mode: z.enum(['enforce', 'audit']).default('enforce').describe('audit: only records what would have been refused'),
  extends_hash: z.string().nullable().optional().describe('Written by publish where something was inlined'),
  applies_to: z
    .strictObject({
      os: z
        .array(z.enum(['darwin', 'win32', 'linux']))
        .min(1)
        .optional(),
      labels: z.record(label, z.array(label).min(1)).optional(),
    })
    .optional(),
  rollout: z.strictObject({ percent: z.number().min(0).max(100), salt: z.string().max(64) }).optional(),
  offline: z
    .strictObject({
      poll: duration.optional().describe('5 minutes to 24 hours; default 15 minutes'),
      grace: duration.optional().describe('After expires_at: still active, with a warning; default 14 days'),
      on_expiry: z.enum(['warn', 'restrict', 'block']).optional(),
      restrict_to: z
        .strictObject({
          models: z
            .strictObject({ allow: z.array(z.string()).optional(), deny: z.array(z.string()).optional() })
            .optional(),
          providers: z
            .strictObject({ allow: z.array(z.string()).optional(), deny: z.array(z.string()).optional() })
            .optional(),
        })
        .optional(),
    })
    .optional(),
  status: z
    .strictObject({ url: z.url({ protocol: /^https?$/ }).nullable(), interval: duration.optional() })
    .optional()
    .describe('Where to report to; nothing is sent before people agreed'),
  freshness_required: z.boolean().default(false),
  optional_sections: z.array(z.string().max(64)).max(50).default([]),
  enforced: bundleSections.optional(),
  defaults: bundleSections.optional(),
  secrets: z.array(secretSlot).max(100).default([]),
  dangerous_ack: z
    .array(z.string().max(256))
    .max(200)
    .default([])
    .describe('Changes the publisher knows to need consent, as JSON Pointers'),
  tests: z.array(decisionSuite).max(200).default([]),
  changelog: z.string().max(4_000).optional(),
};

export const bundlePayload = z.strictObject(bundleShape);
/** A bundle as checked, defaults of the frame filled in. Leaves are plain values: reasons stand apart. */
export type BundlePayload = z.output<typeof bundlePayload>;

// ---------------------------------------------------------------- trust

/** SPKI in base64 after its algorithm, as `ed25519:MCowBQYDK2VwAyEA…`: the whole public key; ids are worked out from it. */
export const publicKey = z
  .string()
  .regex(/^ed25519:[A-Za-z0-9+/]{59}=$/, 'is not a public key: ed25519: and its SPKI in base64');
export const keyId = z.string().regex(/^ed25519:[0-9a-f]{32}$/);

export const trustPayload = z.strictObject({
  schema: z.literal(trustSchemaId),
  org: bundleId,
  epoch: counting,
  expires: moment,
  root: z.strictObject({ threshold: z.int().min(1).max(32), keys: z.array(publicKey).min(1).max(32) }),
  signers: z.strictObject({
    threshold: z.int().min(1).max(32),
    keys: z.array(publicKey).min(1).max(64),
    bundles: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(200)
      .describe('Ids of bundles they may sign; "*" stands for any characters'),
  }),
  freshness: z
    .strictObject({ keys: z.array(publicKey).min(1).max(32), max_age: duration, required: z.boolean() })
    .optional(),
});
export type TrustPayload = z.output<typeof trustPayload>;

export const freshnessPayload = z.strictObject({ id: bundleId, epoch: counting, version: counting, as_of: moment });
export type FreshnessPayload = z.output<typeof freshnessPayload>;

/** Milliseconds of `P14D` or `PT15M`. */
export function durationMs(text: string): number {
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text) ?? [];
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}
