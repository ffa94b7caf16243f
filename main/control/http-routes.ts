/** What the browser may ask of the control plane: the files of the window, a session, calls, events. */
import type { Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { failed } from '../../shared/contract/reply.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { streamEvents } from './event-stream.ts';
import type { Control } from './local-socket.ts';
import { send } from './local-routes.ts';
import { loadWindowAssets, type WindowAsset, type WindowAssets } from './window-assets.ts';
import { notForWindow } from './window-limits.ts';
import { windowHeaders, windowPages } from './window-pages.ts';
import { sessionMs, type WindowSession, type WindowSessions } from './window-sessions.ts';

export interface WindowRoutesOptions extends Control {
  readonly sessions: WindowSessions;
  /** A request with an open session came over this connection. */
  readonly onSignedIn?: (socket: Socket) => void;
}

/** The largest input is a request that is simulated or replayed: what the data port takes by default, and what is around it. */
const maxBodyBytes = 40_000_000;
export async function createWindowRoutes({
  dispatch,
  events,
  sessions,
  onSignedIn,
}: WindowRoutesOptions): Promise<Express> {
  const assets = await loadWindowAssets();
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => {
    response.set(windowHeaders);
    const problem = wrongAddress(request);
    if (problem === undefined) next();
    else refuse(response, 'control.forbidden', problem);
  });
  app.use('/api', (request, response, next) => {
    response.set('cache-control', 'no-store');
    const problem = wrongCaller(request);
    if (problem === undefined) next();
    else refuse(response, 'control.forbidden', problem);
  });
  const json = express.json({ limit: maxBodyBytes, strict: false });
  app.post('/api/session', express.json({ limit: 4_096 }), (request, response) => {
    const { token } = (request.body ?? {}) as { readonly token?: unknown };
    const session = typeof token === 'string' ? sessions.open(token) : undefined;
    if (session === undefined) return refuseStranger(response, 'This link was used already, or is none of ours.');
    response.set('set-cookie', cookie(request, session.cookie, sessionMs / 1_000));
    return response.status(200).json({ proof: session.proof });
  });
  app.delete('/api/session', (request, response) => {
    const session = sessionOf(request);
    if (session !== undefined) sessions.end(session);
    response.set('set-cookie', cookie(request, '', 0));
    return response.status(204).end();
  });
  app.use('/api', (request, response, next) => {
    const session = sessionOf(request);
    if (session === undefined || !sessions.isOpen(session))
      return refuseStranger(response, 'This browser is not signed in: `sluice open` gives a link.');
    onSignedIn?.(request.socket);
    return next();
  });
  app.post('/api/calls/:name', json, async (request, response) => {
    if (request.is('application/json') !== 'application/json')
      return refuse(response, 'receive.content_type', 'Send application/json.');
    const { name } = request.params;
    const problem = notForWindow(name, request.body);
    if (problem !== undefined) return refuse(response, 'control.forbidden', problem);
    return send(response, await dispatch.call(name, request.body));
  });
  app.get('/api/events', async (_request, response) => {
    await streamEvents(response, events, '\n');
  });
  app.use('/api', (_request, response) => refuse(response, 'identify.unknown_path', 'There is no such call.'));
  app.use((request, response) => serveFile(request, response, assets));
  app.use(answerErrors);
  return app;
}

/** `Host` must be one of our own names: a name that somebody else's server resolves to this machine is not (DNS rebinding). */
function wrongAddress(request: Request): string | undefined {
  const port = request.socket.localPort ?? 0;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  return own.includes(request.headers.host ?? '') ? undefined : `This is ${own[0] ?? ''}; ask it by that name.`;
}

/** A page of another origin can neither set our header without asking first, nor leave its origin out of what changes something. */
function wrongCaller(request: Request): string | undefined {
  if (request.headers['x-sluice-window'] !== '1') return 'Calls come from the window, with its header.';
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return 'Calls come from the window itself, not from another page.';
  if (origin === undefined ? request.method === 'GET' : origin === `http://${request.headers.host ?? ''}`)
    return undefined;
  return 'Calls come from the window itself, not from another page.';
}

/** Browsers do not keep cookies of two ports apart: each instance has a name of its own. */
function cookieName(request: Request): string {
  return `sluice_session_${request.socket.localPort ?? 0}`;
}

function cookie(request: Request, value: string, seconds: number): string {
  return `${cookieName(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}

/** The cookie, which the browser sends, with the proof, which the page does. */
function sessionOf(request: Request): WindowSession | undefined {
  const name = cookieName(request);
  const proof = request.headers['x-sluice-proof'];
  if (typeof proof !== 'string' || proof === '') return undefined;
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value !== undefined && value !== '') return { cookie: value, proof };
  }
  return undefined;
}

async function serveFile(request: Request, response: Response, assets: WindowAssets | undefined): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 'identify.method_not_allowed', 'Files of the window are asked for with GET.');
  // As it came, with nothing decoded: what is not in the map as it is written is not there.
  const [path = '/'] = request.originalUrl.split('?');
  const isPage = windowPages.has(path);
  const asset = assets?.find(isPage ? '/index.html' : path);
  if (asset === undefined || assets === undefined) {
    const text =
      assets === undefined && isPage ? 'The window was not built. Run: npm run build\n' : 'There is nothing here.\n';
    response
      .status(assets === undefined && isPage ? 503 : 404)
      .type('text/plain')
      .send(text);
    return;
  }
  await sendAsset(request, response, { asset, assets });
}

async function sendAsset(
  request: Request,
  response: Response,
  { asset, assets }: { readonly asset: WindowAsset; readonly assets: WindowAssets },
): Promise<void> {
  const tag = `"${asset.sha256.slice(0, 32)}"`;
  response.set({
    'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: tag,
    vary: 'accept-encoding',
  });
  if (request.headers['if-none-match'] === tag) {
    response.status(304).end();
    return;
  }
  const accepted = request.acceptsEncodings(['br', 'gzip', 'identity']);
  const encoding = accepted === 'br' || accepted === 'gzip' ? accepted : undefined;
  const file = encoding === undefined ? undefined : asset[encoding];
  if (encoding !== undefined && file !== undefined) response.set('content-encoding', encoding);
  response.set('content-type', asset.type);
  response.status(200).end(await assets.read(file ?? asset.file));
}

/** For what the reader of bodies and paths says, which has nothing to say about us. */
const codes: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'read.invalid_json'],
  [413, 'read.body_too_large'],
  [415, 'receive.content_type'],
]);

const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  const code = (typeof status === 'number' ? codes.get(status) : undefined) ?? 'internal.bug';
  refuse(response, code, error instanceof Error ? error.message : 'The request cannot be read.');
};

function refuseStranger(response: Response, message: string): void {
  response.status(401).json(failed({ code: 'control.signed_out', message, requestId: 'none' }));
}

function refuse(response: Response, code: ErrorCode, message: string): void {
  if (response.headersSent) response.destroy();
  else send(response, failed({ code, message, requestId: 'none' }));
}
