/** Puts the parts of a bundle together that stand in several files, and those that it takes over from another one. */
import { mapWith, type Located, type LocatedMap } from './located.ts';
import { problemAt, type AuthorProblem } from './problems.ts';

/** Parts that several files may share. */
export type Parts = ReadonlyMap<string, Located>;

/**
 * Two files of one bundle: sets of names are joined, lists follow each other in the order of the files. The same value said twice is
 * a problem: which of them would count?
 */
export function joinParts(first: Located, second: Located, problems: AuthorProblem[], name: string): Located {
  if (first.kind === 'list' && second.kind === 'list') return { ...first, items: [...first.items, ...second.items] };
  if (first.kind === 'map' && second.kind === 'map' && !isLeaf(first) && !isLeaf(second)) {
    const entries = new Map(first.entries);
    for (const [key, value] of second.entries) {
      const before = entries.get(key);
      entries.set(key, before === undefined ? value : joinParts(before, value, problems, key));
    }
    return mapWith(first, entries);
  }
  const { file, line } = first.place;
  const place = second.keyPlace ?? second.place;
  problems.push(problemAt(place, `"${name}" is said already in ${file}, line ${line}`, 'Keep one of the two'));
  return first;
}

/**
 * What a bundle says over what it extends: sets of names are joined, of lists whose entries have ids those with the same id are
 * replaced in their place and others added; any other value, a list of words too, stands in place of the one before.
 */
export function overParts(base: Located, own: Located): Located {
  if (base.kind === 'map' && own.kind === 'map' && !isLeaf(base) && !isLeaf(own)) {
    const entries = new Map(base.entries);
    for (const [key, value] of own.entries) {
      const before = entries.get(key);
      entries.set(key, before === undefined ? value : overParts(before, value));
    }
    return mapWith(own, entries);
  }
  if (base.kind === 'list' && own.kind === 'list' && hasIds(base.items) && hasIds(own.items)) {
    const mine = new Map(own.items.map((item) => [idOf(item), item]));
    const kept = base.items.map((item) => mine.get(idOf(item)) ?? item);
    const added = own.items.filter((item) => !base.items.some((other) => idOf(other) === idOf(item)));
    return { ...own, items: [...kept, ...added] };
  }
  return own;
}

function hasIds(items: readonly Located[]): boolean {
  return items.length > 0 && items.every((item) => idOf(item) !== undefined);
}

function idOf(item: Located): string | undefined {
  const id = item.kind === 'map' ? item.entries.get('id') : undefined;
  return id?.kind === 'scalar' && typeof id.value === 'string' ? id.value : undefined;
}

const leafNames = new Set(['value', 'reason', 'ref']);

/** `{value, reason, ref}` in place of a value. */
export function isLeaf(node: LocatedMap): boolean {
  return node.entries.has('value') && [...node.entries.keys()].every((name) => leafNames.has(name));
}

export function asMap(node: Located | undefined): LocatedMap | undefined {
  return node?.kind === 'map' ? node : undefined;
}
