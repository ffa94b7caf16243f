/** All that is told of one provider: its keys, how each of its models does, and a test with a model of choice. */
import { KeyRound, Pencil, Trash2 } from 'lucide-react';
import { type ReactNode } from 'react';
import { Link } from 'wouter';
import type { HealthEntry } from '../../../shared/contract/app.ts';
import type { ProviderEntry, ProviderKeyEntry } from '../../../shared/contract/providers.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';
import { whereText } from '../../ui/team-value.ts';
import type { ProviderActions } from './actions.ts';
import { isBorrowed, KeepKey } from './keep-key.tsx';
import { HealthBadge, HealthReason } from './health-badge.tsx';
import { healthOf, stateOf } from './provider-health.ts';
import { ModelToTest, TestResult } from './test-result.tsx';
import { useDefinition } from './use-definition.ts';

export interface ProviderSheetProps {
  readonly id: string;
  readonly actions: ProviderActions;
  readonly onClose: () => void;
}

export function ProviderSheet({ id, actions, onClose }: ProviderSheetProps): ReactNode {
  const { t } = useText();
  const provider = useLive((state) => state.snapshot?.providers.find((one) => one.id === id));
  const isKnown = useLive((state) => state.snapshot !== undefined);
  if (!isKnown) return null;
  return (
    <Dialog open shape="sheet" title={id} onClose={onClose} description={provider?.label}>
      {provider === undefined ? (
        <EmptyState title={t('providers.gone.title', { id })}>{t('providers.gone.text')}</EmptyState>
      ) : (
        <SheetContent provider={provider} actions={actions} />
      )}
    </Dialog>
  );
}

function SheetContent({
  provider,
  actions,
}: {
  readonly provider: ProviderEntry;
  readonly actions: ProviderActions;
}): ReactNode {
  const { t } = useText();
  const entries = useLive((state) => state.snapshot?.status.health);
  const health = healthOf(provider, entries ?? []);
  const { id, local, keys, keyless } = provider;
  const query = `provider=${encodeURIComponent(id)}`;
  const isOwn = useDefinition(id) === undefined && provider.kind !== 'demo';
  return (
    <>
      <div className="stack tight">
        <div className="row wrap">
          <HealthBadge state={health.state} />
          {health.target !== null && health.state !== 'closed' && <code className="small">{health.target}</code>}
        </div>
        <HealthReason why={health.why} until={health.until} />
      </div>
      <ProviderFacts provider={provider} />
      <div className="row wrap">
        <Button size="small" disabled={provider.models === 0} onClick={() => actions.showModels(id)}>
          {t('providers.models', { count: provider.models })}
        </Button>
        <Link className="button small" href={`/activity?${query}`}>
          {t('providers.activity')}
        </Link>
        <Link className="button small" href={`/usage?${query}`}>
          {t('providers.usage')}
        </Link>
      </div>
      <section className="stack tight" aria-labelledby="provider-sheet-test">
        <h3 id="provider-sheet-test">{t('providers.test')}</h3>
        <ModelToTest
          id={id}
          busy={actions.tests.runs.get(id)?.state === 'running'}
          onTest={(model) => actions.tests.start(id, model)}
        />
        <TestResult id={id} local={local} tests={actions.tests} />
      </section>
      <section className="stack tight" aria-labelledby="provider-sheet-health">
        <h3 id="provider-sheet-health">{t('providers.health')}</h3>
        <HealthTable entries={health.targets} />
      </section>
      {(keys.length > 0 || !keyless) && <KeySection provider={provider} actions={actions} />}
      {isOwn && (
        <footer className="row wrap">
          <Button onClick={() => actions.ask({ kind: 'move', id })}>
            <Pencil size={14} aria-hidden />
            {t('providers.move')}
          </Button>
          <Button variant="danger" onClick={() => actions.ask({ kind: 'remove', id })}>
            <Trash2 size={14} aria-hidden />
            {t('providers.remove.action')}
          </Button>
        </footer>
      )}
    </>
  );
}

