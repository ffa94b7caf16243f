/** Exchanges as the data plane hands them over, for the tests of the ledger and of what reads it. */
import type { ExchangeRecord } from '../../../main/ledger/ledger.ts';

let count = 0;

/** A finished exchange; give what matters to the test. */
export function exchange(given: Partial<ExchangeRecord> = {}): ExchangeRecord {
  count += 1;
  return {
    requestId: `req-${String(count).padStart(6, '0')}`,
    at: Date.UTC(2026, 10, 25, 12, 0, 0) + count,
    keyId: 'default',
    client: 'claude-code',
    session: undefined,
    surface: 'chat',
    dialect: 'openai-chat',
    modelAsked: 'demo/echo',
    stream: false,
    snapshotId: 's1',
    target: 'demo/echo',
    targetDialect: 'openai-chat',
    routeReason: 'exact',
    status: 200,
    error: undefined,
    outcome: 'complete',
    attempts: [{ target: 'demo/echo', credential: undefined, status: 200, error: undefined, ms: 12.3 }],
    losses: [],
    ttftMs: 5.2,
    durationMs: 20.4,
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, reasoningTokens: 1 },
    usageSource: 'provider',
    rawUsage: '{"prompt_tokens":15,"completion_tokens":5}',
    finishReason: 'stop',
    requestBytes: 100,
    responseBytes: 200,
    ...given,
  };
}

/** The same exchange as it is when it is admitted. */
export function opened(record: ExchangeRecord): ExchangeRecord {
  return {
    ...record,
    outcome: 'open',
    status: undefined,
    attempts: [],
    durationMs: undefined,
    ttftMs: undefined,
    usage: undefined,
    usageSource: 'none',
    rawUsage: undefined,
  };
}

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

export const everything = { limit: 1000, filter: {} } as const;
