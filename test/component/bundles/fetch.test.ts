import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchObject, type FetchOptions } from '../../../main/bundles/fetch.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { selfSigned } from '../../fakes/certificate.ts';
import { Sites } from './hosts.ts';

const sites = new Sites();
afterEach(() => sites.end());

const mebibyte = 1_048_576;
/** Short enough for a test that waits for one of them to be over. */
const short = { connectMs: 200, totalMs: 400, minBytesPerS: 1_024, graceMs: 150 };

function fetched(url: string, more: Partial<FetchOptions> = {}): ReturnType<typeof fetchObject> {
  const route = { proxyFor: () => undefined, proxyOnly: false, maxBytes: mebibyte, clock: systemClock };
  return fetchObject({ url, ...route, ...more });
}

async function failure(promise: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GatewayError) return error;
  throw new Error('it did not fail as it should', { cause: error });
}

describe('an object that is published as it should be', () => {
  it('is fetched byte for byte, with its ETag, and without telling who asks', async () => {
    const body = randomBytes(70_000);
    const { origin, asked } = await sites.site((_request, response) => {
      response.writeHead(200, { etag: '"one"', 'content-type': 'text/html', 'set-cookie': 'who=me' }).end(body);
    });
    const url = `${origin}/acme.sluice?a=b#sluice1=fingerprint`;
    const found = await fetched(url);
    expect(found).toEqual({ kind: 'found', bytes: body, etag: '"one"' });
    await fetched(url);
    expect(asked.map(({ url: path }) => path)).toEqual(['/acme.sluice?a=b', '/acme.sluice?a=b']);
    for (const { headers, method } of asked) {
      expect(method).toBe('GET');
      const { host, connection, ...rest } = headers;
      expect([host, connection]).toEqual([origin.slice('http://'.length), 'close']);
      expect(rest).toEqual({ 'user-agent': 'Sluice', 'accept-encoding': 'identity' });
    }
  });

  it('is not fetched again while it has the same ETag, weak or strong', async () => {
    const { origin, asked } = await sites.site((request, response) => {
      response.writeHead(request.headers['if-none-match'] === 'W/"7"' ? 304 : 200, { etag: 'W/"7"' }).end();
    });
    expect(await fetched(`${origin}/a`, { etag: 'W/"7"' })).toEqual({ kind: 'unchanged', etag: 'W/"7"' });
    expect((await fetched(`${origin}/a`, { etag: '"6"' })).kind).toBe('found');
    // One that no host can have sent is not sent either.
    expect((await fetched(`${origin}/a`, { etag: '"a\r\nx-evil: 1"' })).kind).toBe('found');
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual(['W/"7"', '"6"', undefined]);
  });

  it('bears the token as its only credential', async () => {
    const { origin, asked } = await sites.site((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end('{}');
    });
    await fetched(`${origin}/a`, { token: new Secret('sesame') });
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer sesame', 'Bearer sesame']);
  });
});

describe('redirects', () => {
  it('are followed three times within one origin, and not a fourth time', async () => {
    const { origin, asked } = await sites.site((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(307, { location: `/${String(left - 1)}` }).end('moved');
      else response.end('{}');
    });
    expect((await fetched(`${origin}/3`)).kind).toBe('found');
    expect((await failure(fetched(`${origin}/4`))).code).toBe('bundle.redirected');
    expect(asked).toHaveLength(8);
  });

  it('to any other origin are refused without asking there, token or not', async () => {
    const other = await sites.site((_request, response) => response.end('{}'));
    const targets = [
      other.origin,
      `http://localhost:${String(other.port)}`,
      'https://evil.example/x',
      'file:///etc/passwd',
    ];
    const { origin } = await sites.site((request, response) => {
      response.writeHead(301, { location: targets[Number(request.url?.slice(1))] }).end();
    });
    for (const [index, target] of targets.entries()) {
      const error = await failure(fetched(`${origin}/${String(index)}`, { token: new Secret('sesame') }));
      expect(error.code).toBe('bundle.redirected');
      expect(error.message).toContain(target.startsWith('file') ? 'file:' : new URL(target).origin);
    }
    expect(other.asked).toHaveLength(0);
  });

  it('from HTTPS to plain HTTP are refused', async () => {
    const tls = selfSigned('policy.example');
    const plain = await sites.site((_request, response) => response.end('{}'));
    const site = await sites.site(
      (_request, response) => response.writeHead(302, { location: plain.origin }).end(),
      tls,
    );
    const { url, options } = await throughProxy(site.port, tls.cert);
    expect((await failure(fetched(url, options))).code).toBe('bundle.redirected');
    expect(plain.asked).toHaveLength(0);
  });

  it('that lead nowhere are refused', async () => {
    const { origin } = await sites.site((_request, response) => response.writeHead(302).end());
    expect((await failure(fetched(`${origin}/a`))).message).toContain('leads to nowhere');
  });
});

