// Vercel's AI SDK with each of its providers against every target.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, jsonSchema, Output, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { afterEach, describe, expect, it } from 'vitest';
import { testKey } from '../component/gateway/support.ts';
import { callText, fakedTargets, odd, startRig, targets, weatherSchema, type Rig } from './targets.ts';

interface Client {
  readonly client: string;
  readonly model: (url: string, model: string, apiKey: string) => LanguageModel;
}

const clients: readonly Client[] = [
  {
    client: '@ai-sdk/openai responses',
    model: (url, model, apiKey) => createOpenAI({ baseURL: `${url}/v1`, apiKey })(model),
  },
  {
    client: '@ai-sdk/openai chat',
    model: (url, model, apiKey) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model),
  },
  {
    client: '@ai-sdk/anthropic',
    model: (url, model, apiKey) => createAnthropic({ baseURL: `${url}/v1`, apiKey })(model),
  },
  {
    client: '@ai-sdk/google',
    model: (url, model, apiKey) => createGoogle({ baseURL: `${url}/v1beta`, apiKey })(model),
  },
  {
    client: '@ai-sdk/openai-compatible',
    model: (url, model, apiKey) =>
      createOpenAICompatible({
        name: 'sluice',
        baseURL: `${url}/v1`,
        apiKey,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(model),
  },
];

let rig: Rig;
afterEach(() => rig.close());

const weather = tool({
  description: 'Weather of a city',
  inputSchema: jsonSchema<{ city: string }>(weatherSchema),
  execute: ({ city }) => `sunny in ${city}`,
});

describe.each(clients)('$client', ({ model }) => {
  describe.each(targets)('on $name', (target) => {
    const connect = async (): Promise<LanguageModel> => {
      rig = await startRig(target.name);
      return model(rig.url, rig.model, testKey);
    };

    it('answers plain text with usage', async () => {
      const answer = await generateText({
        model: await connect(),
        instructions: 'Be brief.',
        prompt: odd,
        maxRetries: 0,
      });
      expect(answer.text).toBe(target.said(odd));
      expect(answer.finishReason).toBe('stop');
      expect(answer.usage.inputTokens).toBeGreaterThan(0);
      expect(answer.usage.outputTokens).toBeGreaterThan(0);
      rig.expectAccepted(1);
    });

    it('streams with usage and finish reason', async () => {
      const answer = streamText({ model: await connect(), prompt: odd, maxRetries: 0 });
      const deltas: string[] = [];
      for await (const delta of answer.textStream) deltas.push(delta);
      expect(deltas.join('')).toBe(target.said(odd));
      expect(deltas.length).toBeGreaterThan(1);
      expect(await answer.finishReason).toBe('stop');
      expect((await answer.usage).outputTokens).toBeGreaterThan(0);
      rig.expectAccepted(1);
    });

    it.each(['plain', 'streamed'])('runs a tool loop of two steps, %s', async (mode) => {
      const ask = {
        model: await connect(),
        tools: { get_weather: weather },
        prompt: callText('Zürich'),
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      };
      const { steps, text } = mode === 'plain' ? await generateText(ask) : await settled(streamText(ask));
      expect(steps).toHaveLength(2);
      expect(steps[0]?.toolCalls.map((call) => call.input)).toEqual([{ city: 'Zürich' }]);
      // How a tool's text is wrapped differs by provider package.
      expect(text).toContain('sunny in Zürich');
      expect(text.startsWith(target.result(''))).toBe(true);
      rig.expectAccepted(2);
    });

    it('answers in the schema that was asked for', async () => {
      const schema = jsonSchema<{ city: string }>(weatherSchema);
      const answer = await generateText({
        model: await connect(),
        prompt: 'Paris',
        output: Output.object({ schema }),
        maxRetries: 0,
      });
      expect(answer.output).toEqual({ city: expect.any(String) as string });
      rig.expectAccepted(1);
    });
  });

  const thrown = (language: LanguageModel): Promise<unknown> =>
    generateText({ model: language, prompt: 'x', maxRetries: 0 }).then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each(fakedTargets)('raises its own error when $name refuses', async (target) => {
    rig = await startRig(target.name);
    for (const [status, message] of [
      [400, 'That will not do.'],
      [429, 'Slow down, please.'],
    ] as const) {
      rig.fake?.plan(target.refusal(status));
      const error = await thrown(model(rig.url, rig.model, testKey));
      expect(APICallError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ statusCode: status, message: expect.stringContaining(message) as string });
    }
  });

  it('raises its own error for an unknown key or model', async () => {
    rig = await startRig('demo');
    expect(await thrown(model(rig.url, rig.model, 'sk-sluice-wrong'))).toMatchObject({
      statusCode: 401,
      message: expect.stringContaining('key') as string,
    });
    expect(await thrown(model(rig.url, 'demo/no-such-model', testKey))).toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('no-such-model') as string,
    });
  });
});

async function settled(result: {
  readonly text: PromiseLike<string>;
  readonly steps: PromiseLike<readonly { readonly toolCalls: readonly { readonly input: unknown }[] }[]>;
}) {
  return { text: await result.text, steps: await result.steps };
}
