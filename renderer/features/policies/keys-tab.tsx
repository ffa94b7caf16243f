/** The keys we issue: what each may do, and everything that can be done with one. */
import { KeyRound, Plus } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useCommands } from '../../state/commands.ts';
import { useText } from '../../text/text.ts';
import { Button, SearchInput } from '../../ui/controls.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';
import { KeyEditor } from './key-editor.tsx';
import { KeyPanel } from './key-panel.tsx';
import { KeyStateBadge, namesText } from './key-words.tsx';
import { KeyShown, type ShownKey } from './key-shown.tsx';

export function KeysTab(): ReactNode {
  const { t } = useText();
  const query = useCall('keys.list', {});
  const [params, setParams] = useSearchParams();
  const [editing, setEditing] = useState<KeyEntry | 'new'>();
  const [shown, setShown] = useState<ShownKey>();
  const open = (id: string | undefined): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (id === undefined) next.delete('key');
        else next.set('key', id);
        return next;
      },
      { replace: true },
    );
  useCommands(
    useMemo(
      () => [
        { id: 'policies.key', label: t('policies.key.add'), group: t('page.policies'), run: () => setEditing('new') },
      ],
      [t],
    ),
  );
  const add = (
    <Button variant="primary" onClick={() => setEditing('new')}>
      <Plus size={15} aria-hidden />
      {t('policies.key.add')}
    </Button>
  );
  return (
    <div className="stack">
      <Loaded query={query} lines={6}>
        {({ keys }) => {
          const opened = keys.find(({ id }) => id === params.get('key'));
          return (
            <>
              <Keys keys={keys} add={add} opened={opened?.id} onOpen={open} />
              {opened !== undefined && (
                <KeyPanel
                  entry={opened}
                  onClose={() => open(undefined)}
                  onEdit={() => setEditing(opened)}
                  onShown={setShown}
                />
              )}
            </>
          );
        }}
      </Loaded>
      {editing !== undefined && (
        <KeyEditor
          before={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onShown={setShown}
        />
      )}
      {shown !== undefined && <KeyShown shown={shown} onClose={() => setShown(undefined)} />}
    </div>
  );
}

interface KeysProps {
  readonly keys: readonly KeyEntry[];
  readonly add: ReactNode;
  readonly opened: string | undefined;
  readonly onOpen: (id: string) => void;
}

function Keys({ keys, add, opened, onOpen }: KeysProps): ReactNode {
  const { t } = useText();
  const [sought, setSought] = useState('');
  const columns = useKeyColumns(onOpen);
  if (keys.length === 0)
    return (
      <div className="card">
        <EmptyState icon={<KeyRound size={26} aria-hidden />} title={t('policies.keys.none')} actions={add}>
          {t('policies.keys.none.text')}
        </EmptyState>
      </div>
    );
  const wanted = sought.trim().toLowerCase();
  const found = keys.filter(({ id, name, metadata }) =>
    [id, name, ...Object.values(metadata)].some((text) => text.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <div className="row wrap between">
        <SearchInput
          className="policy-search"
          label={t('policies.keys.search')}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
        {add}
      </div>
      {found.length === 0 ? (
        <EmptyState
          title={t('policies.keys.noneCalled', { text: sought })}
          actions={<Button onClick={() => setSought('')}>{t('common.clear')}</Button>}
        />
      ) : (
        <DataTable
          rows={found}
          columns={columns}
          rowId={({ id }) => id}
          label={t('policies.tab.keys')}
          selected={opened}
          onSelect={undefined}
          onOpen={({ id }) => onOpen(id)}
          initialSort={{ column: 'name', descending: false }}
        />
      )}
    </>
  );
}

const dayMs = 86_400_000;

function useKeyColumns(onOpen: (id: string) => void): readonly Column<KeyEntry>[] {
  const { t, count, money, date } = useText();
  const [since] = useState(() => Date.now() - 31 * dayMs);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const usage = useCall('usage.query', { since, group_by: ['key', 'day'], timezone: timeZone });
  return useMemo(() => {
    const lastDays = new Map<string, string>();
    for (const { key, day } of usage.data?.groups ?? [])
      if (typeof key === 'string' && typeof day === 'string' && day > (lastDays.get(key) ?? '')) lastDays.set(key, day);
    const limits = ({ rate_limits: { rpm, tpm, max_parallel_requests: parallel } }: KeyEntry): string =>
      [
        ...(rpm === null ? [] : [t('policies.short.rpm', { count: count(rpm) })]),
        ...(tpm === null ? [] : [t('policies.short.tpm', { count: count(tpm) })]),
        ...(parallel === null ? [] : [t('policies.short.parallel', { count: count(parallel) })]),
      ].join(' · ');
    const budgets = (key: KeyEntry): string =>
      key.budgets
        .map(({ limit_usd, period }) =>
          t('policies.short.budget', { limit: money(limit_usd), period: t(`policies.period.${period}`) }),
        )
        .join(' · ');
    return [
      {
        id: 'name',
        header: t('policies.key.name'),
        sortBy: ({ name }) => name.toLowerCase(),
        cell: ({ id, name }) => (
          <span className="row">
            <Button variant="link" onClick={() => onOpen(id)}>
              {name}
            </Button>
            {name !== id && <code className="muted small">{id}</code>}
          </span>
        ),
      },
      {
        id: 'state',
        header: t('policies.key.state'),
        sortBy: ({ state }) => state,
        cell: ({ state }) => <KeyStateBadge state={state} />,
      },
      {
        id: 'client',
        header: t('policies.key.client'),
        sortBy: ({ metadata }) => metadata['client'] ?? null,
        cell: ({ metadata }) => metadata['client'] ?? '—',
      },
      {
        id: 'expires',
        header: t('policies.key.expires'),
        sortBy: ({ expires_at }) => expires_at,
        cell: ({ expires_at }) => (expires_at === null ? t('policies.key.never') : date(expires_at)),
      },
      {
        id: 'last',
        header: t('policies.key.lastDay'),
        sortBy: ({ id }) => lastDays.get(id) ?? null,
        cell: ({ id }) =>
          usage.data === undefined
            ? '—'
            : lastDays.has(id)
              ? date(`${lastDays.get(id) ?? ''}T12:00:00`)
              : t('policies.key.notLately'),
      },
      { id: 'budgets', header: t('policies.tab.budgets'), cell: (key) => budgets(key) || '—' },
      { id: 'limits', header: t('policies.tab.limits'), cell: (key) => limits(key) || '—' },
      {
        id: 'models',
        header: t('policies.key.models'),
        cell: (key) => (
          <span className="policy-models ellipsis">
            {namesText(key.allowed_models, key.denied_models, t('common.all'))}
          </span>
        ),
      },
    ] satisfies readonly Column<KeyEntry>[];
  }, [t, count, money, date, onOpen, usage.data]);
}
