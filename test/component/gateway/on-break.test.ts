// A stream that dies after its first content: what each `on_break` makes of it (RTE-47, FAULT-09, FAULT-10).
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { ask, clientNames, readStream, startPair, words, type Pair, type ProviderDialect } from './rigs.ts';

let pair: Pair;
afterEach(() => pair.close());

const providers: readonly ProviderDialect[] = ['openai', 'anthropic', 'gemini'];
const cells = clientNames.flatMap((client) => providers.map((provider) => [client, provider] as const));
const whole = words(30);

describe.each(cells)('a stream for %s that breaks at %s', (client, provider) => {
  it('fails honestly by default', async () => {
    pair = await startPair({ a: provider });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    const read = readStream(client, await ask(pair.gateway, client, 'long 30'));
    expect(read.text.length).toBeGreaterThan(0);
    expect(whole.startsWith(read.text)).toBe(true);
    expect([read.finished, read.failed]).toEqual([false, true]);
    expect(await pair.gateway.closed()).toMatchObject({
      outcome: 'incomplete',
      error: 'relay.stream_cut',
      usageSource: 'estimated',
    });
    expect(pair.b.requests).toEqual([]);
  });

  it.each(['reset', 'clean end'])(
    'goes on with the next target after a %s, without a repeated or missing word',
    async (how) => {
      pair = await startPair({ a: provider, route: 'on_break: continue' });
      pair.a.plan({ fault: how === 'reset' ? fault.resetAfterEvents(12) : fault.endAfterEvents(12) });
      const read = readStream(client, await ask(pair.gateway, client, 'long 30'));
      expect(read.text).toBe(whole);
      expect([read.finished, read.failed, read.ids.size]).toEqual([true, false, 1]);
      const record = await pair.gateway.closed();
      expect(record).toMatchObject({ outcome: 'complete', error: undefined, target: 'b/gpt-4o' });
      expect(record.attempts.map(({ kind, target }) => [kind, target.slice(0, 2)])).toEqual([
        ['first', 'a/'],
        ['continue', 'b/'],
      ]);
      const [first, second] = record.attempts;
      expect(first?.usage?.inputTokens).toBeGreaterThan(0);
      expect(second?.usageSource).toBe('provider');
      // The client pays for both, and is told so.
      const input = (first?.usage?.inputTokens ?? 0) + (second?.usage?.inputTokens ?? 0);
      expect(record.usage?.inputTokens).toBe(input);
      if (client !== 'chat') expect(read.usage?.[0]).toBe(input);
    },
  );

  it('holds the whole answer back, so that the client sees one of them only', async () => {
    pair = await startPair({ a: provider, route: 'on_break: hold' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    const read = readStream(client, await ask(pair.gateway, client, 'long 30'));
    expect([read.text, read.finished, read.failed]).toEqual([whole, true, false]);
    expect(await pair.gateway.closed()).toMatchObject({
      outcome: 'complete',
      attempts: [
        { kind: 'first', error: 'attempt.reset' },
        { kind: 'fallback', status: 200 },
      ],
    });
  });
});

describe('going on with an answer', () => {
  it('ends honestly when the second answer does not agree with the first', async () => {
    pair = await startPair({ route: 'on_break: continue' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ turn: { text: 'Something else altogether, in other words and another order.' } });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
    expect(whole.startsWith(read.text)).toBe(true);
    expect([read.finished, read.failed]).toEqual([false, true]);
    const record = await pair.gateway.closed();
    expect(record).toMatchObject({ outcome: 'incomplete', error: 'relay.stream_cut' });
    expect(record.attempts).toHaveLength(2);
  });

  it('asks a target that takes a prefix with the text so far', async () => {
    pair = await startPair({ b: 'anthropic', route: 'on_break: continue' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ turn: { text: 'and this is how it ends.' } });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
    const sent = pair.b.requests[0]?.json as { messages: { role: string; content: unknown }[] };
    const last = sent.messages.at(-1);
    expect(last?.role).toBe('assistant');
    expect(JSON.stringify(last?.content)).toContain('w0 w1 w2');
    expect(read.text).toMatch(/^w0 w1 .*and this is how it ends\.$/);
    expect(read.finished).toBe(true);
  });

  it('never goes on within a tool call', async () => {
    pair = await startPair({ route: 'on_break: continue' });
    const tools = [
      {
        type: 'function',
        function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    ];
    pair.a.plan({ fault: fault.resetAfterEvents(3) });
    const answer = await ask(pair.gateway, 'chat', 'call get_weather {"city":"a city with a very long name indeed"}', {
      more: { tools },
    });
    expect(readStream('chat', answer)).toMatchObject({ finished: false, failed: true });
    expect(pair.b.requests).toEqual([]);
  });

  it('tries every target that is left, and says what broke when none goes on', async () => {
    pair = await startPair({ route: 'on_break: continue\n    max_attempts: 3' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ status: 503, json: { error: { message: 'busy', type: 'server_error' } } });
    const read = readStream('messages', await ask(pair.gateway, 'messages', 'long 30'));
    expect([read.finished, read.failed]).toEqual([false, true]);
    const record = await pair.gateway.closed();
    expect(record).toMatchObject({ outcome: 'incomplete', error: 'relay.stream_cut' });
    expect(record.attempts.map(({ error }) => error)).toEqual(['relay.stream_cut', 'upstream.503']);
  });

  it('asks the only target once more', async () => {
    pair = await startPair({ route: 'on_break: continue' });
    await pair.gateway.apply(`
providers:
  - { id: a, kind: openai-compatible, base_url: "${pair.a.url}/v1", keys: [{ name: main, value: sk-of-a }], local: true }
routes: [{ alias: smart, targets: [a/gpt-4o], on_break: continue }]
`);
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    const read = readStream('chat', await ask(pair.gateway, 'chat', 'long 30'));
    expect([read.text, read.finished]).toEqual([whole, true]);
    expect(pair.a.requests).toHaveLength(2);
  });

  it('begins anew behind a mark where the route says restart', async () => {
    pair = await startPair({ route: 'on_break: restart' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ turn: { text: 'A fresh answer.' } });
    const read = readStream('gemini', await ask(pair.gateway, 'gemini', 'long 30'));
    expect(read.text).toMatch(/^w0 w1 [^]*\n\n\[[^\]]+\]\n\nA fresh answer\.$/);
    expect(read.finished).toBe(true);
  });

  it('stops the second attempt as well when the client leaves', async () => {
    pair = await startPair({ route: 'on_break: continue' });
    pair.a.plan({ fault: fault.resetAfterEvents(12) });
    pair.b.plan({ fault: fault.stall('headers', 'forever') });
    const leaving = new AbortController();
    const { testKey } = await import('./support.ts');
    const running = fetch(`${pair.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'smart', stream: true, messages: [{ role: 'user', content: 'long 30' }] }),
      signal: leaving.signal,
    });
    const response = await running;
    const second = pair.b.requests[0] ?? (await pair.b.nextRequest());
    leaving.abort();
    await response.text().catch(() => undefined);
    await second.aborted;
    expect(await pair.gateway.closed()).toMatchObject({ outcome: 'aborted' });
  });
});
