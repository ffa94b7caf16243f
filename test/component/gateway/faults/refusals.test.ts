// What a provider refuses, and for how long it is left alone: limits, quotas, credentials, load, and requests it cannot take.
import { afterEach, describe, expect, it } from 'vitest';
import { answers, type Plan, type RateLimitForm } from '../../../fakes/fake.ts';
import { expectRefusal } from '../refusals.ts';
import type { Answer } from '../support.ts';
import { always, askings, expectTries, expectWhole, keyA, patient, startRig, type Asking, type Rig } from './rig.ts';

let rig: Rig;

afterEach(async () => {
  await rig.stop();
});

const other = 'sk-upstream-of-a-2';
const twoKeys = `[{ name: one, value: ${keyA}, weight: 1000000 }, { name: two, value: ${other}, weight: 0.000001 }]`;
/** What passed on is an error of the provider, in the client's words. */
function expectPassed(answer: Answer, asking: Asking, status: number, says: string): void {
  expect([answer.status, answer.headers['x-sluice-error']]).toEqual([status, `upstream.${String(status)}`]);
  const error = answer.json()['error'];
  expect(JSON.stringify(error)).toContain(says);
  if (asking.client === 'messages') expect(answer.json()).toMatchObject({ type: 'error' });
}

const keysSeen = (): (string | undefined)[] => rig.a.requests.map((one) => one.headers['authorization']);
const openaiError = (message: string, code: string | null, type = 'invalid_request_error'): object => ({
  error: { message, type, param: null, code },
});
const refused = (status: number, message: string, code: string | null = null, type?: string): Plan =>
  always({ status, json: openaiError(message, code, type) });

const long: readonly RateLimitForm[] = [
  ...([
    'seconds',
    'http-date',
    'ms',
    'x-ratelimit-s',
    'x-ratelimit-ms',
    'x-ratelimit-iso',
    'anthropic',
    'absurd',
  ] as const),
];
const none: readonly RateLimitForm[] = ['none', 'garbage'];
const over: readonly RateLimitForm[] = ['past', 'negative'];

