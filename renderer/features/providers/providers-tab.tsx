/** The providers there are, in the order of the file, and what else was found on this machine. */
import { Plus, Server } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { EmptyState, Skeleton } from '../../ui/states.tsx';
import type { ProviderActions } from './actions.ts';
import { Found } from './found.tsx';
import { ProviderCard } from './provider-card.tsx';
import { healthOf } from './provider-health.ts';

export function ProvidersTab({ actions }: { readonly actions: ProviderActions }): ReactNode {
  const { t } = useText();
  const snapshot = useLive((state) => state.snapshot);
  const rows = useMemo(
    () =>
      (snapshot?.providers ?? []).map((provider) => ({
        provider,
        health: healthOf(provider, snapshot?.status.health ?? []),
      })),
    [snapshot],
  );
  if (snapshot === undefined) return <Skeleton lines={6} />;
  const isEmpty = rows.every(({ provider }) => provider.kind === 'demo');
  const onAdded = (ids: readonly string[]): void => ids.forEach((id) => actions.tests.start(id));
  return (
    <div className="stack">
      {isEmpty && (
        <div className="card">
          <EmptyState
            icon={<Server size={28} aria-hidden />}
            title={t('providers.empty.title')}
            actions={
              <Button variant="primary" onClick={() => actions.ask({ kind: 'add' })}>
                <Plus size={15} aria-hidden />
                {t('providers.add')}
              </Button>
            }
          >
            {t('providers.empty.text')}
          </EmptyState>
          <Found onAdded={onAdded} tellNothing />
        </div>
      )}
      <h2 className="visually-hidden">{t('providers.count', { count: rows.length })}</h2>
      <div className="cards provider-cards">
        {rows.map(({ provider, health }) => (
          <ProviderCard key={provider.id} provider={provider} health={health} actions={actions} />
        ))}
      </div>
      {!isEmpty && <Found onAdded={onAdded} />}
    </div>
  );
}
