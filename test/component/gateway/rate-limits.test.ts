// Rate limits over real sockets: refusals in the words of each client, places that come back, targets that are passed over.
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, testKey, type TestGateway } from './support.ts';

const digest = `sha256:${createHash('sha256').update(testKey).digest('hex')}`;
let gateway: TestGateway | undefined;

afterEach(() => gateway?.stop());

/** The monotonic clock stands where it is set: a minute passes when the test says so. */
function setClock(): { ms: number; now: () => number; monotonic: () => number } {
  const clock = { ms: 1_000_000, now: () => clock.ms, monotonic: () => clock.ms };
  return clock;
}

const keyWith = (limits: string, more = ''): string =>
  `${more}\nvirtual_keys: [{ id: test, value: "${digest}", metadata: { team: core }, rate_limits: ${limits} }]\n`;

describe.each(clients)('to a client of %s', (client) => {
  it('a request too many is refused with its limit and the moment there is room, and let in then', async () => {
    const clock = setClock();
    gateway = await startTestGateway(keyWith('{ rpm: 2 }'), { clock });
    const call = question(client, 'demo/echo');
    expect((await send(gateway, call)).status).toBe(200);
    clock.ms += 10_000;
    expect((await send(gateway, call)).status).toBe(200);
    clock.ms += 5_000;
    const answer = await send(gateway, call);
    const says = ['"key:test"', /test\.yaml, line \d+/, 'key "test"', '2 requests a minute', 'in 45 s'];
    expectRefusal(answer, client, { code: 'admit.rate_limited', says });
    expect(answer.headers['retry-after']).toBe('45');
    expect(gateway.records.at(-1)).toMatchObject({ error: 'admit.rate_limited', rule: 'key:test', attempts: [] });
    clock.ms += 44_999;
    expect((await send(gateway, call)).status).toBe(429);
    clock.ms += 1;
    expect((await send(gateway, call)).status).toBe(200);
  });

  it('a request larger than the limit of tokens is told that it never fits', async () => {
    gateway = await startTestGateway(keyWith('{ tpm: 20 }'));
    const answer = await send(gateway, question(client, 'demo/echo', 'many words '.repeat(50)));
    expectRefusal(answer, client, { code: 'admit.rate_limited', says: ['20 tokens a minute', 'input', 'raise tpm'] });
    expect(answer.headers['retry-after']).toBeUndefined();
  });
});

describe('the limit of a team', () => {
  it('is one count for all its keys', async () => {
    const other = 'sk-sluice-other-2222222222222222';
    const otherDigest = `sha256:${createHash('sha256').update(other).digest('hex')}`;
    gateway = await startTestGateway(`
teams: [{ id: core, rate_limits: { rpm: 1 } }]
virtual_keys:
  - { id: test, value: "${digest}", metadata: { team: core } }
  - { id: other, value: "${otherDigest}", metadata: { team: core } }
`);
    const call = question('chat', 'demo/echo');
    expect((await send(gateway, call)).status).toBe(200);
    const answer = await send(gateway, { ...call, headers: { authorization: `Bearer ${other}` } });
    expectRefusal(answer, 'chat', { code: 'admit.rate_limited', says: ['"team:core"', 'team "core"'] });
  });
});

describe('the limit of a model', () => {
  it('passes its target over, and refuses when no other is left', async () => {
    const limits = 'rate_limits: [{ id: slow-one, scope: model, match: demo/slow, rpm: 1 }]';
    const routes = 'routes: [{ alias: two, targets: [demo/slow, demo/echo] }, { alias: one, targets: [demo/slow] }]';
    gateway = await startTestGateway(`${limits}\n${routes}\n`);
    const targets: unknown[] = [];
    for (let sent = 0; sent < 2; sent += 1) {
      const answer = await send(gateway, question('chat', 'two'));
      targets.push([answer.status, answer.headers['x-sluice-target']]);
    }
    expect(targets).toEqual([
      [200, 'demo/slow'],
      [200, 'demo/echo'],
    ]);
    const answer = await send(gateway, question('chat', 'one'));
    expectRefusal(answer, 'chat', { code: 'admit.rate_limited', says: ['"slow-one"', 'model "demo/slow"'] });
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
  });
});

describe('the limit of requests at a time', () => {
  it('is given back by a client that leaves in the middle', async () => {
    const own = await startTestGateway(keyWith('{ max_parallel_requests: 1 }'));
    gateway = own;
    const { path, body } = question('chat', 'demo/slow', 'hello', true);
    for (let round = 0; round < 3; round += 1) {
      await new Promise<void>((resolve, reject) => {
        const running = request(`${own.url}${path}`, {
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
        });
        running.on('error', () => undefined);
        running.on('response', (response) => {
          response.on('error', () => undefined);
          response.once('data', () => {
            send(own, question('chat', 'demo/echo')).then((refused) => {
              expectRefusal(refused, 'chat', { code: 'admit.rate_limited', says: ['1 request at a time'] });
              expect(refused.headers['retry-after']).toBe('1');
              running.destroy();
              resolve();
            }, reject);
          });
        });
        running.end(JSON.stringify(body));
      });
      // The refused one, and then the one that left.
      expect([(await own.closed()).error, (await own.closed()).outcome]).toEqual(['admit.rate_limited', 'aborted']);
      expect((await send(own, question('chat', 'demo/echo'))).status).toBe(200);
      await own.closed();
    }
  });
});
