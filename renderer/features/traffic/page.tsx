/** The page Activity: what went through, live, and one of it opened. */
import { Columns3, Pause, Play } from 'lucide-react';
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { useSearchParams } from 'wouter';
import { useText } from '../../text/text.ts';
import { Button, Checkbox, IconButton, Segmented } from '../../ui/controls.tsx';
import { Page } from '../../ui/layout.tsx';
import { Popover } from '../../ui/overlay.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { Announcer } from './announcer.tsx';
import { columnLabels } from './cells.tsx';
import { columnIds, useColumns } from './columns.ts';
import { NothingYet, NothingFits, Footer } from './empty.tsx';
import { FilterBar } from './filter-bar.tsx';
import {
  activeFilters,
  queryFrom,
  spanOf,
  withParams,
  type ActivityQuery,
  type SetParams,
  type TimeSpan,
} from './filters.ts';
import { Inspector, tabIds, type TabId } from './inspector.tsx';
import { ExchangeList, type ListHandle } from './list.tsx';
import { Sessions } from './sessions.tsx';
import { useActions } from './use-actions.ts';
import { useExchange } from './use-exchange.ts';
import { useNavigation, type Navigation } from './navigation.ts';
import { useRows, type Rows } from './use-rows.ts';
import { useActivityCommands } from './use-activity-commands.ts';
import { useWidth } from './use-width.ts';
import './traffic.css';

/** Below this many rem an exchange that is opened takes the place of the list. */
const splitFromRem = 46;

export function ActivityPage(): ReactNode {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const set = useCallback<SetParams>(
    (changes) => setParams((before) => withParams(before, changes), { replace: true }),
    [setParams],
  );
  const { query, span } = useQueryOf(params);
  const [paused, setPaused] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const isRequests = query.view === 'requests';
  return (
    <Page
      title={t('page.activity')}
      size="full"
      actions={
        <>
          <Segmented
            label={t('traffic.view')}
            value={query.view}
            choices={[
              { value: 'requests', label: t('traffic.view.requests') },
              { value: 'sessions', label: t('traffic.view.sessions') },
            ]}
            onChange={(view) =>
              set({ view: view === 'sessions' ? view : undefined, id: undefined, session: undefined })
            }
          />
          {isRequests && <FlowButton paused={paused} onChange={setPaused} />}
          {isRequests && <ColumnChooser />}
        </>
      }
    >
      <FilterBar query={query} set={set} searchRef={searchRef} />
      {isRequests ? (
        <Requests
          {...{ query, span, set, paused, searchRef }}
          opened={params.get('id') ?? undefined}
          tab={tabIds.find((one) => one === params.get('tab')) ?? 'summary'}
        />
      ) : (
        <Sessions query={query} span={span} set={set} />
      )}
    </Page>
  );
}

/** The query that the address says; the same object as long as it says the same. */
function useQueryOf(params: URLSearchParams): { readonly query: ActivityQuery; readonly span: TimeSpan } {
  const said = withParams(params, { id: undefined, tab: undefined }).toString();
  return useMemo(() => {
    const query = queryFrom(new URLSearchParams(said));
    return { query, span: spanOf(query, Date.now()) };
  }, [said]);
}

interface RequestsProps {
  readonly query: ActivityQuery;
  readonly span: TimeSpan;
  readonly set: SetParams;
  readonly paused: boolean;
  readonly opened: string | undefined;
  readonly tab: TabId;
  readonly searchRef: { readonly current: HTMLInputElement | null };
}

function Requests({ query, span, set, paused, opened, tab, searchRef }: RequestsProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<ListHandle>(null);
  const width = useWidth(frame);
  const [scrolled, setScrolled] = useState(false);
  const [cursor, setCursor] = useState<string>();
  const rows = useRows({
    ...{ filter: query.filter, span, enabled: true, wanted: opened },
    hold: paused || scrolled || opened !== undefined || cursor !== undefined,
  });
  const isAlone = width > 0 && width < splitFromRem;
  const nav = useNavigation({ rows, cursor, setCursor, opened, set, list });
  const close = nav.close;
  const listPart = (
    <ListPart
      {...{ query, set, rows, opened, list }}
      cursor={cursor}
      onMove={nav.move}
      onJump={nav.jump}
      onOpen={nav.open}
      onScrolled={setScrolled}
      onRelease={() => {
        rows.release();
        list.current?.toTop();
        if (opened === undefined) setCursor(undefined);
      }}
    />
  );
  const inspector = (
    <OpenedPart
      key="inspector"
      requestId={opened ?? ''}
      {...{ rows, tab, set, nav, searchRef }}
      alone={isAlone}
      onClose={close}
    />
  );
  return (
    <div ref={frame} className="traffic-body">
      <Announcer />
      {opened === undefined ? (
        <>
          <IdleCommands nav={nav} searchRef={searchRef} />
          {listPart}
        </>
      ) : isAlone ? (
        inspector
      ) : (
        <Group orientation="horizontal" className="traffic-panels">
          <Panel id="list" defaultSize="47%" minSize="18rem">
            {listPart}
          </Panel>
          <Separator className="traffic-separator" />
          <Panel id="inspector" defaultSize="53%" minSize="22rem">
            {inspector}
          </Panel>
        </Group>
      )}
    </div>
  );
}

