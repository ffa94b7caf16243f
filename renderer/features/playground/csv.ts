/** Tables that people paste, and tables that they take away. */

export interface InputTable {
  /** Names of variables. */
  readonly header: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

export type TableProblem =
  | { readonly what: 'empty' | 'no_rows' | 'quote' | 'header'; readonly line?: number }
  | { readonly what: 'too_many'; readonly count: number }
  | { readonly what: 'json' | 'cells'; readonly line: number };

export type ReadTable =
  | { readonly table: InputTable; readonly problem?: undefined }
  | { readonly table?: undefined; readonly problem: TableProblem };

export const maxRows = 200;

/** CSV with comma, semicolon or tab, with a header; or JSON objects, one a line. */
export function readTable(text: string): ReadTable {
  const plain = text.replace(/^\ufeff/, '');
  if (plain.trim() === '') return { problem: { what: 'empty' } };
  return plain.trimStart().startsWith('{') ? readJsonLines(plain) : readSeparated(plain);
}

function readJsonLines(text: string): ReadTable {
  const header = new Set<string>();
  const rows: Record<string, string>[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const value = objectOf(line);
    if (value === undefined) return { problem: { what: 'json', line: index + 1 } };
    const row: Record<string, string> = {};
    for (const [name, cell] of Object.entries(value)) {
      header.add(name);
      row[name] = typeof cell === 'string' ? cell : cell === null ? '' : JSON.stringify(cell);
    }
    rows.push(row);
  }
  return bounded([...header], rows);
}

function objectOf(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readSeparated(text: string): ReadTable {
  const parsed = parseSeparated(text, separatorOf(text));
  if (!Array.isArray(parsed)) return { problem: parsed as TableProblem };
  const [head, ...lines] = parsed as readonly SeparatedLine[];
  const header = head?.cells.map((name) => name.trim()) ?? [];
  if (header.includes('') || new Set(header).size < header.length) return { problem: { what: 'header' } };
  for (const { cells, line } of lines) if (cells.length > header.length) return { problem: { what: 'cells', line } };
  return bounded(
    header,
    lines.map(({ cells }) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? '']))),
  );
}

function bounded(header: readonly string[], rows: InputTable['rows']): ReadTable {
  if (rows.length === 0) return { problem: { what: 'no_rows' } };
  if (rows.length > maxRows) return { problem: { what: 'too_many', count: rows.length } };
  return { table: { header, rows } };
}

/** The one that stands most often in the first line, outside of quotes; a comma where none does. */
export function separatorOf(text: string): string {
  const counts = new Map([...'\t;,'].map((letter) => [letter, 0]));
  let quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === '\n' || letter === '\r')) break;
    else if (!quoted && counts.has(letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const [best = ',', count = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  return count === 0 ? ',' : best;
}

export interface SeparatedLine {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines of cells as RFC 4180 has them; lines that are empty are left out. */
export function parseSeparated(text: string, separator: string): readonly SeparatedLine[] | TableProblem {
  const lines: SeparatedLine[] = [];
  let cells: string[] = [];
  let [at, line, beganAt] = [0, 1, 1];
  const endLine = (): void => {
    if (cells.length > 1 || cells[0] !== '') lines.push({ line: beganAt, cells });
    cells = [];
    beganAt = line;
  };
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, separator);
    if (cell === undefined) return { what: 'quote', line };
    line += newlinesIn(text.slice(at, cell.end));
    cells.push(cell.value);
    at = cell.end;
    const isBreak = text[at] === '\n' || text[at] === '\r';
    if (at < text.length && !isBreak && text[at] !== separator) return { what: 'quote', line };
    if (isBreak) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
      endLine();
    } else if (at < text.length) {
      at += 1;
      // A separator at the very end: one more cell, which is empty.
      if (at === text.length) cells.push('');
    }
  }
  if (cells.length > 0) endLine();
  return lines;
}

interface Cell {
  readonly value: string;
  readonly end: number;
}

function plainCell(text: string, from: number, separator: string): Cell {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(from, end), end };
}

function quotedCell(text: string, from: number): Cell | undefined {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return undefined;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}

function newlinesIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/**
 * CSV as every spreadsheet reads it. A cell that would be a formula there gets an apostrophe in front (SEC-31), as it holds
 * what a model wrote.
 */
export function writeCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
