import { afterEach, describe, expect, it } from 'vitest';
import { version } from '../../../main/kit/version.ts';
import { attempt, exchange, passedOver, startedAt, startTelemetry, type Rig } from '../../unit/telemetry/making.ts';
import { startCollector, type Collector, type Span } from './collector.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function collecting(answer?: () => number | undefined): Promise<Collector> {
  const collector = await startCollector(answer);
  ends.push(() => collector.stop());
  return collector;
}

function telling(endpoint: string | null): Rig {
  return startTelemetry({ settings: { otlp_endpoint: endpoint, prometheus: true } });
}

const server = 2;
const client = 3;
const unset = 0;
const failed = 2;

function byKind(collector: Collector, kind: number): Span[] {
  return collector.spans.filter((span) => span.kind === kind);
}

describe('a trace', () => {
  it('has a span for the exchange and one for each try, at the times they happened', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    telemetry.exchangeClosed(
      exchange({
        durationMs: 3_000,
        attempts: [
          passedOver('box/local', 'admit.rate_limited'),
          attempt({ startedMs: 10, ms: 400, error: 'upstream.503', status: 503, usage: undefined, cost: 0 }),
          attempt({ startedMs: 450, ms: 2_500, kind: 'fallback', target: 'claude/claude-sonnet-4-5' }),
        ],
        target: 'claude/claude-sonnet-4-5',
        rule: 'of-box',
      }),
    );
    await telemetry.stop();
    const [outer] = byKind(collector, server);
    const [first, second] = byKind(collector, client);
    expect(collector.spans).toHaveLength(3);
    expect([outer?.startTimeUnixNano, outer?.endTimeUnixNano]).toEqual([startedAt, startedAt + 3_000]);
    expect([first?.startTimeUnixNano, first?.endTimeUnixNano]).toEqual([startedAt + 10, startedAt + 410]);
    expect([second?.startTimeUnixNano, second?.endTimeUnixNano]).toEqual([startedAt + 450, startedAt + 2_950]);
    expect(outer?.parentSpanId).toBeUndefined();
    expect([first?.parentSpanId, second?.parentSpanId]).toEqual([outer?.spanId, outer?.spanId]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect([outer, first, second].map((span) => span?.status.code)).toEqual([unset, failed, unset]);
    expect([outer, first, second].map((span) => span?.name)).toEqual([
      'sluice chat',
      'chat gpt-4o',
      'chat claude-sonnet-4-5',
    ]);
  });

  it('says what the conventions ask for, and how much was used and paid', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    telemetry.exchangeClosed(exchange({ masked: { email: 2, iban: 1 } }));
    await telemetry.stop();
    expect(byKind(collector, client)[0]?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.3,
      // With what was read from and written to the provider's cache.
      'gen_ai.usage.input_tokens': 125,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 20,
      'gen_ai.usage.cache_creation.input_tokens': 5,
      'gen_ai.usage.reasoning.output_tokens': 30,
      'http.response.status_code': 200,
      'server.address': 'api.openai.com',
      'server.port': 443,
      'sluice.provider': 'openai',
      'sluice.credential': 'main',
      'sluice.attempt.kind': 'first',
      'sluice.usage.source': 'provider',
      'sluice.cost.usd': 0.00125,
    });
    expect(byKind(collector, server)[0]?.attributes).toEqual({
      'sluice.request.id': 'req_1',
      'sluice.surface': 'chat',
      'sluice.outcome': 'complete',
      'sluice.stream': true,
      'sluice.model.asked': 'smart',
      'sluice.target': 'openai/gpt-4o',
      'sluice.key.id': 'key-of-ann',
      'sluice.client': 'claude-code',
      'sluice.team': 'red',
      'sluice.masked': 3,
      'sluice.cost.usd': 0.00125,
      'http.response.status_code': 200,
    });
    expect(collector.resources[0]).toEqual({ 'service.name': 'sluice', 'service.version': version });
    expect([...collector.schemas]).toEqual(['https://opentelemetry.io/schemas/1.41.0']);
  });

  it('names providers, ports and operations as the conventions do', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    const one = (target: string, surface: 'embeddings' | 'gemini_stream'): void => {
      telemetry.exchangeClosed(exchange({ target, surface, attempts: [attempt({ target })] }));
    };
    one('box/local', 'embeddings');
    one('claude/claude-sonnet-4-5', 'gemini_stream');
    one('gone/model', 'embeddings');
    await telemetry.stop();
    const told = byKind(collector, client).map(({ attributes: given }) =>
      ['gen_ai.operation.name', 'gen_ai.provider.name', 'server.address', 'server.port'].map((name) => given[name]),
    );
    expect(told).toEqual([
      ['embeddings', 'openai-compatible', '127.0.0.1', 8080],
      ['generate_content', 'anthropic', 'api.anthropic.com', 443],
      ['embeddings', 'gone', undefined, undefined],
    ]);
  });

  it('blames nobody for a client that left, and for a refusal only the client', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    const left = attempt({ error: 'client_gone' });
    telemetry.exchangeClosed(exchange({ attempts: [left], outcome: 'aborted', status: 499, error: 'client_gone' }));
    const refused = { attempts: [], target: undefined, outcome: 'failed' as const };
    telemetry.exchangeClosed(exchange({ ...refused, status: 429, error: 'admit.budget_exhausted', rule: 'monthly' }));
    telemetry.exchangeClosed(exchange({ ...refused, status: 503, error: 'route.no_target' }));
    await telemetry.stop();
    const told = byKind(collector, server).map(({ status, attributes: given }) => [status.code, given['error.type']]);
    expect(told).toEqual([
      [unset, 'client_gone'],
      [unset, 'admit.budget_exhausted'],
      [failed, 'route.no_target'],
    ]);
    expect(byKind(collector, client).map(({ status }) => status.code)).toEqual([unset]);
  });

  it('goes on with the trace of the client, and is left out where that says so', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const parents: Record<string, string> = {
      sampled: `00-${traceId}-b7ad6b7169203331-01`,
      unsampled: `00-${traceId}-b7ad6b7169203331-00`,
      invalid: `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    };
    for (const [requestId, traceparent] of Object.entries(parents)) {
      telemetry.exchangeClosed(exchange({ requestId, traceparent, attempts: [] }));
    }
    await telemetry.stop();
    const told = collector.spans.map((span) => [span.attributes['sluice.request.id'], span.parentSpanId]);
    expect(told).toEqual([
      ['sampled', 'b7ad6b7169203331'],
      ['invalid', undefined],
    ]);
    expect(collector.spans.map((span) => span.traceId === traceId)).toEqual([true, false]);
  });

  it('carries no secret, whoever put it into a name', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    telemetry.exchangeClosed(
      exchange({
        modelAsked: 'hunter2',
        client: 'hunter2/1',
        target: 'openai/hunter2',
        finishReason: 'hunter2',
        team: 'hunter2',
        error: 'upstream.hunter2',
        attempts: [
          attempt({ target: 'openai/hunter2', credential: 'hunter2' }),
          passedOver('openai/hunter2', 'route.no_target'),
        ],
      }),
    );
    await telemetry.stop();
    expect(collector.bodies.length).toBeGreaterThan(1);
    expect(collector.bodies.join('\n')).not.toContain('hunter2');
  });
});

describe('metrics', () => {
  it('measure calls, tokens and what clients waited for, in the bounds of the conventions', async () => {
    const collector = await collecting();
    const { telemetry } = telling(collector.url);
    const failure = attempt({ error: 'upstream.503', status: 503, ms: 400, usage: undefined, cost: 0 });
    telemetry.exchangeClosed(exchange({ attempts: [failure, attempt({ kind: 'retry' })] }));
    telemetry.exchangeClosed(exchange());
    await telemetry.stop();
    const tokens = collector.points.get('gen_ai.client.token.usage') ?? [];
    const model = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
    };
    const place = { 'server.address': 'api.openai.com', 'server.port': 443 };
    expect(tokens.map(({ attributes: given, sum, count }) => [given, sum, count])).toEqual([
      [{ ...model, ...place, 'gen_ai.token.type': 'input' }, 250, 2],
      [{ ...model, ...place, 'gen_ai.token.type': 'output' }, 100, 2],
    ]);
    expect(tokens[0]?.explicitBounds.slice(0, 3)).toEqual([1, 4, 16]);
    const calls = collector.points.get('gen_ai.client.operation.duration') ?? [];
    expect(calls.map(({ attributes: given, sum, count }) => [given['error.type'], sum, count])).toEqual([
      ['upstream.503', 0.4, 1],
      [undefined, 2.4, 2],
    ]);
    const requests = collector.points.get('gen_ai.server.request.duration') ?? [];
    expect(requests.map(({ attributes: given, sum, count }) => [given, sum, count])).toEqual([[model, 2.5, 2]]);
    const first = collector.points.get('gen_ai.server.time_to_first_token') ?? [];
    expect(first.map(({ sum, count }) => [sum, count])).toEqual([[0.62, 2]]);
  });
});

describe('the collector', () => {
  it('is not spoken to unless there is one', async () => {
    const collector = await collecting();
    const { telemetry } = telling(null);
    telemetry.exchangeClosed(exchange());
    await telemetry.stop();
    expect(collector.paths).toEqual([]);
  });

  it.each(['', '/', '/v1/traces', '/otlp'])('may be written with the path "%s"', async (path) => {
    const collector = await collecting();
    const { telemetry } = telling(`${collector.url}${path}`);
    telemetry.exchangeClosed(exchange());
    await telemetry.stop();
    const below = path === '/otlp' ? '/otlp' : '';
    expect([...collector.paths].sort()).toEqual([`${below}/v1/metrics`, `${below}/v1/traces`]);
  });

  it('changes with the config: the old one gets what was before, the new one what comes after', async () => {
    const [before, after] = [await collecting(), await collecting()];
    const { telemetry } = telling(before.url);
    await telling(null).telemetry.stop();
    telemetry.exchangeClosed(exchange({ requestId: 'one', attempts: [] }));
    // Lets the exporter be there, as it is long before anybody edits a file.
    await import('../../../main/telemetry/otlp.ts');
    telemetry.configure({ otlp_endpoint: after.url, prometheus: true });
    telemetry.exchangeClosed(exchange({ requestId: 'two', attempts: [] }));
    telemetry.configure({ otlp_endpoint: after.url, prometheus: false });
    telemetry.exchangeClosed(exchange({ requestId: 'three', attempts: [] }));
    await telemetry.stop();
    const ids = (collector: Collector): unknown[] =>
      collector.spans.map((span) => span.attributes['sluice.request.id']);
    expect([ids(before), ids(after)]).toEqual([['one'], ['two', 'three']]);
    telemetry.exchangeClosed(exchange({ requestId: 'late', attempts: [] }));
    await telemetry.stop();
    expect(ids(after)).toEqual(['two', 'three']);
  });

  it('may be away: it is told once, nothing else suffers, and the end does not wait', async () => {
    const gone = await startCollector();
    await gone.stop();
    const { telemetry, logs, read } = telling(gone.url);
    for (let at = 0; at < 5_000; at++) telemetry.exchangeClosed(exchange());
    await telemetry.stop();
    expect(logs.filter((line) => line.startsWith('telemetry cannot be sent'))).toHaveLength(1);
    expect((await read()).value('sluice_requests_total')).toBe(5_000);
  });

  it('may refuse or never answer: the end does not wait for it', async () => {
    for (const status of [500, 400, undefined]) {
      const collector = await collecting(() => status);
      const { telemetry, logs } = telling(collector.url);
      telemetry.exchangeClosed(exchange());
      await telemetry.stop();
      expect(collector.paths).toContain('/v1/traces');
      expect(logs.join('\n')).not.toContain('gpt-4o');
    }
  });
});
