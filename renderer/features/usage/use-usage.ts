/** Everything Usage asks for, from what its address says. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import type { UsageFilter, UsageReport } from '../../../shared/contract/usage.ts';
import { addressFrom, withChange, type AddressChange, type UsageAddress } from './address.ts';
import { askedBucket, bucketStarts, spanBefore, spanOf, type Span } from './span.ts';
import { yearSince } from './year.ts';

export const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** As many lines as there are colours. */
const maxLines = 6;

export interface UsageView {
  readonly address: UsageAddress;
  readonly change: (change: AddressChange) => void;
  readonly now: number;
  readonly span: Span;
  /** First moments of its parts. */
  readonly starts: readonly number[];
}

export function useUsageView(): UsageView {
  const [params, setParams] = useSearchParams();
  const address = useMemo(() => addressFrom(params), [params]);
  const now = useHour();
  const span = useMemo(() => spanOf(address, now), [address, now]);
  const starts = useMemo(() => bucketStarts(span), [span]);
  const change = useCallback(
    (wanted: AddressChange) => setParams((kept) => withChange(kept, wanted), { replace: true }),
    [setParams],
  );
  return { address, change, now, span, starts };
}

/** The present, told anew with each hour: ranges move with days, comparisons with hours. */
function useHour(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), hourMs - (now % hourMs) + 1_000);
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}

/** Of a range that goes on no end is asked for: the question stays the same while it does. */
export function askedRange(span: Span): { readonly since: number; readonly until?: number } {
  return span.isRunning ? { since: span.since } : { since: span.since, until: span.until };
}

export interface UsageQueries {
  readonly now: ReturnType<typeof useCall<'usage.query'>>;
  /** `undefined` while it is not known, and where nothing was recorded then. */
  readonly before: UsageReport | undefined;
  readonly parts: ReturnType<typeof useCall<'usage.query'>>;
}

export function useSums({ address, span, now }: UsageView): UsageQueries {
  const { by, sub, filter } = address;
  const common = { timezone, filter };
  const [last, earlier] = [askedRange(span), spanBefore(span, now)];
  const before = useCall('usage.query', { ...common, ...earlier, group_by: [by] }, { keepPrevious: true });
  const first = useYear(now, filter).data?.starts[0];
  // Against days on which nobody was counting everything is a rise.
  const isRecorded = first !== undefined && (first <= earlier.since + dayMs || first <= yearSince(now) + dayMs);
  return {
    now: useCall('usage.query', { ...common, ...last, group_by: [by] }, { keepPrevious: true }),
    before: isRecorded ? before.data : undefined,
    parts: useCall(
      'usage.query',
      { ...common, ...last, group_by: sub === undefined ? [by] : [by, sub] },
      { keepPrevious: true, enabled: sub !== undefined },
    ),
  };
}

/** Requests of each day of the past year. */
export function useYear(now: number, filter: UsageFilter): ReturnType<typeof useCall<'usage.series'>> {
  return useCall('usage.series', { since: yearSince(now), timezone, filter, bucket: 'day' }, { keepPrevious: true });
}

export function useSeries({ address, span }: UsageView): ReturnType<typeof useCall<'usage.series'>> {
  const { by, rank, limit, filter } = address;
  const top = Math.min(limit, maxLines);
  return useCall(
    'usage.series',
    { ...askedRange(span), timezone, filter, bucket: askedBucket(span), by, rank, top },
    { keepPrevious: true },
  );
}
