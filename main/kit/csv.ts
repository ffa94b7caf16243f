/** Comma-separated values (RFC 4180) that are safe to open in a spreadsheet. */
import { printable } from './printable.ts';

export type CsvValue = string | number | boolean | null | undefined;

/** One line, with its end. Text of several lines becomes one, and what a program would take for a formula is quoted with `'`. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = printable(value);
  // What these begin with is worked out by a spreadsheet, white space before them or not (SEC-31).
  const safe = /^\s*[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
