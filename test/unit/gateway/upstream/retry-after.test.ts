import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../../main/gateway/upstream/retry-after.ts';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('the time a provider asks for (FAULT-20)', () => {
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': new Date(now + 7_000).toUTCString() }, 7_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    [{ 'retry-after': '-5' }, 0],
    [{ 'retry-after': new Date(now - 60_000).toUTCString() }, 0],
    [{ 'retry-after': '999999999' }, 300_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
    [{ 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    [{ 'x-ratelimit-reset-requests': '250ms' }, 250],
    [{ 'x-ratelimit-reset-tokens': '6s' }, 6_000],
    [{ 'anthropic-ratelimit-requests-reset': new Date(now + 4_000).toISOString() }, 4_000],
    [{ 'x-ratelimit-reset': String(Math.floor(now / 1000) + 20) }, 20_000],
    [{ 'x-ratelimit-reset': String(now + 30_000) }, 30_000],
  ])('%j is %s ms', (headers, ms) => {
    expect(retryAfterMs(headers, now)).toBe(ms);
  });
});
