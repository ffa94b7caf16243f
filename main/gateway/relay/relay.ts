/**
 * Stage relay: one upstream answer on its way to the client. Until the first content nothing is sent, so that another attempt is
 * free; from then on it flows with backpressure, and whatever breaks it ends as an error the client can see.
 */
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import { Gatherer } from '../../kit/gather.ts';
import type { Scrub } from '../../kit/scrub.ts';
import type { ClientWriter, HeaderList } from './client-writer.ts';
import { createDecompressor, encodingsOf, type Decompressor } from './decompress.ts';
import { clientHeaders, headerValue, type IncomingHeaders } from './headers.ts';
import { Silence } from './silence.ts';

/** Held back before the commit point at most (RTE-41); an answer that is larger is committed. */
const holdBackBytes = 64 * 1024;
/** The same where the route has the whole answer held (RTE-47). */
const holdWholeBytes = 8 * 1024 * 1024;
/** FAULT-12: a provider that pings for longer than this and says nothing hangs. */
const withoutContentMs = 600_000;
/** A provider that said its last word gets this long to close the stream; then the answer is complete without it. */
const afterTerminalMs = 2_000;

export interface RelayHooks {
  /** The first content, or byte of a plain answer, held back or not. Called once, never after `onCommit`. */
  onContent(): void;
  /** The commit point: content is on its way, no further attempt. */
  onCommit(): void;
  /** The answer is no answer and the client saw nothing of it: the attempt failed. */
  onRefuse(error: GatewayError): void;
  /** Over, after commit. `error` is set when the client got a partial answer. */
  onDone(error: GatewayError | undefined): void;
  /** It broke after commit, `takeOver` agreed, and nothing was said of it to the client: another attempt is to go on. */
  onBroken(error: GatewayError): void;
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
  /** The provider's own count came with that end: there is nothing more to learn of the answer. */
  readonly isCounted?: boolean | undefined;
  /** What the client's wire text is wrapped in. Its state is that of the bytes the client got: nothing held back passes it. */
  readonly framing?: Framing | undefined;
}

/** Wraps wire text on its way out (a JSON array in place of an event stream). */
export interface Framing {
  push(text: string): string;
  /** What the wrapping needs at its end. */
  end(): string;
}

