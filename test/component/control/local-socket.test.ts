import { once } from 'node:events';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvents, type Events } from '../../../main/control/events.ts';
import {
  AlreadyRunningError,
  openLocalSocket,
  type Control,
  type LocalSocket,
} from '../../../main/control/local-socket.ts';
import { dataFiles } from '../../../main/kit/data-directory.ts';
import { succeeded } from '../../../shared/contract/reply.ts';
import { call, open, send } from '../../contract/socket.ts';

let directory: string;
const sockets: LocalSocket[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-socket-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Answers each call with its name and input; `app.status` as far as a second instance reads it. */
function control(events: Events = createEvents()): Control {
  return {
    events,
    dispatch: {
      call: async (name, input) =>
        succeeded(name === 'app.status' ? { pid: 4242, gateway: { urls: ['http://127.0.0.1:9'] } } : { name, input }),
    },
  };
}

async function start(
  given: Promise<Control> = Promise.resolve(control()),
  dataDirectory = directory,
): Promise<LocalSocket> {
  const socket = await openLocalSocket({ dataDirectory, control: given, pid: 4242 });
  sockets.push(socket);
  return socket;
}

const json = { 'content-type': 'application/json' };

describe('the local socket', () => {
  it('is for this user only, and its directory too', async () => {
    const { address } = await start();
    expect(statSync(address).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
    expect(statSync(dataFiles(directory).instance).mode & 0o777).toBe(0o600);
  });

  it('closes a directory that others could enter', async () => {
    mkdirSync(dataFiles(directory).run, { mode: 0o777 });
    const { address } = await start();
    expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
  });

  it('is not put where a link leads', async () => {
    mkdirSync(join(directory, 'elsewhere'));
    symlinkSync(join(directory, 'elsewhere'), dataFiles(directory).run);
    await expect(start()).rejects.toThrow(/is not a directory of this user/);
  });

  it('has an address a socket can have, however long the path of the directory', async () => {
    const long = join(directory, 'x'.repeat(120));
    const { address } = await start(undefined, long);
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(103);
    expect(await call(address, 'a.b', {})).toMatchObject({ ok: true });
    expect(JSON.parse(readFileSync(dataFiles(long).instance, 'utf8'))).toEqual({ pid: 4242, address });
    await sockets.pop()?.close();
    rmSync(dirname(address), { recursive: true, force: true });
  });

  it('is gone when it is closed, with what told of it', async () => {
    const socket = await start();
    await socket.close();
    sockets.pop();
    expect(existsSync(socket.address)).toBe(false);
    expect(existsSync(dataFiles(directory).instance)).toBe(false);
    await start();
  });
});

describe('one instance for each data directory', () => {
  it('refuses a second, with process and address of the first', async () => {
    await start();
    const refusal: unknown = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AlreadyRunningError);
    expect(refusal).toMatchObject({
      pid: 4242,
      url: 'http://127.0.0.1:9',
      message: expect.stringContaining('(process 4242), at http://127.0.0.1:9') as string,
    });
  });

  it('refuses a second while the first is still starting, and knows its process', async () => {
    const up = Promise.withResolvers<Control>();
    await start(up.promise);
    await expect(start()).rejects.toMatchObject({ name: 'AlreadyRunningError', pid: 4242 });
    up.resolve(control());
  });

  it('lets exactly one of many that start at once through', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => start()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AlreadyRunningError);
  });

  it('replaces what a killed one left behind', async () => {
    const { run } = dataFiles(directory);
    mkdirSync(run, { mode: 0o700 });
    const address = join(run, 'control.sock');
    const script = `require('node:net').createServer().listen(${JSON.stringify(address)}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(address)).toBe(true);
    writeFileSync(join(run, 'starting.lock'), String(child.pid));
    const socket = await start();
    expect(socket.address).toBe(address);
    expect(await call(address, 'a.b', 1)).toEqual({ ok: true, value: { name: 'a.b', input: 1 } });
  });

  it('takes somebody who accepts and says nothing for alive', async () => {
    const { run } = dataFiles(directory);
    mkdirSync(run, { mode: 0o700 });
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(join(run, 'control.sock'));
    await once(silent, 'listening');
    await expect(start()).rejects.toBeInstanceOf(AlreadyRunningError);
    silent.close();
  });
});

describe('calls over the socket', () => {
  it('wait until the instance is up', async () => {
    const up = Promise.withResolvers<Control>();
    const { address } = await start(up.promise);
    const reply = call(address, 'a.b', {});
    up.resolve(control());
    expect(await reply).toEqual({ ok: true, value: { name: 'a.b', input: {} } });
  });

  it('are hung up on when it does not come up', async () => {
    const up = Promise.withResolvers<Control>();
    const { address } = await start(up.promise);
    const reply = call(address, 'a.b', {});
    up.reject(new Error('the port is taken'));
    await expect(reply).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it.each([
    [
      'a web page',
      { path: '/calls/a.b', headers: { ...json, origin: 'http://127.0.0.1' }, body: '{}' },
      403,
      'control.forbidden',
    ],
    [
      'a followed link',
      { path: '/calls/a.b', headers: { ...json, referer: 'http://x/' }, body: '{}' },
      403,
      'control.forbidden',
    ],
    [
      'a form',
      { path: '/calls/a.b', headers: { 'content-type': 'text/plain' }, body: '{}' },
      415,
      'receive.content_type',
    ],
    ['no content type', { path: '/calls/a.b', body: '{}' }, 415, 'receive.content_type'],
    ['broken JSON', { path: '/calls/a.b', headers: json, body: '{"a":' }, 400, 'read.invalid_json'],
    [
      'a body without end',
      { path: '/calls/a.b', headers: json, body: `"${'x'.repeat(40_000_001)}"` },
      413,
      'read.body_too_large',
    ],
    ['an unknown path', { path: '/calls', headers: json, body: '{}' }, 404, 'identify.unknown_path'],
    ['another method', { method: 'GET', path: '/calls/a.b' }, 404, 'identify.unknown_path'],
  ])('refuse %s', async (_what, question, status, code) => {
    const { address } = await start();
    const answer = await send(address, question);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code } });
  });
});

describe('events over the socket', () => {
  const event = { event: 'config.changed', data: { snapshot: 's', problems: 0 } } as const;

  it('come one to a line from the moment the head is there, and end with the instance', async () => {
    const events = createEvents();
    const socket = await start(Promise.resolve(control(events)));
    const response = await open(socket.address, { method: 'GET', path: '/events' });
    expect(response.headers['content-type']).toContain('application/x-ndjson');
    events.publish(event);
    events.publish(event);
    await socket.close();
    sockets.pop();
    const lines: unknown[] = [];
    for await (const line of createInterface({ input: response })) lines.push(JSON.parse(line));
    expect(lines).toEqual([event, event]);
  });

  it('stop being kept for a listener that left', async () => {
    const events = createEvents();
    const { address } = await start(Promise.resolve(control(events)));
    const response = await open(address, { method: 'GET', path: '/events' });
    expect(events.listening).toBe(true);
    response.destroy();
    await expect.poll(() => events.listening).toBe(false);
  });

  it('of which a stalled listener is too slow are counted, not kept', async () => {
    const events = createEvents(10);
    const { address } = await start(Promise.resolve(control(events)));
    const response = await open(address, { method: 'GET', path: '/events' });
    response.pause();
    const long = { event: 'config.changed', data: { snapshot: 'x'.repeat(10_000), problems: 0 } } as const;
    for (let number = 0; number < 500; number += 1) {
      events.publish(long);
      // Lets what fits into the socket go.
      await new Promise((resolve) => setImmediate(resolve));
    }
    events.close();
    let [seen, dropped] = [0, 0];
    for await (const line of createInterface({ input: response })) {
      const { event: name, data } = JSON.parse(line) as { event: string; data: { count: number } };
      if (name === 'events.dropped') dropped += data.count;
      else seen += 1;
    }
    expect(dropped).toBeGreaterThan(0);
    expect(seen + dropped).toBe(500);
  });
});
