/** Rows of `INSERT INTO table (columns) VALUES (…), (…)`: which column each value stands in. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface InsertRows {
  /** Where the list of columns begins, behind its bracket, and where it ends. */
  readonly start: number;
  readonly end: number;
  readonly columns: readonly Span[];
  /** Of each row its values, as many as there are columns, without the quotes around them. */
  readonly rows: readonly (readonly Span[])[];
  /** Where the last row ends. */
  readonly past: number;
}

const longestList = 1_024;
const longestRow = 4_000;
const mostRows = 5_000;
const tableBefore = /(?:insert|replace)\s{1,4}(?:ignore\s{1,4})?into\s{1,4}[\w."`[\]]{1,64}\s{0,4}$/i;
const valuesBehind = /\)\s{0,8}values?\s{0,8}\(/iy;
const nextRow = /\)\s{0,8},\s{0,8}\(/y;

/** The statement in whose list of columns the place is; `undefined` where it is in none. */
export function insertRowsAt(text: string, at: number): InsertRows | undefined {
  const open = text.lastIndexOf('(', at);
  if (open < 0 || at - open > longestList || !tableBefore.test(text.slice(Math.max(0, open - 96), open)))
    return undefined;
  const close = text.indexOf(')', at);
  if (close < 0 || close - open > longestList) return undefined;
  const columns = valuesOf(text, open + 1, close);
  valuesBehind.lastIndex = close;
  if (!valuesBehind.test(text)) return undefined;
  const rows: (readonly Span[])[] = [];
  let from = valuesBehind.lastIndex;
  let past = from;
  while (rows.length < mostRows) {
    const end = rowEnd(text, from);
    if (end < 0) break;
    const values = valuesOf(text, from, end);
    if (values.length === columns.length) rows.push(values);
    past = end;
    nextRow.lastIndex = end;
    if (!nextRow.test(text)) break;
    from = nextRow.lastIndex;
  }
  return { start: open + 1, end: close, columns, rows, past };
}

/** The bracket that closes the row; quotes hide brackets. -1 where none does. */
function rowEnd(text: string, from: number): number {
  const most = Math.min(text.length, from + longestRow);
  let quote = '';
  for (let at = from; at < most; at++) {
    const character = text[at] as string;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (character === ')') return at;
    else if (character === '(') {
      const inner = text.indexOf(')', at);
      if (inner < 0 || inner >= most) return -1;
      at = inner;
    }
  }
  return -1;
}

function valuesOf(text: string, from: number, to: number): Span[] {
  const values: Span[] = [];
  let quote = '';
  let start = from;
  for (let at = from; at <= to; at++) {
    const character = at === to ? ',' : (text[at] as string);
    if (quote !== '' && at < to) {
      if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (character === ',') {
      values.push(trimmed(text, start, at));
      start = at + 1;
    }
  }
  return values;
}

function trimmed(text: string, from: number, to: number): Span {
  let start = from;
  let end = to;
  while (start < end && /[\s'"`[]/.test(text[start] as string)) start++;
  while (end > start && /[\s'"`\]]/.test(text[end - 1] as string)) end--;
  return { start, end };
}
