// What breaks after the first content is told to the client in its stream and never taken for an end; nobody is asked again.
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../../../shared/errors/codes.ts';
import { fault, type Fault, type Plan } from '../../../fakes/fake.ts';
import { startRawUpstream } from '../raw.ts';
import { expectBrokenOff, expectRefusal, openAnswer, question } from '../refusals.ts';
import { testKey } from '../support.ts';
import { askings, expectWhole, hasEnd, plains, startRig, streams, wordsOf, type Rig } from './rig.ts';

let rig: Rig;

afterEach(async () => {
  vi.useRealTimers();
  await rig.stop();
});

const words = 'long 20';
const quickIdle = 'retry: { attempts: 2, backoff_ms: 1 }, timeouts: { idle_ms: 100 }';

const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

type Row = readonly [name: string, plan: Plan, code: ErrorCode];

const rows: readonly Row[] = [
  ['FAULT-09 a reset after content', { fault: fault.reset({ events: 5 }) }, 'relay.stream_cut'],
  ['FAULT-10 an end in good order without a last event', { fault: fault.endAfterEvents(5) }, 'relay.stream_incomplete'],
  ['FAULT-12 silence after content', { fault: fault.stall({ events: 5 }, 'forever') }, 'relay.idle_timeout'],
  [
    'FAULT-14 two events that are no JSON',
    {
      sse: [chunk('w0 '), chunk('w1 '), 'data: {oops\n\n', 'data: {oops\n\n', chunk('w2 ', 'stop'), 'data: [DONE]\n\n'],
    },
    'relay.stream_malformed',
  ],
];

