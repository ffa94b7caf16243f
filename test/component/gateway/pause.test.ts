// A pause over real sockets: who is refused meanwhile and in which words, and what goes on.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { localTimeZone } from '../../../main/kit/time-zone.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let gateway: TestGateway;
/** Added to the clock of the wall. */
let skipped = 0;

afterEach(async () => {
  skipped = 0;
  await gateway.stop();
});

async function start(yaml = ''): Promise<void> {
  gateway = await startTestGateway(yaml, {
    clock: { ...systemClock, now: () => systemClock.now() + skipped, monotonic: () => systemClock.monotonic() },
  });
}

describe('a pause', () => {
  it.each(clients)('is told to a client of %s with its end', async (client) => {
    await start();
    const until = systemClock.now() + 10 * 60_000;
    gateway.gateway.pause(until);
    const answer = await send(gateway, question(client, 'demo/echo'));
    const at = new Date(until).toLocaleTimeString('en-GB', {
      ...{ timeZone: localTimeZone(), hour: '2-digit', minute: '2-digit' },
    });
    expectRefusal(answer, client, {
      code: 'admit.paused',
      says: [`Paused by you until ${at}. Resume in Sluice, or wait`],
    });
    const retryAfter = Number(answer.headers['retry-after']);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(600);
    // Longer than a client has patience: it would only ask in vain.
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(gateway.records).toEqual([]);
  });

  it('without an end says so, and to come again in an hour', async () => {
    await start();
    gateway.gateway.pause(undefined);
    const answer = await send(gateway, question('chat', 'demo/echo'));
    expectRefusal(answer, 'chat', { code: 'admit.paused', says: ['Paused by you. Resume in Sluice.'] });
    expect(answer.headers['retry-after']).toBe('3600');
  });

  it('ends by the clock, and when somebody resumes', async () => {
    await start();
    gateway.gateway.pause(systemClock.now() + 60_000);
    expect(gateway.gateway.paused?.until).toBeDefined();
    expect((await send(gateway, question('chat', 'demo/echo'))).status).toBe(429);
    skipped = 60_001;
    expect(gateway.gateway.paused).toBeUndefined();
    expect((await send(gateway, question('chat', 'demo/echo'))).status).toBe(200);
    gateway.gateway.pause(undefined);
    expect((await send(gateway, question('chat', 'demo/echo'))).status).toBe(429);
    gateway.gateway.resume();
    expect((await send(gateway, question('chat', 'demo/echo'))).status).toBe(200);
  });

  it('is no news to a stranger', async () => {
    await start();
    gateway.gateway.pause(undefined);
    const headers = { authorization: 'Bearer sk-sluice-nobody-2' };
    const answer = await send(gateway, { ...question('chat', 'demo/echo'), headers });
    expectRefusal(answer, 'chat', { code: 'admit.key_invalid', says: [] });
    expect(answer.text).not.toContain('Paused');
  });

  it('refuses before a body is read', async () => {
    await start('listen: { max_body_bytes: 1024 }');
    gateway.gateway.pause(undefined);
    const raw = randomBytes(100_000).toString('hex');
    expect((await send(gateway, { path: '/v1/chat/completions', raw })).headers['x-sluice-error']).toBe('admit.paused');
  });

  it('is for token counts and embeddings too, and not for what we answer ourselves', async () => {
    await start('listen: { ollama: true }');
    gateway.gateway.pause(undefined);
    const count = { ...question('messages', 'demo/echo'), path: '/v1/messages/count_tokens' };
    expect((await send(gateway, count)).status).toBe(429);
    expect((await send(gateway, { path: '/v1/embeddings', body: { model: 'demo/echo', input: 'x' } })).status).toBe(
      429,
    );
    for (const path of ['/v1/models', '/health', '/ready', '/api/tags'])
      expect([path, (await send(gateway, { path })).status]).toEqual([path, 200]);
    const shown = await send(gateway, { path: '/api/show', body: { model: 'demo/echo' } });
    expect(shown.headers['x-sluice-error']).not.toBe('admit.paused');
  });

  it('lets go on what runs', async () => {
    await start();
    const slow = send(gateway, question('chat', 'demo/slow', 'hello', true));
    await expect.poll(() => gateway.gateway.status().running).toBe(1);
    gateway.gateway.pause(undefined);
    expect((await send(gateway, question('chat', 'demo/echo'))).status).toBe(429);
    const answer = await slow;
    expect([answer.status, answer.torn]).toEqual([200, false]);
    expect(answer.text).toContain('[DONE]');
  });
});
