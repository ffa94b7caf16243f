/** One key at the side of the page: what it may do, when it was used, and what can be done with it. */
import { Ban, Pencil, Play, RefreshCw, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { Link } from 'wouter';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Confirm, Dialog } from '../../ui/overlay.tsx';
import { actionText } from '../../ui/policy-words.ts';
import { whereText } from '../../ui/team-value.ts';
import { KeyRotate } from './key-rotate.tsx';
import type { ShownKey } from './key-shown.tsx';
import { KeyStateBadge, namesText } from './key-words.tsx';

export interface KeyPanelProps {
  readonly entry: KeyEntry;
  readonly onClose: () => void;
  readonly onEdit: () => void;
  readonly onShown: (shown: ShownKey) => void;
}

export function KeyPanel({ entry, onClose, onEdit, onShown }: KeyPanelProps): ReactNode {
  const { t } = useText();
  const query = encodeURIComponent(entry.id);
  return (
    <Dialog
      open
      onClose={onClose}
      shape="sheet"
      title={entry.name}
      description={
        <span className="row wrap">
          <KeyStateBadge state={entry.state} />
          <code>{entry.id}</code>
          <Origin origin={{ source: 'you', where: entry.origin, locked: false, reason: null }} />
        </span>
      }
    >
      <KeyButtons entry={entry} onClose={onClose} onEdit={onEdit} onShown={onShown} />
      <KeyFacts entry={entry} />
      <KeyBudgets entry={entry} />
      <p className="row wrap">
        <Link href={`/activity?key=${query}`}>{t('policies.key.activity')}</Link>
        <Link href={`/usage?key=${query}`}>{t('policies.key.usage')}</Link>
      </p>
      <p className="muted small">{t('policies.key.never.shown')}</p>
    </Dialog>
  );
}

function KeyFacts({ entry }: { readonly entry: KeyEntry }): ReactNode {
  const { t, count, date, dateTime } = useText();
  const last = useCall('traffic.list', { limit: 1, filter: { key: entry.id } });
  const { rpm, tpm, max_parallel_requests: parallel } = entry.rate_limits;
  const figure = (value: number | null): string => (value === null ? t('common.none') : count(value));
  const newest = last.data?.entries[0];
  const all = t('common.all');
  const labels = Object.entries(entry.metadata).map(([name, value]) => `${name}: ${value}`);
  return (
    <Facts
      facts={[
        [
          t('policies.key.lastUse'),
          newest === undefined ? (last.data === undefined ? '—' : t('policies.key.unused')) : dateTime(newest.at),
        ],
        [t('policies.key.models'), namesText(entry.allowed_models, entry.denied_models, all)],
        [t('policies.key.providers'), namesText(entry.allowed_providers, entry.denied_providers, all)],
        [t('policies.key.surfaces'), namesText(entry.allowed_surfaces, entry.denied_surfaces, all)],
        ...(entry.allowed_origins.length > 0
          ? [[t('policies.key.origins'), entry.allowed_origins.join(', ')] as const]
          : []),
        [t('policies.limit.rpm'), figure(rpm)],
        [t('policies.limit.tpm'), figure(tpm)],
        [t('policies.limit.parallel'), figure(parallel)],
        [t('policies.key.expires'), entry.expires_at === null ? t('policies.key.never') : date(entry.expires_at)],
        ...(entry.previous_until === null
          ? []
          : [[t('policies.key.previous'), dateTime(entry.previous_until)] as const]),
        [t('policies.key.labels'), labels.length === 0 ? t('common.none') : labels.join(', ')],
        [t('policies.key.written'), whereText(entry.origin, t)],
      ]}
    />
  );
}

function KeyBudgets({ entry }: { readonly entry: KeyEntry }): ReactNode {
  const { t, money, percent } = useText();
  const list = useCall('budgets.list', {});
  if (entry.budgets.length === 0) return <p className="muted">{t('policies.key.noBudget')}</p>;
  return (
    <section className="stack tight">
      <h3>{t('policies.tab.budgets')}</h3>
      <ul className="stack tight">
        {entry.budgets.map((budget) => {
          const standing = list.data?.budgets.find(({ id }) => id === budget.id);
          const share = standing === undefined ? undefined : Number(standing.spent_usd) / Number(budget.limit_usd);
          return (
            <li key={budget.id}>
              {t('policies.key.budget', {
                limit: money(budget.limit_usd),
                period: t(`policies.period.${budget.period}`),
                action: actionText(budget.action, t),
              })}{' '}
              <span className="muted">
                {standing === undefined
                  ? ''
                  : t('policies.key.spent', { spent: money(standing.spent_usd), share: percent(share) })}
              </span>
            </li>
          );
        })}
      </ul>
      <Link href="/policies?tab=budgets" className="small">
        {t('policies.key.budgets.raise')}
      </Link>
    </section>
  );
}

function KeyButtons({ entry, onClose, onEdit, onShown }: KeyPanelProps): ReactNode {
  const { t } = useText();
  const [asking, setAsking] = useState<'rotate' | 'disable' | 'revoke'>();
  const disable = useAction('keys.disable', ['keys.list']);
  const enable = useAction('keys.enable', ['keys.list']);
  const revoke = useAction('keys.revoke', ['keys.list']);
  const { id, name } = entry;
  const done = { onError: (error: Error) => toast.error(error.message), onSettled: () => setAsking(undefined) };
  return (
    <div className="row wrap">
      <Button onClick={onEdit}>
        <Pencil size={14} aria-hidden />
        {t('common.edit')}
      </Button>
      <Button onClick={() => setAsking('rotate')}>
        <RefreshCw size={14} aria-hidden />
        {t('policies.key.rotate')}
      </Button>
      {entry.state === 'disabled' ? (
        <Button busy={enable.isPending} onClick={() => enable.mutate({ id }, done)}>
          <Play size={14} aria-hidden />
          {t('policies.key.enable')}
        </Button>
      ) : (
        <Button onClick={() => setAsking('disable')}>
          <Ban size={14} aria-hidden />
          {t('policies.key.disable')}
        </Button>
      )}
      <Button variant="danger" onClick={() => setAsking('revoke')}>
        <Trash2 size={14} aria-hidden />
        {t('policies.key.revoke')}
      </Button>
      {asking === 'rotate' && <KeyRotate entry={entry} onClose={() => setAsking(undefined)} onShown={onShown} />}
      <Confirm
        open={asking === 'disable'}
        onClose={() => setAsking(undefined)}
        title={t('policies.key.disable.title', { name })}
        text={t('policies.key.disable.text')}
        action={t('policies.key.disable')}
        busy={disable.isPending}
        onConfirm={() => disable.mutate({ id }, done)}
      />
      <Confirm
        open={asking === 'revoke'}
        onClose={() => setAsking(undefined)}
        title={t('policies.key.revoke.title', { name })}
        text={t('policies.key.revoke.text')}
        action={t('policies.key.revoke')}
        danger
        busy={revoke.isPending}
        onConfirm={() => revoke.mutate({ id }, { ...done, onSuccess: onClose })}
      />
    </div>
  );
}
