/**
 * Stage relay: one upstream answer on its way to the client. Until the first content nothing is sent, so that another attempt is
 * free; from then on it flows with backpressure, and whatever breaks it ends as an error the client can see.
 */
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import type { Scrub } from '../../kit/scrub.ts';
import type { ClientWriter, HeaderList } from './client-writer.ts';
import { createDecompressor, encodingsOf, type Decompressor } from './decompress.ts';
import { clientHeaders, headerValue, type IncomingHeaders } from './headers.ts';

/** Held back before the commit point at most (RTE-41); an answer that is larger is committed. */
const holdBackBytes = 64 * 1024;
/** A provider that said its last word gets this long to close the stream; then the answer is complete without it. */
const afterTerminalMs = 2_000;

export interface RelayHooks {
  /** The commit point: content is on its way, no further attempt. */
  onCommit(): void;
  /** The answer is no answer and the client saw nothing of it: the attempt failed. */
  onRefuse(error: GatewayError): void;
  /** Over, after commit. `error` is set when the client got a partial answer. */
  onDone(error: GatewayError | undefined): void;
}

/** What the relay may do to its source. */
export interface Source {
  pause(): void;
  resume(): void;
  abort(): void;
}

/** Turns upstream bytes into client bytes; made per answer. */
export interface AnswerBody {
  chunk(bytes: Buffer): void;
  /** Upstream ended in good order on the HTTP level. */
  end(): void;
  /** Wire text that tells the client, inside a running answer, that it broke; `undefined` when the answer has no such place. */
  errorText(error: GatewayError): { readonly text: string; readonly tear: boolean } | undefined;
  /** Content type the client gets. */
  readonly contentType: string | undefined;
  /** The dialect's end was seen: what breaks now breaks nothing of the answer. */
  readonly isComplete: boolean;
  /** Ends a complete answer whose connection did not end by itself. */
  finish?(): void;
}

export interface RelayOptions {
  readonly writer: ClientWriter;
  readonly source: Source;
  readonly hooks: RelayHooks;
  /** Silence between bytes after commit that ends the answer. */
  readonly idleMs: number;
  /** Knows the secrets the call went out with: an upstream's error must not tell them on. */
  readonly scrub: Scrub;
  /** Our own answer headers, taken at commit. */
  readonly answerHeaders: () => HeaderList;
  /** Upstream headers pass to the client: same family only. */
  readonly passHeaders: boolean;
  /** Chooses how the body is treated once the head is known. Throws `GatewayError` when the head cannot be an answer. */
  readonly createBody: (relay: Relay, status: number, headers: IncomingHeaders) => AnswerBody;
}

