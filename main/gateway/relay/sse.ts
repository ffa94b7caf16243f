/** Cuts a byte stream into server-sent events without turning forwarded bytes into text; any split gives the same events. */

import { Gatherer } from '../../kit/gather.ts';

/** An event's payload; `data` is a view into the received bytes, or a copy when it spans chunks or several `data:` lines. */
export interface FramedEvent {
  readonly name: string;
  readonly data: Buffer;
}

/** Called per complete block in order with its raw bytes, to be read with `parseBlock(raw, from)` by whoever wants what is in it. */
export type OnBlock = (raw: Buffer, from: number) => void;

const lf = 0x0a;
const cr = 0x0d;
const colon = 0x3a;
const space = 0x20;

/** Thrown by `push` when one event outgrows the cap (SEC-63). */
export class EventTooLarge extends Error {
  constructor(capBytes: number) {
    super(`One event is larger than ${String(capBytes)} bytes.`);
    this.name = 'EventTooLarge';
  }
}

/**
 * Parses per the HTML standard, 9.2.6: LF, CRLF and CR end lines, a blank line ends an event, one space after the colon is
 * dropped, a leading byte order mark is ignored.
 */
export class SseFramer {
  /** Bytes since the end of the last complete block. */
  readonly #pending = new Gatherer();
  readonly #capBytes: number;
  #lineIsEmpty = true;
  #lastWasCr = false;
  /** A blank line ended in CR: the block is complete, but a following LF would still belong to it. */
  #closedByCr = false;
  #first = true;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  get pendingBytes(): number {
    return this.#pending.sizeBytes;
  }

  /** Takes a chunk; calls `onBlock` for each block it completes. Throws `EventTooLarge`. */
  push(chunk: Buffer, onBlock: OnBlock): void {
    const plain = !this.#lastWasCr && chunk.indexOf(cr) === -1;
    const blockStart = plain ? this.#pushPlain(chunk, onBlock) : this.#pushAny(chunk, onBlock);
    if (blockStart < chunk.length) this.#keep(blockStart === 0 ? chunk : chunk.subarray(blockStart));
  }

  /** Only LF in sight: native searches from line to line. Returns where the unfinished block starts. */
  #pushPlain(chunk: Buffer, onBlock: OnBlock): number {
    let blockStart = 0;
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(lf, at);
      if (end === -1) {
        if (at < chunk.length) this.#lineIsEmpty = false;
        return blockStart;
      }
      const blank = end === at && this.#lineIsEmpty;
      this.#lineIsEmpty = true;
      at = end + 1;
      if (blank) {
        this.#emit(chunk, blockStart, at, onBlock);
        blockStart = at;
      }
    }
  }

  /** CR may end lines too: byte by byte. */
  #pushAny(chunk: Buffer, onBlock: OnBlock): number {
    let blockStart = 0;
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk[i] as number;
      if (this.#closedByCr) {
        const end = code === lf ? i + 1 : i;
        this.#closedByCr = false;
        this.#emit(chunk, blockStart, end, onBlock);
        blockStart = end;
        if (code === lf) {
          this.#lastWasCr = false;
          continue;
        }
      }
      if (code === cr) {
        if (this.#lineIsEmpty) this.#closedByCr = true;
        this.#lineIsEmpty = true;
        this.#lastWasCr = true;
        continue;
      }
      if (code === lf) {
        if (!this.#lastWasCr) {
          if (this.#lineIsEmpty) {
            this.#emit(chunk, blockStart, i + 1, onBlock);
            blockStart = i + 1;
          }
          this.#lineIsEmpty = true;
        }
        this.#lastWasCr = false;
        continue;
      }
      this.#lastWasCr = false;
      this.#lineIsEmpty = false;
    }
    return blockStart;
  }

  /** End of stream: a block closed by a bare CR is complete; anything else left is an unfinished event and is returned. */
  end(onBlock: OnBlock): Buffer | undefined {
    if (this.#closedByCr) {
      this.#closedByCr = false;
      this.#emit(Buffer.alloc(0), 0, 0, onBlock);
      return undefined;
    }
    return this.#pending.sizeBytes === 0 ? undefined : this.#pending.take();
  }

  #keep(bytes: Buffer): void {
    if (this.#pending.sizeBytes + bytes.length > this.#capBytes) throw new EventTooLarge(this.#capBytes);
    this.#pending.add(bytes);
  }

  #emit(chunk: Buffer, start: number, end: number, onBlock: OnBlock): void {
    let raw = chunk.subarray(start, end);
    if (this.#pending.sizeBytes > 0) {
      this.#keep(raw);
      raw = this.#pending.take();
    }
    let from = 0;
    if (this.#first) {
      this.#first = false;
      if (raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf) from = 3;
    }
    onBlock(raw, from);
  }
}

/**
 * Fields of one block. `undefined` when it holds no data line. Takes time in proportion to the block, whatever its lines are: the
 * next line end of either kind is looked for once and remembered.
 */
export function parseBlock(raw: Buffer, from: number): FramedEvent | undefined {
  let name = '';
  let data: Buffer | undefined;
  /** Starts and ends of the values, once there is a second one. */
  let values: number[] | undefined;
  let nextLf = raw.indexOf(lf, from);
  let nextCr = raw.indexOf(cr, from);
  let at = from;
  while (at < raw.length) {
    if (nextLf !== -1 && nextLf < at) nextLf = raw.indexOf(lf, at);
    if (nextCr !== -1 && nextCr < at) nextCr = raw.indexOf(cr, at);
    let end = nextLf === -1 ? raw.length : nextLf;
    if (nextCr !== -1 && nextCr < end) end = nextCr;
    if (end > at) {
      const first = raw[at];
      if (first === 0x64 && startsWith(raw, at, end, dataField)) {
        const start = valueStart(raw, at + dataField.length, end);
        if (data === undefined) data = raw.subarray(start, end);
        else (values ??= []).push(start, end);
      } else if (first === 0x65 && startsWith(raw, at, end, eventField)) {
        name = raw.toString('latin1', valueStart(raw, at + eventField.length, end), end);
      }
    }
    at = end + 1;
  }
  if (data === undefined) return undefined;
  return { name, data: values === undefined ? data : joinLines(raw, data, values) };
}

function joinLines(raw: Buffer, first: Buffer, values: readonly number[]): Buffer {
  let bytes = first.length;
  for (let i = 0; i < values.length; i += 2) bytes += 1 + (values[i + 1] as number) - (values[i] as number);
  const joined = Buffer.allocUnsafeSlow(bytes);
  let at = first.copy(joined);
  for (let i = 0; i < values.length; i += 2) {
    joined[at++] = lf;
    at += raw.copy(joined, at, values[i], values[i + 1]);
  }
  return joined;
}

const dataField = Buffer.from('data');
const eventField = Buffer.from('event');

function startsWith(raw: Buffer, at: number, end: number, field: Buffer): boolean {
  const after = at + field.length;
  if (after > end) return false;
  for (let i = 0; i < field.length; i++) if (raw[at + i] !== field[i]) return false;
  return after === end || raw[after] === colon;
}

function valueStart(raw: Buffer, afterName: number, end: number): number {
  if (afterName >= end) return end;
  const start = afterName + 1;
  return start < end && raw[start] === space ? start + 1 : start;
}
