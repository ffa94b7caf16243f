/** Calls about team bundles: following one, what it sets, what changes with it, and leaving it. */
import { z } from 'zod';
import { call } from './call.ts';
import { bundleLayers, bundleStates, provenanceModes } from './words.ts';

const pointer = z.string().max(1_024);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const url = z.string().min(1).max(2_048);
/** base64url of a SHA-256, without padding. */
const fingerprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const layer = z.enum(bundleLayers);

/** Where a value comes from, and who says so (BND-06, BND-35). */
export const provenanceEntry = z.strictObject({
  /** In the shape of a bundle: `/models/deny`, `/masking/enabled`, `/budgets/per-user-day`. */
  pointer: z.string(),
  /** What is in force. A list of entries with ids has an entry for each of them. */
  value: z.unknown(),
  /** `enforced`: nobody can weaken it. `default`: a suggestion that holds. `user`: the config file. `app`: built in. */
  mode: z.enum(provenanceModes),
  /** `acme-core@12`; `null` of a user's own value, or a built-in one. */
  bundle: z.string().nullable(),
  /** `team bundle acme-core@12, line 58`, `sluice.yaml, line 4`; `null` of a built-in one. */
  origin: z.string().nullable(),
  /** Counted from 1, in the text of the bundle or of the config file. */
  line: z.int().nullable(),
  reason: z.string().nullable(),
  ref: z.string().nullable(),
  contact: z.strictObject({ text: z.string().nullable(), url: z.string().nullable() }).nullable(),
  /** What the config file says instead, where that does not hold; absent where there is no such thing. */
  yours: z.unknown().optional(),
  /** Further layers that had a say, weaker ones: `acme-team@3`, `sluice.yaml, line 4`. */
  others: z.array(z.string()),
});
export type ProvenanceEntry = z.output<typeof provenanceEntry>;

