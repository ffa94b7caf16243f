/** How the cost came about: count times rate for each attempt, and what budgets counted (UX-44). */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AttemptEntry, CostLineEntry } from '../../../shared/contract/traffic.ts';
import { useText, type MessageKey, type Text } from '../../text/text.ts';
import { Banner, Facts } from '../../ui/layout.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { costText } from './cells.tsx';
import type { SaidProps } from './tab-said.tsx';
import { attemptLabels } from './tab-timeline.tsx';

export function CostTab({ entry, whole }: SaidProps): ReactNode {
  const text = useText();
  const { t, money } = text;
  const { cache, attempts, target } = entry;
  if (whole === undefined && entry.outcome !== 'open') return <Skeleton lines={6} />;
  return (
    <>
      <p>
        <span className="figure">{costText(entry, text)}</span>{' '}
        <span className="muted">{t(`traffic.cost.source.${entry.usage_source}`)}</span>
      </p>
      {cache !== null && <Banner tone="ok">{t('traffic.cost.cached', { saved: money(cache.saved_usd) })}</Banner>}
      {entry.cost_usd === null && entry.outcome !== 'open' && (
        <Banner tone="warning">
          {t('traffic.cost.unknown')}{' '}
          <Link href={`/models?model=${encodeURIComponent(target ?? entry.model_asked ?? '')}`}>
            {t('traffic.cost.setPrice')}
          </Link>
        </Banner>
      )}
      {attempts.length === 0 && <p className="muted">{t('traffic.cost.noAttempt')}</p>}
      {attempts.map((attempt, index) => (
        <AttemptCost key={index} attempt={attempt} lines={whole?.costs[index] ?? null} />
      ))}
    </>
  );
}

function AttemptCost({
  attempt,
  lines,
}: {
  readonly attempt: AttemptEntry;
  readonly lines: readonly CostLineEntry[] | null;
}): ReactNode {
  const text = useText();
  const { t } = text;
  return (
    <section className="stack tight">
      <h3 className="wrap-anywhere">
        {t(attemptLabels[attempt.kind])}: {attempt.target}
      </h3>
      {lines === null || lines.length === 0 ? (
        <p className="muted">{t(whyNoLines(attempt))}</p>
      ) : (
        <Lines lines={lines} total={costText(attempt, text)} />
      )}
      <Facts facts={countedFacts(attempt, text)} />
    </section>
  );
}

function whyNoLines({ state, cost_usd, usage }: AttemptEntry): MessageKey {
  if (state === 'released' || (usage === null && Number(cost_usd ?? Number.NaN) === 0)) return 'traffic.cost.released';
  if (usage === null) return 'traffic.cost.noUsage';
  return cost_usd === null ? 'traffic.cost.noPrice' : 'traffic.cost.noLines';
}

/** Of tokens rates are said for a million; of the rest for one. */
const fees = new Set(['request', 'web_search', 'citation']);
const parts: Readonly<Record<string, MessageKey>> = {
  input: 'traffic.cost.input',
  input_audio: 'traffic.cost.input_audio',
  input_image: 'traffic.cost.input_image',
  cache_read: 'traffic.cost.cache_read',
  cache_read_audio: 'traffic.cost.cache_read_audio',
  cache_write: 'traffic.cost.cache_write',
  cache_write_1h: 'traffic.cost.cache_write_1h',
  output: 'traffic.cost.output',
  output_reasoning: 'traffic.cost.output_reasoning',
  output_audio: 'traffic.cost.output_audio',
  output_image: 'traffic.cost.output_image',
  us_only: 'traffic.cost.us_only',
  request: 'traffic.cost.request',
  web_search: 'traffic.cost.web_search',
  citation: 'traffic.cost.citation',
};

function Lines({ lines, total }: { readonly lines: readonly CostLineEntry[]; readonly total: string }): ReactNode {
  const text = useText();
  const { t, count, money } = text;
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={t('traffic.cost.table')}>
      <table className="table" aria-label={t('traffic.cost.table')}>
        <thead>
          <tr>
            <th scope="col">{t('traffic.cost.what')}</th>
            <th scope="col" className="number">
              {t('traffic.cost.count')}
            </th>
            <th scope="col" className="number">
              {t('traffic.cost.rate')}
            </th>
            <th scope="col" className="number">
              {t('traffic.cost.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ what, count: much, rate_usd, amount_usd }) => (
            <tr key={what}>
              <td>{partText(what, text)}</td>
              <td className="number">{count(much)}</td>
              <td className="number">× {rateText(what, rate_usd, text)}</td>
              <td className="number">= {money(amount_usd)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row" colSpan={3}>
              {t('common.total')}
            </th>
            <td className="number">
              <strong>{total}</strong>
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function partText(what: string, { t }: Text): string {
  const key = Object.hasOwn(parts, what) ? parts[what] : undefined;
  return key === undefined ? what : t(key);
}

function rateText(what: string, rate: string, { t, money }: Text): string {
  if (fees.has(what)) return money(rate);
  // Only for the eye: the amounts are exact.
  return t('traffic.cost.perMillion', { rate: money(String(Number((Number(rate) * 1_000_000).toPrecision(12)))) });
}

function countedFacts(attempt: AttemptEntry, { t, money }: Text): readonly (readonly [string, string])[] {
  const { state, basis, bound_usd, counted_usd } = attempt;
  return [
    [t('traffic.cost.state'), state === null ? '—' : t(`traffic.cost.state.${state}`)],
    [t('traffic.cost.basis'), basis === null ? '—' : t(`traffic.cost.basis.${basis}`)],
    [t('traffic.cost.bound'), money(bound_usd)],
    [t('traffic.cost.counted'), counted_usd === null ? t('traffic.cost.countedNone') : money(counted_usd)],
  ];
}
