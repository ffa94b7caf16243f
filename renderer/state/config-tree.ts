/** The config file as a tree: what stands where, who wrote it, and the edits that take other edits back. */
import type { ConfigEdit, ConfigProblem, OriginEntry } from '../../shared/contract/config.ts';

export type ConfigPath = readonly (string | number)[];
export type Origins = Readonly<Record<string, OriginEntry>>;

/** `['masking', 'terms', 0]` → `/masking/terms/0`. */
export function pointerOf(path: ConfigPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** As problems name it: `masking.terms[0]`. */
export function spelt(path: ConfigPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

/**
 * Who decided a value; `undefined` of a default. What is locked above locks all that is below. A list that was written as a
 * whole speaks for its entries.
 */
export function originAt(origins: Origins, path: ConfigPath): OriginEntry | undefined {
  for (let length = 1; length <= path.length; length += 1) {
    const origin = origins[pointerOf(path.slice(0, length))];
    if (origin?.locked === true) return origin;
  }
  return origins[pointerOf(path)];
}

export function valueAt(tree: unknown, path: ConfigPath): unknown {
  let at = tree;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

/** The part of the config that somebody wrote, without the defaults that were filled in. */
export function writtenTree(config: unknown, origins: Origins): Record<string, unknown> {
  const written = writtenPart(config, origins, []);
  return isMap(written) ? written : {};
}

function writtenPart(value: unknown, origins: Origins, path: ConfigPath): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, index) => writtenPart(item, origins, [...path, index]));
  if (!isMap(value)) return value;
  // Of long lists nobody kept where each entry stands: they are what they are.
  const isKnown = path.length === 0 || origins[pointerOf(path)] !== undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const here = [...path, name];
      return isKnown && origins[pointerOf(here)] === undefined ? [] : [[name, writtenPart(inner, origins, here)]];
    }),
  );
}

/** The edits that bring a file back to what it said before `edits`, in the order they are to be made. */
export function inverseOf(edits: readonly ConfigEdit[], config: unknown, origins: Origins): readonly ConfigEdit[] {
  let tree: unknown = writtenTree(config, origins);
  const inverse: ConfigEdit[] = [];
  for (const edit of edits) {
    inverse.unshift(inverseOfOne(edit, tree));
    tree = applied(tree, edit);
  }
  return inverse;
}

function inverseOfOne(edit: ConfigEdit, tree: unknown): ConfigEdit {
  const { path } = edit;
  const step = path.at(-1) ?? '';
  const before = valueAt(tree, path);
  const parent = valueAt(tree, path.slice(0, -1));
  switch (edit.op) {
    case 'move':
      return { op: 'move', path: [...path.slice(0, -1), edit.to], to: Number(step) };
    case 'remove':
      return { op: Array.isArray(parent) ? 'insert' : 'set', path, value: before };
    case 'insert':
      return { op: 'remove', path: firstMissing(tree, path) ?? path };
    case 'set':
      return before === undefined
        ? { op: 'remove', path: firstMissing(tree, path) ?? path }
        : { op: 'set', path, value: before };
  }
}

/** Where the first thing stands that an edit makes on its way: taking that away takes away all of it. */
function firstMissing(tree: unknown, path: ConfigPath): (string | number)[] | undefined {
  for (let length = 1; length <= path.length; length += 1) {
    const value = valueAt(tree, path.slice(0, length));
    if (value === undefined || value === null) return path.slice(0, length);
  }
  return undefined;
}

/** The tree with an edit made. What leads nowhere changes nothing: the instance refuses it. */
export function applied(tree: unknown, edit: ConfigEdit): unknown {
  return inside(tree, edit.path, edit);
}

function inside(at: unknown, path: ConfigPath, edit: ConfigEdit): unknown {
  const [step = '', ...rest] = path;
  const here = at ?? (typeof step === 'number' ? [] : {});
  if (rest.length > 0) {
    const inner = inside(valueAt(here, [step]), rest, edit);
    return withValue(here, step, inner);
  }
  if (edit.op === 'set') return withValue(here, step, edit.value);
  if (edit.op === 'remove')
    return Array.isArray(here)
      ? here.toSpliced(Number(step), 1)
      : Object.fromEntries(Object.entries(here).filter(([name]) => name !== String(step)));
  if (!Array.isArray(here)) return here;
  if (edit.op === 'insert') return here.toSpliced(Number(step), 0, edit.value);
  return here.toSpliced(Number(step), 1).toSpliced(edit.to, 0, here[Number(step)]);
}

function withValue(at: unknown, step: string | number, value: unknown): unknown {
  if (Array.isArray(at)) {
    const list = [...(at as readonly unknown[])];
    list[Number(step)] = value;
    return list;
  }
  return { ...(isMap(at) ? at : {}), [step]: value };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Problems below a place of the file, by what stands behind it: `pattern`, `alert_at[0]`, empty for the place itself. */
export function problemsUnder(
  problems: readonly ConfigProblem[],
  path: ConfigPath,
  said: (english: string) => { readonly text: string } = (text) => ({ text }),
): ReadonlyMap<string, string> {
  const prefix = spelt(path);
  const found = new Map<string, string>();
  for (const { path: at, problem, mend } of problems) {
    if (!at.startsWith(prefix) || /^[^.[]/.test(at.slice(prefix.length))) continue;
    const rest = at.slice(prefix.length).replace(/^\./, '');
    const told = sentence(said(problem).text);
    const text = mend === '' ? told : `${told} ${sentence(said(mend).text)}`;
    found.set(rest, found.has(rest) ? `${found.get(rest)} ${text}` : text);
  }
  return found;
}

function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
