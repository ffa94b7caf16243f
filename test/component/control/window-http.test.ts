import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvents, type Events } from '../../../main/control/events.ts';
import { openWindowServer, type WindowServer } from '../../../main/control/http.ts';
import { succeeded, type Reply } from '../../../shared/contract/reply.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let folder: string;
let server: WindowServer;
let events: Events;
let now: number;
let called: { name: string; input: unknown }[];
const warnings: string[] = [];

async function start(): Promise<void> {
  events = createEvents();
  server = await openWindowServer({
    port: 0,
    sessionsFile: join(folder, 'run', 'sessions.json'),
    randomBytes: (count) => randomBytes(count),
    now: () => now,
    log: { warn: (message) => warnings.push(message) },
    control: {
      events,
      dispatch: {
        call(name: string, input: unknown): Promise<Reply<unknown>> {
          called.push({ name, input });
          return Promise.resolve(succeeded({ name, input }));
        },
      },
    },
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-window-'));
  proof = '';
  now = Date.UTC(2026, 10, 29);
  called = [];
  warnings.length = 0;
  await start();
});

afterEach(async () => {
  events.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const own = (): string => `127.0.0.1:${server.port}`;

function ask({ method = 'GET', path, headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const question = request(
      { host: '127.0.0.1', port: server.port, method, path, headers: { host: own(), ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
        response.on('error', reject);
      },
    );
    question.on('error', reject);
    question.end(body);
  });
}

/** The half of the session that the page keeps. */
let proof = '';

const fromWindow = (): Record<string, string> => ({
  'x-sluice-window': '1',
  ...(proof === '' ? {} : { 'x-sluice-proof': proof }),
  'content-type': 'application/json',
  origin: `http://${own()}`,
});

const tokenOf = (link: string): string => new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? '';

/** Signs in and gives the cookie as a browser sends it back. */
async function signIn(): Promise<string> {
  const answer = await ask({
    method: 'POST',
    path: '/api/session',
    headers: fromWindow(),
    body: JSON.stringify({ token: tokenOf(server.newLink()) }),
  });
  expect(answer.status).toBe(200);
  ({ proof } = JSON.parse(answer.text) as { proof: string });
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

const call = (name: string, headers: Record<string, string>, body = '{}'): Promise<Answer> =>
  ask({ method: 'POST', path: `/api/calls/${name}`, headers, body });

describe('a link', () => {
  it('is for this machine alone and holds its token where no server sees it', () => {
    expect(server.newLink()).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${server.port}/#token=[\\w-]{43}$`));
  });

  it('opens a session once', async () => {
    const body = JSON.stringify({ token: tokenOf(server.newLink()) });
    const open = (): Promise<Answer> => ask({ method: 'POST', path: '/api/session', headers: fromWindow(), body });
    const first = await open();
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^sluice_session_${server.port}=[\\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict$`),
    );
    expect(await open()).toMatchObject({ status: 401 });
  });

  it.each(['', 'x', '__proto__', 'a'.repeat(43)])('that is none opens nothing: %s', async (token) => {
    const answer = await ask({
      method: 'POST',
      path: '/api/session',
      headers: fromWindow(),
      body: JSON.stringify({ token }),
    });
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('is one of twenty: the oldest stops working', async () => {
    const first = tokenOf(server.newLink());
    for (let count = 0; count < 20; count += 1) server.newLink();
    expect(
      await ask({
        method: 'POST',
        path: '/api/session',
        headers: fromWindow(),
        body: JSON.stringify({ token: first }),
      }),
    ).toMatchObject({ status: 401 });
  });
});

describe('a session', () => {
  it('lets the window call, and the call reaches who answers it', async () => {
    const cookie = await signIn();
    const answer = await call('app.status', { ...fromWindow(), cookie }, '{"a":[1]}');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ ok: true, value: { name: 'app.status', input: { a: [1] } } });
  });

  it('needs both of its halves: a server on another port of this machine gets to see the cookie alone', async () => {
    const cookie = await signIn();
    const kept = proof;
    proof = '';
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 401 });
    expect(await call('app.status', { ...fromWindow(), cookie, 'x-sluice-proof': 'x' })).toMatchObject({ status: 401 });
    expect(await call('app.status', { ...fromWindow(), 'x-sluice-proof': kept })).toMatchObject({ status: 401 });
    await signIn();
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 401 });
    expect(called).toEqual([]);
    proof = kept;
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 200 });
  });

  it('outlives the instance, and its file gives nobody one', async () => {
    const cookie = await signIn();
    const { port } = server;
    await server.close();
    const kept = readFileSync(join(folder, 'run', 'sessions.json'), 'utf8');
    expect(kept).not.toContain(cookie.split('=')[1]);
    expect(statSync(join(folder, 'run', 'sessions.json')).mode & 0o077).toBe(0);
    await start();
    // The name of the cookie has the port of the instance in it.
    const renamed = cookie.replace(String(port), String(server.port));
    expect(await call('app.status', { ...fromWindow(), cookie: renamed })).toMatchObject({ status: 200 });
    const [, digest = ''] = /"([0-9a-f]{64})"/.exec(kept) ?? [];
    expect(
      await call('app.status', { ...fromWindow(), cookie: `sluice_session_${server.port}=${digest}` }),
    ).toMatchObject({
      status: 401,
    });
  });

  it('ends after thirty days without use, and is prolonged by use', async () => {
    const cookie = await signIn();
    const day = 24 * 3_600_000;
    now += 29 * day;
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 200 });
    now += 29 * day;
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 200 });
    now += 31 * day;
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 401 });
  });

  it('can be ended from the window', async () => {
    const cookie = await signIn();
    const left = await ask({ method: 'DELETE', path: '/api/session', headers: { ...fromWindow(), cookie } });
    expect(left.status).toBe(204);
    expect(left.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 401 });
  });

  it('of a file that was damaged is gone, which is told, and a new link works', async () => {
    await signIn();
    await server.close();
    writeFileSync(join(folder, 'run', 'sessions.json'), '{ "sessions": ');
    await start();
    expect(warnings).toEqual(['the sessions of the window cannot be read']);
    const cookie = await signIn();
    expect(await call('app.status', { ...fromWindow(), cookie })).toMatchObject({ status: 200 });
  });
});

describe('without a session', () => {
  it.each(['calls/app.status', 'calls/nothing.known', 'events', 'elsewhere'])(
    '%s is refused: control.signed_out',
    async (path) => {
      const answer = await ask({
        method: path === 'events' ? 'GET' : 'POST',
        path: `/api/${path}`,
        headers: fromWindow(),
        ...(path === 'events' ? {} : { body: '{}' }),
      });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: 'control.signed_out' } });
      expect(called).toEqual([]);
    },
  );

  it('the files of the window are there, for they hold no secret', async () => {
    expect((await ask({ path: '/' })).status).toBe(200);
  });
});

describe('another page of the same browser (SEC-05, SEC-18)', () => {
  const foreign: readonly (readonly [string, Record<string, string | undefined>])[] = [
    ['without our header', { 'x-sluice-window': undefined }],
    ['with another origin', { origin: 'http://evil.example' }],
    ['with the origin "null" of a sandboxed frame', { origin: 'null' }],
    ['of another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['without an origin', { origin: undefined }],
    ['that the browser says is cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['that the browser says is same-site', { 'sec-fetch-site': 'same-site' }],
  ];

  it.each(foreign)('%s calls nothing, though it has the cookie: control.forbidden', async (_, changes) => {
    const cookie = await signIn();
    const merged = Object.entries({ ...fromWindow(), cookie, ...changes }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    const answer = await call('app.stop', Object.fromEntries(merged));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: 'control.forbidden' } });
    expect(called).toEqual([]);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('gets no leave from a preflight', async () => {
    const answer = await ask({
      method: 'OPTIONS',
      path: '/api/calls/app.stop',
      headers: {
        origin: 'http://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-sluice-window',
      },
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:80', '127.0.0.1:4791.evil.example'])(
    'behind a name that leads here is no page of ours: Host %s',
    async (host) => {
      const cookie = await signIn();
      expect(await call('app.status', { ...fromWindow(), cookie, host })).toMatchObject({ status: 403 });
      expect(called).toEqual([]);
    },
  );

  it('may send a form, which is no JSON', async () => {
    const cookie = await signIn();
    const answer = await call('app.stop', { ...fromWindow(), cookie, 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
    expect(called).toEqual([]);
  });
});

describe('calls for the shell of this machine', () => {
  it.each(['app.link', 'app.prove'])('%s are not to be had over HTTP', async (name) => {
    const cookie = await signIn();
    expect(await call(name, { ...fromWindow(), cookie })).toMatchObject({ status: 403 });
    expect(called).toEqual([]);
  });
});

describe('events', () => {
  it('come as lines, from the moment the head is there', async () => {
    const cookie = await signIn();
    const lines = await new Promise<string>((resolve, reject) => {
      const question = request(
        {
          host: '127.0.0.1',
          port: server.port,
          path: '/api/events',
          headers: { host: own(), ...fromWindow(), cookie },
          agent: false,
        },
        (response) => {
          let text = '';
          events.publish({ event: 'config.changed', data: { snapshot: 'one', problems: 0 } });
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            if (!text.includes('one')) return;
            question.destroy();
            resolve(text);
          });
        },
      );
      question.on('error', reject);
      question.end();
    });
    expect(JSON.parse(lines)).toEqual({ event: 'config.changed', data: { snapshot: 'one', problems: 0 } });
  });
});

describe('files', () => {
  it('carry a policy that lets nothing else be loaded, framed or posted', async () => {
    const { headers, text } = await ask({ path: '/' });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    // No script in the page itself, and nothing from elsewhere.
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(
      [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url).filter((url) => !url?.startsWith('/')),
    ).toEqual([]);
  });

  it('of every page are the same one', async () => {
    const { text } = await ask({ path: '/' });
    for (const page of [
      '/activity?key=ide',
      '/usage',
      '/clients',
      '/models',
      '/routes',
      '/policies',
      '/playground',
      '/settings',
      '/welcome',
    ])
      expect(await ask({ path: page })).toMatchObject({ status: 200, text });
  });

  it('with a name of their content are kept for ever, and the page is asked for again', async () => {
    const page = await ask({ path: '/' });
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
    const asset = await ask({ path: script, headers: { 'accept-encoding': 'br' } });
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
    });
    expect(page.headers['cache-control']).toBe('no-cache');
    expect((await ask({ path: '/', headers: { 'if-none-match': page.headers.etag ?? '' } })).status).toBe(304);
  });

  // SEC-35: nothing is joined to a path, so none of these is anything.
  it.each([
    ...[
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/package.json',
      '/%252e%252e%252fpackage.json',
      '/..\\package.json',
    ],
    ...[
      '/..%5cpackage.json',
      '/assets/../assets.json',
      '/assets.json',
      '//etc/passwd',
      '/etc/passwd',
      '/%00',
      '/index.html%00.js',
    ],
    ...[
      '/\\\\server\\share\\file',
      '/C:/Windows/win.ini',
      '/.stamp',
      '/index.html.br',
      '/assets/',
      '/__proto__',
      '/constructor',
    ],
    ...[`/${'a/'.repeat(5_000)}`, '/activity/', '/activity/../../package.json', '/ACTIVITY', '/file:///etc/passwd'],
  ])('are found by their exact name alone: %s is not there', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(/root:|"dependencies"|\[fonts\]/);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('are not for %s', async (method) => {
    expect((await ask({ method, path: '/' })).status).toBe(405);
  });
});

/** Bytes as they are, for what no client would send. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('strangers on this machine', () => {
  const silent = (count: number): Promise<Socket[]> =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        return socket;
      }),
    );

  it('who hold as many connections as they can lock nobody out', async () => {
    const sockets = await silent(400);
    const cookie = await signIn();
    sockets.push(...(await silent(100)));
    expect((await call('app.status', { ...fromWindow(), cookie })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it('do not end a connection of who is signed in', async () => {
    const cookie = await signIn();
    const listening = request({
      ...{ host: '127.0.0.1', port: server.port, path: '/api/events' },
      headers: { host: own(), ...fromWindow(), cookie },
    });
    listening.end();
    const [answer] = (await once(listening, 'response')) as [IncomingMessage];
    const lines: string[] = [];
    answer.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    const sockets = await silent(200);
    events.publish({ event: 'config.changed', data: { snapshot: 'after', problems: 0 } });
    await expect.poll(() => lines.join('')).toContain('after');
    for (const socket of [...sockets, listening]) socket.destroy();
  });
});

it('a body in letters that nobody reads is the fault of who sent it', async () => {
  const cookie = await signIn();
  const headers = { ...fromWindow(), cookie, 'content-type': 'application/json; charset=klingon' };
  expect((await call('app.status', headers)).status).toBe(415);
});
