/** The only door to OpenTelemetry: traces and metrics to a collector over HTTP. Loaded only where an endpoint is set. */
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Histogram,
  type Meter,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { LogPort } from '../gateway/ports.ts';
import { version } from '../kit/version.ts';
import { attribute, metric, schemaUrl } from './semantic.ts';
import type { AttemptDraft, ExchangeDraft, SpanDraft, TraceParent } from './spans.ts';

/** Spans that wait for a collector that is slow or away; those that come when it is full are given up. */
const maxWaitingSpans = 2_048;
const spansAfterMs = 5_000;
const metricsEveryMs = 15_000;
const exportTimeoutMs = 10_000;
/** In all, at the end: a collector that is away holds nobody up. */
const flushMs = 2_000;
const maxAttributeLength = 512;

export interface Otlp {
  exchange(draft: ExchangeDraft): void;
  /** Sends what waits, within two seconds. Never rejects. */
  stop(): Promise<void>;
}

/** `endpoint` is the collector's address, as in `http://localhost:4318`; the paths of the signals are added. */
export function createOtlp({ endpoint, log }: { readonly endpoint: string; readonly log: LogPort }): Otlp {
  const base = endpoint.replace(/\/+$/, '').replace(/\/v1\/(?:traces|metrics)$/, '');
  const resource = resourceFromAttributes({ 'service.name': 'sluice', 'service.version': version });
  const told = tellOnce(new URL(base).origin, log);
  const spanExporter = new OTLPTraceExporter({ url: `${base}/v1/traces`, timeoutMillis: exportTimeoutMs });
  const metricExporter = new OTLPMetricExporter({ url: `${base}/v1/metrics`, timeoutMillis: exportTimeoutMs });
  watch(spanExporter, told);
  watch(metricExporter, told);
  const tracers = new TracerProvider({
    resource,
    spanLimits: { attributeValueLengthLimit: maxAttributeLength },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: spanExporter,
        maxQueueSize: maxWaitingSpans,
        scheduledDelayMillis: spansAfterMs,
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  });
  const meters = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: metricExporter,
        exportIntervalMillis: metricsEveryMs,
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  });
  const tracer = tracers.getTracer('sluice', version, { schemaUrl });
  const instruments = createInstruments(meters.getMeter('sluice', version, { schemaUrl }));
  return {
    exchange(draft) {
      traceExchange(tracer, draft);
      measure(instruments, draft);
    },
    async stop() {
      const isSent = await within(flushMs, [tracers.shutdown(), meters.shutdown()]);
      if (!isSent) told(new Error('what waited was not taken in time'));
    },
  };
}

function traceExchange(tracer: Tracer, { parent, server, attempts }: ExchangeDraft): void {
  const outer = addSpan(tracer, server, SpanKind.SERVER, contextOf(parent));
  for (const attempt of attempts) addSpan(tracer, attempt, SpanKind.CLIENT, outer);
}

/** Gives the context of the new span. */
function addSpan(tracer: Tracer, draft: SpanDraft, kind: SpanKind, context: Context): Context {
  const { name, attributes, failed } = draft;
  // Dates: a small number would be taken for one of the process's own clock.
  const span = tracer.startSpan(name, { kind, attributes, startTime: new Date(draft.start) }, context);
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(new Date(draft.end));
  return trace.setSpan(context, span);
}

function contextOf(parent: TraceParent | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: flags & 1, isRemote: true });
}

type Instruments = Readonly<Record<keyof typeof metric, Histogram>>;

function createInstruments(meter: Meter): Instruments {
  const make = (name: keyof typeof metric): Histogram => {
    const { name: fullName, description, unit, bounds } = metric[name];
    return meter.createHistogram(fullName, {
      description,
      unit,
      advice: { explicitBucketBoundaries: [...bounds] },
    });
  };
  return {
    tokenUsage: make('tokenUsage'),
    operationDuration: make('operationDuration'),
    timeToFirstToken: make('timeToFirstToken'),
    requestDuration: make('requestDuration'),
  };
}

function measure(instruments: Instruments, { measured, attempts }: ExchangeDraft): void {
  instruments.requestDuration.record(measured.durationMs / 1_000, measured.attributes);
  if (measured.ttftMs !== undefined) {
    instruments.timeToFirstToken.record(measured.ttftMs / 1_000, measured.attributes);
  }
  for (const attempt of attempts) measureAttempt(instruments, attempt);
}

function measureAttempt(instruments: Instruments, { measured, inputTokens, outputTokens }: AttemptDraft): void {
  instruments.operationDuration.record(measured.durationMs / 1_000, measured.attributes);
  const { [attribute.errorType]: _error, ...attributes } = measured.attributes;
  const counts = { input: inputTokens, output: outputTokens };
  for (const [type, count] of Object.entries(counts)) {
    if (count !== undefined) instruments.tokenUsage.record(count, { ...attributes, [attribute.tokenType]: type });
  }
}

type Tell = (error: Error | undefined) => void;

/** Says so when sending begins to fail and when it works again, not each time. */
function tellOnce(collector: string, log: LogPort): Tell {
  let failing = false;
  return (error) => {
    if (error !== undefined && !failing) {
      log.warn('telemetry cannot be sent; what does not fit into its queue is given up', {
        collector,
        error: error.message,
      });
    } else if (error === undefined && failing) log.info('telemetry is sent again', { collector });
    failing = error !== undefined;
  };
}

interface Exporter<Items> {
  export(items: Items, done: (result: { readonly code: number; readonly error?: Error }) => void): void;
}

function watch<Items>(exporter: Exporter<Items>, tell: Tell): void {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    send(items, (result) => {
      tell(result.error);
      done(result);
    });
  };
}

/** Waits until all of them ended, well or not, and `ms` at the longest; `false`: that was not enough. */
async function within(ms: number, work: readonly Promise<unknown>[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  const done = Promise.allSettled(work).then(() => true);
  const isDone = await Promise.race([done, late]);
  clearTimeout(timer);
  return isDone;
}
