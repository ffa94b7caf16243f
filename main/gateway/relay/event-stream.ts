/** AWS event-stream frames (application/vnd.amazon.eventstream): length, headers, payload, two CRC-32 sums. */
import { crc32 } from 'node:zlib';
import { Gatherer } from '../../kit/gather.ts';
import type { FramedEvent } from './sse.ts';

/** AWS documents 16 MiB as the largest payload. */
const maxFrameBytes = 17 * 1024 * 1024;
const preludeBytes = 12;
const stringHeader = 7;

export class BrokenFrame extends Error {}

/** Cuts bytes into frames; any split gives the same events. Exceptions become events named after `:exception-type`. */
export class EventStreamFramer {
  readonly #pending = new Gatherer();
  /** Of the frame that is under way: bytes it needs before anything more can be said of it. */
  #neededBytes = preludeBytes;

  get pendingBytes(): number {
    return this.#pending.sizeBytes;
  }

  push(chunk: Buffer, onEvent: (event: FramedEvent) => void): void {
    let bytes = chunk;
    if (this.#pending.sizeBytes > 0) {
      this.#pending.add(chunk);
      if (this.#pending.sizeBytes < this.#neededBytes) return;
      bytes = this.#pending.take();
    }
    this.#neededBytes = preludeBytes;
    while (bytes.length >= preludeBytes) {
      const total = frameBytes(bytes);
      if (bytes.length < total) {
        this.#neededBytes = total;
        break;
      }
      const frame = bytes.subarray(0, total);
      if (crc32(frame.subarray(0, total - 4)) !== frame.readUInt32BE(total - 4))
        throw new BrokenFrame('the checksum of a frame is wrong');
      onEvent(eventOf(frame, total));
      bytes = bytes.subarray(total);
    }
    if (bytes.length > 0) this.#pending.add(bytes);
  }
}

/** Size of the frame that begins here, by its checked prelude. */
function frameBytes(bytes: Buffer): number {
  const total = bytes.readUInt32BE(0);
  if (total < preludeBytes + 4 || total > maxFrameBytes) throw new BrokenFrame(`a frame claims ${String(total)} bytes`);
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8))
    throw new BrokenFrame('the checksum of a frame head is wrong');
  return total;
}

function eventOf(frame: Buffer, total: number): FramedEvent {
  try {
    return readFrame(frame, total);
  } catch (error) {
    // A length inside the frame leads out of it.
    if (error instanceof RangeError) throw new BrokenFrame('the headers of a frame cannot be read');
    throw error;
  }
}

function readFrame(frame: Buffer, total: number): FramedEvent {
  const headersEnd = preludeBytes + frame.readUInt32BE(4);
  if (headersEnd > total - 4) throw new BrokenFrame('the headers of a frame are longer than the frame');
  let name = '';
  let at = preludeBytes;
  while (at < headersEnd) {
    const nameLength = frame.readUInt8(at);
    const header = frame.toString('latin1', at + 1, at + 1 + nameLength);
    at += 1 + nameLength;
    const type = frame.readUInt8(at);
    at += 1;
    if (type !== stringHeader) {
      at += fixedLengths[type] ?? 2 + frame.readUInt16BE(at);
      continue;
    }
    const length = frame.readUInt16BE(at);
    const value = frame.toString('utf8', at + 2, at + 2 + length);
    at += 2 + length;
    if (header === ':event-type' || header === ':exception-type' || header === ':error-code') name = value;
  }
  if (at !== headersEnd) throw new BrokenFrame('the headers of a frame do not end where they should');
  return { name, data: frame.subarray(headersEnd, total - 4) };
}

/** Bytes of the value by header type: true, false, byte, short, integer, long; 6 bytes-array and 7 string carry a length; 8 timestamp, 9 uuid. */
const fixedLengths: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
