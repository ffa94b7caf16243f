// The clock of a server: it runs while somebody is connected, and not otherwise.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { restWhileUnconnected } from '../../../main/kit/quiet-server.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

/** The clock as Node keeps it: how often it strikes, in milliseconds. */
function paceOf(running: Server): unknown {
  const name = Object.getOwnPropertySymbols(running).find((one) => String(one).includes('connectionsCheckingInterval'));
  const timer = Reflect.get(running, name ?? '') as { readonly _repeat: number };
  return timer._repeat;
}

async function started(): Promise<{ readonly running: Server; readonly port: number }> {
  const running = createServer(
    { connectionsCheckingInterval: 50, headersTimeout: 100, requestTimeout: 0 },
    (_request, response) => response.end('served'),
  );
  server = running;
  restWhileUnconnected(running, 50);
  await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve));
  await new Promise(setImmediate);
  return { running, port: (running.address() as AddressInfo).port };
}

describe('a server that rests', () => {
  it('strikes only while somebody is connected', async () => {
    const { running, port } = await started();
    expect(paceOf(running)).toBe(2 ** 31 - 1);
    const socket = connect(port, '127.0.0.1');
    await once(running, 'connection');
    expect(paceOf(running)).toBe(50);
    socket.destroy();
    while (paceOf(running) === 50) await new Promise(setImmediate);
    expect(paceOf(running)).toBe(2 ** 31 - 1);
  });

  it('still cuts off a head that never ends, after a rest too', async () => {
    const { port } = await started();
    for (let time = 0; time < 2; time += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nhost: here\r\nx-slow: ');
      socket.resume();
      await once(socket, 'close');
    }
  });

  it('keeps two that are connected under one clock, until the last is gone', async () => {
    const { running, port } = await started();
    const [one, other] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all([once(one, 'connect'), once(other, 'connect')]);
    while (paceOf(running) !== 50) await new Promise(setImmediate);
    one.destroy();
    await once(one, 'close');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(paceOf(running)).toBe(50);
    other.destroy();
    while (paceOf(running) === 50) await new Promise(setImmediate);
  });
});
