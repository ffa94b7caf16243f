import { afterAll, beforeAll, expect, it } from 'vitest';
import { ollamaSurfaceRows } from '../../../main/gateway/identify.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway('listen: { ollama: true }\n');
});
afterAll(() => gateway.stop());

const messages = [{ role: 'user', content: 'hello' }];
const tool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'w',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

function lines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('streams a chat as lines of JSON unless told otherwise, and ends with done', async () => {
  const answer = await send(gateway, { path: '/api/chat', body: { model: 'demo/echo', messages } });
  expect(answer.headers['content-type']).toBe('application/x-ndjson');
  const steps = lines(answer.text);
  expect(steps.map((step) => (step['message'] as { content: string }).content).join('')).toBe('hello');
  expect(steps.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: 2 });
  expect(steps.slice(0, -1).every((step) => step['done'] === false)).toBe(true);
});

it('answers whole with stream false, and a generate request in its own field', async () => {
  const chat = await send(gateway, { path: '/api/chat', body: { model: 'demo/echo', messages, stream: false } });
  expect(chat.json()).toMatchObject({ message: { role: 'assistant', content: 'hello' }, done: true });
  const generate = await send(gateway, {
    path: '/api/generate',
    body: { model: 'demo/echo', prompt: 'hello', stream: false },
  });
  expect(generate.json()).toMatchObject({ response: 'hello', done: true });
});

it('calls tools with arguments as an object and takes results that only name the tool', async () => {
  const first = await send(gateway, {
    path: '/api/chat',
    body: {
      model: 'demo/echo',
      stream: false,
      tools: [tool],
      messages: [{ role: 'user', content: 'call get_weather {"city":"Oslo"}' }],
    },
  });
  const message = first.json()['message'] as { tool_calls: { function: { name: string; arguments: unknown } }[] };
  expect(message.tool_calls[0]?.function).toEqual({ name: 'get_weather', arguments: { city: 'Oslo' } });
  const second = await send(gateway, {
    path: '/api/chat',
    body: {
      model: 'demo/echo',
      stream: false,
      tools: [tool],
      messages: [...messages, message, { role: 'tool', tool_name: 'get_weather', content: 'rain' }],
    },
  });
  expect(second.json()).toMatchObject({ message: { content: 'The tool said: rain' } });
});

it('lists and shows models and has a version', async () => {
  expect((await send(gateway, { path: '/api/tags' })).json()['models']).toContainEqual(
    expect.objectContaining({ name: 'demo/echo' }),
  );
  expect((await send(gateway, { path: '/api/show', body: { model: 'demo/echo' } })).json()['capabilities']).toContain(
    'tools',
  );
  expect((await send(gateway, { path: '/api/version' })).json()['version']).toMatch(/^\d/);
});

it('asks for a key like every other surface, and errs in its own shape', async () => {
  for (const row of ollamaSurfaceRows) {
    const answer = await send(gateway, {
      method: row.method,
      path: row.path,
      headers: { authorization: '' },
      ...(row.method === 'POST' ? { body: {} } : {}),
    });
    expect([row.path, answer.status, typeof answer.json()['error']]).toEqual([row.path, 401, 'string']);
  }
  const unknown = await send(gateway, { path: '/api/chat', body: { model: 'demo/nothing', messages } });
  expect([unknown.status, typeof unknown.json()['error']]).toEqual([404, 'string']);
});