export class Relay {
  readonly #options: RelayOptions;
  #body: AnswerBody | undefined;
  #decompressor: Decompressor | undefined;
  #status = 200;
  #headers: IncomingHeaders = {};
  #committed = false;
  #over = false;
  #held: (Buffer | string)[] = [];
  #heldBytes = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #paused = false;
  #afterwards: NodeJS.Timeout | undefined;
  /** The provider's connection has ended in good order. */
  #ended = false;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  get isCommitted(): boolean {
    return this.#committed;
  }

  get isOver(): boolean {
    return this.#over;
  }

  head(status: number, headers: IncomingHeaders): void {
    this.#status = status;
    this.#headers = headers;
    try {
      const encodings = encodingsOf(headerValue(headers, 'content-encoding'));
      if (encodings.length > 0) this.#decompressor = this.#createDecompressor(encodings);
      this.#body = this.#options.createBody(this, status, headers);
    } catch (error) {
      this.breakOff(asGatewayError(error));
    }
  }

  data(chunk: Buffer): void {
    if (this.#over) return;
    this.#idleTimer?.refresh();
    if (this.#decompressor !== undefined) this.#decompressor.write(chunk);
    else this.#feed(chunk);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#afterwards);
    if (this.#over) return;
    if (this.#decompressor !== undefined) this.#decompressor.end();
    else this.#endBody();
  }

  /** The connection broke. */
  fail(error: GatewayError): void {
    if (this.#over) return;
    if (this.#body?.isComplete === true) {
      this.#finishBody();
      return;
    }
    if (!this.#committed) {
      this.breakOff(error);
      return;
    }
    const code = error.code === 'attempt.reset' ? 'relay.stream_cut' : 'relay.stream_malformed';
    this.breakOff(
      new GatewayError(code, `The provider broke off in the middle of the answer. ${error.message}`, { cause: error }),
    );
  }

  /** Stops without a word to the client: it has left, or another attempt takes over. */
  stop(): void {
    if (this.#over) return;
    this.#close();
    this.#options.source.abort();
  }

  /** The client has left after commit: upstream is aborted at once, nothing more is said. */
  abandon(): void {
    if (this.#over) return;
    this.#close();
    this.#options.source.abort();
    this.#options.hooks.onDone(undefined);
  }

  onDrain(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#idleTimer?.refresh();
    this.#options.source.resume();
  }

  // ---- for bodies

  /** Bytes for the client: held until commit. */
  emit(bytes: Buffer | string): void {
    if (this.#over) return;
    if (!this.#committed) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
      if (this.#heldBytes > holdBackBytes) this.commit();
      return;
    }
    if (!this.#options.writer.write(bytes) && !this.#paused) {
      this.#paused = true;
      this.#options.source.pause();
    }
  }

  commit(): void {
    if (this.#committed || this.#over) return;
    this.#committed = true;
    this.#options.hooks.onCommit();
    this.#sendHead();
    const held = this.#held;
    this.#held = [];
    for (const bytes of held) this.emit(bytes);
    if (this.#body?.isComplete === true) {
      this.expectEnd();
      return;
    }
    this.#idleTimer = setTimeout(() => {
      if (this.#paused) {
        // The client is slow, not the provider; its own clock decides.
        this.#idleTimer?.refresh();
        return;
      }
      this.breakOff(
        new GatewayError(
          'relay.idle_timeout',
          `The provider sent nothing for ${String(this.#options.idleMs)} ms in the middle of the answer. Raise timeouts.idle_ms if it may pause that long.`,
        ),
      );
    }, this.#options.idleMs);
  }

  /** The dialect's end was seen; the provider should close now. */
  expectEnd(): void {
    if (this.#over) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      this.#finishBody();
    }, afterTerminalMs);
  }

  /** The answer is complete. With nothing committed yet the whole of it goes out in one write, with its length. */
  complete(): void {
    if (this.#over) return;
    const { writer, hooks } = this.#options;
    this.#letGo();
    if (this.#committed) {
      this.#close();
      writer.end();
    } else {
      const whole = joined(this.#held);
      this.#committed = true;
      hooks.onCommit();
      this.#close();
      this.#sendHead(whole.length);
      writer.end(whole);
    }
    hooks.onDone(undefined);
  }

  /** An upstream's error event without the secrets it may echo. */
  scrubbed(event: Buffer): Buffer {
    return this.#options.scrub.bytes(event);
  }

  /** Something broke: a failed attempt before commit, an error inside the answer after it. */
  breakOff(problem: GatewayError): void {
    if (this.#over) return;
    const error = this.#withoutSecrets(problem);
    const body = this.#body;
    this.#close();
    this.#options.source.abort();
    if (!this.#committed) {
      this.#options.hooks.onRefuse(asAttempt(error));
      return;
    }
    const ending = body?.errorText(error);
    if (ending === undefined) this.#options.writer.tear();
    else if (ending.tear) this.#options.writer.tear(ending.text);
    else this.#options.writer.end(ending.text);
    this.#options.hooks.onDone(error);
  }

  /** The upstream's own error event went out in the client's dialect: the answer is over and was an error. */
  endWithUpstreamError(error: GatewayError): void {
    if (this.#over) return;
    this.#close();
    this.#options.source.abort();
    this.#options.writer.end();
    this.#options.hooks.onDone(error);
  }

  // ---- inside

  #finishBody(): void {
    if (this.#over) return;
    if (this.#body?.finish === undefined) this.complete();
    else this.#body.finish();
  }

  /** Answers can be complete before their connection is: it is closed soon, so that none is left open for ever. */
  #letGo(): void {
    // The usual case. A timer would hold the whole exchange for as long as it runs.
    if (this.#ended) return;
    const timer = setTimeout(() => {
      this.#options.source.abort();
    }, afterTerminalMs);
    timer.unref();
    this.#afterwards = timer;
  }

  #feed(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#body?.chunk(chunk);
    } catch (error) {
      this.breakOff(asGatewayError(error));
    }
  }

  #endBody(): void {
    if (this.#over) return;
    try {
      this.#body?.end();
    } catch (error) {
      this.breakOff(asGatewayError(error));
    }
  }

  /** An upstream's words may stand in the message. */
  #withoutSecrets(error: GatewayError): GatewayError {
    const message = this.#options.scrub.text(error.message);
    if (message === error.message) return error;
    const { code, status, param, retryAfterS, details, cause, children } = error;
    return new GatewayError(code, message, { status, param, retryAfterS, details, cause, children });
  }

  #sendHead(lengthBytes?: number): void {
    const { writer, answerHeaders, passHeaders } = this.#options;
    if (writer.headSent) return;
    const headers: (readonly [string, string])[] = passHeaders
      ? clientHeaders(this.#headers).filter(([, value]) => !this.#options.scrub.isIn(value))
      : [];
    const type = this.#body?.contentType;
    if (type !== undefined) headers.push(['content-type', type]);
    if (lengthBytes !== undefined) headers.push(['content-length', String(lengthBytes)]);
    headers.push(...answerHeaders());
    writer.head(this.#status, headers);
  }

  #createDecompressor(encodings: readonly string[]): Decompressor {
    const made = createDecompressor(encodings, {
      onData: (chunk) => {
        this.#feed(chunk);
      },
      onEnd: () => {
        this.#endBody();
      },
      onError: (reason) => {
        this.breakOff(
          new GatewayError(
            'attempt.decompression',
            `The provider's answer could not be unpacked (${encodings.join(', ')}): ${reason}. The provider or a proxy on the way packs it wrongly.`,
          ),
        );
      },
    });
    if (made === undefined) {
      throw new GatewayError(
        'attempt.decompression',
        `The provider answered with the encoding "${encodings.join(', ')}", which is not supported and was not asked for. A proxy on the way may have added it.`,
      );
    }
    return made;
  }

  #close(): void {
    this.#over = true;
    clearTimeout(this.#idleTimer);
    this.#decompressor?.destroy();
    this.#held = [];
  }
}

function joined(pieces: readonly (Buffer | string)[]): Buffer {
  if (pieces.length === 1) {
    const only = pieces[0] as Buffer | string;
    return typeof only === 'string' ? Buffer.from(only, 'utf8') : only;
  }
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece)));
}

/** Before the commit point nothing has been relayed: a provider that says it failed has failed the attempt. */
function asAttempt(error: GatewayError): GatewayError {
  if (error.code !== 'relay.upstream_error') return error;
  const { message, status, param, retryAfterS, details, cause, children } = error;
  return new GatewayError('attempt.upstream_error', message, { status, param, retryAfterS, details, cause, children });
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return internalBug('passing on the answer', error);
}
