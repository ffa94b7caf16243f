import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import type { JsonObject, StreamPart } from '../../../../../main/gateway/dialects/canonical.ts';
import type { Dialect } from '../../../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { lowerTools } from '../../../../../main/gateway/tool-lowering.ts';
import { decodeEventStream } from '../../../../fakes/event-stream.ts';
import { startFake, type Fake } from '../../../../fakes/fake.ts';
import {
  accepted,
  answerContext,
  collectLosses,
  countedIds,
  encode,
  nova,
  requestOf,
  searchTool,
  sonnet,
  user,
} from './support.ts';

interface Captured {
  readonly path: string;
  readonly body?: JsonObject;
}

const clientDialects: readonly [RegExp, Dialect][] = [
  [/chat\/completions/, openaiChat],
  [/v1\/responses/, openaiResponses],
  [/[gG]enerateContent/, gemini],
];

function captured(client: string): [string, Dialect, JsonObject][] {
  const file = new URL(`../../../../fixtures/clients/${client}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Captured)
    .flatMap(({ path, body }, index): [string, Dialect, JsonObject][] => {
      const dialect = clientDialects.find(([pattern]) => pattern.test(path))?.[1];
      return dialect === undefined || body === undefined ? [] : [[`${client} ${String(index)} ${path}`, dialect, body]];
    });
}

describe('real clients at Bedrock', () => {
  it.each(['openai', 'ai-sdk', 'codex', 'genai'].flatMap(captured))('takes %s', (_name, dialect, body) => {
    for (const model of [sonnet, nova]) {
      const losses = collectLosses();
      const context = { model, stream: true, losses: losses.sink, newId: countedIds() };
      const request = lowerTools(
        { ...dialect.decodeRequest(body, context), model },
        bedrockConverse,
        losses.sink,
      ).request;
      accepted(request, {}, losses);
    }
  });
});

describe('over a real socket', () => {
  let fake: Fake;
  beforeAll(async () => {
    fake = await startFake({ dialect: 'bedrock', key: 'bedrock-key' });
  });
  afterAll(() => fake.close());

  const send = (method: string, body: JsonObject): Promise<Response> =>
    fetch(`${fake.url}/model/${encodeURIComponent(sonnet)}/${method}`, {
      method: 'POST',
      headers: { authorization: 'Bearer bedrock-key', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  async function stream(body: JsonObject): Promise<StreamPart[]> {
    const response = await send('converse-stream', body);
    const decoder = bedrockConverse.createStreamDecoder(answerContext());
    const frames = decodeEventStream(new Uint8Array(await response.arrayBuffer()));
    const parts = frames.flatMap(({ headers, payload }) =>
      decoder.push({
        name: headers[':event-type'] ?? headers[':exception-type'] ?? '',
        data: payload.toString('utf8'),
      }),
    );
    return [...parts, ...decoder.end()];
  }

  it('holds a tool conversation with thinking over two turns', async () => {
    const ask = { tools: [searchTool], maxOutputTokens: 8000, reasoning: { mode: 'on' as const, budgetTokens: 2048 } };
    const opening = user('think about it and call search {"q":"東京"}');
    const parts = await stream(encode(requestOf([opening], ask)));
    expect(parts.at(-1)).toEqual({ type: 'response-end' });
    expect(parts).toContainEqual(expect.objectContaining({ type: 'tool-call-start', name: 'search' }));
    const whole = await send('converse', encode(requestOf([opening], ask)));
    const answer = bedrockConverse.decodeAnswer((await whole.json()) as JsonObject, answerContext());
    expect(answer.finish.reason).toBe('tool_calls');
    expect(answer.usage?.outputTokens).toBeGreaterThan(0);
    const call = answer.parts.find((part) => part.type === 'tool-call');
    const history = [
      opening,
      { role: 'assistant' as const, parts: answer.parts },
      {
        role: 'tool' as const,
        parts: [
          {
            type: 'tool-result' as const,
            callId: call?.id ?? '',
            kind: 'function' as const,
            parts: [{ type: 'text' as const, text: 'found it' }],
          },
        ],
      },
    ];
    const next = await stream(encode(requestOf(history, ask)));
    expect(next).toContainEqual(
      expect.objectContaining({ type: 'finish', finish: { reason: 'stop', raw: 'end_turn' } }),
    );
  });

  it('reads a refusal as an error with its message', async () => {
    const response = await send('converse', { messages: [] });
    const error = bedrockConverse.decodeError(response.status, await response.text());
    expect(error).toMatchObject({ status: 400, kind: 'invalid_request' });
    expect(error.message).toContain('must start with a user message');
  });
});
