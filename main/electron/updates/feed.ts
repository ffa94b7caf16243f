/** Hands a verified file to electron-updater over loopback: so it never asks the network, nor reads a description nobody signed. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VerifiedFile } from './download.ts';

export interface UpdateFeed {
  /** For electron-updater's provider `generic`. */
  readonly url: string;
  close(): Promise<void>;
}

/** `secret`: a path that other programs of this machine do not know. */
export async function openFeed(file: VerifiedFile, secret: string): Promise<UpdateFeed> {
  const server = createServer((request, response) => answer(request, response, file, secret));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${secret}`, close: () => close(server) };
}

function answer(request: IncomingMessage, response: ServerResponse, file: VerifiedFile, secret: string): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === `/${secret}/${file.name}`) {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.size });
    const stream = createReadStream(file.path);
    stream.on('error', () => response.destroy());
    response.on('close', () => stream.destroy());
    stream.pipe(response);
    return;
  }
  // `latest.yml`, `latest-mac.yml`: JSON is YAML.
  const isDescription = pathname.startsWith(`/${secret}/`) && pathname.endsWith('.yml');
  response.writeHead(isDescription ? 200 : 404, { 'content-type': 'text/yaml' });
  response.end(isDescription ? JSON.stringify(description(file)) : undefined);
}

function description({ version, name, size, sha512 }: VerifiedFile): unknown {
  return { version, files: [{ url: name, sha512, size }], path: name, sha512 };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
