/** A collector on a real socket that keeps what the official exporter sends it, as plain data. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const anyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.union([z.string(), z.number()]) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ arrayValue: z.strictObject({ values: z.array(z.strictObject({ stringValue: z.string() })) }) }),
]);
type AnyValue = z.output<typeof anyValue>;
const attributes = z
  .array(z.object({ key: z.string(), value: anyValue }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, plain(value)])));

function plain(value: AnyValue): string | number | boolean | string[] {
  if ('stringValue' in value) return value.stringValue;
  if ('intValue' in value) return Number(value.intValue);
  if ('doubleValue' in value) return value.doubleValue;
  if ('boolValue' in value) return value.boolValue;
  return value.arrayValue.values.map(({ stringValue }) => stringValue);
}

const nanoseconds = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => Number(BigInt(text) / 1_000_000n));
const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  /** Milliseconds since 1970. */
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  status: z.object({ code: z.number(), message: z.string().optional() }),
});
export type Span = z.output<typeof span>;

const scope = z.object({ name: z.string(), version: z.string() });
const resource = z.object({ attributes });
const traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource,
      scopeSpans: z.array(z.object({ scope, spans: z.array(span), schemaUrl: z.string() })),
    }),
  ),
});

const point = z.object({
  attributes,
  count: z.number(),
  sum: z.number(),
  bucketCounts: z.array(z.number()),
  explicitBounds: z.array(z.number()),
});
export type Point = z.output<typeof point>;
const metrics = z.object({
  resourceMetrics: z.array(
    z.object({
      resource,
      scopeMetrics: z.array(
        z.object({
          scope,
          metrics: z.array(
            z.object({
              name: z.string(),
              unit: z.string(),
              histogram: z.object({ aggregationTemporality: z.number(), dataPoints: z.array(point) }),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface Collector {
  readonly url: string;
  readonly spans: Span[];
  readonly resources: Record<string, unknown>[];
  readonly schemas: Set<string>;
  /** Points as they were sent last, by the name of the metric. */
  readonly points: Map<string, Point[]>;
  readonly paths: string[];
  readonly headers: IncomingHttpHeaders[];
  /** Everything that was sent, as it was sent. */
  readonly bodies: string[];
  stop(): Promise<void>;
}

/** `answer`: the status it gives; `undefined`: it never answers. */
export async function startCollector(answer: () => number | undefined = () => 200): Promise<Collector> {
  const collector = {
    spans: [] as Span[],
    resources: [] as Record<string, unknown>[],
    schemas: new Set<string>(),
    points: new Map<string, Point[]>(),
    paths: [] as string[],
    headers: [] as IncomingHttpHeaders[],
    bodies: [] as string[],
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const status = answer();
      collector.paths.push(request.url ?? '');
      collector.headers.push(request.headers);
      if (status === undefined) return;
      if (status === 200) keep(collector, request.url ?? '', Buffer.concat(pieces).toString('utf8'));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...collector,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Kept = Pick<Collector, 'spans' | 'resources' | 'schemas' | 'points' | 'bodies'>;

function keep(collector: Kept, path: string, body: string): void {
  collector.bodies.push(body);
  const sent: unknown = JSON.parse(body);
  if (path.endsWith('/v1/traces')) {
    for (const { resource: from, scopeSpans } of traces.parse(sent).resourceSpans) {
      collector.resources.push(from.attributes);
      for (const { spans, schemaUrl } of scopeSpans) {
        collector.spans.push(...spans);
        collector.schemas.add(schemaUrl);
      }
    }
    return;
  }
  for (const { scopeMetrics } of metrics.parse(sent).resourceMetrics) {
    for (const { metrics: list } of scopeMetrics) {
      for (const { name, histogram } of list) collector.points.set(name, histogram.dataPoints);
    }
  }
}
