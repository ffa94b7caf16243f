/** What was found on this machine, as a list to choose from. */
import type { FoundKey, FoundServer } from '../../../shared/contract/setup.ts';

export interface FoundItem {
  readonly id: string;
  readonly isServer: boolean;
  readonly label: string;
  /** Where it was found: `~/.codex/auth.json`, an address. */
  readonly source: string;
  /** How its key ends; empty where that says nothing. */
  readonly hint: string;
  /** Of a server that says so. */
  readonly models: number | null;
  readonly known: boolean;
}

/** New ones first: keys, then servers; what is set up already last. */
export function foundItems({
  keys,
  servers,
}: {
  readonly keys: readonly FoundKey[];
  readonly servers: readonly FoundServer[];
}): readonly FoundItem[] {
  const items = [
    ...keys.map(({ id, label, source, hint, known }): FoundItem => ({
      ...{ id, label, source, hint, known },
      isServer: false,
      models: null,
    })),
    ...servers.map(({ id, label, base_url: source, models, known }): FoundItem => ({
      ...{ id, label, source, models, known },
      isServer: true,
      hint: '',
    })),
  ];
  return items.toSorted((a, b) => Number(a.known) - Number(b.known));
}

/** All that are not set up already. */
export function tickedAtFirst(items: readonly FoundItem[]): ReadonlySet<string> {
  return new Set(items.filter(({ known }) => !known).map(({ id }) => id));
}
