/** The rows of Activity: pages of the ledger with what comes meanwhile above them, held still while somebody reads. */
import { keepPreviousData, useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { matchesFilter } from '../../../shared/contract/traffic-match.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { ExchangeEntry, TrafficFilter } from '../../../shared/contract/traffic.ts';
import { useBridge, valueOf, type CallFailure } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import type { TimeSpan } from './filters.ts';
import { LiveRows } from './live-rows.ts';

type Page = CallOutput<'traffic.list'>;
type Pages = InfiniteData<Page, string | undefined>;

const pageSize = 100;
/** Live rows are taken in at most so often: more often nobody could read them. */
const takeEveryMs = 100;
/** So many pages with nothing that fits are looked through before the reader is asked. */
const maxEmptyPages = 25;

export interface Rows {
  readonly count: number;
  /** Newest first; as it was told of last. */
  readonly at: (index: number) => ExchangeEntry | undefined;
  readonly indexOf: (requestId: string) => number;
  /** A row that is shown, or that came while it was not. */
  readonly find: (requestId: string) => ExchangeEntry | undefined;
  /** Rows that came and are not shown yet. */
  readonly waiting: number;
  /** `waiting` counts as far as rows are kept. */
  readonly waitingMore: boolean;
  /** Shows what came. */
  readonly release: () => void;
  readonly loading: boolean;
  /** What is shown is of the filter before. */
  readonly stale: boolean;
  readonly error: CallFailure | null;
  readonly retry: () => void;
  readonly loadingMore: boolean;
  /** There is nothing older. */
  readonly atEnd: boolean;
  /** More may be had, and is not asked for by itself any more. */
  readonly askMore: boolean;
  readonly loadMore: () => void;
  /** By the next sign of the reader that he is at the end. */
  readonly onEnd: () => void;
}

export interface RowsOptions {
  readonly filter: TrafficFilter;
  readonly span: TimeSpan;
  /** New rows wait. */
  readonly hold: boolean;
  /** A row that is shown also while others wait: the reader asked for it. */
  readonly wanted: string | undefined;
  readonly enabled: boolean;
}

export function useRows({ filter, span, hold, wanted, enabled }: RowsOptions): Rows {
  const live = useLiveRows(filter, span);
  const { query, pageRows, pageIds, restart } = usePages({ filter, span, enabled, live: live.rows });
  const { fresh } = live.rows;
  const above = useMemo(
    () => (fresh.length === 0 ? fresh : live.rows.above(pageIds)),
    // Made anew when rows came, and when pages did.
    [live.rows, fresh, pageIds],
  );
  const held = useHeld({ hold, above, owner: live.rows, wanted });
  const isBefore = query.isPlaceholderData;
  // Where no page can be had, what the window heard of is better than nothing.
  const isAlone = query.data === undefined && query.isError;
  const shown = (query.data === undefined || isBefore) && !isAlone ? none : (held.rows ?? above);
  const overflowed = live.rows.overflowed;
  useEffect(() => {
    if (overflowed && !hold) restart();
  }, [overflowed, hold, restart]);
  const [looked, setLooked] = useState(0);
  const emptyPages = trailingEmpty(query.data);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isBefore) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isBefore, fetchNextPage]);
  const askMore = hasNextPage && emptyPages - looked >= maxEmptyPages;
  const onEnd = useCallback(() => {
    if (!askMore && !isError) loadMore();
  }, [askMore, isError, loadMore]);
  const at = (index: number): ExchangeEntry | undefined => {
    const entry = index < shown.length ? shown[index] : pageRows[index - shown.length];
    return entry === undefined ? undefined : live.rows.latest(entry);
  };
  return {
    count: shown.length + pageRows.length,
    at,
    indexOf(requestId) {
      const index = shown.findIndex(({ request_id }) => request_id === requestId);
      if (index >= 0 || !pageIds.has(requestId)) return index;
      return shown.length + pageRows.findIndex(({ request_id }) => request_id === requestId);
    },
    find(requestId) {
      const known = live.rows.find(requestId);
      return known ?? pageRows.find(({ request_id }) => request_id === requestId);
    },
    waiting: held.rows === undefined ? 0 : Math.max(0, above.length - held.rows.length),
    waitingMore: overflowed,
    release() {
      if (overflowed) restart();
      held.release();
    },
    loading: query.data === undefined && query.isPending,
    stale: isBefore,
    error: query.error,
    retry: () => void query.refetch(),
    loadingMore: isFetchingNextPage,
    atEnd: !hasNextPage,
    askMore,
    loadMore() {
      setLooked(emptyPages);
      loadMore();
    },
    onEnd,
  };
}

const none: readonly ExchangeEntry[] = [];

