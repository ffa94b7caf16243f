// Writes a reply onto the socket, misbehaving exactly as the fault asks.

import type { ServerResponse } from 'node:http';
import { setImmediate as tick, setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync, constants, createBrotliCompress, createDeflate, createGzip, gzipSync } from 'node:zlib';
import type { Done, Recorded, Reply } from './core.ts';
import type { At, Fault, Step } from './faults.ts';
import { shapeEvents } from './shape-events.ts';

type Delivery = {
  response: ServerResponse;
  reply: Reply;
  recorded: Recorded;
  fault: Fault;
  errorFrame: () => Uint8Array;
};

// Long enough for loopback to hand over what was written before a reset would discard it.
const FLUSH_MS = 15;
const WHITE_SPACE = Buffer.alloc(65_536, ' ');
const BOMB_MEMBER_BYTES = 16 * 1024 * 1024;

/** Responses whose connection the fault program itself tears down, so that it is not taken for the client leaving. */
export const cutByUs = new WeakSet<ServerResponse>();

/** Delivers the reply; resolves with how the exchange ended. Never rejects because of the client. */
export async function deliver(delivery: Delivery): Promise<Done> {
  const { response, reply, fault } = delivery;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const shaped = reply.streamed ? shapeEvents(reply.frames, fault, delivery.errorFrame) : reply.frames;
  const pieces = await encode(shaped, fault);
  const writer: Writer = { ...delivery, gone: gone.signal };
  const ends = boundaries(pieces);
  const steps = [...(fault.steps ?? [])];

  for (const step of steps.filter((one) => one.at === 'start')) {
    const over = await perform(writer, step);
    if (over !== undefined) return over;
  }
  if (fault.switchingProtocols === true) {
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: nonsense\r\n\r\n');
    return cut(writer, 'hang-up');
  }
  if (fault.earlyHints === true)
    response.socket?.write('HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n');
  const length = ends.at(-1) ?? 0;
  response.writeHead(reply.status, headFor(reply, fault, length));
  response.flushHeaders();

  return writeBody(writer, pieces, located(steps, ends, length), length);
}

type Writer = Delivery & { gone: AbortSignal };
type Located = { offset: number; step: Step };

function located(steps: readonly Step[], ends: readonly number[], length: number): Located[] {
  const place = (at: At): number => {
    if (at === 'headers' || at === 'start') return 0;
    if (at === 'end') return length;
    if ('bytes' in at) return Math.min(at.bytes, length);
    return at.events <= 0 ? 0 : (ends[Math.min(at.events, ends.length) - 1] ?? 0);
  };
  return steps
    .filter((step) => step.at !== 'start')
    .map((step) => ({ offset: place(step.at), step }))
    .sort((a, b) => a.offset - b.offset);
}

async function writeBody(
  writer: Writer,
  pieces: readonly Uint8Array[],
  steps: Located[],
  length: number,
): Promise<Done> {
  const { fault, response } = writer;
  let at = 0;
  const due = async (): Promise<Done | undefined> => {
    while (steps[0] !== undefined && steps[0].offset <= at) {
      const step = steps.shift()?.step;
      const over = step === undefined ? undefined : await perform(writer, step);
      if (over !== undefined) return over;
    }
    return undefined;
  };
  const early = await due();
  if (early !== undefined) return early;
  for (const piece of fault.coalesce === true && steps.length === 0 ? [Buffer.concat(pieces)] : pieces) {
    let rest = piece;
    while (rest.length > 0) {
      const next = steps[0]?.offset ?? Infinity;
      const size = Math.min(fault.splitBytes ?? rest.length, rest.length, Math.max(next - at, 1));
      if (!(await write(writer, rest.subarray(0, size)))) return 'aborted';
      at += size;
      rest = rest.subarray(size);
      const over = await due();
      if (over !== undefined) return over;
    }
  }
  if (fault.endless === true) return writeEndless(writer, pieces);
  if ((fault.contentLengthDelta ?? 0) > 0) return cut(writer, 'hang-up');
  if (length === 0 && writer.gone.aborted) return 'aborted';
  return end(response, writer.gone);
}

async function writeEndless(writer: Writer, pieces: readonly Uint8Array[]): Promise<Done> {
  const again = writer.reply.streamed ? (pieces[Math.floor(pieces.length / 2)] ?? WHITE_SPACE) : WHITE_SPACE;
  while (await write(writer, again));
  return 'aborted';
}

