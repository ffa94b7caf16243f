import { describe, expect, it } from 'vitest';
import type { WindowAsset, WindowAssets } from '../../../main/control/window-assets.ts';
import { windowPages } from '../../../main/control/window-pages.ts';
import {
  createWindowProtocol,
  isWindowUrl,
  pagePath,
  windowOrigin,
  windowScheme,
} from '../../../main/electron/app-protocol.ts';

const contents: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html>',
  'assets/app-1a2b.js': 'export {};',
  'icon.svg': '<svg/>',
};

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};

function assetOf(file: string): WindowAsset {
  const type = types[file.slice(file.lastIndexOf('.') + 1)] ?? '';
  return { file, type, immutable: file.startsWith('assets/'), sha256: '' };
}

const map = new Map(Object.keys(contents).map((file) => [`/${file}`, assetOf(file)]));

/** A build of three files, and what was read of it. */
function built(): { readonly assets: WindowAssets; readonly read: string[] } {
  const read: string[] = [];
  const assets: WindowAssets = {
    find: (path) => map.get(path),
    read(file) {
      read.push(file);
      return Promise.resolve(Buffer.from(contents[file] ?? ''));
    },
  };
  return { assets, read };
}

/** As Electron asks. Not every address here is one that `Request` would take as it stands. */
const asking = (url: string, method = 'GET'): Request => ({ url, method }) as Request;

describe('the scheme of the window', () => {
  it('has what a page needs, and nothing that opens it to others', () => {
    expect(windowScheme).toEqual({
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    });
    expect(windowOrigin).toBe('app://sluice');
  });

  it.each(['app://sluice/', 'app://sluice', 'app://sluice/assets/x.js?y#z', 'app://sluice/a%2fb'])(
    '%s is ours',
    (url) => {
      expect(isWindowUrl(url)).toBe(true);
    },
  );

  it.each([
    ...['app://sluice.evil/', 'app://evil.sluice/', 'app://sluice@evil/', 'app://a@sluice/', 'app://a:b@sluice/'],
    ...[
      'app://sluice:80/',
      'app://SLUICE/',
      'app:///sluice',
      'app:sluice',
      'app:/sluice/',
      'app://',
      'app://sluice%2eevil/',
    ],
    ...[
      'app://sluice\\evil/',
      'app://sluice\u0000/',
      'https://sluice/',
      'http://app://sluice/',
      'file:///app://sluice/',
    ],
    ...['xapp://sluice/', 'blob:app://sluice/1', 'javascript:"app://sluice/"', '//sluice/', '', 'sluice', '\u0000'],
  ])('%j is not', (url) => {
    expect(isWindowUrl(url)).toBe(false);
  });
});

describe('a path of the window', () => {
  it.each(['/', '/usage', '/activity?error=*&x=a%20b#y'])('is a page: %s', (path) => {
    expect(pagePath(path)).toBe(path);
  });

  it.each([
    ...['', '/nothing', '/usage/', '//evil.example/', '/\t/evil.example', '/\\evil.example', '/..//evil.example'],
    ...[
      '@evil.example/',
      'javascript:alert(1)',
      'https://evil.example/',
      'app://evil/usage',
      '/%2f/evil',
      '/assets/a.js',
    ],
  ])('is the first page where it is none: %j', (path) => {
    expect(pagePath(path)).toBe('/');
  });
});

