// Hosts of bundles that do what no host should, and a proxy, all on real sockets.

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  connect,
  createServer as createPlainServer,
  type AddressInfo,
  type Server as PlainServer,
  type Socket,
} from 'node:net';

export interface Site {
  readonly origin: string;
  readonly port: number;
  /** What was asked of it, in order. */
  readonly asked: IncomingMessage[];
  /** Bytes over all connections, from and to those who asked. */
  bytes(): number;
}

/** Ends what a test started. */
export class Sites {
  readonly #running: { readonly server: PlainServer; readonly sockets: Set<Socket> }[] = [];

  async site(listener: RequestListener, tls?: { readonly key: string; readonly cert: string }): Promise<Site> {
    const asked: IncomingMessage[] = [];
    const answer: RequestListener = (request, response) => {
      asked.push(request);
      listener(request, response);
    };
    const server: Server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
    const { port, bytes } = await this.#listen(server);
    return { origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`, port, asked, bytes };
  }

  /** Whatever a connection is to meet. */
  async raw(meet: (socket: Socket) => void): Promise<{ readonly origin: string; readonly port: number }> {
    const { port } = await this.#listen(createPlainServer(meet));
    return { origin: `http://127.0.0.1:${String(port)}`, port };
  }

  /** A proxy for CONNECT that leads everything to `port` of this machine, whatever name it was asked for. */
  async connectProxy(
    port: number,
    refuseWith?: number,
  ): Promise<{ readonly url: string; readonly asked: IncomingMessage[] }> {
    const asked: IncomingMessage[] = [];
    const server = createServer();
    server.on('connect', (request, client: Socket) => {
      asked.push(request);
      if (refuseWith !== undefined) {
        client.end(`HTTP/1.1 ${String(refuseWith)} No\r\nconnection: close\r\n\r\n`);
        return;
      }
      const target = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      for (const socket of [client, target]) socket.on('error', () => socket.destroy());
    });
    const { port: own } = await this.#listen(server);
    return { url: `http://127.0.0.1:${String(own)}`, asked };
  }

  /** A proxy of SOCKS5 that wants `user` and `word`. */
  async socksProxy(
    port: number,
    user: string,
    word: string,
  ): Promise<{ readonly host: string; readonly names: string[] }> {
    const names: string[] = [];
    const { port: own } = await this.raw((client) => {
      const steps: ((bytes: Buffer) => void)[] = [
        () => client.write(Buffer.from([5, 2])),
        (bytes) => {
          const length = bytes[1] ?? 0;
          const given = `${bytes.toString('utf8', 2, 2 + length)}:${bytes.toString('utf8', 3 + length)}`;
          client.write(Buffer.from([1, given === `${user}:${word}` ? 0 : 1]));
        },
        (bytes) => {
          names.push(bytes.toString('utf8', 5, 5 + (bytes[4] ?? 0)));
          const target = connect(port, '127.0.0.1', () => {
            // In pieces: an answer comes as it comes.
            client.write(Buffer.from([5, 0, 0, 1, 127]));
            setImmediate(() => {
              client.write(Buffer.from([0, 0, 1, 0, 0]));
              client.removeAllListeners('data');
              client.pipe(target).pipe(client);
            });
          });
          target.on('error', () => client.destroy());
        },
      ];
      client.on('data', (bytes: Buffer) => steps.shift()?.(bytes));
      client.on('error', () => client.destroy());
    });
    return { host: `127.0.0.1:${String(own)}`, names };
  }

  async #listen(server: PlainServer): Promise<{ readonly port: number; readonly bytes: () => number }> {
    const sockets = new Set<Socket>();
    let closed = 0;
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        closed += socket.bytesRead + socket.bytesWritten;
      });
    });
    this.#running.push({ server, sockets });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      port: (server.address() as AddressInfo).port,
      bytes: () => [...sockets].reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, closed),
    };
  }

  async end(): Promise<void> {
    for (const { server, sockets } of this.#running.splice(0)) {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
