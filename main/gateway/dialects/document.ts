/**
 * A JSON body as bytes, checked once, with the spans of its top-level fields; edits are splices, everything else keeps its bytes.
 */
import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { Json, JsonObject } from './canonical.ts';
import { WordsSeen, type Word } from './words.ts';

/** Bounds of a body (SEC-37). */
export interface DocumentLimits {
  /** Containers inside containers. */
  readonly maxDepth: number;
  /** Values in all, keys not counted. */
  readonly maxNodes: number;
}

/** SEC-37: depth 128, a million nodes. */
export const defaultDocumentLimits: DocumentLimits = { maxDepth: 128, maxNodes: 1_000_000 };

/** Fields of the body itself, whose places are all remembered: forty times as many as any dialect has. */
const maxFields = 4_096;
/** A field's name in an error is a hint, not the field. */
const maxShownKey = 100;

/** Half-open byte range of a value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Splice extends Span {
  readonly replacement: string;
}

/** A top-level field: where its key starts and its value stands. */
interface Field extends Span {
  readonly keyStart: number;
}

/** Without the UTF-8 byte order mark, which is not JSON but is sent by some clients. */
function unmarked(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * A checked JSON object. `read` throws `read.invalid_utf8`, `read.invalid_json` (with line and column), `read.not_an_object`,
 * `read.too_deep`, `read.too_many_nodes`, and `read.duplicate_key` when a top-level key occurs twice: two readers of the same
 * body must not see two requests.
 */
export class JsonDocument {
  /** The body as received, less a byte order mark. */
  readonly bytes: Buffer;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #words: WordsSeen;
  readonly #values = new Map<string, Json>();
  #root: JsonObject | undefined;
  /** New JSON text by field; `undefined` for a field to be taken out. */
  readonly #edits = new Map<string, string | undefined>();
  #splices: Splice[] = [];

  private constructor(bytes: Buffer, fields: ReadonlyMap<string, Field>, words: WordsSeen) {
    this.bytes = bytes;
    this.#fields = fields;
    this.#words = words;
  }

  static read(bytes: Buffer, limits: DocumentLimits = defaultDocumentLimits): JsonDocument {
    if (!isUtf8(bytes))
      throw new GatewayError('read.invalid_utf8', 'The body is not valid UTF-8. Send JSON encoded as UTF-8.');
    const plain = unmarked(bytes);
    const words = new WordsSeen();
    return new JsonDocument(plain, new Scanner(plain, limits, words).topLevel(), words);
  }

  /** This and the other readers tell of the body as received, whatever was edited since. */
  has(key: string): boolean {
    return this.#fields.has(key);
  }

  /** Whether this word may be a string of the body, a name or a value, at any depth. `false` is certain. Costs no look at the body. */
  mentions(word: Word): boolean {
    return this.#words.has(word);
  }

  keys(): Iterable<string> {
    return this.#fields.keys();
  }

  span(key: string): Span | undefined {
    const field = this.#fields.get(key);
    return field === undefined ? undefined : { start: field.start, end: field.end };
  }

  /** The parsed top-level field, parsed at most once. */
  value(key: string): Json | undefined {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const span = this.#fields.get(key);
    if (span === undefined) return undefined;
    const value = JSON.parse(this.bytes.toString('utf8', span.start, span.end)) as Json;
    this.#values.set(key, value);
    return value;
  }

  /** The whole body parsed, at most once. Unlike `value` this costs time in proportion to the body. */
  root(): JsonObject {
    this.#root ??= JSON.parse(this.bytes.toString('utf8')) as JsonObject;
    return this.#root;
  }

  /** Replaces the bytes of a span in what `render` gives. Spans must not overlap; `set` and `remove` of the field around win. */
  splice(span: Span, replacement: string): void {
    this.#splices.push({ start: span.start, end: span.end, replacement });
  }

  /** Replaces a field's value, or adds the field at the front of the object. `value` is JSON text. The last word on a field counts. */
  set(key: string, value: string): void {
    this.#edits.set(key, value);
  }

  /**
   * The object in a field as a document of its own; `undefined` where there is none. Its edits become edits of this one with
   * `set(key, String(nested.render()))`.
   */
  nested(key: string): JsonDocument | undefined {
    const span = this.#fields.get(key);
    if (span === undefined || this.bytes[span.start] !== 0x7b) return undefined;
    return JsonDocument.read(this.bytes.subarray(span.start, span.end));
  }

  /** Takes a top-level field out, with the comma that belonged to it. */
  remove(key: string): void {
    if (this.#fields.has(key)) this.#edits.set(key, undefined);
    else this.#edits.delete(key);
  }

  get isEdited(): boolean {
    return this.#splices.length > 0 || this.#edits.size > 0;
  }

  /** Forgets the edits, so that the next attempt starts from the client's bytes. */
  resetEdits(): void {
    this.#splices = [];
    this.#edits.clear();
  }

  /** The body to send: the original buffer when nothing was edited. */
  render(): Buffer {
    if (!this.isEdited) return this.bytes;
    const edits = this.#fieldSplices();
    const inner = this.#splices.filter((one) => !edits.some((edit) => one.start >= edit.start && one.end <= edit.end));
    const pieces: Buffer[] = [];
    let at = 0;
    for (const splice of [...edits, ...inner].sort((a, b) => a.start - b.start)) {
      pieces.push(this.bytes.subarray(at, splice.start), Buffer.from(splice.replacement, 'utf8'));
      at = splice.end;
    }
    pieces.push(this.bytes.subarray(at));
    return Buffer.concat(pieces);
  }

  /** Runs of removed fields go out as one: which comma goes with them depends on what stays on either side. */
  #fieldSplices(): Splice[] {
    const splices: Splice[] = [];
    let keptEnd: number | undefined;
    let run: Span | undefined;
    for (const [key, field] of this.#fields) {
      const value = this.#edits.get(key);
      if (value === undefined && this.#edits.has(key)) {
        run = { start: run?.start ?? field.keyStart, end: field.end };
        continue;
      }
      if (run !== undefined) splices.push({ start: run.start, end: field.keyStart, replacement: '' });
      run = undefined;
      keptEnd = field.end;
      if (value !== undefined) splices.push({ start: field.start, end: field.end, replacement: value });
    }
    if (run !== undefined) splices.push({ start: keptEnd ?? run.start, end: run.end, replacement: '' });
    const added = [...this.#edits].filter(([key, value]) => value !== undefined && !this.#fields.has(key));
    if (added.length === 0) return splices;
    const open = this.bytes.indexOf(0x7b) + 1;
    const text = added.map(([key, value]) => `${JSON.stringify(key)}:${String(value)}`).join(',');
    return [{ start: open, end: open, replacement: keptEnd === undefined ? text : `${text},` }, ...splices];
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** 1 for every byte that is not ordinary string content: the quote, the backslash, control characters. */
const special = new Uint8Array(256);
for (let code = 0; code < 0x20; code++) special[code] = 1;
special[quote] = 1;
special[backslash] = 1;

/** 1 for bytes a backslash may stand before: " \ / b f n r t. `\u` is checked apart. */
const escapable = new Uint8Array(256);
for (const letter of '"\\/bfnrt') escapable[letter.charCodeAt(0)] = 1;

/** `true` for an escape between \u0040 and \u007f, where the letters are. */
function isLetter(bytes: Buffer, escape: number): boolean {
  const digit = bytes[escape + 4] as number;
  return bytes[escape + 2] === 0x30 && bytes[escape + 3] === 0x30 && digit >= 0x34 && digit <= 0x37;
}

/**
 * Checks JSON (RFC 8259) without building it: one pass over the bytes, no text made. Every structural character is ASCII and no
 * byte of a longer UTF-8 sequence is, so bytes are enough.
 */
class Scanner {
  readonly #bytes: Buffer;
  /** The same bytes four at a time, from `#wordStart` on. */
  readonly #words: Int32Array;
  readonly #wordStart: number;
  readonly #maxDepth: number;
  readonly #maxNodes: number;
  readonly #seen: WordsSeen | undefined;
  #at = 0;
  #nodes = 0;

  constructor(bytes: Buffer, limits: DocumentLimits, seen?: WordsSeen) {
    this.#bytes = bytes;
    this.#seen = seen;
    this.#wordStart = (4 - (bytes.byteOffset & 3)) & 3;
    const words = Math.max(0, (bytes.length - this.#wordStart) >> 2);
    this.#words = new Int32Array(bytes.buffer, words === 0 ? 0 : bytes.byteOffset + this.#wordStart, words);
    this.#maxDepth = limits.maxDepth;
    this.#maxNodes = limits.maxNodes;
  }

  isValue(): boolean {
    try {
      this.#space();
      this.#value(0);
      this.#space();
      return this.#at === this.#bytes.length;
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
  }

  topLevel(): Map<string, Field> {
    const bytes = this.#bytes;
    this.#space();
    if (this.#at >= bytes.length) throw new GatewayError('read.body_missing', 'The body is empty. Send a JSON object.');
    if (bytes[this.#at] !== 0x7b) {
      this.#value(1);
      throw new GatewayError('read.not_an_object', 'The body must be a JSON object, e.g. {"model": "…"}.');
    }
    this.#at++;
    const fields = new Map<string, Field>();
    this.#members(1, fields);
    this.#space();
    if (this.#at < bytes.length) this.#fail('unexpected text after the end of the object');
    return fields;
  }

  /** Members up to the closing brace; collects their spans when `fields` is given. */
  #members(depth: number, fields: Map<string, Field> | undefined): void {
    const bytes = this.#bytes;
    this.#space();
    if (bytes[this.#at] === 0x7d) {
      this.#at++;
      return;
    }
    for (;;) {
      const keyStart = this.#at;
      if (bytes[keyStart] !== quote) this.#fail('a field name in double quotes was expected');
      this.#string();
      const keyEnd = this.#at;
      this.#space();
      if (bytes[this.#at] !== 0x3a) this.#fail('":" was expected after the field name');
      this.#at++;
      this.#space();
      const start = this.#at;
      this.#value(depth);
      if (fields !== undefined) this.#record(fields, keyStart, keyEnd, start);
      this.#space();
      const next = bytes[this.#at];
      if (next === 0x7d) {
        this.#at++;
        return;
      }
      if (next !== 0x2c) this.#fail('"," or "}" was expected');
      this.#at++;
      this.#space();
    }
  }

  #record(fields: Map<string, Field>, keyStart: number, keyEnd: number, start: number): void {
    const key = JSON.parse(this.#bytes.toString('utf8', keyStart, keyEnd)) as string;
    if (fields.has(key)) {
      const shown = key.slice(0, maxShownKey);
      throw new GatewayError(
        'read.duplicate_key',
        `The field "${shown}" occurs twice${this.#where(start)}. Send it once.`,
        { param: shown },
      );
    }
    if (fields.size >= maxFields) {
      throw new GatewayError('read.too_many_nodes', `The body has more than ${String(maxFields)} fields.`);
    }
    fields.set(key, { keyStart, start, end: this.#at });
  }

  #elements(depth: number): void {
    const bytes = this.#bytes;
    this.#space();
    if (bytes[this.#at] === 0x5d) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#value(depth);
      this.#space();
      const next = bytes[this.#at];
      if (next === 0x5d) {
        this.#at++;
        return;
      }
      if (next !== 0x2c) this.#fail('"," or "]" was expected');
      this.#at++;
      this.#space();
    }
  }

  #value(depth: number): void {
    if (++this.#nodes > this.#maxNodes) {
      throw new GatewayError('read.too_many_nodes', `The body has more than ${String(this.#maxNodes)} JSON values.`);
    }
    switch (this.#bytes[this.#at]) {
      case quote:
        this.#string();
        return;
      case 0x7b:
        this.#enter(depth);
        this.#members(depth + 1, undefined);
        return;
      case 0x5b:
        this.#enter(depth);
        this.#elements(depth + 1);
        return;
      case 0x74:
        this.#literal('true');
        return;
      case 0x66:
        this.#literal('false');
        return;
      case 0x6e:
        this.#literal('null');
        return;
      default:
        this.#number();
    }
  }

  #enter(depth: number): void {
    if (depth >= this.#maxDepth) {
      throw new GatewayError(
        'read.too_deep',
        `The body nests deeper than ${String(this.#maxDepth)} levels${this.#where(this.#at)}.`,
      );
    }
    this.#at++;
  }

  #string(): void {
    const bytes = this.#bytes;
    const length = bytes.length;
    const start = this.#at;
    let i = start + 1;
    for (;;) {
      i = this.#special(i);
      if (i >= length) this.#truncated('a string that starts here is not closed', start);
      const code = bytes[i] as number;
      if (code === quote) {
        this.#seen?.note(bytes, start + 1, i);
        this.#at = i + 1;
        return;
      }
      if (code !== backslash) this.#failAt('a control character must be escaped inside a string', i);
      const escaped = bytes[i + 1] ?? 0;
      if (escapable[escaped] === 1) i += 2;
      else if (escaped === 0x75) {
        if (!/^[0-9a-fA-F]{4}$/.test(bytes.toString('latin1', i + 2, i + 6))) {
          this.#failAt('"\\u" needs four hexadecimal digits', i);
        }
        if (isLetter(bytes, i)) this.#seen?.noteSpeltLetter();
        i += 6;
      } else if (i + 1 >= length) this.#truncated('a string that starts here is not closed', start);
      else this.#failAt('unknown escape in a string', i);
    }
  }

  /**
   * Where the next quote, backslash or control character is. Most of a prompt is text, so it is looked at four bytes at a time: a
   * byte is below 0x20, or zero after XOR with the one looked for, exactly when subtracting borrows into its highest bit.
   */
  #special(from: number): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    const start = this.#wordStart;
    let i = from;
    while (i < length && special[bytes[i] as number] === 0) {
      i++;
      if (((i - start) & 3) !== 0 || i < start) continue;
      const words = this.#words;
      let at = (i - start) >> 2;
      for (; at < words.length; at++) {
        const word = words[at] as number;
        const quotes = word ^ 0x22222222;
        const slashes = word ^ 0x5c5c5c5c;
        const found =
          ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
        if ((found & 0x80808080) !== 0) break;
      }
      i = start + (at << 2);
      while (i < length && special[bytes[i] as number] === 0) i++;
      return i;
    }
    return i;
  }

  #number(): void {
    const bytes = this.#bytes;
    let end = this.#at;
    for (;;) {
      const code = bytes[end];
      // + - . 0-9 E e
      if (
        code === undefined ||
        !(
          (code >= 0x30 && code <= 0x39) ||
          code === 0x2d ||
          code === 0x2b ||
          code === 0x2e ||
          code === 0x65 ||
          code === 0x45
        )
      )
        break;
      end++;
    }
    if (end === this.#at) this.#fail('a value was expected');
    if (!numberPattern.test(bytes.toString('latin1', this.#at, end))) this.#fail('this is not a JSON number');
    this.#at = end;
  }

  #literal(word: string): void {
    if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) this.#fail(`"${word}" was expected`);
    this.#at += word.length;
  }

  #space(): void {
    const bytes = this.#bytes;
    for (;;) {
      const code = bytes[this.#at];
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #fail(problem: string): never {
    if (this.#at >= this.#bytes.length) this.#truncated(`it ends early: ${problem}`, this.#bytes.length);
    this.#failAt(problem, this.#at);
  }

  #truncated(problem: string, at: number): never {
    this.#failAt(`${problem}; was it cut off?`, at);
  }

  #failAt(problem: string, at: number): never {
    throw new GatewayError('read.invalid_json', `The body is not valid JSON: ${problem}${this.#where(at)}.`);
  }

  #where(at: number): string {
    let line = 1;
    let lineStart = 0;
    for (let i = this.#bytes.indexOf(0x0a); i !== -1 && i < at; i = this.#bytes.indexOf(0x0a, i + 1)) {
      line++;
      lineStart = i + 1;
    }
    const column = this.#bytes.toString('utf8', lineStart, at).length + 1;
    return ` (line ${String(line)}, column ${String(column)})`;
  }
}

const numberPattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Of what providers send: as deep as the scanner's own recursion safely goes, as many values as fit into a body. */
const answerLimits: DocumentLimits = { maxDepth: 1000, maxNodes: Number.POSITIVE_INFINITY };

/** `true` for one complete JSON value, at most a byte order mark and white space around it. Builds nothing. */
export function isJsonText(bytes: Buffer): boolean {
  return isUtf8(bytes) && new Scanner(unmarked(bytes), answerLimits).isValue();
}