async function perform(writer: Writer, step: Step): Promise<Done | undefined> {
  switch (step.do) {
    case 'stall':
      await (step.ms === 'forever'
        ? closed(writer.gone)
        : wait(step.ms, undefined, { signal: writer.gone }).catch(() => undefined));
      return writer.gone.aborted ? 'aborted' : undefined;
    case 'wait':
      await Promise.race([step.until(), closed(writer.gone)]);
      return writer.gone.aborted ? 'aborted' : undefined;
    case 'reset':
    case 'hang-up':
      return cut(writer, step.do);
    case 'end':
      return end(writer.response, writer.gone);
    case 'insert':
      return (await write(writer, Buffer.from(step.text))) ? undefined : 'aborted';
  }
}

async function cut(writer: Writer, how: 'reset' | 'hang-up'): Promise<Done> {
  const { response } = writer;
  cutByUs.add(response);
  await wait(FLUSH_MS);
  if (how === 'reset') response.socket?.resetAndDestroy();
  else response.socket?.end();
  return 'cut';
}

async function end(response: ServerResponse, gone: AbortSignal): Promise<Done> {
  response.end();
  if (!response.writableFinished) {
    await new Promise<void>((resolve) => {
      response.once('finish', resolve);
      gone.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  return response.writableFinished ? 'complete' : 'aborted';
}

/** One write, waiting for the client to read; false once it has gone. */
async function write(writer: Writer, chunk: Uint8Array): Promise<boolean> {
  const { response, gone, fault, recorded } = writer;
  if (gone.aborted) return false;
  recorded.sentBytes += chunk.length;
  if (!response.write(chunk)) {
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      gone.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  if (fault.dripMs !== undefined) await wait(fault.dripMs, undefined, { signal: gone }).catch(() => undefined);
  else await tick();
  return !gone.aborted;
}

function closed(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  return new Promise((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }));
}

function headFor(reply: Reply, fault: Fault, length: number): Record<string, string | string[]> {
  const head: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.headers))
    head[name] = typeof value === 'string' ? value : [...value];
  if (fault.encoding !== undefined)
    head['content-encoding'] = fault.encoding === 'br' || fault.encoding === 'deflate' ? fault.encoding : 'gzip';
  const changed =
    (fault.steps ?? []).some((step) => step.do === 'end' || step.do === 'insert') || fault.endless === true;
  if (fault.contentLengthDelta !== undefined)
    head['content-length'] = String(Math.max(length + fault.contentLengthDelta, 0));
  else if (!reply.streamed && !changed) head['content-length'] = String(length);
  return head;
}

function boundaries(pieces: readonly Uint8Array[]): number[] {
  let sum = 0;
  return pieces.map((piece) => (sum += piece.length));
}

/** Compresses piece by piece with a flush after each, as a streaming proxy does. */
async function encode(pieces: readonly Uint8Array[], fault: Fault): Promise<readonly Uint8Array[]> {
  const { encoding } = fault;
  if (encoding === undefined) return pieces;
  switch (encoding) {
    case 'gzip':
      return flushed(pieces, createGzip(), constants.Z_SYNC_FLUSH);
    case 'deflate':
      return flushed(pieces, createDeflate(), constants.Z_SYNC_FLUSH);
    case 'br':
      return pieces.length === 1
        ? [brotliCompressSync(pieces[0] ?? '')]
        : flushed(pieces, createBrotliCompress(), constants.BROTLI_OPERATION_FLUSH);
    case 'corrupt-gzip': {
      const whole = gzipSync(Buffer.concat(pieces));
      whole.fill(0xff, Math.min(24, whole.length >> 1), (whole.length >> 1) + 8);
      return [whole];
    }
    case 'truncated-gzip': {
      const whole = gzipSync(Buffer.concat(pieces));
      return [whole.subarray(0, Math.floor(whole.length / 2))];
    }
    case 'gzip-bomb': {
      // Concatenated members are one valid gzip stream, so the bomb need not be built at its full size.
      const member = gzipSync(Buffer.alloc(BOMB_MEMBER_BYTES, ' '));
      return Array.from(
        { length: Math.ceil((fault.bombBytes ?? BOMB_MEMBER_BYTES) / BOMB_MEMBER_BYTES) },
        () => member,
      );
    }
  }
}

type Packer = ReturnType<typeof createGzip> | ReturnType<typeof createBrotliCompress>;

async function flushed(pieces: readonly Uint8Array[], packer: Packer, kind: number): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  let held: Buffer[] = [];
  packer.on('data', (chunk: Buffer) => held.push(chunk));
  for (const piece of pieces) {
    packer.write(piece);
    await new Promise<void>((resolve) => packer.flush(kind, resolve));
    await tick();
    out.push(Buffer.concat(held));
    held = [];
  }
  packer.end();
  await new Promise((resolve) => packer.once('end', resolve));
  const tail = Buffer.concat([...out.splice(-1), ...held]);
  return [...out, tail];
}
