// What breaks before the first content costs the client nothing while another try is left, and is an honest error when none is.
import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../shared/errors/codes.ts';
import { answers, fault, type Plan } from '../../../fakes/fake.ts';
import { expectRefusal } from '../refusals.ts';
import {
  always,
  askings,
  expectTries,
  expectWhole,
  patient,
  plains,
  startRig,
  streams,
  type Asking,
  type Rig,
} from './rig.ts';

let rig: Rig;

afterEach(async () => {
  await rig.stop();
});

interface Row {
  readonly name: string;
  readonly plan: (asking: Asking) => Plan;
  readonly code: (asking: Asking) => ErrorCode;
  readonly says: readonly string[];
  /** Tries at one target before the next is asked: what may have been served is not asked for thrice. */
  readonly tries: (asking: Asking) => number;
}

const once = (): number => 1;
const twice = (): number => 2;

const resetSoon = (asking: Asking): Plan => ({ fault: fault.reset(asking.stream ? { events: 1 } : { bytes: 20 }) });

const rows: readonly Row[] = [
  {
    name: 'FAULT-06 reset before the head',
    plan: () => ({ fault: fault.reset('start') }),
    code: () => 'attempt.reset',
    says: ['closed the connection before'],
    tries: twice,
  },
  {
    name: 'FAULT-08 reset after the head, before any content',
    plan: resetSoon,
    code: () => 'attempt.reset',
    says: ['closed the connection before'],
    tries: twice,
  },
  {
    name: 'FAULT-15 corrupt gzip',
    plan: () => ({ fault: fault.corruptGzip() }),
    code: () => 'attempt.decompression',
    says: ['gzip'],
    tries: once,
  },
  {
    name: 'FAULT-17 an upgrade nobody asked for',
    plan: () => ({ fault: fault.switchingProtocols() }),
    code: () => 'attempt.protocol',
    says: ['not a valid HTTP answer'],
    tries: twice,
  },
  {
    name: 'FAULT-25 a 200 that holds nothing',
    plan: ({ stream }) => (stream ? answers.emptyStream() : answers.empty200()),
    code: ({ stream }) => (stream ? 'relay.stream_incomplete' : 'attempt.not_an_answer'),
    says: [],
    tries: ({ stream }) => (stream ? 2 : 1),
  },
];

describe.each(askings)('%s', (_name, asking) => {
  it.each(rows.map((row) => [row.name, row] as const))('%s is made good by the next target', async (_row, row) => {
    rig = await startRig();
    rig.a.plan(always(row.plan(asking)));
    const answer = await rig.ask(asking, 'pair');
    expectWhole(answer, asking, 'echo: hello', 'b/claude-sonnet-4-5', row.tries(asking) + 1);
    expect(rig.seen()).toEqual({ a: row.tries(asking), b: 1 });
    const record = await rig.closed();
    expect(record).toMatchObject({ outcome: 'complete', status: 200, error: undefined });
    expect(record.attempts.at(-1)).toMatchObject({ target: 'b/claude-sonnet-4-5', error: undefined, kind: 'fallback' });
    for (const { target, error } of record.attempts.slice(0, -1))
      expect([target, error !== undefined]).toEqual(['a/gpt-4o', true]);
  });

  it.each(rows.map((row) => [row.name, row] as const))('%s is an error when no target is left', async (_row, row) => {
    rig = await startRig();
    rig.a.plan(always(row.plan(asking)));
    const answer = await rig.ask(asking, 'alone');
    const code = row.code(asking);
    expectRefusal(answer, asking.client, { code, says: row.says });
    expect(rig.seen()).toEqual({ a: row.tries(asking), b: 0 });
    expect(await rig.closed()).toMatchObject({ outcome: 'failed', error: code });
  });

  it('FAULT-06 FAULT-08 a reset that happens once is not seen', async () => {
    rig = await startRig();
    rig.a.plan({ fault: fault.reset('start') });
    expectWhole(await rig.ask(asking, 'alone'), asking, 'echo: hello', 'a/gpt-4o', 2);
    rig.a.plan(resetSoon(asking));
    expectWhole(await rig.ask(asking, 'alone'), asking, 'echo: hello', 'a/gpt-4o', 2);
    expect(rig.seen()).toEqual({ a: 4, b: 0 });
    const [first, second] = [await rig.closed(), await rig.closed()];
    for (const record of [first, second]) {
      expectTries(record, [
        ['a/gpt-4o', 'attempt.reset'],
        ['a/gpt-4o', undefined],
      ]);
      // It may have been served, and charged for, before it broke: an estimate, never nothing.
      expect(record.attempts[0]).toMatchObject({ usageSource: 'estimated' });
      expect(record.attempts[0]?.usage?.inputTokens).toBeGreaterThan(0);
    }
  });

  it('FAULT-06 a route that does not take it that a request is served twice sends it once', async () => {
    rig = await startRig({ on: '[rate_limited]' });
    rig.a.plan(always({ fault: fault.reset('start') }));
    const answer = await rig.ask(asking, 'pair');
    expectRefusal(answer, asking.client, { code: 'attempt.reset', says: ['closed the connection before'] });
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });

  it('FAULT-11 a target that is silent is left for the next', async () => {
    rig = await startRig({ a: 'timeouts: { ttft_ms: 100 }' });
    rig.a.plan({ fault: fault.stall('start', 'forever') });
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    await rig.a.requests[0]?.aborted;
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
    const record = await rig.closed();
    expectTries(record, [
      ['a/gpt-4o', 'attempt.ttft_timeout'],
      ['b/claude-sonnet-4-5', undefined],
    ]);
    expect(record.attempts[0]).toMatchObject({ usageSource: 'estimated' });
  });

  it('FAULT-11 the last target may be silent for longer than ttft_ms', async () => {
    rig = await startRig({ a: 'timeouts: { ttft_ms: 50 }' });
    rig.a.plan({ fault: fault.stall('start', 300) });
    expectWhole(await rig.ask(asking, 'alone'), asking, 'echo: hello', 'a/gpt-4o', 1);
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });

  it('FAULT-17 early hints are not for the client', async () => {
    rig = await startRig();
    rig.a.plan({ fault: fault.earlyHints() });
    const answer = await rig.ask(asking, 'alone');
    expectWhole(answer, asking, 'echo: hello', 'a/gpt-4o', 1);
    expect(answer.headers['link']).toBeUndefined();
  });

  it('FAULT-05 a captive portal is told of, never passed on, and nobody else is asked', async () => {
    rig = await startRig();
    rig.a.plan({ ...answers.captivePortal(), times: 5 });
    for (let turn = 0; turn < 5; turn++) {
      const answer = await rig.ask(asking, 'pair');
      expectRefusal(answer, asking.client, { code: 'attempt.not_an_answer', says: ['web page'] });
      expect(answer.text).not.toContain('Free WiFi');
    }
    // Behind the portal the provider is as well as ever: it is asked as soon as there is a way.
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'a/gpt-4o', 1);
    expect(rig.seen()).toEqual({ a: 6, b: 0 });
  });

  it('FAULT-27 a redirect is not followed, by nobody', async () => {
    rig = await startRig();
    rig.a.plan(always(answers.redirect(`${rig.b.url}/v1/chat/completions`, 307)));
    const answer = await rig.ask(asking, 'alone');
    expectRefusal(answer, asking.client, { code: 'attempt.redirect', says: ['307', 'base_url'] });
    expect(answer.headers['location']).toBeUndefined();
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });
});

