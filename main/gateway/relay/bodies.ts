/** A stream between equal dialects, passed as bytes with a meter beside it; and what all bodies need to tell answers from what is none. */
import { isUtf8 } from 'node:buffer';
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import { withoutOurKeys } from '../../kit/redact.ts';
import type { CanonicalError, JsonObject } from '../dialects/canonical.ts';
import { asObject, isObject, meterBits, type ClientDialect, type Meter } from '../dialects/dialect.ts';
import { isJsonText } from '../dialects/document.ts';
import { EventTemplate } from './event-template.ts';
import { EventTooLarge, parseBlock, SseFramer, type FramedEvent } from './sse.ts';
import type { AnswerBody, Framing, Relay } from './relay.ts';
import { EventRestorer } from './unmask-events.ts';
import type { Unmasker } from './unmask.ts';

/** One event may be this large (SEC-63). */
export const maxEventBytes = 16 * 1024 * 1024;
/** A whole answer that is to be changed may be this large: it has to be in memory once. */
export const maxWholeBytes = 64 * 1024 * 1024;

/** As much of an error inside an answer is kept as is read to tell what it means. */
const maxSaidBytes = 16 * 1024;

/** Text and tool calls take turns in one stream; one that changes its shape more often has none. */
const maxTemplateMisses = 12;

/** Messages quote what was sent, and what was sent may be anything. */
const maxMessageLength = 2_000;
const maxParamLength = 200;

/** How errors are put into a running answer of the client's dialect. */
export interface ErrorEnding {
  readonly dialect: ClientDialect;
  readonly requestId: string;
  readonly framing?: Framing | undefined;
}

