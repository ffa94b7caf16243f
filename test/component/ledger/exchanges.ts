/** Exchanges as the data plane hands them over, for the tests of the ledger and of what reads it. */
import type { Decision, ExchangeRecord } from '../../../main/ledger/ledger.ts';

type AttemptRecord = ExchangeRecord['attempts'][number];

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
    attempts: [attempt()],
    losses: [],
    ttftMs: 5.2,
    durationMs: 20.4,
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, reasoningTokens: 1 },
    usageSource: 'provider',
    rawUsage: '{"prompt_tokens":15,"completion_tokens":5}',
    finishReason: 'stop',
    requestBytes: 100,
    responseBytes: 200,
    decision: undefined,
    cost: undefined,
    user: undefined,
    team: undefined,
    rule: undefined,
    downgrade: undefined,
    masked: undefined,
    safety: [],
    cache: undefined,
    ...given,
  };
}

export function attempt(given: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    target: 'demo/echo',
    credential: undefined,
    status: 200,
    error: undefined,
    ms: 12.3,
    kind: 'first',
    startedMs: 0.4,
    ttftMs: 5.1,
    usage: undefined,
    usageSource: 'none',
    cost: undefined,
    state: undefined,
    bound: undefined,
    counted: undefined,
    basis: undefined,
    ...given,
  };
}

/** A decision between as many targets as are asked for. */
export function decision(given: Partial<Decision> = {}, targets = 2): Decision {
  const names = Array.from({ length: targets }, (_, index) => `demo/model-${index}`);
  return {
    version: 1,
    asked: 'smart',
    chosen: names[0],
    reason: 'route "smart" (fallback): first of its targets',
    rule: { id: 'smart', alias: 'smart', origin: 'sluice.yaml, line 4', strategy: 'fallback' },
    facts: { model: 'smart', surface: 'chat', at: Date.UTC(2026, 10, 25, 12), tokens: 812 },
    candidates: names.map((target, index) => ({ target, id: `t${index}`, cost: 1_100_000_000, score: 0.5 })),
    order: names,
    principal: { key: 'default', allowedModels: ['*'], deniedModels: [], operation: 'generate', family: 'openai' },
    snapshot: 's1',
    draw: 0.25,
    ...given,
  };
}

/** The same exchange as it is when it is admitted. */
export function opened(record: ExchangeRecord): ExchangeRecord {
  return {
    ...record,
    outcome: 'open',
    status: undefined,
    cost: undefined,
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
