/** Calls about the running instance itself. */
import { z } from 'zod';
import { call } from './call.ts';
import { configState, credentialEntry } from './config.ts';
import { bundleStates, healthStates } from './words.ts';

export const ledgerHealth = z.strictObject({
  /** `writing`; `read-only`: written by a newer version; `failing`: entries wait in memory. */
  state: z.enum(['starting', 'writing', 'read-only', 'failing', 'stopped']),
  /** Why it is not writing. */
  reason: z.string().nullable(),
  /** Entries not yet on disk. */
  waiting: z.int(),
  /** Entries given up because too many waited: openings, and whole exchanges. */
  dropped_opens: z.int(),
  dropped_closes: z.int(),
  /** Exchanges that a crash before this start had interrupted. */
  interrupted: z.int(),
  /** What was found and done at start, e.g. a corrupt file set aside. */
  notices: z.array(z.string()),
  /** What budgets are written ahead in. While it is `failing`, what a hard budget counts is refused. */
  journal: z.strictObject({ state: z.enum(['writing', 'failing', 'stopped']), reason: z.string().nullable() }),
});
export type LedgerHealth = z.output<typeof ledgerHealth>;

export const gatewayStatus = z.strictObject({
  /** URLs of the data port that accept, the first one for people. */
  urls: z.array(z.string()),
  providers: z.int(),
  routes: z.int(),
  keys: z.int(),
  /** Exchanges running now. */
  running: z.int(),
});
export type GatewayStatus = z.output<typeof gatewayStatus>;

/** A provider's model asked with one credential: what rests and recovers on its own. */
export const healthEntry = z.strictObject({
  provider: z.string(),
  model: z.string(),
  /** Name of the credential. */
  credential: z.string(),
  state: z.enum(healthStates),
  /** With the figures: `5 of 8 calls failed (503)`. */
  why: z.string().nullable(),
  /** ISO 8601: it is asked again then. `null` while it is in use, or when only people can mend it. */
  until: z.string().nullable(),
  ttft_p50_ms: z.number().nullable(),
  ttft_p95_ms: z.number().nullable(),
  tokens_per_second: z.number().nullable(),
  running: z.int(),
  /** Of late, with those that failed. */
  calls: z.int(),
  failures: z.int(),
  /** It does not recover on its own: a refused key, an account without credit. */
  needs_attention: z.boolean(),
});
export type HealthEntry = z.output<typeof healthEntry>;

/**
 * `block`: new requests are refused, 429 in the client's dialect. `pass_through`: they go to the model they name, by no route and
 * unmasked; keys, budgets and the ledger stay (UX-23).
 */
export const pauseModes = ['block', 'pass_through'] as const;
export type PauseMode = (typeof pauseModes)[number];

/** Until then requests are not served as configured. */
export const pauseState = z.strictObject({
  mode: z.enum(pauseModes),
  /** ISO 8601. */
  since: z.string(),
  /** ISO 8601; `null`: until somebody resumes. */
  until: z.string().nullable(),
});
export type PauseState = z.output<typeof pauseState>;

export const appStatus = z.strictObject({
  pid: z.int(),
  version: z.string(),
  /** ISO 8601. */
  started_at: z.string(),
  uptime_ms: z.int(),
  data_directory: z.string(),
  gateway: gatewayStatus,
  config: configState,
  ledger: ledgerHealth,
  /** Every target that was asked lately. */
  health: z.array(healthEntry),
  /** Every provider failed on the way to it: the network of this machine is down. */
  offline: z.boolean(),
  /** `null` while requests are served. */
  paused: pauseState.nullable(),
  /** Why a pause cannot let requests pass through, for people: a rule that must hold would be skipped. `null` where it can. */
  pass_through_refused: z.string().nullable(),
  /**
   * Team bundles that are followed. `version`: of what is known of it last; `reason`: why one stands as it does, for people, `null` of
   * an active one.
   */
  bundles: z.array(
    z.strictObject({
      ...{ key: z.string(), name: z.string(), state: z.enum(bundleStates) },
      ...{ version: z.int().nullable(), reason: z.string().nullable() },
    }),
  ),
});
export type AppStatus = z.output<typeof appStatus>;

export const appCalls = {
  'app.status': call(z.strictObject({}), appStatus),
  /**
   * For so long, or until `app.resume`; what runs goes on. Refusals say when it ends and that people ended it. Replaces a pause
   * there is. `control.refused` with `pass_through` where a rule that must hold would be skipped.
   */
  'app.pause': call(
    z.strictObject({ minutes: z.int().min(1).max(1440).nullable(), mode: z.enum(pauseModes).default('block') }),
    z.strictObject({ paused: pauseState.nullable() }),
  ),
  'app.resume': call(z.strictObject({}), z.strictObject({ paused: pauseState.nullable() })),
  /** A new link that opens the window in a browser, once; `null` where this instance has none. Not to be had over HTTP. */
  'app.link': call(z.strictObject({}), z.strictObject({ url: z.string().nullable() })),
  /** Starts to drain and replies at once; the process ends when its streams have, or ten seconds later. */
  'app.stop': call(z.strictObject({}), z.strictObject({ pid: z.int() })),
  /**
   * Proof of the installation for a challenge, as lower-case hex: HMAC-SHA256 with the install key. Whoever answers
   * `/health?challenge=` on the data port with the same is this instance (SEC-09).
   */
  'app.prove': call(z.strictObject({ challenge: z.string().min(8).max(256) }), z.strictObject({ proof: z.string() })),
  /** What `doctor` cannot see from outside. */
  'app.facts': call(
    z.strictObject({}),
    z.strictObject({
      config: configState,
      credentials: z.array(credentialEntry),
      /** Where the config file wants the data port; options of `serve` may have overruled it. */
      listen: z.strictObject({ host: z.string(), port: z.int() }),
    }),
  ),
};
