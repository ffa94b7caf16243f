/** One budget: what was spent of it, how long that lasts, and what to do about it. */
import { CircleAlert, CircleCheck, CircleHelp, Pencil, Trash2, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { BudgetSettings } from '../../../shared/config/policy.ts';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { useLive } from '../../state/live.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge, Button, IconButton } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { actionText, whoOf } from '../../ui/policy-words.ts';
import { RaiseBudget, RaiseByFive } from './budget-raise.tsx';
import { usePolicyConfig } from './config-context.tsx';

export interface BudgetView {
  readonly id: string;
  /** Of one that is written in `budgets`. */
  readonly settings?: BudgetSettings;
  readonly index?: number;
  /** Of one that a bundle brought. */
  readonly told?: ProvenanceEntry;
  /** One for each that has a sum of its own; empty while none has spent anything. */
  readonly entries: readonly BudgetEntry[];
}

interface BudgetCardProps {
  readonly view: BudgetView;
  /** A link led to it. */
  readonly marked: boolean;
  readonly onEdit?: () => void;
}

export function BudgetCard({ view, marked, onEdit }: BudgetCardProps): ReactNode {
  const { t, money } = useText();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (marked) card.current?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  const { origin, team } = usePolicyConfig();
  const { id, settings, index, entries } = view;
  const told = view.told ?? team.of(`/budgets/${id}`);
  const about = aboutOf(view);
  const [first] = entries;
  const decided =
    index === undefined
      ? ({ source: 'you', where: first?.origin ?? null, locked: false, reason: null } as const)
      : origin(['budgets', index]);
  return (
    <article
      ref={card}
      className={marked ? 'card policy-budget policy-marked' : 'card policy-budget'}
      aria-labelledby={`budget-${id}`}
    >
      <header>
        <h2 id={`budget-${id}`} className="wrap-anywhere">
          {id}
        </h2>
        <div className="row">
          <Origin origin={decided} told={told} name={id} />
          {index !== undefined && onEdit !== undefined && (
            <BudgetButtons id={id} index={index} locked={decided?.locked === true} onEdit={onEdit} />
          )}
        </div>
      </header>
      {about !== undefined && (
        <p className="muted">
          {t('policies.budget.sentence', {
            who: whoOf(about.scope, about.match, t),
            limit: money(about.limit_usd),
            period: t(`policies.period.${about.period}`),
            action: actionText(about.action, t),
          })}
        </p>
      )}
      {entries.length === 0 && <p className="muted small">{t('policies.budget.unused')}</p>}
      {entries.map((entry) => (
        <Standing key={entry.subject ?? ''} entry={entry} />
      ))}
      {settings === undefined && told === undefined && <WrittenElsewhere id={id} />}
    </article>
  );
}

/** What it limits: as the file says it, as a bundle does, or as it counts already. */
function aboutOf({
  settings,
  told,
  entries: [first],
}: BudgetView):
  (Pick<BudgetEntry, 'scope' | 'match' | 'period' | 'action'> & { readonly limit_usd: string }) | undefined {
  const said = settings ?? (told?.value as BudgetSettings | undefined);
  return said === undefined ? first : { ...said, match: said.match ?? null };
}

function BudgetButtons(props: {
  readonly id: string;
  readonly index: number;
  readonly locked: boolean;
  readonly onEdit: () => void;
}): ReactNode {
  const { id, index, locked, onEdit } = props;
  const { t } = useText();
  const { change, busy } = usePolicyConfig();
  const [asking, setAsking] = useState(false);
  const remove = async (): Promise<void> => {
    await change([{ op: 'remove', path: ['budgets', index] }], { told: t('policies.removed', { name: id }) });
    setAsking(false);
  };
  return (
    <>
      <IconButton size="small" label={t('policies.edit', { name: id })} disabled={locked} onClick={onEdit}>
        <Pencil size={14} aria-hidden />
      </IconButton>
      <IconButton
        size="small"
        label={t('policies.remove', { name: id })}
        disabled={locked}
        onClick={() => setAsking(true)}
      >
        <Trash2 size={14} aria-hidden />
      </IconButton>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('policies.remove', { name: id })}
        text={t('policies.budget.remove.text')}
        action={t('policies.budget.remove')}
        danger
        busy={busy}
        onConfirm={() => void remove()}
      />
    </>
  );
}

