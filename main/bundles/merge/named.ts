/** Entries of which the first of a name counts. */
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import type { Entry } from './by-id.ts';
import type { Source } from './parts.ts';
import { entryOf } from './provenance.ts';

/** Each with where it comes from, and who else has one of that name. */
export function foldNames<T>(
  entries: readonly Entry<T>[],
  nameOf: (value: T) => string,
): readonly { readonly value: T; readonly entry: ProvenanceEntry; readonly source: Source }[] {
  const byName = Map.groupBy(entries, ({ entry }) => nameOf(entry));
  return [...byName.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const names = others.map(({ source }) => source.part.name);
    return [{ value: first.entry, source: first.source, entry: entryOf(first.source, first.entry, { others: names }) }];
  });
}
