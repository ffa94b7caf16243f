/** What of this page stands in its address: the tab, the sheet that is open, filters. */
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

export type Tab = 'models' | 'providers';
/** `null` takes a name out of the address. */
export type QueryChange = Readonly<Record<string, string | null>>;

export interface Address {
  readonly query: URLSearchParams;
  /** `push`: going back undoes it. */
  readonly change: (change: QueryChange, how?: 'push') => void;
}

export function useAddress(): Address {
  const [query, setQuery] = useSearchParams();
  const change = useCallback(
    (changes: QueryChange, how?: 'push') => {
      setQuery(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: how !== 'push' },
      );
    },
    [setQuery],
  );
  return { query, change };
}

/** Providers first while there is none but the demo: then they are what is missing. */
export function tabOf(query: URLSearchParams, hasProviders: boolean): Tab {
  const tab = query.get('tab');
  if (tab === 'models' || tab === 'providers') return tab;
  if (query.has('model')) return 'models';
  return query.has('provider') || query.has('add') || !hasProviders ? 'providers' : 'models';
}
