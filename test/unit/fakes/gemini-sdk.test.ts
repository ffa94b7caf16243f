import { GoogleGenAI, type Content, type GenerateContentConfig } from '@google/genai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';

const declaration = {
  name: 'get_weather',
  description: 'w',
  parametersJsonSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const tools = [{ functionDeclarations: [declaration] }];

let fake: Fake;
let client: GoogleGenAI;
beforeEach(async () => {
  fake = await startFake({ dialect: 'gemini', key: 'AIza-test' });
  client = new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl: fake.url } });
});
afterEach(() => fake.close());

describe('generateContent through @google/genai', () => {
  it('answers plain text with consistent usage', async () => {
    const answer = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: 'héllo 世界',
      config: { systemInstruction: 'be brief', temperature: 0.2 },
    });
    expect(answer.text).toBe('echo: héllo 世界');
    const usage = answer.usageMetadata;
    expect(usage?.totalTokenCount).toBe((usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0));
  });

  it('streams several chunks, the last with its finish reason', async () => {
    const chunks = [];
    for await (const chunk of await client.models.generateContentStream({
      model: 'gemini-2.5-flash',
      contents: 'héllo 世界, how are you',
    }))
      chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe('echo: héllo 世界, how are you');
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('runs a tool loop on a Gemini 3 model and refuses it without the signature', async () => {
    const config: GenerateContentConfig = { tools, thinkingConfig: { includeThoughts: true } };
    const contents: Content[] = [
      { role: 'user', parts: [{ text: 'call get_weather {"city":"Zürich"}\ncall get_weather {"city":"東京"}' }] },
    ];
    const first = await client.models.generateContent({ model: 'gemini-3.8-flash', contents, config });
    expect(first.functionCalls?.map((call) => call.args)).toEqual([{ city: 'Zürich' }, { city: '東京' }]);
    expect(first.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(0);
    const model = first.candidates?.[0]?.content ?? { parts: [] };
    const responses = (first.functionCalls ?? []).map((call) => ({
      functionResponse: {
        ...(call.id === undefined ? {} : { id: call.id }),
        name: 'get_weather',
        response: { output: 'sunny' },
      },
    }));
    const back = (one: Content, some: Content['parts'] = responses): Content[] => [
      ...contents,
      one,
      { role: 'user', parts: some ?? [] },
    ];
    expect(
      (await client.models.generateContent({ model: 'gemini-3.8-flash', contents: back(model), config })).text,
    ).toBe('result: sunny | sunny');

    const bare = { ...model, parts: (model.parts ?? []).map(({ thoughtSignature: _dropped, ...part }) => part) };
    await expect(
      client.models.generateContent({ model: 'gemini-3.8-flash', contents: back(bare), config }),
    ).rejects.toThrow(/missing a thought_signature/);
    const skipping = {
      ...model,
      parts: (model.parts ?? []).map((part) =>
        part.thoughtSignature === undefined ? part : { ...part, thoughtSignature: 'skip_thought_signature_validator' },
      ),
    };
    expect(
      (await client.models.generateContent({ model: 'gemini-3.8-flash', contents: back(skipping), config })).text,
    ).toBe('result: sunny | sunny');
    const forged = {
      ...model,
      parts: (model.parts ?? []).map((part) =>
        part.thoughtSignature === undefined ? part : { ...part, thoughtSignature: 'QUJD' },
      ),
    };
    await expect(
      client.models.generateContent({ model: 'gemini-3.8-flash', contents: back(forged), config }),
    ).rejects.toThrow(/Corrupted thought signature/);
    await expect(
      client.models.generateContent({ model: 'gemini-3.8-flash', contents: back(model, responses.slice(1)), config }),
    ).rejects.toThrow(/number of function response parts is equal/);
  });

  it('conforms to a response schema', async () => {
    const answer = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: 'x',
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    });
    expect(JSON.parse(answer.text ?? '')).toEqual({ city: 'samplé' });
  });

  it('counts, embeds and lists', async () => {
    expect((await client.models.countTokens({ model: 'gemini-2.5-flash', contents: 'x'.repeat(40) })).totalTokens).toBe(
      11,
    );
    expect(
      (await client.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] })).embeddings,
    ).toHaveLength(2);
    const names = [];
    for await (const one of await client.models.list()) names.push(one.name);
    expect(names).toContain('models/gemini-2.5-flash');
  });

  it('raises the SDK error of each refusal', async () => {
    const wrong = new GoogleGenAI({ apiKey: 'nope', httpOptions: { baseUrl: fake.url } });
    await expect(wrong.models.generateContent({ model: 'gemini-2.5-flash', contents: 'x' })).rejects.toMatchObject({
      status: 400,
    });
    await expect(
      client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'x', config: { temperature: 3 } }),
    ).rejects.toMatchObject({ status: 400 });
    fake.plan({ fault: { errorEventAfter: 2 } });
    const stream = await client.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'x' });
    await expect(
      (async () => {
        for await (const _chunk of stream);
      })(),
    ).rejects.toThrow(/overloaded/);
  });
});

describe('Vertex paths', () => {
  const post = (path: string, body: unknown) =>
    fetch(`${fake.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer AIza-test' },
      body: JSON.stringify(body),
    });
  const place = '/v1/projects/p/locations/us-central1/publishers';

  it('serves Gemini models to a bearer token and demands roles', async () => {
    const good = await post(`${place}/google/models/gemini-2.5-flash:generateContent`, {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    });
    expect(await good.json()).toMatchObject({ candidates: [{ content: { parts: [{ text: 'echo: hi' }] } }] });
    expect(
      (
        await post(`${place}/google/models/gemini-2.5-flash:generateContent`, {
          contents: [{ parts: [{ text: 'hi' }] }],
        })
      ).status,
    ).toBe(400);
    expect(
      (await fetch(`${fake.url}${place}/google/models/g:generateContent?key=AIza-test`, { method: 'POST' })).status,
    ).toBe(401);
  });

  it('serves Claude by rawPredict with the version in the body and no model', async () => {
    const body = {
      anthropic_version: 'vertex-2023-10-16',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'hi' }],
    };
    const path = `${place}/anthropic/models/claude-sonnet-4-5@20250929`;
    expect(await (await post(`${path}:rawPredict`, body)).json()).toMatchObject({
      type: 'message',
      content: [{ text: 'echo: hi' }],
    });
    expect(await (await post(`${path}:streamRawPredict`, { ...body, stream: true })).text()).toContain(
      'event: message_stop',
    );
    expect((await post(`${path}:rawPredict`, { ...body, model: 'x' })).status).toBe(400);
    expect((await post(`${path}:rawPredict`, { ...body, anthropic_version: undefined })).status).toBe(400);
  });
});
