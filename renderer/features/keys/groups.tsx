/** The list of programs, in groups: connected, found here, all others, those that cannot. */
import { useId, type ReactNode } from 'react';
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { ClientRow, OtherKeyRow } from './client-row.tsx';
import type { ClientGroups } from './listing.ts';

export interface GroupsProps {
  readonly groups: ClientGroups;
  /** Keys of programs that are in no catalogue. */
  readonly own: readonly KeyEntry[];
  /** Only what fits a search is here: a group that is empty says nothing. */
  readonly isSearch: boolean;
}

export function Groups({ groups, own, isSearch }: GroupsProps): ReactNode {
  const { t } = useText();
  const hasConnected = groups.connected.length + own.length > 0;
  return (
    <div className="client-groups">
      {(hasConnected || !isSearch) && (
        <Group title="clients.group.connected" count={groups.connected.length + own.length}>
          {hasConnected ? (
            <ul className="client-list">
              {groups.connected.map((client) => (
                <ClientRow key={client.id} client={client} />
              ))}
              {own.map((entry) => (
                <OtherKeyRow key={entry.id} entry={entry} />
              ))}
            </ul>
          ) : (
            <p className="client-none muted">{t('clients.none.connected')}</p>
          )}
        </Group>
      )}
      {(groups.found.length > 0 || !isSearch) && (
        <Group title="clients.group.found" count={groups.found.length}>
          {groups.found.length > 0 ? (
            <Rows clients={groups.found} />
          ) : (
            <p className="client-none muted">{t('clients.none.found')}</p>
          )}
        </Group>
      )}
      {groups.others.length > 0 && (
        <Group title="clients.group.others" count={groups.others.length}>
          <Rows clients={groups.others} columns />
        </Group>
      )}
      {groups.limited.length > 0 && (
        <Group title="clients.group.limited" count={groups.limited.length}>
          <Rows clients={groups.limited} />
        </Group>
      )}
    </div>
  );
}

function Group({
  title,
  count,
  children,
}: {
  readonly title: MessageKey;
  readonly count: number;
  readonly children: ReactNode;
}): ReactNode {
  const { t, count: number } = useText();
  const id = useId();
  return (
    <section className="client-group" aria-labelledby={id}>
      <h2 id={id}>
        {t(title)} {count > 0 && <span className="muted">{number(count)}</span>}
      </h2>
      {children}
    </section>
  );
}

function Rows({
  clients,
  columns = false,
}: {
  readonly clients: readonly ClientEntry[];
  /** Names alone stand beside each other. */
  readonly columns?: boolean;
}): ReactNode {
  return (
    <ul className={columns ? 'client-list columns' : 'client-list'}>
      {clients.map((client) => (
        <ClientRow key={client.id} client={client} />
      ))}
    </ul>
  );
}
