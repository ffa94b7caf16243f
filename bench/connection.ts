/** A keep-alive HTTP/1.1 client on a raw socket: cheap enough that the load generator is not what is measured. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Judge } from './answers.ts';

/** Where a contender listens on the loopback interface. */
export interface Target {
  readonly port: number;
}

/** One request ready to send, and how its answer is checked. */
export interface Wire {
  /** Head and body. */
  readonly bytes: Buffer;
  /** The body that must come back; undefined when the answer is translated: then {@link judge} reads it. */
  readonly exact: Buffer | undefined;
  readonly judge: Judge | undefined;
  /** Bytes with which the first content of a stream begins; undefined where there is no stream. */
  readonly firstContent: Buffer | undefined;
}

/** How one exchange went. Times are of `performance.now()`, in milliseconds. */
export interface Outcome {
  readonly sentAt: number;
  readonly firstByteAt: number;
  /** When {@link Wire.firstContent} had come; the first byte where that is not looked for. */
  readonly firstContentAt: number;
  readonly endedAt: number;
  /** What was wrong; undefined when every byte was right. */
  readonly problem: string | undefined;
}

const answerTimeoutMs = 20_000;
const headEnd = Buffer.from('\r\n\r\n');
/** No answer of the benchmark has more than 1 KB of head; 16 KB is what Node itself accepts. */
const maxHeadBytes = 16 * 1024;

/** Answers a judge has found right: an equal one needs no second reading. */
const approved = new WeakMap<Judge, Buffer>();

type Stage = 'idle' | 'head' | 'sized' | 'chunk-head' | 'chunk' | 'chunk-end' | 'trailer';

/** One connection, one exchange at a time. After a failure it connects anew by itself. */
export class Connection {
  readonly #target: Target;
  #socket: Socket | undefined;
  #stage: Stage = 'idle';
  #pending: Buffer = Buffer.alloc(0);
  #left = 0;
  #closing = false;
  #wire: Wire | undefined;
  #status = 0;
  #seen = 0;
  #differs = false;
  #kept: Buffer[] = [];
  #sentAt = 0;
  #firstByteAt = 0;
  #firstContentAt = 0;
  #done: ((outcome: Outcome) => void) | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Resolves once connected; rejects when nobody listens. */
  async open(): Promise<void> {
    const socket = connect({ port: this.#target.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    socket.once('connect', () => {
      resolve(undefined);
    });
    socket.on('error', (error) => {
      reject(error);
      this.#fail(socket, error.message);
    });
    socket.on('close', () => {
      reject(new Error('closed before it was open'));
      this.#fail(socket, 'the connection was closed');
    });
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    socket.setTimeout(answerTimeoutMs, () => {
      if (this.#stage === 'idle') return;
      this.#fail(socket, `no byte for ${answerTimeoutMs} ms`);
      socket.destroy();
    });
    await promise;
  }

  /** Sends a request and hands its outcome to `done`, always once. */
  exchange(wire: Wire, done: (outcome: Outcome) => void): void {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed || this.#closing) {
      this.#reopen(wire, done);
      return;
    }
    this.#wire = wire;
    this.#done = done;
    this.#stage = 'head';
    this.#pending = Buffer.alloc(0);
    this.#seen = 0;
    this.#differs = false;
    this.#kept = [];
    this.#firstByteAt = 0;
    this.#firstContentAt = 0;
    this.#sentAt = performance.now();
    socket.write(wire.bytes);
  }

  close(): void {
    this.#done = undefined;
    this.#stage = 'idle';
    this.#socket?.destroy();
  }