describe.each(askings)('%s', (_name, asking) => {
  it.each(long)('FAULT-20 a limit told as %s rests, and the next target serves', async (form) => {
    rig = await startRig();
    rig.a.plan(always(answers.rateLimited(form, 60)));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
    // It is not asked while it rests, whoever asks: the limit is one for all.
    const again = await rig.ask({ ...asking, client: 'chat' }, 'pair');
    expect([again.status, again.headers['x-sluice-target']]).toEqual([200, 'b/claude-sonnet-4-5']);
    expect(rig.seen()).toEqual({ a: 1, b: 2 });
  });

  it.each(long)(
    'FAULT-20 a limit told as %s is passed on with a wait in seconds where nobody else is left',
    async (form) => {
      rig = await startRig();
      rig.a.plan(always(answers.rateLimited(form, 60)));
      const first = await rig.ask(asking, 'alone');
      expectPassed(first, asking, 429, 'Rate limit reached');
      for (const answer of [first, await rig.ask(asking, 'alone')]) {
        expect(answer.status).toBe(429);
        const seconds = Number(answer.headers['retry-after']);
        expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 300).toBe(true);
      }
      expect(rig.seen()).toEqual({ a: 1, b: 0 });
    },
  );

  it.each(none)('FAULT-20 a limit that tells nothing (%s) is left to the next target', async (form) => {
    rig = await startRig();
    rig.a.plan(always(answers.rateLimited(form)));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
  });

  it.each(over)('FAULT-20 a limit that is over already (%s) is asked again at once', async (form) => {
    rig = await startRig();
    rig.a.plan(answers.rateLimited(form));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'a/gpt-4o', 2);
    expect(rig.seen()).toEqual({ a: 2, b: 0 });
  });

  it('FAULT-20 another key of the provider is asked before another provider', async () => {
    rig = await startRig({ keysA: twoKeys });
    rig.a.plan(answers.rateLimited('seconds', 60));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'a/gpt-4o', 2);
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'a/gpt-4o', 1);
    expect(keysSeen()).toEqual([`Bearer ${keyA}`, `Bearer ${other}`, `Bearer ${other}`]);
    expect(rig.seen().b).toBe(0);
  });

  it('FAULT-21 an empty account is not asked again, and the next target serves', async () => {
    rig = await startRig();
    rig.a.plan(always(answers.rateLimited('quota')));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
    expectTries(await rig.closed(), [
      ['a/gpt-4o', 'upstream.429'],
      ['b/claude-sonnet-4-5', undefined],
    ]);
  });

  it('FAULT-21 an empty account that says 400 or 402 is left for the next target', async () => {
    for (const status of [400, 402]) {
      rig = await startRig();
      rig.a.plan(refused(status, 'Your credit balance is too low to access the API.'));
      expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
      expect(rig.seen()).toEqual({ a: 1, b: 1 });
      await rig.stop();
    }
  });

  it.each([500, 503, 529])('FAULT-22 a %i is tried again, then left to the next target', async (status) => {
    rig = await startRig();
    rig.a.plan(status === 529 ? answers.overloaded() : answers.serverError(status));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'a/gpt-4o', 2);
    rig.a.plan(always(status === 529 ? answers.overloaded() : answers.serverError(status)));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 3);
    expect(rig.seen()).toEqual({ a: 4, b: 1 });
    expectTries(await rig.closed(), [
      ['a/gpt-4o', `upstream.${String(status)}`],
      ['a/gpt-4o', undefined],
    ]);
  });

  it.each([401, 403])('FAULT-23 a refused key (%i) is not used again while another is left', async (status) => {
    rig = await startRig({ keysA: twoKeys });
    rig.a.plan({ status, json: openaiError(`Incorrect API key provided: ${keyA}.`, 'invalid_api_key') });
    for (const attempts of [2, 1]) {
      expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'a/gpt-4o', attempts);
    }
    expect(keysSeen()).toEqual([`Bearer ${keyA}`, `Bearer ${other}`, `Bearer ${other}`]);
  });

  it.each([401, 403])('FAULT-23 a refused key (%i) is left for the next target, and told to nobody', async (status) => {
    rig = await startRig();
    rig.a.plan(refused(status, `Incorrect API key provided: ${keyA}.`, 'invalid_api_key'));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
    const answer = await rig.ask(asking, 'alone');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(`${answer.text}${JSON.stringify(answer.headers)}${rig.gateway.logs.join('\n')}`).not.toContain(keyA);
  });

  it('FAULT-24 a request that is too long is the client’s to shorten', async () => {
    rig = await startRig();
    rig.a.plan(refused(400, "This model's maximum context length is 8192 tokens.", 'context_length_exceeded'));
    expectPassed(await rig.ask(asking, 'pair'), asking, 400, 'maximum context length is 8192');
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
    expect(await rig.closed()).toMatchObject({ outcome: 'failed', error: 'upstream.400' });
  });

  it('FAULT-24 a request that is too long goes on where its route says so', async () => {
    rig = await startRig({ on: '[context_window]' });
    rig.a.plan(refused(400, "This model's maximum context length is 8192 tokens.", 'context_length_exceeded'));
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
  });

  it('FAULT-24 a refused parameter is passed on', async () => {
    rig = await startRig();
    rig.a.plan(refused(400, "Unknown parameter: 'colour'.", 'unknown_parameter'));
    expectPassed(await rig.ask(asking, 'pair'), asking, 400, 'colour');
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });

  it.each([400, 404])('FAULT-24 a model that is not there (%i) is left for the next target', async (status) => {
    rig = await startRig();
    rig.a.plan(
      refused(status, 'The model `gpt-4o` does not exist or you do not have access to it.', 'model_not_found'),
    );
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
  });

  it('FAULT-24 what was flagged goes on only where its route says so', async () => {
    for (const [on, target] of [
      ['[error]', undefined],
      ['[content_policy]', 'b/claude-sonnet-4-5'],
    ] as const) {
      rig = await startRig({ on });
      rig.a.plan(refused(400, 'Your request was rejected.', 'content_policy_violation'));
      const answer = await rig.ask(asking, 'pair');
      if (target === undefined) expectPassed(answer, asking, 400, 'rejected');
      else expectWhole(answer, asking, 'echo: hello', target, 2);
      expect(rig.seen()).toEqual({ a: 1, b: target === undefined ? 0 : 1 });
      await rig.stop();
    }
  });

  it('FAULT-20 a limit that is over soon is waited for rather than passed on', async () => {
    rig = await startRig({ a: `retry: { attempts: 2, backoff_ms: 1 }, ${patient}` });
    rig.a.plan({ ...answers.rateLimited('none'), headers: { 'retry-after-ms': '20' } });
    expectWhole(await rig.ask(asking, 'alone'), asking, 'echo: hello', 'a/gpt-4o', 2);
    expect(rig.seen()).toEqual({ a: 2, b: 0 });
  });

  it('FAULT-20 a wait told in the message alone is heard', async () => {
    rig = await startRig();
    rig.a.plan(refused(429, 'Rate limit reached. Please try again in 2m5s.', 'rate_limit_exceeded', 'tokens'));
    const answer = await rig.ask(asking, 'alone');
    expectPassed(answer, asking, 429, 'try again in 2m5s');
    expect(answer.headers['retry-after']).toBe('125');
    const again = await rig.ask(asking, 'alone');
    expectRefusal(again, asking.client, { code: 'attempt.rate_limited', says: ['"a"'] });
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });
});
