/** What the page holds, kept in the browser's session: leaving it or loading it again loses nothing but pictures. */
import type { Column, Draft, WireMessage } from './draft.ts';
import { newColumn, noParameters } from './draft.ts';
import { isObject } from './body.ts';

const storageKey = 'sluice.playground';
const mostChars = 1024 * 1024;

export interface Kept {
  readonly draft: Draft;
  readonly columns: readonly Column[];
}

/** JSON text of at most 1 MB; answers are left out where it would be more. `undefined`: the prompt alone is too long. */
export function keptText({ draft, columns }: Kept): string | undefined {
  const plain = { ...draft, turns: draft.turns.map((turn) => ({ ...turn, pictures: [] })) };
  const whole = JSON.stringify({
    draft: plain,
    columns: columns.map((column) => ({ ...column, base: hasPictures(column.base) ? null : column.base })),
  });
  if (whole.length <= mostChars) return whole;
  const short = JSON.stringify({
    draft: plain,
    columns: columns.map((column) => ({ ...column, base: [], steps: [] })),
  });
  return short.length <= mostChars ? short : undefined;
}

function hasPictures(base: readonly WireMessage[] | null): boolean {
  return base?.some(({ content }) => Array.isArray(content)) ?? true;
}

/** Written by an earlier version, or by nobody we know: what is not right gives `undefined`. */
export function readKept(text: string | null): Kept | undefined {
  if (text === null) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    if (!isObject(value) || !isObject(value['draft']) || !Array.isArray(value['columns'])) return undefined;
    const { system, turns, variables, tools, schema } = value['draft'];
    if (![system, tools, schema].every((one) => typeof one === 'string')) return undefined;
    if (!Array.isArray(turns) || turns.length === 0 || !isObject(variables)) return undefined;
    const columns = value['columns'].filter(isObject).map((column) => ({
      ...newColumn(''),
      ...column,
      parameters: { ...noParameters, ...(isObject(column['parameters']) ? column['parameters'] : {}) },
    }));
    return columns.length === 0 ? undefined : { draft: value['draft'] as unknown as Draft, columns };
  } catch {
    return undefined;
  }
}

export function keep(kept: Kept): void {
  try {
    const text = keptText(kept);
    if (text === undefined) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, text);
  } catch {
    // A browser that keeps nothing: all of it holds until the window is loaded again.
  }
}

export function kept(): Kept | undefined {
  try {
    return readKept(sessionStorage.getItem(storageKey));
  } catch {
    return undefined;
  }
}
