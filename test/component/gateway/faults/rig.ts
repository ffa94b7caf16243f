// Two simulated providers behind one gateway, asked in the words of each client: what it got, and what they saw (HAR-08).
import { expect } from 'vitest';
import type { ExchangeRecord } from '../../../../main/gateway/exchange.ts';
import { isObject } from '../../../../main/gateway/dialects/dialect.ts';
import { parseSse, startFake, type Fake, type Plan } from '../../../fakes/fake.ts';
import { clients, question, type Client } from '../refusals.ts';
import { send, startTestGateway, type Answer, type TestGateway } from '../support.ts';

export interface Asking {
  readonly client: Client;
  readonly stream: boolean;
}

type Named = readonly [name: string, asking: Asking];

const named = (client: Client, stream: boolean): Named => [
  `${client}, ${stream ? 'stream' : 'plain'}`,
  { client, stream },
];
/** Every client, with and without a stream. */
export const askings: readonly Named[] = clients.flatMap((client) => [named(client, false), named(client, true)]);
export const streams: readonly Named[] = clients.map((client) => named(client, true));
export const plains: readonly Named[] = clients.map((client) => named(client, false));

export const keyA = 'sk-upstream-of-a-1';
export const keyB = 'sk-ant-upstream-of-b-1';

export interface RigSettings {
  /** Of provider `a`, as flow YAML: `retry: {…}, timeouts: {…}`. */
  readonly a?: string;
  readonly keysA?: string;
  /** `base_url` of `a`; default: where its simulation listens. */
  readonly urlA?: string;
  /** What the route `pair` falls back on. */
  readonly on?: string;
  /** More entries of `providers` and of `routes`, as block YAML. */
  readonly providers?: string;
  readonly routes?: string;
}

export interface Rig {
  /** Speaks Chat Completions. */
  readonly a: Fake;
  /** Speaks Messages. */
  readonly b: Fake;
  readonly gateway: TestGateway;
  readonly yaml: string;
  ask(asking: Asking, model: string, text?: string): Promise<Answer>;
  /** The exchange that closes next, or has closed and was not taken. */
  closed(): Promise<ExchangeRecord>;
  /** How many requests reached each provider. */
  seen(): { readonly a: number; readonly b: number };
  stop(): Promise<void>;
}

/** Clocks too long to matter, unless a test is about them. */
export const patient = 'timeouts: { connect_ms: 5000, ttft_ms: 10000, idle_ms: 10000, total_ms: 15000 }';
export const quickRetry = 'retry: { attempts: 2, backoff_ms: 1 }';
export const defaultReasons = '[error, timeout, ttft, rate_limited]';

/** Routes: `alone` is `a/gpt-4o`; `pair` is that, then `b/claude-sonnet-4-5`. */
export async function startRig(settings: RigSettings = {}): Promise<Rig> {
  const a = await startFake({ dialect: 'openai' });
  const b = await startFake({ dialect: 'anthropic' });
  const { urlA = `${a.url}/v1`, keysA = `[{ name: main, value: ${keyA} }]` } = settings;
  const yaml = `
providers:
  - { id: a, kind: openai-compatible, local: true, base_url: "${urlA}", keys: ${keysA}, ${settings.a ?? `${quickRetry}, ${patient}`} }
  - { id: b, kind: anthropic, base_url: "${b.url}", keys: [{ name: main, value: ${keyB} }], ${quickRetry}, ${patient} }
${settings.providers ?? ''}
routes:
  - { id: alone, alias: alone, targets: [a/gpt-4o] }
  - { id: pair, alias: pair, strategy: fallback, targets: [a/gpt-4o, b/claude-sonnet-4-5], fallbacks: { on: ${settings.on ?? defaultReasons} } }
${settings.routes ?? ''}
`;
  const gateway = await startTestGateway(yaml);
  return {
    a,
    b,
    gateway,
    yaml,
    ask: ({ client, stream }, model, text) => send(gateway, question(client, model, text, stream)),
    closed: () => gateway.closed(),
    seen: () => ({ a: a.requests.length, b: b.requests.length }),
    async stop() {
      await gateway.stop();
      await Promise.all([a.close(), b.close()]);
    },
  };
}

/** Always the same misbehaviour, whatever is tried. */
export function always(plan: Plan): Plan {
  return { ...plan, times: Infinity };
}

/** The client got a whole answer with these words and its dialect's own end, and no sign of what went wrong before. */
export function expectWhole(answer: Answer, asking: Asking, text: string, target: string, attempts: number): void {
  expect([answer.status, answer.torn, answer.headers['x-sluice-error']]).toEqual([200, false, undefined]);
  expect(wordsOf(answer.text, asking)).toBe(text);
  expect(hasEnd(answer.text, asking)).toBe(true);
  expect(answer.headers['x-sluice-target']).toBe(target);
  expect(answer.headers['x-sluice-attempts']).toBe(String(attempts));
}

/** The text an answer holds, as far as it came. */
export function wordsOf(text: string, { client, stream }: Asking): string {
  return eventsOf(text, stream)
    .map((event) => deltaOf(event, client, stream))
    .join('');
}

function eventsOf(text: string, stream: boolean): unknown[] {
  if (!stream) return [JSON.parse(text) as unknown];
  return parseSse(`${text}\n\n`).flatMap(({ data }) => (data === '[DONE]' ? [] : [JSON.parse(data) as unknown]));
}

function deltaOf(event: unknown, client: Client, stream: boolean): string {
  switch (client) {
    case 'chat':
      return textAt(event, 'choices', '0', stream ? 'delta' : 'message', 'content');
    case 'responses':
      if (stream) return textAt(event, 'type') === 'response.output_text.delta' ? textAt(event, 'delta') : '';
      return textAt(event, 'output', '0', 'content', '0', 'text');
    case 'messages':
      return stream ? textAt(event, 'delta', 'text') : textAt(event, 'content', '0', 'text');
    case 'gemini':
      return textAt(event, 'candidates', '0', 'content', 'parts', '0', 'text');
  }
}

function textAt(value: unknown, ...path: readonly string[]): string {
  let at: unknown = value;
  for (const step of path)
    at = Array.isArray(at) ? (at as unknown[])[Number(step)] : isObject(at) ? at[step] : undefined;
  return typeof at === 'string' ? at : '';
}

const ends: Readonly<Record<Client, readonly [plain: RegExp, stream: RegExp]>> = {
  chat: [/"finish_reason":"(?:stop|length)"/, /data: ?\[DONE\]\n\n$/],
  responses: [/"status":"completed"/, /"type":"response\.completed"/],
  messages: [/"stop_reason":"end_turn"/, /"type":"message_stop"/],
  gemini: [/"finishReason":"STOP"/, /"finishReason":"STOP"/],
};

/** The answer says of itself that it is complete. */
export function hasEnd(text: string, { client, stream }: Asking): boolean {
  const [plain, streamed] = ends[client];
  return (stream ? streamed : plain).test(stream ? text : text.replaceAll(/\s*([:,])\s*/g, '$1'));
}

/** The record tells these tries, in this order: target, and what became of it. */
export function expectTries(
  record: ExchangeRecord,
  tries: readonly (readonly [target: string, error: string | undefined])[],
): void {
  expect(record.attempts.map(({ target, error }) => [target, error])).toEqual(tries);
}
