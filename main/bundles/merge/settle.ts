/** One value that bundles may have a say in: the user's, or what is suggested, or what is built in, but never looser than what is enforced. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import type { ConfigPath } from '../../config/problems.ts';
import type { Draft } from './draft.ts';
import { sourceAt, type Part } from './parts.ts';

export interface Setting<Value> {
  /** In the sections of a bundle, and in the config: `['logging', 'content']`. */
  readonly path: readonly string[];
  /** As the config says it, or as it is built in. */
  readonly own: Value;
  readonly saidBy: (says: BundleSections) => Value | undefined;
  /** Whether the first is stricter than the second. */
  readonly isStricter: (a: Value, b: Value) => boolean;
  /** `false`: the config has no place for it, so that the user says nothing of it. */
  readonly isInConfig?: boolean | undefined;
  /** A suggestion that is looser than what holds without it stands for nothing. */
  readonly isFloor?: boolean | undefined;
}

/** What holds, and where it comes from is told. */
export function settle<Value>(draft: Draft, setting: Setting<Value>): Value {
  const { path, own, saidBy, isStricter } = setting;
  const { told } = draft;
  const pointer = `/${path.join('/')}`;
  const filePointer = setting.isInConfig === false ? undefined : pointer;
  const isWritten = setting.isInConfig !== false && draft.isWritten(...path);
  const isHeard = (value: Value): boolean => setting.isFloor !== true || !isStricter(own, value);
  const suggesting = isWritten ? undefined : firstOf(draft.parts.defaults, saidBy, isHeard);
  const wanted = suggesting?.value ?? own;
  const enforcing = strictestOf(draft.parts.enforced, saidBy, isStricter);
  if (enforcing !== undefined && !isStricter(wanted, enforcing.value)) {
    const { part, value, others } = enforcing;
    const source = sourceAt(part, ...path);
    const mine: ConfigPath = path;
    told.bundle(
      source,
      value,
      {
        others: [
          ...others,
          ...(suggesting === undefined ? [] : [suggesting.part.name]),
          ...(isWritten ? [draft.own.origin(mine)] : []),
        ],
        ...(isWritten && own !== value ? { yours: own } : {}),
      },
      filePointer,
    );
    draft.value(path.join('/'), source);
    return value;
  }
  const others = enforcing === undefined ? [] : [enforcing.part.name, ...enforcing.others];
  if (suggesting !== undefined) {
    const source = sourceAt(suggesting.part, ...path);
    told.bundle(source, wanted, { others }, filePointer);
    draft.value(path.join('/'), source);
  } else if (isWritten) told.user(pointer, wanted, path, { others });
  else told.app(pointer, wanted);
  return wanted;
}

function firstOf<Value>(
  parts: readonly Part[],
  saidBy: Setting<Value>['saidBy'],
  isHeard: (value: Value) => boolean,
): { readonly part: Part; readonly value: Value } | undefined {
  for (const part of parts) {
    const value = saidBy(part.says);
    if (value !== undefined && isHeard(value)) return { part, value };
  }
  return undefined;
}

/** The strictest, of equal ones the strongest part; `others` had a say as well. */
export function strictestOf<Value>(
  parts: readonly Part[],
  saidBy: Setting<Value>['saidBy'],
  isStricter: Setting<Value>['isStricter'],
): { readonly part: Part; readonly value: Value; readonly others: readonly string[] } | undefined {
  let strictest: { part: Part; value: Value } | undefined;
  const all: Part[] = [];
  for (const part of parts) {
    const value = saidBy(part.says);
    if (value === undefined) continue;
    all.push(part);
    if (strictest === undefined || isStricter(value, strictest.value)) strictest = { part, value };
  }
  if (strictest === undefined) return undefined;
  const { part } = strictest;
  return { ...strictest, others: all.filter((one) => one !== part).map(({ name }) => name) };
}

/** Of words in an order, the strictest first. */
export function inStrictness<Word>(words: readonly Word[]): (a: Word, b: Word) => boolean {
  return (a, b) => words.indexOf(a) < words.indexOf(b);
}
