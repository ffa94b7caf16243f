// The vocabulary of misbehaviour: what a test may ask a simulated provider to do wrong, as plain data.

import type { Plan } from './core.ts';

/** A place in the answer: before the head, after the head, after n events, after n body bytes, after the whole body. */
export type At = 'start' | 'headers' | 'end' | { events: number } | { bytes: number };

export type Step =
  | { at: At; do: 'stall'; ms: number | 'forever' }
  | { at: At; do: 'wait'; until: () => Promise<unknown> }
  | { at: At; do: 'reset' } // RST
  | { at: At; do: 'hang-up' } // FIN without a proper end of the body
  | { at: At; do: 'end' } // a proper end of the body, here
  | { at: At; do: 'insert'; text: string };

export type Fault = {
  steps?: readonly Step[];
  /** Bytes per write, each its own packet; cuts inside characters and events. */
  splitBytes?: number;
  /** Milliseconds between two writes. */
  dripMs?: number;
  /** The whole body in one write. */
  coalesce?: boolean;
  lineEnding?: '\r\n' | '\r';
  comments?: boolean;
  noSpaceAfterColon?: boolean;
  bom?: boolean;
  noDone?: boolean;
  invalidJsonAt?: number;
  errorEventAfter?: number;
  encoding?: 'gzip' | 'br' | 'deflate' | 'corrupt-gzip' | 'truncated-gzip' | 'gzip-bomb';
  bombBytes?: number;
  /** Added to the true length in `content-length`. */
  contentLengthDelta?: number;
  earlyHints?: boolean;
  switchingProtocols?: boolean;
  endless?: boolean;
};

/** Builders of faults; combine two with `{...a, ...b}`. */
export const fault = {
  stall: (at: At, ms: number | 'forever'): Fault => ({ steps: [{ at, do: 'stall', ms }] }),
  /** Asks the test when it is there, and goes on when it is told to. */
  wait: (at: At, until: () => Promise<unknown>): Fault => ({ steps: [{ at, do: 'wait', until }] }),
  reset: (at: At): Fault => ({ steps: [{ at, do: 'reset' }] }),
  hangUp: (at: At): Fault => ({ steps: [{ at, do: 'hang-up' }] }),
  resetAfterEvents: (events: number): Fault => ({ steps: [{ at: { events }, do: 'reset' }] }),
  endAfterEvents: (events: number): Fault => ({ steps: [{ at: { events }, do: 'end' }] }),
  insert: (at: At, text: string): Fault => ({ steps: [{ at, do: 'insert', text }] }),
  /** After n events the dialect's own in-stream error, then a proper end of the body. */
  errorEventAfter: (events: number): Fault => ({ errorEventAfter: events }),
  split: (bytes: number): Fault => ({ splitBytes: bytes }),
  drip: (ms: number, bytes = 1): Fault => ({ dripMs: ms, splitBytes: bytes }),
  coalesce: (): Fault => ({ coalesce: true }),
  lineEndings: (lineEnding: '\r\n' | '\r'): Fault => ({ lineEnding }),
  /** A comment line before each event. */
  comments: (): Fault => ({ comments: true }),
  noSpaceAfterColon: (): Fault => ({ noSpaceAfterColon: true }),
  bom: (): Fault => ({ bom: true }),
  noDone: (): Fault => ({ noDone: true }),
  /** The n-th event (from 0) carries broken JSON. */
  invalidJsonAt: (event: number): Fault => ({ invalidJsonAt: event }),
  /** Compressed although nobody asked. */
  encoded: (encoding: 'gzip' | 'br' | 'deflate'): Fault => ({ encoding }),
  corruptGzip: (): Fault => ({ encoding: 'corrupt-gzip' }),
  truncatedGzip: (): Fault => ({ encoding: 'truncated-gzip' }),
  /** Small on the wire, `bytes` when unpacked. */
  gzipBomb: (bytes: number): Fault => ({ encoding: 'gzip-bomb', bombBytes: bytes }),
  /** +n claims more than is sent (the connection then closes), -n claims less. */
  contentLength: (delta: number): Fault => ({ contentLengthDelta: delta }),
  earlyHints: (): Fault => ({ earlyHints: true }),
  switchingProtocols: (): Fault => ({ switchingProtocols: true }),
  /** Never ends: repeats an event from the middle, or white space in a plain body, as fast as it is read. */
  endless: (): Fault => ({ endless: true }),
};

export type RateLimitForm =
  | 'seconds'
  | 'http-date'
  | 'ms'
  | 'x-ratelimit-s'
  | 'x-ratelimit-ms'
  | 'x-ratelimit-iso'
  | 'anthropic'
  | 'none'
  | 'absurd'
  | 'past'
  | 'negative'
  | 'garbage'
  | 'quota';

const LIMITED = {
  error: {
    message: 'Rate limit reached for requests. Please try again later.',
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  },
};
const QUOTA = {
  error: {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  },
};

const limitHeaders = (seconds: number): Record<RateLimitForm, Record<string, string>> => ({
  seconds: { 'retry-after': String(seconds) },
  'http-date': { 'retry-after': new Date(Date.now() + seconds * 1000).toUTCString() },
  ms: { 'retry-after-ms': String(seconds * 1000) },
  'x-ratelimit-s': { 'x-ratelimit-reset-requests': `${seconds}s`, 'x-ratelimit-remaining-requests': '0' },
  'x-ratelimit-ms': { 'x-ratelimit-reset-requests': `${seconds * 1000}ms`, 'x-ratelimit-remaining-requests': '0' },
  'x-ratelimit-iso': { 'x-ratelimit-reset': new Date(Date.now() + seconds * 1000).toISOString() },
  anthropic: {
    'anthropic-ratelimit-requests-reset': new Date(Date.now() + seconds * 1000).toISOString(),
    'anthropic-ratelimit-requests-remaining': '0',
  },
  none: {},
  absurd: { 'retry-after': '99999999999' },
  past: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
  negative: { 'retry-after': '-5' },
  garbage: { 'retry-after': 'soon' },
  quota: {},
});

const PORTAL =
  '<!DOCTYPE html><html><head><title>Sign in to Free WiFi</title></head><body><form action="/login"></form></body></html>';

/** Whole answers that no dialect would give by itself. */
export const answers = {
  captivePortal: (): Plan => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PORTAL }),
  errorIn200: (
    error: unknown = { error: { message: 'upstream exploded', type: 'server_error', code: null, param: null } },
  ): Plan => ({ status: 200, json: error }),
  empty200: (): Plan => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '' }),
  emptyStream: (): Plan => ({ sse: [] }),
  redirect: (location: string, status = 302): Plan => ({ status, headers: { location }, body: '' }),
  rateLimited: (form: RateLimitForm = 'seconds', seconds = 1): Plan => ({
    status: 429,
    headers: limitHeaders(seconds)[form],
    json: form === 'quota' ? QUOTA : LIMITED,
  }),
  overloaded: (): Plan => ({
    status: 529,
    json: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_overloaded' },
  }),
  serverError: (status = 500): Plan => ({
    status,
    json: {
      error: {
        message: 'The server had an error while processing your request.',
        type: 'server_error',
        param: null,
        code: null,
      },
    },
  }),
};
