/** Answers between unlike dialects: decode to canonical parts, encode for the client, event by event. */
import { messageOf } from '../../kit/unquoted.ts';
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import { noUsage, maxUsage, type Usage } from '../../../shared/domain/usage.ts';
import { Gatherer } from '../../kit/gather.ts';
import type { CanonicalError, CanonicalResponse, Finish, JsonObject, StreamPart } from '../dialects/canonical.ts';
import type { StreamDecoder, StreamEncoder } from '../dialects/dialect.ts';
import {
  answerTooLarge,
  canonicalErrorOf,
  endingText,
  maxWholeBytes,
  notAnAnswer,
  readAnswer,
  maxEventBytes,
  saidIn,
  streamErrorText,
  type ErrorEnding,
} from './bodies.ts';
import { BrokenFrame, EventStreamFramer } from './event-stream.ts';
import { isContent } from './parts.ts';
import type { AnswerBody, Framing, Relay } from './relay.ts';
import { EventTooLarge, parseBlock, SseFramer, type FramedEvent } from './sse.ts';
import type { PartRestorer } from './unmask-parts.ts';

/** Changes parts between decoder and encoder: tool names turned back, opaque reasoning kept. */
export type PartTransform = (part: StreamPart) => readonly StreamPart[];

/** What a translated answer told us, for the record. */
export interface AnswerFacts {
  usage: Usage | undefined;
  rawUsage: JsonObject | undefined;
  finish: Finish | undefined;
  responseId: string | undefined;
  outputBytes: number;
}

export function emptyAnswerFacts(): AnswerFacts {
  return { usage: undefined, rawUsage: undefined, finish: undefined, responseId: undefined, outputBytes: 0 };
}

/** Notes usage, finish and size of what passes. Returns `true` for content. */
export function notePart(facts: AnswerFacts, part: StreamPart): boolean {
  switch (part.type) {
    case 'response-start':
      facts.responseId = part.id;
      break;
    case 'usage':
      facts.usage = maxUsage(facts.usage ?? noUsage, part.usage);
      if (part.raw !== undefined) facts.rawUsage = part.raw;
      break;
    case 'finish':
      facts.finish = part.finish;
      break;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      facts.outputBytes += Buffer.byteLength(part.text);
      break;
    case 'tool-call-delta':
      facts.outputBytes += Buffer.byteLength(part.input);
      break;
    default:
  }
  return isContent(part);
}

export interface TranslatedStreamOptions {
  readonly decoder: StreamDecoder;
  readonly encoder: StreamEncoder;
  readonly transform: PartTransform;
  /** What of it the client gets, where that is not all: an answer that goes on with one that broke. */
  readonly deliver?: PartTransform | undefined;
  /** Originals for the placeholders of the client's request, in what it gets. */
  readonly restorer?: PartRestorer | undefined;
  /** Every part on its way into the encoder. */
  readonly onPart?: ((part: StreamPart) => void) | undefined;
  readonly framing: 'sse' | 'aws';
  readonly ending: ErrorEnding;
  readonly contentType: string;
  readonly facts: AnswerFacts;
  readonly onFirstContent: () => void;
  readonly onSkipped: (why: string) => void;
  /** The canonical end was seen: a client that closes now has everything. */
  readonly onTerminal: () => void;
}

export class TranslatedStreamBody implements AnswerBody {
  // It completes the relay itself the moment its end is seen.
  readonly isComplete = false;
  readonly contentType: string;
  /** Of the client's wire text, as opposed to the provider's. */
  readonly framing: Framing | undefined;
  readonly #relay: Relay;
  readonly #options: TranslatedStreamOptions;
  readonly #sse: SseFramer | undefined;
  readonly #frames: EventStreamFramer | undefined;
  #out = '';
  /** The provider said something. */
  #sawContent = false;
  /** Something of it is the client's. */
  #hasContent = false;
  #terminal = false;
  /** Kept until the end is there: what breaks in between must not look finished. */
  #finish: StreamPart | undefined;
  #skipped = 0;
  /** The one that was read last. */
  #event: FramedEvent | undefined;
  #failure: GatewayError | undefined;

  constructor(relay: Relay, options: TranslatedStreamOptions) {
    this.#relay = relay;
    this.#options = options;
    this.contentType = options.contentType;
    this.framing = options.ending.framing;
    if (options.framing === 'sse') this.#sse = new SseFramer(maxEventBytes);
    else this.#frames = new EventStreamFramer();
  }

