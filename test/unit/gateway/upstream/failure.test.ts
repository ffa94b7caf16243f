// What a failed try leads to, class by class: ROUTING RTE-14, SECURITY's fault matrix.
import { describe, expect, it } from 'vitest';
import type { Target, UpstreamClass } from '../../../../main/gateway/exchange.ts';
import {
  afterFailure,
  canDoBetter,
  mayFallBack,
  reasonOf,
  type AttemptFailure,
  type RetryQuestion,
} from '../../../../main/gateway/upstream/failure.ts';
import { Scrub } from '../../../../main/kit/scrub.ts';
import type { ErrorCode } from '../../../../shared/errors/codes.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';

const { providers } = await snapshotOf(`
providers:
  - { id: a, kind: openai, keys: [{ name: main, value: "x-1" }], closed_models: true,
      models: [{ id: small, context_window: 8000 }, { id: large, context_window: 200000 }, unknown] }
  - { id: b, kind: anthropic, keys: [{ name: main, value: "x-2" }] }
`);

function target(name: string): Target {
  const [id = '', model = ''] = name.split('/');
  const provider = providers.get(id);
  if (provider === undefined) throw new Error(`there is no ${id}`);
  return { id: name, provider, model };
}

const from = target('a/small');

function ours(code: ErrorCode, details?: Record<string, unknown>): AttemptFailure {
  return { target: from, error: new GatewayError(code, 'test', { details }), answer: undefined };
}

function theirs(
  upstream: UpstreamClass,
  status: number,
  more: { text?: string; waitMs?: number } = {},
): AttemptFailure {
  return {
    target: from,
    error: new GatewayError('attempt.upstream_error', 'test', { status }),
    answer: {
      target: from,
      scrub: new Scrub([]),
      status,
      headers: {},
      body: Buffer.alloc(0),
      text: more.text ?? '',
      upstream,
      waitMs: more.waitMs,
    },
  };
}

describe('the reason of a failure', () => {
  it.each([
    ['attempt.ttft_timeout', 'ttft'],
    ['attempt.connect_timeout', 'timeout'],
    ['relay.idle_timeout', 'timeout'],
    ['attempt.rate_limited', 'rate_limited'],
    ['attempt.connect', 'error'],
    ['attempt.dns', 'error'],
    ['attempt.tls', 'error'],
    ['attempt.reset', 'error'],
    ['attempt.not_an_answer', 'error'],
    ['route.no_credential', 'error'],
    ['attempt.total_timeout', undefined],
    ['attempt.redirect', undefined],
    ['receive.loop', undefined],
  ] as const)('%s is %s', (code, reason) => {
    expect(reasonOf(ours(code))).toBe(reason);
  });

  it('FAULT-05: a web page is a reason for nothing, since a portal answers for every provider', () => {
    expect(reasonOf(ours('attempt.not_an_answer', { webPage: true }))).toBeUndefined();
  });

  it.each([
    ['server', 503, 'error'],
    ['overloaded', 529, 'error'],
    ['model_unavailable', 404, 'error'],
    ['credential_refused', 401, 'error'],
    ['rate_limited', 429, 'rate_limited'],
    ['quota_exhausted', 429, 'rate_limited'],
    ['context_window', 400, 'context_window'],
    ['content_policy', 400, 'content_policy'],
    ['invalid_request', 400, undefined],
    ['unsupported_parameter', 400, undefined],
  ] as const)('%s (%i) is %s', (upstream, status, reason) => {
    expect(reasonOf(theirs(upstream, status))).toBe(reason);
  });
});

