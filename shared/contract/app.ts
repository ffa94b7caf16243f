/** Calls about the running instance itself. */
import { z } from 'zod';
import { call } from './call.ts';
import { configState, credentialEntry } from './config.ts';

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

export const appCalls = {
  'app.status': call(
    z.strictObject({}),
    z.strictObject({
      pid: z.int(),
      version: z.string(),
      /** ISO 8601. */
      started_at: z.string(),
      uptime_ms: z.int(),
      data_directory: z.string(),
      gateway: gatewayStatus,
      config: configState,
      ledger: ledgerHealth,
    }),
  ),
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