export function canonicalErrorOf(error: GatewayError): CanonicalError {
  return {
    status: error.status,
    kind: error.kind,
    message: cut(withoutOurKeys(error.message), maxMessageLength),
    code: error.code,
    param: error.param === undefined ? undefined : cut(withoutOurKeys(error.param), maxParamLength),
    retryAfterS: error.retryAfterS,
    details: error.details,
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** Gemini CLI does not know an error event and takes what follows for an early but clean end (WIRE 5): its connection is torn as well. */
export function streamErrorText(ending: ErrorEnding, error: GatewayError): { text: string; tear: boolean } {
  return endingText(ending, ending.dialect.encodeStreamError(canonicalErrorOf(error), ending.requestId));
}

/** Puts the client's framing around the last words of a broken answer. */
export function endingText(ending: ErrorEnding, text: string): { text: string; tear: boolean } {
  const { framing } = ending;
  const framed = framing === undefined ? text : framing.push(text) + framing.end();
  return { text: framed, tear: ending.dialect.family === 'gemini' };
}

/** A stream that cannot be cut into events. */
export function brokenStream(error: unknown): GatewayError {
  if (error instanceof EventTooLarge)
    return new GatewayError('relay.stream_malformed', `The provider sent a broken stream. ${error.message}`);
  if (error instanceof GatewayError) return error;
  return internalBug('reading the stream', error);
}

export interface SameStreamOptions {
  readonly meter: Meter;
  readonly hideUsage: boolean;
  readonly ending: ErrorEnding;
  readonly contentType: string;
  readonly onFirstContent: () => void;
  readonly onSkipped: (why: string) => void;
  /** The terminal event was seen: a client that closes now has everything. */
  readonly onTerminal: () => void;
  /** The client gets originals for the placeholders of its request. */
  readonly unmask?: Unmasker | undefined;
}

/** A stream between equal dialects: complete events go out as the bytes they came in. */
export class SameStreamBody implements AnswerBody {
  readonly contentType: string;
  readonly framing: Framing | undefined;
  readonly #relay: Relay;
  readonly #options: SameStreamOptions;
  readonly #framer = new SseFramer(maxEventBytes);
  readonly #restorer: EventRestorer | undefined;
  #terminal = false;
  #sawContent = false;
  #sawEvent = false;
  #skipped = 0;
  #failure: string | undefined;
  /** The event that said so. */
  #said: string | undefined;
  /** The last content event that was read; made only once content flows, so nothing before commit depends on it. */
  #template: EventTemplate | undefined;
  /** Since the last event that fitted. */
  #templateMisses = 0;
  /** The run of bytes of this chunk that goes out in one write. */
  #runStart: Buffer | undefined;
  #runLength = 0;
  /** Runs before that one. */
  #runs: Buffer[] = [];

  constructor(relay: Relay, options: SameStreamOptions) {
    const { unmask, ending } = options;
    this.#relay = relay;
    this.#options = options;
    if (unmask?.isEmpty === false) this.#restorer = new EventRestorer(unmask, ending.dialect.id, this.#add);
    this.contentType = options.contentType;
    this.framing = options.ending.framing;
  }

  readonly #onBlock = (raw: Buffer, from: number): void => {
    if (this.#failure !== undefined) return;
    if (this.#template !== undefined) {
      const textBytes = this.#template.match(raw);
      if (textBytes !== -1) {
        this.#templateMisses = 0;
        this.#options.meter.more(textBytes);
        this.#relay.content();
        if (this.#restorer === undefined) this.#add(raw);
        else this.#restorer.fit(this.#template, raw);
        return;
      }
      this.#templateMisses++;
    }
    this.#read(raw, parseBlock(raw, from));
  };

  #read(raw: Buffer, event: FramedEvent | undefined): void {
    if (event !== undefined && !this.#isKnownEnd(event) && !isJsonText(event.data)) {
      this.#skip();
      return;
    }
    if (event !== undefined && !this.#sawEvent) {
      // An end with nothing before it ends no answer.
      if (this.#isKnownEnd(event)) return;
      this.#sawEvent = true;
    }
    let bits = 0;
    if (event !== undefined) bits = this.#options.meter.event(event.name, event.data);
    if ((bits & meterBits.usageOnly) !== 0 && this.#options.hideUsage) return;
    if ((bits & meterBits.error) !== 0) {
      this.#failure = this.#options.meter.error ?? 'the provider reported an error inside the stream';
      this.#said = event === undefined ? undefined : saidIn(event);
      // Before commit another attempt is free and this event must not be seen.
      if (!this.#relay.isCommitted && !this.#sawContent) return;
      this.#restorer?.end();
      this.#add(this.#relay.scrubbed(raw));
    } else if (this.#restorer === undefined) this.#add(raw);
    else this.#restorer.read(raw, event);
    if ((bits & meterBits.terminal) !== 0 && !this.#terminal) {
      this.#terminal = true;
      this.#options.onTerminal();
      if (this.#sawContent) this.#relay.expectEnd();
    }
    if ((bits & meterBits.content) !== 0) this.#relay.content();
    if ((bits & (meterBits.content | meterBits.terminal)) !== 0 && !this.#sawContent) {
      this.#sawContent = true;
      this.#options.onFirstContent();
    }
    if (bits === meterBits.content) this.#template = this.#templateFrom(raw);
  }

  /** Streams whose events all differ, by their counts of tokens say, are read one by one. */
  #templateFrom(raw: Buffer): EventTemplate | undefined {
    if (this.#templateMisses > maxTemplateMisses) return undefined;
    const template = EventTemplate.from(raw);
    if (template === undefined || this.#restorer === undefined) return template;
    return this.#restorer.follow(template, raw) ? template : undefined;
  }

  chunk(bytes: Buffer): void {
    try {
      this.#framer.push(bytes, this.#onBlock);
    } catch (error) {
      this.#flush();
      this.#relay.breakOff(brokenStream(error));
      return;
    }
    this.#flush();
    if (this.#failure !== undefined) this.#fail(this.#failure);
  }

  end(): void {
    const rest = this.#framer.end(this.#onBlock);
    this.#flush();
    if (this.#failure !== undefined) {
      this.#fail(this.#failure);
      return;
    }
    // With the terminal event seen the answer is complete, even if a trailer was cut.
    if (this.#terminal && (rest === undefined || this.#sawContent)) {
      this.#restorer?.end();
      this.#flush();
      this.#relay.complete();
      return;
    }
    this.#relay.breakOff(
      new GatewayError(
        'relay.stream_incomplete',
        this.#sawContent
          ? 'The provider ended the stream without finishing the answer. What came so far is only a part.'
          : 'The provider ended the stream without an answer.',
      ),
    );
  }

  get isComplete(): boolean {
    return this.#terminal;
  }

  get isCounted(): boolean {
    return this.#terminal && this.#options.meter.usage() !== undefined;
  }

  errorText(error: GatewayError): { text: string; tear: boolean } {
    const { ending } = this.#options;
    this.#restorer?.end();
    const held = this.#takeRuns();
    if (held === undefined) return streamErrorText(ending, error);
    const said = ending.dialect.encodeStreamError(canonicalErrorOf(error), ending.requestId);
    return endingText(ending, held.toString('utf8') + said);
  }

  #isKnownEnd(event: FramedEvent): boolean {
    // OpenAI's end marker is the one payload that is no JSON.
    return event.data.length === 6 && event.data.toString('latin1') === '[DONE]';
  }

  #skip(): void {
    this.#skipped++;
    this.#options.onSkipped('an event of the stream was not valid JSON');
    if (this.#skipped > 1) {
      // With its end here the answer is whole, and goes out.
      if (this.#terminal) this.#flush();
      this.#relay.breakOff(
        new GatewayError('relay.stream_malformed', 'The provider sent several broken events in the stream.'),
      );
    }
  }

  readonly #add = (raw: Buffer): void => {
    const start = this.#runStart;
    if (start !== undefined && raw.buffer === start.buffer && raw.byteOffset === start.byteOffset + this.#runLength) {
      this.#runLength += raw.length;
      return;
    }
    this.#closeRun();
    this.#runStart = raw;
    this.#runLength = raw.length;
  };

  #closeRun(): void {
    const start = this.#runStart;
    if (start === undefined) return;
    this.#runStart = undefined;
    // Events that lie side by side in the received chunk are one view of it.
    this.#runs.push(
      this.#runLength === start.length ? start : Buffer.from(start.buffer, start.byteOffset, this.#runLength),
    );
  }

  #takeRuns(): Buffer | undefined {
    this.#closeRun();
    const runs = this.#runs;
    if (runs.length === 0) return undefined;
    this.#runs = [];
    return runs.length === 1 ? runs[0] : Buffer.concat(runs);
  }

  #flush(): void {
    this.#restorer?.settle();
    const bytes = this.#takeRuns();
    if (bytes === undefined) return;
    this.#relay.emit(bytes);
    if (this.#sawContent) this.#relay.commit();
  }

  #fail(message: string): void {
    const error = new GatewayError('relay.upstream_error', message, { said: this.#said });
    if (this.#relay.isCommitted) this.#relay.endWithUpstreamError(error);
    else this.#relay.breakOff(error);
  }
}

/** A whole answer that has to be in memory once, and is too large for it. */
export function answerTooLarge(purpose: string): GatewayError {
  return new GatewayError(
    'attempt.answer_too_large',
    `The provider's answer is larger than ${String(maxWholeBytes)} bytes and cannot ${purpose}. Ask for a stream, or for a target of the client's own dialect.`,
  );
}

/** A plain answer, parsed. Throws when it is none: an error object in a 200 (FAULT-25), or a body that claims to be JSON and is not. */
export function readAnswer(body: Buffer): JsonObject {
  const parsed = parse(body);
  if (parsed === undefined) throw isWebPage(body) ? webPage() : notAnAnswer('a body that is not valid JSON');
  if (!isObject(parsed)) throw notAnAnswer('JSON that is not an object');
  const error = parsed['error'];
  if (!isObject(error)) return parsed;
  const message =
    typeof error['message'] === 'string' ? error['message'] : 'the provider reported an error in a 200 answer';
  throw new GatewayError('relay.upstream_error', message, { said: saidIn({ name: '', data: body }) });
}

/** The error alone: the rest of an event, or of an answer, may hold the request, whose words mean something else. */
export function saidIn({ name, data }: Pick<FramedEvent, 'name' | 'data'>): string {
  const parsed = parse(data);
  const event = isObject(parsed) ? parsed : {};
  const error = event['error'] ?? asObject(event['response'])['error'];
  // Some name the kind of the error beside it.
  const kind = name === '' ? event['type'] : name;
  if (isObject(error)) return JSON.stringify({ type: kind, error }).slice(0, maxSaidBytes);
  return isObject(parsed) ? JSON.stringify({ type: kind, error: event }).slice(0, maxSaidBytes) : headOf(data);
}

function headOf(data: Buffer): string {
  return data.toString('utf8', 0, maxSaidBytes);
}

function parse(body: Buffer): unknown {
  if (!isUtf8(body)) return undefined;
  const text = body.toString('utf8');
  try {
    // A byte order mark is not JSON, but is sent.
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** As much of a body as its first tag is looked for in. */
const firstTagBytes = 256;

function isWebPage(body: Buffer): boolean {
  return /^[\s\uFEFF]*(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(
    body.toString('utf8', 0, firstTagBytes),
  );
}

/** FAULT-05: told apart from other things that are no answer, because then the provider is not to blame. */
export function webPage(): GatewayError {
  return new GatewayError(
    'attempt.not_an_answer',
    'A web page came back instead of an answer. A captive portal or a proxy may stand between, or base_url points to a website.',
    { details: { webPage: true } },
  );
}

export function notAnAnswer(what: string): GatewayError {
  return new GatewayError(
    'attempt.not_an_answer',
    `The provider answered 200 with ${what}. Look at base_url: a portal, a proxy or another service may answer there.`,
  );
}