describe.each(streams)('%s', (_name, asking) => {
  it('FAULT-11 a stream that begins and says nothing is left for the next target', async () => {
    rig = await startRig({ a: 'timeouts: { ttft_ms: 100 }' });
    rig.a.plan({ fault: fault.stall({ events: 1 }, 'forever') });
    expectWhole(await rig.ask(asking, 'pair'), asking, 'echo: hello', 'b/claude-sonnet-4-5', 2);
    await rig.a.requests[0]?.aborted;
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
  });

  it('FAULT-25 a stream that begins with an error is made good by the next target', async () => {
    rig = await startRig();
    rig.a.plan(always({ fault: fault.errorEventAfter(0) }));
    const answer = await rig.ask(asking, 'pair');
    expect(answer.headers['x-sluice-target']).toBe('b/claude-sonnet-4-5');
    expect(answer.text).not.toContain('The server had an error');
    expect(rig.seen()).toEqual({ a: 2, b: 1 });
    const record = await rig.closed();
    expect(record).toMatchObject({ outcome: 'complete', error: undefined });
    expectTries(record, [
      ['a/gpt-4o', 'attempt.upstream_error'],
      ['a/gpt-4o', 'attempt.upstream_error'],
      ['b/claude-sonnet-4-5', undefined],
    ]);
  });
});

describe.each(plains)('%s', (_name, asking) => {
  it('FAULT-25 an error that says 200 is made good by the next target', async () => {
    rig = await startRig();
    rig.a.plan(always(answers.errorIn200()));
    const answer = await rig.ask(asking, 'pair');
    expect(answer.headers['x-sluice-target']).toBe('b/claude-sonnet-4-5');
    expect(answer.text).not.toContain('exploded');
    expect(rig.seen().b).toBe(1);
  });

  it('FAULT-15 gzip that ends too soon is made good by the next target', async () => {
    rig = await startRig({ a: patient });
    rig.a.plan(always({ fault: fault.truncatedGzip() }));
    const answer = await rig.ask(asking, 'pair');
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/claude-sonnet-4-5']);
    expect((await rig.closed()).attempts[0]).toMatchObject({ target: 'a/gpt-4o', error: 'attempt.decompression' });
  });
});

// What need not be translated is passed on as it is read, and never held whole.
describe.each(plains.filter(([, { client }]) => client !== 'chat'))('%s', (_name, asking) => {
  it('FAULT-16 what unpacks to more than fits is let go, and made good by the next target', async () => {
    rig = await startRig({ a: patient });
    rig.a.plan(always({ fault: fault.gzipBomb(256 * 1024 * 1024) }));
    const answer = await rig.ask(asking, 'pair');
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, 'b/claude-sonnet-4-5']);
    expect(rig.seen()).toEqual({ a: 1, b: 1 });
    expect((await rig.closed()).attempts[0]).toMatchObject({ error: 'attempt.decompression' });
  });
});
