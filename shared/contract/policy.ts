/** Calls about masking and the firewall: what would leave the machine, and what other rules would have done. */
import { z } from 'zod';
import { foundKinds, maskModes, type FoundKind } from '../domain/masking.ts';
import { call } from './call.ts';
import { simulatedRequest } from './route.ts';
import { safetyEntry } from './traffic.ts';

const kind = z.enum(foundKinds as readonly [FoundKind, ...FoundKind[]]);
const kindCounts = z.partialRecord(kind, z.int());
const name = z.string().min(1).max(512);
/** More than any body that the data port takes. */
const longText = z.string().max(36_000_000);

/** One place in the text: UTF-16 offsets, and what stands for it. Never the value. */
export const foundEntry = z.strictObject({
  kind,
  /** What exactly it is: `aws_access_key_id`. */
  what: z.string(),
  start: z.int(),
  end: z.int(),
  /** What becomes of it: it is replaced, the whole text is refused, or it leaves and that is told. */
  mode: z.enum(maskModes),
  /** `null` unless its mode is `mask`. */
  placeholder: z.string().nullable(),
});
export type FoundEntry = z.output<typeof foundEntry>;

/** What came, or would come, of masking and firewall for one request. */
export const outcomeEntry = z.strictObject({
  masked: z.int(),
  masked_kinds: kindCounts,
  safety: z.array(safetyEntry),
  /** Why nothing is sent; `null` where it is. */
  refusal: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
export type OutcomeEntry = z.output<typeof outcomeEntry>;

/** A request that other rules treat differently. */
export const changedEntry = z.strictObject({
  request_id: z.string(),
  at: z.string(),
  key: z.string().nullable(),
  client: z.string().nullable(),
  model_asked: z.string().nullable(),
  /** In words: `refused: admit.firewall_blocked`, `+2 masked: email`, `injection: warn`. */
  changes: z.array(z.string()),
  before: outcomeEntry,
  after: outcomeEntry,
});
export type ChangedEntry = z.output<typeof changedEntry>;

export const policyCalls = {
  /** What would leave of a text, said by a user to a provider that no exception is made for. */
  'policy.mask': call(
    z.strictObject({ text: longText }),
    z.strictObject({
      /** `false`: nothing is looked for, everything leaves as it is. */
      enabled: z.boolean(),
      /** With placeholders, as it would leave unless something in it is refused. */
      masked: z.string(),
      findings: z.array(foundEntry),
    }),
  ),
  /** What would leave of a request, by the target it would go to first. Nothing is sent or recorded. */
  'policy.examine': call(
    z.strictObject({ request: simulatedRequest, key: name.optional(), client: name.optional() }),
    outcomeEntry.extend({
      enabled: z.boolean(),
      target: z.string().nullable(),
      /** The body as it would leave, JSON text. */
      body: z.string(),
    }),
  ),
  /**
   * What rules would have done with recorded requests, beside what the running ones do with them. Reads what was said where it
   * is recorded; sends and changes nothing. A page looks at `limit` exchanges, or at fewer where they are long.
   */
  'policy.backtest': call(
    z.strictObject({
      /** Milliseconds since 1970. */
      since: z.int().optional(),
      until: z.int().optional(),
      limit: z.int().min(1).max(100).default(100),
      /** `next` of the page before. */
      before: z.string().max(64).optional(),
      /**
       * A config file or a policy bundle: its sections `masking` and `firewall` in place of the running ones, and those it does not
       * have stay. `null`: the running rules against what was recorded.
       */
      rules: z.strictObject({ file: z.string().min(1).max(4096), text: z.string().max(4_194_304) }).nullable(),
    }),
    z.strictObject({
      /** Looked at, of those with a request that was recorded. */
      examined: z.int(),
      not_recorded: z.int(),
      /** Recorded, and yet not to be examined: sealed, cut, or no way for it to go any more. */
      unusable: z.int(),
      changed: z.array(changedEntry),
      next: z.string().nullable(),
    }),
  ),
};
