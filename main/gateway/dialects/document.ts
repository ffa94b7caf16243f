/**
 * A JSON body as bytes, checked once, with the spans of its top-level fields; edits are splices, everything else keeps its bytes.
 */
import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { Json, JsonObject } from './canonical.ts';
import { JsonScanner, type DocumentLimits, type Field, type Span } from './json-scanner.ts';
import { WordsSeen, type Word } from './words.ts';

export type { DocumentLimits, Span };

/** SEC-37: depth 128, a million nodes. */
export const defaultDocumentLimits: DocumentLimits = { maxDepth: 128, maxNodes: 1_000_000 };

/** What stands in place of a span's bytes. */
export interface Splice extends Span {
  readonly replacement: string;
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
    return new JsonDocument(plain, new JsonScanner(plain, limits, words).topLevel(), words);
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

  /**
   * The body as received with these bytes replaced, as a document of its own; edits stay behind. Not checked again: each
   * replacement must keep the JSON whole, as text without escapes does inside a string. Throws where spans overlap.
   */
  spliced(splices: readonly Splice[]): JsonDocument {
    if (splices.length === 0) return new JsonDocument(this.bytes, this.#fields, this.#words);
    const sorted = [...splices].sort((a, b) => a.start - b.start);
    const pieces: Buffer[] = [];
    let at = 0;
    for (const { start, end, replacement } of sorted) {
      if (start < at || end < start || end > this.bytes.length) throw new RangeError('Splices must be places apart.');
      pieces.push(this.bytes.subarray(at, start), Buffer.from(replacement, 'utf8'));
      at = end;
    }
    pieces.push(this.bytes.subarray(at));
    return new JsonDocument(Buffer.concat(pieces), movedFields(this.#fields, sorted, pieces), this.#words);
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

/** Where fields stand behind splices, given in order. `pieces`: kept and new bytes in turn. */
function movedFields(
  fields: ReadonlyMap<string, Field>,
  splices: readonly Splice[],
  pieces: readonly Buffer[],
): ReadonlyMap<string, Field> {
  let next = 0;
  let grown = 0;
  const moved = (at: number): number => {
    for (let one = splices[next]; one !== undefined && one.end <= at; one = splices[++next])
      grown += (pieces[2 * next + 1]?.length ?? 0) - (one.end - one.start);
    return at + grown;
  };
  // In order of their places, as they were read.
  const entries = [...fields].map(([key, { keyStart, start, end }]): [string, Field] => [
    key,
    { keyStart: moved(keyStart), start: moved(start), end: moved(end) },
  ]);
  return new Map(entries);
}

/** Of what providers send: as deep as the scanner's own recursion safely goes, as many values as fit into a body. */
const answerLimits: DocumentLimits = { maxDepth: 1000, maxNodes: Number.POSITIVE_INFINITY };

/** `true` for one complete JSON value, at most a byte order mark and white space around it. Builds nothing. */
export function isJsonText(bytes: Buffer): boolean {
  return isUtf8(bytes) && new JsonScanner(unmarked(bytes), answerLimits).isValue();
}
