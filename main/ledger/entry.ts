/** A row of the ledger as an entry, whatever version of this file wrote it. */
import type { SQLOutputValue } from 'node:sqlite';
import type { AttemptEntry, ExchangeEntry, SafetyEntry, UsageEntry } from '../../shared/contract/traffic.ts';
import {
  attemptKinds,
  outcomes,
  safetyActions,
  safetySources,
  spendStates,
  usageBases,
} from '../../shared/contract/words.ts';
import { foundKinds } from '../../shared/domain/masking.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import type { ExchangeRecord, Redact } from './ledger.ts';
import { columns, toPlainRow } from './row.ts';

export type StoredRow = Readonly<Record<string, SQLOutputValue>>;

/** The entry of a record that was not read back. */
export function entryOf(record: ExchangeRecord, redact: Redact): ExchangeEntry {
  const row = toPlainRow(record, redact);
  const stored: Record<string, SQLOutputValue> = {};
  for (const [index, column] of columns.entries()) stored[column] = (row[index] ?? null) as SQLOutputValue;
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
    attempts: attemptsOf(row['attempts']),
    ttft_ms: numberOf(row['ttft_ms']),
    duration_ms: numberOf(row['duration_ms']),
    usage: usageOf(row),
    usage_source: usageSourceOf(row['usage_source']),
    cost_usd: usdOf(row['cost']),
    cache: row['cached'] === 1 ? { hit: true, saved_usd: usdOf(row['cache_saved']) } : null,
    masked: numberOf(row['masked']) ?? 0,
    masked_kinds: kindsOf(row),
    firewall: firewallOf(safetyOf(row['safety'])),
    route_reason: textOf(row['route_reason']),
    stream: row['stream'] === 1,
    losses: listOf(row['losses'], toLoss),
    finish_reason: textOf(row['finish_reason']),
    request_bytes: numberOf(row['request_bytes']) ?? 0,
    response_bytes: numberOf(row['response_bytes']) ?? 0,
    user: textOf(row['user']),
    team: textOf(row['team']),
    rule: textOf(row['rule']),
    downgrade: downgradeOf(row['downgrade']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function usageOf(row: StoredRow): UsageEntry | null {
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

/** Pico-USD, or NULL where a price was unknown. */
function usdOf(value: unknown): string | null {
  return typeof value === 'number' ? picoToUsd(value) : null;
}

function usageSourceOf(value: unknown): ExchangeEntry['usage_source'] {
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

/** Of kinds that this version does not know only the sum is told. */
function kindsOf(row: StoredRow): ExchangeEntry['masked_kinds'] {
  if (typeof row['masked'] !== 'number') return null;
  const kinds: NonNullable<ExchangeEntry['masked_kinds']> = {};
  try {
    const read = JSON.parse(textOf(row['masked_kinds']) ?? '{}') as Readonly<Record<string, unknown>>;
    for (const kind of foundKinds) {
      const count = read[kind];
      if (Number.isSafeInteger(count)) kinds[kind] = Number(count);
    }
  } catch {
    // The sum is in a column of its own.
  }
  return kinds;
}

/** What masking and the firewall found. A word of another version counts as the weakest. */
export function safetyOf(value: SQLOutputValue | undefined): SafetyEntry[] {
  return listOf(value, ({ source, rule, action, detail }) => ({
    source: safetySources.find((known) => known === source) ?? 'masking',
    rule: textOf(rule) ?? '',
    action: safetyActions.find((known) => known === action) ?? 'log',
    detail: textOf(detail) ?? '',
  }));
}

function firewallOf(events: readonly SafetyEntry[]): ExchangeEntry['firewall'] {
  const own = events.filter(({ source }) => source === 'firewall');
  const action = safetyActions.find((known) => own.some((event) => event.action === known));
  return action === undefined ? null : { action, rules: [...new Set(own.map(({ rule }) => rule))] };
}

function downgradeOf(value: SQLOutputValue | undefined): ExchangeEntry['downgrade'] {
  if (typeof value !== 'string') return null;
  try {
    const { budget, alias } = JSON.parse(value) as Record<string, unknown>;
    return { budget: textOf(budget) ?? '', alias: textOf(alias) ?? '' };
  } catch {
    return null;
  }
}

/** Attempts of before they were priced have neither kind nor start: what they were is told from their order. */
function attemptsOf(value: SQLOutputValue | undefined): AttemptEntry[] {
  let before: string | undefined;
  return listOf(value, ({ target, status, error, ms, kind, started_ms, ttft_ms, usage, usage_source, ...money }) => {
    const name = typeof target === 'string' ? target : '';
    const likely = before === undefined ? 'first' : before === name ? 'retry' : 'fallback';
    before = name;
    return {
      target: name,
      status: numberOf(status),
      error: textOf(error),
      ms: numberOf(ms) ?? 0,
      kind: attemptKinds.find((known) => known === kind) ?? likely,
      started_ms: numberOf(started_ms),
      ttft_ms: numberOf(ttft_ms),
      usage: typeof usage === 'object' && usage !== null ? usageOf(usage as StoredRow) : null,
      usage_source: usageSourceOf(usage_source),
      cost_usd: usdOf(money['cost']),
      state: spendStates.find((known) => known === money['state']) ?? null,
      bound_usd: usdOf(money['bound']),
      counted_usd: usdOf(money['counted']),
      basis: usageBases.find((known) => known === money['basis']) ?? null,
    };
  });
}

function toLoss(item: Record<string, unknown>): ExchangeEntry['losses'][number] {
  const { path, why } = item;
  return { path: typeof path === 'string' ? path : '', why: typeof why === 'string' ? why : '' };
}
