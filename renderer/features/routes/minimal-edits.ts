/** The fewest edits that turn one written value into another, so that comments beside what stays are kept. */
import type { ConfigEdit } from '../../../shared/contract/config.ts';

type Path = readonly (string | number)[];

/** In the order they are to be made. `undefined` among the values of a map is absent. */
export function editsBetween(path: Path, before: unknown, after: unknown): readonly ConfigEdit[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after)) return mapEdits(path, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return listEdits(path, before, after);
  return [set(path, after)];
}

function mapEdits(path: Path, before: Map, after: Map): readonly ConfigEdit[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): readonly ConfigEdit[] => {
    const here = [...path, name];
    if (after[name] === undefined) return before[name] === undefined ? [] : [{ op: 'remove', path: here }];
    return before[name] === undefined ? [set(here, after[name])] : editsBetween(here, before[name], after[name]);
  });
}

function listEdits(path: Path, before: readonly unknown[], after: readonly unknown[]): readonly ConfigEdit[] {
  if (after.length === 0 || before.length === 0) return [set(path, after)];
  const step = after.length - before.length;
  const first = before.findIndex((value, index) => !isSame(value, after[index]));
  if (step === 1) {
    const at = first < 0 ? before.length : first;
    if (isSame(before, after.toSpliced(at, 1))) return [{ op: 'insert', path: [...path, at], value: clean(after[at]) }];
  }
  if (step === -1 && isSame(before.toSpliced(first, 1), after)) return [{ op: 'remove', path: [...path, first] }];
  if (step !== 0) return [set(path, after)];
  const last = before.findLastIndex((value, index) => !isSame(value, after[index]));
  if (isSame(moved(before, first, last), after)) return [{ op: 'move', path: [...path, first], to: last }];
  if (isSame(moved(before, last, first), after)) return [{ op: 'move', path: [...path, last], to: first }];
  return before.flatMap((value, index) => editsBetween([...path, index], value, after[index]));
}

export function moved<Value>(list: readonly Value[], from: number, to: number): Value[] {
  return list.toSpliced(from, 1).toSpliced(to, 0, ...list.slice(from, from + 1));
}

function set(path: Path, value: unknown): ConfigEdit {
  return { op: 'set', path: [...path], value: clean(value) };
}

/** Without `undefined`, which no file can hold. */
function clean(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

type Map = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => isSame(value, other[index]));
  if (!isMap(one) || !isMap(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}
