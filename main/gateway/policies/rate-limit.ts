/** Policy rate-limit: what limits of requests, tokens and parallel requests take and give, and how a refusal reads. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { isGlob } from '../../kit/glob.ts';
import type { RateLimit } from '../ports.ts';

/** A limit that counts a request, and whose share of it. */
export interface RateClaim {
  readonly limit: RateLimit;
  /** Empty where all share one sum. */
  readonly subject: string;
}

/** Tokens as limits count them: what is read from a provider's prompt cache is not among them. */
export interface RateTokens {
  /** Input without what is expected from a cache. */
  readonly input: number;
  /** Output as it is expected. */
  readonly output: number;
}

/** Requests a minute, of them at once, tokens a minute, requests at a time. */
export type RateMeasure = 'rpm' | 'burst' | 'tpm' | 'parallel';

/** Which limit has no room, of several the one that takes longest to have it. */
export interface RateRefused {
  readonly claim: RateClaim;
  readonly what: RateMeasure;
  /**
   * Until there is room, if nobody else takes it; more than 0. `undefined`: there never is, the request is larger than the
   * limit. Of `parallel` nobody knows when one ends: it is when to look again.
   */
  readonly retryAfterMs: number | undefined;
  readonly limit: number;
  /** What was asked for: tokens; of requests one. */
  readonly asked: number;
  /** What is left of the limit now. */
  readonly remaining: number;
}

export type RateOutcome =
  { readonly kind: 'taken'; readonly lease: RateLease } | (RateRefused & { readonly kind: 'refused' });

/** What one request has taken of its limits. */
export interface RateLease {
  /**
   * What it used, input and output without cache reads: corrects what was taken for it. Less is given back to the moment
   * it was taken at, more counts from now on. May be told again when it is known better, and after the end.
   */
  tokens(actual: number): void;
  /** It runs no more. Once; further calls do nothing. */
  end(): void;
  /** Nothing was sent for it: all it took is given back, as if it had never been. Ends it. */
  cancel(): void;
}

/** Limits kept somewhere: in this process now, in a store that several share later. */
export interface RateKeeper {
  /**
   * All claims or none, in one turn. Who is refused takes nothing. Of output no more is taken than fits into an empty
   * window beside the input: only a request whose input alone is larger than a limit never fits. What is not ended is ended
   * after `holdMs`, so that a lease that was lost locks nobody out: the longest the request may take, or a day.
   */
  take(claims: readonly RateClaim[], tokens: RateTokens, holdMs?: number): RateOutcome;
}

/** The refusal as the client is told: which limit, whose, how much of it, and when to come back. */
export function rateRefusal(refused: RateRefused): GatewayError {
  const { claim, retryAfterMs } = refused;
  const { id, origin } = claim.limit;
  const retryAfterS = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new GatewayError(
    'admit.rate_limited',
    `Rate limit "${id}" (${origin}): ${whyOf(refused)} ${mendOf(refused, retryAfterS)}`,
    { retryAfterS, details: { rule: id } },
  );
}

function whyOf({ claim, what, retryAfterMs, limit, asked, remaining }: RateRefused): string {
  const who = whose(claim);
  switch (what) {
    case 'rpm':
      return `${who} may send ${amount(limit, 'request')} a minute, and that many were sent.`;
    case 'burst':
      return `${who} may send ${amount(limit, 'request')} at once, of ${figure(claim.limit.rpm ?? limit)} a minute, and that many were sent.`;
    case 'parallel':
      return `${who} may run ${amount(limit, 'request')} at a time, and that many are running.`;
    case 'tpm':
      return retryAfterMs === undefined
        ? `${who} may use ${amount(limit, 'token')} a minute, and the input of this request alone has about ${figure(asked)}.`
        : `${who} may use ${amount(limit, 'token')} a minute; ${figure(remaining)} are left, and this request may take ${figure(asked)}.`;
  }
}

function mendOf({ what, retryAfterMs }: RateRefused, retryAfterS: number | undefined): string {
  if (retryAfterMs === undefined) return 'Send less, or raise tpm.';
  if (what === 'parallel') return 'Try again when one of them has ended.';
  return `There is room again in ${String(retryAfterS)} s.`;
}

/** `key "ide"`, `keys that fit "ci-*", together`. */
function whose({ limit, subject }: RateClaim): string {
  const { scope, match } = limit;
  if (scope === 'global') return 'all keys together';
  if (match !== undefined && isGlob(match)) return `all ${scope}s that fit "${match}", together,`;
  return `${scope} "${subject === '' ? (match ?? '') : subject}"`;
}

function amount(count: number, unit: string): string {
  return `${figure(count)} ${unit}${count === 1 ? '' : 's'}`;
}

function figure(count: number): string {
  return String(Math.max(0, Math.ceil(count))).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
