// Conversations: where they stay, what ties them there, and what must not.
import { afterEach, describe, expect, it } from 'vitest';
import { startFake, type Fake, type OpenaiFlavour } from '../../fakes/fake.ts';
import { ask, startPair, type Pair } from './rigs.ts';
import { send, startTestGateway, type Answer, type TestGateway } from './support.ts';

describe('a conversation', () => {
  let pair: Pair;
  afterEach(() => pair.close());

  const busy = { status: 503, json: { error: { message: 'busy', type: 'server_error' } } };
  const headers = { 'x-sluice-tag-session': 'one' };

  it('stays where it was answered while a call of a tool is open, though the provider does not count', async () => {
    pair = await startPair({});
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
    const tool_calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const said = { role: 'assistant', content: null, tool_calls };
    const question = { role: 'user', content: 'call f {}' };
    pair.a.plan(busy);
    // An answer without usage.
    pair.b.plan({
      json: {
        ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
        choices: [{ index: 0, message: said, finish_reason: 'tool_calls' }],
      },
    });
    const options = { stream: false, headers };
    await ask(pair.gateway, 'chat', '', { ...options, more: { tools, messages: [question] } });
    const messages = [question, said, { role: 'tool', tool_call_id: 'c1', content: 'done' }];
    const second = await ask(pair.gateway, 'chat', '', { ...options, more: { tools, messages } });
    expect(second.headers['x-sluice-target']).toBe('b/gpt-4o');
  });

  it('is not learned from an answer that broke', async () => {
    pair = await startPair({});
    pair.a.plan(busy);
    pair.b.plan({ fault: { steps: [{ at: { events: 3 }, do: 'reset' }] } });
    await ask(pair.gateway, 'chat', 'long 10', { headers });
    const second = await ask(pair.gateway, 'chat', 'hello again', { stream: false, headers });
    expect(second.headers['x-sluice-target']).toBe('a/gpt-4o');
  });

  it('of pictures does not change how much text counts', async () => {
    pair = await startPair({});
    const tokensOf = async (): Promise<number | undefined> => {
      await ask(pair.gateway, 'chat', 'x'.repeat(8_000), {
        stream: false,
        headers: { 'x-sluice-tag-session': 'text' },
      });
      return (await pair.gateway.closed()).decision?.facts.tokens;
    };
    const before = await tokensOf();
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(40_000)}` } };
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'what is it?' }, picture] }];
    pair.a.plan({ times: 40, turn: { text: 'a cat', usage: { input: 1_000, output: 2 } } });
    for (let n = 0; n < 40; n++) {
      await ask(pair.gateway, 'chat', '', { stream: false, more: { messages } });
      await pair.gateway.closed();
    }
    pair.a.clearPlans();
    expect(await tokensOf()).toBeCloseTo(before ?? 0, -2);
  });
});

describe('an earlier answer named by its id', () => {
  let fakes: Fake[] = [];
  let gateway: TestGateway;
  afterEach(async () => {
    await gateway.stop();
    await Promise.all(fakes.map((one) => one.close()));
  });

  const start = async (kinds: { a: 'openai' | 'openai-compatible'; flavour?: OpenaiFlavour }): Promise<void> => {
    fakes = await Promise.all([startFake({ dialect: 'openai' }), startFake({ dialect: 'anthropic' })]);
    const [a, b] = fakes;
    gateway = await startTestGateway(`
providers:
  - { id: a, kind: ${kinds.a}, base_url: "${a?.url ?? ''}/v1", keys: [{ name: main, value: sk-a }], local: true, retry: { attempts: 1 } }
  - { id: b, kind: anthropic, base_url: "${b?.url ?? ''}", keys: [{ name: main, value: sk-b }], local: true, retry: { attempts: 1 } }
routes: [{ alias: smart, targets: [a/gpt-5.2, b/claude-haiku-4-5] }]
`);
  };
  const post = (body: object, { path = '/v1/responses', session = 's' } = {}): Promise<Answer> =>
    send(gateway, { path, headers: { 'x-sluice-tag-session': session }, body: { model: 'smart', ...body } });
  const down = { status: 500, json: { error: { message: 'down', type: 'server_error' } } };
  const limited = {
    status: 429,
    headers: { 'retry-after': '120' },
    json: { error: { message: 'slow', type: 'rate_limit_exceeded', code: 'rate_limit_exceeded' } },
  };

  it('is told again to any target, where it is kept here', async () => {
    await start({ a: 'openai-compatible' });
    const first = await post({ input: 'my name is Dana' });
    expect(first.headers['x-sluice-target']).toBe('a/gpt-5.2');
    fakes[0]?.plan({ times: 5, ...limited });
    // The first target rests from here on.
    await post({ input: 'something else' }, { session: 'other' });
    const second = await post({ input: 'what is my name?', previous_response_id: first.json()['id'] });
    expect([second.status, second.headers['x-sluice-target']]).toEqual([200, 'b/claude-haiku-4-5']);
    expect(JSON.stringify(fakes[1]?.requests.at(-1)?.json)).toContain('my name is Dana');
  });

  it('counts in what the next turn is measured by', async () => {
    await start({ a: 'openai-compatible' });
    const first = await post({ input: `remember ${'x'.repeat(40_000)}` });
    await gateway.closed();
    await post({ input: 'well?', previous_response_id: first.json()['id'] });
    expect((await gateway.closed()).decision?.facts.tokens).toBeGreaterThan(5_000);
  });

  it('is asked of nobody who cannot know it', async () => {
    await start({ a: 'openai' });
    const first = await post({ input: 'my name is Dana' });
    expect(first.headers['x-sluice-target']).toBe('a/gpt-5.2');
    fakes[0]?.plan(down);
    const body = { input: 'what is my name?', previous_response_id: first.json()['id'] };
    const second = await post(body, { session: 'other' });
    // An answer without what was said before would be no answer to this.
    expect(second.status).toBe(500);
    expect(fakes[1]?.requests).toEqual([]);
  });

  it.each(['/v1/responses/compact', '/v1/responses'])(
    'or a conversation is compacted by whoever answers (%s)',
    async (path) => {
      await start({ a: 'openai' });
      fakes[0]?.plan({ times: 2, ...down });
      fakes[1]?.plan({ turn: { text: 'the summary' } });
      const input: unknown[] = [{ role: 'user', content: 'a long story' }];
      if (path === '/v1/responses') input.push({ type: 'compaction_trigger' });
      const answer = await post({ input }, { path });
      expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/claude-haiku-4-5']);
      expect(answer.text).toContain('"type":"compaction"');
    },
  );
});

describe('a file of one provider', () => {
  let pair: Pair;
  afterEach(() => pair.close());

  it('is not left out because another provider is asked', async () => {
    pair = await startPair({ a: 'anthropic', b: 'openai' });
    pair.a.plan({ status: 500, json: { type: 'error', error: { type: 'api_error', message: 'down' } } });
    const document = { type: 'document', source: { type: 'file', file_id: 'file_123' } };
    const messages = [{ role: 'user', content: [document, { type: 'text', text: 'what does it say?' }] }];
    const answer = await ask(pair.gateway, 'messages', '', {
      stream: false,
      more: { messages },
      headers: { 'anthropic-beta': 'files-api-2025-04-14' },
    });
    expect(answer.status).toBe(500);
    expect(pair.b.requests).toEqual([]);
    // The decision says what the plan does: nobody else is in it, and why.
    const { decision } = await pair.gateway.closed();
    expect(decision?.order).toEqual(['a/claude-sonnet-4-5']);
    expect(decision?.candidates[1]).toMatchObject({ target: 'b/gpt-4o', droppedBy: 'pin' });
  });
});
