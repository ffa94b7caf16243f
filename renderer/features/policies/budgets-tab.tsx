/** What may be spent: each budget with where it stands, a raise, and the editor. */
import { Plus, Wallet } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useCommands } from '../../state/commands.ts';
import { lastStep } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { ProfileNotice } from '../../ui/profile-notice.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { BudgetCard, type BudgetView } from './budget-card.tsx';
import { BudgetEditor } from './budget-editor.tsx';
import { usePolicyConfig } from './config-context.tsx';

export function BudgetsTab(): ReactNode {
  const { t } = useText();
  const { origin, profiles } = usePolicyConfig();
  const list = useCall('budgets.list', {});
  const [editing, setEditing] = useState<number | 'new'>();
  const locked = origin(['budgets'])?.locked === true;
  useCommands(
    useMemo(
      () => [
        {
          id: 'policies.budget',
          label: t('policies.budget.add'),
          group: t('page.policies'),
          run: () => setEditing('new'),
        },
      ],
      [t],
    ),
  );
  const add = (
    <Button variant="primary" disabled={locked} onClick={() => setEditing('new')}>
      <Plus size={15} aria-hidden />
      {t('policies.budget.add')}
    </Button>
  );
  return (
    <div className="stack">
      <ProfileNotice config={profiles} section="budgets" />
      <Loaded query={list} lines={6}>
        {({ budgets }) => <Budgets entries={budgets} add={add} onEdit={setEditing} />}
      </Loaded>
      {editing !== undefined && <BudgetEditor index={editing} onClose={() => setEditing(undefined)} />}
    </div>
  );
}

interface BudgetsProps {
  readonly entries: readonly BudgetEntry[];
  readonly add: ReactNode;
  readonly onEdit: (index: number) => void;
}

function Budgets({ entries, add, onEdit }: BudgetsProps): ReactNode {
  const { t } = useText();
  const { part, team } = usePolicyConfig();
  const budgets = part('budgets');
  const marked = useSearchParams()[0].get('budget');
  const own = budgets.map((settings, index): BudgetView => {
    return { id: settings.id, settings, index, entries: entries.filter(({ id }) => id === settings.id) };
  });
  const known = new Set(budgets.map(({ id }) => id));
  const ofTeam = team
    .below('/budgets')
    .filter(({ pointer }) => !known.has(lastStep(pointer)))
    .map((told): BudgetView => {
      const id = lastStep(told.pointer);
      return { id, told, entries: entries.filter((entry) => entry.id === id) };
    });
  for (const { id } of ofTeam) known.add(id);
  // Those of keys and teams, which are written there.
  const elsewhere = [...new Set(entries.map(({ id }) => id))]
    .filter((id) => !known.has(id))
    .map((id): BudgetView => ({ id, entries: entries.filter((entry) => entry.id === id) }));
  if (own.length + elsewhere.length + ofTeam.length === 0)
    return (
      <div className="card">
        <EmptyState icon={<Wallet size={26} aria-hidden />} title={t('policies.budgets.none')} actions={add}>
          {t('policies.budgets.none.text')}
        </EmptyState>
      </div>
    );
  return (
    <>
      <div className="row wrap between">
        <p className="muted">{t('policies.budgets.text')}</p>
        {add}
      </div>
      <Unknown entries={entries} />
      <div className="policy-budgets">
        {ofTeam.map((view) => (
          <BudgetCard key={view.id} view={view} marked={view.id === marked} />
        ))}
        {own.map((view) => (
          <BudgetCard
            key={view.id}
            view={view}
            marked={view.id === marked}
            onEdit={() => view.index !== undefined && onEdit(view.index)}
          />
        ))}
        {elsewhere.map((view) => (
          <BudgetCard key={view.id} view={view} marked={view.id === marked} />
        ))}
      </div>
    </>
  );
}

/** After a ledger was lost, hard budgets refuse until their owner says that what is known will do. */
function Unknown({ entries }: { readonly entries: readonly BudgetEntry[] }): ReactNode {
  const { t } = useText();
  const accept = useAction('budgets.accept', ['budgets.list']);
  const unknown = entries.find(({ state }) => state === 'unknown');
  if (unknown === undefined) return null;
  return (
    <Banner
      tone="warning"
      actions={
        <Button busy={accept.isPending} onClick={() => accept.mutate({})}>
          {t('policies.budgets.accept')}
        </Button>
      }
    >
      <strong>{t('policies.budgets.unknown')}</strong> {t('policies.budgets.unknown.text')}
      {unknown.reason !== null && <span className="small"> ({unknown.reason})</span>}
      {accept.error !== null && <p>{accept.error.message}</p>}
    </Banner>
  );
}
