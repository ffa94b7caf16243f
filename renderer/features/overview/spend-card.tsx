/** What today cost, against the budget that ends first. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useText } from '../../text/text.ts';
import { Card } from '../../ui/layout.tsx';
import { tightest, type BudgetShare } from './budget.ts';
import { useScopeName } from './scope-name.ts';

export function SpendCard({ snapshot: { today, budgets } }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t, sum, money, percent } = useText();
  const budget = tightest(budgets);
  const value = sum(today.cost_usd, today.known_cost_usd);
  return (
    <Card title={t('overview.spend')}>
      <div>
        <Link
          href="/usage?range=today"
          className="figure overview-figure"
          aria-label={t('overview.spend.open', { value })}
        >
          {value}
        </Link>
        {today.unknown_costs > 0 && (
          <p className="small muted">{t('overview.spend.unpriced', { count: today.unknown_costs })}</p>
        )}
      </div>
      {budget === undefined ? (
        <p>
          <span className="muted">{t('overview.spend.none')}</span>{' '}
          <Link href="/policies?tab=budgets">{t('overview.spend.set')}</Link>
        </p>
      ) : (
        <BudgetBar budget={budget} />
      )}
      {Number(today.cache_saved_usd) > 0 && (
        <p className="small muted">{t('overview.spend.saved', { amount: money(today.cache_saved_usd) })}</p>
      )}
      {today.cache_read_tokens > 0 && (
        <p className="small muted">{t('overview.spend.cacheRead', { rate: percent(today.cache_hit_rate) })}</p>
      )}
    </Card>
  );
}

function BudgetBar({ budget }: { readonly budget: BudgetShare }): ReactNode {
  const { t, money, percent } = useText();
  const scopeName = useScopeName();
  const { entry, share, spent, limit, left } = budget;
  if (entry.state === 'unknown')
    return <p className="small">{t('overview.spend.unknown', { reason: entry.reason ?? '—' })}</p>;
  const words = t('overview.spend.budget', {
    spent: money(String(spent)),
    limit: money(String(limit)),
    share: percent(share),
    left: money(String(Math.max(0, left))),
  });
  const tone = entry.state === 'exhausted' ? 'error' : entry.state === 'alerted' ? 'warning' : 'ok';
  const period = t(`overview.spend.period.${entry.period}`);
  const name = t('overview.spend.scope', { scope: scopeName(entry), period });
  return (
    <div className="stack tight">
      <p className="small">
        <Link href={`/policies?tab=budgets&budget=${encodeURIComponent(entry.id)}`}>{name}</Link>
      </p>
      <div
        className={`overview-bar ${tone}`}
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(Math.min(1, share) * 100)}
        aria-valuetext={words}
      >
        <span style={{ inlineSize: `${Math.min(1, share) * 100}%` }} />
      </div>
      <p className="number overview-bar-words">{words}</p>
      <p className="small muted">
        <Forecast budget={budget} />
      </p>
    </div>
  );
}

function Forecast({ budget: { entry } }: { readonly budget: BudgetShare }): ReactNode {
  const { t, dateTime } = useText();
  if (entry.forecast !== null) return <strong>{entry.forecast}</strong>;
  if (entry.resets_at === null) return null;
  const when = dateTime(entry.resets_at);
  return t(entry.state === 'exhausted' ? 'overview.spend.reset' : 'overview.spend.calm', { when });
}