/** Of a key, or of a team. */
function WrittenElsewhere({ id }: { readonly id: string }): ReactNode {
  const { t } = useText();
  const keys = useLive((state) => state.snapshot?.keys);
  const { profiles, use_profile: inForce } = usePolicyConfig().profiles;
  const isThis = (one: { readonly id: string }): boolean => one.id === id;
  const key = keys?.find(({ budgets }) => budgets.some(isThis));
  const profile = profiles.find((one) => one.id === inForce && one.budgets.some(isThis));
  return (
    <p className="small">
      {key === undefined ? (
        <span className="muted">
          {profile === undefined
            ? t('policies.budget.elsewhere')
            : t('policies.budget.ofProfile', { name: profile.name ?? profile.id })}
        </span>
      ) : (
        <Link href={`/policies?tab=keys&key=${encodeURIComponent(key.id)}`}>
          {t('policies.budget.ofKey', { name: key.name })}
        </Link>
      )}
    </p>
  );
}

/** The bar, the figures, and a raise. */
function Standing({ entry }: { readonly entry: BudgetEntry }): ReactNode {
  const { t, money, percent, dateTime } = useText();
  const [raising, setRaising] = useState(false);
  const allowed = Number(entry.limit_usd) + Number(entry.raised_usd);
  const share = allowed > 0 ? Number(entry.spent_usd) / allowed : 0;
  const reserved = allowed > 0 ? Number(entry.reserved_usd) / allowed : 0;
  const figures = [
    [t('policies.budget.spent'), money(entry.spent_usd)],
    ...(Number(entry.reserved_usd) > 0 ? [[t('policies.budget.reserved'), money(entry.reserved_usd)]] : []),
    [t('policies.budget.remaining'), money(entry.remaining_usd)],
    [t('policies.budget.limit'), money(String(allowed))],
    ...(entry.resets_at === null ? [] : [[t('policies.budget.resets'), dateTime(entry.resets_at)]]),
  ] as const;
  const label = t('policies.budget.bar', {
    spent: money(entry.spent_usd),
    limit: money(String(allowed)),
    share: percent(share),
  });
  return (
    <div className="stack tight">
      <div className="row wrap between">
        <span className="row">
          {entry.subject !== null && <strong className="wrap-anywhere">{subjectText(entry.subject, t)}</strong>}
          <StateBadge state={entry.state} share={percent(share)} />
        </span>
        <span className="row">
          {!entry.enforced && entry.state === 'exhausted' && <RaiseByFive entry={entry} />}
          {!entry.enforced && (
            <Button size="small" onClick={() => setRaising(true)}>
              {t('policies.budget.raise')}
            </Button>
          )}
        </span>
      </div>
      <div className="policy-bar" data-state={entry.state} role="img" aria-label={label}>
        <span className="spent" style={{ width: `${Math.min(share, 1) * 100}%` }} />
        <span className="reserved" style={{ width: `${Math.min(reserved, Math.max(1 - share, 0)) * 100}%` }} />
      </div>
      <dl className="policy-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {Number(entry.raised_usd) > 0 && (
        <p className="muted small">{t('policies.budget.raised', { amount: money(entry.raised_usd) })}</p>
      )}
      {entry.exhausted_at !== null && (
        <p className="small policy-warning">
          <TriangleAlert size={13} aria-hidden />{' '}
          {t('policies.budget.forecast', { when: dateTime(entry.exhausted_at) })}
        </p>
      )}
      {raising && <RaiseBudget entry={entry} onClose={() => setRaising(false)} />}
    </div>
  );
}

function StateBadge({ state, share }: { readonly state: BudgetEntry['state']; readonly share: string }): ReactNode {
  const { t } = useText();
  const looks = {
    ok: ['ok', CircleCheck],
    alerted: ['warning', TriangleAlert],
    exhausted: ['error', CircleAlert],
    unknown: ['warning', CircleHelp],
  } as const;
  const [tone, Icon] = looks[state];
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {t(`policies.budget.state.${state}`, { share })}
    </Badge>
  );
}

function subjectText(subject: string, t: Text['t']): string {
  if (subject === '-') return t('policies.subject.none');
  return subject === '*' ? t('policies.subject.others') : subject;
}
