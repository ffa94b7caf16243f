/** The page Models & Providers: two tabs, the sheets of what is in them, and the questions that are asked on them. */
import { Plus } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useCommands, type Command } from '../../state/commands.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Page, Tabs } from '../../ui/layout.tsx';
import type { OpenDialog, ProviderActions } from './actions.ts';
import { AddProvider } from './add-provider.tsx';
import { tabOf, useAddress, type Address, type Tab } from './address.ts';
import { ModelSheet } from './model-sheet.tsx';
import { ModelsTab, searchFieldId } from './models-tab.tsx';
import { MoveProvider, RemoveProvider, ReplaceKey } from './provider-dialogs.tsx';
import { ProviderSheet } from './provider-sheet.tsx';
import { ProvidersTab } from './providers-tab.tsx';
import { useTests } from './use-tests.ts';
import './providers.css';

export function ModelsPage(): ReactNode {
  const { t } = useText();
  const address = useAddress();
  const { actions, dialog } = useProviderActions(address);
  const tab = useTab(address);
  usePageCommands(address, actions);
  const model = address.query.get('model');
  const provider = address.query.get('provider');
  return (
    <Page
      size="wide"
      title={t('page.models')}
      subtitle={t('providers.subtitle')}
      actions={
        <Button variant="primary" onClick={() => actions.ask({ kind: 'add' })}>
          <Plus size={15} aria-hidden />
          {t('providers.add')}
        </Button>
      }
    >
      <Tabs<Tab>
        className="models-tabs"
        label={t('providers.tabs')}
        value={tab}
        onChange={(next) => address.change({ tab: next, provider: null, model: null })}
        items={[
          { value: 'models', label: t('providers.tab.models'), content: <ModelsTab address={address} /> },
          { value: 'providers', label: t('providers.tab.providers'), content: <ProvidersTab actions={actions} /> },
        ]}
      />
      {model !== null && (
        <ModelSheet
          key={model}
          id={model}
          onClose={() => address.change({ model: null })}
          onProvider={(id) => address.change({ model: null, provider: id, tab: 'providers' }, 'push')}
        />
      )}
      {provider !== null && model === null && (
        <ProviderSheet id={provider} actions={actions} onClose={() => address.change({ provider: null })} />
      )}
      <CurrentDialog dialog={dialog} actions={actions} />
    </Page>
  );
}

/** Which tab comes first is decided once: what is added afterwards turns no page. */
function useTab({ query, change }: Address): Tab {
  const hasProviders = useLive((state) => state.snapshot?.providers.some(({ kind }) => kind !== 'demo'));
  const tab = tabOf(query, hasProviders ?? true);
  const isSettled = hasProviders === undefined || query.has('tab');
  useEffect(() => {
    if (!isSettled) change({ tab });
  }, [isSettled, tab, change]);
  return tab;
}

function CurrentDialog({
  dialog,
  actions,
}: {
  readonly dialog: OpenDialog | undefined;
  readonly actions: ProviderActions;
}): ReactNode {
  switch (dialog?.kind) {
    case 'add':
      return <AddProvider actions={actions} />;
    case 'key':
      return <ReplaceKey id={dialog.id} actions={actions} />;
    case 'move':
      return <MoveProvider id={dialog.id} actions={actions} />;
    case 'remove':
      return <RemoveProvider id={dialog.id} actions={actions} />;
    case undefined:
      return null;
  }
}

/** `?add=1` opens the page with the dialog for a new provider. */
function useProviderActions({ query, change }: Address): {
  readonly actions: ProviderActions;
  readonly dialog: OpenDialog | undefined;
} {
  const tests = useTests();
  const isAsked = query.has('add');
  const [dialog, ask] = useState<OpenDialog | undefined>(isAsked ? { kind: 'add' } : undefined);
  useEffect(() => {
    if (!isAsked) return;
    ask({ kind: 'add' });
    change({ add: null, tab: 'providers' });
  }, [isAsked, change]);
  const open = useCallback((id: string) => change({ provider: id, tab: 'providers' }, 'push'), [change]);
  const showModels = useCallback(
    (id: string) => change({ tab: 'models', of: id, provider: null, model: null }, 'push'),
    [change],
  );
  const actions = useMemo(() => ({ tests, ask, open, showModels }), [tests, open, showModels]);
  return { actions, dialog };
}

function usePageCommands({ change }: Address, { ask }: ProviderActions): void {
  const { t } = useText();
  const commands = useMemo((): readonly Command[] => {
    const group = t('providers.group');
    const show = (tab: Tab): void => change({ tab, provider: null, model: null });
    return [
      { id: 'providers.add', group, label: t('providers.add'), shortcut: 'n', run: () => ask({ kind: 'add' }) },
      {
        id: 'providers.search',
        group,
        label: t('models.search'),
        shortcut: '/',
        run: () => {
          show('models');
          // The field is there once the tab is drawn.
          requestAnimationFrame(() => document.getElementById(searchFieldId)?.focus());
        },
      },
      { id: 'providers.models', group, label: t('providers.tab.models'), shortcut: '1', run: () => show('models') },
      {
        id: 'providers.providers',
        group,
        label: t('providers.tab.providers'),
        shortcut: '2',
        run: () => show('providers'),
      },
    ];
  }, [t, change, ask]);
  useCommands(commands);
}
