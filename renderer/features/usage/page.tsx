/** The page Usage: figures first, then charts, which are loaded late, then the ranked list. */
import { ChartColumn } from 'lucide-react';
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { useCommands } from '../../state/commands.ts';
import { useTeamValues } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { ExportRule } from '../../ui/charts/csv-button.tsx';
import { Button } from '../../ui/controls.tsx';
import { Page } from '../../ui/layout.tsx';
import { EmptyState, Loaded, Skeleton } from '../../ui/states.tsx';
import { activeFilters, ranges } from './address.ts';
import { Breakdown } from './breakdown.tsx';
import { Figures } from './figures.tsx';
import { midnight } from './span.ts';
import { Toolbar } from './toolbar.tsx';
import { useSums, useUsageView, type UsageView } from './use-usage.ts';
import './usage.css';

const Charts = lazy(async () => ({ default: (await import('./charts.tsx')).Charts }));

export function UsagePage(): ReactNode {
  const { t } = useText();
  const view = useUsageView();
  const sums = useSums(view);
  const team = useTeamValues();
  useUsageCommands(view);
  return (
    <Page title={t('page.usage')} subtitle={t('usage.subtitle')}>
      <Toolbar view={view} />
      <Loaded query={sums.now} lines={6}>
        {(report) =>
          report.total.requests === 0 ? (
            <NothingThere view={view} />
          ) : (
            <ExportRule value={team.of('/logging/export')}>
              <Figures view={view} total={report.total} before={sums.before?.total} />
              <Suspense fallback={<Skeleton lines={8} />}>
                <Charts view={view} report={report} before={sums.before} />
              </Suspense>
              <Breakdown view={view} report={report} before={sums.before} parts={sums.parts.data} />
            </ExportRule>
          )
        }
      </Loaded>
    </Page>
  );
}

function useUsageCommands({ change }: UsageView): void {
  const { t } = useText();
  const commands = useMemo(
    () =>
      ranges
        .filter((range) => range !== 'custom')
        .map((range) => ({
          id: `usage.range.${range}`,
          label: t('usage.command.range', { range: t(`usage.range.${range}`) }),
          group: t('page.usage'),
          run: () => change({ range }),
        })),
    [t, change],
  );
  useCommands(commands);
}

/** Empty by filter, by range, or of everything: each has its own way on (UX-50). */
function NothingThere({ view }: { readonly view: UsageView }): ReactNode {
  const { t, relative } = useText();
  const { address, change, now } = view;
  const filters = activeFilters(address.filter);
  const last = useCall('traffic.list', { limit: 1, filter: address.filter });
  const at = last.data?.entries[0]?.at;
  if (last.isPending) return <Skeleton lines={4} />;
  if (at !== undefined) {
    const moment = Date.parse(at);
    const range = { since: String(midnight(moment)), until: String(midnight(moment, 1)) };
    return (
      <EmptyState
        icon={<ChartColumn size={28} aria-hidden />}
        title={t('usage.none.title')}
        actions={
          <>
            <Button variant="primary" onClick={() => change(range)}>
              {t('usage.none.show')}
            </Button>
            {filters.length > 0 && <ClearFilters view={view} />}
          </>
        }
      >
        {t('usage.none.last', { when: relative(moment, now) })}
      </EmptyState>
    );
  }
  if (filters.length > 0)
    return (
      <EmptyState
        icon={<ChartColumn size={28} aria-hidden />}
        title={t('usage.filtered.title')}
        actions={<ClearFilters view={view} />}
      >
        {t('usage.filtered.text', {
          filters: filters.map(([name, value]) => `${t(`usage.dimension.${name}`)} ${value}`).join(', '),
        })}
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<ChartColumn size={28} aria-hidden />}
      title={t('usage.empty.title')}
      actions={
        <>
          <Link href="/clients" className="button primary">
            {t('usage.empty.connect')}
          </Link>
          <Link href="/playground" className="button">
            {t('usage.empty.try')}
          </Link>
        </>
      }
    >
      {t('usage.empty.text')}
    </EmptyState>
  );
}

function ClearFilters({ view: { address, change } }: { readonly view: UsageView }): ReactNode {
  const { t } = useText();
  const none = Object.fromEntries(activeFilters(address.filter).map(([name]) => [name, undefined]));
  return <Button onClick={() => change(none)}>{t('usage.filter.clear')}</Button>;
}
