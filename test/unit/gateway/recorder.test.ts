import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { compileConfig } from '../../../main/config/compile.ts';
import { resolveReferences } from '../../../main/config/secrets.ts';
import type { SafetyEvent, Surface } from '../../../main/gateway/exchange.ts';
import type { GatewayPorts } from '../../../main/gateway/ports.ts';
import { createRecorder, type Recorder } from '../../../main/gateway/recorder.ts';
import { ClientWriter } from '../../../main/gateway/relay/client-writer.ts';
import { TokenRatios } from '../../../main/gateway/token-ratios.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { silentLog } from '../../component/ledger/exchanges.ts';
import { good, hostWith, surroundings } from '../config/support.ts';

const { config, findings } = good('version: 1\nvirtual_keys: [{ id: ide, value: "env:KEY" }]\n');
const snapshot = compileConfig({
  ...{ config, findings, ...surroundings, catalogue: await loadCatalogue() },
  resolutions: await resolveReferences(['env:KEY'], hostWith({ KEY: 'the-key-of-the-test' })),
});

const ports: GatewayPorts = {
  clock: systemClock,
  random: { next: () => 0, id: (count) => 'x'.repeat(count) },
  ledger: { open: () => undefined, close: () => undefined, keepSnapshot: () => undefined },
  spend: { note: () => true, secured: () => Promise.resolve(true) },
  log: silentLog,
  systemProxy: () => undefined,
  installKey: new Secret('install-key'),
};

const surface: Surface = {
  ...{ id: 'chat', family: 'openai', operation: 'generate', dialect: 'openai-chat', path: '/chat/completions' },
  ...{ pathModel: undefined, pathStream: false, pathToken: undefined, query: new URLSearchParams() },
};

function recorder(): Recorder {
  const key = snapshot?.keys.find('the-key-of-the-test');
  if (snapshot === undefined || key === undefined) throw new Error('the key of the tests is gone');
  const request = new IncomingMessage(new Socket());
  return createRecorder(
    {
      ...{ request, snapshot, surface, requestId: 'req_1', body: Buffer.from('{}') },
      writer: new ClientWriter(new ServerResponse(request)),
      principal: { key, client: undefined },
    },
    { model: 'demo/echo', stream: false },
    ports,
    {
      onAnswer: () => undefined,
      asked: { tokenRatios: new TokenRatios(), textBytes: () => 0, maxTokens: () => undefined },
    },
  );
}

const header = (of: Recorder, name: string): string | undefined => of.headers().find(([one]) => one === name)?.[1];

const event = (given: Partial<SafetyEvent> = {}): SafetyEvent => ({
  ...{ source: 'firewall', rule: 'injection', action: 'warn', detail: 'prompt_injection 0.97' },
  ...given,
});

describe('what was masked', () => {
  it('is told in a header where something was looked for, nothing found included', () => {
    const course = recorder();
    expect(course.record).toMatchObject({ masked: undefined, safety: [] });
    expect(header(course, 'x-sluice-masked')).toBeUndefined();
    course.masked({});
    expect(header(course, 'x-sluice-masked')).toBe('0');
    course.masked({ email: 2, secrets: 1 });
    expect(header(course, 'x-sluice-masked')).toBe('3');
  });

  it('of several tries is each kind at its most', () => {
    const course = recorder();
    for (const counts of [{ email: 2, secrets: 1 }, { email: 2, iban: 4 }, {}]) course.masked(counts);
    expect(course.record.masked).toEqual({ secrets: 1, email: 2, iban: 4 });
  });
});

describe('what was found besides', () => {
  it('is kept in order, each once and not without end', () => {
    const course = recorder();
    const other = event({ source: 'masking', rule: 'secrets', action: 'block', detail: 'x'.repeat(1_000) });
    for (const one of [event(), other, event()]) course.safety(one);
    expect(course.record.safety).toEqual([event(), { ...other, detail: 'x'.repeat(300) }]);
    for (let index = 0; index < 200; index += 1) course.safety(event({ detail: String(index) }));
    expect(course.record.safety).toHaveLength(100);
  });

  it('is told in a header by the rules that warned, each once', () => {
    const course = recorder();
    expect(header(course, 'x-sluice-warnings')).toBeUndefined();
    course.safety(event({ action: 'log', rule: 'quiet' }));
    expect(header(course, 'x-sluice-warnings')).toBeUndefined();
    course.safety(event());
    course.safety(event({ detail: 'again' }));
    course.safety(event({ source: 'masking', rule: 'secrets' }));
    expect(header(course, 'x-sluice-warnings')).toBe('injection,secrets');
  });

  it('never makes a header that is too long', () => {
    const course = recorder();
    for (let index = 0; index < 100; index += 1) course.safety(event({ rule: `${index}${'r'.repeat(60)}` }));
    const text = header(course, 'x-sluice-warnings') ?? '';
    expect(text.length).toBeGreaterThan(900);
    expect(text.length).toBeLessThanOrEqual(1_024);
    expect(text.split(',').every((rule) => /^\d+r{60}$/.test(rule))).toBe(true);
  });
});
