import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlaygroundRuns, type PlaygroundRuns } from '../../../main/control/playground-runs.ts';
import type { LedgerQueries } from '../../../main/ledger/ledger.ts';
import { events, type AnyEvent } from '../../../shared/contract/contract.ts';
import { runResult, type RunDelta, type RunResult } from '../../../shared/contract/playground.ts';
import { FakeClock } from '../../unit/gateway/routing/health-making.ts';
import { chunk, done, ledgerOf, openPort, type Answering, type OwnPort } from './own-port.ts';

const streamHead = {
  ...{ 'content-type': 'text/event-stream; charset=utf-8', 'x-sluice-request-id': 'req-1' },
  ...{ 'x-sluice-target': 'demo/echo', 'x-sluice-attempts': '2', 'x-sluice-masked': '3' },
};

let port: OwnPort | undefined;
let runs: PlaygroundRuns | undefined;
let told: AnyEvent[];
let clock: FakeClock;
let heard: (() => void)[];

beforeEach(() => {
  told = [];
  heard = [];
  clock = new FakeClock();
});

afterEach(async () => {
  runs?.close();
  await port?.close();
  [port, runs] = [undefined, undefined];
});

/** It is over there, and nothing more is known of it. */
const settled = ledgerOf({ 'req-1': { usage: null, cost_usd: null } });

async function open(answer: Answering, ledger: LedgerQueries = settled): Promise<PlaygroundRuns> {
  port = await openPort(answer);
  let count = 0;
  runs = createPlaygroundRuns({
    own: port.own,
    ledger,
    clock,
    randomId: () => String((count += 1)),
    publish(event) {
      // What is told is what the contract says.
      events[event.event].parse(event.data);
      told.push(event);
      for (const wake of heard.splice(0)) wake();
    },
  });
  return runs;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => heard.push(resolve));
}

const deltas = (): RunDelta[] => told.flatMap((one) => (one.event === 'playground.delta' ? [one.data] : []));
const ended = (run: string): RunResult | undefined =>
  told.flatMap((one) => (one.event === 'playground.ended' && one.data.run === run ? [one.data] : []))[0];

async function resultOf(run: string): Promise<RunResult> {
  await until(() => ended(run) !== undefined);
  return runResult.parse(ended(run));
}

async function runOf(answer: Answering, ledger?: LedgerQueries): Promise<RunResult> {
  const all = await open(answer, ledger);
  return resultOf(all.start({ model: 'demo/echo', messages: [] }));
}

const body = { model: 'demo/echo', messages: [{ role: 'user', content: 'Hi' }], temperature: 0.5 };

const streams =
  (text: string | Buffer, head: object = streamHead): Answering =>
  (response) => {
    response.writeHead(200, { ...head }).end(text);
  };

