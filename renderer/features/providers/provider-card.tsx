/** One provider at a glance: how it does, where it is, with which key, and what can be done with it. */
import { ChartColumn, Ellipsis, Activity, KeyRound, Pencil, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { ProviderEntry, ProviderKeyEntry } from '../../../shared/contract/providers.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, IconButton } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Menu, type MenuItem } from '../../ui/overlay.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import type { ProviderActions } from './actions.ts';
import { HealthBadge, HealthReason } from './health-badge.tsx';
import type { ProviderHealth } from './provider-health.ts';
import { TestResult } from './test-result.tsx';
import { useDefinition, useDenial } from './use-definition.ts';

export interface ProviderCardProps {
  readonly provider: ProviderEntry;
  readonly health: ProviderHealth;
  readonly actions: ProviderActions;
}

export function ProviderCard({ provider, health, actions }: ProviderCardProps): ReactNode {
  const { t, count } = useText();
  const { id, label, local, models } = provider;
  const isBuiltIn = provider.kind === 'demo';
  const told = useDefinition(id)?.entry;
  const isTesting = actions.tests.runs.get(id)?.state === 'running';
  return (
    <article className="card provider-card" aria-labelledby={`provider-${id}`}>
      <header>
        <h3 id={`provider-${id}`} className="provider-name">
          <button type="button" className="provider-open" onClick={() => actions.open(id)}>
            {id}
          </button>
          {label.toLowerCase() !== id.toLowerCase() && <span className="muted">{label}</span>}
        </h3>
        <HealthBadge state={health.state} />
      </header>
      {health.state !== 'no_key' && <HealthReason why={health.why} until={health.until} />}
      <ul className="provider-lines">
        <li className="mono small wrap-anywhere">{provider.base_url}</li>
        <KeyLines provider={provider} />
      </ul>
      <HealthFigures health={health} />
      <div className="row wrap">
        <Button size="small" variant="link" disabled={models === 0} onClick={() => actions.showModels(id)}>
          {t('providers.models', { count: models })}
        </Button>
        <Origin origin={provider.origin} told={told} name={id} />
        <Denial id={id} />
        {local && <Badge>{t(isBuiltIn ? 'providers.builtIn' : 'providers.local')}</Badge>}
        {health.running > 0 && (
          <Badge tone="accent">
            {t('providers.running')}: {count(health.running)}
          </Badge>
        )}
      </div>
      <footer className="row">
        <Button
          busy={isTesting}
          aria-label={t('providers.testName', { name: id })}
          onClick={() => actions.tests.start(id)}
        >
          {t('providers.test')}
        </Button>
        {!isBuiltIn && <KeyButton provider={provider} actions={actions} />}
        <span className="grow" />
        <ProviderMenu provider={provider} actions={actions} />
      </footer>
      <TestResult id={id} local={local} tests={actions.tests} />
    </article>
  );
}

/** Nothing where it may be asked. */
function Denial({ id }: { readonly id: string }): ReactNode {
  const { t } = useText();
  const denial = useDenial(id);
  if (denial === undefined) return null;
  return (
    <>
      <Badge tone="error">{t('locked.provider.denied')}</Badge>
      <TeamMark entry={denial} name={t('locked.provider.denied')} />
    </>
  );
}

/** The main thing where the key is missing; a thing among others where it is there; of no use where none is needed. */
function KeyButton({ provider, actions }: Pick<ProviderCardProps, 'provider' | 'actions'>): ReactNode {
  const { t } = useText();
  const { id, keys, keyless } = provider;
  if (keyless && keys.length === 0) return null;
  const isMissing = !keys.some(({ available }) => available);
  return (
    <Button variant={isMissing ? 'primary' : undefined} onClick={() => actions.ask({ kind: 'key', id })}>
      <KeyRound size={14} aria-hidden />
      {t(isMissing ? 'providers.enterKey' : 'providers.replaceKey')}
    </Button>
  );
}

/** So many keys are told of on the card; the sheet has all. */
const shownKeys = 3;

/** Each key by its last characters; of one that cannot be had, what is wrong with it. */
function KeyLines({ provider: { keys, keyless } }: Pick<ProviderCardProps, 'provider'>): ReactNode {
  const { t } = useText();
  if (keys.length === 0)
    return <li className="small muted">{t(keyless ? 'providers.key.none' : 'providers.key.missing')}</li>;
  return (
    <>
      {keys.slice(0, shownKeys).map((key) => (
        <li key={key.name}>
          <KeyLine entry={key} />
        </li>
      ))}
      {keys.length > shownKeys && (
        <li className="small muted">{t('providers.key.more', { count: keys.length - shownKeys })}</li>
      )}
    </>
  );
}

function KeyLine({ entry }: { readonly entry: ProviderKeyEntry }): ReactNode {
  const { t } = useText();
  const { reference, available, hint, reason } = entry;
  return (
    <span className="provider-key">
      <KeyRound size={13} aria-hidden />
      <span className="visually-hidden">{t(available ? 'providers.key.available' : 'providers.key.unavailable')}</span>
      {hint !== null && <code>…{hint}</code>}
      {available || reason === null ? (
        <span className="muted wrap-anywhere">{reference === 'literal' ? t('providers.key.literal') : reference}</span>
      ) : (
        <span className="provider-reason wrap-anywhere">{reason}</span>
      )}
    </span>
  );
}

function HealthFigures({ health }: { readonly health: ProviderHealth }): ReactNode {
  const { t, duration, count } = useText();
  const { targets, p50Ms, p95Ms, tokensPerSecond, calls, failures } = health;
  // Of several models together it is a mean.
  const about = (value: number | null, text: string): string =>
    value !== null && targets.length > 1 ? `≈ ${text}` : text;
  const speed = tokensPerSecond === null ? '—' : count(Math.round(tokensPerSecond));
  const figures = [
    [t('providers.p50'), about(p50Ms, duration(p50Ms))],
    [t('providers.p95'), duration(p95Ms)],
    [t('providers.speed'), about(tokensPerSecond, speed)],
    [
      t('providers.failures'),
      calls === 0 ? '—' : t('providers.failuresOf', { failures: count(failures), calls: count(calls) }),
    ],
  ] as const;
  return (
    <dl className="provider-figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ProviderMenu({ provider, actions }: Pick<ProviderCardProps, 'provider' | 'actions'>): ReactNode {
  const { t } = useText();
  const [, navigate] = useLocation();
  const { id, kind } = provider;
  const isOwn = useDefinition(id) === undefined && kind !== 'demo';
  const query = `provider=${encodeURIComponent(id)}`;
  const own: readonly MenuItem[] = !isOwn
    ? []
    : [
        'separator',
        {
          label: t('providers.move'),
          icon: <Pencil size={14} aria-hidden />,
          onSelect: () => actions.ask({ kind: 'move', id }),
        },
        {
          label: t('providers.remove.action'),
          icon: <Trash2 size={14} aria-hidden />,
          onSelect: () => actions.ask({ kind: 'remove', id }),
        },
      ];
  const items: readonly MenuItem[] = [
    { label: t('common.details'), onSelect: () => actions.open(id) },
    {
      label: t('providers.activity'),
      icon: <Activity size={14} aria-hidden />,
      onSelect: () => navigate(`/activity?${query}`),
    },
    {
      label: t('providers.usage'),
      icon: <ChartColumn size={14} aria-hidden />,
      onSelect: () => navigate(`/usage?${query}`),
    },
    ...own,
  ];
  return (
    <Menu
      items={items}
      trigger={
        <IconButton label={t('providers.more', { name: id })}>
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    />
  );
}
