/** The one picture a window begins with; afterwards it lives on events. */
import { z } from 'zod';
import { appStatus } from './app.ts';
import { budgetEntry } from './budgets.ts';
import { call } from './call.ts';
import { keyEntry } from './keys.ts';
import { providerEntry } from './providers.ts';
import { usageSums } from './usage.ts';

export const routeSummary = z.strictObject({
  id: z.string(),
  alias: z.string(),
  strategy: z.string(),
  /** As written: `provider/model`, an alias, `@requested`. */
  targets: z.array(z.string()),
  /** Where it is written; `null` of those that are always there. */
  origin: z.string().nullable(),
});
export type RouteSummary = z.output<typeof routeSummary>;

export const appSnapshot = z.strictObject({
  status: appStatus,
  host: z.strictObject({ kind: z.enum(['headless', 'desktop']) }),
  /** What answers every conversation; `null`: the rules decide. */
  model_choice: z.string().nullable(),
  /** Sets of rules of the file to choose from, and the one in force; `null`: none of them. */
  profiles: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  profile: z.string().nullable(),
  providers: z.array(providerEntry),
  /** Those of the file in their order, then the built-in ones. */
  routes: z.array(routeSummary),
  keys: z.array(keyEntry),
  budgets: z.array(budgetEntry),
  policies: z.strictObject({
    masking: z.boolean(),
    /** Rules of the firewall. */
    firewall: z.int(),
    recording: z.enum(['off', 'metadata', 'redacted', 'full']),
    retention_days: z.int(),
  }),
  /** Since midnight in the time zone that was asked for. */
  today: usageSums,
  /** `provider/model`. */
  favourites: z.array(z.string()),
  /** The first minutes are over. */
  welcomed: z.boolean(),
});
export type AppSnapshot = z.output<typeof appSnapshot>;

export const snapshotCalls = {
  /** `timezone`: IANA name, for what is said of today. */
  'app.snapshot': call(z.strictObject({ timezone: z.string().max(64).default('UTC') }), appSnapshot),
  /** Written to the file as `use_profile` and in force when it replies. `control.not_found` when there is no such profile. */
  'profiles.choose': call(
    z.strictObject({ profile: z.string().min(1).max(64).nullable() }),
    z.strictObject({ profile: z.string().nullable() }),
  ),
};
