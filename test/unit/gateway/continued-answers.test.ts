// Answers that break and are gone on with, as the official SDKs read them from a socket.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import type { AnswerNotes, ClientRequest } from '../../../main/gateway/client-request.ts';
import { lastWords } from '../../../main/gateway/client-wire.ts';
import { dialectById } from '../../../main/gateway/dialect-registry.ts';
import type { CanonicalResponse, JsonObject, StreamPart } from '../../../main/gateway/dialects/canonical.ts';
import { JsonDocument } from '../../../main/gateway/dialects/document.ts';
import type { Target } from '../../../main/gateway/exchange.ts';
import { ClientWriter } from '../../../main/gateway/relay/client-writer.ts';
import { Continuation } from '../../../main/gateway/relay/continuation.ts';
import { partsOfResponse } from '../../../main/gateway/relay/translate.ts';
import { replay } from '../../../main/gateway/translated-answers.ts';
import { outgoing, targetDialect } from '../../../main/gateway/translation.ts';
import type { Body, ClientName } from '../../golden/conversation.ts';
import { play } from './relay/rig.ts';
import { clientRequest, notes, targetsOf, type TargetId } from './translating.ts';

const story =
  'The keeper climbed the stairs every evening at dusk, counted them, and lit the lamp.\n\nShips passed far out: größer, 世界, "quoted".';
const place = story.indexOf('Ships');
const question = 'Tell me a story.';

const answerOf = (text: string, input: number, output: number): CanonicalResponse => ({
  id: `answer-${String(output)}`,
  model: 'm',
  createdAt: 1,
  parts: [{ type: 'text', text }],
  finish: { reason: 'stop' },
  usage: { inputTokens: input, outputTokens: output, cacheReadTokens: 0, cacheWriteTokens: 0 },
});

/** One provider's answer: its first part only, when it breaks. */
interface Played {
  readonly target: TargetId;
  readonly answer: CanonicalResponse;
  readonly breaks?: boolean;
  readonly isPlain?: boolean;
}

interface Asked {
  readonly body: Body;
  readonly isSame: boolean;
}

let targets: Readonly<Record<TargetId, Target>>;
beforeAll(async () => {
  targets = await targetsOf();
});

/** What the server plays for the next request, and what it saw of it. */
interface Scene {
  readonly client: ClientName;
  readonly mode: 'continue' | 'restart';
  readonly played: readonly Played[];
  readonly asked: Asked[];
  readonly told: string[];
  readonly notes?: Partial<AnswerNotes>;
}
let scene: Scene;
let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      perform(new ClientWriter(response), body, new URL(request.url ?? '/', url).searchParams);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function set(client: ClientName, played: readonly Played[], more: Partial<Scene> = {}): void {
  scene = { client, played, mode: 'continue', asked: [], told: [], ...more };
}

function requestOf(body: Buffer, query: URLSearchParams): ClientRequest {
  const base = clientRequest(scene.client, JsonDocument.read(body), true);
  return { ...base, surface: { ...base.surface, query }, continuation: new Continuation({ mode: scene.mode }) };
}

function perform(writer: ClientWriter, body: Buffer, query: URLSearchParams): void {
  const client = requestOf(body, query);
  let broken: GatewayError | undefined;
  for (const { target: id, answer, breaks = false, isPlain = false } of scene.played) {
    const target = targets[id];
    const made = outgoing(client, target, { ...notes(), ...scene.notes }, {});
    scene.asked.push({ body: JSON.parse(made.body.toString()) as Body, isSame: made.isSame });
    const { relay, told, say } = play(writer, {
      createBody: (of, status, headers) => made.createBody(of, status, headers),
      takeOver: (error) => {
        broken = error;
        return client.continuation?.canContinue === true;
      },
    });
    relay.head(200, { 'content-type': isPlain ? 'application/json' : 'text/event-stream' });
    if (isPlain) say(plainOf(client, target, answer));
    else for (const event of eventsOf(client, target, answer, breaks)) say(event);
    if (breaks) relay.fail(new GatewayError('attempt.reset', 'The connection was reset.'));
    else relay.end();
    scene.told.push(told.at(-1) ?? '');
  }
  if (broken === undefined || scene.told.at(-1)?.startsWith('done') === true) return;
  const { text, tear } = lastWords(client, broken);
  if (tear) writer.tear(text);
  else writer.end(text);
}

function encodeContext(client: ClientRequest): Parameters<ReturnType<typeof dialectById>['createStreamEncoder']>[0] {
  return {
    model: 'm',
    newId: client.newId,
    createdAt: 1,
    losses: () => undefined,
    request: { model: 'm', stream: true, messages: [], tools: [], sampling: {}, includeUsage: true },
    clientBody: {},
  };
}

