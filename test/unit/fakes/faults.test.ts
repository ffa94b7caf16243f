import { afterEach, describe, expect, it } from 'vitest';
import { answers, collect, fault, flavours, startFake, type Fake, type Fault, type Plan } from '../../fakes/fake.ts';

let fake: Fake;
afterEach(() => fake.close());

const chat = { model: 'gpt-4.1', stream: true, messages: [{ role: 'user', content: 'héllo 世界, how are you today' }] };

async function start(plan?: Plan): Promise<void> {
  fake = await startFake({ dialect: 'openai' });
  if (plan !== undefined) fake.plan(plan);
}

const send = (init: RequestInit = {}, body: unknown = chat): Promise<Response> =>
  fetch(`${fake.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    body: JSON.stringify(body),
    ...init,
  });

async function run(plan?: Plan, body: unknown = chat) {
  await start(plan);
  return collect(await send({}, body));
}

const said = (events: { data: string }[]): string =>
  events
    .filter((event) => event.data.startsWith('{'))
    .map(
      (event) =>
        (JSON.parse(event.data) as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content ?? '',
    )
    .join('');
const whole = 'echo: héllo 世界, how are you today';

describe('streams that are legal but awkward carry the same text', () => {
  it.each<[string, Fault]>([
    ['one byte per packet', fault.split(1)],
    ['seven bytes per packet', fault.split(7)],
    ['CRLF', fault.lineEndings('\r\n')],
    ['CR', fault.lineEndings('\r')],
    ['comments', fault.comments()],
    ['all events in one packet', fault.coalesce()],
    ['no space after the colon', fault.noSpaceAfterColon()],
    ['a byte order mark', fault.bom()],
    ['gzip nobody asked for', fault.encoded('gzip')],
    ['brotli nobody asked for', fault.encoded('br')],
    ['deflate nobody asked for', fault.encoded('deflate')],
    ['early hints', fault.earlyHints()],
    ['a pause in the middle', fault.stall({ events: 2 }, 5)],
    ['a drip', fault.drip(0, 50)],
  ])('%s', async (_name, one) => {
    const { events, error, status } = await run({ fault: one });
    expect([status, error]).toEqual([200, undefined]);
    expect(said(events)).toBe(whole);
    expect(events.at(-1)?.data).toBe('[DONE]');
    expect(await fake.requests[0]?.done).toBe('complete');
  });

  it('is really compressed when it says so', async () => {
    const { headers } = await run({ fault: fault.encoded('gzip') });
    expect(headers.get('content-encoding')).toBe('gzip');
  });

  it('leaves out [DONE] when told to', async () => {
    const { events } = await run({ fault: fault.noDone() });
    expect(events.at(-1)?.data).toContain('"finish_reason":"stop"');
  });
});

describe('streams that break', () => {
  it.each<[string, Fault, RegExp]>([
    ['a reset before the head', fault.reset('start'), /fetch failed/],
    ['a hang-up before the head', fault.hangUp('start'), /fetch failed/],
    ['an unexpected protocol switch', fault.switchingProtocols(), /fetch failed/],
  ])('%s fails the request', async (_name, one, message) => {
    await start({ fault: one });
    await expect(send()).rejects.toThrow(message);
    expect(await fake.requests[0]?.done).toBe('cut');
    expect(fake.requests[0]?.isAborted).toBe(false);
  });

  it.each<[string, Fault]>([
    ['a reset after three events', fault.resetAfterEvents(3)],
    ['a hang-up after three events', fault.hangUp({ events: 3 })],
    ['a hang-up after 400 bytes', fault.hangUp({ bytes: 400 })],
    ['a reset after the head', fault.reset('headers')],
    ['a length that promises more', fault.contentLength(50)],
    ['corrupt gzip', fault.corruptGzip()],
  ])('%s breaks the body', async (_name, one) => {
    const { error, status } = await run({ fault: one });
    expect(status).toBe(200);
    expect(error).toBeDefined();
  });

  it('ends a truncated gzip early, whether or not the reader notices', async () => {
    const { events, error } = await run({ fault: fault.truncatedGzip() });
    expect(error === undefined ? said(events) : '').not.toBe(whole);
    expect(events.at(-1)?.data).not.toBe('[DONE]');
  });

  it('ends cleanly without a terminal event after exactly n events', async () => {
    const { events, error } = await run({ fault: fault.endAfterEvents(3) });
    expect(error).toBeUndefined();
    expect(events).toHaveLength(3);
    expect(said(events).length).toBeGreaterThan(0);
  });

  it('delivers the events before a reset', async () => {
    const { events } = await run({ fault: fault.resetAfterEvents(3) });
    expect(events).toHaveLength(3);
  });

  it('cuts inside a character', async () => {
    const at = Buffer.from(said((await run()).events)).indexOf(Buffer.from('世'));
    expect(at).toBeGreaterThan(0);
    await fake.close();
    const full = (await run()).text;
    const inside = Buffer.from(full).indexOf(Buffer.from('世')) + 1;
    await fake.close();
    const { text } = await run({ fault: fault.hangUp({ bytes: inside }) });
    expect(text.endsWith('\uFFFD')).toBe(true);
  });

  it('writes an error event, or broken JSON, in the middle', async () => {
    const failed = await run({ fault: fault.errorEventAfter(2) });
    expect(failed.events).toHaveLength(3);
    expect(failed.events[2]?.data).toContain('server_error');
    await fake.close();
    const broken = await run({ fault: fault.invalidJsonAt(1) });
    expect(() => JSON.parse(broken.events[1]?.data ?? '') as unknown).toThrow(SyntaxError);
    expect(broken.events.at(-1)?.data).toBe('[DONE]');
  });

  it('inserts whatever text is asked for', async () => {
    const { events } = await run({ fault: fault.insert({ events: 1 }, 'data: {"odd":1}\n\n') });
    expect(events[1]?.data).toBe('{"odd":1}');
  });
});

describe('a plain JSON answer', () => {
  const plain = { ...chat, stream: false };

  it('can be cut short by its own length', async () => {
    const { json, text } = await run({ fault: fault.contentLength(-5) }, plain);
    expect(json).toBeUndefined();
    expect(text.length).toBeGreaterThan(10);
  });

  it('can be a gzip bomb, small on the wire', async () => {
    await start({ fault: fault.gzipBomb(64 * 1024 * 1024) });
    const response = await send({}, plain);
    let size = 0;
    for await (const chunk of response.body ?? []) size += (chunk as Uint8Array).length;
    expect(size).toBe(64 * 1024 * 1024);
    expect(fake.requests[0]?.sentBytes).toBeLessThan(200_000);
  });

  it('can be one giant event or text by planning it', async () => {
    const { events } = await run({ turn: { text: ['x'.repeat(2_000_000)] } });
    expect(Math.max(...events.map((event) => event.data.length))).toBeGreaterThan(2_000_000);
  });
});

describe('the client leaving is seen', () => {
  it.each<[string, Fault]>([
    ['before the head', fault.stall('start', 'forever')],
    ['after the head', fault.stall('headers', 'forever')],
    ['in mid-stream', fault.stall({ events: 2 }, 'forever')],
    ['in an endless stream', fault.endless()],
  ])('%s', async (_name, one) => {
    await start({ fault: one });
    const leave = new AbortController();
    const arrived = fake.nextRequest();
    const broken = send({ signal: leave.signal })
      .then(collect)
      .catch((error: unknown) => ({ error }));
    const request = await arrived;
    leave.abort();
    await request.aborted;
    expect(await request.done).toBe('aborted');
    expect((await broken).error).toBeDefined();
  });

  it('stops writing when the client stops reading', async () => {
    await start({ fault: fault.endless() });
    const leave = new AbortController();
    const response = await send({ signal: leave.signal });
    const request = fake.requests[0];
    let before = -1;
    while (request !== undefined && request.sentBytes !== before) {
      before = request.sentBytes;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(response.bodyUsed).toBe(false);
    expect(before).toBeGreaterThan(0);
    leave.abort();
    await request?.aborted;
  });

  it('counts connections and is not fooled by a finished exchange', async () => {
    await start();
    await Promise.all([send().then(collect), send().then(collect), send().then(collect)]);
    expect(fake.peakConnections).toBeGreaterThanOrEqual(1);
    expect(fake.peakConnections).toBeLessThanOrEqual(fake.totalConnections);
    expect(fake.requests.map((request) => request.isAborted)).toEqual([false, false, false]);
  });
});

describe('plans', () => {
  it('are taken in order, by match, and as often as asked', async () => {
    await start();
    fake.plan(
      { status: 500, json: {} },
      { match: (request) => request.body.includes('special'), times: 2, json: { special: true } },
      { sse: 'data: whole\n\n' },
    );
    expect((await send()).status).toBe(500);
    expect((await collect(await send())).events).toEqual([{ event: undefined, data: 'whole', id: undefined }]);
    const special = { ...chat, messages: [{ role: 'user', content: 'special' }] };
    expect((await collect(await send({}, special))).json).toEqual({ special: true });
    expect((await collect(await send({}, special))).json).toEqual({ special: true });
    expect(said((await collect(await send({}, special))).events)).toBe('echo: special');
  });

  it('give every form of a rate limit, a portal, an error in a 200, an empty body and a redirect', async () => {
    await start();
    fake.plan(
      answers.rateLimited('http-date', 30),
      answers.rateLimited('ms', 2),
      answers.rateLimited('quota'),
      answers.captivePortal(),
      answers.errorIn200(),
      answers.empty200(),
      answers.redirect('http://192.0.2.1/'),
      answers.overloaded(),
    );
    expect(Date.parse((await send()).headers.get('retry-after') ?? '')).toBeGreaterThan(Date.now());
    expect((await send()).headers.get('retry-after-ms')).toBe('2000');
    expect((await collect(await send())).json).toMatchObject({ error: { code: 'insufficient_quota' } });
    expect((await send()).headers.get('content-type')).toContain('text/html');
    expect((await collect(await send())).json).toMatchObject({ error: { message: 'upstream exploded' } });
    expect((await collect(await send())).text).toBe('');
    expect((await send({ redirect: 'manual' })).status).toBe(302);
    expect((await send()).status).toBe(529);
  });

  it('put planned content into the dialect and still validate the request', async () => {
    await start();
    fake.plan(
      { turn: { text: 'planned', reasoning: 'r', stop: 'length', usage: { input: 7 } } },
      { turn: { calls: [{ name: 'anything', args: { a: 1 } }] } },
      { turn: { text: 'never' } },
    );
    const plain = { ...chat, stream: false };
    expect((await collect(await send({}, plain))).json).toMatchObject({
      choices: [{ message: { content: 'planned' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 7 },
    });
    expect((await collect(await send({}, plain))).json).toMatchObject({
      choices: [
        {
          message: { tool_calls: [{ function: { name: 'anything', arguments: '{"a":1}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
    });
    expect((await send({}, { ...plain, nonsense: 1 })).status).toBe(400);
    expect(fake.requests.at(-1)?.refusal).toMatchObject({ error: { code: 'unknown_parameter' } });
  });

  it('record what came in, to the byte', async () => {
    await start();
    await send();
    const [request] = fake.requests;
    expect(request?.body.toString()).toBe(JSON.stringify(chat));
    expect(request?.rawHeaders.find(([name]) => name.toLowerCase() === 'authorization')?.[1]).toBe('Bearer k');
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions', status: 200, json: chat });
  });
});

describe('flavours of the OpenAI dialect', () => {
  const flavoured = async (flavour: keyof typeof flavours, body: unknown) => {
    fake = await startFake({ dialect: 'openai', flavour: flavours[flavour] });
    return collect(await send({}, body));
  };
  const plain = { model: 'm', messages: [{ role: 'user', content: 'x' }] };

  it('Mistral refuses unknown fields with 422 and gives nine-character ids', async () => {
    expect(
      (await flavoured('mistral', { ...plain, stream: true, stream_options: { include_usage: true } })).status,
    ).toBe(422);
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const { json } = await collect(
      await send({}, { ...plain, messages: [{ role: 'user', content: 'call f' }], tools }),
    );
    expect(json).toMatchObject({
      choices: [{ message: { tool_calls: [{ id: expect.stringMatching(/^[A-Za-z0-9]{9}$/) as unknown }] } }],
    });
    const long = {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'call_123', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    expect(
      (
        await send(
          {},
          {
            ...plain,
            messages: [...plain.messages, long, { role: 'tool', tool_call_id: 'call_123', content: 'y' }],
            tools,
          },
        )
      ).status,
    ).toBe(400);
  });

  it('DeepSeek shows its reasoning beside the content', async () => {
    const { json } = await flavoured('deepseek', { ...plain, messages: [{ role: 'user', content: 'think hard' }] });
    expect(json).toMatchObject({
      choices: [
        {
          message: {
            content: 'echo: think hard',
            reasoning_content: expect.stringContaining('Let me think') as unknown,
          },
        },
      ],
    });
  });

  it('a lax server ignores what it does not know and sends neither [DONE] nor usage', async () => {
    const { events, text } = await flavoured('lax', {
      ...plain,
      stream: true,
      nonsense: 1,
      stream_options: { include_usage: true },
    });
    expect(said(events)).toBe('echo: x');
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"usage"');
  });

  it('Azure takes the deployment from the path, its own key header, and demands an api-version', async () => {
    fake = await startFake({ dialect: 'openai', azure: true, key: 'az' });
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${fake.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ messages: plain.messages }),
      });
    const path = '/openai/deployments/my-gpt/chat/completions';
    expect(await (await post(`${path}?api-version=2024-10-21`, { 'api-key': 'az' })).json()).toMatchObject({
      model: 'my-gpt',
    });
    expect((await post(path, { 'api-key': 'az' })).status).toBe(404);
    expect((await post(`${path}?api-version=2024-10-21`, { 'api-key': 'no' })).status).toBe(401);
    expect((await post('/openai/v1/chat/completions', { 'api-key': 'az' })).status).toBe(400);
  });
});

describe('rerank', () => {
  const post = (path: string, body: unknown) =>
    fetch(`${fake.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
      body: JSON.stringify(body),
    });

  it('ranks in the native and in the generic shape and refuses what each does not know', async () => {
    fake = await startFake({ dialect: 'cohere' });
    const body = { model: 'rerank-v3.5', query: 'red cat', documents: ['a dog', 'a red cat', 'a cat'], top_n: 2 };
    expect(await (await post('/v2/rerank', body)).json()).toMatchObject({
      results: [
        { index: 1, relevance_score: 1 },
        { index: 2, relevance_score: 0.5 },
      ],
      meta: { billed_units: { search_units: 1 } },
    });
    expect(await (await post('/v1/rerank', { ...body, return_documents: true })).json()).toMatchObject({
      results: [{ index: 1, document: { text: 'a red cat' } }, {}],
      usage: { total_tokens: expect.any(Number) as unknown },
    });
    expect((await post('/v2/rerank', { ...body, return_documents: true })).status).toBe(422);
    expect((await post('/v2/rerank', { model: 'm', query: 'q' })).status).toBe(400);
    expect(
      await (
        await post('/compatibility/v1/chat/completions', {
          model: 'command',
          messages: [{ role: 'user', content: 'hi' }],
        })
      ).json(),
    ).toMatchObject({ choices: [{ message: { content: 'echo: hi' } }] });
  });
});
