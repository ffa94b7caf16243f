/** Originals in a stream of events that is only passed on: older completions. */
import type { ClientDialectId } from '../../../shared/domain/dialect.ts';
import { isJsonText } from '../dialects/document.ts';
import { parseBlock, SseFramer } from './sse.ts';
import { EventRestorer } from './unmask-events.ts';
import type { Unmasker } from './unmask.ts';

export class StreamRestorer {
  readonly #framer: SseFramer;
  readonly #restorer: EventRestorer;
  #out: Buffer[] = [];

  constructor(unmasker: Unmasker, dialect: ClientDialectId, maxEventBytes: number) {
    this.#framer = new SseFramer(maxEventBytes);
    this.#restorer = new EventRestorer(unmasker, dialect, this.#send);
  }

  /** What goes out for a chunk. Throws `EventTooLarge`. */
  push(bytes: Buffer): Buffer {
    this.#framer.push(bytes, this.#onBlock);
    this.#restorer.settle();
    return this.#taken();
  }

  /** The rest: what waited, and what is no whole event. */
  end(): Buffer {
    const rest = this.#framer.end(this.#onBlock);
    this.#restorer.end();
    if (rest !== undefined) this.#out.push(rest);
    return this.#taken();
  }

  readonly #send = (bytes: Buffer): void => {
    this.#out.push(bytes);
  };

  readonly #onBlock = (raw: Buffer, from: number): void => {
    const event = parseBlock(raw, from);
    const isEnd = event?.data.toString('latin1') === '[DONE]';
    if (event === undefined || isEnd || isJsonText(event.data)) this.#restorer.read(raw, event);
    else this.#send(raw);
  };

  #taken(): Buffer {
    const out = this.#out;
    this.#out = [];
    return Buffer.concat(out);
  }
}
