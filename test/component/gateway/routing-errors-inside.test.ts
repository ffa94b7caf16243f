// Errors that providers tell inside an answer that began well (FAULT-25): what they mean decides, not where they stand.
import { afterEach, describe, expect, it } from 'vitest';
import { ask, readStream, startPair, words, type ClientName, type Pair } from './rigs.ts';

let pair: Pair;
afterEach(() => pair.close());

const errors = {
  context: {
    message: 'This model has a maximum context length of 8192 tokens. However, your messages resulted in 9000 tokens.',
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
  },
  policy: { message: 'The content was filtered.', type: 'invalid_request_error', code: 'content_filter', param: null },
  wrong: {
    message: "Invalid value for 'temperature'.",
    type: 'invalid_request_error',
    code: 'invalid_value',
    param: 'temperature',
  },
  limit: {
    message: 'Rate limit reached. Please try again in 20s.',
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    param: null,
  },
  numbered: { message: 'Provider returned error', code: 400, metadata: { raw: 'max_tokens is too large' } },
  server: { message: 'The server had an error.', type: 'server_error', code: 'server_error', param: null },
} as const;
type Kind = keyof typeof errors;

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** As an event before any content, or as the whole of an answer that is not streamed. */
const inside = (kind: Kind, stream: boolean): Parameters<Pair['a']['plan']>[0] =>
  stream ? { times: 20, sse: [event({ error: errors[kind] })] } : { times: 20, json: { error: errors[kind] } };

const cells = (['chat', 'messages'] as const).flatMap((client) =>
  [true, false].map((stream) => [client, stream] as const),
);

describe.each(cells)('for %s, streamed: %s', (client: ClientName, stream) => {
  const question = (text = 'long 5'): ReturnType<typeof ask> => ask(pair.gateway, client, text, { stream });

  it.each(['context', 'policy', 'wrong', 'numbered'] as const)(
    'a request that is wrong (%s) opens nothing and goes nowhere else',
    async (kind) => {
      pair = await startPair({});
      pair.a.plan(inside(kind, stream));
      for (let n = 0; n < 10; n++) expect((await question(`long 5, ${String(n)}`)).status).toBe(400);
      expect(pair.b.requests).toEqual([]);
      expect(pair.gateway.gateway.health()).toMatchObject([{ state: 'closed', failures: 0 }]);
    },
  );

  it.each([
    ['context', 'context_window'],
    ['policy', 'content_policy'],
  ] as const)('a route that falls back on it does (%s)', async (kind, reason) => {
    pair = await startPair({ route: `fallbacks: { on: [${reason}] }` });
    pair.a.plan(inside(kind, stream));
    const answer = await question();
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/gpt-4o']);
  });

  it('a limit is a rest and no failure', async () => {
    pair = await startPair({});
    pair.a.plan(inside('limit', stream));
    const answer = await question();
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/gpt-4o']);
    expect(pair.gateway.gateway.health().find(({ provider }) => provider === 'a')).toMatchObject({
      state: 'limited',
      failures: 0,
    });
  });

  it("a provider's own failure counts", async () => {
    pair = await startPair({});
    pair.a.plan(inside('server', stream));
    const answer = await question();
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/gpt-4o']);
    expect(pair.gateway.gateway.health().find(({ provider }) => provider === 'a')).toMatchObject({ failures: 1 });
  });
});

it('what the content policy ends in the middle is not gone on with elsewhere', async () => {
  pair = await startPair({ route: 'on_break: continue' });
  const choices = (content: string): unknown => [{ index: 0, delta: { content }, finish_reason: null }];
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
  const delta = (content: string): string => event({ ...head, choices: choices(content) });
  pair.a.plan({ sse: [delta('w0 '), delta('w1 '), event({ error: errors.policy })] });
  const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
  expect([words(30).startsWith(read.text), read.finished, read.failed]).toEqual([true, false, true]);
  expect(pair.b.requests).toEqual([]);
});

it('the words of a request that stands beside the error in an event are not the error', async () => {
  pair = await startPair({});
  await pair.gateway.apply(`
providers:
  - { id: a, kind: openai, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 1 } }
  - { id: b, kind: openai-compatible, base_url: "${pair.b.url}/v1", keys: [{ name: main, value: sk-b }], local: true }
routes: [{ alias: smart, targets: [a/gpt-5.2, b/gpt-4o] }]
`);
  const error = { code: 'server_error', message: 'The server had an error.' };
  const tools = [
    { type: 'function', name: 'f', description: 'Tells that the prompt is too long: context_length_exceeded' },
  ];
  const response = { id: 'resp_1', object: 'response', status: 'failed', error, tools, output: [] };
  pair.a.plan({ sse: [event({ type: 'response.failed', sequence_number: 0, response })] });
  const answer = await ask(pair.gateway, 'responses', 'hello');
  expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/gpt-4o']);
  expect(pair.gateway.gateway.health().find(({ provider }) => provider === 'a')).toMatchObject({ failures: 1 });
});
