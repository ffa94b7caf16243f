// Secrets in answers that the request did not hold: told of, or kept back with the whole answer.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { ask, clientNames } from './rigs.ts';
import { expectRefusal, openAnswer, question } from './refusals.ts';
import {
  hear,
  mail,
  modelAt,
  otherToken,
  startMasked,
  targetNames,
  token,
  toolFields,
  type MaskedGateway,
} from './masking-rig.ts';
import { send } from './support.ts';

let rig: MaskedGateway;
afterEach(() => rig.close());

const leak = { text: ['here it is: ', token.slice(0, 9), token.slice(9), ', good?'] };
const warn = 'masking: { enabled: true }';
const block = 'masking: { enabled: true, answers: block }';

describe('answers: warn, which is the default', () => {
  it.each(clientNames.flatMap((client) => [true, false].map((stream) => ({ client, stream }))))(
    'the client has it, and the record tells: $client, stream $stream',
    async ({ client, stream }) => {
      rig = await startMasked(warn);
      for (const target of targetNames) {
        rig.fakes[target].plan({ turn: leak });
        const answer = await ask(rig, client, 'give me one', { model: modelAt[target], stream });
        expect(hear(client, answer, stream).text).toContain(token);
        const { safety } = await rig.gateway.closed();
        expect(safety).toEqual([{ source: 'answer', rule: 'secrets', action: 'warn', detail: '1 × github_token' }]);
        expect(JSON.stringify(safety)).not.toContain(token);
      }
    },
  );

  it('a secret in the arguments of a call is found as well', async () => {
    rig = await startMasked(warn);
    rig.fakes.chat.plan({ turn: { calls: [{ name: 'send_mail', args: { text: `use ${token}` } }] } });
    await ask(rig, 'messages', 'go', { model: modelAt.chat, more: toolFields('messages') });
    expect((await rig.gateway.closed()).safety).toMatchObject([{ source: 'answer', detail: '1 × github_token' }]);
  });

  it('what the client sent itself is no news, however it is written', async () => {
    rig = await startMasked('masking: { enabled: true, detectors: [secrets] }');
    for (const text of [`use ${token}`, 'password: tr0ub4dor\\3xK9z']) {
      const answer = await ask(rig, 'chat', text, { model: modelAt.chat });
      expect(hear('chat', answer, true).text).toBe(`echo: ${text}`);
      expect(rig.sent('chat')).toMatch(/SECRET[2-9]/);
      expect((await rig.gateway.closed()).safety).toEqual([]);
    }
  });

  it('nothing is looked for with answers: off', async () => {
    rig = await startMasked('masking: { enabled: true, answers: off }');
    rig.fakes.chat.plan({ turn: leak });
    await ask(rig, 'chat', 'give me one', { model: modelAt.chat });
    expect((await rig.gateway.closed()).safety).toEqual([]);
  });
});

describe('answers: block', () => {
  it.each(clientNames.flatMap((client) => [true, false].map((stream) => ({ client, stream }))))(
    'none of it reaches the client, who is told why: $client, stream $stream',
    async ({ client, stream }) => {
      rig = await startMasked(block);
      for (const target of targetNames) {
        rig.fakes[target].plan({ turn: leak });
        const answer = await ask(rig, client, 'give me one', { model: modelAt[target], stream });
        expect(answer.text).not.toContain(token);
        expect(answer.text).not.toContain('here it is');
        expectRefusal(answer, client, { code: 'relay.masking_blocked', says: ['1 × github_token', 'masking.answers'] });
        const record = await rig.gateway.closed();
        expect(record).toMatchObject({ status: 403, safety: [{ source: 'answer', rule: 'secrets', action: 'block' }] });
        expect(record.attempts).toHaveLength(1);
      }
    },
  );

  it.each(clientNames)('a good answer comes whole and restored: %s', async (client) => {
    rig = await startMasked(block);
    for (const stream of [true, false]) {
      const text = `write to ${mail} with ${token}`;
      const answer = await ask(rig, client, text, { model: modelAt.chat, stream });
      expect([answer.status, hear(client, answer, stream).text]).toEqual([200, `echo: ${text}`]);
    }
  });

  it('is not asked of another target, whose answer would cost again', async () => {
    rig = await startMasked(
      `routes: [{ alias: smart, targets: [chat/gpt-4o, anthropic/claude-sonnet-4-5] }]\n${block}`,
    );
    rig.fakes.chat.plan({ turn: leak });
    expectRefusal(await ask(rig, 'chat', 'give me one'), 'chat', { code: 'relay.masking_blocked', says: [] });
    expect(rig.fakes.anthropic.requests).toHaveLength(0);
  });

  it('older completions are held back as well, plain and streamed', async () => {
    rig = await startMasked(block);
    for (const stream of [false, true]) {
      const choice = {
        id: 'c',
        object: 'text_completion',
        choices: [{ index: 0, text: `it is ${token}`, finish_reason: 'stop' }],
      };
      rig.fakes.responses.plan(
        stream ? { sse: [`data: ${JSON.stringify(choice)}\n\n`, 'data: [DONE]\n\n'] } : { json: choice },
      );
      const answer = await send(rig, {
        path: '/v1/completions',
        body: { model: 'responses/gpt-3.5-turbo-instruct', prompt: 'x', stream },
      });
      expect([answer.status, answer.headers['x-sluice-error'], answer.text.includes(token)]).toEqual([
        403,
        'relay.masking_blocked',
        false,
      ]);
    }
  });
});

