// Surfaces without a conversation, counts and Ollama's own: masked on the way out, restored on the way back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fault, startFake, type Fake } from '../../fakes/fake.ts';
import { anyPlaceholder, mail, placeholdersIn, token } from './masking-rig.ts';
import { openAnswer } from './refusals.ts';
import { send, startTestGateway, type Answer, type TestGateway } from './support.ts';

let openai: Fake;
let gemini: Fake;
let anthropic: Fake;
let cohere: Fake;
let gateway: TestGateway;

beforeAll(async () => {
  [openai, gemini, anthropic, cohere] = await Promise.all([
    startFake({ dialect: 'openai' }),
    startFake({ dialect: 'gemini' }),
    startFake({ dialect: 'anthropic' }),
    startFake({ dialect: 'cohere' }),
  ]);
  const keys = 'local: true, keys: [{ name: main, value: sk-of-the-provider }], retry: { attempts: 1 }';
  gateway = await startTestGateway(`
listen: { ollama: true }
providers:
  - { id: openai, kind: openai, base_url: "${openai.url}/v1", ${keys} }
  - { id: gem, kind: gemini, base_url: "${gemini.url}", ${keys} }
  - { id: an, kind: anthropic, base_url: "${anthropic.url}", ${keys} }
  - { id: co, kind: cohere, base_url: "${cohere.url}/compatibility/v1", ${keys} }
masking: { enabled: true }
`);
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([openai, gemini, anthropic, cohere].map((fake) => fake.close()));
});
afterEach(() => {
  for (const fake of [openai, gemini, anthropic, cohere]) fake.clearPlans();
});

/** What arrived last, accepted by the provider, without the value and with a placeholder for it. */
function expectMasked(fake: Fake): string {
  const last = fake.requests.at(-1);
  expect(last?.refusal).toBeUndefined();
  const sent = last?.body.toString() ?? '';
  expect([sent.includes(mail), placeholdersIn(sent, 'mail').length]).toEqual([false, 1]);
  return placeholdersIn(sent, 'mail')[0] ?? '';
}

const said = `write to ${mail}`;

describe('what is only passed on is masked', () => {
  it.each([
    ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: said }],
    ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: ['x', said] }],
    ['/v1/moderations', { model: 'openai/omni-moderation-latest', input: said }],
    ['/v1/moderations', { model: 'openai/omni-moderation-latest', input: [{ type: 'text', text: said }] }],
    ['/v1/images/generations', { model: 'openai/gpt-image-1', prompt: said }],
    ['/v1/audio/speech', { model: 'openai/gpt-4o-mini-tts', input: said, voice: 'alloy' }],
    ['/v1/completions', { model: 'openai/gpt-3.5-turbo-instruct', prompt: said }],
    ['/v1/completions', { model: 'openai/gpt-3.5-turbo-instruct', prompt: [said], suffix: 'x' }],
    ['/v1/responses/compact', { model: 'openai/gpt-5', input: [{ role: 'user', content: said }] }],
  ])('%s %j', async (path, body) => {
    const answer = await send(gateway, { path, body });
    expect([answer.status, answer.headers['x-sluice-masked']]).toEqual([200, '1']);
    expectMasked(openai);
    expect(answer.text).not.toMatch(anyPlaceholder);
  });

  it('rerank: query and documents, as texts and as objects', async () => {
    const body = { model: 'co/rerank-v3.5', query: said, documents: ['a', said] };
    expect((await send(gateway, { path: '/v1/rerank', body })).status).toBe(200);
    expectMasked(cohere);
  });

  it.each([
    [':embedContent', { content: { parts: [{ text: said }] } }],
    [
      ':batchEmbedContents',
      { requests: [{ model: 'models/gemini-embedding-001', content: { parts: [{ text: said }] } }] },
    ],
  ])('Gemini%s', async (method, body) => {
    const answer = await send(gateway, { path: `/v1beta/models/gem%2Fgemini-embedding-001${method}`, body });
    expect(answer.status).toBe(200);
    expectMasked(gemini);
  });

  it('counts of Gemini and of Anthropic', async () => {
    const counted = await send(gateway, {
      path: '/v1beta/models/gem%2Fgemini-2.5-flash:countTokens',
      body: { contents: [{ role: 'user', parts: [{ text: said }] }] },
    });
    expect(counted.status).toBe(200);
    expectMasked(gemini);
    const other = await send(gateway, {
      path: '/v1/messages/count_tokens',
      headers: { 'anthropic-version': '2023-06-01' },
      body: { model: 'an/claude-sonnet-4-5', messages: [{ role: 'user', content: said }] },
    });
    expect(other.status).toBe(200);
    expectMasked(anthropic);
  });
});

