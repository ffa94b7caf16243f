/** The lines of the journal: what each says, how it is written, how a damaged one is told. */
import { crc32 } from 'node:zlib';
import type { BudgetBalance, BudgetCount, BudgetState, SpendNote } from '../gateway/ports.ts';
import { namedFromJson, type NamedColumns } from './row.ts';

export type NoteOf<Kind extends SpendNote['kind']> = Extract<SpendNote, { kind: Kind }>;

/** A try as it is kept with its exchange. */
export interface KeptTry {
  readonly dispatched: NoteOf<'dispatched'>;
  /** `undefined` while it runs. */
  readonly ended?: NoteOf<'ended'> | undefined;
  /** Nobody saw its end: it was counted at its bound after a crash. */
  readonly atBound?: true | undefined;
}

/** An exchange that is not recorded as ended yet. */
export interface KeptExchange {
  readonly id: string;
  /** What was known of it when it was admitted. */
  readonly opened?: NamedColumns | undefined;
  readonly tries: readonly KeptTry[];
}

export type Line =
  | SpendNote
  /** Everything that came before, summed up. Each file begins with one. */
  | {
      readonly kind: 'checkpoint';
      readonly at: number;
      readonly budgets: BudgetState;
      readonly exchanges: readonly KeptExchange[];
    }
  /** And, as a rule, sent at once. */
  | { readonly kind: 'opened'; readonly row: NamedColumns; readonly dispatched?: NoteOf<'dispatched'> | undefined }
  | { readonly kind: 'closed'; readonly row: NamedColumns }
  /** These are in the database: what was interrupted before this start, and what ended without a word here. */
  | { readonly kind: 'recorded'; readonly ids: readonly string[] };

const checksumLength = 8;
const newline = 10;
const space = 32;

/** A line with its checksum and its end. */
export function lineText(line: Line): string {
  return withChecksum(JSON.stringify(line));
}

/** A line of kind `closed`, from the JSON text of its row. */
export function closedText(row: string): string {
  return withChecksum(`{"kind":"closed","row":${row}}`);
}

function withChecksum(json: string): string {
  return `${crc32(json).toString(16).padStart(checksumLength, '0')} ${json}\n`;
}

export interface ReadLines {
  readonly lines: readonly Line[];
  /** Damaged ones with whole ones behind them. What is damaged at the end was never finished, which is usual after a crash. */
  readonly damaged: number;
}

export function readLines(bytes: Buffer): ReadLines {
  const lines: Line[] = [];
  let damaged = 0;
  let unfinished = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start);
    const line = end < 0 ? undefined : readLine(bytes.subarray(start, end));
    if (line === undefined) unfinished += 1;
    else {
      lines.push(line);
      damaged += unfinished;
      unfinished = 0;
    }
    if (end < 0) break;
    start = end + 1;
  }
  return { lines, damaged };
}

function readLine(bytes: Buffer): Line | undefined {
  const checksum = bytes.subarray(0, checksumLength).toString('latin1');
  const json = bytes.subarray(checksumLength + 1);
  if (bytes[checksumLength] !== space || !/^[0-9a-f]{8}$/.test(checksum)) return undefined;
  if (crc32(json) !== Number.parseInt(checksum, 16)) return undefined;
  try {
    const value: unknown = JSON.parse(json.toString('utf8'));
    if (!isLine(value)) return undefined;
    return value.kind === 'closed' ? { kind: 'closed', row: namedFromJson(value.row) } : value;
  } catch {
    return undefined;
  }
}

// ---------------------------------------------------------------- what a line must be, whoever wrote it

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isListOf = <Item>(value: unknown, isItem: (item: unknown) => item is Item): value is Item[] =>
  Array.isArray(value) && value.every((item) => isItem(item));
const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isOptionalAmount = (value: unknown): boolean => value === undefined || isAmount(value);
const isDigits = (value: unknown): value is string => isText(value) && /^\d{1,40}$/.test(value);
const isNumber = (value: unknown): value is number => typeof value === 'number';

const isRow = (value: unknown): value is NamedColumns => isFields(value) && isText(value['request_id']);

const isCount = (value: unknown): value is BudgetCount =>
  isFields(value) && isText(value['budget']) && isText(value['subject']) && isText(value['window']);

const isBalance = (value: unknown): value is BudgetBalance =>
  isCount(value) &&
  isFields(value) &&
  isDigits(value['spent']) &&
  isDigits(value['raised']) &&
  isListOf(value['alerted'], isNumber);

const isState = (value: unknown): value is BudgetState =>
  isFields(value) &&
  isListOf(value['balances'], isBalance) &&
  isListOf(value['outstanding'], isDispatched) &&
  (value['unknownBefore'] === undefined || isNumber(value['unknownBefore']));

const isTry = (value: unknown): value is KeptTry =>
  isFields(value) && isDispatched(value['dispatched']) && (value['ended'] === undefined || isEnded(value['ended']));

const isExchange = (value: unknown): value is KeptExchange =>
  isFields(value) &&
  isText(value['id']) &&
  isListOf(value['tries'], isTry) &&
  (value['opened'] === undefined || isRow(value['opened']));

function isDispatched(value: unknown): value is NoteOf<'dispatched'> {
  return (
    isFields(value) &&
    value['kind'] === 'dispatched' &&
    isText(value['id']) &&
    isNumber(value['at']) &&
    isText(value['target']) &&
    isOptionalAmount(value['bound']) &&
    isListOf(value['counts'], isCount)
  );
}

function isEnded(value: unknown): value is NoteOf<'ended'> {
  return (
    isFields(value) &&
    value['kind'] === 'ended' &&
    isText(value['id']) &&
    isText(value['state']) &&
    isOptionalAmount(value['amount'])
  );
}

function isLine(value: unknown): value is Line {
  if (!isFields(value)) return false;
  switch (value['kind']) {
    case 'checkpoint':
      return isState(value['budgets']) && isListOf(value['exchanges'], isExchange);
    case 'opened':
      return isRow(value['row']) && (value['dispatched'] === undefined || isDispatched(value['dispatched']));
    case 'closed':
      return isRow(value['row']);
    case 'recorded':
      return isListOf(value['ids'], isText);
    case 'dispatched':
      return isDispatched(value);
    case 'ended':
      return isEnded(value);
    case 'extended':
      return isText(value['id']) && isAmount(value['bound']);
    case 'raised':
      return (
        isText(value['id']) &&
        isNumber(value['at']) &&
        isCount(value['count']) &&
        isDigits(value['amount']) &&
        isText(value['note'])
      );
    case 'alerted':
      return isCount(value['count']) && isNumber(value['share']);
    default:
      return false;
  }
}
