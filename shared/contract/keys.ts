/** Calls about virtual keys: the keys we issue to clients. */
import { z } from 'zod';
import { surfaceWords } from '../config/surface.ts';
import { call } from './call.ts';
import { budgetPeriods, keyStates } from './words.ts';

/** Decimal string of US dollars. */
const usd = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/);

export const keyBudget = z.strictObject({
  /** As in `budgets.list`: `key:ide:day`. */
  id: z.string(),
  limit_usd: usd,
  period: z.enum(budgetPeriods),
  /** IANA name; `null`: that of the machine. */
  timezone: z.string().nullable(),
  reset_day: z.int().nullable(),
  alert_at: z.array(z.number()),
  /** `alert`, `reject`, `ask`, `downgrade:ALIAS`. */
  action: z.string(),
});

export const keyLimits = z.strictObject({
  rpm: z.int().nullable(),
  tpm: z.int().nullable(),
  max_parallel_requests: z.int().nullable(),
});

export const keyEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** `rotating`: a secret it had before still opens, until `previous_until`. */
  state: z.enum(keyStates),
  allowed_models: z.array(z.string()),
  denied_models: z.array(z.string()),
  allowed_providers: z.array(z.string()),
  denied_providers: z.array(z.string()),
  allowed_surfaces: z.array(z.string()),
  denied_surfaces: z.array(z.string()),
  allowed_origins: z.array(z.string()),
  budgets: z.array(keyBudget),
  rate_limits: keyLimits,
  /** ISO 8601. */
  expires_at: z.string().nullable(),
  /** ISO 8601. */
  previous_until: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  /** Where it is written: `sluice.yaml, line 58`. */
  origin: z.string(),
});
export type KeyEntry = z.output<typeof keyEntry>;

const id = z.string().min(1).max(256);
const name = z.string().min(1).max(64);
const globs = z.array(z.string().min(1).max(256)).min(1).max(100);
const surfaces = z.array(z.enum(surfaceWords)).min(1).max(surfaceWords.length);
const label = z.string().min(1).max(256);

const newBudget = z.strictObject({
  limit_usd: usd,
  period: z.enum(budgetPeriods),
  timezone: z.string().max(64).optional(),
  reset_day: z.int().min(1).max(28).optional(),
  alert_at: z.array(z.number().gt(0).max(1)).max(20).optional(),
  action: z.string().max(300).optional(),
});

const count = z.int().min(1).max(1_000_000_000);

/** What is set of a key; what is left out has its default, or stays as it is; `null` takes it back to the default. */
const settings = {
  models: globs.nullable().optional(),
  denied_models: globs.nullable().optional(),
  providers: globs.nullable().optional(),
  denied_providers: globs.nullable().optional(),
  surfaces: surfaces.nullable().optional(),
  denied_surfaces: surfaces.nullable().optional(),
  origins: globs.nullable().optional(),
  budgets: z.array(newBudget).min(1).max(20).nullable().optional(),
  rpm: count.nullable().optional(),
  tpm: count.nullable().optional(),
  max_parallel_requests: count.nullable().optional(),
  /** ISO 8601, with its zone. */
  expires_at: z.iso.datetime({ offset: true }).nullable().optional(),
  /** Labels to set, and with `null` to take away: `team`, `user`, `client` and any others. */
  metadata: z.record(z.string().min(1).max(64), label.nullable()).optional(),
};

export const keySettingsChange = z.strictObject(settings);
export type KeySettingsChange = z.output<typeof keySettingsChange>;

const withSecret = keyEntry.extend({ key: z.string() });

export const keyCalls = {
  /** The key itself is in this reply and nowhere else, ever after: only its digest is kept. */
  'keys.create': call(z.strictObject({ name, ...settings }), withSecret),
  'keys.list': call(z.strictObject({}), z.strictObject({ keys: z.array(keyEntry) })),
  /** Changes what it may do. Its secret stays; what runs goes on. `control.not_found` when there is no such key. */
  'keys.update': call(z.strictObject({ id, name: name.optional(), ...settings }), keyEntry),
  /**
   * A new secret, in this reply and nowhere else. The one before opens for `overlap_ms` longer, those before it until their
   * own end; without overlap all of them end at once, running streams included. `control.not_found` likewise.
   */
  'keys.rotate': call(z.strictObject({ id, overlap_ms: z.int().min(0).max(31_622_400_000).default(0) }), withSecret),
  /** Nobody may use it until it is enabled again. Its running streams are ended. `control.not_found` likewise. */
  'keys.disable': call(z.strictObject({ id }), keyEntry),
  'keys.enable': call(z.strictObject({ id }), keyEntry),
  /** `control.not_found` when there is no such key. Its running streams are ended. */
  'keys.revoke': call(z.strictObject({ id }), z.strictObject({ id: z.string() })),
};
