// Asks a session bus whether there is a place for tray icons: a strict one of our own, and the real one where it is installed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findStatusNotifier, socketPath } from '../../../../main/electron/tray/status-notifier.ts';

const uid = 1234;
let folder: string;
let server: Server | undefined;
let daemon: ChildProcess | undefined;
let faults: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bus-'));
  faults = [];
});

afterEach(async () => {
  await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
  server = undefined;
  if (daemon !== undefined && daemon.exitCode === null) {
    daemon.kill();
    await once(daemon, 'exit');
  }
  daemon = undefined;
  rmSync(folder, { recursive: true });
});

interface Manners {
  readonly owned?: boolean;
  readonly accepts?: boolean;
  readonly answers?: boolean;
}

/** A bus that takes the protocol at its word: its bytes are checked one by one, and it speaks in small pieces. */
async function bus({ owned = true, accepts = true, answers = true }: Manners = {}): Promise<string> {
  const path = join(folder, 'bus');
  server = createServer((socket) => void serve(socket));
  server.listen(path);
  await once(server, 'listening');
  return `unix:path=${path},guid=00`;

  async function serve(socket: Socket): Promise<void> {
    const read = reader(socket);
    const said = async (bytes: Buffer): Promise<void> => {
      for (const byte of bytes) await new Promise((done) => socket.write(Buffer.from([byte]), done));
    };
    const hello = (await read(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`.length)).toString();
    if (hello !== '\0AUTH EXTERNAL 31323334\r\n') faults.push(JSON.stringify(hello));
    await said(Buffer.from(accepts ? 'OK 0123456789abcdef\r\n' : 'REJECTED EXTERNAL\r\n'));
    if (!accepts || !answers) return;
    if ((await read(7)).toString() !== 'BEGIN\r\n') faults.push('no BEGIN');
    check(await message(read), { serial: 1, member: 'Hello', argument: undefined });
    await said(signal());
    await said(reply(1, string(':1.7'), 's'));
    check(await message(read), { serial: 2, member: 'NameHasOwner', argument: 'org.kde.StatusNotifierWatcher' });
    await said(reply(2, number(owned ? 1 : 0), 'b'));
  }
}

/** Gives exactly so many bytes, once they are there. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  let got = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => (got = Buffer.concat([got, bytes])));
  socket.on('error', () => undefined);
  return async (count) => {
    while (got.length < count) await once(socket, 'data');
    const taken = got.subarray(0, count);
    got = got.subarray(count);
    return taken;
  };
}

interface Call {
  readonly serial: number;
  readonly fields: Readonly<Record<number, string>>;
  readonly body: Buffer;
}

const up = (at: number, to: number): number => Math.ceil(at / to) * to;

async function message(read: (count: number) => Promise<Buffer>): Promise<Call> {
  const fixed = await read(16);
  if (fixed.toString('latin1', 0, 4) !== 'l\u0001\u0000\u0001') faults.push(`head ${fixed.toString('hex')}`);
  const [bodyLength, serial, fieldsLength] = [fixed.readUInt32LE(4), fixed.readUInt32LE(8), fixed.readUInt32LE(12)];
  const rest = await read(up(fieldsLength, 8));
  const fields: Record<number, string> = {};
  for (let at = 0; at < fieldsLength;) {
    at = up(at, 8);
    const [code = 0, length = 0, type = 0, zero] = rest.subarray(at, at + 4);
    if (length !== 1 || zero !== 0) faults.push('a field has no type');
    const isSignature = String.fromCharCode(type) === 'g';
    const size = isSignature ? (rest[at + 4] ?? 0) : rest.readUInt32LE(at + 4);
    const from = at + (isSignature ? 5 : 8);
    fields[code] = rest.toString('utf8', from, from + size);
    if (rest[from + size] !== 0) faults.push('a text has no end');
    at = from + size + 1;
    if (at > fieldsLength) faults.push('a field is longer than all of them');
  }
  return { serial, fields, body: await read(bodyLength) };
}

function check(call: Call, expected: { serial: number; member: string; argument: string | undefined }): void {
  const { serial, member, argument } = expected;
  const [path, name] = ['/org/freedesktop/DBus', 'org.freedesktop.DBus'];
  const fields = { 1: path, 2: name, 3: member, 6: name, ...(argument === undefined ? {} : { 8: 's' }) };
  const body = argument === undefined ? Buffer.alloc(0) : string(argument);
  if (call.serial !== serial) faults.push(`serial ${call.serial}`);
  if (JSON.stringify(call.fields) !== JSON.stringify(fields)) faults.push(JSON.stringify(call.fields));
  if (!call.body.equals(body)) faults.push(`body ${call.body.toString('hex')}`);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const string = (value: string): Buffer => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(up(bytes.length, 8) - bytes.length)]);

function made(type: number, fields: readonly Buffer[], body: Buffer): Buffer {
  const list = fields.reduce((before, one) => Buffer.concat([padded(before), one]), Buffer.alloc(0));
  const head = Buffer.concat([Buffer.from([0x6c, type, 1, 1]), number(body.length), number(9), number(list.length)]);
  return Buffer.concat([padded(Buffer.concat([head, list])), body]);
}

const field = (code: number, type: string, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([code, 1, type.charCodeAt(0), 0]), value]);
const signature = (type: string): Buffer => field(8, 'g', Buffer.from([1, type.charCodeAt(0), 0]));

/** As the real one orders them: whom it is for, what it is, what it answers, who says it. */
const reply = (serial: number, body: Buffer, type: string): Buffer =>
  made(2, [field(6, 's', string(':1.7')), signature(type), field(5, 'u', number(serial))], body);

const signal = (): Buffer =>
  made(4, [field(1, 'o', string('/org/freedesktop/DBus')), field(3, 's', string('NameAcquired'))], Buffer.alloc(0));

describe('the session bus', () => {
  it.each([
    [true, 'present'],
    [false, 'missing'],
  ] as const)('says whether the name is owned: %s', async (owned, expected) => {
    expect(await findStatusNotifier({ address: await bus({ owned }), uid })).toBe(expected);
    expect(faults).toEqual([]);
  });

  it('that knows nothing of us says nothing', async () => {
    expect(await findStatusNotifier({ address: await bus({ accepts: false }), uid })).toBe('unknown');
  });

  it('that does not answer is not waited for', async () => {
    const address = await bus({ answers: false });
    expect(await findStatusNotifier({ address, uid, timeoutMs: 20 })).toBe('unknown');
  });

  it('that is not there is not known', async () => {
    expect(await findStatusNotifier({ address: undefined, uid })).toBe('unknown');
    expect(await findStatusNotifier({ address: `unix:path=${folder}/none`, uid })).toBe('unknown');
    expect(await findStatusNotifier({ address: 'tcp:host=localhost,port=1', uid })).toBe('unknown');
  });

  const real = '/usr/bin/dbus-daemon';
  it.skipIf(!existsSync(real))('of this machine understands the question', async () => {
    daemon = spawn(real, ['--session', '--nofork', '--print-address', `--address=unix:path=${folder}/real`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { stdout } = daemon;
    if (stdout === null) throw new Error('there is no output');
    const [address] = (await once(stdout, 'data')) as [Buffer];
    const question = { address: address.toString().trim(), uid: process.getuid?.() ?? 0 };
    expect(await findStatusNotifier(question)).toBe('missing');
  });
});

describe('its address', () => {
  it.each([
    ['unix:path=/run/user/1000/bus', '/run/user/1000/bus'],
    ['unix:path=/tmp/a%20b,guid=12', '/tmp/a b'],
    ['unix:abstract=/tmp/dbus-x,guid=12', '\0/tmp/dbus-x'],
    ['tcp:host=x,port=1;unix:path=/second', '/second'],
    ['unix:path=/bad%zz', '/bad%zz'],
    ['unix:runtime=yes', undefined],
    ['autolaunch:', undefined],
    ['', undefined],
  ])('%s', (address, expected) => {
    expect(socketPath(address)).toBe(expected);
  });
});
