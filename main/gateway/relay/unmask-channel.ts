/** The texts of an answer that come in pieces, each with what of it waits for the next. */
import type { JsonDepth } from './unmask-depth.ts';
import { beginsId, mayHoldPlaceholder } from './unmask-tags.ts';

/** Where a text of an answer stands. */
export interface UnmaskContext {
  /** It is JSON as text: arguments of a call. What is put there is escaped. */
  readonly json: boolean;
  /** The tool whose arguments it is part of; `undefined` for texts and reasoning. */
  readonly tool: string | undefined;
  /** The whole of it is remembered as the provider wrote it, because a signature may follow. */
  readonly isSigned?: boolean | undefined;
}

/** What of a text can be said now, and where the rest of it begins. */
export interface Scanned {
  readonly text: string;
  readonly rest: number;
}

/** Knows the placeholders; see `Unmasker`. */
export interface Matcher {
  /** How many became their originals again. */
  readonly restored: number;
  /** For one text from its beginning. */
  depth(): JsonDepth | undefined;
  scan(text: string, context: UnmaskContext, depth: JsonDepth | undefined, isWhole: boolean): Scanned;
  passes(bytes: Buffer, start: number, end: number): boolean;
  waitingIn(text: string): number;
}

/** What a string says whose bytes stand there, escaped. */
export function stringIn(bytes: Buffer, start: number, end: number): string {
  const escaped = bytes.toString('utf8', start, end);
  return escaped.includes('\\') ? (JSON.parse(`"${escaped}"`) as string) : escaped;
}

/** Longer than any tag with what may stand behind it. */
const tailLength = 24;

/** No part of an id yet, and the same in JSON as it is. */
function isLetters(held: string): boolean {
  for (let i = 0; i < held.length; i++) if (beginsId(held.charCodeAt(i)) || held.charCodeAt(i) === 0x5c) return false;
  return true;
}

/** Bytes of JSON text, one a character, that are the text: no escapes, and at the end no half of another character. */
function isPlain(tail: string): boolean {
  return !tail.includes('\\') && tail.charCodeAt(tail.length - 1) < 0x80;
}

/** A text that comes in pieces. What could be the beginning of a placeholder waits for the next of them. */
export class UnmaskChannel {
  readonly context: UnmaskContext;
  /** Something in it was restored. */
  isChanged = false;
  /** What `slide` found waiting that goes out now. */
  before = '';
  readonly #matcher: Matcher;
  #depth: JsonDepth | undefined;
  #held = '';
  #masked = '';

  constructor(matcher: Matcher, context: UnmaskContext) {
    this.#matcher = matcher;
    this.context = context;
    this.#depth = matcher.depth();
  }

  /** What waits. */
  get held(): string {
    return this.#held;
  }

  /** All that came, as it came; kept for reasoning that may be signed. */
  get masked(): string {
    return this.#masked;
  }

  /** What can be said now. */
  push(fragment: string): string {
    if (this.context.isSigned === true) this.#masked += fragment;
    const text = this.#held === '' ? fragment : this.#held + fragment;
    const before = this.#matcher.restored;
    const scanned = this.#matcher.scan(text, this.context, this.#depth, false);
    if (this.#matcher.restored !== before) this.isChanged = true;
    this.#held = text.slice(scanned.rest);
    // Arguments that are no JSON are escaped once all the same.
    if (this.#depth?.isOver === true && !this.context.json) this.#depth = undefined;
    return scanned.text;
  }

  /** The text ends here: what waited, restored where it is whole. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held === '' ? '' : this.#last(held);
  }

  /** `true`: a piece, escaped as it stands in JSON, can be passed on as it is, and was. */
  passes(bytes: Buffer, start: number, end: number): boolean {
    if (this.#held !== '' || (this.#depth !== undefined && !this.#depth.isOver)) return false;
    if (!this.#matcher.passes(bytes, start, end)) return false;
    if (this.context.isSigned === true) this.#masked += stringIn(bytes, start, end);
    return true;
  }

  /**
   * The same for a piece that cannot be passed on as it is only because what was waiting goes before it, or its own end has to wait:
   * no text need be made of it. Gives where the rest of it ends that goes out, behind `before`; -1: it must be read and pushed.
   */
  slide(bytes: Buffer, start: number, end: number): number {
    const held = this.#held;
    if (this.#depth !== undefined && !this.#depth.isOver) return -1;
    if (mayHoldPlaceholder(bytes, start, end) || (held !== '' && (end === start || !isLetters(held)))) return -1;
    const length = end - start;
    if (held !== '' && beginsId(bytes[start] as number)) return -1;
    const tail =
      length >= tailLength
        ? bytes.toString('latin1', end - tailLength, end)
        : held + bytes.toString('latin1', start, end);
    if (!isPlain(tail)) return -1;
    if (this.context.isSigned === true) this.#masked += stringIn(bytes, start, end);
    const waiting = this.#matcher.waitingIn(tail);
    if (waiting <= length) {
      this.before = held;
      this.#held = tail.slice(tail.length - waiting);
      return end - waiting;
    }
    const said = held.length + length - waiting;
    this.before = held.slice(0, said);
    this.#held = tail.slice(said);
    return start;
  }

  #last(held: string): string {
    const before = this.#matcher.restored;
    const { text } = this.#matcher.scan(held, this.context, this.#depth, true);
    if (this.#matcher.restored !== before) this.isChanged = true;
    return text;
  }
}

/** The texts of one answer that are under way. */
export class ChannelSet {
  readonly #create: (context: UnmaskContext) => UnmaskChannel;
  readonly #channels = new Map<string, UnmaskChannel>();

  constructor(create: (context: UnmaskContext) => UnmaskChannel) {
    this.#create = create;
  }

  /** The one of this key, made where there is none. */
  channel(key: string, context: UnmaskContext): UnmaskChannel {
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      channel = this.#create(context);
      this.#channels.set(key, channel);
    }
    return channel;
  }

  get(key: string): UnmaskChannel | undefined {
    return this.#channels.get(key);
  }

  /** Its text is over; another may have its key. */
  close(key: string): void {
    this.#channels.delete(key);
  }

  keys(): string[] {
    return [...this.#channels.keys()];
  }
}
