// A client that leaves after any event of a recorded stream (HAR-09): what the provider had written by then is counted, never less,
// and nothing of what was kept back for it stays behind.
import { afterEach, describe, expect, it } from 'vitest';
import { fault, type Fake, type PlannedTurn } from '../../fakes/fake.ts';
import { costOfTokens, startMoney, type Kind, type Money } from './money.ts';
import { openAnswer, question, type Client } from './refusals.ts';

let money: Money;
afterEach(() => money.close());

/** As long as the usage says, and long enough to be learned from. */
const prompt = 'word '.repeat(560);
const input = 700;

const turns: Readonly<Record<string, PlannedTurn>> = {
  text: { text: Array.from({ length: 30 }, (_, index) => `word${String(index)} and so on, `) },
  'text that JSON has to escape': { text: Array.from({ length: 30 }, () => 'ü "so" \\ 漢字\n') },
  'reasoning, text and a call': {
    reasoning: 'First this, then that. '.repeat(12),
    text: 'Here it is. '.repeat(12),
    calls: [{ name: 'get_weather', args: { city: 'Berlin '.repeat(20) } }],
  },
  'a call alone': { calls: [{ name: 'get_weather', args: { city: 'Berlin '.repeat(40), days: [1, 2, 3] } }] },
};

interface Recording {
  readonly frames: readonly string[];
  /** Tokens of output that the provider had written after so many of them. */
  readonly written: readonly number[];
}

const asking: Readonly<Record<Kind, { readonly path: string; readonly body: object }>> = {
  chat: {
    path: '/v1/chat/completions',
    body: { model: 'some', stream: true, stream_options: { include_usage: true }, messages: [user('hello')] },
  },
  responses: { path: '/v1/responses', body: { model: 'some', stream: true, input: 'hello' } },
  anthropic: {
    path: '/v1/messages',
    body: { model: 'some', stream: true, max_tokens: 900, messages: [user('hello')] },
  },
  gemini: {
    path: '/v1beta/models/some:streamGenerateContent?alt=sse',
    body: { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] },
  },
  bedrock: { path: '', body: {} },
};

function user(content: string): object {
  return { role: 'user', content };
}

/** What the provider itself sends of that turn, asked without anybody in between. */
async function record(fake: Fake, kind: Kind, turn: PlannedTurn): Promise<Recording> {
  const { path, body } = asking[kind];
  fake.plan({ turn: { ...turn, usage: { input, cached: 0, cacheWrite: 0 } } });
  const key = 'sk-of-up';
  const answer = await fetch(`${fake.url}${path}`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-goog-api-key': key },
      ...(kind === 'anthropic' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
  const frames = (await answer.text()).split(/(?<=\n\r?\n)/);
  expect([answer.status, frames.length > 0]).toEqual([200, true]);
  let bytes = 0;
  const written = frames.map((frame) => {
    const data = /^data: (\{.*\})\r?$/m.exec(frame)?.[1];
    if (data !== undefined) bytes += outputIn(JSON.parse(data) as Loose);
    return Math.ceil(bytes / 4);
  });
  return { frames, written: [0, ...written] };
}

type Loose = Record<string, unknown>;

/** Bytes of text, reasoning and arguments in an event of any dialect. */
function outputIn(event: Loose): number {
  if (typeof event['type'] === 'string' && event['type'].endsWith('.delta')) return size(event['delta']);
  const delta = (event['choices'] as Loose[] | undefined)?.[0]?.['delta'] ?? event['delta'];
  const parts = ((event['candidates'] as Loose[] | undefined)?.[0]?.['content'] as Loose | undefined)?.['parts'];
  return [...fieldsOf(delta), ...((parts as Loose[] | undefined) ?? []).flatMap(fieldsOf)].reduce<number>(
    (sum, text) => sum + size(text),
    0,
  );
}

function fieldsOf(value: unknown): unknown[] {
  const one = (value ?? {}) as Loose;
  const calls = ((one['tool_calls'] as Loose[] | undefined) ?? []).map(
    (call) => (call['function'] as Loose)['arguments'],
  );
  const args = (one['functionCall'] as Loose | undefined)?.['args'];
  const texts = ['content', 'reasoning_content', 'text', 'thinking', 'partial_json'].map((name) => one[name]);
  return [...texts, ...calls, args === undefined ? undefined : JSON.stringify(args)];
}

function size(text: unknown): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : 0;
}

const cells: readonly (readonly [Client, Kind])[] = [
  ['chat', 'chat'],
  ['responses', 'responses'],
  ['messages', 'anthropic'],
  ['gemini', 'gemini'],
  ['messages', 'chat'],
  ['chat', 'anthropic'],
];

const limits = `
budgets: [{ id: b, scope: global, limit_usd: "1000", period: day, action: reject }]
rate_limits: [{ id: one, scope: global, max_parallel_requests: 1 }]
routes: [{ alias: smart, targets: [up/some] }]`;

describe.each(cells)('a client of %s that leaves a stream of %s', (client, kind) => {
  it.each(Object.keys(turns))('at any event of %s pays for what was written, and for nothing else', async (name) => {
    money = await startMoney({ kind, more: limits });
    const { fake, gateway } = money;
    const { frames, written } = await record(fake, kind, turns[name] ?? {});
    const asked = question(client, 'smart', prompt, true);
    // What the model's own count is like is known from answers that came to their end.
    for (let whole = 0; whole < 3; whole++) {
      fake.plan({ sse: frames });
      await openAnswer(gateway, asked).whole;
      expect(await gateway.closed()).toMatchObject({ outcome: 'complete', usageSource: 'provider' });
    }
    const wrong: unknown[] = [];
    for (let events = 0; events <= frames.length; events++) {
      const before = money.spent();
      let arrive: () => void = () => undefined;
      const there = new Promise<void>((resolve) => (arrive = resolve));
      const wait = fault.wait({ events }, () => {
        arrive();
        return new Promise(() => undefined);
      });
      fake.plan({ sse: frames, fault: wait });
      const answer = openAnswer(gateway, asked);
      await there;
      // Twice around the loop: what was sent is read before the client leaves.
      await answer.leave();
      const { usage, cost, attempts } = await gateway.closed();
      const output = written[events] ?? 0;
      const least = costOfTokens(input, output);
      const counted = BigInt(attempts[0]?.counted ?? -1);
      const isFair =
        counted >= least &&
        counted <= (least * 13n) / 10n + costOfTokens(30, 50) &&
        counted === money.spent() - before &&
        counted === BigInt(cost ?? -1) &&
        attempts.length === 1;
      if (!isFair || money.reserved() !== 0n) wrong.push({ events, output, usage, counted, least });
    }
    expect(wrong).toEqual([]);
    const noted = (kinds: readonly string[]): number => gateway.spent.filter((one) => kinds.includes(one.kind)).length;
    expect(noted(['ended'])).toBe(noted(['dispatched']));
    expect(gateway.gateway.status().running).toBe(0);
  });
});