function IdleCommands({
  nav,
  searchRef,
}: {
  readonly nav: Navigation;
  readonly searchRef: RequestsProps['searchRef'];
}): ReactNode {
  useActivityCommands({ nav, searchRef, actions: undefined, set: undefined });
  return null;
}

interface OpenedPartProps extends Pick<RequestsProps, 'tab' | 'set' | 'searchRef'> {
  readonly requestId: string;
  readonly rows: Rows;
  readonly nav: Navigation;
  readonly alone: boolean;
  readonly onClose: () => void;
}

function OpenedPart({ requestId, rows, tab, set, nav, searchRef, alone, onClose }: OpenedPartProps): ReactNode {
  const opened = useExchange(requestId, rows.find(requestId));
  const actions = useActions(opened, set, (sent) => {
    nav.open(sent);
  });
  useActivityCommands({ nav, searchRef, actions, set });
  return <Inspector {...{ requestId, opened, actions, tab, set, alone, onClose }} />;
}

interface ListPartProps {
  readonly query: ActivityQuery;
  readonly set: SetParams;
  readonly rows: Rows;
  readonly cursor: string | undefined;
  readonly opened: string | undefined;
  readonly list: { readonly current: ListHandle | null };
  readonly onMove: (by: number) => void;
  readonly onJump: (index: number) => void;
  readonly onOpen: (requestId: string) => void;
  readonly onScrolled: (scrolled: boolean) => void;
  readonly onRelease: () => void;
}

function ListPart({ query, set, rows, onRelease, list, ...rest }: ListPartProps): ReactNode {
  const { t } = useText();
  if (rows.loading) return <Skeleton lines={10} />;
  if (rows.count === 0 && rows.error !== null) return <ErrorState error={rows.error.error} onRetry={rows.retry} />;
  if (rows.count === 0 && !rows.loadingMore && !rows.askMore && rows.atEnd && rows.waiting === 0) {
    const isNarrowed = activeFilters(query).length > 0 || query.range !== 'all';
    return isNarrowed ? <NothingFits query={query} set={set} /> : <NothingYet />;
  }
  return (
    <div className="traffic-list-part">
      {rows.waiting > 0 && (
        <Button className="traffic-waiting" size="small" variant="primary" onClick={onRelease}>
          {t('traffic.waiting', { count: rows.waiting, more: rows.waitingMore ? 'yes' : 'no' })}
        </Button>
      )}
      <ExchangeList rows={rows} ref={list} {...rest} footer={<Footer rows={rows} />} />
    </div>
  );
}

function FlowButton({
  paused,
  onChange,
}: {
  readonly paused: boolean;
  readonly onChange: (paused: boolean) => void;
}): ReactNode {
  const { t } = useText();
  return (
    <Button title={t('traffic.flow.hint')} onClick={() => onChange(!paused)}>
      {paused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
      <span className="traffic-flow">{t(paused ? 'traffic.flow.resume' : 'traffic.flow.pause')}</span>
    </Button>
  );
}

function ColumnChooser(): ReactNode {
  const { t } = useText();
  const { chosen, toggle } = useColumns();
  return (
    <Popover
      label={t('common.columns')}
      trigger={
        <IconButton label={t('common.columns')}>
          <Columns3 size={16} aria-hidden />
        </IconButton>
      }
    >
      <div className="stack tight">
        {columnIds.map((id) => (
          <Checkbox
            key={id}
            label={t(columnLabels[id])}
            checked={chosen.includes(id)}
            // Without it nobody could tell the rows apart.
            disabled={id === 'model'}
            onChange={() => toggle(id)}
          />
        ))}
        <p className="muted small">{t('traffic.columns.hint')}</p>
      </div>
    </Popover>
  );
}
