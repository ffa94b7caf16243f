// The window of a headless instance as the command line gives access to it: links, ports, sessions, the end.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../../renderer/bridge/http-transport.ts';
import { asBrowser } from '../../contract/window.ts';
import { makeHome, type Home } from './instance.ts';

let home: Home;

beforeEach(() => {
  home = makeHome();
});

afterEach(async () => {
  await home.leave();
});

const linkPattern = /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/;
const tokenOf = (link: string): string => new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? '';

/** Opens a link as a browser does; resolves to the status. */
async function openLink(link: string, browser: typeof fetch): Promise<number> {
  const answer = await browser(`${new URL(link).origin}/api/session`, {
    method: 'POST',
    headers: { 'x-sluice-window': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ token: tokenOf(link) }),
  });
  return answer.status;
}

describe('an instance with its window', () => {
  it('says in the ready line where it is, by a link that opens it once', async () => {
    const { ready, ui } = await home.serveWindow();
    expect(ready).toMatch(
      /^sluice ready gateway=http:\/\/127\.0\.0\.1:\d+ ui=http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/,
    );
    expect(await openLink(ui, asBrowser(new URL(ui).origin))).toBe(200);
    expect(await openLink(ui, asBrowser(new URL(ui).origin))).toBe(401);
  });

  it('takes any free port where the data port is any free one, and the given one where one is given', async () => {
    const first = await home.serveWindow();
    const other = makeHome();
    try {
      // Two at once: neither took the usual port, or the second could not start.
      const second = await other.serveWindow();
      const ports = [first, second].map(({ ui }) => new URL(ui).port);
      expect(new Set([...ports, '4791']).size).toBe(3);
      await other.sluice('stop');
      await second.ended;
      const third = await other.serveWindow('--ui-port', ports[1] ?? '');
      expect(new URL(third.ui).port).toBe(ports[1]);
    } finally {
      await other.leave();
    }
  });

  it('keeps the tokens of its links out of its log and its files', async () => {
    const instance = await home.serveWindow('--log-level', 'debug');
    const [, given = ''] = /"url":"([^"]+)"/.exec((await home.sluice('open', '--json')).out) ?? [];
    const browser = asBrowser(new URL(given).origin);
    expect(await openLink(given, browser)).toBe(200);
    expect(await openLink(given, browser)).toBe(401);
    await home.sluice('stop');
    const { err } = await instance.ended;
    for (const link of [instance.ui, given]) {
      expect(tokenOf(link)).toMatch(/^[\w-]{43}$/);
      expect(err).not.toContain(tokenOf(link));
      expect(readFileSync(join(home.data, 'run', 'sessions.json'), 'utf8')).not.toContain(tokenOf(link));
    }
  });
});

describe('sluice open', () => {
  it('prints a link that opens a session once, another each time', async () => {
    const { ui } = await home.serveWindow();
    const first = await home.sluice('open');
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('once') as string });
    const link = first.out.trim();
    expect(link).toMatch(linkPattern);
    const { code, out } = await home.sluice('open', '--json');
    expect(code).toBe(0);
    const { url } = JSON.parse(out) as { url: string };
    expect(url).toMatch(linkPattern);
    expect(new Set([ui, link, url].map(tokenOf)).size).toBe(3);
    const browser = asBrowser(new URL(link).origin);
    expect(await openLink(link, browser)).toBe(200);
    expect(
      await createHttpTransport({ base: new URL(link).origin, fetch: browser }).call('app.status', {}),
    ).toMatchObject({ ok: true, value: { data_directory: home.data } });
    expect(await openLink(link, asBrowser(new URL(link).origin))).toBe(401);
  });

  it('says so where there is no window, and where nothing runs', async () => {
    const { ready, ui } = await home.serve();
    expect(ui).toBe('');
    expect(ready).not.toContain('ui=');
    expect(await home.sluice('open')).toMatchObject({
      ...{ code: 1, out: '' },
      err: expect.stringContaining('--no-ui') as string,
    });
    expect(await home.sluice('open', '--json')).toMatchObject({ code: 1, out: '{"url":null}\n' });
    await home.sluice('stop');
    expect(await home.sluice('open')).toMatchObject({
      ...{ code: 1, out: '' },
      err: expect.stringContaining('sluice serve') as string,
    });
  });
});

describe('a taken port of the window', () => {
  it('is named with its holder and what mends it, and nothing of the start stays', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      const { code, out, err } = await home.process('serve', '--port', '0', '--ui-port', String(port));
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`Port ${port} for the window is taken by`);
      if (process.platform === 'linux') expect(err).toContain(`(process ${process.pid})`);
      expect(err).toContain('--ui-port');
      expect(err).toContain('--no-ui');
      expect((await home.sluice('status')).code).toBe(1);
    } finally {
      holder.close();
    }
  });
});

describe('a browser that is signed in', () => {
  it('stays so when the instance is started anew', async () => {
    const first = await home.serveWindow();
    const { origin, port } = new URL(first.ui);
    const browser = asBrowser(origin);
    expect(await openLink(first.ui, browser)).toBe(200);
    await home.sluice('stop');
    expect((await first.ended).code).toBe(0);
    const bridge = createHttpTransport({ base: origin, fetch: browser });
    expect(await bridge.call('app.status', {})).toMatchObject({ ok: false, error: { code: 'bridge.unreachable' } });
    const second = await home.serveWindow('--ui-port', port);
    expect(await bridge.call('app.status', {})).toMatchObject({ ok: true, value: { pid: second.pid } });
    // A link of before is none any more.
    const { out } = await home.sluice('open');
    await home.sluice('stop');
    await second.ended;
    await home.serveWindow('--ui-port', port);
    expect(await openLink(out.trim(), asBrowser(origin))).toBe(401);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('does not keep the instance from its end at %s', async (signal) => {
    const instance = await home.serveWindow();
    const { origin } = new URL(instance.ui);
    const browser = asBrowser(origin);
    expect(await openLink(instance.ui, browser)).toBe(200);
    const connections: string[] = [];
    const lost = Promise.withResolvers<undefined>();
    const live = Promise.withResolvers<undefined>();
    const stop = createHttpTransport({ base: origin, fetch: browser }).subscribe({
      onEvent: () => undefined,
      onConnection(connection) {
        connections.push(connection);
        if (connection === 'live') live.resolve(undefined);
        if (connection === 'lost') lost.resolve(undefined);
      },
    });
    await live.promise;
    instance.child.kill(signal);
    const { code, err } = await instance.ended;
    await lost.promise;
    stop();
    expect(code).toBe(0);
    expect(connections.slice(0, 3)).toEqual(['connecting', 'live', 'lost']);
    expect(err).not.toContain('"level":"error"');
  });
});
