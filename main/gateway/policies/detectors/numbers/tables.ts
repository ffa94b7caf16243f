/** Tables in a text (CSV, TSV, Markdown, one column): what the heading of a column says about its cells. */
import { insertRowsAt, type InsertRows } from '../insert-rows.ts';
import type { Label, Meaning } from './labels.ts';

/** A cell under a heading that says something. */
export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly meaning: Meaning;
}

export interface Tables {
  readonly cells: readonly Cell[];
  /** Lines of headings, `start, end` pairs in order: words in them announce nothing else. */
  readonly headings: readonly number[];
}

const delimiters = ['\t', '|', ';', ','];
const longestHeading = 1_024;
const longestName = 40;
/** What names of columns do not have: operators, brackets, calls. */
const code = /[{}=<>[\]`$]|\w\(|\d{5}|:\/\//;
const ruler = /[|+:\t =-]*-[|+:\t =-]*$/;

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Cells of a line, `start, end` pairs; quotation marks hold a cell together. */
function cellsOf(text: string, start: number, end: number, delimiter: string): number[] {
  const cells: number[] = [];
  const separator = delimiter.charCodeAt(0);
  const hasQuotes = delimiter !== '|';
  let from = start;
  let quoted = false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 34 && hasQuotes) quoted = !quoted;
    else if (code === separator && !quoted) {
      cells.push(from, i);
      from = i + 1;
    }
  }
  cells.push(from, end);
  return cells;
}

function columnsOf(
  text: string,
  start: number,
  end: number,
  labels: readonly Label[],
  first: number,
  delimiter: string,
): (Meaning | undefined)[] | undefined {
  const cells = cellsOf(text, start, end, delimiter);
  const columns: (Meaning | undefined)[] = [];
  let next = first;
  for (let i = 0; i < cells.length; i += 2) {
    const [from = 0, to = 0] = [cells[i], cells[i + 1]];
    if (to - from > longestName && delimiter !== '|') return undefined;
    let best: Label | undefined;
    for (; next < labels.length && (labels[next] as Label).start < to; next++) {
      const label = labels[next] as Label;
      if (
        label.meaning.seeks &&
        label.start >= from &&
        (best === undefined || label.end - label.start > best.end - best.start)
      )
        best = label;
    }
    columns.push(best?.meaning);
  }
  return columns;
}

/** Where the rows of a table begin, if the line is its heading; -1 otherwise. */
function rowsFrom(text: string, end: number, delimiter: string, count: number): number {
  let from = end + 1;
  let to = lineEnd(text, from);
  if (to - from > longestHeading * 8) return -1;
  if (delimiter === '|' && ruler.test(text.slice(from, Math.min(to, from + longestHeading)))) {
    from = to + 1;
    to = lineEnd(text, from);
  }
  if (from >= text.length) return -1;
  return cellsOf(text, from, to, delimiter).length === count ? from : -1;
}

/** All cells under headings that say something. Every line is read once. */
export function tablesOf(text: string, labels: readonly Label[]): Tables {
  const cells: Cell[] = [];
  const headings: number[] = [];
  let done = -1;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as Label;
    if (label.start < done || !label.meaning.seeks) continue;
    const inserted = isBetween(text, label) ? insertRowsAt(text, label.start) : undefined;
    if (inserted !== undefined) {
      headings.push(inserted.start, inserted.end);
      addInserted(inserted, labels, i, cells);
      done = inserted.past;
      continue;
    }
    const start = Math.max(text.lastIndexOf('\n', label.start - 1) + 1, label.start - longestHeading, 0);
    const end = lineEnd(text, label.end);
    done = end;
    if (end >= text.length || end - start > longestHeading) continue;
    const line = text.slice(start, end);
    const delimiter = delimiters.find((one) => line.includes(one));
    if (code.test(line) || (delimiter === undefined && line.trim().length > label.end - label.start + 4)) continue;
    const separator = delimiter ?? '\u0000';
    const count = cellsOf(text, start, end, separator).length;
    const rows = rowsFrom(text, end, separator, count);
    if (rows < 0) continue;
    const columns = columnsOf(text, start, end, labels, i, separator);
    if (columns === undefined) continue;
    headings.push(start, end);
    done = readRows(text, rows, separator, columns, cells);
  }
  return { cells, headings };
}

/** A bracket or a comma stands before the word, a comma or a bracket behind it, as in a list of columns. */
function isBetween(text: string, label: Label): boolean {
  const behind = /^[\w"'`\]]{0,24}\s?[,)]/.test(text.slice(label.end, label.end + 26));
  return behind && /[(,]\s?[\w"'`[]{0,24}$/.test(text.slice(Math.max(0, label.start - 26), label.start));
}

/** The values of the columns that say something. */
function addInserted(inserted: InsertRows, labels: readonly Label[], first: number, into: Cell[]): void {
  let next = first;
  inserted.columns.forEach((column, index) => {
    let best: Label | undefined;
    for (; next < labels.length && (labels[next] as Label).start < column.end; next++) {
      const label = labels[next] as Label;
      if (label.meaning.seeks && (best === undefined || label.end - label.start > best.end - best.start)) best = label;
    }
    if (best === undefined) return;
    for (const row of inserted.rows) {
      const value = row[index];
      if (value !== undefined) into.push({ start: value.start, end: value.end, meaning: best.meaning });
    }
  });
}

/** Reads the rows up to a line that is none; gives its beginning. */
function readRows(
  text: string,
  rows: number,
  delimiter: string,
  columns: readonly (Meaning | undefined)[],
  into: Cell[],
): number {
  let from = rows;
  while (from < text.length) {
    const to = lineEnd(text, from);
    const cells = cellsOf(text, from, to, delimiter);
    if (to === from || cells.length < columns.length * 2 || (delimiter === '\u0000' && to - from > longestName))
      return from;
    for (let column = 0; column < columns.length; column++) {
      const meaning = columns[column];
      if (meaning !== undefined)
        into.push({ start: cells[column * 2] as number, end: cells[column * 2 + 1] as number, meaning });
    }
    from = to + 1;
  }
  return from;
}
