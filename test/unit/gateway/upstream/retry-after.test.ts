// When to come back, and what is left, in every spelling providers use.
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { remainingOf, retryAfterIn, retryAfterMs } from '../../../../main/gateway/upstream/retry-after.ts';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);
const longest = 300_000;

type Headers = Readonly<Record<string, string | string[]>>;
type Row = readonly [headers: Headers, ms: number | undefined];

describe('FAULT-20 the time a provider asks for', () => {
  const at = (ms: number): Date => new Date(now + ms);
  const epoch = (ms: number): string => String(Math.floor((now + ms) / 1000));
  const asctime = 'Thu Jan  1 12:00:09 2026';

  const said: readonly Row[] = [
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': ' 2 ' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': ['3', '9'] }, 3_000],
    [{ 'retry-after': at(7_000).toUTCString() }, 7_000],
    [{ 'retry-after': 'Thursday, 01-Jan-26 12:00:08 GMT' }, 8_000],
    [{ 'retry-after': asctime }, 9_000],
    [{ 'retry-after': at(6_000).toISOString() }, 6_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
    // Absurd, past, negative, nonsense, nothing.
    [{ 'retry-after': '999999999' }, longest],
    [{ 'retry-after': '9'.repeat(30) }, longest],
    [{ 'retry-after': at(-60_000).toUTCString() }, 0],
    [{ 'retry-after': '-5' }, 0],
    [{ 'retry-after-ms': '-5' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': 'in 5' }, undefined],
    [{ 'retry-after': '0x10' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{}, undefined],
  ];

  const resets: readonly Row[] = [
    [{ 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    [{ 'x-ratelimit-reset-requests': '250ms' }, 250],
    [{ 'x-ratelimit-reset-tokens': '6s' }, 6_000],
    [{ 'x-ratelimit-reset-tokens': '7h12m0s' }, longest],
    [{ 'x-ratelimit-reset-tokens-minute': '11.38', 'x-ratelimit-remaining-tokens-minute': '0' }, 11_380],
    [{ 'anthropic-ratelimit-requests-reset': at(4_000).toISOString() }, 4_000],
    [{ 'anthropic-ratelimit-input-tokens-reset': '2026-01-01T12:00:05Z' }, 5_000],
    [{ 'x-ratelimit-reset': epoch(20_000) }, 20_000],
    [{ 'x-ratelimit-reset': String(now + 30_000) }, 30_000],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'x-ratelimit-reset': at(3_000).toISOString() }, 3_000],
    [{ 'ratelimit-reset': '15', 'ratelimit-remaining': '0' }, 15_000],
    [{ ratelimit: '"default";r=0;t=30' }, 30_000],
    [{ ratelimit: '"burst";r=12;t=60, "daily";r=0;t=45' }, 45_000],
    [{ ratelimit: ['"burst";r=0;t=6', '"daily";r=3;t=45'] }, 6_000],
    [{ ratelimit: 'limit=100, remaining=0, reset=7' }, 7_000],
    [{ 'x-ratelimit-reset': 'garbage', ratelimit: '";;,=r=0;t' }, undefined],
  ];

  it.each([...said, ...resets])('%j is %s ms', (headers, ms) => {
    expect(retryAfterMs(headers, now)).toBe(ms);
  });

  it('is that of the window with nothing left', () => {
    const both = { 'x-ratelimit-reset-requests': '2s', 'x-ratelimit-reset-tokens': '6m0s' };
    const left = (requests: string, tokens: string): Headers => ({
      ...both,
      'x-ratelimit-remaining-requests': requests,
      'x-ratelimit-remaining-tokens': tokens,
    });
    expect(retryAfterMs(left('0', '149984'), now)).toBe(2_000);
    expect(retryAfterMs(left('59', '0'), now)).toBe(longest);
    expect(retryAfterMs(left('0', '0'), now)).toBe(longest);
    expect(retryAfterMs(both, now)).toBe(longest);
  });

  it('is none where every window has something left: a 500 of OpenAI carries its limits, too', () => {
    expect(
      retryAfterMs(
        {
          'x-ratelimit-remaining-requests': '59',
          'x-ratelimit-reset-requests': '1s',
          'x-ratelimit-remaining-tokens': '149984',
          'x-ratelimit-reset-tokens': '6ms',
        },
        now,
      ),
    ).toBeUndefined();
  });

  it('is that of the limit Anthropic says is used up', () => {
    const headers = {
      'anthropic-ratelimit-requests-remaining': '3999',
      'anthropic-ratelimit-requests-reset': at(1_000).toISOString(),
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': at(42_000).toISOString(),
    };
    expect(retryAfterMs(headers, now)).toBe(42_000);
  });

  it('is that of the plan’s window that refused', () => {
    const headers = {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-5h-status': 'rejected',
      'anthropic-ratelimit-unified-5h-reset': epoch(50_000),
      'anthropic-ratelimit-unified-7d-status': 'allowed',
      'anthropic-ratelimit-unified-7d-reset': epoch(200_000),
      'anthropic-ratelimit-unified-overage-status': 'rejected',
      'anthropic-ratelimit-unified-overage-reset': epoch(250_000),
    };
    expect(retryAfterMs(headers, now)).toBe(50_000);
  });

  it('is counted by the provider’s own clock where its answer tells it', () => {
    const hourAhead = now + 3_600_000;
    const headers = {
      date: new Date(hourAhead).toUTCString(),
      'retry-after': new Date(hourAhead + 8_000).toUTCString(),
    };
    expect(retryAfterMs(headers, now)).toBe(8_000);
    expect(retryAfterMs({ date: 'yesterday', 'retry-after': at(8_000).toUTCString() }, now)).toBe(8_000);
  });
});

describe('FAULT-20 the time an error body asks for', () => {
  const said = (message: string): string => JSON.stringify({ error: { message } });
  const google = (retryDelay: string): string =>
    JSON.stringify({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }],
      },
    });

  it.each([
    [google('34s'), 34_000],
    [google('34.074824224s'), 34_075],
    [google('0s'), 0],
    [said(google('47s')), 47_000],
    [google('soon'), undefined],
    [said('Rate limit reached for gpt-4o. Please try again in 1.2s. Visit …'), 1_200],
    [said('Please try again in 20ms.'), 20],
    [said('Try again in 6m'), longest],
    [said('Please try again in 1m47.5854s. Visit …'), 107_585],
    [said('Please try again in 4m0s.'), 240_000],
    [said('Please retry in 20.04466179s.'), 20_045],
    [said('Please retry after 9 seconds. Please go here …'), 9_000],
    [said('Please retry after 1 second.'), 1_000],
    [said('Try again in 2 hours and 5 minutes'), longest],
    [said('You have to wait 3 minutes, 5 seconds'), 185_000],
    [said('Do not retry 5 times. Please try again in 2s.'), 2_000],
    [said('Please try again in 5 parsecs'), undefined],
    [said('Please try again later.'), undefined],
    ['{"error":{"metadata":{"headers":{"X-RateLimit-Reset":"1767268830000"}}}}', 30_000],
    ['{"error":{"type":"usage_limit_reached","resets_in_seconds":77}}', 77_000],
    ['<html>Please try again in 5s</html>', 5_000],
    ['', undefined],
  ])('%s is %s ms', (body, ms) => {
    expect(retryAfterIn({}, body, now)).toBe(ms);
    expect(retryAfterIn({}, Buffer.from(body), now)).toBe(ms);
  });

  it('gives way to a header that says it outright, and goes before windows that refill slowly', () => {
    const body = said('Please try again in 1.2s.');
    expect(retryAfterIn({ 'retry-after': '4' }, body, now)).toBe(4_000);
    const headers = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '59.9s' };
    expect(retryAfterIn(headers, body, now)).toBe(1_200);
    expect(retryAfterIn(headers, said('Slow down.'), now)).toBe(59_900);
  });

  it('is looked for in the first 16 KiB', () => {
    expect(retryAfterIn({}, `${'x'.repeat(16 * 1024)} try again in 5s`, now)).toBeUndefined();
  });
});

