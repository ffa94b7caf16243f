/** Tables: below a header that names a person, every cell of the column. */
import { insertRowsAt } from '../insert-rows.ts';
import type { KeywordHits } from '../keyword-scan.ts';
import { worthOf } from './left-context.ts';
import type { Tell } from './found.ts';
import { characterClass, family, given, hashOf, known, notLetter, ordinary } from './lexicon.ts';

const longestHeader = 1_000;
const longestLine = 4_000;
const longestKey = 32;
const mostRows = 5_000;
const longestCell = 60;
const longestName = 40;
const quote = 0x22;
const separators = [',', ';', '\t', '|'] as const;
const score = 0.85;
const ofPerson =
  /mail|phone|tel|mobile|birth|dob|age$|gender|sex$|address|adresse|city|role|department|salary|ssn|iban|passport|geburt|naiss|nacim|nascit|correo|teléfono|telefon|position|employ|hire|payroll|score|grade/i;

interface Cell {
  readonly start: number;
  readonly end: number;
}

/** Reads the lines below each header that has a key word in it. Every line is read once. */
export function findInColumns(text: string, hits: KeywordHits, tell: Tell): void {
  let past = 0;
  for (let hit = 0; hit < hits.count; hit++) {
    const at = hits.start(hit);
    if (at < past) continue;
    const inserted = isListed(text, at) ? insertRowsAt(text, at) : undefined;
    if (inserted !== undefined) {
      inserted.columns.forEach((column, index) => {
        if (worthOf(text.slice(column.start, column.end)) === 0) return;
        for (const { [index]: value } of inserted.rows)
          if (value !== undefined && isName(text.slice(value.start, value.end))) tell(value.start, value.end, score);
      });
      past = inserted.past;
      continue;
    }
    if (!isCell(text, at, hits.end(hit))) continue;
    const start = text.lastIndexOf('\n', at) + 1;
    const stop = text.indexOf('\n', at);
    const end = stop < 0 ? text.length : stop;
    past = end;
    if (stop < 0 || end - start > longestHeader || at - start > longestHeader) continue;
    const header = readHeader(text, start, end);
    if (header !== undefined) past = readRows(text, end + 1, header, tell);
  }
}

/** In a list of columns: a bracket or a comma stands before the word. */
function isListed(text: string, at: number): boolean {
  return /[(,]\s?["'`[]?\w{0,24}$/.test(text.slice(Math.max(0, at - 28), at));
}

/** Between separators or the ends of the line stands nothing but a few words. */
function isCell(text: string, start: number, end: number): boolean {
  let before = start - 1;
  while (start - before < longestKey && isKeyCharacter(text, before)) before--;
  let after = end;
  while (after - end < longestKey && isKeyCharacter(text, after)) after++;
  return isSeparator(text, before) && isSeparator(text, after) && (text[before] !== '\n' || text[after] !== '\n');
}

function isKeyCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return characterClass[code] !== notLetter || code === 0x20 || code === 0x22 || code === 0x2d || code > 0x2e80;
}

function isSeparator(text: string, at: number): boolean {
  const character = text[at];
  return (
    character === undefined ||
    character === ',' ||
    character === ';' ||
    character === '|' ||
    character === '\t' ||
    character === '\n' ||
    character === '\r'
  );
}

interface Header {
  readonly separator: string;
  readonly count: number;
  readonly columns: readonly number[];
  /** Another column is of a person too: a column `name` may be of anything. */
  readonly certain: boolean;
}

/** The separator that cuts the line into cells that all look like names of fields. */
function readHeader(text: string, start: number, end: number): Header | undefined {
  const line = text.slice(start, end);
  for (const separator of separators) {
    if (!line.includes(separator)) continue;
    const cells = cellsOf(text, start, end, separator);
    if (cells.length < 2 || cells.some((cell) => cell.end - cell.start > longestName)) continue;
    const keys = cells.map((cell) => text.slice(cell.start, cell.end));
    if (!keys.every((key) => /^[\p{L}\p{M}\d_ .()/#°'-]*$/u.test(key))) continue;
    const columns = keys.flatMap((key, column) =>
      worthOf(key) > 0 && !/\d$|^(?:from|to|by|with|key|title|label)$/i.test(key) ? [column] : [],
    );
    if (columns.length === 0) continue;
    const certain = keys.some((key) => worthOf(key) === 2 || ofPerson.test(key));
    return { separator, count: cells.length, columns, certain };
  }
  return undefined;
}

function readRows(text: string, from: number, header: Header, tell: Tell): number {
  let start = from;
  for (let row = 0; row < mostRows && start < text.length; row++) {
    const stop = text.indexOf('\n', start);
    const end = stop < 0 ? text.length : stop;
    if (end - start > longestLine) return start;
    const cells = cellsOf(text, start, end, header.separator);
    if (cells.length !== header.count) return start;
    for (const column of header.columns) {
      const cell = cells[column];
      if (cell !== undefined && isName(text.slice(cell.start, cell.end)) && (header.certain || hasKnown(text, cell)))
        tell(cell.start, cell.end, score);
    }
    start = end + 1;
  }
  return start;
}

function isName(value: string): boolean {
  if (value.length < 2 || value.length > longestCell || !/^\p{L}[\p{L}\p{M}'’.,\- ]*$/u.test(value)) return false;
  return (
    value.split(/\s+/).length <= 5 &&
    /^(?:(?:van|von|de|den|der|ter|ten|la|le|di|da|del|della|dos|al|el|bin|ibn|du|des|af|zu|het|'t)\s){0,2}(?:\p{Lu}|\p{Lo})/u.test(
      value,
    ) &&
    !/\b(?:Inc|Ltd|GmbH|Corp|LLC|true|false|null|None|String|Integer|Number|Boolean)\b/.test(value)
  );
}

/** A given or a family name that is no ordinary word is in it. */
function hasKnown(text: string, cell: Cell): boolean {
  return text
    .slice(cell.start, cell.end)
    .split(/[\s,.]+/)
    .some((word) => {
      const flags = known(hashOf(word, 0, word.length));
      return (flags & (given | family)) !== 0 && (flags & ordinary) === 0;
    });
}

/** Cells without the white space and the quotes around them; a Markdown row may begin and end with its separator. */
function cellsOf(text: string, start: number, end: number, separator: string): Cell[] {
  const cells: Cell[] = [];
  const code = separator.charCodeAt(0);
  let from = start;
  let quoted = false;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) quoted = !quoted;
    else if (unit === code && !quoted) {
      cells.push(trimmed(text, from, at));
      from = at + 1;
    }
  }
  cells.push(trimmed(text, from, end));
  if (separator === '|' && cells.length > 2 && cells[0]?.start === cells[0]?.end) cells.shift();
  const last = cells.at(-1);
  if (separator === '|' && cells.length > 2 && last?.start === last?.end) cells.pop();
  return cells;
}

function trimmed(text: string, from: number, to: number): Cell {
  let start = from;
  let end = to;
  while (start < end && isTrimmed(text.charCodeAt(start))) start++;
  while (end > start && isTrimmed(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

function isTrimmed(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || unit === quote || (unit >= 0x09 && unit <= 0x0d);
  return /\s/.test(String.fromCharCode(unit));
}