describe('a run', () => {
  it('is sent as a streaming client would send it, and what comes is told', async () => {
    const usage = { prompt_tokens: 12, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } };
    const text = `${chunk({ role: 'assistant', content: '' })}${chunk({ content: 'Grüße, ' })}${chunk({ content: 'Welt' })}${chunk({}, { finish_reason: 'stop' })}data: ${JSON.stringify({ choices: [], usage })}\n\n${done}`;
    const all = await open(streams(text), ledgerOf({}));
    const run = all.start({ ...body, stream_options: { include_obfuscation: false } });
    const result = await resultOf(run);
    expect(port?.taken).toMatchObject([
      {
        path: '/v1/chat/completions',
        client: 'Playground',
        body: { ...body, stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
      },
    ]);
    expect(result).toMatchObject({
      ...{ run, request_id: 'req-1', status: 200, text: 'Grüße, Welt', reasoning: '', tool_calls: [] },
      ...{ finish_reason: 'stop', target: 'demo/echo', attempts: 2, masked: 3, error: null, stopped: false },
      usage: { input_tokens: 8, output_tokens: 5, cache_read_tokens: 4 },
      // Nothing in the ledger: it is not known.
      cost_usd: null,
    });
    expect(
      deltas()
        .map((delta) => delta.text)
        .join(''),
    ).toBe('Grüße, Welt');
    expect(all.result(run)).toEqual(result);
  });

  it('is the same wherever its bytes are split', async () => {
    const text = `\uFEFF: hello\r\n\r\nevent: message\r\n${chunk({ reasoning_content: 'hm 🤔' }).replaceAll('\n', '\r\n')}${chunk({ content: 'naïve 🙂' }).replaceAll('\n', '\r')}data:[DONE]\n\n`;
    const bytes = Buffer.from(text);
    const result = await runOf(async (response) => {
      response.writeHead(200, streamHead);
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await turn();
      }
      response.end();
    });
    expect(result).toMatchObject({ text: 'naïve 🙂', reasoning: 'hm 🤔', error: null });
  });

  it('tells much that comes at once in few events, and in order', async () => {
    const words = Array.from({ length: 500 }, (_, index) => `${String(index)} `);
    const result = await runOf(streams(words.map((content) => chunk({ content })).join('') + done));
    expect(result.text).toBe(words.join(''));
    expect(
      deltas()
        .map(({ text }) => text)
        .join(''),
    ).toBe(result.text);
    // One at once, what came until its end with the end: time stands still here.
    expect(deltas().length).toBeLessThan(10);
  });

  it('tells what came in between without waiting for more', async () => {
    let response: ServerResponse | undefined;
    const all = await open((given) => {
      response = given;
      given.writeHead(200, streamHead);
      given.write(chunk({ content: 'first ' }));
    });
    const run = all.start(body);
    await until(() => deltas().length === 1);
    // Time stands still: only the timer can tell of it.
    response?.write(chunk({ content: 'second' }));
    await until(() => deltas().length === 2);
    expect(deltas().map(({ text }) => text)).toEqual(['first ', 'second']);
    expect(all.result(run)).toBeNull();
    response?.end(done);
    expect(await resultOf(run)).toMatchObject({ text: 'first second', error: null });
  });

  it('gathers tool calls by their index, and where servers leave that out', async () => {
    const call = (index: number | undefined, id: string | undefined, fn: object) =>
      chunk({
        tool_calls: [{ ...(index === undefined ? {} : { index }), ...(id === undefined ? {} : { id }), function: fn }],
      });
    const indexed = await runOf(
      streams(
        call(1, 'b', { name: 'two', arguments: '' }) +
          call(0, 'a', { name: 'one', arguments: '{"x"' }) +
          call(1, undefined, { arguments: '{}' }) +
          call(0, undefined, { arguments: ':1}' }) +
          chunk({}, { finish_reason: 'tool_calls' }) +
          done,
      ),
    );
    const expected = [
      { id: 'a', name: 'one', arguments: '{"x":1}' },
      { id: 'b', name: 'two', arguments: '{}' },
    ];
    expect(indexed).toMatchObject({ tool_calls: expected, finish_reason: 'tool_calls', error: null });
    await port?.close();
    const bare = await runOf(
      streams(
        call(undefined, 'a', { name: 'one', arguments: '{"x"' }) +
          call(undefined, undefined, { arguments: ':1}' }) +
          call(undefined, 'b', { name: 'two', arguments: {} }) +
          done,
      ),
    );
    expect(bare.tool_calls).toEqual(expected);
  });

  it('takes an answer that is no stream', async () => {
    const message = {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
        { type: 'text', text: 'Yes' },
      ],
    };
    const answer = {
      choices: [{ index: 0, message, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    const head = { ...streamHead, 'content-type': 'application/json', 'x-sluice-cost-usd': '0.000012' };
    const result = await runOf(streams(JSON.stringify(answer), head));
    expect(result).toMatchObject({
      text: 'Yes',
      reasoning: 'hm',
      finish_reason: 'length',
      cost_usd: '0.000012',
      error: null,
    });
    expect(deltas().map(({ text }) => text)).toEqual(['Yes']);
  });

  it('has its cost and usage from the ledger, once the exchange is over there', async () => {
    const usage = {
      input_tokens: 3,
      output_tokens: 4,
      cache_read_tokens: 5,
      cache_write_tokens: 6,
      reasoning_tokens: 1,
    };
    const ledger = ledgerOf({ 'req-1': { cost_usd: '0.42', usage } }, {}, 2);
    const result = await runOf(streams(chunk({ content: 'a' }) + done), ledger);
    expect(result).toMatchObject({ cost_usd: '0.42', usage });
  });
});

describe('a run fails', () => {
  it.each([
    ['after some text', chunk({ content: 'part' }), 'The answer broke off. What came so far is only a part.', 'part'],
    ['before any', ': hello\n\n', 'The answer broke off before it said anything.', ''],
  ])('when its stream ends without its end marker, %s', async (_when, text, message, kept) => {
    const result = await runOf(streams(text));
    expect(result).toMatchObject({ status: 200, text: kept, error: { code: 'relay.stream_incomplete', message } });
  });

  it('when the connection breaks in the middle, also after a reason to finish', async () => {
    const result = await runOf((response) => {
      response.writeHead(200, streamHead);
      response.write(chunk({ content: 'part' }) + chunk({}, { finish_reason: 'stop' }), () => response.destroy());
    });
    expect(result).toMatchObject({ text: 'part', error: { code: 'relay.stream_incomplete' }, stopped: false });
  });

  it('with the error that stands in its stream', async () => {
    const error = { message: 'Overloaded, sorry', type: 'server_error', code: null };
    const result = await runOf(streams(`${chunk({ content: 'part' })}data: ${JSON.stringify({ error })}\n\n`));
    expect(result).toMatchObject({ text: 'part', error: { code: 'server_error', message: 'Overloaded, sorry' } });
  });

  it.each([
    [
      'ours',
      'admit.budget_exhausted',
      JSON.stringify({ error: { message: 'Daily budget reached.', code: 'x' } }),
      'Daily budget reached.',
    ],
    ['a provider’s', 'upstream.400', JSON.stringify([{ error: { message: 'Bad schema' } }]), 'Bad schema'],
    ['a page', 'upstream.502', '<h1>Bad Gateway</h1>', '<h1>Bad Gateway</h1>'],
  ])('with the words of an error answer: %s', async (_whose, code, text, message) => {
    const result = await runOf((response) => {
      response.writeHead(429, {
        'content-type': 'application/json',
        'x-sluice-error': code,
        'x-sluice-request-id': 'req-1',
      });
      response.end(text);
    });
    expect(result).toMatchObject({ status: 429, request_id: 'req-1', error: { code, message }, text: '' });
  });

  it('when what comes is no answer', async () => {
    const result = await runOf(streams('<html>Sign in to this network</html>', { 'content-type': 'text/html' }));
    expect(result).toMatchObject({ error: { code: 'attempt.not_an_answer' } });
  });

  it('when the port does not answer', async () => {
    const all = await open(() => undefined);
    await port?.close();
    const result = await resultOf(all.start(body));
    expect(result).toMatchObject({ status: null, request_id: null, target: null, error: { code: null } });
    expect(result.error?.message).toContain('did not answer');
  });

  it('when it is longer than is kept, and gives the rest up', async () => {
    const long = chunk({ content: 'x'.repeat(1024 * 1024) });
    const all = await open(async (response, { closed }) => {
      response.writeHead(200, streamHead);
      let isOpen = true;
      void closed.then(() => (isOpen = false));
      while (isOpen) {
        if (!response.write(long))
          await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))]);
      }
    });
    const result = await resultOf(all.start(body));
    expect(result.error?.code).toBe('attempt.answer_too_large');
    expect(result.text).toHaveLength(8 * 1024 * 1024);
    expect(await port?.taken[0]?.closed).toBe('left');
  });
});

