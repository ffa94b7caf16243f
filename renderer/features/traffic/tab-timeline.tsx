/** The attempts of an exchange on one axis of time, and the same as a table. */
import { useMemo, useState, type ReactNode } from 'react';
import type { AttemptEntry, ExchangeEntry } from '../../../shared/contract/traffic.ts';
import type { AttemptKind } from '../../../shared/contract/words.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { costText } from './cells.tsx';
import { timelineOf, type Timeline } from './timeline.ts';

export const attemptLabels: Readonly<Record<AttemptKind, MessageKey>> = {
  first: 'traffic.attempt.first',
  retry: 'traffic.attempt.retry',
  fallback: 'traffic.attempt.fallback',
  hedge: 'traffic.attempt.hedge',
  continue: 'traffic.attempt.continue',
};

export function TimelineTab({ entry }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t } = useText();
  const [asTable, setAsTable] = useState(false);
  const timeline = useMemo(() => timelineOf(entry.attempts, entry.duration_ms), [entry]);
  if (entry.attempts.length === 0)
    return (
      <p className="muted">
        {t(
          entry.outcome === 'open'
            ? 'traffic.timeline.open'
            : entry.cache !== null
              ? 'traffic.timeline.cached'
              : 'traffic.timeline.none',
        )}
      </p>
    );
  return (
    <>
      <div className="row between wrap">
        <TimelineSummary entry={entry} />
        <Button size="small" onClick={() => setAsTable(!asTable)}>
          {t(asTable ? 'common.showChart' : 'common.showTable')}
        </Button>
      </div>
      {asTable ? <AttemptTable timeline={timeline} /> : <Chart timeline={timeline} />}
    </>
  );
}

function TimelineSummary({ entry: { attempts, duration_ms, ttft_ms } }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t, duration } = useText();
  const failed = attempts.filter(isFailed).length;
  return (
    <p>
      {t('traffic.timeline.summary', { count: attempts.length, failed, time: duration(duration_ms) })}
      {ttft_ms !== null && ` ${t('traffic.timeline.first', { time: duration(ttft_ms) })}`}
    </p>
  );
}

function isFailed({ error, status }: AttemptEntry): boolean {
  return error !== null || (status !== null && status >= 400);
}

/** Share of the axis after which the words of a mark would not fit before its end. */
const lastTick = 0.85;

function Chart({ timeline: { bars, totalMs, ticks } }: { readonly timeline: Timeline }): ReactNode {
  const { t, duration } = useText();
  return (
    <div className="traffic-timeline">
      <ol>
        {bars.map(({ attempt, index, startMs, estimated, left, width, waiting }) => (
          <li key={index}>
            <div className="row between small">
              <span className="wrap-anywhere">
                <strong>{t(attemptLabels[attempt.kind])}</strong> {attempt.target}
              </span>
              <span className={isFailed(attempt) ? 'traffic-bad' : 'muted'}>
                {attempt.error ?? attempt.status ?? '—'} · {estimated ? '≈ ' : ''}
                {duration(startMs)} + {duration(attempt.ms)}
              </span>
            </div>
            <div className="traffic-track" aria-hidden>
              <div
                className={`traffic-bar ${isFailed(attempt) ? 'failed' : attempt.kind}`}
                style={{ insetInlineStart: `${String(left)}%`, width: `${String(width)}%` }}
              >
                {waiting !== null && <span style={{ width: `${String(waiting)}%` }} />}
              </div>
            </div>
          </li>
        ))}
      </ol>
      <div className="traffic-axis muted small" aria-hidden>
        {ticks
          .filter((tick) => tick / totalMs < lastTick)
          .map((tick) => (
            <span key={tick} style={{ insetInlineStart: `${String((tick / totalMs) * 100)}%` }}>
              {duration(tick)}
            </span>
          ))}
      </div>
      <p className="traffic-legend muted small">
        <span className="traffic-key waiting" aria-hidden /> {t('traffic.timeline.waiting')}
        <span className="traffic-key first" aria-hidden /> {t('traffic.timeline.answering')}
        <span className="traffic-key failed" aria-hidden /> {t('traffic.timeline.failed')}
      </p>
    </div>
  );
}

function AttemptTable({ timeline: { bars } }: { readonly timeline: Timeline }): ReactNode {
  const text = useText();
  const { t, duration } = text;
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={t('traffic.tab.timeline')}>
      <table className="table" aria-label={t('traffic.timeline.table')}>
        <thead>
          <tr>
            <th scope="col">{t('traffic.timeline.kind')}</th>
            <th scope="col">{t('traffic.fact.target')}</th>
            <th scope="col">{t('traffic.column.status')}</th>
            <th scope="col" className="number">
              {t('traffic.timeline.start')}
            </th>
            <th scope="col" className="number">
              {t('traffic.ttft')}
            </th>
            <th scope="col" className="number">
              {t('traffic.column.duration')}
            </th>
            <th scope="col" className="number">
              {t('traffic.column.cost')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ attempt, index, startMs, estimated }) => (
            <tr key={index}>
              <td>{t(attemptLabels[attempt.kind])}</td>
              <td>{attempt.target}</td>
              <td>{attempt.error ?? attempt.status ?? '—'}</td>
              <td className="number">
                {estimated ? '≈ ' : ''}
                {duration(startMs)}
              </td>
              <td className="number">{duration(attempt.ttft_ms)}</td>
              <td className="number">{duration(attempt.ms)}</td>
              <td className="number">{costText(attempt, text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
