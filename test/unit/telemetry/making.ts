/** Closed exchanges, telemetry to tell of them, and a strict reader of what it answers. */
import type { AttemptRecord, ExchangeRecord } from '../../../main/gateway/exchange.ts';
import type { BudgetFigure } from '../../../main/telemetry/feed.ts';
import type { KnownProvider } from '../../../main/telemetry/names.ts';
import { createTelemetry, type Telemetry, type TelemetryOptions } from '../../../main/telemetry/telemetry.ts';
import type { Budget } from '../../../main/gateway/ports.ts';

export const startedAt = Date.UTC(2026, 10, 25, 12);

export function attempt(given: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    target: 'openai/gpt-4o',
    credential: 'main',
    status: 200,
    error: undefined,
    ms: 1_200,
    kind: 'first',
    startedMs: 10,
    ttftMs: 300,
    usage: {
      inputTokens: 100,
      outputTokens: 50,
      cacheReadTokens: 20,
      cacheWriteTokens: 5,
      reasoningTokens: 30,
    },
    usageSource: 'provider',
    cost: 1_250_000_000,
    state: 'settled',
    bound: undefined,
    counted: undefined,
    basis: 'provider',
    ...given,
  };
}

/** A target that was refused without being asked. */
export function passedOver(target: string, error: string): AttemptRecord {
  return attempt({
    target,
    error,
    credential: undefined,
    status: undefined,
    ms: 0,
    ttftMs: undefined,
    usage: undefined,
    usageSource: 'none',
    cost: 0,
    state: undefined,
    basis: undefined,
  });
}

export function exchange(given: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    requestId: 'req_1',
    at: startedAt,
    keyId: 'key-of-ann',
    client: 'claude-code',
    session: undefined,
    surface: 'chat',
    dialect: 'openai-chat',
    modelAsked: 'smart',
    stream: true,
    snapshotId: 's1',
    target: 'openai/gpt-4o',
    targetDialect: 'openai-chat',
    routeReason: 'first',
    status: 200,
    error: undefined,
    outcome: 'complete',
    attempts: [attempt()],
    losses: [],
    ttftMs: 310,
    durationMs: 1_250,
    usage: undefined,
    usageSource: 'provider',
    rawUsage: undefined,
    finishReason: 'stop',
    requestBytes: 100,
    responseBytes: 200,
    decision: undefined,
    cost: 1_250_000_000,
    user: 'ann',
    team: 'red',
    rule: undefined,
    downgrade: undefined,
    masked: undefined,
    safety: [],
    cache: undefined,
    ...given,
  };
}

export const providers = new Map<string, KnownProvider>([
  ['openai', known('openai', 'https://api.openai.com/v1', ['gpt-4o', 'gpt-4o-mini'])],
  ['claude', known('anthropic', 'https://api.anthropic.com', ['claude-sonnet-4-5'])],
  ['box', known('openai-compatible', 'http://127.0.0.1:8080/v1', ['local'])],
]);

function known(kind: KnownProvider['kind'], baseUrl: string, models: readonly string[]): KnownProvider {
  return { kind, baseUrl, models: new Map(models.map((id) => [id, { id }])) };
}

export interface Rig {
  readonly telemetry: Telemetry;
  readonly logs: string[];
  readonly read: (all?: boolean) => Promise<Exposition>;
}

export function startTelemetry(given: Partial<TelemetryOptions> = {}): Rig {
  const logs: string[] = [];
  const note = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    logs.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const telemetry = createTelemetry({
    settings: { otlp_endpoint: null, prometheus: true },
    log: { debug: note, info: note, warn: note, error: note },
    redact: (text) => text.replaceAll('hunter2', '***'),
    provider: (id) => providers.get(id),
    budgets: () => [],
    ledger: () => ({ state: 'writing', waiting: 0, dropped_opens: 0, dropped_closes: 0 }),
    isOffline: () => false,
    ...given,
  });
  return {
    telemetry,
    logs,
    async read(all = true) {
      const answer = await telemetry.text({ all, running: 3 });
      if (answer === undefined) throw new Error('metrics are switched off');
      return parseExposition(answer.text);
    },
  };
}

