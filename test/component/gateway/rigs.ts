// Two simulated providers behind one gateway, and each client dialect's way to ask and to read.
import { startFake, type Fake } from '../../fakes/fake.ts';
import { parseSse } from '../../fakes/wire.ts';
import { send, startTestGateway, type Answer, type TestGateway } from './support.ts';

export type ClientName = 'chat' | 'responses' | 'messages' | 'gemini';
export const clientNames: readonly ClientName[] = ['chat', 'responses', 'messages', 'gemini'];

export interface AskOptions {
  readonly model?: string;
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Merged into the body. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** One question in a client's dialect. */
export function ask(
  gateway: { readonly url: string },
  client: ClientName,
  text: string,
  { model = 'smart', stream = true, headers = {}, more = {} }: AskOptions = {},
): Promise<Answer> {
  switch (client) {
    case 'chat':
      return send(gateway, {
        path: '/v1/chat/completions',
        headers,
        body: { model, stream, messages: [{ role: 'user', content: text }], ...more },
      });
    case 'responses':
      return send(gateway, { path: '/v1/responses', headers, body: { model, stream, input: text, ...more } });
    case 'messages':
      return send(gateway, {
        path: '/v1/messages',
        headers: { 'anthropic-version': '2023-06-01', ...headers },
        body: { model, stream, max_tokens: 512, messages: [{ role: 'user', content: text }], ...more },
      });
    case 'gemini':
      return send(gateway, {
        path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        headers,
        body: { contents: [{ role: 'user', parts: [{ text }] }], ...more },
      });
  }
}

export interface StreamRead {
  readonly text: string;
  /** The dialect's own good end was there. */
  readonly finished: boolean;
  /** The dialect's own error was there, or the connection was torn. */
  readonly failed: boolean;
  /** Ids the answer goes by. */
  readonly ids: ReadonlySet<string>;
  /** Input and output tokens of the last usage. */
  readonly usage: readonly [number, number] | undefined;
}

type Loose = Record<string, unknown>;

/** What a client of that dialect makes of a streamed answer. */
export function readStream(client: ClientName, answer: Answer): StreamRead {
  const state = {
    text: '',
    finished: false,
    failed: answer.torn,
    ids: new Set<string>(),
    usage: undefined as [number, number] | undefined,
  };
  for (const event of parseSse(answer.text)) {
    if (event.data === '[DONE]') {
      state.finished = true;
      continue;
    }
    readers[client](JSON.parse(event.data) as Loose, state);
  }
  return state;
}

interface State {
  text: string;
  finished: boolean;
  failed: boolean;
  ids: Set<string>;
  usage: [number, number] | undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asCount(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function at(value: unknown, ...path: (string | number)[]): unknown {
  let inner = value;
  for (const step of path) inner = (inner as Record<string | number, unknown> | undefined)?.[step];
  return inner;
}

const readers: Readonly<Record<ClientName, (event: Loose, state: State) => void>> = {
  chat(event, state) {
    if (event['error'] !== undefined) state.failed = true;
    if (typeof event['id'] === 'string') state.ids.add(event['id']);
    state.text += asText(at(event, 'choices', 0, 'delta', 'content'));
    const usage = event['usage'];
    if (usage !== undefined && usage !== null)
      state.usage = [asCount(at(usage, 'prompt_tokens')), asCount(at(usage, 'completion_tokens'))];
  },
  responses(event, state) {
    if (event['type'] === 'response.created') state.ids.add(asText(at(event, 'response', 'id')));
    if (event['type'] === 'response.output_text.delta') state.text += asText(event['delta']);
    if (event['type'] === 'response.failed' || event['type'] === 'error') state.failed = true;
    if (event['type'] !== 'response.completed') return;
    state.finished = true;
    state.usage = [
      asCount(at(event, 'response', 'usage', 'input_tokens')),
      asCount(at(event, 'response', 'usage', 'output_tokens')),
    ];
  },
  messages(event, state) {
    if (event['type'] === 'message_start') state.ids.add(asText(at(event, 'message', 'id')));
    if (event['type'] === 'content_block_delta') state.text += asText(at(event, 'delta', 'text'));
    if (event['type'] === 'message_stop') state.finished = true;
    if (event['type'] === 'error') state.failed = true;
    if (event['type'] === 'message_delta')
      state.usage = [asCount(at(event, 'usage', 'input_tokens')), asCount(at(event, 'usage', 'output_tokens'))];
  },
  gemini(event, state) {
    if (event['error'] !== undefined) state.failed = true;
    if (typeof event['responseId'] === 'string') state.ids.add(event['responseId']);
    state.text += asText(at(event, 'candidates', 0, 'content', 'parts', 0, 'text'));
    if (at(event, 'candidates', 0, 'finishReason') !== undefined) state.finished = true;
    const usage = event['usageMetadata'];
    if (usage !== undefined)
      state.usage = [asCount(at(usage, 'promptTokenCount')), asCount(at(usage, 'candidatesTokenCount'))];
  },
};

export type ProviderDialect = 'openai' | 'anthropic' | 'gemini';

/** A model of that provider; the simulated ones know any name. */
export const modelOf: Readonly<Record<ProviderDialect, string>> = {
  openai: 'gpt-4o',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
};

export interface Pair {
  readonly a: Fake;
  readonly b: Fake;
  readonly gateway: TestGateway;
  close(): Promise<void>;
}

/** Providers `a` and `b`, and a route `smart` over both; `route` is more YAML of it. */
export async function startPair(options: {
  readonly a?: ProviderDialect;
  readonly b?: ProviderDialect;
  readonly route?: string;
  readonly provider?: string;
  readonly ports?: Parameters<typeof startTestGateway>[1];
}): Promise<Pair> {
  const kinds = { a: options.a ?? 'openai', b: options.b ?? 'openai' } as const;
  const [a, b] = await Promise.all([startFake({ dialect: kinds.a }), startFake({ dialect: kinds.b })]);
  const provider = (id: 'a' | 'b', fake: Fake): string => `
  - id: ${id}
    kind: ${kinds[id] === 'openai' ? 'openai-compatible' : kinds[id]}
    base_url: ${fake.url}${kinds[id] === 'openai' ? '/v1' : ''}
    keys: [{ name: main, value: "sk-of-${id}" }]
    retry: { attempts: 1, backoff_ms: 1 }
    ${options.provider ?? 'timeouts: { ttft_ms: 5000, idle_ms: 5000 }'}
    local: true`;
  const gateway = await startTestGateway(
    `
providers:${provider('a', a)}${provider('b', b)}
routes:
  - alias: smart
    targets: [a/${modelOf[kinds.a]}, b/${modelOf[kinds.b]}]
    ${options.route ?? ''}
`,
    options.ports,
  );
  return {
    ...{ a, b, gateway },
    async close() {
      await gateway.stop();
      await Promise.all([a.close(), b.close()]);
    },
  };
}

/** The words the simulated providers answer to `long N`. */
export function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `w${String(index)} `).join('');
}
