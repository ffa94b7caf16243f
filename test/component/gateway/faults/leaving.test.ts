// A client that leaves: whoever works for it stops, at once and once, and what it used is written down.
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fault, type Recorded } from '../../../fakes/fake.ts';
import { pour, startRawUpstream, until, type RawUpstream } from '../raw.ts';
import { question } from '../refusals.ts';
import { testKey } from '../support.ts';
import { askings, startRig, streams, type Asking, type Rig } from './rig.ts';

let rig: Rig;

afterEach(async () => {
  await rig.stop();
});

interface Leaver {
  /** The first bytes of a body have come. */
  readonly reading: Promise<void>;
  /** Reads no further. */
  rest(): void;
  leave(): void;
}

function ask({ client, stream }: Asking, model: string, text: string): Leaver {
  const { path, body } = question(client, model, text, stream);
  let rest = (): void => undefined;
  let first: () => void = () => undefined;
  const reading = new Promise<void>((resolve) => (first = resolve));
  const outgoing = httpRequest(`${rig.gateway.url}${path}`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
  });
  outgoing.on('error', () => undefined);
  outgoing.on('response', (response) => {
    response.on('error', () => undefined);
    response.on('data', () => {
      first();
    });
    rest = () => response.pause();
  });
  outgoing.end(JSON.stringify(body));
  return {
    reading,
    rest: () => {
      rest();
    },
    leave: () => outgoing.destroy(),
  };
}

async function arrived(): Promise<Recorded> {
  await until(() => rig.a.requests.length > 0);
  return rig.a.requests[0] as Recorded;
}

describe.each(askings)('%s', (_name, asking) => {
  it('FAULT-29 who leaves while nothing has come ends the call', async () => {
    rig = await startRig();
    rig.a.plan({ fault: fault.stall('start', 'forever') });
    const client = ask(asking, 'pair', 'hello');
    const upstream = await arrived();
    client.leave();
    await upstream.aborted;
    const record = await rig.closed();
    expect(record).toMatchObject({ outcome: 'aborted', status: 499 });
    expect(record.attempts).toMatchObject([{ target: 'a/gpt-4o', error: 'client_gone', usageSource: 'estimated' }]);
    expect(record.usage?.inputTokens).toBeGreaterThan(0);
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
    expect(rig.gateway.gateway.status().running).toBe(0);
  });

  it('FAULT-28 who leaves between two tries is not tried for again', async () => {
    rig = await startRig({ a: 'retry: { attempts: 2, backoff_ms: 60000, use_retry_after: true }' });
    rig.a.plan({ status: 503, json: {}, headers: { 'retry-after': '9' }, times: Infinity });
    const client = ask(asking, 'pair', 'hello');
    const upstream = await arrived();
    await upstream.done;
    client.leave();
    expect(await rig.closed()).toMatchObject({ outcome: 'aborted' });
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });
});

describe.each(streams)('%s', (_name, asking) => {
  it('FAULT-30 who leaves in the middle of a stream ends the call, and what came is not free', async () => {
    rig = await startRig();
    rig.a.plan({ fault: fault.stall({ events: 6 }, 'forever') });
    const client = ask(asking, 'pair', 'long 20');
    await client.reading;
    client.leave();
    await rig.a.requests[0]?.aborted;
    const record = await rig.closed();
    expect(record).toMatchObject({ outcome: 'aborted', usageSource: 'estimated' });
    expect(record.attempts).toMatchObject([{ target: 'a/gpt-4o', status: 200, error: 'client_gone' }]);
    expect(record.usage?.outputTokens).toBeGreaterThan(0);
    expect(rig.seen()).toEqual({ a: 1, b: 0 });
  });

  describe('who reads no further', () => {
    let raw: RawUpstream;

    beforeEach(async () => {
      raw = await startRawUpstream();
      const delta = { content: 'y'.repeat(64 * 1024) };
      const chunk = { id: 'c', choices: [{ index: 0, delta, finish_reason: null }] };
      raw.answer = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n');
        pour(socket, Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`), Infinity);
      };
      const clocks = 'timeouts: { idle_ms: 3600000, total_ms: 3600000 }';
      rig = await startRig({ a: clocks, urlA: `http://127.0.0.1:${String(raw.port)}/v1` });
    });

    afterEach(() => {
      vi.useRealTimers();
      raw.close();
    });

    /** Resolves with what was written once nothing more is taken, though the answer never ends. */
    async function standstill(): Promise<number> {
      let [before, same] = [-1, 0];
      await until(() => {
        const now = raw.last()?.bytesWritten ?? 0;
        same = now === before ? same + 1 : 0;
        before = now;
        return same > 300;
      });
      return before;
    }

    it('FAULT-31 slows the provider down', async () => {
      const client = ask(asking, 'alone', 'hello');
      await client.reading;
      client.rest();
      const closed = new Promise((resolve) => raw.last()?.once('close', resolve));
      // Nobody in between takes it all in.
      expect(await standstill()).toBeLessThan(64 * 1024 * 1024);
      client.leave();
      await closed;
      expect(await rig.closed()).toMatchObject({ outcome: 'aborted' });
    });

    it('FAULT-31 is gone after two minutes', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const client = ask(asking, 'alone', 'hello');
      await client.reading;
      client.rest();
      const closed = new Promise((resolve) => raw.last()?.once('close', resolve));
      await standstill();
      await vi.advanceTimersByTimeAsync(120_000);
      await closed;
      const record = await rig.closed();
      expect(record).toMatchObject({ outcome: 'aborted', usageSource: 'estimated' });
      expect(record.usage?.outputTokens).toBeGreaterThan(0);
      client.leave();
    });
  });
});
