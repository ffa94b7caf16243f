/** Tables and numbers for a terminal. Everything recorded is made printable here (SEC-31). */
import { printable } from '../kit/printable.ts';

export interface ColumnSpec {
  readonly title: string;
  readonly right?: boolean | undefined;
  /** Longer text is cut. */
  readonly max?: number | undefined;
}

const gap = '  ';

/** A table with titles; columns are as wide as what is in them. */
export function table(columns: readonly ColumnSpec[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((column, index) => cut(printable(row[index] ?? ''), column.max)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => width(row[index] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.right === true))
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)].join('\n');
}

/** Thousands apart: `1,234,567`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 route`, `2 routes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `12 ms`, `3.4 s`, `2 min`. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `$0.001234`, `$2.50`, `$12.35`, `$1,234.50`: four digits that count, and whole cents from ten dollars on; `—` for unknown. */
export function money(usd: string | null): string {
  if (usd === null) return '—';
  const value = Number(usd);
  const size = Math.abs(value);
  const digits =
    size >= 10
      ? size.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
      : size.toLocaleString('en-US', { maximumSignificantDigits: 4 });
  // Nobody writes $2.5.
  return `${value < 0 ? '-' : ''}$${digits.replace(/\.\d$/, '$&0')}`;
}

/** `25 s`, `3 min`, `2 h`: for a wait, whose fractions nobody needs. */
export function wait(ms: number): string {
  if (ms < 120_000) return `${Math.max(1, Math.ceil(ms / 1_000))} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** `2026-11-25 08:30:12` on the clock of a time zone, the reader's own unless given. */
export function localTime(iso: string, timeZone?: string): string {
  return new Date(iso).toLocaleString('sv-SE', { timeZone });
}

function cut(text: string, max: number | undefined): string {
  return max !== undefined && width(text) > max ? `${[...text].slice(0, max - 1).join('')}…` : text;
}

function pad(text: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return right ? space + text : text + space;
}

/** Characters, not code units; wide scripts may still stand a little off. */
function width(text: string): number {
  return [...text].length;
}
