// Google's Gen AI SDK against every target.
import {
  ApiError,
  GoogleGenAI,
  type Content,
  type GenerateContentConfig,
  type GenerateContentResponse,
} from '@google/genai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testKey } from '../component/gateway/support.ts';
import { callText, fakedTargets, odd, startRig, targets, weatherSchema, type Rig } from './targets.ts';

const config: GenerateContentConfig = {
  tools: [
    {
      functionDeclarations: [
        { name: 'get_weather', description: 'Weather of a city', parametersJsonSchema: weatherSchema },
      ],
    },
  ],
  thinkingConfig: { includeThoughts: true },
};

let rig: Rig;
let client: GoogleGenAI;
const connect = (apiKey = testKey): GoogleGenAI => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: rig.url } });
afterEach(() => rig.close());

async function collect(
  contents: Content[] | string,
  more: GenerateContentConfig = {},
): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await client.models.generateContentStream({ model: rig.model, contents, config: more }))
    chunks.push(chunk);
  return chunks;
}

/** The content of a streamed answer, as a chat session puts it together. */
function joined(chunks: readonly GenerateContentResponse[]): Content {
  return { role: 'model', parts: chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []) };
}

describe.each(targets)('generateContent on $name', (target) => {
  beforeEach(async () => {
    rig = await startRig(target.name);
    client = connect();
  });

  it('answers plain text with usage', async () => {
    const answer = await client.models.generateContent({
      model: rig.model,
      contents: odd,
      config: { systemInstruction: 'Be brief.', maxOutputTokens: 500 },
    });
    expect(answer.text).toBe(target.said(odd));
    expect(answer.candidates?.[0]).toMatchObject({ finishReason: 'STOP', content: { role: 'model' } });
    const usage = answer.usageMetadata;
    expect(usage?.promptTokenCount).toBeGreaterThan(0);
    expect(usage?.totalTokenCount).toBe(
      (usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    );
    rig.expectAccepted(1);
  });

  it('streams, the last chunk with its finish reason and usage', async () => {
    const chunks = await collect(odd);
    expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe(target.said(odd));
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(chunks.at(-1)?.usageMetadata?.candidatesTokenCount).toBeGreaterThan(0);
    rig.expectAccepted(1);
  });

  it.each(['plain', 'streamed'])('runs a tool loop with thoughts and signatures played back, %s', async (mode) => {
    const cities = target.name === 'demo' ? ['Zürich'] : ['Zürich', '東京'];
    const contents: Content[] = [{ role: 'user', parts: [{ text: callText(...cities) }] }];
    const ask = async (): Promise<Content> => {
      if (mode === 'streamed') return joined(await collect(contents, config));
      return (
        (await client.models.generateContent({ model: rig.model, contents, config })).candidates?.[0]?.content ?? {}
      );
    };
    const said = await ask();
    const calls = (said.parts ?? []).flatMap((part) => (part.functionCall === undefined ? [] : [part.functionCall]));
    expect(calls.map((call) => call.args)).toEqual(cities.map((city) => ({ city })));
    contents.push(said, {
      role: 'user',
      parts: calls.map((call) => ({
        functionResponse: {
          ...(call.id === undefined ? {} : { id: call.id }),
          name: call.name ?? '',
          response: { output: 'sunny ☀️' },
        },
      })),
    });
    const answer = await ask();
    const text = (answer.parts ?? []).map((part) => (part.thought === true ? '' : (part.text ?? ''))).join('');
    expect(text).toContain('sunny ☀️');
    rig.expectAccepted(2);
  });

  it('keeps a chat session going', async () => {
    const chat = client.chats.create({ model: rig.model });
    expect((await chat.sendMessage({ message: 'one' })).text).toBe(target.said('one'));
    let streamed = '';
    for await (const chunk of await chat.sendMessageStream({ message: 'two' })) streamed += chunk.text ?? '';
    expect(streamed).toBe(target.said('two'));
    expect((await chat.sendMessage({ message: 'three' })).text).toBe(target.said('three'));
    // The session drops turns it finds invalid, and with them everything before the next turn makes sense.
    expect(chat.getHistory(true).filter((content) => content.role === 'user')).toHaveLength(3);
    rig.expectAccepted(3);
  });

  it('answers in the schema that was asked for', async () => {
    const answer = await client.models.generateContent({
      model: rig.model,
      contents: 'Paris',
      config: { responseMimeType: 'application/json', responseJsonSchema: weatherSchema },
    });
    expect(JSON.parse(answer.text ?? '')).toEqual({ city: expect.any(String) as string });
    rig.expectAccepted(1);
  });
});

describe('errors', () => {
  const thrown = (model: string, stream: boolean): Promise<unknown> =>
    (stream
      ? client.models.generateContentStream({ model, contents: 'x' })
      : client.models.generateContent({ model, contents: 'x' })
    ).then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each(fakedTargets)('carry status and message when $name refuses', async (target) => {
    rig = await startRig(target.name);
    client = connect();
    for (const stream of [false, true]) {
      rig.fake?.plan(target.refusal(400));
      const refused = await thrown(rig.model, stream);
      expect(refused).toBeInstanceOf(ApiError);
      expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('That will not do.') as string });
    }
    rig.fake?.plan(target.refusal(429));
    expect(await thrown(rig.model, true)).toMatchObject({
      status: 429,
      message: expect.stringContaining('Slow down, please.') as string,
    });
  });

  it('say that a key or a model is not known', async () => {
    rig = await startRig('demo');
    client = connect('sk-sluice-wrong');
    expect(await thrown(rig.model, false)).toMatchObject({
      status: 401,
      message: expect.stringContaining('UNAUTHENTICATED') as string,
    });
    client = connect();
    for (const stream of [false, true])
      expect(await thrown('demo/no-such-model', stream)).toMatchObject({
        status: 404,
        message: expect.stringContaining('NOT_FOUND') as string,
      });
  });
});

it('lists models and counts tokens through the SDK', async () => {
  rig = await startRig('demo');
  client = connect();
  const names = [];
  for await (const model of await client.models.list()) names.push(model.name);
  expect(names).toContain('models/demo/echo');
  expect(
    (await client.models.countTokens({ model: 'demo/echo', contents: 'x'.repeat(400) })).totalTokens,
  ).toBeGreaterThan(20);
});
