/** An exchange as a row of the ledger: in order of columns on the way in, as an entry on the way out. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import { outcomes } from '../../shared/contract/words.ts';
import type { ExchangeRecord } from './ledger.ts';

/** Columns of `exchanges`, in the order of a `Row`. */
export const columns = [
  'request_id',
  'at',
  'key_id',
  'client',
  'session',
  'surface',
  'dialect',
  'model_asked',
  'stream',
  'snapshot_id',
  'provider',
  'model',
  'target_dialect',
  'route_reason',
  'status',
  'error',
  'outcome',
  'is_error',
  'attempts',
  'losses',
  'ttft_ms',
  'duration_ms',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'input_audio_tokens',
  'output_audio_tokens',
  'usage_source',
  'raw_usage',
  'finish_reason',
  'request_bytes',
  'response_bytes',
] as const;
export type Column = (typeof columns)[number];

export type Row = SQLInputValue[];
export type StoredRow = Readonly<Record<string, SQLOutputValue>>;

/** Takes secrets out of text that came from outside. */
export type Redact = (text: string) => string;

/** Names come from outside: one long enough to recognise is enough. */
const maxText = 512;
const maxListed = 100;
/** A provider's usage object has a few hundred bytes; what is longer than this is not one. */
const maxRawUsage = 65_536;

export function toRow(record: ExchangeRecord, redact: Redact, outcome: string = record.outcome): Row {
  const [provider, model] = splitTarget(record.target);
  const text = (value: string | undefined): string | null => (value === undefined ? null : clean(value, redact));
  const usage = record.usage;
  return [
    record.requestId.slice(0, maxText),
    count(record.at),
    text(record.keyId),
    text(record.client),
    text(record.session),
    record.surface,
    record.dialect ?? null,
    text(record.modelAsked),
    record.stream ? 1 : 0,
    record.snapshotId,
    text(provider),
    text(model),
    record.targetDialect ?? null,
    text(record.routeReason),
    optionalCount(record.status),
    text(record.error),
    outcome,
    isError(record) ? 1 : 0,
    attemptsText(record, redact),
    lossesText(record, redact),
    milliseconds(record.ttftMs),
    milliseconds(record.durationMs),
    optionalCount(usage?.inputTokens),
    optionalCount(usage?.outputTokens),
    optionalCount(usage?.cacheReadTokens),
    optionalCount(usage?.cacheWriteTokens),
    optionalCount(usage?.cacheWrite1hTokens),
    optionalCount(usage?.reasoningTokens),
    optionalCount(usage?.inputAudioTokens),
    optionalCount(usage?.outputAudioTokens),
    record.usageSource,
    record.rawUsage === undefined || record.rawUsage.length > maxRawUsage ? null : redact(record.rawUsage),
    text(record.finishReason),
    count(record.requestBytes),
    count(record.responseBytes),
  ];
}

/** The entry of a record that was not read back. */
export function entryOf(record: ExchangeRecord, redact: Redact): ExchangeEntry {
  const row = toRow(record, redact);
  const stored: Record<string, SQLOutputValue> = {};
  for (const [index, column] of columns.entries()) stored[column] = row[index] as SQLOutputValue;
  return toEntry(stored);
}

export function toEntry(row: StoredRow): ExchangeEntry {
  const outcome = outcomes.find((known) => known === row['outcome']) ?? 'failed';
  const provider = textOf(row['provider']);
  return {
    request_id: textOf(row['request_id']) ?? '',
    at: new Date(numberOf(row['at']) ?? 0).toISOString(),
    key: textOf(row['key_id']),
    client: textOf(row['client']),
    session: textOf(row['session']),
    surface: textOf(row['surface']) ?? '',
    dialect: textOf(row['dialect']),
    model_asked: textOf(row['model_asked']),
    target: provider === null ? null : `${provider}/${textOf(row['model']) ?? ''}`,
    target_dialect: textOf(row['target_dialect']),
    status: numberOf(row['status']),
    error: textOf(row['error']) ?? (outcome === 'interrupted' ? 'interrupted' : null),
    outcome,
    attempts: listOf(row['attempts'], toAttempt),
    ttft_ms: numberOf(row['ttft_ms']),
    duration_ms: numberOf(row['duration_ms']),
    usage: usageOf(row),
    usage_source: usageSourceOf(row['usage_source']),
    cost_usd: null,
    masked: 0,
    firewall: null,
    route_reason: textOf(row['route_reason']),
    stream: row['stream'] === 1,
    losses: listOf(row['losses'], toLoss),
    finish_reason: textOf(row['finish_reason']),
    request_bytes: numberOf(row['request_bytes']) ?? 0,
    response_bytes: numberOf(row['response_bytes']) ?? 0,
  };
}