  #reopen(wire: Wire, done: (outcome: Outcome) => void): void {
    this.#socket?.destroy();
    this.#closing = false;
    const now = performance.now();
    this.open().then(
      () => {
        this.exchange(wire, done);
      },
      (error: unknown) => {
        const problem = `cannot connect: ${error instanceof Error ? error.message : String(error)}`;
        done({ sentAt: now, firstByteAt: now, firstContentAt: now, endedAt: performance.now(), problem });
      },
    );
  }

  #fail(socket: Socket, problem: string): void {
    if (socket !== this.#socket) return;
    this.#closing = true;
    if (this.#stage !== 'idle') this.#finish(problem);
  }

  #take(chunk: Buffer): void {
    let rest: Buffer = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    this.#pending = Buffer.alloc(0);
    while (rest.length > 0) {
      const used = this.#step(rest);
      if (used < 0) {
        // Not enough for a line yet. Body bytes are never kept here, so this stays small.
        this.#pending = rest;
        if (rest.length > maxHeadBytes) this.#break('a line without end');
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /** Takes what it can from the front; how many bytes that was, or -1 when it needs more to go on. */
  #step(bytes: Buffer): number {
    switch (this.#stage) {
      case 'head': {
        const end = bytes.indexOf(headEnd);
        if (end < 0) return -1;
        this.#readHead(bytes.toString('latin1', 0, end));
        return end + 4;
      }
      case 'sized':
      case 'chunk': {
        const size = Math.min(this.#left, bytes.length);
        this.#check(bytes.subarray(0, size));
        this.#left -= size;
        if (this.#left === 0) {
          if (this.#stage === 'chunk') this.#stage = 'chunk-end';
          else this.#finish(undefined);
        }
        return size;
      }
      case 'chunk-end':
        if (bytes.length < 2) return -1;
        this.#stage = 'chunk-head';
        return 2;
      case 'chunk-head':
      case 'trailer':
        return this.#readLine(bytes);
      case 'idle':
        this.#break('bytes after the end of an answer');
        return bytes.length;
    }
  }

  #readLine(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n');
    if (end < 0) return -1;
    if (this.#stage === 'trailer') {
      if (end === 0) this.#finish(undefined);
      return end + 2;
    }
    this.#left = Number.parseInt(bytes.toString('latin1', 0, end), 16);
    if (Number.isNaN(this.#left)) this.#break('a chunk without a size');
    else this.#stage = this.#left === 0 ? 'trailer' : 'chunk';
    return end + 2;
  }

  #readHead(head: string): void {
    this.#status = Number(head.slice(9, 12));
    const lower = head.toLowerCase();
    if (lower.includes('\r\nconnection: close')) this.#closing = true;
    const length = /\r\ncontent-length: *(\d+)/.exec(lower)?.[1];
    if (length !== undefined) {
      this.#left = Number(length);
      this.#stage = 'sized';
      if (this.#left === 0) this.#finish(undefined);
    } else if (lower.includes('\r\ntransfer-encoding: chunked')) this.#stage = 'chunk-head';
    else this.#break('an answer without length or chunks');
  }

  #check(bytes: Buffer): void {
    if (this.#firstByteAt === 0) this.#firstByteAt = performance.now();
    if (this.#firstContentAt === 0) this.#lookForContent(bytes);
    const exact = this.#wire?.exact;
    const from = this.#seen;
    this.#seen += bytes.length;
    if (exact === undefined) {
      this.#kept.push(bytes);
      return;
    }
    const same =
      !this.#differs && this.#seen <= exact.length && exact.compare(bytes, 0, bytes.length, from, this.#seen) === 0;
    if (same) return;
    this.#differs = true;
    // Enough to say what came instead.
    if (this.#kept.length < 2) this.#kept.push(bytes);
  }

  #lookForContent(bytes: Buffer): void {
    const mark = this.#wire?.firstContent;
    if (mark === undefined) this.#firstContentAt = this.#firstByteAt;
    else if (bytes.includes(mark)) this.#firstContentAt = performance.now();
  }

  #break(problem: string): void {
    this.#closing = true;
    if (this.#stage !== 'idle') this.#finish(problem);
    this.#socket?.destroy();
  }

  #verdict(): string | undefined {
    const exact = this.#wire?.exact;
    if (this.#status !== 200) return `HTTP ${this.#status}: ${this.#shown()}`;
    if (exact !== undefined) {
      if (this.#differs) return `other bytes than sent: ${this.#shown()}`;
      return this.#seen === exact.length ? undefined : `${this.#seen} bytes instead of ${exact.length}`;
    }
    const judge = this.#wire?.judge;
    if (judge === undefined) return undefined;
    const [only] = this.#kept;
    const body = only !== undefined && this.#kept.length === 1 ? only : Buffer.concat(this.#kept);
    if (approved.get(judge)?.equals(body) === true) return undefined;
    const problem = judge(body);
    if (problem === undefined && !approved.has(judge)) approved.set(judge, Buffer.from(body));
    return problem;
  }

  #shown(): string {
    return Buffer.concat(this.#kept).toString('utf8', 0, 160).replaceAll(/\s+/g, ' ');
  }

  #finish(problem: string | undefined): void {
    const endedAt = performance.now();
    const outcome = {
      sentAt: this.#sentAt,
      firstByteAt: this.#firstByteAt,
      // Cut in two by a packet, it is not found: no event is later than the last.
      firstContentAt: this.#firstContentAt === 0 ? endedAt : this.#firstContentAt,
      endedAt,
      problem: problem ?? this.#verdict(),
    };
    this.#stage = 'idle';
    const done = this.#done;
    this.#done = undefined;
    this.#kept = [];
    done?.(outcome);
  }
}