/** Pages at the end that held nothing. */
function trailingEmpty(data: Pages | undefined): number {
  const pages = data?.pages ?? [];
  const last = pages.findLastIndex(({ entries }) => entries.length > 0);
  return pages.length - 1 - last;
}

/** What the window hears of, by this filter; drawn anew a few times a second at most. */
function useLiveRows(filter: TrafficFilter, span: TimeSpan): { readonly rows: LiveRows } {
  const rows = useMemo(() => {
    const fits = (entry: ExchangeEntry): boolean => isWithin(entry, span) && matchesFilter(entry, filter);
    return new LiveRows(fits, useLive.getState().recent);
  }, [filter, span]);
  const [state, setState] = useState({ rows });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (): void => {
      timer = undefined;
      if (rows.take(useLive.getState().recent)) setState({ rows });
    };
    take();
    const end = useLive.subscribe((now, before) => {
      if (now.recent !== before.recent) timer ??= setTimeout(take, takeEveryMs);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [rows]);
  return state.rows === rows ? state : { rows };
}

function isWithin({ at }: ExchangeEntry, { since, until }: TimeSpan): boolean {
  const moment = Date.parse(at);
  return (since === undefined || moment >= since) && (until === undefined || moment < until);
}

interface PagesOptions extends Pick<RowsOptions, 'filter' | 'span' | 'enabled'> {
  readonly live: LiveRows;
}

function usePages({ filter, span, enabled, live }: PagesOptions) {
  const bridge = useBridge();
  const queries = useQueryClient();
  const key = useMemo(() => ['traffic.list', { ...span, filter }, 'pages'] as const, [span, filter]);
  const query = useInfiniteQuery<Page, CallFailure, Pages, typeof key, string | undefined>({
    queryKey: key,
    initialPageParam: undefined,
    enabled,
    queryFn: async ({ pageParam }) => {
      const ended = live.ended();
      const before = pageParam === undefined ? {} : { before: pageParam };
      const page = valueOf(await bridge.call('traffic.list', { limit: pageSize, ...span, filter, ...before }));
      if (pageParam === undefined) live.settle(ended, page.entries[0]?.at);
      return page;
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    // What is kept would lack what came while nobody looked.
    gcTime: 0,
  });
  const { data } = query;
  const pageRows = useMemo(() => withoutTwins(data?.pages ?? []), [data]);
  const pageIds = useMemo(() => new Set(pageRows.map(({ request_id }) => request_id)), [pageRows]);
  const restart = useCallback(() => {
    queries.setQueryData<Pages>(key, (old) =>
      old === undefined ? old : { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) },
    );
    void queries.invalidateQueries({ queryKey: key });
  }, [queries, key]);
  return { query, pageRows, pageIds, restart };
}

/** A row that moved from one page to the next between two questions is there once. */
function withoutTwins(pages: readonly Page[]): readonly ExchangeEntry[] {
  const seen = new Set<string>();
  return pages.flatMap(({ entries }) =>
    entries.filter(({ request_id }) => !seen.has(request_id) && seen.add(request_id)),
  );
}

interface Held {
  readonly rows: readonly ExchangeEntry[] | undefined;
  readonly release: () => void;
}

interface HeldOptions extends Pick<RowsOptions, 'hold' | 'wanted'> {
  readonly above: readonly ExchangeEntry[];
  readonly owner: LiveRows;
}

/** The rows above the pages as they were when holding began, or when one was wanted that came since. */
function useHeld({ hold, above, owner, wanted }: HeldOptions): Held {
  const [state, setState] = useState<{ hold: boolean; owner: LiveRows; rows: readonly ExchangeEntry[] | undefined }>({
    hold: false,
    owner,
    rows: undefined,
  });
  if (state.hold !== hold || state.owner !== owner) setState({ hold, owner, rows: hold ? above : undefined });
  const isCurrent = state.hold === hold && state.owner === owner;
  const lacks = (rows: readonly ExchangeEntry[]): boolean => rows.every(({ request_id }) => request_id !== wanted);
  if (isCurrent && wanted !== undefined && state.rows !== undefined && lacks(state.rows) && !lacks(above))
    setState({ hold, owner, rows: above });
  const rows = isCurrent ? state.rows : hold ? above : undefined;
  // Rows that pages took over meanwhile are not shown twice.
  const shown = useMemo(() => {
    if (rows === undefined) return undefined;
    const there = new Set(above.map(({ request_id }) => request_id));
    return rows.every(({ request_id }) => there.has(request_id))
      ? rows
      : rows.filter(({ request_id }) => there.has(request_id));
  }, [rows, above]);
  return { rows: shown, release: () => setState((now) => ({ ...now, rows: now.hold ? above : undefined })) };
}
