/** An exchange as a row of the ledger, in order of columns. */
import type { SQLInputValue } from 'node:sqlite';
import type { UsageEntry } from '../../shared/contract/traffic.ts';
import { totalOf } from '../../shared/domain/masking.ts';
import { decisionText } from './decision-text.ts';
import type { Decision, ExchangeRecord, Redact } from './ledger.ts';

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
  'cost',
  'cached',
  'cache_saved',
  'user',
  'team',
  'rule',
  'downgrade',
  'masked',
  'masked_kinds',
  'safety',
  'decision',
] as const;
export type Column = (typeof columns)[number];

export type Row = SQLInputValue[];

/** Names come from outside: one long enough to recognise is enough. */
const maxText = 512;
const maxListed = 100;
/** A provider's usage object has a few hundred bytes; what is longer than this is not one. */
const maxRawUsage = 65_536;

/** The whole of it. An exchange that is still open has no decision yet, and its cost is not known. */
export function toRow(record: ExchangeRecord, redact: Redact, outcome: string = record.outcome): Row {
  return withDecision(toPlainRow(record, redact, outcome), outcome === 'open' ? undefined : record.decision, redact);
}

/** The whole of it, from all but the decision. */
export function withDecision(plain: Row, decision: Decision | undefined, redact: Redact): Row {
  return [...plain, decision === undefined ? null : decisionText(decision, redact)];
}

/** All but the decision, which is the last column. */
export function toPlainRow(record: ExchangeRecord, redact: Redact, outcome: string = record.outcome): Row {
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
    outcome === 'open' ? null : costOf(record),
    record.cache === undefined ? 0 : 1,
    picoUsd(record.cache?.savedCost),
    text(record.user),
    text(record.team),
    text(record.rule),
    record.downgrade === undefined ? null : text(JSON.stringify(record.downgrade)),
    ...safetyColumns(record, redact),
  ];
}

/** `masked`, `masked_kinds`, `safety`. What was found is told in words without the text itself, and those are cleaned all the same. */
function safetyColumns({ masked, safety }: ExchangeRecord, redact: Redact): readonly (number | string | null)[] {
  const events = safety.slice(0, maxListed).map(({ source, rule, action, detail }) => ({
    source,
    rule: clean(rule, redact),
    action,
    detail: clean(detail, redact),
  }));
  const told = events.length === 0 ? null : JSON.stringify(events);
  if (masked === undefined) return [null, null, told];
  const total = totalOf(masked);
  return [count(total), total === 0 ? null : JSON.stringify(masked), told];
}

/** Values of a row by the names of their columns, without those that are empty: as the journal has them. */
export type NamedColumns = Readonly<Record<string, string | number>>;

/**
 * The same as JSON text, of a plain row. Lists are lists in it and not texts of texts, which would be long to write. The
 * provider's own usage object is left out: it is long, and told by the counts.
 */
export function namedJson(row: Row): string {
  let text = '';
  for (let index = 0; index < plainCount; index += 1) {
    const value = row[index];
    if (index === rawUsageIndex) continue;
    if (typeof value === 'number') text += `${fieldStarts[index] ?? ''}${value}`;
    else if (typeof value === 'string')
      text += `${fieldStarts[index] ?? ''}${listIndexes.has(index) ? value : quoted(value)}`;
  }
  return `{${text.slice(1)}}`;
}

/** Columns as they were read back from such a text. */
export function namedFromJson(read: Readonly<Record<string, unknown>>): NamedColumns {
  const named: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(read)) {
    if (typeof value === 'string' || typeof value === 'number') named[name] = value;
    else if (Array.isArray(value)) named[name] = JSON.stringify(value);
  }
  return named;
}

const plainCount = columns.length - 1;
const rawUsageIndex = columns.indexOf('raw_usage');
const listIndexes: ReadonlySet<number> = new Set([columns.indexOf('attempts'), columns.indexOf('losses')]);
const fieldStarts = columns.map((name) => `,"${name}":`);

