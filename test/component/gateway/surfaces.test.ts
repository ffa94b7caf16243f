import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let openai: Fake;
let azure: Fake;
let gemini: Fake;
let cohere: Fake;
let gateway: TestGateway;
const key = 'sk-upstream-key-1';

beforeAll(async () => {
  openai = await startFake({ dialect: 'openai', key });
  azure = await startFake({ dialect: 'openai', azure: true, key });
  gemini = await startFake({ dialect: 'gemini', key });
  cohere = await startFake({ dialect: 'cohere', key });
  const keys = `keys: [{ name: main, value: ${key} }]`;
  gateway = await startTestGateway(`
listen: { ollama: false }
providers:
  - { id: openai, kind: openai, base_url: "${openai.url}/v1", ${keys} }
  - { id: twice, kind: openai, base_url: "${openai.url}/v1/v1", ${keys} }
  - { id: bare, kind: openai, base_url: "${openai.url}", ${keys} }
  - { id: az, kind: azure-openai, base_url: "${azure.url}", ${keys} }
  - { id: gem, kind: gemini, base_url: "${gemini.url}", ${keys} }
  - { id: co, kind: cohere, base_url: "${cohere.url}/compatibility/v1", ${keys} }
  - { id: chatonly, kind: openai-compatible, base_url: "${openai.url}/v1", ${keys} }
routes:
  - { alias: embedder, targets: [openai/text-embedding-3-small] }
`);
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([openai.close(), azure.close(), gemini.close(), cohere.close()]);
});

function last(fake: Fake): {
  json: unknown;
  path: string;
  refusal: string | undefined;
  headers: Record<string, unknown>;
} {
  const request = fake.requests.at(-1);
  if (request === undefined) throw new Error('nothing arrived upstream');
  return {
    json: request.json,
    path: request.path,
    refusal: request.refusal as string | undefined,
    headers: request.headers,
  };
}

