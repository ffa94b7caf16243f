/** What a budget would have done in the last 31 days, from what was spent then: bars, and the same as a table. */
import { useMemo, useState, type ReactNode } from 'react';
import type { UsageSeries } from '../../../shared/contract/usage.ts';
import { picoToUsd } from '../../../shared/domain/money.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText, type Text } from '../../text/text.ts';
import { Segmented } from '../../ui/controls.tsx';
import { Loaded } from '../../ui/states.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';
import type { BudgetDraft } from './budget-draft.ts';
import { planOf, whatIf, type WhatIf, type WhatIfPlan, type WindowOutcome } from './what-if.ts';
import { since31Days } from './windows.ts';

export function BudgetWhatIf({ draft }: { readonly draft: BudgetDraft }): ReactNode {
  const { t } = useText();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const plan = planOf(draft, timeZone);
  return (
    <section className="stack tight" aria-labelledby="budget-what-if">
      <h3 id="budget-what-if">{t('policies.whatIf')}</h3>
      {plan.can ? (
        <Asked plan={plan} match={draft.match.trim()} />
      ) : (
        <p className="muted">{t(`policies.whatIf.not.${plan.why}`)}</p>
      )}
    </section>
  );
}

type Sayable = Extract<WhatIfPlan, { readonly can: true }>;

function Asked({ plan, match }: { readonly plan: Sayable; readonly match: string }): ReactNode {
  const [since] = useState(() => since31Days(Date.now()));
  const query = useCall(
    'usage.series',
    { since, bucket: 'hour', rank: 'cost', ...(plan.scope === 'global' ? {} : { by: plan.scope, top: 50 }) },
    { keepPrevious: true },
  );
  return (
    <Loaded query={query} lines={4}>
      {(series) => <Told plan={plan} match={match} series={series} />}
    </Loaded>
  );
}

function Told({
  plan,
  match,
  series,
}: {
  readonly plan: Sayable;
  readonly match: string;
  readonly series: UsageSeries;
}): ReactNode {
  const { t, money } = useText();
  const keys = useLive((state) => state.snapshot?.keys);
  const [shape, setShape] = useState<'chart' | 'table'>('chart');
  const { scope, limit, rule } = plan;
  const isEach = scope !== 'global' && match === '';
  const result = useMemo(() => {
    const aliases = new Map((keys ?? []).map(({ id, name }) => [id, name]));
    return whatIf({
      limit,
      rule,
      series,
      isEach,
      match: scope === 'global' ? '' : match,
      ...(scope === 'key' ? { aliases } : {}),
    });
  }, [limit, rule.period, rule.timezone, rule.resetDay, series, isEach, scope, match, keys]);
  if (result.windows.length === 0) return <p className="muted">{t('policies.whatIf.nothing')}</p>;
  const most = result.windows.reduce((best, one) => (one.share > best.share ? one : best));
  return (
    <>
      <p role="status">
        {result.reached === 0
          ? t('policies.whatIf.never', { most: money(most.spentUsd), limit: money(picoToUsd(limit)) })
          : t('policies.whatIf.reached', {
              count: result.reached,
              of: result.windows.length,
              after: result.requestsAfter,
            })}
        {result.unknownCosts > 0 && ` ${t('policies.whatIf.unknown', { count: result.unknownCosts })}`}
        {result.isPartial && ` ${t('policies.whatIf.partial')}`}
        {scope === 'model' && isEach && ` ${t('policies.whatIf.models')}`}
      </p>
      <div className="row between wrap">
        <span className="muted small">{t('policies.whatIf.basis')}</span>
        {!isEach && (
          <Segmented
            label={t('policies.whatIf')}
            value={shape}
            onChange={setShape}
            choices={[
              { value: 'chart', label: t('policies.whatIf.chart') },
              { value: 'table', label: t('policies.whatIf.table') },
            ]}
          />
        )}
      </div>
      {shape === 'chart' && !isEach ? (
        <Bars result={result} limit={limit} />
      ) : (
        <WindowTable result={result} isEach={isEach} />
      )}
    </>
  );
}

/** First day or hour of a window, whose name has no time zone: it is written as it stands there. */
function windowText(window: string, { date, dateTime }: Text): string {
  return window.includes('T') ? dateTime(`${window}:00`) : date(`${window}T00:00`);
}

/** Of hours there are hundreds: the newest are drawn. */
const drawnWindows = 62;

function Bars({ result, limit }: { readonly result: WhatIf; readonly limit: bigint }): ReactNode {
  const text = useText();
  const { t, money } = text;
  const windows = result.windows.slice(-drawnWindows);
  const highest = Math.max(1, ...windows.map(({ share }) => share)) * 1.08;
  const summary = t('policies.whatIf.summary', {
    count: windows.length,
    reached: result.reached,
    limit: money(picoToUsd(limit)),
  });
  return (
    <div className="policy-bars" role="img" aria-label={summary}>
      <div className="policy-bars-plot">
        <span className="policy-bars-limit" style={{ bottom: `${(1 / highest) * 100}%` }}>
          <span>{money(picoToUsd(limit))}</span>
        </span>
        {windows.map((one) => (
          <span
            key={one.window}
            className="policy-bars-bar"
            data-reached={one.reachedAt !== null || undefined}
            style={{ height: `${Math.max((one.share / highest) * 100, 0.5)}%` }}
            title={`${windowText(one.window, text)} · ${money(one.spentUsd)}`}
          />
        ))}
      </div>
      <div className="row between small muted">
        {[windows[0], windows.at(-1)].map(
          (one, index) => one !== undefined && <span key={index}>{windowText(one.window, text)}</span>,
        )}
      </div>
    </div>
  );
}

function WindowTable({ result, isEach }: { readonly result: WhatIf; readonly isEach: boolean }): ReactNode {
  const text = useText();
  const { t, money, percent, count, dateTime } = text;
  const columns: readonly Column<WindowOutcome>[] = [
    {
      id: 'window',
      header: t('policies.whatIf.window'),
      cell: ({ window }) => windowText(window, text),
      sortBy: ({ window }) => window,
    },
    ...(isEach
      ? [
          {
            id: 'subject',
            header: t('policies.whatIf.who'),
            cell: ({ subject }: WindowOutcome) => (subject === '-' ? t('policies.subject.none') : subject),
            sortBy: ({ subject }: WindowOutcome) => subject,
          },
        ]
      : []),
    {
      id: 'spent',
      header: t('policies.budget.spent'),
      numeric: true,
      cell: ({ spentUsd, share }) => `${money(spentUsd)} · ${percent(share)}`,
      sortBy: ({ spentUsd }) => Number(spentUsd),
    },
    {
      id: 'reached',
      header: t('policies.whatIf.at'),
      cell: ({ reachedAt }) => (reachedAt === null ? '—' : dateTime(reachedAt)),
      sortBy: ({ reachedAt }) => reachedAt,
    },
    {
      id: 'after',
      header: t('policies.whatIf.after'),
      numeric: true,
      cell: ({ requestsAfter, reachedAt }) => (reachedAt === null ? '—' : count(requestsAfter)),
      sortBy: ({ requestsAfter }) => requestsAfter,
    },
  ];
  return (
    <DataTable
      rows={result.windows}
      columns={columns}
      rowId={({ window, subject }) => `${window} ${subject ?? ''}`}
      label={t('policies.whatIf')}
      initialSort={{ column: 'spent', descending: true }}
      height="14rem"
    />
  );
}
