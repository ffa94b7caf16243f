/** Serves the window under `app://sluice/`: a file is looked up in the map of the build, never joined to a path (SEC-22, SEC-35). */
import type { CustomScheme } from 'electron';
import { windowHeaders, windowPages } from '../control/window-pages.ts';
import type { WindowAsset, WindowAssets } from '../control/window-assets.ts';

const scheme = 'app';
const host = 'sluice';
/** Of every page of ours, as frames and messages name it. */
export const windowOrigin = `${scheme}://${host}`;

/** To be registered before Electron is ready. Not `corsEnabled`: no page of another origin may read us. */
export const windowScheme: CustomScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

/** Whether an address is a page or file of the window. */
export function isWindowUrl(url: string): boolean {
  try {
    const { protocol, host: named, username, password } = new URL(url);
    return protocol === `${scheme}:` && named === host && username === '' && password === '';
  } catch {
    return false;
  }
}

/** A path as a page of the window has it, with its query; the first page for what is none: what is loaded is never a dead end. */
export function pagePath(path: string): string {
  const url = URL.parse(path, windowOrigin);
  if (url === null || !isWindowUrl(url.href) || !windowPages.has(url.pathname)) return '/';
  return url.pathname + url.search + url.hash;
}

/** Answers the requests of the scheme. `assets` is asked for once, with the first of them, and again where that failed. */
export function createWindowProtocol(
  assets: () => Promise<WindowAssets | undefined>,
): (request: Request) => Promise<Response> {
  let loading: ReturnType<typeof assets> | undefined;
  return async (request) => {
    if (!isWindowUrl(request.url)) return answer(404, 'There is nothing here.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(405, 'Files of the window are asked for with GET.\n');
    try {
      loading ??= assets();
      const files = await loading;
      if (files === undefined) return answer(503, 'The window was not built. Run: npm run build\n');
      const path = pathOf(request.url);
      const asset = files.find(windowPages.has(path) ? '/index.html' : path);
      if (asset === undefined) return answer(404, 'There is nothing here.\n');
      return fileAnswer(asset, request.method === 'HEAD' ? undefined : await files.read(asset.file));
    } catch {
      // While the app is being replaced its files may be gone or half there: the next request looks again.
      loading = undefined;
      return answer(503, 'The files of the window cannot be read.\n');
    }
  };
}

/** As it came, with nothing decoded: what is not in the map as it is written is not there. */
function pathOf(url: string): string {
  const [path = ''] = url.slice(windowOrigin.length).split(/[?#]/);
  return path === '' ? '/' : path;
}

function fileAnswer({ type, immutable }: WindowAsset, bytes: Buffer | undefined): Response {
  const caching = immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  const headers = { ...windowHeaders, 'content-type': type, 'cache-control': caching };
  return new Response(bytes === undefined ? null : new Uint8Array(bytes), { status: 200, headers });
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...windowHeaders, 'content-type': 'text/plain; charset=utf-8' } });
}
