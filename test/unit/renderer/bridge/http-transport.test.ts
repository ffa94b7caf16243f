import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpTransport, openSession } from '../../../../renderer/bridge/http-transport.ts';
import type { AnyEvent } from '../../../../shared/contract/contract.ts';

type Answering = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;

let server: Server | undefined;
const endings: (() => void)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) end();
  await stop();
});

/** A server of this machine that answers as the test says; on the port it had before, where one is given. */
async function serve(answer: Answering, port = 0): Promise<string> {
  const started = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => void answer(response, request, body));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((started.address() as AddressInfo).port)}`;
}

async function stop(): Promise<void> {
  const stopped = server;
  server = undefined;
  if (stopped === undefined) return;
  await new Promise((resolve) => {
    stopped.close(resolve);
    stopped.closeAllConnections();
  });
}

interface Told {
  readonly events: unknown[];
  readonly connections: string[];
  /** Resolves as soon as it holds of what was told so far. */
  until(holds: (told: Told) => boolean): Promise<void>;
  readonly end: () => void;
}

function listen(base: string): Told {
  const [events, connections]: [AnyEvent[], string[]] = [[], []];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const one of waiting) one();
  };
  const stopped = createHttpTransport({ base }).subscribe({
    onEvent(event) {
      events.push(event);
      wake();
    },
    onConnection(connection) {
      connections.push(connection);
      wake();
    },
  });
  endings.push(stopped);
  const told: Told = {
    ...{ events, connections, end: stopped },
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds(told)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
  return told;
}

const changed = (snapshot: string): AnyEvent => ({ event: 'config.changed', data: { snapshot, problems: 0 } });
const line = (event: AnyEvent): string => `${JSON.stringify(event)}\n`;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('a call', () => {
  it('is a post with the header of the window, and its answer is the reply', async () => {
    const asked: unknown[] = [];
    const base = await serve((response, { method, url, headers }, body) => {
      asked.push({ method, url, body, header: headers['x-sluice-window'], type: headers['content-type'] });
      response.end('{"ok":true,"value":{"proof":"ünï"}}');
    });
    const reply = await createHttpTransport({ base }).call('app.prove', { challenge: 'a ☃ long enough' });
    expect(reply).toEqual({ ok: true, value: { proof: 'ünï' } });
    expect(asked).toEqual([
      {
        ...{ method: 'POST', url: '/api/calls/app.prove', body: '{"challenge":"a ☃ long enough"}' },
        ...{ header: '1', type: 'application/json' },
      },
    ]);
  });

  it('that the instance refuses is its own error, whatever the status', async () => {
    const error = { code: 'control.not_found', message: 'There is none.', requestId: 'call-1' };
    const base = await serve((response) => response.writeHead(404).end(JSON.stringify({ ok: false, error })));
    expect(await createHttpTransport({ base }).call('app.status', {})).toEqual({ ok: false, error });
  });

  it('of a browser that is not signed in is bridge.signed_out, and says what mends it', async () => {
    const base = await serve((response) => response.writeHead(401).end('{"ok":false,"error":{}}'));
    expect(await createHttpTransport({ base }).call('app.status', {})).toMatchObject({
      ok: false,
      error: { code: 'bridge.signed_out', message: expect.stringContaining('sluice open') as string },
    });
  });

  it.each<[string, Answering]>([
    ['a connection that is cut', (response) => response.destroy()],
    ['half an answer', (response) => response.writeHead(200, { 'content-length': '100' }).end('{"ok":')],
    ['a page of something else', (response) => response.end('<html></html>')],
  ])('that meets %s is bridge.unreachable, never a rejection', async (_, answer) => {
    const base = await serve(answer);
    expect(await createHttpTransport({ base }).call('app.status', {})).toMatchObject({
      ok: false,
      error: { code: 'bridge.unreachable' },
    });
  });

  it('where nobody listens, or with what cannot be written as JSON, is bridge.unreachable', async () => {
    const base = await serve(() => undefined);
    await stop();
    const transport = createHttpTransport({ base });
    const failed = { ok: false, error: { code: 'bridge.unreachable', requestId: 'none' } };
    expect(await transport.call('app.status', {})).toMatchObject(failed);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(await transport.call('playground.start', { body: circle })).toMatchObject(failed);
  });
});

describe('events', () => {
  it('are whole though their lines are split anywhere, also within a letter', async () => {
    const sent = [changed('ünï-☃-👩‍🚀'), changed('two'), changed('three')];
    const bytes = Buffer.from(`\n${sent.map(line).join('')}`);
    const base = await serve(async (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for (const byte of bytes) {
        response.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const told = listen(base);
    await told.until(({ events }) => events.length === sent.length);
    expect(told.events).toEqual(sent);
    expect(told.connections).toEqual(['connecting', 'live']);
  });

  it('come many in one piece, and one in many', async () => {
    const large = changed('x'.repeat(300_000));
    const base = await serve(async (response) => {
      response.writeHead(200);
      response.write(line(changed('one')) + line(changed('two')) + line(large).slice(0, 150_000));
      await pause();
      response.write(line(large).slice(150_000));
    });
    const told = listen(base);
    await told.until(({ events }) => events.length === 3);
    expect(told.events).toEqual([changed('one'), changed('two'), large]);
  });

  it('are asked for with the header of the window', async () => {
    const heads: unknown[] = [];
    const base = await serve((response, { method, url, headers }) => {
      heads.push([method, url, headers['x-sluice-window']]);
      response.writeHead(200).flushHeaders();
    });
    await listen(base).until(({ connections }) => connections.includes('live'));
    expect(heads).toEqual([['GET', '/api/events', '1']]);
  });

  it.each<[string, Answering]>([
    ['ends', (response) => response.end()],
    ['is cut', (response) => setTimeout(() => response.destroy(), 5)],
    ['says something that is no event', (response) => response.write('<html>\n')],
  ])('go on after a stream that %s: lost, then live', async (_, end) => {
    let count = 0;
    const left = Promise.withResolvers<undefined>();
    const base = await serve((response, ...others) => {
      count += 1;
      if (count === 1) response.on('close', () => left.resolve(undefined));
      response.writeHead(200).flushHeaders();
      response.write(line(changed(`of ${String(count)}`)));
      if (count === 1) end(response, ...others);
    });
    const told = listen(base);
    await told.until(({ events }) => events.length === 2);
    expect(told.connections).toEqual(['connecting', 'live', 'lost', 'live']);
    expect(told.events).toEqual([changed('of 1'), changed('of 2')]);
    // The first one is not kept open beside the second.
    await left.promise;
  });

  it('say lost while nobody answers or something fails, and are live again by themselves', async () => {
    const base = await serve((response) => response.writeHead(500).end());
    const told = listen(base);
    await told.until(({ connections }) => connections.includes('lost'));
    await stop();
    await told.until(({ connections }) => connections.filter((one) => one === 'lost').length === 2);
    await serve((response) => response.writeHead(200).flushHeaders(), Number(new URL(base).port));
    await told.until(({ connections }) => connections.includes('live'));
    expect(told.connections.slice(0, 3)).toEqual(['connecting', 'lost', 'lost']);
    expect(told.connections.at(-1)).toBe('live');
  });

  it('say signed_out while this browser may not ask, and are live once it may', async () => {
    let isSignedIn = false;
    const base = await serve((response, { method }) => {
      if (method === 'POST') {
        isSignedIn = true;
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"proof":"p"}');
      } else response.writeHead(isSignedIn ? 200 : 401).flushHeaders();
      if (method === 'GET' && !isSignedIn) response.end();
    });
    const told = listen(base);
    await told.until(({ connections }) => connections.includes('signed_out'));
    expect(await openSession('a-token', base)).toBe(true);
    await told.until(({ connections }) => connections.includes('live'));
    expect(told.connections).not.toContain('lost');
  });

  it('end when nobody listens any more: the stream is closed and not asked for again', async () => {
    const closed = Promise.withResolvers<undefined>();
    let count = 0;
    const base = await serve((response) => {
      count += 1;
      response.writeHead(200).flushHeaders();
      response.on('close', () => closed.resolve(undefined));
    });
    const told = listen(base);
    await told.until(({ connections }) => connections.includes('live'));
    told.end();
    await closed.promise;
    await pause();
    expect({ count, connections: told.connections }).toEqual({ count: 1, connections: ['connecting', 'live'] });
  });
});

describe('the token of a link', () => {
  it('opens a session once: true, then false, and false where nobody answers', async () => {
    const tokens: unknown[] = [];
    const base = await serve((response, _request, body) => {
      tokens.push(JSON.parse(body));
      response.writeHead(tokens.length === 1 ? 200 : 401).end('{"proof":"p"}');
    });
    expect([await openSession('abc', base), await openSession('abc', base)]).toEqual([true, false]);
    expect(tokens).toEqual([{ token: 'abc' }, { token: 'abc' }]);
    await stop();
    expect(await openSession('abc', base)).toBe(false);
  });
});
