/** What the page shows, as its address says it. */
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

export interface ClientsAddress {
  readonly search: string;
  readonly setSearch: (search: string) => void;
  /** Id of the client whose sheet is open. */
  readonly client: string | undefined;
  /** Id of a key that is no catalogued client's. */
  readonly key: string | undefined;
  /** A key for another program is being made. */
  readonly isNew: boolean;
  readonly open: (what: { readonly client?: string; readonly key?: string; readonly isNew?: boolean }) => void;
  readonly close: () => void;
}

export function useClientsAddress(): ClientsAddress {
  const [params, setParams] = useSearchParams();
  const open = useCallback<ClientsAddress['open']>(
    ({ client, key, isNew }) => {
      setParams((before) => {
        const next = new URLSearchParams(before);
        for (const name of ['client', 'key', 'new']) next.delete(name);
        if (client !== undefined) next.set('client', client);
        if (key !== undefined) next.set('key', key);
        if (isNew === true) next.set('new', '1');
        return next;
      });
    },
    [setParams],
  );
  const setSearch = useCallback(
    (search: string) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (search === '') next.delete('q');
          else next.set('q', search);
          return next;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  return {
    search: params.get('q')?.slice(0, 200) ?? '',
    setSearch,
    client: params.get('client') ?? undefined,
    key: params.get('key') ?? undefined,
    isNew: params.get('new') === '1',
    open,
    close: useCallback(() => open({}), [open]),
  };
}
