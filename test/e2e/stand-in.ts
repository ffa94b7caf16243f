// Stands in for OpenAI on the other side of a proxy, so that a key that was found can be checked without leaving this machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../fakes/certificate.ts';
import { startFake, type Fake } from '../fakes/fake.ts';

export interface StandIn {
  readonly provider: Fake;
  /** For an instance that is to find it where OpenAI is. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startStandIn(key: string): Promise<StandIn> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-stand-in-'));
  const tls = selfSigned('api.openai.com');
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, tls.cert);
  const provider = await startFake({ dialect: 'openai', key, tls });
  const sockets = new Set<Socket>();
  const proxy = createServer();
  // Whatever is asked for: there is nothing else it could lead to.
  proxy.on('connect', (_request, socket: Socket) => {
    const target = connect(provider.port, '127.0.0.1', () =>
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
    );
    for (const one of [socket, target]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => sockets.delete(one));
    }
    target.pipe(socket).pipe(target);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    provider,
    env: { HTTPS_PROXY: `http://127.0.0.1:${String(port)}`, NODE_EXTRA_CA_CERTS: authority },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
