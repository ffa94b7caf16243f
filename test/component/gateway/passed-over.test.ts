// A target without a usable credential is passed over: nothing is sent to it, and the record says so.
import { afterEach, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let fake: Fake | undefined;
let gateway: TestGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  await fake?.close();
});

it('goes on with the next target, and the record names the one without a credential', async () => {
  fake = await startFake({ dialect: 'openai', key: 'sk-upstream' });
  gateway = await startTestGateway(`
providers:
  - { id: bare, kind: openai, base_url: "${fake.url}/v1", keys: [{ name: main, value: "env:NOT_SET_ANYWHERE" }] }
routes:
  - { alias: smart, strategy: fallback, targets: [bare/gpt-4o, demo/echo] }
`);
  const body = { model: 'smart', messages: [{ role: 'user', content: 'hello' }] };
  const answer = await send(gateway, { path: '/v1/chat/completions', body });
  const record = await gateway.closed();
  expect([answer.status, answer.headers['x-sluice-target'], answer.headers['x-sluice-attempts']]).toEqual([
    200,
    'demo/echo',
    '1',
  ]);
  expect(record.attempts).toMatchObject([{ target: 'demo/echo', status: 200, kind: 'first' }]);
  expect(record.decision?.candidates).toMatchObject([
    {
      target: 'bare/gpt-4o',
      droppedBy: 'credential',
      dropped: expect.stringContaining('NOT_SET_ANYWHERE') as string,
    },
    { target: 'demo/echo' },
  ]);
  expect(fake.requests).toEqual([]);
});
