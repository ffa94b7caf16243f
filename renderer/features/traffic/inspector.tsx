/** One exchange, opened: everything that is known of it, in tabs, with what can be done with it. */
import { ArrowLeft, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Tabs } from '../../ui/layout.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { ActionBar } from './action-bar.tsx';
import type { ExchangeActions } from './use-actions.ts';
import type { OpenedExchange } from './use-exchange.ts';
import { CostTab } from './tab-cost.tsx';
import { MaskedTab } from './tab-masked.tsx';
import { RawTab } from './tab-raw.tsx';
import { RouteTab } from './tab-route.tsx';
import { AnswerTab, RequestTab } from './tab-said.tsx';
import { SummaryTab } from './tab-summary.tsx';
import { TimelineTab } from './tab-timeline.tsx';
import { OutcomeMark } from './outcome.tsx';
import type { SetParams } from './filters.ts';

export const tabIds = ['summary', 'timeline', 'request', 'response', 'masked', 'cost', 'route', 'raw'] as const;
export type TabId = (typeof tabIds)[number];
export const tabLabels: Readonly<Record<TabId, MessageKey>> = {
  summary: 'traffic.tab.summary',
  timeline: 'traffic.tab.timeline',
  request: 'traffic.tab.request',
  response: 'traffic.tab.response',
  masked: 'traffic.tab.masked',
  cost: 'traffic.tab.cost',
  route: 'traffic.tab.route',
  raw: 'traffic.tab.raw',
};

export interface InspectorProps {
  readonly requestId: string;
  readonly opened: OpenedExchange;
  readonly actions: ExchangeActions;
  readonly tab: TabId;
  readonly set: SetParams;
  /** In place of the list, not beside it. */
  readonly alone: boolean;
  readonly onClose: () => void;
}

export function Inspector({ requestId, opened, actions, tab, set, alone, onClose }: InspectorProps): ReactNode {
  const { t, dateTime } = useText();
  const { entry, error } = opened;
  return (
    <section className={alone ? 'traffic-inspector alone' : 'traffic-inspector'} aria-label={t('traffic.inspector')}>
      <header className="traffic-inspector-head">
        {alone && (
          <IconButton label={t('common.back')} onClick={onClose}>
            <ArrowLeft size={16} aria-hidden />
          </IconButton>
        )}
        <div className="grow">
          <h2 className="ellipsis">{entry?.model_asked ?? requestId}</h2>
          {entry !== undefined && (
            <p className="row muted small">
              <OutcomeMark entry={entry} />
              <span className="ellipsis">
                {entry.target ?? '—'} · {dateTime(entry.at)}
              </span>
            </p>
          )}
        </div>
        {!alone && (
          <IconButton label={t('common.close')} size="small" onClick={onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        )}
      </header>
      {entry !== undefined && <ActionBar actions={actions} />}
      {entry === undefined ? (
        error === null ? (
          <Skeleton lines={8} />
        ) : error.error.code === 'control.not_found' ? (
          <EmptyState title={t('traffic.notFound')}>{t('traffic.notFound.text')}</EmptyState>
        ) : (
          <ErrorState error={error.error} onRetry={opened.retry} />
        )
      ) : (
        <InspectorTabs entry={entry} opened={opened} tab={tab} set={set} />
      )}
    </section>
  );
}

interface InspectorTabsProps extends Pick<InspectorProps, 'opened' | 'tab' | 'set'> {
  readonly entry: ExchangeEntry;
}

function InspectorTabs({ entry, opened, tab, set }: InspectorTabsProps): ReactNode {
  const { t } = useText();
  const { whole } = opened;
  const contents: Readonly<Record<TabId, () => ReactNode>> = {
    summary: () => <SummaryTab entry={entry} whole={whole} set={set} />,
    timeline: () => <TimelineTab entry={entry} />,
    request: () => <RequestTab entry={entry} whole={whole} />,
    response: () => <AnswerTab entry={entry} whole={whole} />,
    masked: () => <MaskedTab entry={entry} whole={whole} />,
    cost: () => <CostTab entry={entry} whole={whole} />,
    route: () => <RouteTab entry={entry} />,
    raw: () => <RawTab entry={entry} whole={whole} />,
  };
  return (
    <Tabs
      className="traffic-tabs"
      label={t('traffic.inspector')}
      value={tab}
      onChange={(next) => set({ tab: next === 'summary' ? undefined : next })}
      items={tabIds.map((value) => ({
        value,
        label:
          value === 'masked' && entry.masked > 0
            ? t('traffic.tab.maskedCount', { count: entry.masked })
            : t(tabLabels[value]),
        content: value === tab ? <div className="stack">{contents[value]()}</div> : null,
      }))}
    />
  );
}
