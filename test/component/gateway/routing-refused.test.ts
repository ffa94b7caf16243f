// Requests that find no target keep why, and names that stand for all models do not try them all.
import { afterEach, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { send, startTestGateway, type Answer, type TestGateway } from './support.ts';

let openai: Fake;
let anthropic: Fake;
let gateway: TestGateway;

afterEach(async () => {
  await gateway.stop();
  await Promise.all([openai.close(), anthropic.close()]);
});

async function start(routes: string): Promise<void> {
  [openai, anthropic] = await Promise.all([startFake({ dialect: 'openai' }), startFake({ dialect: 'anthropic' })]);
  gateway = await startTestGateway(`
providers:
  - { id: o, kind: openai, base_url: "${openai.url}/v1", keys: [{ name: main, value: sk-o }] }
  - { id: c, kind: anthropic, base_url: "${anthropic.url}", keys: [{ name: main, value: sk-c }] }
routes: [${routes}]
`);
}

const ask = (model: string): Promise<Answer> =>
  send(gateway, {
    path: '/v1/chat/completions',
    body: { model, messages: [{ role: 'user', content: 'hello' }] },
  });

describe('a request without a target', () => {
  it('keeps the targets with the reason of each, and the routes that were passed over', async () => {
    await start(
      '{ alias: r, id: tools, when: { has: [tools] }, targets: [o/gpt-5] }, ' +
        '{ alias: r, id: rest, targets: [{ id: a, provider: o, model: gpt-5, when: { lang: [de] } }] }',
    );
    const answer = await ask('r');
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([400, 'route.no_capable_target']);
    const { decision, routeReason } = await gateway.closed();
    expect(decision?.chosen).toBeUndefined();
    expect(decision).toMatchObject({
      asked: 'r',
      rule: { id: 'rest' },
      skipped: [{ id: 'tools', why: 'is for requests that have tools (this one has none)' }],
      candidates: [{ target: 'o/gpt-5', dropped: expect.stringContaining('is for texts in German') as string }],
      order: [],
    });
    expect(answer.text).toContain(JSON.stringify(routeReason).slice(1, -1));
  });

  it('is simulated like any other', async () => {
    await start('{ alias: r, when: { has: [tools] }, targets: [o/gpt-5] }');
    const decision = gateway.gateway.simulate({
      ...{ method: 'POST', path: '/v1/chat/completions', headers: {}, key: undefined, client: undefined },
      body: { model: 'r', messages: [{ role: 'user', content: 'hello' }] },
    });
    expect(decision.chosen).toBeUndefined();
    expect(decision.reason).toBe('No route for "r" is meant for this request.');
    expect(decision.skipped).toEqual([{ id: 'r', why: 'is for requests that have tools (this one has none)' }]);
  });
});

describe('a name for all models', () => {
  it.each(['auto', 'best', 'fast', 'cheap'])('%s tries both providers, and three times in all', async (alias) => {
    await start('');
    const down = { status: 503, json: { error: { message: 'busy', type: 'server_error' } }, times: Infinity };
    openai.plan(down);
    anthropic.plan(down);
    expect((await ask(alias)).status).toBe(503);
    expect(openai.requests.length).toBeGreaterThan(0);
    expect(anthropic.requests.length).toBeGreaterThan(0);
    expect(openai.requests.length + anthropic.requests.length).toBe(3);
  });
});
