/** What is told of one exchange in traces: pure, plain data from a closed record. No content, no secret. */
import type { AttemptRecord, ExchangeRecord } from '../gateway/exchange.ts';
import { totalInputTokens } from '../../shared/domain/usage.ts';
import { totalOf } from '../../shared/domain/masking.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { wasSent } from './figures.ts';
import { splitTarget, type Names, type NamesOptions } from './names.ts';
import { attribute, operationOf, providerNameOf } from './semantic.ts';

export type Attributes = Record<string, string | number | boolean | string[]>;

export interface SpanDraft {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** It failed; what is nobody's failure, such as a client that left, is not. */
  readonly failed: boolean;
}

export interface ExchangeDraft {
  /** What the client's own trace calls this request. */
  readonly parent: TraceParent | undefined;
  readonly server: SpanDraft;
  readonly attempts: readonly AttemptDraft[];
  /** For `gen_ai.server.*`. `ttftMs`: of streams that came whole. */
  readonly measured: Measured & { readonly ttftMs: number | undefined };
}

export interface AttemptDraft extends SpanDraft {
  readonly measured: Measured;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** Attributes of few values, for metrics. */
export interface Measured {
  readonly attributes: Attributes;
  readonly durationMs: number;
}

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** W3C Trace Context, level 1; what does not follow it counts as absent. */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  const match = header === undefined ? null : traceparentPattern.exec(header);
  if (match === null) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = match;
  // A version to come may have more at its end; this one may not.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: parseInt(flags, 16) };
}

export interface DraftTools {
  readonly names: Names;
  readonly provider: NamesOptions['provider'];
}

export function draftExchange(record: ExchangeRecord, tools: DraftTools): ExchangeDraft {
  const durationMs = record.durationMs ?? 0;
  const failed = record.outcome === 'incomplete' || (record.outcome === 'failed' && (record.status ?? 500) >= 500);
  const answered = record.outcome === 'complete';
  const place =
    record.target === undefined ? { provider: 'sluice', model: undefined } : placeOf(record.target, answered, tools);
  const operation = operationOf[record.surface];
  return {
    parent: parseTraceparent(record.traceparent),
    server: {
      name: `sluice ${record.surface}`,
      start: record.at,
      end: record.at + durationMs,
      attributes: exchangeAttributes(record, tools.names),
      failed,
    },
    attempts: record.attempts.filter(wasSent).map((attempt) => draftAttempt(attempt, record, tools)),
    measured: {
      attributes: defined({
        [attribute.operation]: operation,
        [attribute.provider]: place.provider,
        [attribute.requestModel]: place.model,
        [attribute.errorType]: record.error === undefined ? undefined : tools.names.word('code', record.error),
      }),
      durationMs,
      ttftMs: record.stream && answered ? record.ttftMs : undefined,
    },
  };
}

function exchangeAttributes(record: ExchangeRecord, names: Names): Attributes {
  const clean = (text: string | undefined): string | undefined => (text === undefined ? undefined : names.clean(text));
  const passed = record.attempts.filter((attempt) => !wasSent(attempt));
  return defined({
    'sluice.request.id': record.requestId,
    'sluice.surface': record.surface,
    'sluice.outcome': record.outcome,
    'sluice.stream': record.stream,
    'sluice.model.asked': clean(record.modelAsked),
    'sluice.target': clean(record.target),
    'sluice.key.id': clean(record.keyId),
    'sluice.client': clean(record.client),
    'sluice.team': clean(record.team),
    'sluice.rule': clean(record.rule),
    'sluice.cache.hit': record.cache === undefined ? undefined : true,
    'sluice.downgraded.to': clean(record.downgrade?.alias),
    'sluice.passed_over':
      passed.length === 0
        ? undefined
        : passed.map(({ target, error }) => `${names.clean(target)}: ${error ?? 'passed over'}`),
    'sluice.masked': record.masked === undefined ? undefined : totalOf(record.masked),
    'sluice.cost.usd': usd(record.cost),
    [attribute.httpStatus]: record.status,
    [attribute.errorType]: clean(record.error),
  });
}

function draftAttempt(attempt: AttemptRecord, record: ExchangeRecord, tools: DraftTools): AttemptDraft {
  const ok = attempt.error === undefined;
  const { providerId, model } = splitTarget(attempt.target);
  const requestModel = tools.names.clean(model);
  const operation = operationOf[record.surface];
  const place = placeOf(attempt.target, ok, tools);
  const start = record.at + attempt.startedMs;
  const { usage } = attempt;
  const shared = defined({
    [attribute.operation]: operation,
    [attribute.provider]: place.provider,
    [attribute.serverAddress]: place.address,
    [attribute.serverPort]: place.port,
    [attribute.errorType]: ok ? undefined : tools.names.word('code', attempt.error ?? ''),
  });
  const usageAttributes: Record<string, number | undefined> =
    usage === undefined
      ? {}
      : {
          [attribute.inputTokens]: totalInputTokens(usage),
          [attribute.outputTokens]: usage.outputTokens,
          [attribute.cacheReadTokens]: usage.cacheReadTokens,
          [attribute.cacheWriteTokens]: usage.cacheWriteTokens,
          [attribute.reasoningTokens]: usage.reasoningTokens,
        };
  // The record keeps one reason: that of the try whose answer the client has.
  const isAnswer =
    ok && attempt.target === record.target && attempt === record.attempts.findLast((one) => wasSent(one));
  return {
    name: `${operation} ${requestModel}`,
    start,
    end: start + attempt.ms,
    failed: !ok && attempt.error !== 'client_gone',
    attributes: defined({
      ...shared,
      ...usageAttributes,
      [attribute.requestModel]: requestModel,
      [attribute.requestStream]: record.stream ? true : undefined,
      [attribute.timeToFirstChunk]: record.stream && attempt.ttftMs !== undefined ? attempt.ttftMs / 1_000 : undefined,
      [attribute.finishReasons]:
        isAnswer && record.finishReason !== undefined ? [tools.names.clean(record.finishReason)] : undefined,
      [attribute.httpStatus]: attempt.status,
      'sluice.provider': tools.names.clean(providerId),
      'sluice.credential': attempt.credential === undefined ? undefined : tools.names.clean(attempt.credential),
      'sluice.attempt.kind': attempt.kind,
      'sluice.usage.source': attempt.usageSource,
      'sluice.cost.usd': usd(attempt.cost),
    }),
    measured: { attributes: defined({ ...shared, [attribute.requestModel]: place.model }), durationMs: attempt.ms },
    inputTokens: usage === undefined ? undefined : totalInputTokens(usage),
    outputTokens: usage?.outputTokens,
  };
}

interface Place {
  readonly provider: string;
  /** Bounded. */
  readonly model: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

function placeOf(target: string, answered: boolean, { names, provider }: DraftTools): Place {
  const { providerId } = splitTarget(target);
  const known = provider(providerId);
  const url = known === undefined || !URL.canParse(known.baseUrl) ? undefined : new URL(known.baseUrl);
  return {
    provider: known === undefined ? names.word('provider', providerId) : providerNameOf(known.kind),
    model: names.target(target, answered).model,
    address: url?.hostname,
    port: url === undefined ? undefined : Number(url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : url.port),
  };
}

function usd(pico: number | undefined): number | undefined {
  return pico === undefined ? undefined : Number(picoToUsd(pico));
}

function defined(values: Readonly<Record<string, string | number | boolean | string[] | undefined>>): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) kept[name] = value;
  return kept;
}
