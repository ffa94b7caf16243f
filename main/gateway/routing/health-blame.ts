/** The blame table: what the end of a try says of the target, by our code and by the provider's answer (RTE-43). Pure. */
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import type { AttemptOutcome, UpstreamClass } from '../exchange.ts';

/** A 429 without a hint. */
const defaultRestMs = 10_000;
/** Waits longer than this are not believed (FAULT-20). */
export const longestRestMs = 5 * 60_000;

export type Verdict =
  | { readonly kind: 'well' }
  /** Counts. `network`: the connection was not even made. `reached`: the provider itself said so. */
  | { readonly kind: 'failure'; readonly network: boolean; readonly reached: boolean; readonly why: string }
  /** The provider's own limit: a rest, not a failure. `quota`: a person has to do something. */
  | { readonly kind: 'limited'; readonly restMs: number; readonly quota: boolean; readonly why: string }
  /** The credential is not accepted, whatever the model. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Says nothing of the target's health; `reached`: but that it answers at all. */
  | { readonly kind: 'neutral'; readonly reached: boolean };

type Failed = Extract<AttemptOutcome, { kind: 'failed' }>;

const well: Verdict = { kind: 'well' };
const silent: Verdict = { kind: 'neutral', reached: false };
const answering: Verdict = { kind: 'neutral', reached: true };

function failure(why: string, reached = false): Verdict {
  return { kind: 'failure', network: false, reached, why };
}

function noConnection(why: string): Verdict {
  return { kind: 'failure', network: true, reached: false, why };
}

/**
 * Codes raised while a target was asked. What is not listed is the client's doing or ours. The client's patience and the
 * length of an answer (`total_ms`) are not the target's fault, and neither is an answer larger than we take.
 */
const byCode: Readonly<Partial<Record<ErrorCode, Verdict>>> = {
  'attempt.dns': noConnection('its name could not be resolved'),
  'attempt.connect': noConnection('it did not accept connections'),
  'attempt.connect_timeout': noConnection('no connection came about in time'),
  'attempt.tls': noConnection('the TLS connection was refused'),
  'attempt.ttft_timeout': failure('no content in time'),
  'attempt.reset': failure('it closed the connection'),
  'attempt.protocol': failure('it sent no valid HTTP'),
  'attempt.decompression': failure('its answer could not be unpacked'),
  'attempt.redirect': failure('it answered with a redirect'),
  'attempt.not_an_answer': failure('what came was no answer'),
  'attempt.upstream_error': failure('it answered with an error', true),
  'attempt.rate_limited': { kind: 'limited', restMs: defaultRestMs, quota: false, why: 'the provider limits the rate' },
  'attempt.total_timeout': silent,
  'attempt.answer_too_large': silent,
  'relay.idle_timeout': failure('it fell silent within an answer'),
  'relay.stream_cut': failure('it broke off an answer'),
  'relay.stream_incomplete': failure('it ended an answer too early'),
  'relay.stream_malformed': failure('it sent a stream that cannot be read'),
  'relay.upstream_error': failure('it sent an error within an answer', true),
  'relay.total_timeout': silent,
};

export function verdictOf(outcome: AttemptOutcome): Verdict {
  if (outcome.kind === 'answered') return well;
  if (outcome.kind === 'abandoned') return silent;
  // A portal answers for every provider alike.
  if (outcome.webPage === true) return silent;
  if (outcome.status !== undefined || outcome.upstream !== undefined) return byAnswer(outcome);
  return byCode[outcome.code] ?? silent;
}

const byClass: Readonly<Record<UpstreamClass, 'neutral' | 'refused' | 'limited' | 'quota' | 'failure' | 'status'>> = {
  context_window: 'neutral',
  content_policy: 'neutral',
  unsupported_parameter: 'neutral',
  invalid_request: 'neutral',
  credential_refused: 'refused',
  rate_limited: 'limited',
  quota_exhausted: 'quota',
  model_unavailable: 'failure',
  overloaded: 'failure',
  server: 'status',
};

const classWords: Readonly<Partial<Record<UpstreamClass, string>>> = {
  model_unavailable: 'the model is not available',
  overloaded: 'it is overloaded',
};

function byAnswer(outcome: Failed): Verdict {
  const { status, upstream } = outcome;
  const said = status === undefined ? '' : ` (${String(status)})`;
  // Payment is asked for: no model of this credential is served, whatever the words.
  const kind = status === 402 ? 'refused' : upstream === undefined || is429(outcome) ? 'status' : byClass[upstream];
  switch (kind) {
    case 'neutral':
      return answering;
    case 'refused':
      return { kind: 'refused', why: `was refused${said}` };
    case 'limited':
      return {
        kind: 'limited',
        restMs: restOf(outcome.waitMs),
        quota: false,
        why: `the provider limits the rate${said}`,
      };
    case 'quota':
      // Reset headers speak of rates here, and a quota does not come back with them.
      return { kind: 'limited', restMs: longestRestMs, quota: true, why: `the quota is used up${said}` };
    case 'failure':
      return failure(`${(upstream === undefined ? undefined : classWords[upstream]) ?? 'it failed'}${said}`, true);
    case 'status':
      return byStatus(outcome);
  }
}

/** However it is worded: too many requests are a limit. */
function is429({ status, upstream }: Failed): boolean {
  return status === 429 && upstream !== 'quota_exhausted' && upstream !== 'credential_refused';
}

function byStatus({ status, code, waitMs }: Failed): Verdict {
  if (status === undefined || status < 400) return byCode[code] ?? answering;
  if (status === 401 || status === 403) return { kind: 'refused', why: `was refused (${String(status)})` };
  if (status === 429)
    return { kind: 'limited', restMs: restOf(waitMs), quota: false, why: 'the provider limits the rate (429)' };
  // Network Authentication Required: a portal speaks.
  if (status === 511) return silent;
  if (status === 408 || status >= 500) return failure(`it answered ${String(status)}`, true);
  return answering;
}

function restOf(waitMs: number | undefined): number {
  return Math.min(Math.max(waitMs ?? defaultRestMs, 0), longestRestMs);
}