/** The answer in the words of the target's dialect. */
function eventsOf(client: ClientRequest, target: Target, answer: CanonicalResponse, breaks: boolean): string[] {
  const encoder = dialectById(targetDialect(target, client.dialect.id)).createStreamEncoder(encodeContext(client));
  const parts = partsOfResponse(answer).flatMap((part): StreamPart[] =>
    part.type === 'text-delta' ? (part.text.match(/[^]{1,7}/gu) ?? []).map((text) => ({ ...part, text })) : [part],
  );
  const end = breaks ? parts.findIndex((part) => part.type === 'text-end') : parts.length;
  // Some providers count before they write.
  const used = parts.findIndex((part) => part.type === 'usage');
  return [...parts.slice(used, used + 1), ...parts.slice(0, end)].map((part) => encoder.encode(part));
}

function plainOf(client: ClientRequest, target: Target, answer: CanonicalResponse): string {
  return JSON.stringify(
    dialectById(targetDialect(target, client.dialect.id)).encodeAnswer(answer, encodeContext(client)),
  );
}

// ---- clients

interface Heard {
  readonly text: string;
  readonly ids: ReadonlySet<string>;
  readonly usage: Pick<Usage, 'inputTokens' | 'outputTokens'>;
  readonly finish: string;
}

const ask: Readonly<Record<ClientName, () => Promise<Heard>>> = {
  async chat() {
    const ids = new Set<string>();
    const stream = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 }).chat.completions
      .stream({ model: 'm', messages: [{ role: 'user', content: question }], stream_options: { include_usage: true } })
      .on('chunk', ({ id }) => ids.add(id));
    const answer = await stream.finalChatCompletion();
    const choice = answer.choices[0];
    return {
      text: choice?.message.content ?? '',
      ids,
      usage: { inputTokens: answer.usage?.prompt_tokens ?? 0, outputTokens: answer.usage?.completion_tokens ?? 0 },
      finish: choice?.finish_reason ?? '',
    };
  },
  async responses() {
    const ids = new Set<string>();
    const sequence: number[] = [];
    const stream = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 }).responses
      .stream({ model: 'm', input: question })
      .on('event', (event) => {
        if ('response' in event) ids.add(event.response.id);
        if (event.sequence_number !== undefined) sequence.push(event.sequence_number);
      });
    const answer = await stream.finalResponse();
    expect(sequence).toEqual(sequence.map((_one, index) => index));
    return {
      text: answer.output_text,
      ids,
      usage: { inputTokens: answer.usage?.input_tokens ?? 0, outputTokens: answer.usage?.output_tokens ?? 0 },
      finish: answer.status ?? '',
    };
  },
  async anthropic() {
    const ids = new Set<string>();
    const stream = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 }).messages
      .stream({ model: 'm', max_tokens: 900, messages: [{ role: 'user', content: question }] })
      .on('streamEvent', (event) => {
        if (event.type === 'message_start') ids.add(event.message.id);
      });
    const answer = await stream.finalMessage();
    return {
      text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      ids,
      usage: { inputTokens: answer.usage.input_tokens, outputTokens: answer.usage.output_tokens },
      finish: answer.stop_reason ?? '',
    };
  },
  async gemini() {
    const ids = new Set<string>();
    let text = '';
    const finishes: string[] = [];
    let usage = { inputTokens: 0, outputTokens: 0 };
    const genai = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url } });
    for await (const chunk of await genai.models.generateContentStream({ model: 'm', contents: question })) {
      if (chunk.responseId !== undefined) ids.add(chunk.responseId);
      text += chunk.text ?? '';
      const finish = chunk.candidates?.[0]?.finishReason;
      if (finish !== undefined) finishes.push(finish);
      const { promptTokenCount: inputTokens = 0, candidatesTokenCount: outputTokens = 0 } = chunk.usageMetadata ?? {};
      usage = { inputTokens, outputTokens };
    }
    return { text, ids, usage, finish: finishes.join(' ') };
  },
};

const finishes: Readonly<Record<ClientName, string>> = {
  chat: 'stop',
  responses: 'completed',
  anthropic: 'end_turn',
  gemini: 'STOP',
};
const clients = ['chat', 'responses', 'anthropic', 'gemini'] as const;