/** Nearly every text is plain: to look costs a third of what escaping does. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** What stands in a column that may not be empty. */
const fallbacks: Readonly<Partial<Record<Column, string | number>>> = {
  surface: '',
  stream: 0,
  snapshot_id: '',
  outcome: 'failed',
  is_error: 1,
  attempts: '[]',
  losses: '[]',
  usage_source: 'none',
  request_bytes: 0,
  response_bytes: 0,
  cached: 0,
};

/** The row that was written down by names, perhaps by a version with other columns. */
export function rowOfNames(named: NamedColumns): Row {
  return columns.map((column) => named[column] ?? fallbacks[column] ?? null);
}

/** What is known of an exchange when it is admitted, and all that is needed to record it should it never end. */
export function openedColumns(record: ExchangeRecord, redact: Redact): NamedColumns {
  const named: Record<string, string | number> = {
    request_id: record.requestId.slice(0, maxText),
    at: count(record.at),
    surface: record.surface,
    snapshot_id: record.snapshotId,
    request_bytes: count(record.requestBytes),
  };
  if (record.stream) named['stream'] = 1;
  if (record.dialect !== undefined) named['dialect'] = record.dialect;
  const text = (column: Column, value: string | undefined): void => {
    if (value !== undefined) named[column] = clean(value, redact);
  };
  text('key_id', record.keyId);
  text('client', record.client);
  text('session', record.session);
  text('model_asked', record.modelAsked);
  text('user', record.user);
  text('team', record.team);
  return named;
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
export function splitTarget(target: string | undefined): [string | undefined, string | undefined] {
  if (target === undefined) return [undefined, undefined];
  const slash = target.indexOf('/');
  return slash < 0 ? [target, undefined] : [target.slice(0, slash), target.slice(slash + 1)];
}

function attemptsText({ attempts }: ExchangeRecord, redact: Redact): string {
  if (attempts.length === 0) return '[]';
  return JSON.stringify(
    attempts.slice(0, maxListed).map(({ target, credential, status, error, ...rest }) => ({
      target: clean(target, redact),
      credential: credential === undefined ? undefined : clean(credential, redact),
      status,
      error: error === undefined ? undefined : clean(error, redact),
      ms: milliseconds(rest.ms),
      kind: rest.kind,
      started_ms: milliseconds(rest.startedMs),
      ttft_ms: rest.ttftMs === undefined ? undefined : milliseconds(rest.ttftMs),
      usage: rest.usage === undefined ? undefined : usageText(rest.usage),
      usage_source: rest.usageSource === 'none' ? undefined : rest.usageSource,
      cost: rest.cost === undefined ? undefined : picoUsd(rest.cost),
      state: rest.state,
      bound: rest.bound === undefined ? undefined : picoUsd(rest.bound),
      counted: rest.counted === undefined ? undefined : picoUsd(rest.counted),
      basis: rest.basis,
    })),
  );
}

/** Usage in the words of an entry, which reads it back. */
export function usageText(usage: NonNullable<ExchangeRecord['usage']>): UsageEntry {
  return {
    input_tokens: count(usage.inputTokens),
    output_tokens: count(usage.outputTokens),
    cache_read_tokens: count(usage.cacheReadTokens),
    cache_write_tokens: count(usage.cacheWriteTokens),
    reasoning_tokens: optionalCount(usage.reasoningTokens),
  };
}

function lossesText({ losses }: ExchangeRecord, redact: Redact): string {
  if (losses.length === 0) return '[]';
  return JSON.stringify(
    losses.slice(0, maxListed).map(({ path, why }) => ({ path: clean(path, redact), why: clean(why, redact) })),
  );
}

export function clean(text: string, redact: Redact): string {
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

/** Nothing was asked of anybody: that is known to cost nothing. */
function costOf({ cost, attempts }: ExchangeRecord): number | null {
  return cost === undefined && attempts.length === 0 ? 0 : picoUsd(cost);
}

/** Whole, and not beyond what a number holds exactly: some nine thousand dollars. */
function picoUsd(value: number | undefined): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value)));
}
