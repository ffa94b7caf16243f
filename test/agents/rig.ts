// A gateway with one target behind it and a place for an agent in front of it; what crosses on either side is kept to be judged.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { ExchangeRecord } from '../../main/gateway/exchange.ts';
import { startTestGateway, testKey, type TestGateway } from '../component/gateway/support.ts';
import { startFake, type Fake, type FakeOptions, type PlannedTurn } from '../fakes/fake.ts';
import { createPlace, type Place, type Run } from './run.ts';

export type TargetName = 'anthropic' | 'chat' | 'gemini' | 'responses' | 'demo';

interface TargetSpec {
  readonly fake: FakeOptions;
  readonly provider: (url: string) => string;
}

const upstreamKey = 'upstream-key-of-the-tests';

const targets: Readonly<Record<Exclude<TargetName, 'demo'>, TargetSpec>> = {
  anthropic: {
    fake: { dialect: 'anthropic', key: upstreamKey },
    provider: (url) => `kind: anthropic, base_url: "${url}"`,
  },
  chat: {
    fake: { dialect: 'openai', key: upstreamKey },
    provider: (url) => `kind: openai, base_url: "${url}/v1", dialects: [openai-chat]`,
  },
  gemini: { fake: { dialect: 'gemini', key: upstreamKey }, provider: (url) => `kind: gemini, base_url: "${url}"` },
  responses: {
    fake: { dialect: 'openai', key: upstreamKey },
    provider: (url) => `kind: openai, base_url: "${url}/v1", dialects: [openai-responses]`,
  },
};

/** A PNG of one pixel, as base64. */
export const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What one turn counts as, in the words of the simulated providers: `input` holds the cached part, `output` the reasoning. */
export interface Counts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface Rig {
  readonly place: Place;
  readonly gateway: TestGateway;
  /** Throws for the demo provider, which has no socket. */
  readonly fake: Fake;
  /** The name the agent asks by. */
  readonly model: string;
  /** What arrived at the port, in order: method, path with query, status. The key in a path is written KEY. */
  calls(): string[];
  /** The provider's next answers, each with what it counts as; the requests are still judged strictly. */
  script(...turns: (PlannedTurn & { readonly counts: Counts })[]): void;
  /** Ends when every request is recorded; each went well, and was charged as the provider counted. */
  expectRecorded(target: string, ...turns: Counts[]): Promise<readonly ExchangeRecord[]>;
  close(): Promise<void>;
}

/** `alias`: the name under which the agent knows the model; without it the agent names provider and model. */
export async function startRig(name: TargetName, model: string, alias?: string): Promise<Rig> {
  const spec = name === 'demo' ? undefined : targets[name];
  const fake = spec === undefined ? undefined : await startFake(spec.fake);
  const full = `${name === 'demo' ? 'demo' : 'up'}/${model}`;
  const provider =
    spec === undefined
      ? ''
      : `providers:\n  - { id: up, ${spec.provider(fake?.url ?? '')}, keys: [{ value: ${upstreamKey} }] }\n`;
  const route = alias === undefined ? '' : `routes:\n  - { alias: "${alias}", targets: ["${full}"] }\n`;
  const gateway = await startTestGateway(`${provider}${route}`);
  const port = watchPort(gateway.gateway.port);
  const place = await createPlace();
  return {
    place,
    gateway,
    get fake() {
      if (fake === undefined) throw new Error('The demo provider has no socket.');
      return fake;
    },
    model: alias ?? full,
    calls: () => port.seen.map(({ request, response }) => line(request, response)),
    script(...turns) {
      fake?.plan(...turns.map(({ counts, ...turn }) => ({ turn: { ...turn, usage: { ...counts, cacheWrite: 0 } } })));
    },
    async expectRecorded(target, ...turns) {
      await expect.poll(() => gateway.records.length, { timeout: 10_000 }).toBe(turns.length);
      expect(gateway.records.map(judged)).toEqual(turns.map((counts) => ({ ...well(target), usage: usageOf(counts) })));
      return gateway.records;
    },
    async close() {
      port.stop();
      await place.close();
      await gateway.stop();
      await fake?.close();
    },
  };
}

function judged(record: ExchangeRecord): unknown {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = record.usage ?? {};
  return {
    target: record.target,
    status: record.status,
    outcome: record.outcome,
    error: record.error,
    attempts: record.attempts.length,
    usageSource: record.usageSource,
    usage: { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens },
  };
}

function well(target: string): object {
  return { target, status: 200, outcome: 'complete', error: undefined, attempts: 1, usageSource: 'provider' };
}

function usageOf(counts: Counts): object {
  return {
    inputTokens: counts.input - counts.cached,
    cacheReadTokens: counts.cached,
    cacheWriteTokens: 0,
    outputTokens: counts.output,
    reasoningTokens: counts.reasoning,
  };
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Everything that arrives at a port of this process, the paths of our own and unknown ones included. */
function watchPort(port: number): { readonly seen: Arrival[]; stop(): void } {
  const seen: Arrival[] = [];
  const note = (message: unknown): void => {
    const arrival = message as Arrival;
    if (arrival.request.socket.localPort === port) seen.push(arrival);
  };
  subscribe('http.server.request.start', note);
  return { seen, stop: () => unsubscribe('http.server.request.start', note) };
}

function line(request: IncomingMessage, response: ServerResponse): string {
  return `${request.method ?? ''} ${(request.url ?? '').replace(testKey, 'KEY')} ${String(response.statusCode)}`;
}

/** Losses with positions left out, each once: what a target cannot be told, whatever the number of tools and messages. */
export function lossesOf(records: readonly ExchangeRecord[]): string[] {
  const losses = records.flatMap((record) =>
    record.losses.map(({ path, why }) => `${path.replaceAll(/\d+/g, 'N')}: ${why}`),
  );
  return [...new Set(losses)].sort();
}

/** The strict provider took everything. */
export function expectAccepted(fake: Fake, requests: number): void {
  expect(fake.requests.map(({ refusal, status }) => ({ refusal, status }))).toEqual(
    Array.from({ length: requests }, () => ({ refusal: undefined, status: 200 })),
  );
}

/** Whether reasoning with its provider's signature was among what this request said; the strict provider has judged the signature. */
export function signatureIn(rig: Rig, request: number): boolean {
  const body = JSON.stringify(rig.fake.requests[request]?.json);
  return /"(signature|thoughtSignature|encrypted_content)":"(?!skip_thought_signature_validator)[^"]/.test(body);
}

/** Fails with what the agent said when it did not end well. */
export function expectEndedWell(run: Run): void {
  if (run.exitCode !== 0) expect.fail(`exit code ${String(run.exitCode)}\n${run.stdout}\n${run.stderr}`);
}