describe('forms', () => {
  const form = (fields: Readonly<Record<string, string>>): { raw: string; headers: Record<string, string> } => {
    const parts = Object.entries(fields).map(([name, value]) => {
      const file = name === 'file' || name === 'image' ? '; filename="a.png"\r\nContent-Type: image/png' : '';
      return `--mark\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
    });
    return { raw: `${parts.join('')}--mark--\r\n`, headers: { 'content-type': 'multipart/form-data; boundary=mark' } };
  };

  it.each([
    ['/v1/images/edits', { model: 'openai/gpt-image-1', image: 'PNGdata', prompt: said }],
    ['/v1/audio/transcriptions', { model: 'openai/whisper-1', file: 'RIFFdata', prompt: said, language: 'en' }],
    ['/v1/audio/transcriptions', { file: 'RIFFdata', prompt: said, model: 'openai/whisper-1' }],
  ])('%s: the prompt is masked, files and other fields keep their bytes', async (path, fields) => {
    const { raw, headers } = form(fields);
    const answer = await send(gateway, { path, method: 'POST', raw, headers });
    expect([answer.status, answer.headers['x-sluice-masked']]).toEqual([200, '1']);
    const placeholder = expectMasked(openai);
    const sent = openai.requests.at(-1)?.body.toString() ?? '';
    expect(sent.replaceAll(placeholder, mail)).toBe(raw.replace('openai/', ''));
  });

  it('the answer is restored: a transcript that repeats its prompt', async () => {
    const { raw, headers } = form({ model: 'openai/whisper-1', file: 'RIFFdata', prompt: said });
    await send(gateway, { path: '/v1/audio/transcriptions', method: 'POST', raw, headers });
    const placeholder = expectMasked(openai);
    openai.plan({ json: { text: `he says ${placeholder}` } });
    const answer = await send(gateway, { path: '/v1/audio/transcriptions', method: 'POST', raw, headers });
    expect(answer.json()).toEqual({ text: `he says ${mail}` });
  });
});

describe('older completions', () => {
  const ask = (stream: boolean): Promise<Answer> =>
    send(gateway, {
      path: '/v1/completions',
      headers: { 'x-session-id': 'older' },
      body: { model: 'openai/gpt-3.5-turbo-instruct', prompt: said, stream },
    });

  it('are restored, plain', async () => {
    await ask(false);
    const placeholder = expectMasked(openai);
    openai.plan({
      json: {
        id: 'c',
        object: 'text_completion',
        choices: [{ index: 0, text: `to ${placeholder}!`, finish_reason: 'stop' }],
      },
    });
    expect((await ask(false)).json()).toMatchObject({ choices: [{ text: `to ${mail}!` }] });
  });

  it('are restored as a stream whose events cut the placeholder', async () => {
    await ask(true);
    const placeholder = expectMasked(openai);
    const event = (text: string, finish: string | null = null): string =>
      `data: ${JSON.stringify({ id: 'c', object: 'text_completion', choices: [{ index: 0, text, finish_reason: finish }] })}\n\n`;
    const pieces = [...`to ${placeholder}, ${placeholder.slice(0, 4)}`];
    openai.plan({ sse: [...pieces.map((piece) => event(piece)), event('', 'stop'), 'data: [DONE]\n\n'] });
    const answer = await ask(true);
    const texts = answer.text
      .split('\n\n')
      .filter((block) => block.startsWith('data: {'))
      .map(
        (block) => (JSON.parse(block.slice('data: '.length)) as { choices: { text: string }[] }).choices[0]?.text ?? '',
      );
    expect(texts.join('')).toBe(`to ${mail}, ${placeholder.slice(0, 4)}`);
    expect(answer.text).toContain('data: [DONE]');
  });
});

describe("Ollama's own API", () => {
  const texts = (answer: Answer, field: 'message' | 'response'): string =>
    answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { message?: { content: string }; response?: string })
      .map((step) => (field === 'message' ? (step.message?.content ?? '') : (step.response ?? '')))
      .join('');

  it.each([true, false])('chat and generate are masked and restored: stream %s', async (stream) => {
    const chat = await send(gateway, {
      path: '/api/chat',
      body: { model: 'openai/gpt-4o', stream, messages: [{ role: 'user', content: said }] },
    });
    expectMasked(openai);
    expect(texts(chat, 'message')).toBe(`echo: ${said}`);
    const generate = await send(gateway, {
      path: '/api/generate',
      body: { model: 'openai/gpt-4o', stream, prompt: said, system: `you serve ${mail}` },
    });
    expectMasked(openai);
    expect(texts(generate, 'response')).toBe(`echo: ${said}`);
  });
});

it('a secret in an embedding request is masked too', async () => {
  await send(gateway, {
    path: '/v1/embeddings',
    body: { model: 'openai/text-embedding-3-small', input: `k ${token}` },
  });
  expect(openai.requests.at(-1)?.body.toString()).not.toContain(token);
});

it('the numbers of an embedding are not held back for what was masked', async () => {
  let saw: () => void = () => undefined;
  const seen = new Promise<void>((resolve) => (saw = resolve));
  const data = Array.from({ length: 20_000 }, (_, index) => ({ object: 'embedding', index, embedding: [0.125, 0.5] }));
  openai.plan({ json: { object: 'list', data }, fault: fault.wait({ bytes: 800_000 }, () => seen) });
  const answer = openAnswer(gateway, {
    path: '/v1/embeddings',
    body: { model: 'openai/text-embedding-3-small', input: said },
  });
  await answer.until('"index":1000,');
  saw();
  expect(JSON.parse((await answer.whole).text)).toEqual({ object: 'list', data });
});