function form(fields: Record<string, string>): { raw: string; headers: Record<string, string> } {
  const parts = Object.entries(fields).map(([name, value]) => {
    const file = name === 'file' || name === 'image' ? '; filename="a.png"\r\nContent-Type: image/png' : '';
    return `--mark\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return { raw: `${parts.join('')}--mark--\r\n`, headers: { 'content-type': 'multipart/form-data; boundary=mark' } };
}

describe('surfaces that are passed on', () => {
  it.each([
    ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'x', encoding_format: 'base64' }],
    ['/v1/embeddings', { model: 'embedder', input: ['x', 'y'] }],
    ['/v1/moderations', { input: 'x' }],
    ['/v1/completions', { model: 'openai/gpt-3.5-turbo-instruct', prompt: 'x' }],
    ['/v1/images/generations', { model: 'openai/gpt-image-1', prompt: 'x' }],
    ['/v1/audio/speech', { model: 'openai/gpt-4o-mini-tts', input: 'x', voice: 'alloy' }],
  ])('%s reaches the provider with its own model name', async (path, body) => {
    const answer = await send(gateway, { path, body });
    expect([answer.status, last(openai).refusal]).toEqual([200, undefined]);
    expect(answer.body.length).toBeGreaterThan(0);
    expect(last(openai).path).toBe(path);
    const model = (last(openai).json as { model?: string } | undefined)?.model;
    expect(model === undefined || !model.includes('/')).toBe(true);
  });

  it('a transcription form keeps its file and gets the model name replaced', async () => {
    const answer = await send(gateway, {
      path: '/v1/audio/transcriptions',
      method: 'POST',
      ...form({ model: 'openai/whisper-1', file: 'RIFFdata' }),
    });
    expect([answer.status, last(openai).refusal]).toEqual([200, undefined]);
    expect(openai.requests.at(-1)?.body.toString()).toContain('\r\n\r\nwhisper-1\r\n');
  });

  it('rerank goes where Cohere has it', async () => {
    const answer = await send(gateway, {
      path: '/v1/rerank',
      body: { model: 'co/rerank-v3.5', query: 'x', documents: ['a', 'b'] },
    });
    expect([answer.status, last(cohere).path]).toEqual([200, '/v2/rerank']);
  });

  it('Gemini embeddings keep their path', async () => {
    const answer = await send(gateway, {
      path: '/v1beta/models/gem%2Fgemini-embedding-001:embedContent',
      body: { content: { parts: [{ text: 'x' }] } },
    });
    expect([answer.status, last(gemini).refusal]).toEqual([200, undefined]);
  });

  it('is refused where the provider has no such endpoint, with the reason', async () => {
    const answer = await send(gateway, {
      path: '/v1/embeddings',
      body: { model: 'gem/gemini-embedding-001', input: 'x' },
    });
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([400, 'route.operation_unsupported']);
  });
});

describe('base URLs', () => {
  it.each(['openai', 'twice', 'bare'])('of provider "%s" lead to one version segment', async (id) => {
    const answer = await send(gateway, {
      path: '/v1/chat/completions',
      body: { model: `${id}/gpt-4o`, messages: [{ role: 'user', content: 'x' }] },
    });
    expect([answer.status, last(openai).path]).toEqual([200, '/v1/chat/completions']);
  });

  it('of Azure name the deployment and the api-version, with the api-key header', async () => {
    const answer = await send(gateway, {
      path: '/v1/chat/completions',
      body: { model: 'az/my-gpt', messages: [{ role: 'user', content: 'x' }] },
    });
    expect([answer.status, last(azure).refusal]).toEqual([200, undefined]);
    expect(last(azure).path).toContain('/openai/deployments/my-gpt/chat/completions');
    expect(last(azure).headers['api-key']).toBe(key);
    expect(last(azure).headers['authorization']).toBeUndefined();
  });
});

describe('headers', () => {
  it('of the client pass upstream, its key, cookies and hops do not', async () => {
    await send(gateway, {
      path: '/v1/chat/completions',
      body: { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'x' }] },
      headers: {
        'openai-organization': 'org-1',
        'x-stainless-lang': 'js',
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        connection: 'close, x-private',
        'x-private': '1',
        'x-sluice-tag-team': 'core',
      },
    });
    const { headers } = last(openai);
    expect(headers).toMatchObject({
      'openai-organization': 'org-1',
      'x-stainless-lang': 'js',
      'accept-encoding': 'identity',
      'x-sluice-hop': '1',
      authorization: `Bearer ${key}`,
    });
    for (const name of ['cookie', 'x-forwarded-for', 'x-private', 'x-sluice-tag-team', 'x-api-key'])
      expect(headers[name]).toBeUndefined();
  });

  it('of the provider pass back, its cookies and browser rules do not', async () => {
    openai.plan({
      json: { id: 'x', choices: [] },
      headers: {
        'set-cookie': 'a=b',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'max-age=1',
        'x-ratelimit-remaining-requests': '7',
        'openai-processing-ms': '5',
      },
    });
    const answer = await send(gateway, {
      path: '/v1/chat/completions',
      body: { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'x' }] },
    });
    expect(answer.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '7', 'openai-processing-ms': '5' });
    for (const name of ['set-cookie', 'access-control-allow-origin', 'strict-transport-security'])
      expect(answer.headers[name]).toBeUndefined();
  });
});

describe('Responses in front of a chat-only target', () => {
  const ask = (body: Record<string, unknown>): ReturnType<typeof send> =>
    send(gateway, { path: '/v1/responses', body: { model: 'chatonly/gpt-4o', ...body } });

  it('remembers the earlier turn by previous_response_id', async () => {
    const first = await ask({ input: 'my name is Ada' });
    expect(first.status).toBe(200);
    const second = await ask({ input: 'and?', previous_response_id: first.json()['id'] });
    expect(second.status).toBe(200);
    expect(last(openai).json).toMatchObject({
      messages: [
        { role: 'user', content: 'my name is Ada' },
        { role: 'assistant', content: 'echo: my name is Ada' },
        { role: 'user', content: 'and?' },
      ],
    });
  });

  it('remembers a streamed turn as well', async () => {
    const first = await ask({ input: 'streamed turn', stream: true });
    const id = /"id":"(resp_[^"]+|chatcmpl[^"]+)"/.exec(first.text)?.[1];
    const second = await ask({ input: 'and?', previous_response_id: id });
    expect(second.status).toBe(200);
    expect((last(openai).json as { messages: unknown[] }).messages).toHaveLength(3);
  });

  it('says that an unknown previous response is not there', async () => {
    const answer = await ask({ input: 'x', previous_response_id: 'resp_nowhere' });
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([400, 'read.previous_response_not_found']);
    expect(answer.json()).toMatchObject({
      error: { code: 'previous_response_not_found', param: 'previous_response_id' },
    });
  });

  it('compacts a conversation with a summary of its own making, which a later turn can read', async () => {
    openai.plan({ turn: { text: 'the summary' } });
    const compacted = await send(gateway, {
      path: '/v1/responses/compact',
      body: { model: 'chatonly/gpt-4o', input: [{ role: 'user', content: 'a long story' }] },
    });
    expect(compacted.status).toBe(200);
    expect(compacted.json()).toMatchObject({ object: 'response.compaction' });
    const next = await ask({
      input: [...(compacted.json()['output'] as unknown[]), { role: 'user', content: 'go on' }],
    });
    expect(next.status).toBe(200);
    expect(JSON.stringify(last(openai).json)).toContain('the summary');
  });

  it('passes compaction on to a provider that has it', async () => {
    const answer = await send(gateway, {
      path: '/v1/responses/compact',
      body: { model: 'openai/gpt-5.2', input: [{ role: 'user', content: 'a long story' }] },
    });
    expect([answer.status, last(openai).path]).toEqual([200, '/v1/responses/compact']);
  });
});

describe('token counts', () => {
  it('are always answered, by the provider where it counts', async () => {
    const contents = [{ role: 'user', parts: [{ text: 'hello there' }] }];
    const own = await send(gateway, { path: '/v1beta/models/gem%2Fgemini-2.5-flash:countTokens', body: { contents } });
    expect([own.status, last(gemini).path]).toEqual([200, expect.stringContaining(':countTokens')]);
    const local = await send(gateway, { path: '/v1beta/models/openai%2Fgpt-4o:countTokens', body: { contents } });
    expect(local.json()['totalTokens']).toBeGreaterThan(0);
    const messages = await send(gateway, {
      path: '/v1/messages/count_tokens',
      body: { model: 'demo/echo', messages: [{ role: 'user', content: 'hello there' }] },
    });
    expect(messages.json()['input_tokens']).toBeGreaterThan(0);
  });
});

describe('Gemini streams', () => {
  const path = (model: string, alt: string): string =>
    `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent${alt}`;
  const body = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };

  it.each(['gem/gemini-2.5-flash', 'openai/gpt-4o', 'demo/echo'])(
    'of %s are a JSON array without alt=sse',
    async (model) => {
      const answer = await send(gateway, { path: path(model, ''), body });
      expect(answer.headers['content-type']).toContain('application/json');
      const chunks = JSON.parse(answer.text) as { candidates?: { content?: { parts?: { text?: string }[] } }[] }[];
      expect(
        chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts?.map((part) => part.text ?? '') ?? []).join(''),
      ).toContain('hello');
    },
  );

  it.each(['gem/gemini-2.5-flash', 'openai/gpt-4o', 'demo/echo'])(
    'of %s have neither event lines nor comments',
    async (model) => {
      const answer = await send(gateway, { path: path(model, '?alt=sse'), body });
      expect(
        answer.text
          .split('\n')
          .filter((line) => line !== '')
          .every((line) => line.startsWith('data: {') || line === '\r'),
      ).toBe(true);
    },
  );
});
