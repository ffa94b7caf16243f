/** A whole answer between equal dialects, or the answer of a surface that is only passed on. */
import type { ClientDialectId } from '../../../shared/domain/dialect.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { Gatherer } from '../../kit/gather.ts';
import { meterBits, type Meter } from '../dialects/dialect.ts';
import { isJsonText } from '../dialects/document.ts';
import { answerTooLarge, brokenStream, maxEventBytes, maxWholeBytes, notAnAnswer, readAnswer } from './bodies.ts';
import type { AnswerBody, Relay } from './relay.ts';
import { parseBlock, SseFramer } from './sse.ts';
import { restoreAnswer } from './unmask-answer.ts';
import { StreamRestorer } from './unmask-stream.ts';
import type { Unmasker } from './unmask.ts';

/** A plain answer is looked at up to this size, which holds a few pictures; a larger one flows through unread. */
const maxInspectedBytes = 8 * 1024 * 1024;

export interface PlainOptions {
  /** `undefined` for surfaces without a dialect of ours. */
  readonly meter: Meter | undefined;
  readonly contentType: string | undefined;
  readonly isJson: boolean;
  /** Sound, images and streams of surfaces without a dialect go out as they come. */
  readonly streams?: boolean | undefined;
  /** It is a stream of events that the meter understands, and may look at. */
  readonly isMetered?: boolean | undefined;
  /** It is a stream of events in which texts come in pieces as they do in this dialect. */
  readonly eventsAs?: ClientDialectId | undefined;
  readonly onFirstContent: () => void;
  /** The last of these events was seen. */
  readonly onTerminal?: (() => void) | undefined;
  /**
   * The client gets originals for the placeholders of its request: in an answer that is JSON, which is held until it is whole, and in
   * a stream whose events are understood.
   */
  readonly unmask?: Unmasker | undefined;
}

/** A whole answer between equal dialects, or of a surface that is only passed on. */
export class PlainBody implements AnswerBody {
  readonly contentType: string | undefined;
  readonly isComplete = false;
  readonly #relay: Relay;
  readonly #options: PlainOptions;
  readonly #copy = new Gatherer();
  /** Of a whole that is to be changed before anything of it goes out. */
  readonly #unmask: Unmasker | undefined;
  readonly #stream: StreamRestorer | undefined;
  #framer: SseFramer | undefined;
  #bytes = 0;
  #terminal = false;

  constructor(relay: Relay, options: PlainOptions) {
    const { isJson, isMetered = false, eventsAs, unmask, contentType } = options;
    this.#relay = relay;
    this.#options = options;
    this.contentType = contentType;
    if (isMetered) this.#framer = new SseFramer(maxEventBytes);
    if (unmask?.isEmpty !== false) return;
    if (isJson) this.#unmask = unmask;
    else if (eventsAs !== undefined) this.#stream = new StreamRestorer(unmask, eventsAs, maxEventBytes);
  }

  get isCounted(): boolean {
    return this.#terminal && this.#options.meter?.usage() !== undefined;
  }

  readonly #onBlock = (raw: Buffer, from: number): void => {
    const event = parseBlock(raw, from);
    const bits = event === undefined ? 0 : (this.#options.meter?.event(event.name, event.data) ?? 0);
    if ((bits & meterBits.terminal) === 0 || this.#terminal) return;
    this.#terminal = true;
    this.#options.onTerminal?.();
  };

  /** Whatever it is, it goes out: what cannot be read is only not counted. */
  #watch(bytes: Buffer): void {
    try {
      this.#framer?.push(bytes, this.#onBlock);
    } catch {
      this.#framer = undefined;
    }
  }

  chunk(bytes: Buffer): void {
    if (this.#bytes === 0) {
      this.#options.onFirstContent();
      this.#relay.begin();
    }
    if (this.#relay.isCommitted) this.#relay.content();
    this.#bytes += bytes.length;
    if (this.#unmask !== undefined) {
      this.#hold(bytes);
      return;
    }
    this.#watch(bytes);
    if (this.#options.isJson) {
      if (this.#bytes <= maxInspectedBytes) this.#copy.add(bytes);
      else this.#copy.clear();
    }
    if (this.#stream === undefined) this.#relay.emit(bytes);
    else this.#restored(this.#stream, bytes);
    if (this.#options.streams === true) this.#relay.commit();
  }

  #restored(stream: StreamRestorer, bytes: Buffer): void {
    try {
      const out = stream.push(bytes);
      if (out.length > 0) this.#relay.emit(out);
    } catch (error) {
      this.#relay.breakOff(brokenStream(error));
    }
  }

  #hold(bytes: Buffer): void {
    if (this.#bytes <= maxWholeBytes) {
      this.#copy.add(bytes);
      return;
    }
    this.#copy.clear();
    this.#relay.breakOff(answerTooLarge('have what was masked in its request restored'));
  }

  #endRestored(unmask: Unmasker): void {
    const whole = this.#copy.take();
    if (whole.length <= maxInspectedBytes) this.#options.meter?.answer(readAnswer(whole));
    this.#relay.emit(restoreAnswer(whole, unmask));
    this.#relay.complete();
  }

  end(): void {
    if (this.#bytes === 0) {
      this.#relay.breakOff(notAnAnswer('an empty body'));
      return;
    }
    if (this.#unmask !== undefined) {
      this.#endRestored(this.#unmask);
      return;
    }
    if (this.#stream !== undefined) this.#relay.emit(this.#stream.end());
    if (this.#options.isJson && this.#bytes <= maxInspectedBytes) {
      const whole = this.#copy.take();
      try {
        this.#options.meter?.answer(readAnswer(whole));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        if (!this.#relay.isCommitted) {
          this.#relay.breakOff(error);
          return;
        }
        // What is on its way already cannot be taken back, but a part of an answer must not end like one.
        if (!isJsonText(whole)) {
          this.#relay.breakOff(cutJson());
          return;
        }
      }
    }
    this.#relay.complete();
  }

  /** A stream has no place for an error, but for what waited of its text. */
  errorText(): { text: string; tear: boolean } | undefined {
    return this.#stream === undefined ? undefined : { text: this.#stream.end().toString('utf8'), tear: true };
  }
}

function cutJson(): GatewayError {
  return new GatewayError(
    'relay.stream_incomplete',
    'The provider ended the answer in the middle: what came of it is no complete JSON.',
  );
}
