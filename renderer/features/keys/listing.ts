/** Which client stands in which group, and what a search leaves of them. */
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';

export interface ClientGroups {
  readonly connected: readonly ClientEntry[];
  /** On this machine, without a key of their own. */
  readonly found: readonly ClientEntry[];
  readonly others: readonly ClientEntry[];
  /** Neither found here nor to be had whole: part of them, or all, cannot go through us. */
  readonly limited: readonly ClientEntry[];
}

export function groupClients(clients: readonly ClientEntry[]): ClientGroups {
  const groups = Map.groupBy(clients, groupOf);
  return {
    connected: groups.get('connected') ?? [],
    found: groups.get('found') ?? [],
    others: groups.get('others') ?? [],
    limited: groups.get('limited') ?? [],
  };
}

function groupOf({ key, support, installed }: ClientEntry): keyof ClientGroups {
  if (key !== null) return 'connected';
  if (support === 'none') return 'limited';
  if (installed !== null) return 'found';
  return support === 'partial' ? 'limited' : 'others';
}

/** Keys that are no catalogued client's: of programs people named themselves. */
export function otherKeys(keys: readonly KeyEntry[], clients: readonly ClientEntry[]): readonly KeyEntry[] {
  const taken = new Set(clients.map(({ key }) => key?.id));
  return keys.filter(({ id }) => !taken.has(id));
}

/** Every word of the search is part of the texts. */
export function fitsSearch(search: string, ...texts: readonly (string | null | undefined)[]): boolean {
  const all = texts.join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** What a key of this name would be labelled with: letters that need no quoting anywhere. */
export function clientWord(name: string): string {
  const word = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return word === '' ? 'program' : word;
}