describe('a run that is stopped', () => {
  it('keeps what it said so far, is no error, and leaves', async () => {
    const all = await open((response) => {
      response.writeHead(200, streamHead);
      response.write(chunk({ content: 'so far' }));
    });
    const run = all.start(body);
    await until(() => deltas().length === 1);
    expect(all.stop(run)).toBe(true);
    expect(await resultOf(run)).toMatchObject({ stopped: true, error: null, text: 'so far', request_id: 'req-1' });
    expect(await port?.taken[0]?.closed).toBe('left');
    expect(all.stop(run)).toBe(false);
  });

  it('before it was answered has nothing, and is no error', async () => {
    const all = await open(() => undefined);
    const run = all.start(body);
    all.stop(run);
    expect(await resultOf(run)).toMatchObject({ stopped: true, error: null, text: '', status: null });
  });
});

describe('bounds', () => {
  it('are sixteen runs at once', async () => {
    const all = await open((response) => response.writeHead(200, streamHead).flushHeaders());
    const [first = ''] = Array.from({ length: 16 }, () => all.start(body));
    expect(() => all.start(body)).toThrow(expect.objectContaining({ code: 'control.refused' }) as Error);
    all.stop(first);
    await resultOf(first);
    expect(all.start(body)).toBe('run-17');
  });

  it('are a hundred results, for ten minutes', async () => {
    const all = await open(streams(chunk({ content: 'a' }) + done, { 'content-type': 'text/event-stream' }));
    const ids: string[] = [];
    for (let count = 0; count < 101; count += 1) {
      ids.push(all.start(body));
      await resultOf(ids.at(-1) ?? '');
    }
    expect(all.result(ids[0] ?? '')).toBeUndefined();
    expect(all.result(ids[1] ?? '')).toMatchObject({ text: 'a' });
    clock.pass(10 * 60_000 - 1);
    expect(all.result(ids[1] ?? '')).toMatchObject({ text: 'a' });
    clock.pass(1);
    expect(all.result(ids[100] ?? '')).toBeUndefined();
  });
});

it('ends all runs when it is closed, tells nothing of it, and starts none', async () => {
  const all = await open((response) => {
    response.writeHead(200, streamHead);
    response.write(chunk({ content: 'a' }));
  });
  all.start(body);
  all.start(body);
  await until(() => deltas().length === 2);
  all.close();
  expect(await Promise.all(port?.taken.map(({ closed }) => closed) ?? [])).toEqual(['left', 'left']);
  expect(told.map(({ event }) => event)).toEqual(['playground.delta', 'playground.delta']);
  expect(() => all.start(body)).toThrow('being stopped');
});
