import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { parseExposition, startTelemetry, type Rig } from '../../unit/telemetry/making.ts';
import type { TelemetryOptions } from '../../../main/telemetry/telemetry.ts';
import { send, startTestGateway, testKey, type Answer, type TestGateway } from './support.ts';

const path = '/metrics';
const echo = { model: 'demo/echo', messages: [{ role: 'user', content: 'hello' }] };
const noKey = { authorization: '' };

let stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

async function started(yaml = '', given: Partial<TelemetryOptions> = {}): Promise<TestGateway & { readonly rig: Rig }> {
  const rig = startTelemetry(given);
  const gateway = await startTestGateway(yaml, { metrics: rig.telemetry });
  stops.push(() => gateway.stop());
  return { ...gateway, rig };
}

/** One exchange, from the client to the figures, as the composition root joins them. */
async function exchanged(gateway: TestGateway & { readonly rig: Rig }, headers = {}): Promise<Answer> {
  const answer = await send(gateway, { path: '/v1/chat/completions', body: echo, headers });
  gateway.rig.telemetry.exchangeClosed(await gateway.closed());
  return answer;
}

describe('GET /metrics', () => {
  it('tells a caller with a key everything, wherever the key stands', async () => {
    const gateway = await started();
    expect((await exchanged(gateway)).status).toBe(200);
    const places = [
      { path, headers: { authorization: `Bearer ${testKey}` } },
      { path, headers: { ...noKey, 'x-api-key': testKey } },
      { path: `${path}?key=${testKey}`, headers: noKey },
    ];
    for (const place of places) {
      const answer = await send(gateway, place);
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      const figures = parseExposition(answer.text);
      expect(figures.value('sluice_requests_total', { surface: 'chat', provider: 'demo', model: 'echo' })).toBe(1);
      expect(figures.value('sluice_attempts_total', { provider: 'demo', kind: 'first', result: 'ok' })).toBe(1);
      expect(figures.value('sluice_tokens_total', { provider: 'demo' })).toBeGreaterThan(0);
      expect(figures.value('process_cpu_seconds_total')).toBeGreaterThan(0);
      expect(answer.text).not.toContain(testKey);
    }
  });

  it('tells this machine without a key of the process, and of nothing else', async () => {
    const gateway = await started();
    await exchanged(gateway);
    const answer = await send(gateway, { path, headers: noKey });
    expect(answer.status).toBe(200);
    const figures = parseExposition(answer.text);
    expect(figures.value('sluice_exchanges_running')).toBe(0);
    expect(
      [...figures.families.keys()].filter((name) => /^sluice_.*(?:request|token|cost|budget|attempt)/.test(name)),
    ).toEqual([]);
    expect(answer.text).not.toMatch(/demo|echo/);
  });

  it('refuses a key that is wrong or expired, from this machine too', async () => {
    const digest = createHash('sha256').update(testKey).digest('hex');
    const old = `virtual_keys:\n  - { id: old, value: "sha256:${digest}", expires_at: "2020-01-01T00:00:00Z" }\n`;
    const wrong = { authorization: 'Bearer sk-sluice-nobody-22222222' };
    const answers = [
      await send(await started(), { path, headers: wrong }),
      await send(await started(), { path, headers: { 'x-api-key': 'sk-sluice-other-22222222' } }),
      await send(await started(old), { path }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(answers.map(({ text }) => text).join()).not.toMatch(/process_|sluice_/);
  });

  it('is closed to other machines without a key', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
    if (outside === undefined) return;
    const gateway = await started(
      `listen: { host: "0.0.0.0", acknowledge_exposure: true, allowed_hosts: ["${outside}"] }\n`,
    );
    const there = { url: `http://${outside}:${String(gateway.gateway.port)}` };
    const answers = [await send(there, { path, headers: noKey }), await send(there, { path })];
    expect(answers.map(({ status }) => status)).toEqual([401, 200]);
    expect(answers[0]?.text).not.toContain('process_');
  });

  it('counts who is refused before there is an exchange', async () => {
    const gateway = await started();
    await send(gateway, { path: '/v1/chat/completions', body: echo, headers: noKey });
    await send(gateway, { path: '/v1/nothing', body: {} });
    const figures = parseExposition((await send(gateway, { path })).text);
    expect(figures.value('sluice_refusals_total', { code: 'admit.key_missing' })).toBe(1);
    expect(figures.value('sluice_refusals_total', { code: 'identify.unknown_path' })).toBe(1);
    expect(figures.value('sluice_requests_total')).toBe(0);
  });

  it('is not there where the config switched it off', async () => {
    const gateway = await started('', { settings: { otlp_endpoint: null, prometheus: false } });
    expect((await send(gateway, { path })).status).toBe(404);
    expect((await send(gateway, { path, headers: noKey })).status).toBe(404);
  });

  it('answers HEAD without a body', async () => {
    const gateway = await started();
    const answer = await send(gateway, { method: 'HEAD', path });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

it('the trace a client is in is kept with the exchange, and no more of it than a trace needs', async () => {
  const gateway = await started();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const kept = [];
  for (const given of [traceparent, undefined, 'x'.repeat(5_000)]) {
    const headers = given === undefined ? {} : { traceparent: given };
    expect((await send(gateway, { path: '/v1/chat/completions', body: echo, headers })).status).toBe(200);
    kept.push((await gateway.closed()).traceparent);
  }
  expect(kept).toEqual([traceparent, undefined, 'x'.repeat(64)]);
});
