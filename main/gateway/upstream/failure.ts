/** What a failed try leads to: the same target again, the next one, or the end. Pure, one table for all classes (RTE-14). */
import type { FallbackReason } from '../../../shared/config/route.ts';
import type { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { matchesPattern } from '../../kit/pattern.ts';
import type { Scrub } from '../../kit/scrub.ts';
import type { Plan, Target, UpstreamClass } from '../exchange.ts';
import type { Provider, RetrySettings } from '../ports.ts';
import type { HeadMap } from './client.ts';
import { contextLimitIn } from './context-limit.ts';
import { classifyUpstream } from './error-class.ts';
import { retryAfterIn } from './retry-after.ts';

/** Longer waits than this are the client's to make: it is told, and the next target is tried. */
const patienceMs = 10_000;

/** A wait that was told is made longer by a tenth at most, and by no more than this. */
const longestJitterMs = 500;

/** An upstream's own error answer, kept so that it can pass unmodified (CLI-05). */
export interface UpstreamErrorAnswer {
  readonly target: Target;
  readonly scrub: Scrub;
  readonly status: number;
  readonly headers: HeadMap;
  readonly body: Buffer;
  /** The beginning of the body, unpacked. */
  readonly text: string;
  readonly upstream: UpstreamClass;
  /** The wait it asked for. */
  readonly waitMs: number | undefined;
}

export interface AttemptFailure {
  readonly target: Target;
  readonly error: GatewayError;
  readonly answer: UpstreamErrorAnswer | undefined;
  /** What an error inside an answer that began well means; of one with a status of its own the answer says it. */
  readonly meaning?: UpstreamMeaning | undefined;
}

/** What an upstream's error means, and the wait it asks for. */
export interface UpstreamMeaning {
  readonly upstream: UpstreamClass;
  readonly waitMs: number | undefined;
}

/** Of an error that the provider told inside an answer that began well; `undefined` for any other. */
export function meaningInside({ said }: GatewayError, { kind }: Provider, now: number): UpstreamMeaning | undefined {
  if (said === undefined) return undefined;
  return {
    upstream: classifyUpstream({ status: statusIn(said), headers: {}, body: said }, kind),
    waitMs: retryAfterIn({}, said, now),
  };
}

/** The answer came with a good status, which says nothing; some name theirs in the error (OpenRouter, Google). */
function statusIn(said: string): number {
  const named = /"(?:code|status|status_code)":\s?"?([45]\d\d)\b/.exec(said)?.[1];
  if (named !== undefined) return Number(named);
  return /"(?:type|code|status)":\s?"(?:invalid_request_error|invalid_argument)"/i.test(said) ? 400 : 200;
}

export function meaningOf({ answer, meaning }: AttemptFailure): UpstreamMeaning | undefined {
  return answer ?? meaning;
}

/** The request is at fault, or what it asks for: the same anywhere, as long as no route says otherwise. */
export function isOfRequest(upstream: UpstreamClass): boolean {
  return (
    upstream === 'invalid_request' ||
    upstream === 'unsupported_parameter' ||
    upstream === 'context_window' ||
    upstream === 'content_policy'
  );
}

/** Why a route may go on to its next target; `undefined`: only a rule of the route's own can allow it. */
export function reasonOf(failure: AttemptFailure): FallbackReason | undefined {
  const meaning = meaningOf(failure);
  if (meaning !== undefined) return classReasons[meaning.upstream];
  const { error } = failure;
  switch (error.code) {
    case 'attempt.ttft_timeout':
      return 'ttft';
    case 'attempt.connect_timeout':
    case 'relay.idle_timeout':
      return 'timeout';
    case 'attempt.rate_limited':
    case 'admit.rate_limited':
      return 'rate_limited';
    case 'attempt.total_timeout':
      return undefined;
    case 'attempt.redirect':
      // The address is wrong, which no other target mends (FAULT-27).
      return undefined;
    case 'attempt.not_an_answer':
      // A portal answers for every provider alike (FAULT-05).
      return error.details?.['webPage'] === true ? undefined : 'error';
    case 'relay.masking_blocked':
    case 'relay.firewall_blocked':
      // What was said is at fault, not who said it: asking around until somebody says it otherwise is no answer.
      return undefined;
    case 'route.no_credential':
    case 'route.no_target':
      return 'error';
    default:
      return error.blame === 'client' ? undefined : 'error';
  }
}

const classReasons: Readonly<Record<UpstreamClass, FallbackReason | undefined>> = {
  context_window: 'context_window',
  content_policy: 'content_policy',
  rate_limited: 'rate_limited',
  quota_exhausted: 'rate_limited',
  model_unavailable: 'error',
  credential_refused: 'error',
  overloaded: 'error',
  server: 'error',
  unsupported_parameter: undefined,
  invalid_request: undefined,
};

/** Whether the route goes on after this failure. */
export function mayFallBack(plan: Pick<Plan, 'fallbackOn' | 'fallbackRules'>, failure: AttemptFailure): boolean {
  const reason = reasonOf(failure);
  if (reason !== undefined) {
    if (plan.fallbackOn.includes(reason)) return true;
    // A connection that could not be made in time is an error as well.
    if (reason === 'timeout' && plan.fallbackOn.includes('error')) return true;
  }
  const { answer } = failure;
  const text = saidIn(failure);
  if (text === undefined) return false;
  return plan.fallbackRules.some(
    (rule) =>
      (rule.status === undefined || rule.status === answer?.status) &&
      (rule.body === undefined || matchesPattern(rule.body, text)),
  );
}

/** The upstream's own words. */
function saidIn({ answer, error }: AttemptFailure): string | undefined {
  return answer?.text ?? error.said;
}

/** Whether a target can do better than the one that failed; the others are passed by. */
export function canDoBetter(next: Target, failure: AttemptFailure): boolean {
  if (failure.error.code === 'attempt.tls') return next.provider.id !== failure.target.provider.id;
  if (meaningOf(failure)?.upstream !== 'context_window') return true;
  const asked = contextLimitIn(saidIn(failure) ?? '')?.asked;
  const size = next.provider.factsFor(next.model).contextWindow;
  const failed = failure.target.provider.factsFor(failure.target.model).contextWindow;
  if (size !== undefined && asked !== undefined) return size >= asked;
  return size === undefined || failed === undefined || size > failed;
}

export type RetryVerdict =
  /** The same target with another credential, at once. */
  | { readonly kind: 'other-credential' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'next-target' };

const nextTarget: RetryVerdict = { kind: 'next-target' };

export interface RetryQuestion {
  readonly failure: AttemptFailure;
  readonly retry: RetrySettings;
  /** Tries at this target so far. */
  readonly tries: number;
  /** Credentials of the provider not yet tried here. */
  readonly othersLeft: number;
  /** The route takes it that a request may be served twice (FAULT-06). */
  readonly allowsTwice: boolean;
  /** In [0, 1). */
  readonly draw: number;
}

/** Whether to try the same target again. */
export function afterFailure(question: RetryQuestion): RetryVerdict {
  const { failure, retry, tries, othersLeft, draw } = question;
  const { error } = failure;
  const { upstream, waitMs } = meaningOf(failure) ?? {};
  if (upstream === 'credential_refused' || upstream === 'quota_exhausted')
    return othersLeft > 0 ? { kind: 'other-credential' } : nextTarget;
  if (failure.answer?.status === 429 || (failure.answer === undefined && upstream === 'rate_limited')) {
    if (othersLeft > 0) return { kind: 'other-credential' };
    const told = waitMs !== undefined && waitMs <= patienceMs;
    if (!told || tries >= retry.attempts || !retry.onStatusCodes.includes(429)) return nextTarget;
    // Not before its time, and not all at the same moment.
    return { kind: 'wait', ms: waitMs + 1 + draw * Math.min(waitMs / 10, longestJitterMs) };
  }
  if (tries >= retry.attempts || !isRetryable(question)) return nextTarget;
  if (retry.useRetryAfter && waitMs !== undefined)
    return waitMs > patienceMs ? nextTarget : { kind: 'wait', ms: waitMs };
  // A connection that was dead before it was used: another one is there at once (FAULT-07).
  if (error.code === 'attempt.reset' && tries === 1) return { kind: 'wait', ms: 0 };
  // Full jitter: many clients that failed together do not come back together.
  return { kind: 'wait', ms: draw * retry.backoffMs * 2 ** (tries - 1) };
}

function isRetryable({ failure, retry, tries, allowsTwice }: RetryQuestion): boolean {
  const { answer, error, meaning } = failure;
  if (meaning !== undefined && (isOfRequest(meaning.upstream) || willFailAgain(meaning.upstream))) return false;
  if (answer !== undefined) return retry.onStatusCodes.includes(answer.status) && !willFailAgain(answer.upstream);
  // A silent target is left alone: the next one is asked.
  if (error.code === 'attempt.ttft_timeout' || error.code === 'relay.idle_timeout') return false;
  // Sent in full and maybe served: once more at most, and only where the route takes that.
  if (error.code === 'attempt.reset') return allowsTwice && tries === 1;
  return error.retryable;
}

function willFailAgain(upstream: UpstreamClass): boolean {
  return upstream === 'context_window' || upstream === 'content_policy' || upstream === 'model_unavailable';
}
