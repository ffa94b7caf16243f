/** The client's side of an exchange: head once, bytes with backpressure, an honest end or a torn connection. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A client that takes no byte for this long is gone (FAULT-31). */
const drainTimeoutMs = 120_000;
/** Streams without content for this long get their head and comments, so that impatient clients stay (RTE-41). */
const keepAliveAfterMs = 10_000;

const comment = Buffer.from(': keep-alive\n\n');

export type HeaderList = readonly (readonly [string, string])[];

/** What happened on the client's side. */
export interface ClientWriterEvents {
  /** The client left before the answer was finished. Called once, at most. */
  onGone(): void;
  /** The client takes bytes again after `write` returned false. */
  onDrain(): void;
}

export class ClientWriter {
  readonly #response: ServerResponse;
  #events: ClientWriterEvents | undefined;
  #drainTimer: NodeJS.Timeout | undefined;
  #keepAliveTimer: NodeJS.Timeout | undefined;
  #gone = false;
  #ended = false;
  #bytes = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.once('close', () => {
      this.#clearTimers();
      if (!this.#ended && !response.writableFinished) {
        this.#gone = true;
        this.#events?.onGone();
      }
    });
    response.on('drain', () => {
      clearTimeout(this.#drainTimer);
      this.#drainTimer = undefined;
      this.#events?.onDrain();
    });
    // A write to a socket that just broke; the close event that follows says so.
    response.on('error', () => undefined);
  }

  listen(events: ClientWriterEvents): void {
    this.#events = events;
    if (this.#gone) events.onGone();
  }

  get isGone(): boolean {
    return this.#gone;
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  get status(): number {
    return this.#response.statusCode;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * After ten seconds of waiting sends the head of a stream and then comments every ten seconds, until `head`, `stopKeepAlive`
   * or `end`. With `comments` false only the head goes out early. May be called again when an answer that broke is to go on.
   */
  keepAlive(options: { readonly head: () => HeaderList; readonly comments: boolean }): void {
    this.stopKeepAlive();
    this.#keepAliveTimer = setTimeout(() => {
      if (this.#gone || this.#ended) return;
      if (!this.headSent) {
        this.head(200, options.head(), { keepWaiting: true });
        this.#response.flushHeaders();
      }
      if (options.comments) {
        this.write(comment);
        this.#keepAliveTimer?.refresh();
      }
    }, keepAliveAfterMs);
    this.#keepAliveTimer.unref();
  }

  /** The answer flows, or waiting is over for another reason. */
  stopKeepAlive(): void {
    clearTimeout(this.#keepAliveTimer);
    this.#keepAliveTimer = undefined;
  }

  /** Sends the head unless it is out already. */
  head(status: number, headers: HeaderList, options: { readonly keepWaiting?: boolean } = {}): void {
    if (options.keepWaiting !== true) this.stopKeepAlive();
    if (this.headSent || this.#gone) return;
    const flat: string[] = [];
    for (const [name, value] of headers) flat.push(name, value);
    this.#response.writeHead(status, flat);
  }

  /** `false` when the client is slow: pause the source until `onDrain`. */
  write(bytes: Buffer | string): boolean {
    if (this.#gone || this.#ended) return true;
    this.#bytes += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
    const free = this.#response.write(bytes);
    if (!free && this.#drainTimer === undefined) {
      this.#drainTimer = setTimeout(() => this.#response.destroy(), drainTimeoutMs);
      this.#drainTimer.unref();
    }
    return free;
  }

  /** Ends the answer in good order. */
  end(bytes?: Buffer | string): void {
    if (this.#gone || this.#ended) return;
    this.#ended = true;
    this.#clearTimers();
    if (bytes === undefined) this.#response.end();
    else {
      this.#bytes += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
      this.#response.end(bytes);
    }
  }

  /** Ends so that no client takes the answer for complete: what was written arrives, the closing chunk does not. */
  tear(bytes?: Buffer | string): void {
    if (this.#gone || this.#ended) return;
    if (bytes !== undefined) this.write(bytes);
    this.#ended = true;
    this.#clearTimers();
    const { socket } = this.#response;
    // A pipelined answer has no socket until the answers before it are out.
    if (socket === null) this.#response.once('socket', (given: Socket) => setImmediate(() => this.#cut(given)));
    else this.#cut(socket);
  }

  #cut(socket: Socket): void {
    // To a client of HTTP/1.0 a closed connection is the end of a body: only a reset says that it is none.
    if (!this.#response.chunkedEncoding) {
      socket.resetAndDestroy();
      return;
    }
    // `end` flushes and sends FIN; destroying at once could drop bytes the client has not read.
    socket.end();
    socket.setTimeout(2_000, () => socket.destroy());
  }

  #clearTimers(): void {
    this.stopKeepAlive();
    clearTimeout(this.#drainTimer);
    this.#drainTimer = undefined;
  }
}
