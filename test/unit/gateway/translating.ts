// A request of any client made ready for any target, without a socket: for tests that translate thousands of them.
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { AnswerNotes, ClientRequest } from '../../../main/gateway/client-request.ts';
import { clientDialectById } from '../../../main/gateway/dialect-registry.ts';
import { JsonDocument } from '../../../main/gateway/dialects/document.ts';
import type { CanonicalResponse } from '../../../main/gateway/dialects/canonical.ts';
import type { Target } from '../../../main/gateway/exchange.ts';
import { emptyAnswerFacts, partsOfResponse } from '../../../main/gateway/relay/translate.ts';
import { SideStore } from '../../../main/gateway/side-store.ts';
import { outgoing } from '../../../main/gateway/translation.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { snapshotOf } from '../../component/gateway/support.ts';
import type { Body, ClientName } from '../../golden/conversation.ts';

const dialects = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
} as const satisfies Record<ClientName, string>;

const keys = 'keys: [{ name: main, value: sk-upstream-key-1 }]';
const models = {
  chat: 'gpt-4o',
  responses: 'gpt-5.2',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  bedrock: 'anthropic.claude-sonnet-4-5',
} as const;

export type TargetId = keyof typeof models;
export const targetIds = Object.keys(models) as TargetId[];

/** One target of each dialect that is called. */
export async function targetsOf(): Promise<Readonly<Record<TargetId, Target>>> {
  const snapshot = await snapshotOf(`
providers:
  - { id: chat, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", ${keys} }
  - { id: responses, kind: openai, base_url: "http://127.0.0.1:9/v1", ${keys} }
  - { id: anthropic, kind: anthropic, base_url: "http://127.0.0.1:9", ${keys} }
  - { id: gemini, kind: gemini, base_url: "http://127.0.0.1:9", ${keys} }
  - { id: bedrock, kind: bedrock, region: us-east-1, ${keys} }
`);
  const target = (id: TargetId): Target => {
    const provider = snapshot.providers.get(id);
    if (provider === undefined) throw new Error(`no provider ${id}`);
    return { id, provider, model: models[id] };
  };
  return {
    chat: target('chat'),
    responses: target('responses'),
    anthropic: target('anthropic'),
    gemini: target('gemini'),
    bedrock: target('bedrock'),
  };
}

let ids = 0;
const newId = (prefix: string): string => `${prefix}${String(ids++)}`;

const answer: CanonicalResponse = {
  id: 'r',
  model: 'm',
  createdAt: 1,
  parts: [
    { type: 'text', text: 'hi' },
    { type: 'tool-call', id: 'c', name: 'get_weather', kind: 'function', input: '{"city":"Oslo"}' },
  ],
  finish: { reason: 'tool_calls' },
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
};

export function notes(): AnswerNotes {
  const ignore = (): void => undefined;
  return {
    facts: emptyAnswerFacts(),
    losses: ignore,
    meter: undefined,
    onFirstContent: ignore,
    onSkipped: ignore,
    onTerminal: ignore,
  };
}

/** The request to one target, and an answer for the client that echoes what it asked. */
function translate(client: ClientRequest, target: Target): void {
  const { body } = outgoing(client, target, notes(), {});
  JSON.parse(body.toString('utf8'));
  const { dialect, document, model, createdAt } = client;
  const losses = (): void => undefined;
  const clientBody = document.root();
  const request = dialect.decodeRequest(clientBody, { model, stream: client.stream, losses, newId });
  const context = { model, newId, createdAt, losses, request, clientBody };
  JSON.stringify(dialect.encodeAnswer(answer, context));
  const encoder = dialect.createStreamEncoder(context);
  for (const part of partsOfResponse(answer)) encoder.encode(part);
}

export function clientRequest(name: ClientName, document: JsonDocument, stream: boolean): ClientRequest {
  const dialect = clientDialectById(dialects[name]);
  const store = new SideStore({ clock: systemClock, capBytes: 1_000_000, ttlMs: 60_000 });
  return {
    surface: {
      id: 'chat',
      family: dialect.family,
      operation: 'generate',
      dialect: dialect.id,
      path: '/x',
      pathModel: undefined,
      pathStream: false,
      pathToken: undefined,
      query: new URLSearchParams(),
    },
    dialect,
    document,
    rewrite: undefined,
    model: 'x/y',
    stream,
    requestId: 'req_1',
    createdAt: 1,
    newId,
    keeper: { store, scope: 'key', client: dialect, newHandle: () => newId('h') },
  };
}

/** Reads and translates a body; what went wrong that is nobody's fault but ours, or `undefined`. */
export function bugIn(name: ClientName, body: Body, target: Target, stream: boolean): string | undefined {
  try {
    const document = JsonDocument.read(Buffer.from(JSON.stringify(body)));
    clientDialectById(dialects[name]).readFacts(document);
    translate(clientRequest(name, document, stream), target);
  } catch (error) {
    if (error instanceof GatewayError && error.status < 500) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}
