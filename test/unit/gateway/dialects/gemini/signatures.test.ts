// A thought signature on its way: minted by Google, carried by a client of any dialect, given back only where it was minted.
import { describe, expect, it } from 'vitest';
import type {
  CanonicalRequest,
  CanonicalResponse,
  JsonObject,
} from '../../../../../main/gateway/dialects/canonical.ts';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import type { Dialect } from '../../../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { openaiChat } from '../../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import {
  createHandle,
  ReasoningKeeper,
  restoreReasoning,
  type KeeperContext,
} from '../../../../../main/gateway/reasoning-keeper.ts';
import { SideStore } from '../../../../../main/gateway/side-store.ts';
import { checkGenerate } from '../../../../fakes/gemini-rules.ts';
import { camelized, generateBody } from '../../../../fakes/gemini-spec.ts';
import { dict } from '../../../../fakes/json.ts';
import { createMint, type Mint } from '../../../../fakes/mint.ts';
import { answerContext, clientContext, decodeContext, gemini3, collectLosses, type Losses } from './support.ts';

const google = createMint('the account that answered');
const signature = google.thoughtSignature();

const answer: JsonObject = {
  candidates: [
    {
      content: {
        role: 'model',
        parts: [
          { text: 'I must look.', thought: true },
          { functionCall: { id: 'c1', name: 'f', args: {} }, thoughtSignature: signature },
          { functionCall: { id: 'c2', name: 'f', args: {} } },
        ],
      },
      finishReason: 'STOP',
      index: 0,
    },
  ],
};

type Body = Record<string, JsonObject[string]>;
const first = (list: unknown): Body => dict((list as unknown[])[0]) as Body;

/** How a client of each dialect sends the answer it got back to us, with the results. */
const clients: readonly (readonly [string, Dialect, (answered: JsonObject) => JsonObject])[] = [
  [
    'Gemini',
    gemini,
    (answered) => ({
      contents: [
        { role: 'user', parts: [{ text: 'go' }] },
        first(answered['candidates'])['content'] ?? null,
        {
          role: 'user',
          parts: ['c1', 'c2'].map((id) => ({ functionResponse: { id, name: 'f', response: { output: id } } })),
        },
      ],
    }),
  ],
  [
    'Chat',
    openaiChat,
    (answered) => ({
      model: 'm',
      messages: [
        { role: 'user', content: 'go' },
        first(answered['choices'])['message'] ?? null,
        ...['c1', 'c2'].map((id) => ({ role: 'tool', tool_call_id: id, content: id })),
      ],
    }),
  ],
  [
    'Responses',
    openaiResponses,
    (answered) => ({
      model: 'm',
      input: [
        { role: 'user', content: 'go' },
        ...(answered['output'] as unknown as JsonObject[]),
        ...['c1', 'c2'].map((id) => ({ type: 'function_call_output', call_id: id, output: id })),
      ],
    }),
  ],
  [
    'Anthropic',
    anthropicMessages,
    (answered) => ({
      model: 'm',
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: answered['content'] ?? null },
        { role: 'user', content: ['c1', 'c2'].map((id) => ({ type: 'tool_result', tool_use_id: id, content: id })) },
      ],
    }),
  ],
];

function keeperOf(client: Dialect): KeeperContext {
  let count = 0;
  return {
    store: new SideStore({ clock: { now: () => 0, monotonic: () => 0 }, capBytes: 1_000_000, ttlMs: 1000 }),
    scope: 'key_1',
    client,
    newHandle: () => createHandle((letters) => String(++count).padStart(letters, '0')),
  };
}

/** What the client gets of `answer`, and the request it sends next. */
function carried(
  client: Dialect,
  keeper: KeeperContext,
): { readonly body: JsonObject; readonly request: (next: (answered: JsonObject) => JsonObject) => CanonicalRequest } {
  const decoded: CanonicalResponse = new ReasoningKeeper(keeper).response(gemini.decodeAnswer(answer, answerContext()));
  const asked = { reasoning: { mode: 'on', summary: 'auto' }, includeEncryptedReasoning: true } as const;
  const body = client.encodeAnswer(decoded, clientContext(asked));
  return { body, request: (next) => client.decodeRequest(next(body), decodeContext()) };
}

/** The parts of the model's turn as the target `mint` gets them; the account behind it judges the body. */
function givenTo(
  mint: string,
  account: Mint,
  request: CanonicalRequest,
  keeper: KeeperContext,
  losses: Losses,
): unknown {
  const restored = restoreReasoning({ ...request, ...gemini3 }, mint, keeper, losses.sink);
  const context = {
    mint,
    rules: { thinkingLevel: true },
    losses: losses.sink,
    newId: (prefix: string) => `${prefix}1`,
  };
  const { body } = gemini.encodeRequest(restored, context);
  const spec = generateBody(false);
  checkGenerate(dict(camelized(body, spec)), spec, gemini3.model, false, account);
  return (body['contents'] as unknown as { parts: unknown }[])[1]?.parts;
}

const call = (id: string): JsonObject => ({ functionCall: { id, name: 'f', args: {} } });

describe.each(clients)('through a %s client, a signature', (_name, client, next) => {
  it('is never shown to the client', () => {
    const { body } = carried(client, keeperOf(client));
    expect(JSON.stringify(body)).not.toContain(signature);
  });

  it('comes back on its call for the account that minted it', () => {
    const keeper = keeperOf(client);
    const losses = collectLosses();
    const parts = givenTo('google', google, carried(client, keeper).request(next), keeper, losses);
    expect(parts).toContainEqual({ ...call('c1'), thoughtSignature: signature });
    expect(parts).toContainEqual(call('c2'));
    expect(losses.list.filter((path) => path.endsWith('/reasoning') || path === '/messages')).toEqual([]);
  });

  it('is left out for any other, which is told not to check', () => {
    const keeper = keeperOf(client);
    const losses = collectLosses();
    const parts = givenTo('vertex', createMint('another'), carried(client, keeper).request(next), keeper, losses);
    expect(parts).toContainEqual({ ...call('c1'), thoughtSignature: 'skip_thought_signature_validator' });
    expect(JSON.stringify(parts)).not.toContain(signature);
    expect(losses.list).toContain('/messages/1/reasoning');
    expect(losses.list).toContain('/messages');
  });
});

it('a signature that a client made up or got elsewhere is not passed on', () => {
  const keeper = keeperOf(gemini);
  const losses = collectLosses();
  const request = gemini.decodeRequest(
    {
      contents: [
        { role: 'user', parts: [{ text: 'go' }] },
        { role: 'model', parts: [{ ...call('c9'), thoughtSignature: signature }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c9', name: 'f', response: { output: '1' } } }] },
      ],
    },
    decodeContext(),
  );
  expect(givenTo('google', google, request, keeper, losses)).toEqual([
    { ...call('c9'), thoughtSignature: 'skip_thought_signature_validator' },
  ]);
  expect(losses.list).toEqual(['/messages/1/reasoning', '/messages']);
});
