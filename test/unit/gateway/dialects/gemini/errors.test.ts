import { describe, expect, it } from 'vitest';
import type { CanonicalError, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { geminiError } from '../../../../fakes/gemini-errors.ts';
import { eventsOf } from './support.ts';

const decode = (status: number, body: unknown): CanonicalError =>
  gemini.decodeError(status, typeof body === 'string' ? body : JSON.stringify(body));

const rpc = (name: string, fields: JsonObject): JsonObject => ({
  '@type': `type.googleapis.com/google.rpc.${name}`,
  ...fields,
});

describe('decoding an error', () => {
  it.each([
    [400, 'INVALID_ARGUMENT', 'invalid_request'],
    [400, 'FAILED_PRECONDITION', 'invalid_request'],
    [401, 'UNAUTHENTICATED', 'authentication'],
    [403, 'PERMISSION_DENIED', 'permission'],
    [404, 'NOT_FOUND', 'not_found'],
    [429, 'RESOURCE_EXHAUSTED', 'rate_limit'],
    [499, 'CANCELLED', 'server'],
    [500, 'INTERNAL', 'server'],
    [501, 'UNIMPLEMENTED', 'invalid_request'],
    [503, 'UNAVAILABLE', 'overloaded'],
    [504, 'DEADLINE_EXCEEDED', 'timeout'],
  ])('of status %i with the word %s is %s', (status, word, kind) => {
    expect(decode(status, { error: { code: status, message: 'm', status: word } })).toEqual({
      status,
      kind,
      message: 'm',
      code: word,
      param: undefined,
      retryAfterS: undefined,
      details: undefined,
    });
  });

  it('reads the place, the wait and the other details', () => {
    const details = [
      rpc('BadRequest', { fieldViolations: [{ field: 'contents[0].parts[0]', description: 'bad' }] }),
      rpc('RetryInfo', { retryDelay: '12.3s' }),
      rpc('QuotaFailure', { violations: [] }),
    ];
    expect(decode(429, { error: { code: 429, message: 'm', status: 'RESOURCE_EXHAUSTED', details } })).toMatchObject({
      param: 'contents[0].parts[0]',
      retryAfterS: 13,
      details: { details },
    });
  });

  it.each(['API_KEY_INVALID', 'API_KEY_EXPIRED'])('knows a bad key, which Google answers with 400: %s', (reason) => {
    const { body } = geminiError(400, 'API key not valid.', [rpc('ErrorInfo', { reason })]);
    expect(decode(400, body)).toMatchObject({ status: 400, kind: 'authentication' });
  });

  it('reads the error of a stream that was asked for as an array', () => {
    expect(decode(404, [{ error: { code: 404, message: 'no such model', status: 'NOT_FOUND' } }])).toMatchObject({
      kind: 'not_found',
      message: 'no such model',
    });
  });

  it.each<[string, number, unknown, object]>([
    [
      'an unknown word',
      418,
      { error: { message: 'm', status: 'TEAPOT' } },
      { kind: 'invalid_request', code: 'TEAPOT' },
    ],
    ['a word every object knows', 500, { error: { message: 'm', status: 'constructor' } }, { kind: 'server' }],
    ['no message', 503, { error: {} }, { kind: 'overloaded', message: 'The provider answered with status 503.' }],
    ['a body too large', 413, { error: { message: 'm', status: 'INVALID_ARGUMENT' } }, { kind: 'too_large' }],
    ['plain text', 502, ' Bad Gateway\n', { kind: 'server', message: 'Bad Gateway' }],
    ['nothing', 429, '', { kind: 'rate_limit', message: 'The provider answered with status 429 and no text.' }],
    ['JSON of another kind', 400, { detail: 'x' }, { kind: 'invalid_request', message: '{"detail":"x"}' }],
    ['an error that is text', 401, { error: 'x' }, { kind: 'authentication', message: '{"error":"x"}' }],
    ['an empty array', 500, [], { kind: 'server', message: '[]' }],
  ])('of %s', (_what, status, body, expected) => {
    expect(decode(status, body)).toMatchObject({ status, ...expected });
  });

  it('cuts a page of HTML', () => {
    expect(decode(502, `<html>${'x'.repeat(5000)}`).message).toHaveLength(300);
  });
});

describe('encoding an error', () => {
  const base: CanonicalError = { status: 400, kind: 'invalid_request', message: 'm' };
  const encode = (error: Partial<CanonicalError>, requestId = ''): JsonObject =>
    gemini.encodeError({ ...base, ...error }, requestId)['error'] as JsonObject;

  it.each<[number, CanonicalError['kind'], string]>([
    [400, 'invalid_request', 'INVALID_ARGUMENT'],
    [401, 'authentication', 'UNAUTHENTICATED'],
    [403, 'permission', 'PERMISSION_DENIED'],
    [404, 'not_found', 'NOT_FOUND'],
    [413, 'too_large', 'INVALID_ARGUMENT'],
    [429, 'rate_limit', 'RESOURCE_EXHAUSTED'],
    [500, 'server', 'INTERNAL'],
    [502, 'server', 'INTERNAL'],
    [503, 'server', 'UNAVAILABLE'],
    [503, 'overloaded', 'UNAVAILABLE'],
    [504, 'timeout', 'DEADLINE_EXCEEDED'],
  ])('gives status %i of the kind %s the word %s', (status, kind, word) => {
    expect(encode({ status, kind })).toEqual({ code: status, message: 'm', status: word, details: [] });
  });

  it('says our code, the place, the wait and the request in Google’s details', () => {
    expect(encode({ code: 'read.invalid_utf8', param: 'contents', retryAfterS: 3 }, 'req_1')['details']).toEqual([
      rpc('ErrorInfo', { reason: 'READ_INVALID_UTF8', domain: 'sluice', metadata: { code: 'read.invalid_utf8' } }),
      rpc('BadRequest', { fieldViolations: [{ field: 'contents', description: 'm' }] }),
      rpc('RetryInfo', { retryDelay: '3s' }),
      rpc('RequestInfo', { requestId: 'req_1' }),
    ]);
  });

  it('keeps the word and the details of a Google error', () => {
    const details = [rpc('QuotaFailure', { violations: [] })];
    const google = { code: 400, message: 'm', status: 'FAILED_PRECONDITION', details };
    expect(encode(decode(400, { error: google }))).toEqual(google);
  });

  it('travels in a stream as one event, and is read back', () => {
    const wire = gemini.encodeStreamError({ ...base, status: 503, kind: 'overloaded' }, 'req_1');
    const [event] = eventsOf(wire);
    expect(wire).toMatch(/^data: \{"error":/);
    expect(decode(503, event)).toMatchObject({ status: 503, kind: 'overloaded', message: 'm', code: 'UNAVAILABLE' });
  });
});
