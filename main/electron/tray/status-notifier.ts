/** Whether this Linux desktop has a place for tray icons: its session bus is asked who owns the name of their watcher. */
import { connect, type Socket } from 'node:net';

/** `unknown`: nobody could be asked. */
export type StatusNotifier = 'present' | 'missing' | 'unknown';

export interface StatusNotifierOptions {
  /** `DBUS_SESSION_BUS_ADDRESS`. */
  readonly address: string | undefined;
  /** Of this process, by which the bus knows who asks. */
  readonly uid: number;
  readonly timeoutMs?: number;
}

const watcher = 'org.kde.StatusNotifierWatcher';
const answerWithinMs = 1_000;
/** What a bus says to one question is far shorter. */
const maxBytes = 1024 * 1024;

/** Resolves in any case, and leaves nothing open. */
export async function findStatusNotifier({
  address,
  uid,
  timeoutMs = answerWithinMs,
}: StatusNotifierOptions): Promise<StatusNotifier> {
  const path = socketPath(address ?? '');
  if (path === undefined) return 'unknown';
  const socket = connect({ path });
  const bus = new Bus(socket);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  try {
    await bus.authenticate(uid);
    await bus.call('Hello');
    const isOwned = await bus.call('NameHasOwner', watcher);
    return isOwned.readUInt32LE(0) === 1 ? 'present' : 'missing';
  } catch {
    return 'unknown';
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** `unix:path=/run/user/1000/bus`, `unix:abstract=/tmp/dbus-x,guid=…`: the first of them that is a socket of this machine. */
export function socketPath(address: string): string | undefined {
  for (const one of address.split(';')) {
    const [, values] = /^unix:(.+)$/.exec(one) ?? [];
    const pairs = new Map(
      values?.split(',').map((pair) => {
        const [name = '', value = ''] = pair.split('=', 2);
        return [name, unescaped(value)] as const;
      }),
    );
    const [path, abstract] = [pairs.get('path'), pairs.get('abstract')];
    if (path !== undefined) return path;
    if (abstract !== undefined) return `\0${abstract}`;
  }
  return undefined;
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** As much of the protocol as two questions need: https://dbus.freedesktop.org/doc/dbus-specification.html */
class Bus {
  readonly #socket: Socket;
  #read: Buffer = Buffer.alloc(0);
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  #serial = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = (error: Error): void => {
      this.#error ??= error;
      this.#wake?.();
    };
    socket.on('data', (bytes: Buffer) => {
      this.#read = Buffer.concat([this.#read, bytes]);
      if (this.#read.length > maxBytes) socket.destroy(new Error('the bus says too much'));
      this.#wake?.();
    });
    socket.on('error', end);
    socket.on('close', () => end(new Error('the bus hung up')));
  }

  async authenticate(uid: number): Promise<void> {
    this.#socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`);
    const end = await this.#until(() => this.#read.indexOf('\r\n'));
    const answer = this.#take(end + 2).toString('latin1');
    if (!answer.startsWith('OK ')) throw new Error('the bus does not know this user');
    this.#socket.write('BEGIN\r\n');
  }

  /** Calls a method of the bus itself. Resolves with the body of its answer. */
  async call(member: string, argument?: string): Promise<Buffer> {
    const serial = ++this.#serial;
    this.#socket.write(methodCall(serial, member, argument));
    // Signals come in between.
    for (;;) {
      const message = await this.#message();
      if (message.replyTo !== serial) continue;
      if (message.type !== messageTypes.reply) throw new Error('the bus refused');
      return message.body;
    }
  }

  async #message(): Promise<{ type: number; replyTo: number | undefined; body: Buffer }> {
    await this.#until(() => this.#read.length - fixedBytes);
    if (this.#read[0] !== littleEndian) throw new Error('the bus speaks another order of bytes');
    const fieldsLength = this.#read.readUInt32LE(12);
    const bodyAt = aligned(fixedBytes + fieldsLength, 8);
    const length = bodyAt + this.#read.readUInt32LE(4);
    await this.#until(() => this.#read.length - length);
    const whole = this.#take(length);
    const replyTo = replySerial(whole.subarray(0, fixedBytes + fieldsLength));
    return { type: whole[1] ?? 0, replyTo, body: whole.subarray(bodyAt) };
  }

  /** Waits until there is enough: what `look` gives is 0 or more. */
  async #until(look: () => number): Promise<number> {
    for (;;) {
      const found = look();
      if (found >= 0) return found;
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #take(count: number): Buffer {
    const taken = this.#read.subarray(0, count);
    this.#read = this.#read.subarray(count);
    return taken;
  }
}

/** `l`. */
const littleEndian = 0x6c;
const messageTypes = { call: 1, reply: 2 } as const;
const headerFields = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 } as const;
/** Order, type, flags, version, length of the body, serial, length of the fields. */
const fixedBytes = 16;

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to;

const padded = (bytes: Buffer, to: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length, to) - bytes.length)]);

function methodCall(serial: number, member: string, argument: string | undefined): Buffer {
  const body = argument === undefined ? Buffer.alloc(0) : text(argument);
  const fields = [
    field(headerFields.path, 'o', text('/org/freedesktop/DBus')),
    field(headerFields.interface, 's', text('org.freedesktop.DBus')),
    field(headerFields.member, 's', text(member)),
    field(headerFields.destination, 's', text('org.freedesktop.DBus')),
    ...(argument === undefined ? [] : [field(headerFields.signature, 'g', signature('s'))]),
  ];
  // Each is aligned to 8; the padding after the last one is no part of their length.
  const list = fields.reduce((before, one) => Buffer.concat([padded(before, 8), one]), Buffer.alloc(0));
  const fixed = Buffer.alloc(fixedBytes);
  fixed.set([littleEndian, messageTypes.call, 0, 1]);
  fixed.writeUInt32LE(body.length, 4);
  fixed.writeUInt32LE(serial, 8);
  fixed.writeUInt32LE(list.length, 12);
  return Buffer.concat([padded(Buffer.concat([fixed, list]), 8), body]);
}

/** Its code, and a value with the signature of its type. Begins at a multiple of 8, so that its text is aligned to 4. */
const field = (code: number, type: string, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([code]), signature(type), value]);

const signature = (type: string): Buffer => Buffer.concat([Buffer.from([type.length]), Buffer.from(`${type}\0`)]);

function text(value: string): Buffer {
  const bytes = Buffer.from(`${value}\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length - 1);
  return Buffer.concat([length, bytes]);
}

/** Which call a message answers, from its fields. */
function replySerial(head: Buffer): number | undefined {
  for (let at = fixedBytes; at + 4 <= head.length; at = aligned(at, 8)) {
    const code = head[at];
    const type = String.fromCharCode(head[at + 2] ?? 0);
    at += 4;
    if (code === headerFields.replySerial) return head.readUInt32LE(at);
    if (type === 'g') at += (head[at] ?? 0) + 2;
    else if (type === 'u') at += 4;
    else at += head.readUInt32LE(at) + 5;
  }
  return undefined;
}
