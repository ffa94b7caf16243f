/** What is wrong: three things at most, each with its action. */
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useSaid, useText, type Text } from '../../text/text.ts';
import { shortReason } from '../../ui/bundle-words.ts';
import { printable } from '../../ui/copy.tsx';
import { Card } from '../../ui/layout.tsx';
import { attention, type Attention } from './attention.ts';
import { shareOf } from './budget.ts';
import { useScopeName } from './scope-name.ts';

const most = 3;
const grave: ReadonlySet<Attention['kind']> = new Set([
  'listen',
  'config',
  'ledger',
  'exhausted',
  'offline',
  'budgetUnknown',
  'bundleStopped',
  'bundleConflict',
]);

interface AttentionCardProps {
  readonly snapshot: AppSnapshot;
  readonly hasSteps: boolean;
}

export function AttentionCard({ snapshot, hasSteps }: AttentionCardProps): ReactNode {
  const { t } = useText();
  const isLost = useLive((state) => state.connection === 'lost');
  const bundles = useCall('bundles.list', {});
  const releases = useCall('policy.releases', {});
  const waiting = releases.data?.releases.filter(({ released }) => !released).length;
  const all = attention(snapshot, { hasSteps, bundles: bundles.data?.bundles, waiting });
  return (
    <Card title={t('overview.attention')}>
      {isLost && (
        <p className="overview-item grave">
          <CircleAlert size={18} role="img" aria-label={t('status.error')} />
          {t('shell.lost.title')}
        </p>
      )}
      {all.length === 0 && isLost ? null : all.length === 0 ? (
        <p className="overview-fine">
          <CircleCheck size={18} aria-hidden />
          {t('overview.attention.fine')}
        </p>
      ) : (
        <ul className="stack">
          {all.slice(0, most).map((one, index) => (
            <Item key={`${one.kind} ${index}`} item={one} />
          ))}
        </ul>
      )}
      {all.length > most && <p className="small muted">{t('overview.attention.more', { count: all.length - most })}</p>}
    </Card>
  );
}

function Item({ item }: { readonly item: Attention }): ReactNode {
  const text = useText();
  const said = useSaid();
  const scopeName = useScopeName();
  const isGrave = grave.has(item.kind);
  const Icon = isGrave ? CircleAlert : TriangleAlert;
  return (
    <li className={isGrave ? 'overview-item grave' : 'overview-item'}>
      <Icon size={18} role="img" aria-label={text.t(isGrave ? 'status.error' : 'status.warning')} />
      <div className="grow">
        <p className="wrap-anywhere">
          {sentence(text, item.kind === 'config' ? { ...item, problem: said(item.problem).text } : item, scopeName)}
        </p>
        <Link href={item.href}>{text.t(actionKey(item.kind))}</Link>
      </div>
    </li>
  );
}

function sentence(text: Text, item: Attention, scopeName: ReturnType<typeof useScopeName>): string {
  const { t, money, percent, time } = text;
  switch (item.kind) {
    case 'config':
      return t('overview.attention.config', { count: item.count, line: item.line, problem: item.problem });
    case 'ledger':
      return item.reason === undefined
        ? t('overview.attention.ledger.readOnly')
        : t('overview.attention.ledger', { reason: item.reason });
    case 'exhausted':
    case 'alerted':
    case 'budgetUnknown': {
      const { spent, limit, share } = shareOf(item.budget);
      return t(`overview.attention.${item.kind}`, {
        scope: scopeName(item.budget),
        period: t(`overview.spend.period.${item.budget.period}`),
        spent: money(String(spent)),
        limit: money(String(limit)),
        share: percent(share),
        reason: item.budget.reason ?? '—',
      });
    }
    case 'key':
    case 'refused':
      return t(`overview.attention.${item.kind}`, { provider: item.provider, reason: item.reason });
    case 'resting':
      return t('overview.attention.resting', {
        target: item.target,
        reason: item.reason,
        time: item.until === undefined ? '—' : time(item.until),
      });
    case 'bundleConsent':
      return t('overview.attention.bundleConsent', { name: printable(item.name), count: item.count });
    case 'bundleUnconfirmed':
      return t('overview.attention.bundleUnconfirmed', { name: printable(item.name) });
    case 'bundleExpiring':
      return t('overview.attention.bundleExpiring', { name: printable(item.name), date: text.date(item.expiresAt) });
    case 'bundleKey':
      return t('overview.attention.bundleKey', { name: printable(item.name), label: printable(item.label) });
    case 'bundleRefused':
    case 'bundleFailed':
    case 'bundleExpired':
    case 'bundleStopped':
    case 'bundleConflict':
      return t(`overview.attention.${item.kind}`, { name: printable(item.name), reason: shortReason(item.card, text) });
    case 'release':
    case 'price':
      return t(`overview.attention.${item.kind}`, { count: item.count });
    default:
      return t(`overview.attention.${item.kind}`);
  }
}

type ActionKind = Exclude<Attention['kind'], 'exhausted' | 'alerted' | 'budgetUnknown'> | 'budget';

function actionKey(kind: Attention['kind']): `overview.attention.${ActionKind}.action` {
  const isBudget = kind === 'exhausted' || kind === 'alerted' || kind === 'budgetUnknown';
  return `overview.attention.${isBudget ? 'budget' : kind}.action`;
}