function ProviderFacts({ provider }: { readonly provider: ProviderEntry }): ReactNode {
  const { t } = useText();
  const { label, base_url: address, proxy, local, origin } = provider;
  const told = useDefinition(provider.id)?.entry;
  const shownProxy = proxy === 'system' || proxy === 'direct' ? t(`providers.proxy.${proxy}`) : <code>{proxy}</code>;
  return (
    <Facts
      facts={[
        [
          t('providers.kind'),
          <span key="kind" className="row wrap">
            {label}
            {local && <Badge>{t('providers.local')}</Badge>}
          </span>,
        ],
        [
          t('providers.address'),
          <span key="address" className="row">
            <code>{address}</code>
            <CopyButton text={address} />
          </span>,
        ],
        [t('providers.proxy'), shownProxy],
        [
          t('providers.origin'),
          <span key="origin" className="row wrap">
            <Origin origin={origin} told={told} name={provider.id} />
            {told !== undefined && <span className="muted small">{t('locked.provider.hint')}</span>}
            {told === undefined && origin.where !== null && (
              <span className="muted small">{whereText(origin.where, t)}</span>
            )}
          </span>,
        ],
      ]}
    />
  );
}

function KeySection({
  provider: { id, kind, keys },
  actions,
}: {
  readonly provider: ProviderEntry;
  readonly actions: ProviderActions;
}): ReactNode {
  const { t } = useText();
  const secret = useDefinition(id)?.secret;
  const slot = secret === undefined ? '—' : `secret:${secret}`;
  const columns: readonly Column<ProviderKeyEntry>[] = [
    { id: 'name', header: t('providers.key.name'), cell: ({ name }) => name },
    {
      id: 'from',
      header: t('providers.key.reference'),
      cell: ({ reference }) =>
        reference === 'literal' ? t('providers.key.literal') : <code>{reference === '' ? slot : reference}</code>,
    },
    { id: 'hint', header: t('providers.key.ends'), cell: ({ hint }) => (hint === null ? '—' : <code>…{hint}</code>) },
    {
      id: 'state',
      header: t('providers.key.state'),
      cell: ({ name, reference, available, reason }) =>
        available ? (
          <span className="row wrap">
            <Badge tone="ok">{t('providers.key.available')}</Badge>
            {isBorrowed(kind, reference) && <KeepKey id={id} name={name} />}
          </span>
        ) : (
          <span className="provider-reason">{reason ?? t('providers.key.unavailable')}</span>
        ),
    },
  ];
  return (
    <section className="stack tight" aria-labelledby="provider-sheet-keys">
      <header className="row between">
        <h3 id="provider-sheet-keys">{t('providers.keys')}</h3>
        <Button size="small" onClick={() => actions.ask({ kind: 'key', id })}>
          <KeyRound size={13} aria-hidden />
          {t(keys.length === 0 ? 'providers.enterKey' : 'providers.replaceKey')}
        </Button>
      </header>
      {keys.length > 0 && (
        <DataTable
          rows={keys}
          columns={columns}
          rowId={({ name }) => name}
          label={t('providers.keys')}
          className="provider-table"
        />
      )}
      <p className="muted small">{t('providers.keys.never')}</p>
    </section>
  );
}

function HealthTable({ entries }: { readonly entries: readonly HealthEntry[] }): ReactNode {
  const { t, duration, count } = useText();
  if (entries.length === 0) return <p className="muted">{t('providers.health.none')}</p>;
  const columns: readonly Column<HealthEntry>[] = [
    {
      id: 'model',
      header: t('providers.health.model'),
      cell: ({ model, credential, why, until }) => (
        <div className="provider-health-cell">
          <code>{model}</code> <span className="muted small">{credential}</span>
          <HealthReason why={why} until={until} />
        </div>
      ),
      sortBy: ({ model }) => model,
    },
    { id: 'state', header: t('providers.health.state'), cell: (row) => <HealthBadge state={stateOf(row)} /> },
    ...(['ttft_p50_ms', 'ttft_p95_ms'] as const).map((field): Column<HealthEntry> => ({
      id: field,
      header: t(field === 'ttft_p50_ms' ? 'providers.p50' : 'providers.p95'),
      numeric: true,
      cell: (entry) => duration(entry[field]),
      sortBy: (entry) => entry[field],
    })),
    {
      id: 'speed',
      header: t('providers.speed'),
      numeric: true,
      cell: ({ tokens_per_second: speed }) => (speed === null ? '—' : count(Math.round(speed))),
      sortBy: ({ tokens_per_second: speed }) => speed,
    },
    {
      id: 'failures',
      header: t('providers.failures'),
      numeric: true,
      cell: ({ failures, calls }) =>
        calls === 0 ? '—' : t('providers.failuresOf', { failures: count(failures), calls: count(calls) }),
      sortBy: ({ failures }) => failures,
    },
  ];
  return (
    <DataTable
      rows={entries}
      columns={columns}
      rowId={({ model, credential }) => `${model} ${credential}`}
      label={t('providers.health')}
      className="provider-table"
    />
  );
}