describe('a host that misbehaves', () => {
  it('without end is stopped at the limit', async () => {
    const { origin } = await sites.site((_request, response) => {
      const chunk = Buffer.alloc(65_536, 'a');
      const more = (): void => {
        while (response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    const error = await failure(fetched(`${origin}/a`));
    expect(error.code).toBe('bundle.too_large');
    expect(error.message).toContain('1 MiB');
  });

  it('that announces too much is not listened to at all', async () => {
    const { origin } = await sites.site((_request, response) => {
      response.writeHead(200, { 'content-length': String(mebibyte + 1) }).write('a');
    });
    expect((await failure(fetched(`${origin}/a`))).code).toBe('bundle.too_large');
  });

  it('takes an object of exactly the limit', async () => {
    const { origin } = await sites.site((_request, response) => response.end(Buffer.alloc(5_000)));
    expect(await fetched(`${origin}/a`, { maxBytes: 5_000 })).toMatchObject({ kind: 'found' });
    expect((await failure(fetched(`${origin}/a`, { maxBytes: 4_999 }))).code).toBe('bundle.too_large');
  });

  it('drop by drop is given up, long before the end of the time', async () => {
    const { origin } = await sites.site((_request, response) => {
      response.write('{');
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    const error = await failure(fetched(`${origin}/a`, { limits: { ...short, totalMs: 60_000 } }));
    expect(error.code).toBe('bundle.too_slow');
    expect(error.message).toContain('drop by drop');
  });

  it('fast enough not to drip is given up when the time is over', async () => {
    const { origin } = await sites.site((_request, response) => {
      const flow = setInterval(() => response.write(Buffer.alloc(1_000)), 20);
      response.on('close', () => clearInterval(flow));
    });
    expect((await failure(fetched(`${origin}/a`, { limits: short }))).message).toContain('was given up');
  });

  it('whose headers never end is given up', async () => {
    const { origin } = await sites.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x: y\r\n'), 50);
      socket.on('close', () => clearInterval(drip));
    });
    expect((await failure(fetched(`${origin}/a`, { limits: short }))).code).toBe('bundle.too_slow');
  });

  it('that compresses, a bomb or not, is refused with nothing inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * mebibyte));
    const { origin } = await sites.site((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const error = await failure(fetched(`${origin}/a`));
    expect(error.code).toBe('bundle.malformed');
    expect(error.message).toContain('came compressed (gzip)');
  });

  it('with a page for people is passed on as it is: what it is, is not seen here', async () => {
    const { origin } = await sites.site((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>');
    });
    expect(await fetched(`${origin}/a`)).toEqual({
      kind: 'found',
      bytes: Buffer.from('<h1>Log in</h1>'),
      etag: undefined,
    });
  });

  it('with any other status is named with it, without the query of its address', async () => {
    const { origin } = await sites.site((request, response) => {
      response.writeHead(Number(new URL(request.url ?? '', 'http://a').pathname.slice(1))).end('x'.repeat(1_000));
    });
    for (const status of [201, 204, 206, 400, 401, 403, 404, 410, 418, 500, 502]) {
      const error = await failure(fetched(`${origin}/${String(status)}?signature=private`));
      expect(error.code).toBe('bundle.http_status');
      expect(error.details).toMatchObject({ status });
      expect(error.message).toContain(`answered ${String(status)}`);
      expect(error.message).not.toContain('private');
    }
    // Nothing was asked that could be unchanged.
    expect((await failure(fetched(`${origin}/304`))).details).toMatchObject({ status: 304 });
  });

  it('that says when to come back is listened to, in seconds or by a date', async () => {
    const now = Date.parse('2026-12-01T10:00:00Z');
    const answers = ['120', 'Tue, 01 Dec 2026 10:05:00 GMT', 'soon'];
    const { origin } = await sites.site((request, response) => {
      response.writeHead(503, { 'retry-after': answers[Number(request.url?.slice(1))] }).end();
    });
    const clock = { now: () => now, monotonic: () => systemClock.monotonic() };
    const waits = [];
    for (const index of answers.keys()) {
      const error = await failure(fetched(`${origin}/${String(index)}`, { clock }));
      waits.push([error.retryAfterS, error.details?.['retryAfterMs']]);
    }
    expect(waits).toEqual([
      [120, 120_000],
      [300, 300_000],
      [undefined, undefined],
    ]);
  });

  it('that hangs up half-way, or speaks no HTTP, is unreachable', async () => {
    const { origin } = await sites.site((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    });
    expect((await failure(fetched(`${origin}/a`))).code).toBe('bundle.unreachable');
    const other = await sites.raw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect((await failure(fetched(`${other.origin}/a`))).details).toMatchObject({ reason: 'protocol' });
  });

  it('that answers with more headers than anybody has is unreachable', async () => {
    const { origin } = await sites.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      for (let count = 0; count < 3_000; count += 1) socket.write(`x-${String(count)}: ${'a'.repeat(100)}\r\n`);
    });
    expect((await failure(fetched(`${origin}/a`))).details).toMatchObject({
      reason: 'protocol',
      code: 'HPE_HEADER_OVERFLOW',
    });
  });
});

describe('a host that cannot be reached', () => {
  it('is told by what keeps it: the name, the connection, the time', async () => {
    const refusing = createServer();
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const { port } = refusing.address() as { port: number };
    await new Promise((resolve) => refusing.close(resolve));
    const refused = await failure(fetched(`http://127.0.0.1:${String(port)}/a`));
    expect(refused.code).toBe('bundle.unreachable');
    expect(refused.details).toMatchObject({ reason: 'refused', host: `127.0.0.1:${String(port)}` });

    const unknown = await failure(fetched('https://policy.invalid/a'));
    expect(unknown.details).toMatchObject({ reason: 'dns' });

    // It takes the connection and never says a word of TLS.
    const mute = await sites.raw(() => undefined);
    const late = await failure(fetched(`https://127.0.0.1:${String(mute.port)}/a`, { limits: { connectMs: 200 } }));
    expect(late.code).toBe('bundle.unreachable');
    expect(late.details).toMatchObject({ reason: 'timeout' });
  });

  it('for a certificate that nobody vouches for is refused, and reached once somebody does', async () => {
    const tls = selfSigned('127.0.0.1');
    const site = await sites.site((_request, response) => response.end('{}'), tls);
    const stranger = await failure(fetched(`${site.origin}/a`, { authorities: () => [] }));
    expect(stranger.code).toBe('bundle.unreachable');
    expect(stranger.message).toContain('nobody this machine trusts');
    expect(site.asked).toHaveLength(0);
    // With its issuer known it is its name that is looked at, which here has no address in it.
    const misnamed = await failure(fetched(`${site.origin}/a`, { authorities: () => [tls.cert] }));
    expect(misnamed.message).toContain('is for another name');
    expect(site.asked).toHaveLength(0);
  });

  it('is not looked for where only the machine itself may be asked without TLS', async () => {
    for (const url of [
      'http://policy.example/a',
      'http://127.0.0.1.evil.example/',
      'ftp://127.0.0.1/',
      'x',
      'https://a:b@policy.example/',
    ])
      expect((await failure(fetched(url))).code).toBe('bundle.not_allowed');
  });

  it('is left when the caller has enough', async () => {
    const { origin } = await sites.site(() => undefined);
    const reason = new Error('enough');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 30);
    await expect(fetched(`${origin}/a`, { signal: stop.signal })).rejects.toBe(reason);
    await expect(fetched(`${origin}/a`, { signal: stop.signal })).rejects.toBe(reason);
  });
});

async function throughProxy(
  port: number,
  cert: string,
  more: { readonly refuseWith?: number; readonly login?: string } = {},
): Promise<{
  readonly url: string;
  readonly options: Partial<FetchOptions>;
  readonly asked: readonly IncomingMessage[];
}> {
  const proxy = await sites.connectProxy(port, more.refuseWith);
  const address = more.login === undefined ? proxy.url : proxy.url.replace('//', `//${more.login}@`);
  return {
    url: 'https://policy.example/acme.sluice',
    options: { proxyFor: () => address, authorities: () => [cert] },
    asked: proxy.asked,
  };
}

describe('through the proxy of the system', () => {
  const tls = selfSigned('policy.example');

  it('HTTPS goes by CONNECT, verified end to end, and the proxy sees neither token nor path', async () => {
    const site = await sites.site((_request, response) => response.writeHead(200, { etag: '"1"' }).end('{}'), tls);
    const { url, options, asked } = await throughProxy(site.port, tls.cert, { login: 'ann:let%20me' });
    const found = await fetched(url, { ...options, token: new Secret('sesame') });
    expect(found).toEqual({ kind: 'found', bytes: Buffer.from('{}'), etag: '"1"' });
    expect(asked.map((request) => request.url)).toEqual(['policy.example:443', 'policy.example:443']);
    const heads = asked.map((request) => request.headers);
    expect(heads[0]?.['proxy-authorization']).toBe(`Basic ${Buffer.from('ann:let me').toString('base64')}`);
    expect(JSON.stringify(heads)).not.toContain('sesame');
    expect(site.asked[0]?.headers).toMatchObject({ host: 'policy.example', authorization: 'Bearer sesame' });
    expect(site.asked[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('of SOCKS5 too, which resolves the name', async () => {
    const site = await sites.site((_request, response) => response.end('{}'), tls);
    const proxy = await sites.socksProxy(site.port, 'ann', 'word');
    const way = (login: string): Partial<FetchOptions> => ({
      ...{ proxyFor: () => `socks5://${login}@${proxy.host}`, proxyOnly: true, authorities: () => [tls.cert] },
    });
    expect((await fetched('https://policy.example/a', way('ann:word'))).kind).toBe('found');
    expect(proxy.names).toEqual(['policy.example', 'policy.example']);
    const refused = await failure(fetched('https://policy.example/a', way('ann:wrong')));
    expect(refused.message).toContain('refused the login');
    expect(refused.message).not.toContain('wrong');
  });

  it('nobody who listens there is taken for the host', async () => {
    const site = await sites.site((_request, response) => response.end('{}'), selfSigned('other.example'));
    const { url, options } = await throughProxy(site.port, tls.cert);
    expect((await failure(fetched(url, { ...options, proxyOnly: true }))).details).toMatchObject({ reason: 'tls' });
    expect(site.asked).toHaveLength(0);
  });

  it('that refuses, the host is asked directly once, and never where only the proxy may be used', async () => {
    const { url, options, asked } = await throughProxy(1, tls.cert, { refuseWith: 407 });
    const direct = url.replace('policy.example', 'policy.invalid');
    const only = await failure(fetched(direct, { ...options, proxyOnly: true }));
    expect(only.details).toMatchObject({ reason: 'proxy' });
    expect(only.message).toContain('refused with 407');
    const both = await failure(fetched(direct, options));
    expect(both.details).toMatchObject({ reason: 'dns' });
    expect(both.children.map(({ details }) => details?.['reason'])).toEqual(['proxy', 'dns']);
    expect(asked).toHaveLength(2);
  });

  it('of a kind that cannot be used it says so', async () => {
    const error = await failure(
      fetched('https://policy.invalid/a', { proxyFor: () => 'socks4://a:1', proxyOnly: true }),
    );
    expect(error.message).toContain('socks4');
  });

  it('this machine itself is never asked for', async () => {
    const { origin } = await sites.site((_request, response) => response.end('{}'));
    expect((await fetched(`${origin}/a`, { proxyFor: () => 'http://127.0.0.1:1', proxyOnly: true })).kind).toBe(
      'found',
    );
  });
});

describe('a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-fetch-'));
  const file = join(directory, 'acme core.sluice');
  const url = pathToFileURL(file).href;
  afterEach(() => rmSync(join(directory, 'x'), { force: true }));

  it('is read with its hash as ETag, and found unchanged by that', async () => {
    writeFileSync(file, '{"a": 1}');
    const etag = `"sha256-${createHash('sha256').update('{"a": 1}').digest('hex')}"`;
    expect(await fetched(`${url}#sluice1=x`)).toEqual({ kind: 'found', bytes: Buffer.from('{"a": 1}'), etag });
    expect(await fetched(url, { etag })).toEqual({ kind: 'unchanged', etag });
    writeFileSync(file, '{"a": 2}');
    expect((await fetched(url, { etag })).kind).toBe('found');
  });

  it('has the same limit, and no end is waited for', async () => {
    writeFileSync(file, Buffer.alloc(101));
    expect((await failure(fetched(url, { maxBytes: 100 }))).code).toBe('bundle.too_large');
    expect((await fetched(url, { maxBytes: 101 })).kind).toBe('found');
    if (process.platform !== 'win32') {
      symlinkSync('/dev/zero', join(directory, 'x'));
      const endless = await failure(fetched(pathToFileURL(join(directory, 'x')).href));
      expect(endless.message).toContain('not a plain file');
    }
  });

  it('that is not there, or of another machine, is not read', async () => {
    expect((await failure(fetched(pathToFileURL(join(directory, 'none')).href))).details).toMatchObject({
      code: 'ENOENT',
    });
    for (const other of ['file://server/share/a', 'file:////server/share/a', 'file:///%5c%5cserver/a', 'file:///a%2fb'])
      expect((await failure(fetched(other))).code).toBe('bundle.not_allowed');
    rmSync(directory, { recursive: true });
  });
});
