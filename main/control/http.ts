/** The control plane's door for the browser, headless only: its own listener on this machine, with sessions (SEC-18, SEC-35). */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { restWhileUnconnected } from '../kit/quiet-server.ts';
import type { WindowRoutesOptions } from './http-routes.ts';
import type { Control } from './local-socket.ts';
import { openWindowSessions, type WindowSessionsOptions } from './window-sessions.ts';

export interface WindowServerOptions extends Omit<WindowSessionsOptions, 'file'> {
  readonly sessionsFile: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly control: Control;
}

export interface WindowServer {
  readonly port: number;
  /** A link that opens the window once. */
  newLink(): string;
  /** Ends event streams, lets replies under way finish. */
  close(): Promise<void>;
}

/** Only this machine, whatever the data port listens on: who administers from elsewhere brings a tunnel. */
const host = '127.0.0.1';
const closeMs = 2_000;
/** A page has a handful of connections. Of strangers' the oldest make room for new ones: who fills the port locks nobody out. */
const [maxConnections, maxStrangers] = [300, 64];
/** A head comes at once; the largest body through a slow tunnel takes a while. Looked at so often. */
const [headMs, requestMs, lookMs] = [10_000, 120_000, 2_000];

/** Rejects with the system's error when the port cannot be had. The routes are loaded with the first request. */
export async function openWindowServer(options: WindowServerOptions): Promise<WindowServer> {
  const sessions = await openWindowSessions({ ...options, file: options.sessionsFile });
  const strangers = new Set<Socket>();
  const timeouts = { headersTimeout: headMs, requestTimeout: requestMs, connectionsCheckingInterval: lookMs };
  const onSignedIn = (socket: Socket): void => void strangers.delete(socket);
  const server = createServer(timeouts, lazyRoutes({ ...options.control, sessions, onSignedIn }));
  restWhileUnconnected(server, lookMs);
  server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    strangers.add(socket);
    socket.once('close', () => strangers.delete(socket));
    const [oldest] = strangers;
    if (strangers.size > maxStrangers) oldest?.destroy();
  });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    newLink: () => `http://${host}:${port}/#token=${sessions.newToken()}`,
    async close() {
      await close(server);
      await sessions.flush();
    },
  };
}

function lazyRoutes(options: WindowRoutesOptions): RequestListener {
  let routes: Promise<RequestListener> | undefined;
  const load = async (): Promise<RequestListener> => (await import('./http-routes.ts')).createWindowRoutes(options);
  return (request, response) => {
    routes ??= load();
    routes.then(
      (handle) => handle(request, response),
      () => response.destroy(),
    );
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), closeMs);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