  readonly #onBlock = (raw: Buffer, from: number): void => {
    this.#onEvent(parseBlock(raw, from));
  };

  readonly #onEvent = (event: FramedEvent | undefined): void => {
    if (event === undefined || this.#failure !== undefined || this.#terminal) return;
    let parts: StreamPart[];
    this.#event = event;
    try {
      parts = this.#options.decoder.push({ name: event.name, data: event.data.toString('utf8') });
    } catch (error) {
      this.#skip(error);
      return;
    }
    this.#take(parts);
  };

  chunk(bytes: Buffer): void {
    try {
      if (this.#sse !== undefined) {
        this.#sse.push(bytes, this.#onBlock);
      } else this.#frames?.push(bytes, this.#onEvent);
    } catch (error) {
      this.#failure ??= framingError(error);
    }
    this.#settle();
  }

  end(): void {
    this.#sse?.end(this.#onBlock);
    if (this.#failure === undefined && !this.#terminal) this.#take(this.#options.decoder.end());
    if (this.#failure === undefined && !this.#terminal) {
      this.#failure = new GatewayError(
        'relay.stream_incomplete',
        'The provider ended the stream without finishing the answer.',
      );
    }
    this.#settle();
    if (!this.#relay.isOver) this.#relay.complete();
  }

  errorText(error: GatewayError): { text: string; tear: boolean } {
    const { encoder, restorer } = this.#options;
    let text = '';
    for (const part of restorer?.end() ?? []) text += encoder.encode(part);
    text += encoder.encode({ type: 'error', error: canonicalErrorOf(error) });
    return text === '' ? streamErrorText(this.#options.ending, error) : endingText(this.#options.ending, text);
  }

  #take(parts: readonly StreamPart[]): void {
    const { transform, deliver, facts } = this.#options;
    for (const part of parts) {
      for (const changed of transform(part)) {
        if (notePart(facts, changed)) this.#content();
        if (deliver === undefined) this.#restore(changed);
        else for (const sent of deliver(changed)) this.#restore(sent);
        if (this.#failure !== undefined) return;
      }
    }
  }

  #content(): void {
    this.#relay.content();
    if (this.#sawContent) return;
    this.#sawContent = true;
    this.#options.onFirstContent();
  }

  #restore(part: StreamPart): void {
    const { restorer } = this.#options;
    if (restorer === undefined) this.#send(part);
    else for (const restored of restorer.part(part)) this.#send(restored);
  }

  #send(part: StreamPart): void {
    if (part.type === 'error') {
      this.#failure ??= failureOf(part.error, this.#event);
      return;
    }
    if (part.type === 'finish') {
      this.#finish = part;
      return;
    }
    if (part.type === 'response-end' && this.#finish !== undefined) this.#encode(this.#finish);
    this.#encode(part);
    if (part.type !== 'response-end') return;
    this.#terminal = true;
    this.#options.onTerminal();
  }

  #encode(part: StreamPart): void {
    this.#options.onPart?.(part);
    this.#out += this.#options.encoder.encode(part);
    if (isContent(part)) this.#hasContent = true;
  }

  /** Sends what the chunk gave, then acts on what it ended with. */
  #settle(): void {
    if (this.#relay.isOver) return;
    if (this.#out !== '' && (this.#failure === undefined || this.#relay.isCommitted || this.#hasContent)) {
      const text = this.#out;
      this.#out = '';
      this.#relay.emit(text);
    }
    if (this.#hasContent || this.#terminal) this.#relay.commit();
    if (this.#failure !== undefined) this.#relay.breakOff(this.#failure);
    else if (this.#terminal) this.#relay.complete();
  }

  #skip(error: unknown): void {
    this.#skipped++;
    this.#options.onSkipped(error instanceof Error ? messageOf(error) : 'an event of the stream could not be read');
    if (this.#skipped > 1) {
      this.#failure = new GatewayError(
        'relay.stream_malformed',
        'The provider sent several broken events in the stream.',
        { cause: error },
      );
    }
  }
}

function failureOf(error: CanonicalError, event: FramedEvent | undefined): GatewayError {
  if (error.code === 'relay.stream_incomplete') return new GatewayError('relay.stream_incomplete', error.message);
  return new GatewayError('relay.upstream_error', error.message, {
    status: error.status,
    details: { upstreamCode: error.code },
    said: event === undefined ? undefined : saidIn(event),
  });
}

