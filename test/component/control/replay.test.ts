import { afterEach, describe, expect, it } from 'vitest';
import { replayHandlers } from '../../../main/control/handlers/replay.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import { surfaceRows } from '../../../main/gateway/identify.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { trafficCalls, type ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { chunk, ledgerOf, openPort, type Answering, type OwnPort } from './own-port.ts';

let port: OwnPort | undefined;

afterEach(async () => {
  await port?.close();
  port = undefined;
});

const answered: Answering = (response) =>
  response.writeHead(200, { 'content-type': 'application/json', 'x-sluice-request-id': 'req-2' }).end('{}');

interface World {
  readonly exchange?: Partial<ExchangeEntry>;
  readonly recorded?: string | null | undefined;
  readonly answer?: Answering;
}

async function replay(
  input: object,
  { exchange = { surface: 'chat' }, recorded, answer = answered }: World,
): Promise<CallOutput<'traffic.replay'>> {
  port = await openPort(answer);
  const ledger = ledgerOf({ 'req-1': exchange }, recorded === undefined ? {} : { 'req-1': recorded });
  const handler = replayHandlers({ ledger, running: { own: port.own } } as unknown as ControlNeeds)['traffic.replay'];
  if (handler === undefined) throw new Error('nobody answers');
  const { input: shape, output } = trafficCalls['traffic.replay'];
  return output.parse(await handler(shape.parse({ request_id: 'req-1', ...input })));
}

describe('a recorded request', () => {
  it('is sent again as it was recorded, placeholders and all', async () => {
    const body = { model: 'fast', messages: [{ role: 'user', content: 'EMAIL2bcdfg' }], seed: 1 };
    const told = await replay({}, { recorded: JSON.stringify(body) });
    expect(told).toEqual({ request_id: 'req-2', status: 200 });
    expect(port?.taken).toMatchObject([{ path: '/v1/chat/completions', client: 'Replay', body }]);
  });

  it('is sent to another model, or with another body, where that is given', async () => {
    const recorded = '{"model":"a","input":"hi"}';
    await replay({ model: 'openai/b' }, { exchange: { surface: 'responses' }, recorded });
    expect(port?.taken).toMatchObject([{ path: '/v1/responses', body: { model: 'openai/b', input: 'hi' } }]);
    await port?.close();
    // Nothing needs to be recorded for that.
    await replay({ body: '{"model":"c","input":"ho"}' }, { exchange: { surface: 'responses' } });
    expect(port?.taken).toMatchObject([{ body: { model: 'c', input: 'ho' } }]);
  });

  it('of Anthropic’s says which version of its words it speaks', async () => {
    await replay({}, { exchange: { surface: 'messages' }, recorded: '{"model":"a"}' });
    expect(port?.taken).toMatchObject([{ path: '/v1/messages', headers: { 'anthropic-version': '2023-06-01' } }]);
  });

  it.each([
    ['gemini_generate', '{}', '/v1beta/models/google/pro:generateContent'],
    ['gemini_stream', '{}', '/v1beta/models/google/pro:streamGenerateContent?alt=sse'],
    ['gemini_count_tokens', '{}', '/v1beta/models/google/pro:countTokens'],
    ['gemini_embed', '{}', '/v1beta/models/google/pro:embedContent'],
    ['gemini_embed', '{"requests":[]}', '/v1beta/models/google/pro:batchEmbedContents'],
  ])('of Gemini’s names its model in the path: %s %s', async (surface, recorded, path) => {
    await replay({ model: 'google/pro' }, { exchange: { surface, model_asked: 'flash' }, recorded });
    expect(port?.taken).toMatchObject([{ path, body: JSON.parse(recorded) as object }]);
    await port?.close();
    await replay({}, { exchange: { surface, model_asked: 'flash' }, recorded });
    expect(port?.taken[0]?.path).toBe(path.replace('google/pro', 'flash'));
  });

  it('has a path for every surface that takes a body', async () => {
    for (const { id, path, method } of surfaceRows) {
      if (method !== 'POST' || /images\/(edits|variations)|audio\/trans/.test(path)) continue;
      await replay({}, { exchange: { surface: id, model_asked: 'demo-echo' }, recorded: '{}' });
      expect(port?.taken[0]?.path.replace(/\?.*/, '').replace('batchEmbed', 'embed')).toBe(
        path.replace('batchEmbedContents', 'embedContents').replace(/embedContents$/, 'embedContent'),
      );
      await port?.close();
    }
  });
});

describe('the answer', () => {
  it('is read to its end, and refused is told as that', async () => {
    let isWhole = false;
    const told = await replay(
      {},
      {
        recorded: '{}',
        answer: (response) => {
          response.writeHead(429, { 'content-type': 'text/event-stream', 'x-sluice-request-id': 'req-9' });
          response.write(chunk({ content: 'a' }));
          setTimeout(() => {
            isWhole = true;
            response.end();
          }, 20);
        },
      },
    );
    expect([told, isWhole]).toEqual([{ request_id: 'req-9', status: 429 }, true]);
  });

  it('that breaks off is an exchange all the same', async () => {
    const answer: Answering = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-sluice-request-id': 'req-9' });
      response.write(chunk({ content: 'a' }), () => response.destroy());
    };
    expect(await replay({}, { recorded: '{}', answer })).toEqual({ request_id: 'req-9', status: 200 });
  });
});

describe('is refused', () => {
  it.each([
    ['what was not recorded, with what to switch on', {}, {}, '`logging.content`'],
    ['what cannot be opened', {}, { recorded: null }, 'cannot be opened'],
    [
      'what has no body to send',
      {},
      { exchange: { surface: 'models' }, recorded: '{}' },
      '(models) cannot be sent again',
    ],
    ['a model for what is no object', { model: 'x' }, { recorded: '[1]' }, 'no JSON object'],
    [
      'Gemini’s without a model',
      {},
      { exchange: { surface: 'gemini_stream', model_asked: null }, recorded: '{}' },
      'no model',
    ],
    [
      'what the port does not answer',
      {},
      { recorded: '{}', answer: (response) => response.destroy() },
      'did not answer',
    ],
  ] satisfies [string, object, World, string][])('%s', async (_what, input, world, words) => {
    await expect(replay(input, world)).rejects.toMatchObject({
      code: 'control.refused',
      message: expect.stringContaining(words) as string,
    });
  });

  it('an exchange that is not there, as not found', async () => {
    await expect(replay({ request_id: 'nobody' }, {})).rejects.toMatchObject({ code: 'control.not_found' });
  });
});
