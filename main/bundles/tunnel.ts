/** A way through the system's proxy to one host: CONNECT of HTTP, or SOCKS5. Names are resolved by the proxy. */
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect, isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface TunnelOptions {
  /** `http://host:3128`, `https://…`, `socks5://…`; with a name and a password where it asks for them. */
  readonly proxy: string;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** The proxy itself did not do it; its message is for people and names no password. */
export class TunnelError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TunnelError';
  }
}

/** Rejects with a `TunnelError`, or with what the signal was aborted with. */
export async function openTunnel(options: TunnelOptions): Promise<Duplex> {
  const proxy = URL.parse(options.proxy);
  if (proxy === null) throw new TunnelError('the address of the proxy cannot be read');
  try {
    if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return await connectTunnel(proxy, options);
    if (proxy.protocol === 'socks5:' || proxy.protocol === 'socks5h:') return await socksTunnel(proxy, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof TunnelError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'it hung up';
    throw new TunnelError(`the proxy ${proxy.host} cannot be reached (${code})`, { cause: error });
  }
  throw new TunnelError(`a proxy of the kind ${proxy.protocol}// cannot be used`);
}

function connectTunnel(proxy: URL, { hostname, port, signal }: TunnelOptions): Promise<Duplex> {
  const target = `${isIPv6(hostname) ? `[${hostname}]` : hostname}:${String(port)}`;
  const { user, password } = namedIn(proxy);
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const send = proxy.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const asking = send({
      ...{ method: 'CONNECT', path: target, signal, agent: false, host: bare(proxy.hostname), port: portOf(proxy) },
      headers: { host: target, ...(user === '' ? {} : { 'proxy-authorization': authorization }) },
    });
    asking.on('connect', (response, socket, head) => {
      // From here on nobody else listens until TLS does: what breaks then shows there.
      socket.on('error', () => undefined);
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new TunnelError(`the proxy ${proxy.host} refused with ${String(response.statusCode)}`));
    });
    asking.on('error', reject);
    asking.end();
  });
}

// ---------------------------------------------------------------- SOCKS5 (RFC 1928, 1929)

const socks = { version: 5, noAuthentication: 0, password: 2, connect: 1, domain: 3, ipv4: 1 } as const;

async function socksTunnel(proxy: URL, { hostname, port, signal }: TunnelOptions): Promise<Duplex> {
  const socket = connect({ host: bare(proxy.hostname), port: portOf(proxy), signal });
  // What breaks shows where something is awaited; in between nobody listens.
  socket.on('error', () => undefined);
  try {
    const { user, password } = namedIn(proxy);
    const method = user === '' ? socks.noAuthentication : socks.password;
    socket.write(Buffer.from([socks.version, 1, method]));
    const chosen = await take(socket, 2, signal);
    if (chosen[0] !== socks.version || chosen[1] !== method)
      throw new TunnelError(`the proxy ${proxy.host} wants another kind of login`);
    if (method === socks.password) {
      socket.write(Buffer.concat([Buffer.from([1]), sized(user), sized(password)]));
      if ((await take(socket, 2, signal))[1] !== 0) throw new TunnelError(`the proxy ${proxy.host} refused the login`);
    }
    const target = Buffer.from([port >> 8, port & 0xff]);
    socket.write(
      Buffer.concat([Buffer.from([socks.version, socks.connect, 0, socks.domain]), sized(hostname), target]),
    );
    const answer = await take(socket, 5, signal);
    if (answer[1] !== 0) throw new TunnelError(`the proxy ${proxy.host} refused with ${String(answer[1])}`);
    // What is left of the address it speaks from, of which nothing is needed, and its port.
    const addressBytes = answer[3] === socks.domain ? (answer[4] ?? 0) : (answer[3] === socks.ipv4 ? 4 : 16) - 1;
    await take(socket, addressBytes + 2, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new TunnelError('a name is too long for the proxy');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Exactly so many bytes; the rest stays in the socket. */
function take(socket: Socket, count: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      socket.off('readable', look).off('error', fail).off('end', hungUp);
      signal.removeEventListener('abort', fail);
      settle();
    };
    const look = (): void => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes !== null && bytes.length === count) end(() => resolve(bytes));
    };
    const fail = (error: unknown): void => end(() => reject(error instanceof Error ? error : new Error('aborted')));
    const hungUp = (): void => end(() => reject(new Error('it hung up')));
    socket.on('readable', look).on('error', fail).on('end', hungUp);
    signal.addEventListener('abort', fail);
    look();
  });
}

function namedIn(proxy: URL): { readonly user: string; readonly password: string } {
  return { user: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

const usualPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

function portOf(proxy: URL): number {
  return proxy.port === '' ? (usualPorts[proxy.protocol] ?? 1080) : Number(proxy.port);
}