/** Broken, as told apart from cancelled: a client that left is no error. */
function isError(record: ExchangeRecord): boolean {
  if (record.outcome === 'aborted') return false;
  return (
    record.error !== undefined ||
    record.outcome === 'failed' ||
    record.outcome === 'incomplete' ||
    (record.status !== undefined && record.status >= 400)
  );
}

/** `provider/model`: a provider's id holds no slash, a model's name may. */
function splitTarget(target: string | undefined): [string | undefined, string | undefined] {
  if (target === undefined) return [undefined, undefined];
  const slash = target.indexOf('/');
  return slash < 0 ? [target, undefined] : [target.slice(0, slash), target.slice(slash + 1)];
}

function attemptsText({ attempts }: ExchangeRecord, redact: Redact): string {
  if (attempts.length === 0) return '[]';
  return JSON.stringify(
    attempts.slice(0, maxListed).map(({ target, credential, status, error, ms }) => ({
      target: clean(target, redact),
      ...(credential === undefined ? {} : { credential: clean(credential, redact) }),
      ...(status === undefined ? {} : { status }),
      ...(error === undefined ? {} : { error: clean(error, redact) }),
      ms: milliseconds(ms),
    })),
  );
}

function lossesText({ losses }: ExchangeRecord, redact: Redact): string {
  if (losses.length === 0) return '[]';
  return JSON.stringify(
    losses.slice(0, maxListed).map(({ path, why }) => ({ path: clean(path, redact), why: clean(why, redact) })),
  );
}

function clean(text: string, redact: Redact): string {
  // Redacted before it is cut: half a secret would not be recognised.
  const safe = redact(text.length > maxText * 8 ? text.slice(0, maxText * 8) : text);
  return (safe.length > maxText ? safe.slice(0, maxText) : safe).toWellFormed();
}

function count(value: number): number {
  return Number.isFinite(value) ? Math.trunc(value) : 0;
}

function optionalCount(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.trunc(value);
}

/** To a tenth: what is finer is noise. */
function milliseconds(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 10) / 10;
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function usageOf(row: StoredRow): ExchangeEntry['usage'] {
  const input = numberOf(row['input_tokens']);
  if (input === null) return null;
  return {
    input_tokens: input,
    output_tokens: numberOf(row['output_tokens']) ?? 0,
    cache_read_tokens: numberOf(row['cache_read_tokens']) ?? 0,
    cache_write_tokens: numberOf(row['cache_write_tokens']) ?? 0,
    reasoning_tokens: numberOf(row['reasoning_tokens']),
  };
}

function usageSourceOf(value: SQLOutputValue | undefined): ExchangeEntry['usage_source'] {
  return value === 'provider' || value === 'estimated' ? value : 'none';
}

function listOf<Item>(value: SQLOutputValue | undefined, read: (item: Record<string, unknown>) => Item): Item[] {
  try {
    const list: unknown = JSON.parse(typeof value === 'string' ? value : '[]');
    return Array.isArray(list) ? list.map((item) => read(item as Record<string, unknown>)) : [];
  } catch {
    return [];
  }
}

function toAttempt(item: Record<string, unknown>): ExchangeEntry['attempts'][number] {
  const { target, status, error, ms } = item;
  return {
    target: typeof target === 'string' ? target : '',
    status: typeof status === 'number' ? status : null,
    error: typeof error === 'string' ? error : null,
    ms: typeof ms === 'number' ? ms : 0,
  };
}

function toLoss(item: Record<string, unknown>): ExchangeEntry['losses'][number] {
  const { path, why } = item;
  return { path: typeof path === 'string' ? path : '', why: typeof why === 'string' ? why : '' };
}
