/** Conversations: what each of them cost and where it went; one opens its exchanges. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, type ReactNode } from 'react';
import type { SessionSummary } from '../../../shared/contract/traffic.ts';
import { useBridge, valueOf, type CallFailure } from '../../bridge/hooks.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';
import { FilterChip } from './filter-bar.tsx';
import { spanOf, type ActivityQuery, type FilterName, type SetParams, type TimeSpan } from './filters.ts';

const pageSize = 100;

export interface SessionsProps {
  readonly query: ActivityQuery;
  readonly span: TimeSpan;
  readonly set: SetParams;
}

export function Sessions({ query, span, set }: SessionsProps): ReactNode {
  const text = useText();
  const { key, client } = query.filter;
  const asked = useSessions(span, key, client);
  const open = useCallback(({ session }: SessionSummary) => set({ view: undefined, session, id: undefined }), [set]);
  const columns = useMemo(() => columnsOf(text, open), [text, open]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = asked;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const active = (
    [
      ['key', key],
      ['client', client],
    ] as const
  ).filter(([, value]) => value !== undefined);
  return (
    <>
      {active.length > 0 && <Active active={active} set={set} />}
      <Loaded query={asked} lines={8}>
        {({ pages }) => {
          const rows = pages.flatMap(({ sessions }) => sessions);
          if (rows.length === 0 && !hasNextPage)
            return <NoSessions filtered={active.length > 0 || spanOf(query, 0).since !== undefined} set={set} />;
          return (
            <DataTable
              rows={rows}
              columns={columns}
              rowId={({ session }) => session}
              label={text.t('traffic.sessions')}
              onOpen={open}
              onEnd={onEnd}
              height="100%"
              className="traffic-sessions"
            />
          );
        }}
      </Loaded>
    </>
  );
}

function useSessions(span: TimeSpan, key: string | undefined, client: string | undefined) {
  const bridge = useBridge();
  const filter = { ...(key === undefined ? {} : { key }), ...(client === undefined ? {} : { client }) };
  return useInfiniteQuery({
    queryKey: ['traffic.sessions', { ...span, filter }, 'pages'] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const before = pageParam === undefined ? {} : { before: pageParam };
      return valueOf(await bridge.call('traffic.sessions', { limit: pageSize, ...span, filter, ...before }));
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    throwOnError: (_error: Error): _error is CallFailure => false,
  });
}

function Active({
  active,
  set,
}: {
  readonly active: readonly (readonly [FilterName, string | undefined])[];
  readonly set: SetParams;
}): ReactNode {
  return (
    <div className="traffic-chips">
      {active.map(([name, value]) => (
        <FilterChip key={name} name={name} value={value ?? ''} set={set} />
      ))}
    </div>
  );
}

function NoSessions({ filtered, set }: { readonly filtered: boolean; readonly set: SetParams }): ReactNode {
  const { t } = useText();
  return (
    <EmptyState
      title={t('traffic.sessions.empty')}
      actions={
        <>
          {filtered && (
            <Button
              onClick={() =>
                set({ key: undefined, client: undefined, range: undefined, since: undefined, until: undefined })
              }
            >
              {t('traffic.empty.clear')}
            </Button>
          )}
          <Button onClick={() => set({ view: undefined })}>{t('traffic.sessions.toRequests')}</Button>
        </>
      }
    >
      {t('traffic.sessions.empty.text')}
    </EmptyState>
  );
}

function columnsOf(
  { t, dateTime, duration, count, compact, sum }: Text,
  open: (row: SessionSummary) => void,
): readonly Column<SessionSummary>[] {
  const lengthOf = ({ first_at, last_at }: SessionSummary): number => Date.parse(last_at) - Date.parse(first_at);
  return [
    { id: 'last', header: t('traffic.sessions.last'), cell: ({ last_at }) => dateTime(last_at), width: '9rem' },
    {
      id: 'session',
      header: t('traffic.filter.session'),
      cell: (row) => (
        <span className="traffic-model traffic-session-name">
          <Button variant="link" className="mono" onClick={() => open(row)}>
            <span className="ellipsis">{row.session}</span>
          </Button>
          <span className="ellipsis muted small" title={row.targets.join(', ')}>
            → {row.targets.join(', ')}
          </span>
        </span>
      ),
    },
    { id: 'client', header: t('traffic.column.client'), cell: ({ client, key }) => client ?? key ?? '—' },
    {
      id: 'requests',
      header: t('traffic.sessions.requests'),
      numeric: true,
      cell: ({ requests, errors }) => (
        <>
          {errors > 0 && <Badge tone="error">{t('traffic.sessions.errors', { count: errors })}</Badge>}{' '}
          {count(requests)}
        </>
      ),
    },
    {
      id: 'tokens',
      header: t('traffic.column.tokens'),
      numeric: true,
      cell: ({ input_tokens, output_tokens }) => `${compact(input_tokens)} → ${compact(output_tokens)}`,
    },
    {
      id: 'cost',
      header: t('traffic.column.cost'),
      numeric: true,
      cell: ({ cost_usd, known_cost_usd }) => sum(cost_usd, known_cost_usd),
    },
    { id: 'length', header: t('traffic.sessions.length'), numeric: true, cell: (row) => duration(lengthOf(row)) },
  ];
}
