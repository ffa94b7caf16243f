/** The page Clients: the programs that speak to the port, and those that could. */
import { Plus, SearchX } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useCommands, type Command } from '../../state/commands.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, SearchInput } from '../../ui/controls.tsx';
import { Page } from '../../ui/layout.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { useClientsAddress, type ClientsAddress } from './address.ts';
import { ClientSheet } from './client-sheet.tsx';
import './clients.css';
import { Groups } from './groups.tsx';
import { fitsSearch, groupClients, otherKeys } from './listing.ts';
import { NewProgramSheet, OtherKeySheet } from './other-program.tsx';
import type { Handed } from './handed.ts';

export function ClientsPage(): ReactNode {
  const { t } = useText();
  const address = useClientsAddress();
  const { search, open } = address;
  const clients = useCall('clients.list', {});
  const keys = useLive((state) => state.snapshot?.keys);
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: 'clients.new',
          label: t('clients.another.command'),
          group: t('page.clients'),
          run: () => open({ isNew: true }),
        },
      ],
      [t, open],
    ),
  );
  return (
    <Page
      title={t('page.clients')}
      subtitle={t('clients.subtitle')}
      actions={
        <>
          <SearchInput
            label={t('clients.search')}
            value={search}
            onChange={(event) => address.setSearch(event.target.value)}
          />
          <Button onClick={() => open({ isNew: true })}>
            <Plus size={15} aria-hidden />
            {t('clients.another')}
          </Button>
        </>
      }
    >
      <Loaded query={clients} lines={8}>
        {({ clients: all }) => {
          const shown = all.filter(({ id, name, installed, key }) => fitsSearch(search, id, name, installed, key?.id));
          const own = otherKeys(keys ?? [], all);
          const ownShown = own.filter(({ id, name }) => fitsSearch(search, id, name));
          return (
            <>
              {shown.length + ownShown.length === 0 ? (
                <NothingFits search={search} onClear={() => address.setSearch('')} />
              ) : (
                <Groups groups={groupClients(shown)} own={ownShown} isSearch={search !== ''} />
              )}
              <Sheets address={address} clients={all} keys={keys} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

/** What is open beside the list, as the address says it. */
function Sheets({
  address,
  clients,
  keys,
}: {
  readonly address: ClientsAddress;
  readonly clients: readonly ClientEntry[];
  readonly keys: readonly KeyEntry[] | undefined;
}): ReactNode {
  // The key of a moment ago: it is in this window until its sheet is closed, and nowhere else.
  const [handed, setHanded] = useState<Handed>();
  const leave = (): void => {
    setHanded(undefined);
    address.close();
  };
  const current = clients.find(({ id }) => id === address.client);
  const shared = { handed, onHanded: setHanded, onClose: leave };
  if (current !== undefined) return <ClientSheet key={current.id} client={current} {...shared} />;
  if (address.key !== undefined)
    return <OtherKeySheet key={address.key} entry={keys?.find(({ id }) => id === address.key)} {...shared} />;
  if (!address.isNew) return null;
  return (
    <NewProgramSheet
      onMade={(made) => {
        setHanded(made);
        address.open({ key: made.keyId });
      }}
      onClose={leave}
    />
  );
}

function NothingFits({ search, onClear }: { readonly search: string; readonly onClear: () => void }): ReactNode {
  const { t } = useText();
  return (
    <EmptyState
      icon={<SearchX size={24} aria-hidden />}
      title={t('clients.noFit.title', { search })}
      actions={<Button onClick={onClear}>{t('common.clear')}</Button>}
    >
      {t('clients.noFit.text')}
    </EmptyState>
  );
}
