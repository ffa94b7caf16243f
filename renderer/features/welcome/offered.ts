/** Which clients the first minutes offer, and which only on demand. */
import type { ClientEntry } from '../../../shared/contract/clients.ts';

export interface Offered {
  readonly first: readonly ClientEntry[];
  readonly others: readonly ClientEntry[];
  /** Those that are offered first were found on this machine, or have a key. */
  readonly isFound: boolean;
}

/** As many as are taken in at a glance. */
const atFirst = 6;

export function offered(clients: readonly ClientEntry[]): Offered {
  const able = clients.filter(({ support }) => support !== 'none');
  const here = able.filter(({ installed, key }) => installed !== null || key !== null);
  const isFound = here.length > 0;
  // What works as it is goes first; the order among equals is the catalogue's.
  const ordered = (isFound ? here : able).toSorted(
    (a, b) => Number(a.support === 'partial') - Number(b.support === 'partial'),
  );
  const first = isFound ? ordered : ordered.slice(0, atFirst);
  return { first, others: able.filter((client) => !first.includes(client)), isFound };
}