describe('a client that was kept waiting has its head already', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(clientNames)('and is told inside the stream what is kept back: %s', async (client) => {
    rig = await startMasked(block);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let go: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (go = resolve));
    rig.fakes.chat.plan({ turn: leak, fault: fault.wait('headers', () => told) });
    const arrived = rig.fakes.chat.nextRequest();
    const asked = question(client, modelAt.chat, 'give me one', true);
    const answer = openAnswer(rig, asked);
    await arrived;
    // Past the time for which a client hears nothing at all.
    await vi.advanceTimersByTimeAsync(20_000);
    go();
    const { text, status } = await answer.whole;
    expect(status).toBe(200);
    expect([text.includes(token.slice(0, 9)), text.includes('here it is')]).toEqual([false, false]);
    expect(text).toContain('masking.answers says what becomes of such answers');
    expect(await rig.gateway.closed()).toMatchObject({ safety: [{ source: 'answer', action: 'block' }] });
  });
});

describe('answers without texts', () => {
  it('are not held: numbers and sound may be longer than what can be', async () => {
    rig = await startMasked(`${block}\nfirewall: [{ id: words, pattern: sesame, in: [answer], action: block }]`);
    const sound = Buffer.alloc(9_000_000, 7);
    rig.fakes.responses.plan({ status: 200, body: sound, headers: { 'content-type': 'audio/mpeg' } });
    const spoken = await send(rig, {
      path: '/v1/audio/speech',
      body: { model: 'responses/tts-1', input: 'x', voice: 'alloy' },
    });
    expect([spoken.status, spoken.body.length]).toEqual([200, sound.length]);
    const data = [{ object: 'embedding', index: 0, embedding: 'A'.repeat(9_000_000) }];
    rig.fakes.responses.plan({ json: { object: 'list', data } });
    const embedded = await send(rig, {
      path: '/v1/embeddings',
      body: { model: 'responses/text-embedding-3-small', input: 'x' },
    });
    expect([embedded.status, embedded.body.length > 9_000_000]).toEqual([200, true]);
  });

  it('a transcript is an answer like any other', async () => {
    const raw =
      '--mark\r\nContent-Disposition: form-data; name="model"\r\n\r\nresponses/whisper-1\r\n--mark\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r\n--mark--\r\n';
    const call = {
      path: '/v1/audio/transcriptions',
      method: 'POST',
      raw,
      headers: { 'content-type': 'multipart/form-data; boundary=mark' },
    };
    rig = await startMasked(warn);
    rig.fakes.responses.plan({ json: { text: `it is ${token}` } });
    expect((await send(rig, call)).text).toContain(token);
    expect((await rig.gateway.closed()).safety).toMatchObject([{ source: 'answer', rule: 'secrets', action: 'warn' }]);
    await rig.gateway.apply(rig.yaml(block));
    rig.fakes.responses.plan({ json: { text: `it is ${token}` } });
    expect((await send(rig, call)).headers['x-sluice-error']).toBe('relay.masking_blocked');
  });
});

describe('an answer that cannot be looked through', () => {
  const slow = "patterns: [{ id: slow, pattern: 'x(?s:.*y)?' }]";
  const long = 'x'.repeat(400_000);

  it('is kept back where such answers are blocked', async () => {
    rig = await startMasked(`masking: { enabled: true, answers: block, ${slow} }`);
    for (const stream of [true, false]) {
      rig.fakes.chat.plan({ turn: { text: [long] } });
      const answer = await ask(rig, 'chat', 'hello', { model: modelAt.chat, stream });
      expect([answer.status, answer.headers['x-sluice-error']]).toEqual([403, 'relay.masking_blocked']);
      expect((await rig.gateway.closed()).status).toBe(403);
    }
  });

  it('is told of where they are only told of, and the exchange is closed', async () => {
    rig = await startMasked(`masking: { enabled: true, ${slow} }`);
    rig.fakes.chat.plan({ turn: { text: [long] } });
    const answer = await ask(rig, 'chat', 'hello', { model: modelAt.chat });
    expect(answer.status).toBe(200);
    expect(await rig.gateway.closed()).toMatchObject({
      outcome: 'complete',
      safety: [{ source: 'answer', rule: 'failed', action: 'warn' }],
    });
  });
});

it('a cached answer is looked through too', async () => {
  rig = await startMasked(`
routes: [{ alias: smart, targets: [chat/gpt-4o], cache: { mode: exact, ttl_s: 3600 } }]
masking: { enabled: true, answers: off }
`);
  rig.fakes.chat.plan({ turn: { text: [`it is ${otherToken}`] } });
  await ask(rig, 'chat', 'give me one');
  await rig.gateway.apply(
    rig.yaml(`
routes: [{ alias: smart, targets: [chat/gpt-4o], cache: { mode: exact, ttl_s: 3600 } }]
${block}
`),
  );
  const again = await ask(rig, 'chat', 'give me one');
  expect(again.text).not.toContain(otherToken);
  // What is refused now is asked anew.
  expect([again.status, again.headers['x-sluice-cache'], hear('chat', again, true).text]).toEqual([
    200,
    undefined,
    'echo: give me one',
  ]);
});