describe.each(streams)('%s', (_name, asking) => {
  it.each(rows.map((row) => [row[0], row] as const))(
    '%s is an error inside the stream',
    async (_row, [, plan, code]) => {
      // Only where silence is the fault may a slow machine be taken for it.
      rig = await startRig(code === 'relay.idle_timeout' ? { a: quickIdle } : {});
      rig.a.plan(plan);
      // Another target is left, and is left alone.
      const answer = await rig.ask(asking, 'pair', words);
      expectBrokenOff(answer, asking.client, { code, says: [] });
      expect(answer.text).toContain('w0');
      expect(rig.seen()).toEqual({ a: 1, b: 0 });
      const record = await rig.closed();
      expect(record).toMatchObject({ outcome: 'incomplete', status: 200, error: code, usageSource: 'estimated' });
      expect(record.usage?.inputTokens).toBeGreaterThan(0);
      expect(record.usage?.outputTokens).toBeGreaterThan(0);
      expect(record.attempts).toMatchObject([{ target: 'a/gpt-4o', error: code }]);
    },
  );

  it('FAULT-42 a stream that the machine slept through is broken off, and what comes next is answered', async () => {
    rig = await startRig();
    rig.a.plan({ fault: fault.stall({ events: 5 }, 'forever') }, {});
    const { path, body } = question(asking.client, 'alone', words, true);
    const response = await fetch(`${rig.gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        if (text === '') rig.gateway.gateway.dropConnections((origin) => origin === rig.a.url);
        text += part;
      }
    };
    // A client of Gemini is told by a connection that is torn.
    await read().catch((error: unknown) => expect(asking.client).toBe(error instanceof TypeError ? 'gemini' : ''));
    expect(text).toContain('w0');
    expect(hasEnd(text, asking)).toBe(false);
    expect(await rig.closed()).toMatchObject({ outcome: 'incomplete', error: 'relay.stream_cut' });
    expect((await rig.ask(asking, 'alone')).status).toBe(200);
  });

  it('FAULT-42 goes on where it is not dead', async () => {
    rig = await startRig();
    const { gateway } = rig.gateway;
    rig.a.plan({ fault: { steps: [{ at: { events: 5 }, do: 'wait', until: async () => gateway.dropConnections() }] } });
    expectWhole(
      await rig.ask(asking, 'alone', words),
      asking,
      Array.from({ length: 20 }, (_, n) => `w${n} `).join(''),
      'a/gpt-4o',
      1,
    );
  });

  it('FAULT-25 an error inside the stream is the last word', async () => {
    rig = await startRig();
    rig.a.plan({ fault: fault.errorEventAfter(5) });
    const answer = await rig.ask(asking, 'pair', words);
    expect(answer.text).toContain('w0');
    expect(answer.text).toContain('The server had an error');
    expect(hasEnd(answer.text, asking)).toBe(false);
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
    expect(await rig.closed()).toMatchObject({ outcome: 'incomplete', error: 'relay.upstream_error' });
  });

  it.each([
    ['a reset', fault.resetAfterEvents(25)],
    ['an end in good order', fault.endAfterEvents(25)],
  ])('FAULT-10 %s between the reason for the end and the end itself is no good end', async (_how, broken) => {
    rig = await startRig();
    // All but `message_stop`.
    rig.b.plan({ fault: broken });
    const answer = await rig.ask(asking, 'b/claude-sonnet-4-5', words);
    expect(answer.text).toContain('w19');
    expect(answer.text).not.toMatch(/"finish_reason":"stop"|"finishReason"|"response\.completed"|message_stop/);
    expect(await rig.closed()).toMatchObject({ outcome: 'incomplete', attempts: [{ target: 'b/claude-sonnet-4-5' }] });
  });

  const spellings: readonly (readonly [string, Fault])[] = [
    ['FAULT-14 bytes one by one', fault.split(1)],
    ['FAULT-14 bytes in sevens', fault.split(7)],
    ['FAULT-14 CRLF', fault.lineEndings('\r\n')],
    ['FAULT-14 CR', fault.lineEndings('\r')],
    ['FAULT-14 comments', fault.comments()],
    ['FAULT-14 no space after the colon', fault.noSpaceAfterColon()],
    ['FAULT-14 a byte order mark', fault.bom()],
    ['FAULT-14 everything at once', fault.coalesce()],
    ['FAULT-14 CRLF in pieces with comments', { ...fault.lineEndings('\r\n'), ...fault.split(3), ...fault.comments() }],
    ['FAULT-13 a byte at a time', fault.drip(1, 16)],
    ['FAULT-15 gzip nobody asked for', fault.encoded('gzip')],
  ];

  it.each(spellings)('%s is a stream all the same', async (_row, spelling) => {
    rig = await startRig();
    rig.a.plan({ turn: { text: ['héllo ', '世界 ', '🙂'] }, fault: spelling });
    const answer = await rig.ask(asking, 'alone');
    // An SSE reader takes all three line ends and the mark; what it reads is the same.
    expectWhole({ ...answer, text: answer.text.replace(/\r\n?/g, '\n') }, asking, 'héllo 世界 🙂', 'a/gpt-4o', 1);
    expect(await rig.closed()).toMatchObject({ outcome: 'complete', usageSource: 'provider' });
  });

  it('FAULT-14 one event that is no JSON is skipped, and told in the log', async () => {
    rig = await startRig();
    rig.a.plan({ sse: [chunk('w0 '), 'data: {oops\n\n', chunk('w1 ', 'stop'), 'data: [DONE]\n\n'] });
    const answer = await rig.ask(asking, 'alone');
    expectWhole(answer, asking, 'w0 w1 ', 'a/gpt-4o', 1);
    expect(answer.text).not.toContain('oops');
    expect(rig.gateway.logs.join('\n')).toMatch(/skip/i);
  });
});

describe.each(askings)('%s', (_name, asking) => {
  it('FAULT-26 usage that cannot be is not believed', async () => {
    rig = await startRig();
    rig.a.plan({ turn: { text: 'hello', usage: { input: 1e12, output: 1e12 } } });
    const answer = await rig.ask(asking, 'alone');
    expect(answer.status).toBe(200);
    const { usage } = await rig.closed();
    expect(usage?.inputTokens).toBeLessThan(1e10);
    expect(usage?.outputTokens).toBeLessThan(1e10);
  });

  it('FAULT-26 an answer without usage is not free', async () => {
    rig = await startRig();
    const [json, sse] = [
      {
        id: 'x',
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: 'twelve bytes' }, finish_reason: 'stop' }],
      },
      [chunk('twelve bytes', 'stop'), 'data: [DONE]\n\n'],
    ];
    rig.a.plan(asking.stream ? { sse } : { json });
    const answer = await rig.ask(asking, 'alone');
    expect(wordsOf(answer.text, asking)).toBe('twelve bytes');
    const record = await rig.closed();
    expect(record).toMatchObject({ outcome: 'complete', usageSource: 'estimated' });
    expect(record.usage?.inputTokens).toBeGreaterThan(0);
    expect(record.usage?.outputTokens).toBeGreaterThan(0);
  });

  it('FAULT-26 the largest of several counts is the one', async () => {
    rig = await startRig();
    const usage = (completion: number): object => ({
      prompt_tokens: 7,
      completion_tokens: completion,
      total_tokens: 7 + completion,
    });
    const counted = (completion: number): string =>
      `data: ${JSON.stringify({ id: 'c', choices: [], usage: usage(completion) })}\n\n`;
    const choices = [{ index: 0, message: { role: 'assistant', content: 'w0 ' }, finish_reason: 'stop' }];
    rig.a.plan(
      asking.stream
        ? { sse: [counted(2), chunk('w0 '), counted(9), chunk('', 'stop'), counted(4), 'data: [DONE]\n\n'] }
        : { json: { id: 'x', object: 'chat.completion', choices, usage: usage(9) } },
    );
    expect((await rig.ask(asking, 'alone')).status).toBe(200);
    expect((await rig.closed()).usage).toMatchObject({ inputTokens: 7, outputTokens: 9 });
  });
});

describe.each(plains)('%s', (_name, asking) => {
  it('FAULT-09 FAULT-10 an answer that stops in the middle is never taken for one', async () => {
    for (const broken of [fault.hangUp({ bytes: 40 }), fault.reset({ bytes: 40 }), fault.contentLength(10)]) {
      rig = await startRig();
      rig.a.plan({ fault: broken, times: Infinity });
      const answer = await rig.ask(asking, 'alone');
      expectRefusal(answer, asking.client, { code: 'attempt.reset', says: ['closed the connection before'] });
      expect(await rig.closed()).toMatchObject({ outcome: 'failed', usageSource: 'estimated' });
      await rig.stop();
    }
  });
});

describe('chat, plain', () => {
  it('FAULT-09 an answer too long to be held is torn off where its provider tore it off', async () => {
    rig = await startRig();
    const message = { role: 'assistant', content: 'y'.repeat(200_000) };
    rig.a.plan({
      json: { id: 'x', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] },
      fault: fault.reset({ bytes: 100_000 }),
    });
    const answer = await rig.ask({ client: 'chat', stream: false }, 'pair');
    expect([answer.status, answer.torn]).toEqual([200, true]);
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
    expect(await rig.closed()).toMatchObject({ outcome: 'incomplete', error: 'relay.stream_cut' });
  });

  it('FAULT-10 an answer too long to be held that ends in good order, but too early, is torn off', async () => {
    rig = await startRig();
    const body = `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"${'y'.repeat(100_000)}`;
    rig.a.plan({ body, headers: { 'content-type': 'application/json' } });
    const answer = await rig.ask({ client: 'chat', stream: false }, 'pair');
    expect([answer.status, answer.torn]).toEqual([200, true]);
    expect(await rig.closed()).toMatchObject({ outcome: 'incomplete', error: 'relay.stream_incomplete' });
  });
});

describe('chat, stream', () => {
  it('FAULT-12 pings without content are a hang after ten minutes', async () => {
    const raw = await startRawUpstream();
    raw.answer = (socket) =>
      void socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${chunk('w0 ')}`);
    rig = await startRig({
      a: 'timeouts: { idle_ms: 400000, total_ms: 3600000 }',
      urlA: `http://127.0.0.1:${String(raw.port)}/v1`,
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answer = openAnswer(rig.gateway, question('chat', 'alone', 'hello', true));
    await answer.until('w0');
    await vi.advanceTimersByTimeAsync(300_000);
    raw.last()?.write(': alive\n\n');
    await answer.until('alive');
    await vi.advanceTimersByTimeAsync(300_000);
    expectBrokenOff(await answer.whole, 'chat', { code: 'relay.idle_timeout', says: ['signs of life but no content'] });
    raw.close();
  });
});
