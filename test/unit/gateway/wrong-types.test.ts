// Every field of every dialect's requests with a value of every wrong kind, to every target: a refusal with a reason, or a body
// that is JSON. Nothing a client writes may be a bug of ours.
import { beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { clientDialectById } from '../../../main/gateway/dialect-registry.ts';
import { JsonDocument } from '../../../main/gateway/dialects/document.ts';
import type { CanonicalResponse } from '../../../main/gateway/dialects/canonical.ts';
import type { Target } from '../../../main/gateway/exchange.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { emptyAnswerFacts, partsOfResponse } from '../../../main/gateway/relay/translate.ts';
import { SideStore } from '../../../main/gateway/side-store.ts';
import { outgoing, type AnswerNotes, type ClientRequest } from '../../../main/gateway/translation.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { snapshotOf } from '../../component/gateway/support.ts';
import { cases } from '../../golden/cases.ts';
import { clientNames, type Body, type ClientName } from '../../golden/conversation.ts';

const dialects = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
} as const satisfies Record<ClientName, string>;

/** Besides the absence of the field. `__proto__` is a field like any other once it was parsed. */
const wrongValues: readonly unknown[] = [
  ...[null, 5, -1.5, 1e308, 'x', '', true, [], {}, [null], [[]], ['x'], [{}], { type: 'text' }, 'constructor'],
  JSON.parse('{"__proto__":{"type":"text","text":"x"}}'),
  '\ud800',
];

const largestBody = 4_000;

const keys = 'keys: [{ name: main, value: sk-upstream-key-1 }]';
const models = {
  chat: 'gpt-4o',
  responses: 'gpt-5.2',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  bedrock: 'anthropic.claude-sonnet-4-5',
};
let snapshot: Snapshot;
let ids = 0;
const newId = (prefix: string): string => `${prefix}${String(ids++)}`;

beforeAll(async () => {
  snapshot = await snapshotOf(`
providers:
  - { id: chat, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", ${keys} }
  - { id: responses, kind: openai, base_url: "http://127.0.0.1:9/v1", ${keys} }
  - { id: anthropic, kind: anthropic, base_url: "http://127.0.0.1:9", ${keys} }
  - { id: gemini, kind: gemini, base_url: "http://127.0.0.1:9", ${keys} }
  - { id: bedrock, kind: bedrock, region: us-east-1, ${keys} }
`);
});

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

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}

function changed(body: Body, path: readonly string[], value: unknown): Body {
  const copy = structuredClone(body);
  let at: Record<string, unknown> = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

/** One path of each kind: the second message is not unlike the first. */
function* bodiesOf(client: ClientName): Generator<{ readonly body: Body; readonly where: string }> {
  const seen = new Set<string>();
  for (const one of cases.filter(({ clients }) => clients.includes(client))) {
    const body = { model: 'x/y', ...one.body(client) };
    // Captured prompts of agents: large, and made of the same fields.
    if (JSON.stringify(body).length > largestBody) continue;
    for (const path of pathsOf(body)) {
      const kind = path.map((key) => (/^\d+$/.test(key) ? '#' : key)).join('.');
      if (seen.has(kind)) continue;
      seen.add(kind);
      for (const value of [...wrongValues, undefined])
        yield { body: changed(body, path, value), where: `${one.name}: ${path.join('.')} = ${JSON.stringify(value)}` };
    }
  }
}

function notes(): AnswerNotes {
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

function clientRequest(name: ClientName, document: JsonDocument, stream: boolean): ClientRequest {
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

/** What went wrong that is nobody's fault but ours. */
function bugIn(run: () => void): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError && error.status < 500) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}

describe.each(clientNames)('a request of %s', (name) => {
  it.each(Object.keys(models) as (keyof typeof models)[])(
    'with any field wrong is refused or translated for %s',
    (id) => {
      const provider = snapshot.providers.get(id);
      if (provider === undefined) throw new Error(`no provider ${id}`);
      const target: Target = { id, provider, model: models[id] };
      const bugs: string[] = [];
      let count = 0;
      for (const { body, where } of bodiesOf(name)) {
        const stream = count++ % 2 === 0;
        const bug = bugIn(() => {
          const document = JsonDocument.read(Buffer.from(JSON.stringify(body)));
          clientDialectById(dialects[name]).readFacts(document);
          translate(clientRequest(name, document, stream), target);
        });
        if (bug !== undefined) bugs.push(`${where}: ${bug}`);
      }
      expect(bugs.slice(0, 5)).toEqual([]);
      expect(count).toBeGreaterThan(500);
    },
  );
});
