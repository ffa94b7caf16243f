/** What stands where no row does: nothing was ever sent, nothing fits, or there is more further back. */
import { Activity, SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, Spinner } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { FilterChip } from './filter-bar.tsx';
import { activeFilters, noFilters, type ActivityQuery, type SetParams } from './filters.ts';
import type { Rows } from './use-rows.ts';

/** Costs nothing and needs no provider. */
const testRequest = { model: 'demo/echo', messages: [{ role: 'user', content: 'Hello from Sluice' }] };

export function NothingYet(): ReactNode {
  const { t } = useText();
  const [, navigate] = useLocation();
  const url = useLive((state) => state.snapshot?.status.gateway.urls[0]);
  const test = useAction('playground.start');
  return (
    <EmptyState
      icon={<Activity size={24} aria-hidden />}
      title={t('traffic.empty')}
      actions={
        <>
          <Button variant="primary" busy={test.isPending} onClick={() => test.mutate({ body: testRequest })}>
            {t('traffic.empty.test')}
          </Button>
          {url !== undefined && <CopyButton text={url} label={t('traffic.empty.url')} />}
          <Button onClick={() => navigate('/clients')}>{t('traffic.empty.connect')}</Button>
          {test.error !== null && (
            <p className="traffic-bad" role="alert">
              {test.error.message}
            </p>
          )}
        </>
      }
    >
      {t('traffic.empty.text')} {url !== undefined && <code>{url}</code>}
    </EmptyState>
  );
}

/** Names what hides the rows (UX-50). */
export function NothingFits({ query, set }: { readonly query: ActivityQuery; readonly set: SetParams }): ReactNode {
  const { t } = useText();
  const active = activeFilters(query);
  const clearRange = { range: undefined, since: undefined, until: undefined };
  return (
    <EmptyState
      icon={<SearchX size={24} aria-hidden />}
      title={t('traffic.nothingFits')}
      actions={
        <>
          {active.map(([name, value]) => (
            <FilterChip key={name} name={name} value={value} set={set} />
          ))}
          {query.range !== 'all' && (
            <Button onClick={() => set(clearRange)}>{t('traffic.nothingFits.allTimes')}</Button>
          )}
          <Button variant="primary" onClick={() => set(noFilters)}>
            {t('traffic.empty.clear')}
          </Button>
        </>
      }
    >
      {t('traffic.nothingFits.text')}
    </EmptyState>
  );
}

/** Below the last row. */
export function Footer({ rows }: { readonly rows: Rows }): ReactNode {
  const { t } = useText();
  const { loadingMore, askMore, error, atEnd } = rows;
  if (loadingMore)
    return (
      <p className="traffic-footer muted small">
        <Spinner label={t('common.loading')} /> {t('traffic.lookingBack')}
      </p>
    );
  if (error !== null)
    return (
      <p className="traffic-footer" role="alert">
        {error.message}{' '}
        <Button size="small" onClick={rows.retry}>
          {t('common.retry')}
        </Button>
      </p>
    );
  if (askMore)
    return (
      <p className="traffic-footer">
        <Button size="small" onClick={rows.loadMore}>
          {t('traffic.lookFurther')}
        </Button>
      </p>
    );
  return atEnd ? <p className="traffic-footer muted small">{t('traffic.end')}</p> : null;
}