describe('RTE-15 the share that is left', () => {
  it.each([
    [{ 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '15' }, { requests: 0.25 }],
    [
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '60',
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-tokens': '75000',
      },
      { requests: 1, tokens: 0.5 },
    ],
    [
      {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-input-tokens-limit': '40000',
        'anthropic-ratelimit-input-tokens-remaining': '30000',
        'anthropic-ratelimit-output-tokens-limit': '8000',
        'anthropic-ratelimit-output-tokens-remaining': '800',
      },
      { requests: 0.98, tokens: 0.1 },
    ],
    [
      { 'anthropic-ratelimit-unified-5h-utilization': '0.75', 'anthropic-ratelimit-unified-7d-utilization': '0.25' },
      { requests: 0.25, tokens: 0.25 },
    ],
    [{ 'anthropic-ratelimit-unified-5h-utilization': '1.04' }, { requests: 0, tokens: 0 }],
    [
      { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '4' },
      { requests: 0.4, tokens: 0.4 },
    ],
    [{ 'x-ratelimit-limit-req-minute': '10', 'x-ratelimit-remaining-req-minute': '4' }, { requests: 0.4 }],
    [
      {
        ratelimit: '"requests";r=30;t=10, "tokens";r=5;t=10',
        'ratelimit-policy': '"requests";q=60, "tokens";q=50;w=60',
      },
      { requests: 0.5, tokens: 0.1 },
    ],
    [{ ratelimit: 'limit=100, remaining=20, reset=7' }, { requests: 0.2, tokens: 0.2 }],
    // Nothing to divide by, or nonsense.
    [{ 'x-ratelimit-remaining-requests': '15' }, undefined],
    [{ 'x-ratelimit-limit-requests': '0', 'x-ratelimit-remaining-requests': '0' }, undefined],
    [{ 'x-ratelimit-limit-requests': 'many', 'x-ratelimit-remaining-requests': '15' }, undefined],
    [{ 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '15' }, { requests: 1 }],
    [{}, undefined],
  ] as const)('%j leaves %j', (headers, left) => {
    expect(remainingOf(headers as Headers)).toEqual(left);
  });
});