export interface RelayOptions {
  readonly writer: ClientWriter;
  readonly source: Source;
  readonly hooks: RelayHooks;
  /** The whole answer is held back, so that whatever breaks it costs the client nothing; one that is too large is committed. */
  readonly hold?: boolean | undefined;
  /** Asked once of a whole answer that was held back, as the client would get it: why it must not. */
  readonly inspect?: ((answer: Buffer) => GatewayError | undefined) | undefined;
  /**
   * Asked when the answer breaks after commit, before the client is told: `true` ends this relay without a word, and `onBroken`
   * is called instead of `onDone`.
   */
  readonly takeOver?: ((error: GatewayError) => boolean) | undefined;
  /** Silence between bytes after the first content that ends the answer. */
  readonly idleMs: number;
  /** Asked after each piece of the answer: why it must not go on. */
  readonly overrun?: (() => GatewayError | undefined) | undefined;
  /** The same between content; default ten minutes. */
  readonly contentMs?: number | undefined;
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
  #begun = false;
  #over = false;
  readonly #held = new Gatherer();
  readonly #silence: Silence;
  #endTimer: NodeJS.Timeout | undefined;
  #paused = false;
  /** The client has left, and what still comes is read for the provider's count alone, until then. */
  #drainTimer: NodeJS.Timeout | undefined;
  #afterwards: NodeJS.Timeout | undefined;
  /** The provider's connection has ended in good order. */
  #ended = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#silence = new Silence({
      idleMs: options.idleMs,
      contentMs: options.contentMs ?? withoutContentMs,
      isPaused: () => this.#paused,
      onSilence: (error) => {
        this.breakOff(error);
      },
    });
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
    this.#silence.bytes();
    this.#endTimer?.refresh();
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
      this.complete();
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

  /** The client has left after commit: reads on for `ms` at most, says nothing, and takes what breaks for the end. */
  drain(ms: number): void {
    if (this.#over) return;
    if (this.#body?.isCounted === true) {
      this.complete();
      return;
    }
    this.#drainTimer = setTimeout(() => {
      this.abandon();
    }, ms);
    this.onDrain();
  }

  onDrain(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#silence.bytes();
    this.#options.source.resume();
  }

  // ---- for bodies

  /** The provider has begun to answer. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#options.hooks.onContent();
  }

  /** Content came, or more of it: from the first on, the clocks of silence run. */
  content(): void {
    if (this.#over) return;
    this.begin();
    this.#silence.start();
    this.#silence.content();
  }

  /** Bytes for the client: held until commit. */
  emit(bytes: Buffer | string): void {
    if (this.#over || this.#drainTimer !== undefined) return;
    if (this.#committed) {
      this.#write(bytes);
      return;
    }
    this.#held.add(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
    if (this.#held.sizeBytes <= (this.#options.hold === true ? holdWholeBytes : holdBackBytes)) return;
    if (this.#options.inspect === undefined) this.#commit();
    else this.breakOff(tooLongToInspect());
  }

  /** There is something to show: the commit point, unless the whole answer is held. */
  commit(): void {
    if (this.#committed || this.#over) return;
    if (this.#options.hold !== true) {
      this.#commit();
      return;
    }
    this.content();
    if (this.#body?.isComplete === true) this.expectEnd();
  }

  /** The dialect's end was seen; the provider should close now. */
  expectEnd(): void {
    if (this.#over || this.#endTimer !== undefined) return;
    this.#silence.stop();
    this.#endTimer = setTimeout(() => {
      this.complete();
    }, afterTerminalMs);
  }

  /** The answer is complete. With nothing committed yet the whole of it goes out in one write, with its length. */
  complete(): void {
    if (this.#over) return;
    const { writer, hooks } = this.#options;
    this.#letGo();
    if (this.#committed) {
      const last = this.#body?.framing?.end();
      this.#close();
      writer.end(last);
    } else {
      const whole = this.#whole();
      const objection = this.#options.inspect?.(whole);
      if (objection !== undefined) {
        this.breakOff(objection);
        return;
      }
      this.begin();
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

  /** Something broke: a failed attempt before commit, an error inside the answer after it, and nothing behind its end. */
  breakOff(problem: GatewayError): void {
    if (this.#over) return;
    // What comes behind the end breaks nothing of an answer that the client has.
    if (this.#committed && this.#body?.isComplete === true) {
      this.complete();
      return;
    }
    if (this.#drainTimer !== undefined) {
      this.abandon();
      return;
    }
    const error = this.#withoutSecrets(problem);
    const body = this.#body;
    const isTakenOver = this.#committed && this.#options.takeOver?.(error) === true;
    this.#close();
    this.#options.source.abort();
    if (!this.#committed) {
      this.#options.hooks.onRefuse(asAttempt(error));
      return;
    }
    if (isTakenOver) {
      this.#options.hooks.onBroken(error);
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
    if (this.#drainTimer !== undefined) {
      this.abandon();
      return;
    }
    const last = this.#body?.framing?.end();
    this.#close();
    this.#options.source.abort();
    this.#options.writer.end(last);
    this.#options.hooks.onDone(error);
  }

  // ---- inside

  #commit(): void {
    this.begin();
    this.#committed = true;
    this.#options.hooks.onCommit();
    this.#sendHead();
    if (this.#held.sizeBytes > 0) this.#write(this.#held.take());
    if (this.#body?.isComplete === true) this.expectEnd();
    else this.#silence.start();
  }

  #write(bytes: Buffer | string): void {
    const framing = this.#body?.framing;
    const out = framing === undefined ? bytes : framing.push(textOf(bytes));
    if (!this.#options.writer.write(out) && !this.#paused) {
      this.#paused = true;
      this.#options.source.pause();
    }
  }

  /** All that was held back, as the client gets it. */
  #whole(): Buffer {
    const held = this.#held.take();
    const framing = this.#body?.framing;
    return framing === undefined ? held : Buffer.from(framing.push(textOf(held)) + framing.end(), 'utf8');
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
      this.#silence.chunkRead();
      if (this.#drainTimer !== undefined && this.#body?.isCounted === true) this.complete();
      const overrun = this.#options.overrun?.();
      if (overrun !== undefined) this.breakOff(overrun);
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
    const { code, status, param, retryAfterS, details, said, cause, children } = error;
    return new GatewayError(code, message, { status, param, retryAfterS, details, said, cause, children });
  }

  #sendHead(lengthBytes?: number): void {
    const { writer, answerHeaders, passHeaders } = this.#options;
    if (writer.headSent) {
      // By the keep-alive, or by an attempt that broke off.
      writer.stopKeepAlive();
      return;
    }
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
    this.#silence.stop();
    clearTimeout(this.#endTimer);
    clearTimeout(this.#drainTimer);
    this.#decompressor?.destroy();
    this.#held.clear();
  }
}

function textOf(bytes: Buffer | string): string {
  return typeof bytes === 'string' ? bytes : bytes.toString('utf8');
}

function tooLongToInspect(): GatewayError {
  return new GatewayError(
    'relay.masking_blocked',
    `The answer is longer than ${String(holdWholeBytes)} bytes, which is more than can be held back and looked through before the client gets it.`,
  );
}

/** Before the commit point nothing has been relayed: a provider that says it failed has failed the attempt. */
function asAttempt(error: GatewayError): GatewayError {
  if (error.code !== 'relay.upstream_error') return error;
  const { message, status, param, retryAfterS, details, said, cause, children } = error;
  const options = { status, param, retryAfterS, details, said, cause, children };
  return new GatewayError('attempt.upstream_error', message, options);
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return internalBug('passing on the answer', error);
}
