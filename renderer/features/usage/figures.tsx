/** The four figures on top: each with its change, the requests behind it, and how it is computed. */
import { Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { UsageSums } from '../../../shared/contract/usage.ts';
import { useText } from '../../text/text.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Popover } from '../../ui/overlay.tsx';
import { activityHref, type Measure } from './address.ts';
import { changeOf, tokensOf } from './groups.ts';
import type { UsageView } from './use-usage.ts';

interface FiguresProps {
  readonly view: UsageView;
  readonly total: UsageSums;
  readonly before: UsageSums | undefined;
}

export function Figures({ view, total, before }: FiguresProps): ReactNode {
  const { t, sum, count, compact, percent } = useText();
  const { address, span } = view;
  const href = activityHref(address.filter, span);
  const change = (measure: Measure): ReactNode => <Change change={changeOf(total, before, measure)} />;
  const [inside, outside] = [tokensOf(total) - total.output_tokens, total.output_tokens];
  return (
    <section className="usage-figures" aria-label={t('page.usage')}>
      <Figure
        name={t('usage.figure.cost')}
        value={sum(total.cost_usd, total.known_cost_usd)}
        href={href}
        how={<CostHow total={total} />}
      >
        {total.unknown_costs > 0 ? <UnknownCosts total={total} href={href} /> : change('cost')}
      </Figure>
      <Figure
        name={t('usage.figure.requests')}
        value={count(total.requests)}
        href={href}
        how={<p>{t('usage.how.requests')}</p>}
      >
        {change('requests')}
        <Link href={activityHref(address.filter, span, { error: '*' })}>
          {t('usage.figure.errors', { count: total.errors })}
        </Link>
      </Figure>
      <Figure
        name={t('usage.figure.tokens')}
        value={compact(tokensOf(total))}
        href={href}
        how={<TokensHow total={total} />}
      >
        {change('tokens')}
        <span>{t('usage.figure.inOut', { input: compact(inside), output: compact(outside) })}</span>
      </Figure>
      <Figure
        name={t('usage.figure.cache')}
        value={percent(total.cache_hit_rate, 1)}
        href={href}
        how={<p>{t('usage.how.cache')}</p>}
      >
        <CacheChange now={total.cache_hit_rate} before={before?.cache_hit_rate ?? null} />
        <span>{t('usage.figure.cacheRead', { count: compact(total.cache_read_tokens) })}</span>
      </Figure>
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly href: string;
  readonly how: ReactNode;
  readonly children: ReactNode;
}

function Figure({ name, value, href, how, children }: FigureProps): ReactNode {
  const { t } = useText();
  return (
    <div className="card usage-figure">
      <div className="row between">
        <span className="muted">{name}</span>
        <Popover
          label={t('common.howComputed')}
          trigger={
            <IconButton label={`${name}: ${t('common.howComputed')}`} size="small">
              <Info size={14} aria-hidden />
            </IconButton>
          }
        >
          <div className="stack">
            {how}
            <p className="muted">{t('usage.how.before')}</p>
          </div>
        </Popover>
      </div>
      <Link href={href} className="figure usage-figure-link" aria-label={t('usage.figure.open', { name, value })}>
        {value}
      </Link>
      <div className="usage-figure-notes small muted">{children}</div>
    </div>
  );
}

export function Change({ change }: { readonly change: number | null }): ReactNode {
  const { t, percent } = useText();
  if (change === null) return <span>{t('usage.change.none')}</span>;
  if (Math.abs(change) < 0.005) return <span>{t('usage.change.same')}</span>;
  return (
    <span>{t(change > 0 ? 'usage.change.more' : 'usage.change.less', { change: percent(Math.abs(change)) })}</span>
  );
}

function CacheChange({ now, before }: { readonly now: number | null; readonly before: number | null }): ReactNode {
  const { t, locale } = useText();
  if (now === null || before === null) return <span>{t('usage.change.none')}</span>;
  const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  return <span>{t('usage.change.points', { points: points.format((now - before) * 100) })}</span>;
}

function UnknownCosts({ total, href }: { readonly total: UsageSums; readonly href: string }): ReactNode {
  const { t } = useText();
  return <Link href={href}>{t('usage.figure.unknown', { count: total.unknown_costs })}</Link>;
}

function CostHow({ total }: { readonly total: UsageSums }): ReactNode {
  const { t, money } = useText();
  return (
    <>
      <p>{t('usage.how.cost')}</p>
      {total.unknown_costs > 0 && <p>{t('usage.how.unknown')}</p>}
      <TokenFacts total={total} />
      {total.cached > 0 && <Facts facts={[[t('usage.how.saved'), money(total.cache_saved_usd)]]} />}
      <Link href="/models?tab=models">{t('usage.how.prices')}</Link>
    </>
  );
}

function TokensHow({ total }: { readonly total: UsageSums }): ReactNode {
  const { t } = useText();
  return (
    <>
      <p>{t('usage.how.tokens')}</p>
      <TokenFacts total={total} />
    </>
  );
}

function TokenFacts({ total }: { readonly total: UsageSums }): ReactNode {
  const { t, count } = useText();
  return (
    <Facts
      facts={[
        [t('usage.how.input'), count(total.input_tokens)],
        [t('usage.how.cacheRead'), count(total.cache_read_tokens)],
        [t('usage.how.cacheWrite'), count(total.cache_write_tokens)],
        [t('usage.how.output'), count(total.output_tokens)],
      ]}
    />
  );
}