describe('whatever a provider sends', () => {
  const names = [
    ...[
      'retry-after',
      'retry-after-ms',
      'date',
      'ratelimit',
      'ratelimit-policy',
      'ratelimit-reset',
      'x-ratelimit-reset',
    ],
    ...['x-ratelimit-reset-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-limit-requests'],
    ...['anthropic-ratelimit-tokens-reset', 'anthropic-ratelimit-unified-5h-status', 'x-ratelimit-remaining-'],
    ...['anthropic-ratelimit-unified-5h-utilization', 'anthropic-ratelimit-tokens-limit'],
  ];
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^-?\d{0,22}(?:\.\d{1,3})?[smhd ]{0,3}$/),
    fc.date({ noInvalidDate: false }).map((date) => (Number.isNaN(date.getTime()) ? 'Invalid' : date.toISOString())),
    fc.constantFrom('"a";r=0;t=99999999999', 'limit=1, remaining=0, reset=0', 'rejected', '-0', '1e99', 'NaN'),
  );
  const headers = fc.dictionary(
    fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 30 })),
    fc.oneof(value, fc.array(value, { maxLength: 3 })),
    { maxKeys: 8 },
  );
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom('"retryDelay":"', 'try again in ', '9', 's', 'ms', ' ', '"', 'and ', '.5', '{', '99999999'),
      )
      .map((all) => all.join('')),
  );

  it('a wait is none, or between nothing and five minutes', () => {
    fc.assert(
      fc.property(headers, body, fc.integer({ min: 0, max: 4e12 }), (map, text, at) => {
        for (const ms of [retryAfterMs(map, at), retryAfterIn(map, text, at), retryAfterIn({}, text, at)]) {
          expect(ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= longest)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('a share is none, or between nothing and all', () => {
    fc.assert(
      fc.property(headers, (map) => {
        const left = remainingOf(map);
        for (const share of [left?.requests, left?.tokens]) {
          expect(share === undefined || (share >= 0 && share <= 1)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
