import { AwsClient } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeEventStream, EXAMPLE_CREDENTIALS, startFake, type Fake } from '../../fakes/fake.ts';
import { encodeEventMessage } from '../../fakes/event-stream.ts';

const MODEL = encodeURIComponent('anthropic.claude-sonnet-4-5-20250929-v1:0');
const hello = { messages: [{ role: 'user', content: [{ text: 'héllo 世界' }] }] };
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'get_weather',
        inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    },
  ],
};

let fake: Fake;
let signer: AwsClient;
beforeEach(async () => {
  fake = await startFake({ dialect: 'bedrock', key: 'bedrock-api-key' });
  signer = new AwsClient({ ...EXAMPLE_CREDENTIALS, service: 'bedrock', retries: 0 });
});
afterEach(() => fake.close());

async function signed(body: unknown, operation = 'converse', client = signer): Promise<Response> {
  return fetch(
    await client.sign(`${fake.url}/model/${MODEL}/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}
const bearer = (body: unknown, operation = 'converse'): Promise<Response> =>
  fetch(`${fake.url}/model/${MODEL}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bedrock-api-key' },
    body: JSON.stringify(body),
  });

describe('the signature check', () => {
  it('accepts what aws4fetch signs', async () => {
    const response = await signed(hello);
    expect(await response.json()).toMatchObject({
      output: { message: { role: 'assistant', content: [{ text: 'echo: héllo 世界' }] } },
      stopReason: 'end_turn',
    });
    expect(response.status).toBe(200);
  });

  it('accepts the documented example signature of the IAM guide', async () => {
    const { verifySigV4 } = await import('../../fakes/sigv4.ts');
    const rawHeaders: [string, string][] = [
      ['Host', 'iam.amazonaws.com'],
      ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ['X-Amz-Date', '20150830T123600Z'],
      [
        'Authorization',
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
      ],
    ];
    const request = {
      method: 'GET',
      target: '/?Action=ListUsers&Version=2010-05-08',
      rawHeaders,
      body: Buffer.alloc(0),
      now: new Date('2015-08-30T12:36:00Z'),
    };
    const secret = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      region: 'us-east-1',
      service: 'iam',
    };
    expect(verifySigV4(request, secret)).toBeUndefined();
    expect(verifySigV4({ ...request, target: '/?Action=ListRoles&Version=2010-05-08' }, secret)?.type).toBe(
      'InvalidSignatureException',
    );
  });

  it('refuses a wrong secret, region, body and date', async () => {
    const wrong = new AwsClient({ ...EXAMPLE_CREDENTIALS, secretAccessKey: 'other', service: 'bedrock', retries: 0 });
    const refused = await signed(hello, 'converse', wrong);
    expect([refused.status, refused.headers.get('x-amzn-errortype')]).toEqual([403, 'InvalidSignatureException']);
    expect(
      (
        await signed(
          hello,
          'converse',
          new AwsClient({ ...EXAMPLE_CREDENTIALS, region: 'eu-west-1', service: 'bedrock', retries: 0 }),
        )
      ).status,
    ).toBe(403);
    const request = await signer.sign(`${fake.url}/model/${MODEL}/converse`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(hello),
    });
    expect(
      (
        await fetch(request.url, {
          method: 'POST',
          headers: request.headers,
          body: JSON.stringify({ ...hello, system: [{ text: 'x' }] }),
        })
      ).status,
    ).toBe(403);
    expect(
      (await fetch(`${fake.url}/model/${MODEL}/converse`, { method: 'POST', body: '{}' })).headers.get(
        'x-amzn-errortype',
      ),
    ).toBe('MissingAuthenticationTokenException');
    const old = await signer.sign(`${fake.url}/model/${MODEL}/converse`, {
      method: 'POST',
      body: '{}',
      aws: { datetime: '20200101T000000Z' },
    });
    expect(await (await fetch(old)).json()).toMatchObject({
      message: expect.stringContaining('Signature expired') as unknown,
    });
  });

  it('accepts its API key as a bearer and no other', async () => {
    expect((await bearer(hello)).status).toBe(200);
    expect(
      (
        await fetch(`${fake.url}/model/${MODEL}/converse`, {
          method: 'POST',
          headers: { authorization: 'Bearer no' },
          body: '{}',
        })
      ).status,
    ).toBe(403);
  });
});

describe('the event stream', () => {
  it('decodes to the events of a text answer with usage last', async () => {
    const bytes = new Uint8Array(await (await signed(hello, 'converse-stream')).arrayBuffer());
    const events = decodeEventStream(bytes);
    const types = events.map((event) => event.headers[':event-type']);
    expect(types[0]).toBe('messageStart');
    expect(types.slice(-3)).toEqual(['contentBlockStop', 'messageStop', 'metadata']);
    const said = events
      .map((event) => JSON.parse(event.payload.toString()) as { delta?: { text?: string } })
      .map((one) => one.delta?.text ?? '');
    expect(said.join('')).toBe('echo: héllo 世界');
  });

  it('notices a flipped bit in prelude and body, and a torn end', () => {
    const frame = encodeEventMessage({ ':event-type': 'x' }, Buffer.from('{}'));
    expect(decodeEventStream(frame)).toHaveLength(1);
    for (const at of [1, 9, 20, frame.length - 1]) {
      const flipped = Buffer.from(frame);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(() => decodeEventStream(flipped)).toThrow(/CRC|torn/);
    }
    expect(() => decodeEventStream(frame.subarray(0, -2))).toThrow(/torn/);
  });

  it('ends with an exception message when told to fail half-way', async () => {
    fake.plan({ fault: { errorEventAfter: 2 } });
    const events = decodeEventStream(new Uint8Array(await (await bearer(hello, 'converse-stream')).arrayBuffer()));
    expect(events.at(-1)?.headers).toMatchObject({
      ':message-type': 'exception',
      ':exception-type': 'modelStreamErrorException',
    });
  });
});

