// Every request of a page goes through here: navigations are asked about, `webRequest` is, and the app answers for its own schemes.
import type { WebContents, WebFrameMain } from 'electron';
import { fromPage, toPage } from './addresses.ts';
import type { Cdp } from './cdp.ts';
import type { Frames } from './frames.ts';
import { applyPermissions, handlers, rules } from './session.ts';
import { note, refusable } from './stage.ts';

interface Paused {
  readonly requestId: string;
  readonly redirectedRequestId?: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postData?: string;
  };
}

const kinds: Readonly<Record<string, Electron.OnBeforeRequestListenerDetails['resourceType']>> = {
  ...{
    Stylesheet: 'stylesheet',
    Image: 'image',
    Script: 'script',
    Font: 'font',
    Media: 'media',
    XHR: 'xhr',
    Fetch: 'xhr',
  },
  ...{ WebSocket: 'webSocket', Ping: 'ping', CSPViolationReport: 'cspReport' },
};

export interface RequestsOptions {
  readonly cdp: Cdp;
  readonly session: string;
  readonly frames: Frames;
  readonly contents: () => WebContents;
}

/** From now on nothing is loaded past it. */
export async function watchRequests(options: RequestsOptions): Promise<void> {
  const { cdp, session, frames, contents } = options;
  // Frames whose page, not whose program, asked to go elsewhere.
  const asked = new Set<string>();
  cdp.on('Page.frameRequestedNavigation', session, ({ frameId, url }: { frameId: string; url: string }) => {
    if (/^https?:/i.test(url)) {
      asked.add(frameId);
      return;
    }
    // Chromium sends no request for these: links to other programs, and those into a scheme that it does not know.
    if (/^(data|blob|javascript|about):/i.test(url)) return;
    if (!mayNavigate(contents(), frames, frameId, url)) return;
    if (toPage(url) !== url) void cdp.send('Page.navigate', { url: toPage(url) }, session).catch(() => undefined);
    else note('left to the system', url);
  });
  cdp.on('Fetch.requestPaused', session, (paused: Paused) => {
    // What was going on when the page went away is nobody's business any more.
    void decide(paused).catch((error: unknown) => {
      if (!contents().isDestroyed()) note('request failed', `${paused.request.url}: ${String(error)}`);
      return fail(paused, 'Failed').catch(() => undefined);
    });
  });
  await cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }, session);

  const fail = (paused: Paused, errorReason: string): Promise<unknown> =>
    cdp.send('Fetch.failRequest', { requestId: paused.requestId, errorReason }, session);

  async function decide(paused: Paused): Promise<void> {
    const { request, frameId, resourceType, redirectedRequestId } = paused;
    const url = fromPage(request.url);
    if (resourceType === 'Document') {
      const isMain = frames.isMain(frameId);
      const byPage = asked.delete(frameId) || !isMain;
      if (redirectedRequestId !== undefined && !mayRedirect(contents(), frames, frameId, url))
        return void (await fail(paused, 'Aborted'));
      if (byPage && redirectedRequestId === undefined && !mayNavigate(contents(), frames, frameId, url))
        return void (await fail(paused, 'Aborted'));
    }
    const allowed = await before(contents(), frames.current(frameId), paused, url);
    if (!allowed) return void (await fail(paused, 'BlockedByClient'));
    const handler = handlers.get(url.slice(0, url.indexOf(':')));
    if (handler === undefined || url === request.url) {
      await cdp.send('Fetch.continueRequest', { requestId: paused.requestId }, session);
      return;
    }
    if (resourceType === 'Document')
      await applyPermissions(contents(), new URL(url).href.split('/').slice(0, 3).join('/'));
    await serve(paused, url, handler);
  }

  async function serve(
    paused: Paused,
    url: string,
    handler: (request: Request) => Response | Promise<Response>,
  ): Promise<void> {
    const { method, headers, postData } = paused.request;
    const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, fromPage(value)]);
    const response = await handler(
      new Request(url, { method, headers: sent, ...(postData === undefined ? {} : { body: postData }) }),
    );
    const body = Buffer.from(await response.arrayBuffer());
    const responseHeaders = await received(contents(), url, response);
    await cdp.send(
      'Fetch.fulfillRequest',
      { requestId: paused.requestId, responseCode: response.status, responseHeaders, body: body.toString('base64') },
      session,
    );
  }
}

function navigation(frames: Frames, frameId: string, url: string) {
  const frame: WebFrameMain | null = frames.current(frameId) ?? null;
  return refusable({ url, frame, initiator: frame, isMainFrame: frames.isMain(frameId), isSameDocument: false });
}

function mayNavigate(contents: WebContents, frames: Frames, frameId: string, url: string): boolean {
  const event = navigation(frames, frameId, url);
  contents.emit('will-frame-navigate', event, url);
  if (!event.defaultPrevented && event.isMainFrame) contents.emit('will-navigate', event, url);
  return !event.defaultPrevented;
}

function mayRedirect(contents: WebContents, frames: Frames, frameId: string, url: string): boolean {
  const event = navigation(frames, frameId, url);
  contents.emit('will-redirect', event, url);
  return !event.defaultPrevented;
}

async function before(
  contents: WebContents,
  frame: WebFrameMain | undefined,
  { requestId, request, resourceType }: Paused,
  url: string,
): Promise<boolean> {
  const isMain = frame?.parent === null || frame === undefined;
  const kind = resourceType === 'Document' ? (isMain ? 'mainFrame' : 'subFrame') : (kinds[resourceType] ?? 'other');
  note('request', { url, kind });
  const { before: listener } = rules;
  if (listener === undefined) return true;
  const details = {
    ...{ url, method: request.method, resourceType: kind, id: Number(/\d+/.exec(requestId)?.[0] ?? 0) },
    ...{ webContentsId: contents.id, webContents: contents, frame: frame ?? null },
    ...{ referrer: fromPage(request.headers['Referer'] ?? ''), timestamp: Date.now(), uploadData: [] },
  };
  const answer = await new Promise<Electron.CallbackResponse>((resolve) => listener(details, resolve));
  if (answer.redirectURL !== undefined) throw new Error('the Electron stand-in does not redirect requests');
  return answer.cancel !== true;
}

async function received(
  contents: WebContents,
  url: string,
  response: Response,
): Promise<{ name: string; value: string }[]> {
  const { headers: listener } = rules;
  const own = [...response.headers].map(([name, value]) => ({ name, value: pageHeader(name, value) }));
  if (listener === undefined) return own;
  const responseHeaders = Object.fromEntries([...response.headers].map(([name, value]) => [name, [value]]));
  const details = {
    ...{
      id: 0,
      url,
      method: 'GET',
      webContentsId: contents.id,
      webContents: contents,
      frame: null,
      resourceType: 'other' as const,
    },
    ...{
      referrer: '',
      timestamp: Date.now(),
      statusLine: `HTTP/1.1 ${response.status}`,
      statusCode: response.status,
      responseHeaders,
    },
  };
  const answer = await new Promise<Electron.HeadersReceivedResponse>((resolve) => listener(details, resolve));
  const changed = Object.entries(answer.responseHeaders ?? responseHeaders);
  return changed.flatMap(([name, values]) =>
    [values].flat().map((value) => ({ name, value: pageHeader(name, value) })),
  );
}

/** Addresses of ours in a header, such as those of a policy, as Chromium knows them. */
function pageHeader(_name: string, value: string): string {
  return value.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s;,'"]+/gi, (address) => {
    const translated = toPage(address);
    return translated === address || address.endsWith('/') ? translated : translated.replace(/\/$/, '');
  });
}