/** One change, as people read it. */
export const bundleChange = z.strictObject({
  pointer: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  /** Whether it forbids more, allows more, or neither. */
  effect: z.enum(['tightens', 'loosens', 'neutral']),
  /** A sentence in English: `3 models newly blocked: openai/gpt-x-preview, …`. */
  text: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type BundleChange = z.output<typeof bundleChange>;

/** A change that needs consent on this machine, whoever signed it (BND-70). */
export const bundleConsent = z.strictObject({
  pointer: z.string(),
  kind: z.enum([
    'provider_address',
    'trusted_certificates',
    'new_provider',
    'client_settings',
    'report',
    'recording_more',
    'loosened',
  ]),
  text: z.string(),
  before: z.unknown().optional(),
  after: z.unknown(),
  /** What `bundles.approve` refers to. */
  value_hash: z.string(),
  /** `loosened` is shown and holds nothing back. */
  state: z.enum(['waiting', 'approved', 'declined', 'shown']),
});
export type BundleConsent = z.output<typeof bundleConsent>;

/** What the user must fill in, and whether that was done. */
export const bundleSlot = z.strictObject({
  id: z.string(),
  label: z.string(),
  provider: z.string().nullable(),
  how: z.string().nullable(),
  required: z.boolean(),
  filled: z.boolean(),
});

export const bundleCard = z.strictObject({
  /** `null` until one was read. */
  id: z.string().nullable(),
  /** What it is known by here, also while nothing was read: for calls. */
  key: z.string(),
  url: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  contact: z.strictObject({ text: z.string().nullable(), url: z.string().nullable() }).nullable(),
  org: z.string().nullable(),
  layer: layer.nullable(),
  mode: z.enum(['enforce', 'audit']),
  /** Put here by whoever manages this machine: it cannot be left. */
  managed: z.boolean(),
  /** `first_use`: its fingerprint was not given, and until somebody confirms it only its defaults apply. */
  trust: z.enum(['pinned', 'first_use', 'unsigned']),
  fingerprint: z.string().nullable(),
  fingerprint_words: z.array(z.string()),
  /** Ids of the keys that signed what is active. */
  signers: z.array(z.string()),
  state: z.enum(bundleStates),
  /** Why, for people; `null` of an active one. */
  state_reason: z.string().nullable(),
  /** Where it leaves nothing together with others: the place, and all of them with their versions. */
  conflicts: z.array(z.strictObject({ pointer: z.string(), bundles: z.array(z.string()) })),
  version: z.int().nullable(),
  epoch: z.int().nullable(),
  sha256: z.string().nullable(),
  issued_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  active_since: z.string().nullable(),
  last_checked_at: z.string().nullable(),
  /** When its host last proved that this is what it publishes. */
  last_verified_at: z.string().nullable(),
  next_check_at: z.string().nullable(),
  /** Why the last check brought nothing: code and message; `null` where it did. */
  error: z.strictObject({ code: z.string(), message: z.string(), at: z.string() }).nullable(),
  /** How much it sets: `{models: 3, budgets: 1}`. */
  enforces: z.record(z.string(), z.int()),
  suggests: z.record(z.string(), z.int()),
  consents: z.array(bundleConsent),
  slots: z.array(bundleSlot),
  changelog: z.string().nullable(),
  /** What it asks to be told; `null` where it asks for nothing. */
  report: z
    .strictObject({ url: z.string(), interval_s: z.int(), agreed: z.boolean(), last_sent_at: z.string().nullable() })
    .nullable(),
});
export type BundleCard = z.output<typeof bundleCard>;

/** What would come of following a bundle, before anything of it is done. */
export const bundlePreview = z.strictObject({
  url: z.string(),
  id: z.string(),
  name: z.string(),
  org: z.string().nullable(),
  description: z.string().nullable(),
  contact: z.strictObject({ text: z.string().nullable(), url: z.string().nullable() }).nullable(),
  layer,
  mode: z.enum(['enforce', 'audit']),
  version: z.int(),
  epoch: z.int(),
  /** Of the payload: `bundles.join` takes what was looked at and nothing else. */
  sha256,
  fingerprint: z.string().nullable(),
  fingerprint_words: z.array(z.string()),
  /** The link or the caller named the fingerprint, and it is this one. */
  pinned: z.boolean(),
  signed: z.boolean(),
  signers: z.array(z.string()),
  issued_at: z.string(),
  expires_at: z.string().nullable(),
  /** Its rules and suggestions, each with its reason. */
  entries: z.array(provenanceEntry),
  /** What would change here. */
  changes: z.array(bundleChange),
  consents: z.array(bundleConsent),
  slots: z.array(bundleSlot),
  /** Values of the config file that would no longer hold. */
  overridden: z.array(provenanceEntry),
  /** Requests of the last seven days that would have been refused, and what they cost; `null` where nothing was recorded. */
  impact: z
    .strictObject({
      examined: z.int(),
      refused: z.int(),
      cost_usd: z.string().nullable(),
      examples: z.array(z.string()),
    })
    .nullable(),
  tests: z.strictObject({ cases: z.int() }),
  report_url: z.string().nullable(),
});
export type BundlePreview = z.output<typeof bundlePreview>;

export const bundleRevision = z.strictObject({
  version: z.int(),
  epoch: z.int(),
  sha256: z.string(),
  activated_at: z.string(),
  active: z.boolean(),
  changelog: z.string().nullable(),
  /** From the one before; of the first all that it brought. */
  changes: z.array(bundleChange),
});
export type BundleRevision = z.output<typeof bundleRevision>;

export const bundleAuditEntry = z.strictObject({
  at: z.string(),
  action: z.string(),
  bundle: z.string().nullable(),
  version: z.string().nullable(),
  detail: z.string(),
  /** Of this entry; the next one holds it. */
  hash: z.string(),
});
export type BundleAuditEntry = z.output<typeof bundleAuditEntry>;

/** A request that waits for a reason before it may be sent once. */
export const releaseEntry = z.strictObject({
  id: z.string(),
  at: z.string(),
  key: z.string().nullable(),
  client: z.string().nullable(),
  model: z.string(),
  rule: z.string(),
  message: z.string(),
  /** A reason was given: the next identical request passes, once. */
  released: z.boolean(),
});
export type ReleaseEntry = z.output<typeof releaseEntry>;

const key = z.string().min(1).max(128);

export const bundleCalls = {
  'bundles.list': call(
    z.strictObject({}),
    z.strictObject({
      bundles: z.array(bundleCard),
      /** Of all that is in force: equal on machines with the same bundles and the same file. */
      effective_hash: z.string(),
      /** Why people may not add any; `null` where they may. */
      closed: z.string().nullable(),
    }),
  ),
  /**
   * Fetches a bundle and says what following it would come to; keeps nothing. `text` in place of fetching: a file that people
   * chose, with the trust documents it may need. Rejects with `bundle.*`.
   */
  'bundles.preview': call(
    z.strictObject({ url, fingerprint: fingerprint.optional(), text: z.string().max(2_000_000).optional() }),
    bundlePreview,
  ),
  /** Follows it from now on: in the config file when it replies. `bundle.changed_meanwhile` unless it still is what was looked at. */
  'bundles.join': call(
    z.strictObject({
      url,
      sha256,
      /** What people saw; `null` of an unsigned one. Pinned from now on. */
      fingerprint: fingerprint.nullable(),
      /** They compared it with somebody; otherwise, unless the link named it, only defaults apply until they do. */
      confirmed: z.boolean().default(false),
      labels: z.record(z.string().max(64), z.string().max(64)).default({}),
    }),
    bundleCard,
  ),
  'bundles.confirm_trust': call(z.strictObject({ key, fingerprint }), bundleCard),
  /** Its rules end with it. `bundle.managed` where it was not people here who chose it. */
  'bundles.leave': call(
    z.strictObject({ key, wipe_keys: z.boolean().default(false) }),
    z.strictObject({ left: z.string(), wiped: z.array(z.string()) }),
  ),
  /** Looks at its host now; without `key` at all of them. */
  'bundles.check': call(z.strictObject({ key: key.optional() }), z.strictObject({ bundles: z.array(bundleCard) })),
  'bundles.approve': call(
    z.strictObject({ key, pointer, value_hash: z.string().max(128), approved: z.boolean() }),
    bundleCard,
  ),
  /** Whether it is told what it asks to be told (counts of nothing, contents of nothing: `bundles.report_preview`). */
  'bundles.report': call(z.strictObject({ key, agreed: z.boolean() }), bundleCard),
  /** What would be sent, word for word. */
  'bundles.report_preview': call(z.strictObject({ key }), z.strictObject({ url: z.string(), body: z.string() })),
  /** The newest first. */
  'bundles.history': call(z.strictObject({ key }), z.strictObject({ revisions: z.array(bundleRevision) })),
  /** All that is in force and who says so; with a pointer that value, or those below it. */
  'bundles.effective': call(
    z.strictObject({ pointer: pointer.optional() }),
    z.strictObject({ hash: z.string(), bundles: z.array(z.string()), entries: z.array(provenanceEntry) }),
  ),
  /** The newest first. `intact`: no entry was changed or taken out. */
  'bundles.audit': call(
    z.strictObject({ limit: z.int().min(1).max(1_000).default(100) }),
    z.strictObject({ entries: z.array(bundleAuditEntry), intact: z.boolean() }),
  ),
  'policy.releases': call(z.strictObject({}), z.strictObject({ releases: z.array(releaseEntry) })),
  /** The next identical request passes, once; the reason is kept in the audit log. */
  'policy.release': call(
    z.strictObject({ id: z.string().min(1).max(64), reason: z.string().min(3).max(2_000) }),
    releaseEntry,
  ),
};

/** Something happened to a bundle that people may want to know. */
export const bundleNotice = z.strictObject({
  kind: z.enum([
    'activated',
    'rejected',
    'needs_consent',
    'expiring',
    'expired',
    'conflict',
    'joined',
    'left',
    'default_changed',
  ]),
  key: z.string(),
  name: z.string(),
  version: z.int().nullable(),
  /** One sentence. */
  text: z.string(),
  /** Of a `rejected` one. */
  code: z.string().nullable(),
});
export type BundleNotice = z.output<typeof bundleNotice>;