describe('a request for the window', () => {
  it.each([...windowPages, '', '/?x=../../etc/passwd', '/activity?outcome=failed&x=a#b', '/usage#/../x'])(
    '%j is drawn by the one page',
    async (path) => {
      const { assets, read } = built();
      const response = await createWindowProtocol(() => Promise.resolve(assets))(asking(windowOrigin + path));
      expect([response.status, await response.text()]).toEqual([200, '<!doctype html>']);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(read).toEqual(['index.html']);
    },
  );

  it('has a policy that lets nothing in but our own files, with every answer', async () => {
    const answer = createWindowProtocol(() => Promise.resolve(built().assets));
    const requests = [
      asking('app://sluice/'),
      asking('app://sluice/nothing'),
      asking('app://sluice/', 'POST'),
      asking('app://x/'),
    ];
    for (const request of requests) {
      const { headers } = await answer(request);
      expect(headers.get('content-security-policy')?.split('; ').sort()).toEqual([
        ...["base-uri 'none'", "connect-src 'self'", "default-src 'none'", "font-src 'self'", "form-action 'none'"],
        ...["frame-ancestors 'none'", "img-src 'self' data: blob:", "require-trusted-types-for 'script'"],
        ...["script-src 'self'", "style-src 'self' 'unsafe-inline'", "trusted-types 'none'"],
      ]);
      expect(Object.fromEntries(headers)).toMatchObject({
        ...{ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' },
        ...{ 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin' },
      });
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('gives a file as it is, for as long as its name says', async () => {
    const answer = createWindowProtocol(() => Promise.resolve(built().assets));
    const script = await answer(asking('app://sluice/assets/app-1a2b.js'));
    expect([script.status, await script.text()]).toEqual([200, 'export {};']);
    expect(script.headers.get('content-type')).toBe('text/javascript');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('gives no bytes for HEAD, and reads none', async () => {
    const { assets, read } = built();
    const response = await createWindowProtocol(() => Promise.resolve(assets))(asking('app://sluice/icon.svg', 'HEAD'));
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      200,
      '',
      'image/svg+xml',
    ]);
    expect(read).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('takes no %s', async (method) => {
    const { assets, read } = built();
    const response = await createWindowProtocol(() => Promise.resolve(assets))(asking('app://sluice/', method));
    expect(response.status).toBe(405);
    expect(read).toEqual([]);
  });

  it.each([
    ...['/..%2findex.html', '/%2e%2e%2findex.html', '/%252e%252e/index.html', '/assets/..%2f..%2fassets.json'],
    ...['/../index.html', '/assets/../index.html', '/./index.html', '//index.html', '/index.html/', '/index.html/.'],
    ...['/\\index.html', '/..\\index.html', '\\index.html', '/%5cindex.html', '/assets\\app-1a2b.js'],
    ...['//server/share/index.html', '/\\\\server\\share\\x', '/C:/Windows/win.ini', '/c%3a/x', '/file:///etc/passwd'],
    ...['/index.html%00', '/index.html\u0000.png', '/%00', '/icon.svg%20', '/icon.svg;x', '/INDEX.HTML', '/Icon.svg'],
    ...['/assets.json', '/assets', '/assets/', '/.', '/..', '/etc/passwd', '/__proto__', '/constructor', '/activity/'],
    ...[`/${'a'.repeat(1_000_000)}`, `/${'../'.repeat(10_000)}etc/passwd`, '/ïndex.html', '/%', '/%zz'],
    ...['.evil/', '@evil/', ':80/', '%2eevil/', 'x/index.html'],
  ])('finds nothing at %j', { timeout: 20_000 }, async (path) => {
    const { assets, read } = built();
    const answer = createWindowProtocol(() => Promise.resolve(assets));
    const raw = await answer(asking(windowOrigin + path));
    expect([raw.status, read]).toEqual([404, []]);
  });

  it.each([
    'app://evil/',
    'app://user@sluice/',
    'app://sluice:1/',
    'app://SLUICE/',
    'https://sluice/',
    'file:///index.html',
    '',
  ])('of another host finds nothing, and does not load the build: %s', async (url) => {
    let loads = 0;
    const answer = createWindowProtocol(() => {
      loads += 1;
      return Promise.resolve(built().assets);
    });
    expect((await answer(asking(url))).status).toBe(404);
    expect(loads).toBe(0);
  });

  it('takes what a real request makes of a path', async () => {
    const { assets } = built();
    const answer = createWindowProtocol(() => Promise.resolve(assets));
    for (const path of ['/%2e%2e/%2e%2e/etc/passwd', '/../../etc/passwd', '/..%2f..%2fetc/passwd'])
      expect((await answer(new Request(windowOrigin + path))).status).toBe(404);
    expect((await answer(new Request(`${windowOrigin}/activity`))).status).toBe(200);
  });
});

describe('a build', () => {
  it('is loaded once, with the first request', async () => {
    let loads = 0;
    const answer = createWindowProtocol(() => {
      loads += 1;
      return Promise.resolve(built().assets);
    });
    expect(loads).toBe(0);
    await Promise.all(['/', '/icon.svg', '/nothing'].map((path) => answer(asking(windowOrigin + path))));
    expect(loads).toBe(1);
  });

  it('that is missing is said, with what mends it', async () => {
    const response = await createWindowProtocol(() => Promise.resolve(undefined))(asking('app://sluice/'));
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('that cannot be read now is looked for again', async () => {
    let loads = 0;
    const answer = createWindowProtocol(() => {
      loads += 1;
      return loads === 1 ? Promise.reject(new SyntaxError('half a file')) : Promise.resolve(built().assets);
    });
    expect((await answer(asking('app://sluice/'))).status).toBe(503);
    expect((await answer(asking('app://sluice/'))).status).toBe(200);
  });

  it('whose file is gone answers for it, and for the others as before', async () => {
    const { assets } = built();
    const answer = createWindowProtocol(() =>
      Promise.resolve({
        ...assets,
        read: (file) => (file === 'icon.svg' ? Promise.reject(new Error('ENOENT')) : assets.read(file)),
      }),
    );
    expect((await answer(asking('app://sluice/icon.svg'))).status).toBe(503);
    expect((await answer(asking('app://sluice/'))).status).toBe(200);
  });
});
