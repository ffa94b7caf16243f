/** Requests of the past 24 hours as a small row of bars, with what failed. */
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { UsageSeries } from '../../../shared/contract/usage.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText, type Text } from '../../text/text.ts';
import { Sparkline } from '../../ui/charts/sparkline.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import { dayOf, type DayOfRequests } from './day.ts';

const hourMs = 3_600_000;

export function RequestsCard(): ReactNode {
  const { t } = useText();
  const hour = useHour();
  const since = hour - 23 * hourMs;
  const query = useCall('usage.series', { since, bucket: 'hour' }, { keepPrevious: true });
  return (
    <Card title={t('overview.requests')} actions={<span className="small muted">{t('overview.requests.span')}</span>}>
      <Loaded query={query}>{(series) => <Day series={series} since={since} />}</Loaded>
    </Card>
  );
}

function Day({ series, since }: { readonly series: UsageSeries; readonly since: number }): ReactNode {
  const text = useText();
  const { t, count } = text;
  const day = dayOf(series, since);
  return (
    <>
      <div className="row between wrap">
        <Link
          href={`/activity?since=${since}`}
          className="figure overview-figure"
          aria-label={t('overview.requests.open', { count: day.total })}
        >
          {count(day.total)}
        </Link>
        {day.errors === 0 ? (
          <span className="muted">{t('overview.requests.errors', { count: 0 })}</span>
        ) : (
          <Link href={`/activity?error=*&since=${since}`} className="overview-errors">
            {t('overview.requests.errors', { count: day.errors })}
          </Link>
        )}
      </div>
      <Sparkline label={summary(text, day)} values={day.requests} bad={day.failed} />
      <div className="row between small muted" aria-hidden>
        <span>{t('overview.requests.ago')}</span>
        <span>{t('overview.requests.now')}</span>
      </div>
    </>
  );
}

function summary({ t, count, locale }: Text, { total, busiest }: DayOfRequests): string {
  if (busiest === undefined) return t('overview.requests.none');
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  return t('overview.requests.summary', {
    count: total,
    from: clock.format(busiest.at),
    to: clock.format(busiest.at + hourMs),
    most: count(busiest.count),
  });
}

/** The hour that runs, told anew when the next begins. */
function useHour(): number {
  const [hour, setHour] = useState(() => hourOf(Date.now()));
  useEffect(() => {
    const timer = setTimeout(() => setHour(hourOf(Date.now())), hour + hourMs - Date.now() + 1_000);
    return () => clearTimeout(timer);
  }, [hour]);
  return hour;
}

const hourOf = (at: number): number => Math.floor(at / hourMs) * hourMs;
