import { describe, expect, it } from 'vitest';
import { errorCodes, type ErrorCode } from '../../../../shared/errors/codes.ts';
import type { UpstreamClass } from '../../../../main/gateway/exchange.ts';
import { verdictOf, type Verdict } from '../../../../main/gateway/routing/health-blame.ts';
import { abandoned, answered, failed, status } from './health-making.ts';

type Short = 'failure' | 'network' | 'limited' | 'quota' | 'refused' | 'answering' | 'nothing' | 'well';

function short(verdict: Verdict): Short {
  switch (verdict.kind) {
    case 'failure':
      return verdict.network ? 'network' : 'failure';
    case 'limited':
      return verdict.quota ? 'quota' : 'limited';
    case 'neutral':
      return verdict.reached ? 'answering' : 'nothing';
    default:
      return verdict.kind;
  }
}

/** Every code that is not the client's doing or ours. */
const byCode: Readonly<Partial<Record<ErrorCode, Short>>> = {
  'attempt.connect': 'network',
  'attempt.dns': 'network',
  'attempt.tls': 'network',
  'attempt.connect_timeout': 'network',
  'attempt.ttft_timeout': 'failure',
  'attempt.total_timeout': 'nothing',
  'attempt.reset': 'failure',
  'attempt.redirect': 'failure',
  'attempt.not_an_answer': 'failure',
  'attempt.protocol': 'failure',
  'attempt.decompression': 'failure',
  'attempt.answer_too_large': 'nothing',
  'attempt.rate_limited': 'limited',
  'attempt.upstream_error': 'failure',
  'relay.idle_timeout': 'failure',
  'relay.total_timeout': 'nothing',
  'relay.stream_cut': 'failure',
  'relay.stream_incomplete': 'failure',
  'relay.stream_malformed': 'failure',
  'relay.upstream_error': 'failure',
  // Raised before anything is asked.
  'route.no_target': 'nothing',
  // Of the host of a bundle, which is no target.
  'bundle.unreachable': 'nothing',
  'bundle.http_status': 'nothing',
  'bundle.redirected': 'nothing',
  'bundle.too_slow': 'nothing',
};

describe('a code without an answer', () => {
  const codes = Object.keys(errorCodes) as ErrorCode[];

  it.each(codes)('%s', (code) => {
    const { blame } = errorCodes[code];
    const isOthers = blame === 'provider' || blame === 'network';
    expect(short(verdictOf(failed(code)))).toBe(isOthers ? byCode[code] : 'nothing');
  });
});

describe('an answer', () => {
  it.each<[number, UpstreamClass | undefined, Short]>([
    [400, undefined, 'answering'],
    [400, 'context_window', 'answering'],
    [400, 'content_policy', 'answering'],
    [400, 'unsupported_parameter', 'answering'],
    [400, 'invalid_request', 'answering'],
    [400, 'credential_refused', 'refused'],
    [400, 'model_unavailable', 'failure'],
    [401, undefined, 'refused'],
    [401, 'credential_refused', 'refused'],
    [402, undefined, 'refused'],
    [402, 'quota_exhausted', 'refused'],
    [403, undefined, 'refused'],
    [403, 'content_policy', 'answering'],
    [403, 'model_unavailable', 'failure'],
    [403, 'rate_limited', 'limited'],
    [404, undefined, 'answering'],
    [404, 'invalid_request', 'answering'],
    [404, 'model_unavailable', 'failure'],
    [408, undefined, 'failure'],
    [409, undefined, 'answering'],
    [413, undefined, 'answering'],
    [422, undefined, 'answering'],
    [429, undefined, 'limited'],
    [429, 'rate_limited', 'limited'],
    [429, 'quota_exhausted', 'quota'],
    [429, 'overloaded', 'limited'],
    [429, 'invalid_request', 'limited'],
    [500, undefined, 'failure'],
    [500, 'server', 'failure'],
    [502, undefined, 'failure'],
    [503, 'overloaded', 'failure'],
    [504, 'server', 'failure'],
    [511, undefined, 'nothing'],
    [529, undefined, 'failure'],
    [529, 'overloaded', 'failure'],
  ])('%i %s', (code, upstream, expected) => {
    expect(short(verdictOf(status(code, { upstream })))).toBe(expected);
  });

  it('of 200 with an error in it counts like the error', () => {
    expect(short(verdictOf(status(200)))).toBe('failure');
    expect(short(verdictOf(failed('relay.upstream_error', { upstream: 'overloaded', committed: true })))).toBe(
      'failure',
    );
    expect(short(verdictOf(failed('attempt.upstream_error', { upstream: 'rate_limited' })))).toBe('limited');
  });
});

it('counts no web page against the provider: a portal answers for all of them', () => {
  expect(short(verdictOf(failed('attempt.not_an_answer', { webPage: true })))).toBe('nothing');
});

it('learns nothing from a client that left', () => {
  expect(short(verdictOf(abandoned))).toBe('nothing');
  expect(short(verdictOf(answered))).toBe('well');
});

describe('a rest after 429', () => {
  it.each([
    [undefined, 10_000],
    [0, 0],
    [-5_000, 0],
    [1_500, 1_500],
    [300_000, 300_000],
    [86_400_000, 300_000],
  ])('told %s lasts %i ms', (waitMs, restMs) => {
    expect(verdictOf(status(429, { waitMs }))).toMatchObject({ kind: 'limited', restMs });
  });

  it('lasts five minutes when a quota is used up, whatever the reset headers say of rates', () => {
    expect(verdictOf(status(429, { upstream: 'quota_exhausted', waitMs: 20 }))).toMatchObject({ restMs: 300_000 });
  });
});
