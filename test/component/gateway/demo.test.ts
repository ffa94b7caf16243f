// The demo provider through the port: every surface it claims, deterministic, in each dialect, and honest about what it has not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, startTestGateway, type TestGateway } from './support.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway('');
});

afterAll(() => gateway.stop());

const surfaces: [string, Record<string, unknown>, (json: Record<string, unknown>) => unknown, unknown][] = [
  [
    '/v1/completions',
    { model: 'demo/echo', prompt: 'once more' },
    (json) => (json['choices'] as { text: string }[])[0]?.text,
    'once more',
  ],
  [
    '/v1/embeddings',
    { model: 'demo/echo', input: ['a', 'b'], dimensions: 7 },
    (json) => (json['data'] as { embedding: number[] }[]).map(({ embedding }) => embedding.length),
    [7, 7],
  ],
  [
    '/v1/moderations',
    { model: 'demo/echo', input: ['a', 'b'] },
    (json) => (json['results'] as { flagged: boolean }[]).map(({ flagged }) => flagged),
    [false, false],
  ],
  [
    '/v1/rerank',
    { model: 'demo/echo', query: 'blue sea', documents: ['red sand', { text: 'the blue sea' }, 'sea'], top_n: 2 },
    (json) => (json['results'] as { index: number }[]).map(({ index }) => index),
    [2, 1],
  ],
  [
    '/v1beta/models/demo%2Fecho:embedContent',
    { content: { parts: [{ text: 'a' }] }, outputDimensionality: 5 },
    (json) => (json['embedding'] as { values: number[] }).values.length,
    5,
  ],
  [
    '/v1beta/models/demo%2Fecho:batchEmbedContents',
    { requests: [{ content: { parts: [{ text: 'a' }] } }, { content: { parts: [{ text: 'b' }] } }] },
    (json) => (json['embeddings'] as { values: number[] }[]).map(({ values }) => values.length),
    [64, 64],
  ],
];

describe('the demo provider', () => {
  it.each(surfaces)('answers %s, the same each time', async (path, body, pick, expected) => {
    const [first, second] = [await send(gateway, { path, body }), await send(gateway, { path, body })];
    expect([first.status, pick(first.json())]).toEqual([200, expected]);
    expect(second.text).toBe(first.text);
    expect(first.headers['x-sluice-target']).toBe('demo/echo');
  });

  it('streams a legacy completion in small pieces with its usage', async () => {
    const body = { model: 'demo/echo', prompt: 'hello world', stream: true, stream_options: { include_usage: true } };
    const { text } = await send(gateway, { path: '/v1/completions', body });
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.at(-1)).toBe('data: [DONE]');
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)) as { choices: { text: string }[] });
    const pieces = chunks.flatMap(({ choices }) => choices.map((choice) => choice.text));
    expect(pieces.join('')).toBe('hello world');
    expect(pieces.length).toBeGreaterThan(2);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 3 } });
  });

  it.each(['/v1/images/generations', '/v1/audio/speech'])('says that it has no %s', async (path) => {
    const answer = await send(gateway, { path, body: { model: 'demo/echo', prompt: 'a', input: 'a' } });
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([400, 'route.operation_unsupported']);
  });

  it('fails with the status its model names', async () => {
    const answer = await send(gateway, {
      path: '/v1/chat/completions',
      body: { model: 'demo/error-418', messages: [] },
    });
    expect([answer.status, answer.json()]).toMatchObject([418, { error: { code: 'demo_418' } }]);
  });
});
