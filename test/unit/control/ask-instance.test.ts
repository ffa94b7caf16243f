import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askInstance } from '../../../main/control/ask-instance.ts';

let directory: string;
let address: string;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-ask-'));
  address = process.platform === 'win32' ? `\\\\.\\pipe\\${directory.slice(3)}` : join(directory, 's.sock');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(directory, { recursive: true, force: true });
});

async function listen(server: Server): Promise<void> {
  servers.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));
}

/** Says this to whoever comes, whatever they say. */
const saying = (answer: (socket: Socket) => void): Promise<void> =>
  listen(
    createServer((socket) => {
      socket.once('data', () => answer(socket));
    }),
  );

const instance = (answer: RequestListener): Promise<void> => listen(createHttpServer(answer));

const silent = { answers: true, value: undefined };
const longMs = 10_000;

describe('an instance at its socket', () => {
  it('is asked once, as the command line asks, and its value is given back', async () => {
    const asked: unknown[] = [];
    await instance((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push([request.method, request.url, request.headers['content-type'], body]);
        response.end(JSON.stringify({ ok: true, value: { url: 'http://127.0.0.1:4791/#token=ü☃' } }));
      });
    });
    expect(await askInstance(address, 'app.link', longMs)).toEqual({
      answers: true,
      value: { url: 'http://127.0.0.1:4791/#token=ü☃' },
    });
    expect(asked).toEqual([['POST', '/calls/app.link', 'application/json', '{}']]);
  });

  it('that refuses answers, without a value', async () => {
    await instance((_request, response) => {
      response.writeHead(403).end(JSON.stringify({ ok: false, error: { code: 'control.forbidden' } }));
    });
    expect(await askInstance(address, 'app.link', longMs)).toEqual(silent);
  });

  it.each(['', 'null', '7', '"text"', '[]', '{"value"', '<html>', '\u0000', '{"ok":true}'])(
    'that answers with %j has no value',
    async (body) => {
      await instance((_request, response) => response.end(body));
      expect(await askInstance(address, 'app.link', longMs)).toEqual(silent);
    },
  );

  it('that says nothing is alive', async () => {
    await saying(() => undefined);
    expect(await askInstance(address, 'app.status', 50)).toEqual(silent);
  });

  it('that is never done is waited for no longer than for one that says nothing', async () => {
    await instance((_request, response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    expect(await askInstance(address, 'app.status', 60)).toEqual(silent);
  });

  it('that begins an answer and stops is waited for no longer', async () => {
    await saying((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"value":'));
    expect(await askInstance(address, 'app.status', 50)).toEqual(silent);
  });

  it('that says more than an instance has to say is not listened to', async () => {
    let written = 0;
    await instance((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
      };
      response.on('drain', more);
      more();
    });
    expect(await askInstance(address, 'app.status', longMs)).toEqual(silent);
    expect(written).toBeLessThan(50_000_000);
  });

  it.each([
    ['no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.7\r\n')],
    ['bytes', (socket: Socket) => socket.end(Buffer.from([0, 255, 254, 13, 10, 13, 10]))],
    ['the end at once', (socket: Socket) => socket.end()],
    ['a hang-up', (socket: Socket) => socket.destroy()],
    ['half an answer and a hang-up', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"v')],
    ['endless headers', (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`)],
  ])('that answers with %s is somebody, without a value', async (_what, answer) => {
    await saying(answer);
    expect(await askInstance(address, 'app.status', longMs)).toEqual(silent);
  });

  it('is hung up on when it has answered: nothing of ours is left', async () => {
    const closed = Promise.withResolvers<undefined>();
    await instance((request, response) => {
      request.socket.on('close', () => closed.resolve(undefined));
      response.end('{"value":1}');
    });
    expect(await askInstance(address, 'app.status', longMs)).toEqual({ answers: true, value: 1 });
    await closed.promise;
  });
});

describe('nobody', () => {
  const nobody = { answers: false, value: undefined };

  it('is where there is no socket', async () => {
    expect(await askInstance(address, 'app.status', longMs)).toEqual(nobody);
    expect(await askInstance(join(directory, 'no', 'such', 's.sock'), 'app.status', longMs)).toEqual(nobody);
  });

  it.skipIf(process.platform === 'win32')('is where there is a file instead', async () => {
    writeFileSync(address, 'left behind');
    expect(await askInstance(address, 'app.status', longMs)).toEqual(nobody);
  });
});