export function budgetFigure(id: string, given: { limit: bigint; spent: bigint; subject?: string }): BudgetFigure {
  const budget: Budget = {
    id,
    scope: 'key',
    match: undefined,
    when: undefined,
    limit: given.limit,
    period: 'day',
    timezone: 'UTC',
    resetDay: undefined,
    alertAt: [],
    action: { kind: 'reject' },
    origin: 'sluice.yaml, line 1',
  };
  return { claim: { budget, subject: given.subject ?? '' }, spent: given.spent, reserved: 0n, raised: 0n };
}

// ---------------------------------------------------------------- the text format, version 0.0.4

interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

export interface Exposition {
  readonly families: ReadonlyMap<string, Family>;
  /** The sum of every sample of this name whose labels are these, among others. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  readonly text: string;
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\\\|\\"|\\n)*)"(?:,|$)/y;

/** Throws on anything the format does not allow, and on what its conventions do not. */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line must end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current: { name: string; family: Family } | undefined;
  let help: { name: string; text: string } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      if (what === 'HELP') help = { name, text: rest };
      else {
        if (help?.name !== name) throw new Error(`no help before ${line}`);
        if (families.has(name)) throw new Error(`a second family ${name}`);
        current = { name, family: { type: rest, help: help.text, samples: [] } };
        families.set(name, current.family);
      }
      continue;
    }
    const match = samplePattern.exec(line);
    if (match === null || current === undefined) throw new Error(`not a sample: ${line}`);
    const [, name = '', inner, value = ''] = match;
    const labels = parseLabels(inner ?? '', line);
    const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`;
    if (seen.has(key)) throw new Error(`the same sample twice: ${line}`);
    seen.add(key);
    checkName(name, current.name, current.family.type);
    if (!/^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?Inf|NaN)$/i.test(value))
      throw new Error(`no number: ${line}`);
    current.family.samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return {
    families,
    text,
    value(name, wanted = {}) {
      const all = [...families.values()].flatMap(({ samples }) => samples).filter((sample) => sample.name === name);
      return all
        .filter(({ labels }) => Object.entries(wanted).every(([label, text]) => labels[label] === text))
        .reduce((sum, sample) => sum + sample.value, 0);
    },
  };
}

function parseLabels(inner: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < inner.length) {
    const match = labelPattern.exec(inner);
    if (match === null) throw new Error(`bad labels: ${line}`);
    const [, name = '', value = ''] = match;
    if (name in labels) throw new Error(`a label twice: ${line}`);
    labels[name] = value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}

function checkName(name: string, family: string, type: string): void {
  const suffixes = type === 'histogram' || type === 'summary' ? ['_bucket', '_sum', '_count', ''] : [''];
  if (!suffixes.some((suffix) => name === `${family}${suffix}`)) throw new Error(`${name} is not of ${family}`);
  if (!family.startsWith('sluice_')) return;
  if ((type === 'counter') !== family.endsWith('_total'))
    throw new Error(`${family}: counters, and they alone, end in _total`);
}

/** Buckets rise, and the last is the count. */
function checkHistogram(name: string, { samples }: Family): void {
  const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort());
  const buckets = new Map<string, { readonly bound: number; readonly value: number }[]>();
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = keyOf(labels);
    if (sample.name === `${name}_count`) counts.set(key, sample.value);
    if (sample.name !== `${name}_bucket` || le === undefined) continue;
    const own = buckets.get(key) ?? [];
    buckets.set(key, own);
    own.push({ bound: Number(le.replace('Inf', 'Infinity')), value: sample.value });
  }
  if (counts.size !== buckets.size) throw new Error(`${name}: counts without buckets, or the other way round`);
  for (const [key, own] of buckets) {
    for (const [at, { bound, value }] of own.entries()) {
      const before = own[at - 1];
      if (before !== undefined && (bound <= before.bound || value < before.value)) throw new Error(`${name} falls`);
    }
    const last = own.at(-1);
    if (last?.bound !== Infinity || last.value !== counts.get(key)) throw new Error(`${name}: no last bucket`);
  }
}