describe.each(clients)('a client of %s', (client) => {
  it('hears one answer when the second provider says the same', async () => {
    set(client, [
      { target: 'gemini', answer: answerOf(story.slice(0, place), 10, 5), breaks: true },
      { target: 'chat', answer: answerOf(story, 20, 40) },
    ]);
    const { text, ids, usage, finish } = await ask[client]();
    expect(text).toBe(story);
    expect(ids.size).toBe(1);
    expect(finish).toBe(finishes[client]);
    // The first provider had counted before it broke.
    expect(usage).toEqual({ inputTokens: 30, outputTokens: 45 });
    expect(scene.told).toEqual(['broken relay.stream_cut', 'done well']);
  });

  it('hears one answer when the second provider is handed the beginning', async () => {
    const rest = story.slice(place - 2);
    set(client, [
      { target: 'chat', answer: answerOf(story.slice(0, place), 10, 5), breaks: true },
      { target: 'anthropic', answer: answerOf(rest, 20, 40) },
    ]);
    const { text, ids, finish } = await ask[client]();
    expect(text).toBe(story);
    expect(ids.size).toBe(1);
    expect(finish).toBe(finishes[client]);
    const messages = scene.asked[1]?.body['messages'] as Body[];
    expect(messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: story.slice(0, place).trimEnd() }],
    });
  });

  it('hears one answer when the second provider answers whole', async () => {
    set(client, [
      { target: 'chat', answer: answerOf(story.slice(0, place), 10, 5), breaks: true },
      { target: 'responses', answer: answerOf(story, 20, 40), isPlain: true },
    ]);
    const { text, ids, finish } = await ask[client]();
    expect(text).toBe(story);
    expect(ids.size).toBe(1);
    expect(finish).toBe(finishes[client]);
  });

  it('sees a mark before an answer that begins anew', async () => {
    set(
      client,
      [
        { target: 'chat', answer: answerOf(story.slice(0, 40), 10, 5), breaks: true },
        { target: 'gemini', answer: answerOf('Another one.', 20, 40) },
      ],
      { mode: 'restart' },
    );
    const { text, finish } = await ask[client]();
    expect(text).toBe(`${story.slice(0, 40)}\n\n[The answer broke off here. It begins anew:]\n\nAnother one.`);
    expect(finish).toBe(finishes[client]);
  });

  it('is told when nobody could go on', async () => {
    set(client, [
      { target: 'chat', answer: answerOf(story.slice(0, place), 10, 5), breaks: true },
      { target: 'gemini', answer: answerOf('A miller had a cat.', 20, 40) },
    ]);
    await expect(ask[client]()).rejects.toThrow();
    expect(scene.told).toEqual(['broken relay.stream_cut', 'refuse relay.stream_incomplete']);
  });
});

describe('a stream of a JSON array', () => {
  const send = async (): Promise<string> => {
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: question }] }] });
    const answer = await fetch(`${url}/v1beta/models/m:streamGenerateContent`, { method: 'POST', body });
    return await answer.text();
  };

  it('is one array of two attempts', async () => {
    set('gemini', [
      { target: 'chat', answer: answerOf(story.slice(0, place), 10, 5), breaks: true },
      { target: 'chat', answer: answerOf(story, 20, 40) },
    ]);
    const chunks = JSON.parse(await send()) as { candidates: { content: { parts: { text: string }[] } }[] }[];
    expect(chunks.map((chunk) => chunk.candidates[0]?.content.parts[0]?.text).join('')).toBe(story);
  });
});

