/** Hands events to everyone who listens, with a bounded queue for each: a slow listener loses events, never memory. */
import type { AnyEvent } from '../../shared/contract/contract.ts';

export interface Events {
  /** Whether anyone listens: what is costly to make need not be made otherwise. */
  readonly listening: boolean;
  /** Returns at once and never throws. */
  publish(event: AnyEvent): void;
  /** Events from now on. Ends with `stop`, with the signal, or when the events are closed. */
  subscribe(): Subscription;
  /** Ends every subscription. */
  close(): void;
}

export interface Subscription extends AsyncIterable<AnyEvent> {
  stop(): void;
}

/** A listener that is behind by more than this gets `events.dropped` instead of the oldest. */
const defaultLimit = 1_000;
/** The same of text: an answer of a model is as long as a book, where other events are a line. */
const maxQueuedChars = 32 * 1024 * 1024;
/** Counted for an event without much text in it. */
const usualChars = 1_000;

export function createEvents(limit: number = defaultLimit): Events {
  const subscriptions = new Set<QueuedSubscription>();
  let closed = false;
  return {
    get listening() {
      return subscriptions.size > 0;
    },
    publish(event) {
      for (const subscription of subscriptions) subscription.add(event);
    },
    subscribe() {
      const subscription = new QueuedSubscription(limit, () => subscriptions.delete(subscription));
      if (closed) subscription.stop();
      else subscriptions.add(subscription);
      return subscription;
    },
    close() {
      closed = true;
      for (const subscription of subscriptions) subscription.stop();
    },
  };
}

/** About how much an event holds. */
function charsOf(event: AnyEvent): number {
  if (event.event !== 'playground.delta' && event.event !== 'playground.ended') return usualChars;
  const { text, reasoning } = event.data;
  const calls = event.event === 'playground.ended' ? event.data.tool_calls : [];
  return calls.reduce((sum, call) => sum + call.arguments.length, usualChars + text.length + reasoning.length);
}

class QueuedSubscription implements Subscription {
  readonly #limit: number;
  readonly #onStop: () => void;
  #queue: AnyEvent[] = [];
  #chars = 0;
  #dropped = 0;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(limit: number, onStop: () => void) {
    this.#limit = limit;
    this.#onStop = onStop;
  }

  add(event: AnyEvent): void {
    this.#queue.push(event);
    this.#chars += charsOf(event);
    // The newest stays, however long it is.
    while (this.#queue.length > this.#limit || (this.#chars > maxQueuedChars && this.#queue.length > 1)) {
      this.#take();
      this.#dropped += 1;
    }
    this.#wake?.();
  }

  #take(): AnyEvent | undefined {
    const event = this.#queue.shift();
    if (event !== undefined) this.#chars -= charsOf(event);
    return event;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#onStop();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<AnyEvent> {
    try {
      for (;;) {
        if (this.#dropped > 0) {
          const count = this.#dropped;
          this.#dropped = 0;
          yield { event: 'events.dropped', data: { count } };
          continue;
        }
        const event = this.#take();
        if (event !== undefined) yield event;
        else if (this.#stopped) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.stop();
    }
  }
}
