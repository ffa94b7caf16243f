// What is routed besides plain conversations: names the client chose, token counts, surfaces that are passed on.
import { afterEach, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let openai: Fake;
let anthropic: Fake;
let gateway: TestGateway;

afterEach(async () => {
  await gateway.stop();
  await Promise.all([openai.close(), anthropic.close()]);
});

async function start(routes: string, more = ''): Promise<void> {
  [openai, anthropic] = await Promise.all([startFake({ dialect: 'openai' }), startFake({ dialect: 'anthropic' })]);
  gateway = await startTestGateway(`
providers:
  - { id: o, kind: openai-compatible, base_url: "${openai.url}/v1", keys: [{ name: main, value: sk-o }], local: true, retry: { attempts: 1 }${more} }
  - { id: c, kind: anthropic, base_url: "${anthropic.url}", keys: [{ name: main, value: sk-c }], local: true, retry: { attempts: 1 } }
routes: [${routes}]
`);
}

const hello = { messages: [{ role: 'user', content: 'hello' }] };

describe('the model the client named, at a provider', () => {
  it.each(['gpt-4o', 'team/gpt-4o'])('is asked for by that name (%s)', async (model) => {
    await start('{ alias: "*", targets: ["o/@requested"] }');
    const answer = await send(gateway, { path: '/v1/chat/completions', body: { model, ...hello } });
    expect(answer.status).toBe(200);
    expect(openai.requests[0]?.json).toMatchObject({ model });
    expect((await gateway.closed()).decision).toMatchObject({ chosen: `o/${model}`, order: [`o/${model}`] });
  });

  it('is passed over where the list of models is closed and does not have it', async () => {
    await start(
      '{ alias: "*", targets: ["o/@requested", "c/claude-haiku-4-5"] }',
      ', models: [gpt-4o], closed_models: true',
    );
    const answer = await send(gateway, { path: '/v1/chat/completions', body: { model: 'gpt-9', ...hello } });
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'c/claude-haiku-4-5']);
    expect(openai.requests).toEqual([]);
  });

  it('is subject to what the key may use', async () => {
    const digest = (await import('node:crypto')).createHash('sha256').update('another-key-of-the-tests').digest('hex');
    await start(
      '{ alias: "*", targets: ["o/@requested"] }]\nvirtual_keys: [{ id: two, value: "sha256:' +
        digest +
        '", denied_models: ["o/gpt-4o"] }',
    );
    const headers = { authorization: 'Bearer another-key-of-the-tests' };
    const answer = await send(gateway, { path: '/v1/chat/completions', headers, body: { model: 'gpt-4o', ...hello } });
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([403, 'admit.model_denied']);
  });
});

describe('a token count', () => {
  const body = { model: 'smart', ...hello };
  const path = '/v1/messages/count_tokens';
  const route = (targets: string): string => `{ alias: smart, targets: [${targets}] }`;

  it('is made here where the target has no counter, though another target has one', async () => {
    await start(route('o/gpt-4o, c/claude-haiku-4-5'));
    for (let n = 0; n < 10; n++) {
      const answer = await send(gateway, { path, body });
      expect([answer.status, typeof answer.json()['input_tokens']]).toEqual([200, 'number']);
    }
    // Nothing counts against a target for what it does not have.
    expect([openai.requests, anthropic.requests, gateway.gateway.health()]).toEqual([[], [], []]);
  });

  it('is made here when the counter fails, and no other kind of target is asked', async () => {
    await start(route('c/claude-haiku-4-5, o/gpt-4o'));
    anthropic.plan({ status: 500, json: { type: 'error', error: { type: 'api_error', message: 'no' } } });
    const answer = await send(gateway, { path, body });
    expect([answer.status, typeof answer.json()['input_tokens']]).toEqual([200, 'number']);
    expect([anthropic.requests.length, openai.requests.length]).toEqual([1, 0]);
    expect(await gateway.closed()).toMatchObject({ outcome: 'complete', attempts: [{ error: 'upstream.500' }] });
  });

  it('is made here while the target is at its limit', async () => {
    await start(route('c/claude-haiku-4-5'));
    anthropic.plan({
      status: 429,
      headers: { 'retry-after': '60' },
      json: { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } },
    });
    await send(gateway, { path: '/v1/messages', body: { ...body, max_tokens: 10 } });
    const answer = await send(gateway, { path, body });
    expect([answer.status, typeof answer.json()['input_tokens']]).toEqual([200, 'number']);
  });

  it('tells the client that its own request was wrong', async () => {
    await start(route('c/claude-haiku-4-5'));
    const answer = await send(gateway, {
      path,
      body: { model: 'smart', messages: [{ role: 'nobody', content: 'x' }] },
    });
    expect(answer.status).toBe(400);
  });

  it('costs nothing, and is no turn of a conversation', async () => {
    await start(route('c/claude-haiku-4-5'));
    const answer = await send(gateway, { path, body });
    expect(answer.status).toBe(200);
    expect(await gateway.closed()).toMatchObject({
      outcome: 'complete',
      cost: 0,
      usage: undefined,
      usageSource: 'none',
    });
  });
});

describe('surfaces that are passed on', () => {
  it('are not said to have cost what their bytes would be as text', async () => {
    await start('{ alias: smart, targets: [o/gpt-4o-mini-transcribe] }');
    const boundary = 'xxxx';
    const field = (name: string, value: string): string =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const raw = `${field('model', 'smart')}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"\r\ncontent-type: audio/mpeg\r\n\r\n${'x'.repeat(400_000)}\r\n--${boundary}--\r\n`;
    openai.plan({ json: { text: 'what was said' } });
    const answer = await send(gateway, {
      path: '/v1/audio/transcriptions',
      raw,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    expect(answer.status).toBe(200);
    expect(await gateway.closed()).toMatchObject({ usage: undefined, usageSource: 'none', cost: undefined });
  });

  it('fall back like conversations, with one record of all tries', async () => {
    await start('{ alias: smart, targets: [o/text-embedding-3-small, o/text-embedding-3-large] }');
    openai.plan({ status: 503, json: { error: { message: 'busy', type: 'server_error' } } });
    const answer = await send(gateway, { path: '/v1/embeddings', body: { model: 'smart', input: 'x' } });
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'o/text-embedding-3-large']);
    expect((await gateway.closed()).attempts).toMatchObject([
      { error: 'upstream.503', usage: undefined },
      { error: undefined, usageSource: 'provider' },
    ]);
  });
});
