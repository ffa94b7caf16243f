/** Reads a request body within bounds: size, time, encoding, room. Nothing is kept of a body that is refused. */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { Gatherer } from '../kit/gather.ts';
import type { BodyBudget } from './body-budget.ts';
import { createDecompressor, encodingsOf, type Decompressor } from './relay/decompress.ts';

/** SEC-62: first body byte within 120 s, then never 30 s of silence. */
const firstByteMs = 120_000;
const bodyIdleMs = 30_000;

export interface ReadBodyLimits {
  readonly maxBytes: number;
  readonly budget: BodyBudget;
  /** Called once nothing speaks against the body but the body itself. */
  readonly onWanted: () => void;
}

export interface HeldBody {
  readonly bytes: Buffer;
  /** Gives its room back; the bytes must not be needed any more. */
  release(): void;
}

/** Where a request keeps who reads its body. Not in a WeakMap: minor collections keep everything one holds, every exchange. */
const reading = Symbol('who reads the body');

interface ReadRequest extends IncomingMessage {
  [reading]?: BodyReader;
}

/** Ends the reading of a body that cannot come whole any more; `false` when nobody is reading it. */
export function failBody(request: IncomingMessage, error: GatewayError): boolean {
  return (request as ReadRequest)[reading]?.fail(error) ?? false;
}

/** The connection was closed in the middle of a body. */
export function bodyTruncated(cause?: unknown): GatewayError {
  return new GatewayError(
    'read.body_truncated',
    'The connection closed before the body was complete. Send the request again; if it comes back, look at its Content-Length.',
    { cause },
  );
}

/** The whole body, unpacked. Rejects with `read.*`, `receive.body_timeout` or `receive.overloaded`. */
export function readBody(request: IncomingMessage, limits: ReadBodyLimits): Promise<HeldBody> {
  return new Promise((resolve, reject) => {
    const reader = new BodyReader(request, limits, resolve, reject);
    (request as ReadRequest)[reading] = reader;
    reader.start();
  });
}

class BodyReader {
  readonly #request: IncomingMessage;
  readonly #limits: ReadBodyLimits;
  readonly #resolve: (body: HeldBody) => void;
  readonly #reject: (error: GatewayError) => void;
  readonly #encodings: readonly string[];
  readonly #pieces = new Gatherer();
  #unpack: Decompressor | undefined;
  #receivedBytes = 0;
  #isReceived = false;
  #settled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    request: IncomingMessage,
    limits: ReadBodyLimits,
    resolve: (body: HeldBody) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#request = request;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#encodings = encodingsOf(request.headers['content-encoding']);
  }

  start(): void {
    const request = this.#request;
    const claimed = Number(request.headers['content-length'] ?? 0);
    if (claimed > this.#limits.maxBytes) {
      this.fail(tooLarge(this.#limits.maxBytes, claimed));
      return;
    }
    if (this.#encodings.length > 0 && !this.#createUnpack()) {
      this.fail(unknownEncoding(this.#encodings));
      return;
    }
    this.#limits.onWanted();
    this.#timer = setTimeout(this.#onTime, firstByteMs);
    request.on('data', this.#onChunk);
    request.once('end', () => {
      // What follows is no word about the body: a request closes as soon as it is read.
      this.#isReceived = true;
      clearTimeout(this.#timer);
      if (this.#unpack === undefined) this.#done();
      else this.#unpack.end();
    });
    request.once('error', (error) => {
      this.#cutOff(error);
    });
    request.once('close', () => {
      this.#cutOff();
    });
  }

  #createUnpack(): boolean {
    this.#unpack = createDecompressor(this.#encodings, {
      onData: (chunk) => {
        this.#add(chunk);
      },
      onEnd: () => {
        this.#done();
      },
      onError: (reason) => {
        this.fail(notUnpacked(this.#encodings, reason));
      },
    });
    return this.#unpack !== undefined;
  }

  #cutOff(cause?: unknown): void {
    // After every request: an error, with its stack, is made only when there is one.
    if (this.#isReceived || this.#settled) return;
    this.fail(bodyTruncated(cause));
  }

  readonly #onTime = (): void => {
    const ms = this.#receivedBytes === 0 ? firstByteMs : bodyIdleMs;
    this.fail(
      new GatewayError(
        'receive.body_timeout',
        `Nothing of the request body came for ${String(ms / 1000)} s. Send it again; if it comes back, look at what stands between client and Sluice.`,
      ),
    );
  };

  readonly #onChunk = (chunk: Buffer): void => {
    if (this.#receivedBytes === 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#onTime, bodyIdleMs);
    } else this.#timer?.refresh();
    this.#receivedBytes += chunk.length;
    // What is packed counts too: it waits in memory until it is unpacked, and need not become anything.
    if (this.#receivedBytes > this.#limits.maxBytes) this.fail(tooLarge(this.#limits.maxBytes, undefined));
    else if (this.#unpack === undefined) this.#add(chunk);
    else this.#unpack.write(chunk);
  };

  #add(chunk: Buffer): void {
    if (this.#settled) return;
    const { maxBytes, budget } = this.#limits;
    if (this.#pieces.sizeBytes + chunk.length > maxBytes) {
      this.fail(tooLarge(maxBytes, undefined));
      return;
    }
    try {
      budget.take(chunk.length, maxBytes);
    } catch (error) {
      this.fail(error as GatewayError);
      return;
    }
    this.#pieces.add(chunk);
  }

  #done(): void {
    if (this.#settled) return;
    this.#settle();
    const { budget } = this.#limits;
    const bytes = this.#pieces.take();
    let held = true;
    this.#resolve({
      bytes,
      release() {
        if (held) budget.give(bytes.length);
        held = false;
      },
    });
  }

  /** `false` when it was over already. */
  fail(error: GatewayError): boolean {
    if (this.#settled) return false;
    this.#settle();
    this.#unpack?.destroy();
    this.#limits.budget.give(this.#pieces.sizeBytes);
    this.#pieces.clear();
    this.#reject(error);
    return true;
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#request.off('data', this.#onChunk);
  }
}

function notUnpacked(encodings: readonly string[], reason: string): GatewayError {
  return new GatewayError(
    'read.decompression',
    `The body could not be unpacked (${encodings.join(', ')}): ${reason}. Pack it as its Content-Encoding says, or send it plain without one.`,
  );
}

function unknownEncoding(encodings: readonly string[]): GatewayError {
  return new GatewayError(
    'read.unsupported_encoding',
    `The Content-Encoding "${encodings.join(', ').slice(0, 100)}" is not supported. Use gzip, deflate, br, zstd or none, at most two.`,
  );
}

function tooLarge(maxBytes: number, claimed: number | undefined): GatewayError {
  const size = claimed === undefined ? 'larger' : `${String(claimed)} bytes, larger`;
  return new GatewayError(
    'read.body_too_large',
    `The body is ${size} than the ${String(maxBytes)} bytes of listen.max_body_bytes. Send less, or raise that setting.`,
  );
}