describe('a target of the client’s own dialect', () => {
  const chat = (more: object = {}): Body => ({
    model: 'x/y',
    stream: true,
    messages: [{ role: 'user', content: question }],
    ...more,
  });
  const prepared = (body: Body, more: Partial<ClientRequest> = {}): ReturnType<typeof outgoing> => {
    const document = JsonDocument.read(Buffer.from(JSON.stringify(body)));
    return outgoing({ ...clientRequest('chat', document, true), ...more }, targets.chat, notes(), {});
  };

  it('is asked in the client’s own words, whatever becomes of the answer', () => {
    const asked = prepared(chat({ vendor_field: 1 }));
    for (const more of [{ canonical: true }, { continuation: new Continuation({ mode: 'continue' }) }]) {
      const out = prepared(chat({ vendor_field: 1 }), more);
      expect(out.isSame).toBe(true);
      expect(out.body).toEqual(asked.body);
    }
  });

  it.each<[string, Body]>([
    ['tools of the vendor', { tools: [{ type: 'web_search' }] }],
    ['several answers', { n: 2 }],
    ['sound', { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'mp3' } }],
  ])('answers byte for byte, and is not gone on with, where it is asked for %s', async (_what, more) => {
    set('chat', [{ target: 'chat', answer: answerOf(story.slice(0, place), 1, 2), breaks: true }]);
    const body = JSON.stringify(chat(more));
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
    expect(await answer.text()).toContain('"error"');
    expect(scene.told).toEqual(['done relay.stream_cut']);
  });

  it('keeps what it signed as it is', async () => {
    const signed = {
      ...answerOf(story, 1, 2),
      parts: [
        { type: 'reasoning', text: 'Hm.', opaque: { mint: 'anthropic', form: 'signature', data: 'c2lnbmVk' } },
        { type: 'text', text: story },
      ],
    } as const;
    set('anthropic', [{ target: 'anthropic', answer: signed }]);
    const stream = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 }).messages.stream({
      model: 'm',
      max_tokens: 900,
      messages: [{ role: 'user', content: question }],
    });
    const { content } = await stream.finalMessage();
    expect(content).toMatchObject([
      { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmVk' },
      { type: 'text', text: story },
    ]);
  });

  it('is handed the beginning where nothing of the request is lost by it, and else asked the same again', async () => {
    const run = async (more: object): Promise<Body> => {
      set('anthropic', [
        { target: 'anthropic', answer: answerOf(story.slice(0, place), 1, 2), breaks: true },
        { target: 'anthropic', answer: answerOf('context_management' in more ? story : story.slice(place), 1, 2) },
      ]);
      const body = {
        model: 'm',
        max_tokens: 900,
        stream: true,
        messages: [{ role: 'user', content: question }],
        ...more,
      };
      await (await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify(body) })).text();
      expect(scene.told).toEqual(['broken relay.stream_cut', 'done well']);
      return scene.asked[1]?.body ?? {};
    };
    expect(((await run({}))['messages'] as Body[]).length).toBe(2);
    const edits = { edits: [{ type: 'clear_tool_uses_20250919' }] };
    const again = await run({ context_management: edits });
    expect(again).toMatchObject({ context_management: edits });
    expect((again['messages'] as Body[]).length).toBe(1);
  });

  it('tells the parts of its stream, and a whole answer, as the client gets them', async () => {
    const parts: StreamPart[] = [];
    const responses: CanonicalResponse[] = [];
    const watching = {
      onPart: (part: StreamPart) => parts.push(part),
      onResponse: (one: CanonicalResponse) => responses.push(one),
    };
    set('chat', [{ target: 'chat', answer: answerOf(story, 1, 2) }], { notes: watching });
    expect((await ask.chat()).text).toBe(story);
    expect(parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')).toBe(story);
    expect(parts.at(-1)).toEqual({ type: 'response-end' });
    expect(responses).toEqual([]);
    set('chat', [{ target: 'chat', answer: answerOf(story, 1, 2), isPlain: true }], { notes: watching });
    expect((await ask.chat()).text).toBe(story);
    expect(responses).toMatchObject([{ parts: [{ type: 'text', text: story }] }]);
  });

  it('tells nothing of the rest of an answer, which is none', async () => {
    const parts: StreamPart[] = [];
    set(
      'chat',
      [
        { target: 'chat', answer: answerOf(story.slice(0, place), 1, 2), breaks: true },
        { target: 'chat', answer: answerOf(story, 1, 2) },
      ],
      { notes: { onPart: (part: StreamPart) => parts.push(part) } },
    );
    expect((await ask.chat()).text).toBe(story);
    expect(parts.some((part) => part.type === 'response-end')).toBe(false);
  });
});

describe('an answer that is there already', () => {
  const bodies: Readonly<Record<ClientName, Body>> = {
    chat: { messages: [{ role: 'user', content: question }] },
    responses: { input: question },
    anthropic: { messages: [{ role: 'user', content: question }] },
    gemini: { contents: [{ role: 'user', parts: [{ text: question }] }] },
  };

  it.each(clients)('is told a client of %s whole or as a stream', (name) => {
    const document = JsonDocument.read(Buffer.from(JSON.stringify(bodies[name])));
    const client = (stream: boolean): ClientRequest => clientRequest(name, document, stream);
    const answer = answerOf('Hello there', 1, 2);
    const context = { mint: '', losses: () => undefined, newId: client(true).newId };
    const dialect = dialectById(targetDialect(targets[name], client(true).dialect.id));
    const plain = JSON.parse(replay(client(false), answer).join('')) as Body;
    expect(dialect.decodeAnswer(plain as JsonObject, context)).toMatchObject({
      parts: [{ type: 'text', text: 'Hello there' }],
      finish: { reason: 'stop' },
    });
    const wire = replay(client(true), answer).join('');
    if (name === 'gemini') expect(JSON.stringify(JSON.parse(wire))).toContain('Hello there');
    else expect(wire).toContain('data: ');
  });
});