function framingError(error: unknown): GatewayError {
  if (error instanceof EventTooLarge || error instanceof BrokenFrame) {
    return new GatewayError('relay.stream_malformed', `The provider sent a broken stream: ${error.message}.`);
  }
  if (error instanceof GatewayError) return error;
  return internalBug('translating the stream', error);
}

export interface WholeOptions {
  readonly decode: (body: JsonObject) => CanonicalResponse;
  readonly transform: (response: CanonicalResponse) => CanonicalResponse;
  /** Client bytes for the answer: JSON, or the events of a stream when the client asked for one. */
  readonly encode: (response: CanonicalResponse) => string;
  readonly contentType: string;
  readonly facts: AnswerFacts;
  readonly ending: ErrorEnding;
  readonly onFirstContent: () => void;
  readonly onTerminal: () => void;
}

/** A plain answer of another dialect, or a plain answer to a client that asked for a stream. */
export class TranslatedWholeBody implements AnswerBody {
  readonly isComplete = false;
  readonly contentType: string;
  readonly framing: Framing | undefined;
  readonly #relay: Relay;
  readonly #options: WholeOptions;
  readonly #pieces = new Gatherer();

  constructor(relay: Relay, options: WholeOptions) {
    this.#relay = relay;
    this.#options = options;
    this.contentType = options.contentType;
    this.framing = options.ending.framing;
  }

  chunk(bytes: Buffer): void {
    this.#relay.begin();
    if (this.#pieces.sizeBytes + bytes.length > maxWholeBytes) {
      this.#relay.breakOff(answerTooLarge('be translated'));
      return;
    }
    this.#pieces.add(bytes);
  }

  end(): void {
    const whole = this.#pieces.take();
    if (whole.length === 0) throw notAnAnswer('an empty body');
    const response = this.#options.transform(this.#options.decode(readAnswer(whole)));
    noteResponse(this.#options.facts, response);
    this.#options.onFirstContent();
    this.#options.onTerminal();
    this.#relay.emit(this.#options.encode(response));
    this.#relay.complete();
  }

  errorText(error: GatewayError): { text: string; tear: boolean } {
    return streamErrorText(this.#options.ending, error);
  }
}

function noteResponse(facts: AnswerFacts, response: CanonicalResponse): void {
  facts.responseId = response.id;
  facts.finish = response.finish;
  facts.usage = response.usage;
  facts.rawUsage = response.rawUsage;
  for (const part of response.parts) {
    if (part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal')
      facts.outputBytes += Buffer.byteLength(part.text);
    else if (part.type === 'tool-call') facts.outputBytes += Buffer.byteLength(part.input);
  }
}

/** A whole answer as the stream it would have been, for clients that asked for one. */
export function partsOfResponse(response: CanonicalResponse): StreamPart[] {
  const parts: StreamPart[] = [
    {
      type: 'response-start',
      id: response.id,
      model: response.model,
      createdAt: response.createdAt,
      serviceTier: response.serviceTier,
    },
  ];
  // They are told of the answer as a whole; of a stream they stand beside the text.
  let { logprobs } = response;
  response.parts.forEach((part, block) => {
    switch (part.type) {
      case 'text':
        parts.push({ type: 'text-start', block }, { type: 'text-delta', block, text: part.text, logprobs });
        logprobs = undefined;
        parts.push({ type: 'text-end', block, opaque: part.opaque, citations: part.citations });
        break;
      case 'reasoning':
        parts.push({ type: 'reasoning-start', block, id: part.id });
        if (part.text !== '') parts.push({ type: 'reasoning-delta', block, text: part.text });
        parts.push({ type: 'reasoning-end', block, opaque: part.opaque, id: part.id });
        break;
      case 'refusal':
        parts.push(
          { type: 'refusal-start', block },
          { type: 'refusal-delta', block, text: part.text },
          { type: 'refusal-end', block },
        );
        break;
      case 'tool-call':
        parts.push({
          type: 'tool-call-start',
          block,
          id: part.id,
          name: part.name,
          namespace: part.namespace,
          kind: part.kind,
        });
        parts.push(
          { type: 'tool-call-delta', block, input: part.input },
          { type: 'tool-call-end', block, opaque: part.opaque },
        );
        break;
      case 'image':
      case 'audio':
        parts.push({ type: 'media', block, part });
        break;
    }
  });
  if (response.usage !== undefined) parts.push({ type: 'usage', usage: response.usage, raw: response.rawUsage });
  parts.push({ type: 'finish', finish: response.finish }, { type: 'response-end' });
  return parts;
}