describe('going on to the next target', () => {
  const plain = { fallbackOn: ['error', 'ttft', 'rate_limited'], fallbackRules: [] } as const;

  it('takes the reasons the route lists, and no other', () => {
    expect(mayFallBack(plain, theirs('server', 500))).toBe(true);
    expect(mayFallBack(plain, theirs('context_window', 400))).toBe(false);
    expect(mayFallBack({ ...plain, fallbackOn: ['context_window'] }, theirs('context_window', 400))).toBe(true);
    expect(mayFallBack({ ...plain, fallbackOn: ['context_window'] }, theirs('server', 500))).toBe(false);
    expect(mayFallBack(plain, theirs('invalid_request', 400))).toBe(false);
  });

  it('takes a rule of status and body, in which both must fit', () => {
    const rule = { status: 400, body: '(?i)try another model' };
    const plan = { ...plain, fallbackRules: [rule] };
    expect(mayFallBack(plan, theirs('invalid_request', 400, { text: '{"error":"Try another MODEL"}' }))).toBe(true);
    expect(mayFallBack(plan, theirs('invalid_request', 400, { text: '{"error":"no"}' }))).toBe(false);
    expect(mayFallBack(plan, theirs('invalid_request', 422, { text: 'try another model' }))).toBe(false);
    const any = { ...plain, fallbackRules: [{ status: 418, body: undefined }] };
    expect(mayFallBack(any, theirs('invalid_request', 418))).toBe(true);
  });

  it('goes to a larger model when the prompt was too long, and not to a smaller one', () => {
    const failure = theirs('context_window', 400);
    expect(canDoBetter(target('a/large'), failure)).toBe(true);
    expect(canDoBetter(target('a/unknown'), failure)).toBe(true);
    expect(canDoBetter(target('a/small'), failure)).toBe(false);
    const told = theirs('context_window', 400, { text: 'prompt is too long: 210000 tokens > 200000 maximum' });
    expect(canDoBetter(target('a/large'), told)).toBe(false);
  });

  it('FAULT-04: goes to another provider only when TLS was refused', () => {
    expect(canDoBetter(target('a/large'), ours('attempt.tls'))).toBe(false);
    expect(canDoBetter(target('b/claude-sonnet-4-5'), ours('attempt.tls'))).toBe(true);
  });
});

describe('the same target again', () => {
  const retry = { attempts: 3, backoffMs: 100, onStatusCodes: [408, 429, 500, 503, 529], useRetryAfter: true };
  const ask = (failure: AttemptFailure, more: Partial<RetryQuestion> = {}): ReturnType<typeof afterFailure> =>
    afterFailure({ failure, retry, tries: 1, othersLeft: 0, allowsTwice: true, draw: 0.5, ...more });

  it('FAULT-22: waits with jitter that doubles, and not for ever', () => {
    expect(ask(theirs('server', 500))).toEqual({ kind: 'wait', ms: 50 });
    expect(ask(theirs('overloaded', 529), { tries: 2 })).toEqual({ kind: 'wait', ms: 100 });
    expect(ask(theirs('server', 500), { tries: 3 })).toEqual({ kind: 'next-target' });
    expect(ask(theirs('server', 501))).toEqual({ kind: 'next-target' });
  });

  it('FAULT-20: waits as long as it was told, if that is not too long', () => {
    expect(ask(theirs('rate_limited', 429, { waitMs: 2_000 }))).toEqual({ kind: 'wait', ms: 2_101 });
    expect(ask(theirs('rate_limited', 429, { waitMs: 60_000 }))).toEqual({ kind: 'next-target' });
    expect(ask(theirs('rate_limited', 429))).toEqual({ kind: 'next-target' });
    expect(ask(theirs('server', 503, { waitMs: 1_000 }))).toEqual({ kind: 'wait', ms: 1_000 });
    expect(ask(theirs('server', 503, { waitMs: 60_000 }))).toEqual({ kind: 'next-target' });
  });

  it('takes another key at once after 401 and 429, and after a used-up quota never the same', () => {
    const others = { othersLeft: 1 };
    expect(ask(theirs('credential_refused', 401), others)).toEqual({ kind: 'other-credential' });
    expect(ask(theirs('rate_limited', 429), others)).toEqual({ kind: 'other-credential' });
    expect(ask(theirs('quota_exhausted', 429), others)).toEqual({ kind: 'other-credential' });
    expect(ask(theirs('credential_refused', 401))).toEqual({ kind: 'next-target' });
    expect(ask(theirs('quota_exhausted', 429, { waitMs: 1_000 }))).toEqual({ kind: 'next-target' });
  });

  it('FAULT-06: sends a second time what may have arrived once at most, and only where the route takes that', () => {
    expect(ask(ours('attempt.reset'))).toEqual({ kind: 'wait', ms: 0 });
    expect(ask(ours('attempt.reset'), { tries: 2 })).toEqual({ kind: 'next-target' });
    expect(ask(ours('attempt.reset'), { allowsTwice: false })).toEqual({ kind: 'next-target' });
  });

  it('FAULT-11: leaves a silent target alone', () => {
    expect(ask(ours('attempt.ttft_timeout'))).toEqual({ kind: 'next-target' });
    expect(ask(ours('relay.idle_timeout'))).toEqual({ kind: 'next-target' });
  });

  it.each(['context_window', 'content_policy', 'model_unavailable'] as const)(
    'does not ask again after %s',
    (upstream) => {
      expect(ask(theirs(upstream, 500))).toEqual({ kind: 'next-target' });
    },
  );

  it('FAULT-01: asks once more after a name that could not be resolved', () => {
    expect(ask(ours('attempt.dns'))).toEqual({ kind: 'wait', ms: 50 });
    expect(ask(ours('attempt.tls'))).toEqual({ kind: 'next-target' });
  });
});
