// The playground, a test of a provider and a replay against a real gateway with its demo provider.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { providerTestHandlers } from '../../../main/control/handlers/provider-test.ts';
import { replayHandlers } from '../../../main/control/handlers/replay.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import { createPlaygroundRuns } from '../../../main/control/playground-runs.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import type { RunResult } from '../../../shared/contract/playground.ts';
import { startTestGateway, testKey, type TestGateway } from '../gateway/support.ts';
import { ledgerOf, ownRequests } from './own-port.ts';

let gateway: TestGateway;
let needs: ControlNeeds;

beforeAll(async () => {
  gateway = await startTestGateway('');
  const bodies: Record<string, string> = {
    chat: JSON.stringify({ model: 'demo/echo', messages: [{ role: 'user', content: 'once more' }], stream: true }),
    messages: JSON.stringify({ model: 'demo/echo', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
    gemini_stream: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
    gemini_generate: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
    responses: JSON.stringify({ model: 'demo/echo', input: 'hi' }),
  };
  const recorded = Object.keys(bodies).map((surface) => [surface, { surface, model_asked: 'demo/echo' }] as const);
  needs = {
    config: {
      providers: { list: () => [{ id: 'demo', label: 'Demo', keys: [], base_url: '', local: true }] },
      models: { list: () => ({ models: [], catalogue_date: '' }) },
    },
    ledger: ledgerOf(Object.fromEntries(recorded), bodies),
    running: {
      own: ownRequests(gateway.url, testKey),
      instance: { uptimeMs: () => systemClock.monotonic() },
    },
  } as unknown as ControlNeeds;
});

afterAll(() => gateway.stop());

it('runs a prompt of the playground to its end', async () => {
  const ended = Promise.withResolvers<RunResult>();
  const runs = createPlaygroundRuns({
    own: ownRequests(gateway.url, testKey),
    ledger: needs.ledger,
    clock: systemClock,
    randomId: () => '1',
    publish(event) {
      if (event.event === 'playground.ended') ended.resolve(event.data);
    },
  });
  runs.start({ model: 'demo/echo', messages: [{ role: 'user', content: 'hello there' }] });
  expect(await ended.promise).toMatchObject({
    ...{ status: 200, target: 'demo/echo', attempts: 1, error: null, finish_reason: 'stop' },
    text: expect.stringContaining('hello there') as string,
    usage: { output_tokens: expect.any(Number) as number },
  });
  runs.close();
});

it('tells of a run that is refused what the client would be told', async () => {
  const ended = Promise.withResolvers<RunResult>();
  const runs = createPlaygroundRuns({
    own: ownRequests(gateway.url, testKey),
    ledger: needs.ledger,
    clock: systemClock,
    randomId: () => '2',
    publish(event) {
      if (event.event === 'playground.ended') ended.resolve(event.data);
    },
  });
  runs.start({ model: 'nobody/knows', messages: [{ role: 'user', content: 'hi' }] });
  expect(await ended.promise).toMatchObject({ status: 404, error: { code: 'route.model_not_found' }, stopped: false });
  runs.close();
});

it('tests a provider', async () => {
  const handler = providerTestHandlers(needs)['providers.test'];
  expect(await handler?.({ id: 'demo', model: 'echo' })).toMatchObject({
    ...{ ok: true, model: 'demo/echo', status: 200, error: null },
    usage: { output_tokens: expect.any(Number) as number },
  });
});

it.each(['chat', 'messages', 'responses', 'gemini_generate', 'gemini_stream'])(
  'replays a request of %s',
  async (surface) => {
    const told = await replayHandlers(needs)['traffic.replay']?.({ request_id: surface });
    expect(told?.status).toBe(200);
    const record = await recordOf(told?.request_id);
    expect(record).toMatchObject({ surface, status: 200, outcome: 'complete' });
  },
);

async function recordOf(requestId: string | undefined): Promise<object> {
  for (;;) {
    const found = gateway.records.find((record) => record.requestId === requestId);
    if (found !== undefined) return found;
    await gateway.closed();
  }
}