describe('converse', () => {
  it('runs a thinking tool loop, streamed arguments included', async () => {
    const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } };
    const ask = { role: 'user', content: [{ text: 'call get_weather {"city":"東京"}' }] };
    const first = (await (await bearer({ messages: [ask], toolConfig, ...thinking })).json()) as {
      stopReason: string;
      output: { message: { content: Record<string, unknown>[] } };
    };
    expect(first.stopReason).toBe('tool_use');
    const { message } = first.output;
    const { toolUseId } = message.content[1]?.toolUse as { toolUseId: string };
    const result = {
      role: 'user',
      content: [{ toolResult: { toolUseId, content: [{ json: { sky: 'blue' } }], status: 'success' } }],
    };
    expect(await (await bearer({ messages: [ask, message, result], toolConfig, ...thinking })).json()).toMatchObject({
      output: { message: { content: [{}, { text: 'result: {"sky":"blue"}' }] } },
    });
    const bare = { ...message, content: message.content.slice(1) };
    expect((await bearer({ messages: [ask, bare, result], toolConfig, ...thinking })).status).toBe(400);
    const events = decodeEventStream(
      new Uint8Array(await (await bearer({ messages: [ask], toolConfig }, 'converse-stream')).arrayBuffer()),
    );
    const pieces = events
      .map((event) => JSON.parse(event.payload.toString()) as { delta?: { toolUse?: { input: string } } })
      .map((one) => one.delta?.toolUse?.input ?? '');
    expect(pieces.join('')).toBe('{"city":"東京"}');
  });

  const text = (role: string, value: string) => ({ role, content: [{ text: value }] });
  const use = { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'f', input: {} } }] };
  it.each([
    ['messages that do not alternate', { messages: [text('user', 'a'), text('user', 'b')] }, /must alternate/],
    ['an assistant first', { messages: [text('assistant', 'a')] }, /must start with a user message/],
    ['a blank text', { messages: [text('user', ' ')] }, /is blank/],
    [
      'a tool name with a dot',
      { ...hello, toolConfig: { tools: [{ toolSpec: { name: 'a.b', inputSchema: { json: { type: 'object' } } } }] } },
      /regular expression pattern/,
    ],
    [
      'a tool name of 65 characters',
      {
        ...hello,
        toolConfig: { tools: [{ toolSpec: { name: 'a'.repeat(65), inputSchema: { json: { type: 'object' } } } }] },
      },
      /less than or equal to 64/,
    ],
    [
      'two tools of one name',
      { ...hello, toolConfig: { tools: [toolConfig.tools[0], toolConfig.tools[0]] } },
      /unique/,
    ],
    [
      'a call without its result',
      { toolConfig, messages: [text('user', 'a'), use, text('user', 'b')] },
      /Expected toolResult blocks/,
    ],
    [
      'a result without its call',
      {
        toolConfig,
        messages: [
          text('user', 'a'),
          text('assistant', 'b'),
          { role: 'user', content: [{ toolResult: { toolUseId: 'x', content: [{ text: 'y' }] } }] },
        ],
      },
      /exceeds the number of toolUse/,
    ],
    [
      'tool blocks without toolConfig',
      {
        messages: [
          text('user', 'a'),
          use,
          { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ text: 'y' }] } }] },
        ],
      },
      /toolConfig field must be defined/,
    ],
    [
      'a JSON result that is a list',
      {
        toolConfig,
        messages: [
          text('user', 'a'),
          use,
          { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ json: [1] }] } }] },
        ],
      },
      /Provide a json object/,
    ],
    [
      'a document name with a dot',
      {
        messages: [
          {
            role: 'user',
            content: [{ text: 'a' }, { document: { name: 'a.pdf', format: 'pdf', source: { bytes: 'QUJD' } } }],
          },
        ],
      },
      /document file name/,
    ],
    ['a stray inference parameter', { ...hello, inferenceConfig: { topK: 3 } }, /extraneous key \[topK\]/],
    ['a temperature above one', { ...hello, inferenceConfig: { temperature: 1.5 } }, /less than or equal to 1/],
    ['a field of another dialect', { ...hello, max_tokens: 3 }, /extraneous key \[max_tokens\]/],
    [
      'an unknown model field',
      { ...hello, additionalModelRequestFields: { foo: 1 } },
      /Extra inputs are not permitted/,
    ],
  ])('refuses %s', async (_name, body, message) => {
    const response = await bearer(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(message);
  });
});
