/** Walks the values of a checked body and collects its leaves, in the order in which they stand. */
import type { JsonDocument } from './document.ts';
import { JsonScanner, type DocumentLimits } from './json-scanner.ts';
import { bytesKind, dataUrlAt, isOpaque, isPicture, sniffed } from './leaf-media.ts';
import { placeOfRole, schemaRules, tableOfKind, tables, type Rule, type SchemaRule, type Table } from './leaf-rules.ts';
import { Tape } from './leaf-tape.ts';
import { EscapedPlaces, fromBytes, unescaped } from './leaf-text.ts';
import type { Leaf, LeafPlace, LeafPolicy } from './leaf.ts';

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

/** Words of a protocol that could be anybody's value: shorter ones are none, longer ones are no words. */
const [leastWordChars, maxWordChars] = [8, 512];

/** Of JSON inside a string, as of a body (SEC-37): beyond, it is a text. */
const argumentLimits: DocumentLimits = { maxDepth: 128, maxNodes: 1_000_000 };
/**
 * V8 copies pieces of a string shorter than 13; longer ones keep the whole body in memory for as long as they live. Up to this
 * length texts are copied, for they are names that others remember; the long ones live no longer than their request.
 */
const leastSliceChars = 13;
const maxCopiedChars = 1_024;
/** Google's own files: only it can read them, by these addresses. */
const googleFile = /^(?:gs:\\?\/\\?\/|https:\\?\/\\?\/generativelanguage\.googleapis\.com\\?\/)/;
/** How a handle of a compaction begins whose summary follows in base64url: made by us, and sealed for nobody. */
const summaryPrefix = 'sluice.compaction.v1.';
/** What the words of protocols look like: no blank, no @, nothing but ASCII. */
const tokenPattern = /^[\w.:/-]{0,256}$/;
/** Long enough to be a card or an account; what follows the point does not matter. */
const longNumber = /^-?\d{9,}(?:\.\d+)?$/;

/** What an object says of itself, wherever in it that stands. */
interface Scope {
  type: string | undefined;
  role: string | undefined;
  mediaType: string | undefined;
  signature: string | undefined;
}

/** Where a tape's text stands in the body. */
interface Source {
  readonly tape: Tape;
  /** Of the first character. */
  readonly base: number;
  /** Finds its characters in the escaped text, from there; `undefined` where each is one byte. */
  readonly places: EscapedPlaces | undefined;
  readonly layers: number;
}

export class LeafWalk {
  readonly leaves: Leaf[] = [];
  /** Ids, names and other words of the protocol, each once: they keep their bytes whatever they are. */
  readonly words = new Set<string>();
  /** Pictures, sound and other binaries, and addresses of some: left out. */
  media = 0;
  readonly #bytes: Buffer;
  readonly #body: Source;
  readonly #tape: Tape;
  readonly #text: string;
  readonly #policy: LeafPolicy;

  constructor(document: JsonDocument, policy: LeafPolicy) {
    this.#bytes = document.bytes;
    this.#text = document.bytes.toString('latin1');
    this.#tape = new Tape(this.#text);
    this.#body = { tape: this.#tape, base: 0, places: undefined, layers: 1 };
    this.#policy = policy;
  }

  run(table: Table): void {
    this.#object(0, table, 'other');
  }

  #object(node: number, given: Table, around: LeafPlace): void {
    const tape = this.#tape;
    const scope = this.#scope(node);
    const table = tableOfKind(given, scope.type);
    let place = table.place ?? around;
    if (table.hasRole === true) place = placeOfRole(scope.role, place);
    const end = tape.next(node);
    for (let name = node + 1; name < end; name = tape.next(name + 1)) {
      let key = this.#text.slice(tape.start(name), tape.end(name));
      let rule = table.fields.get(key);
      if (rule === undefined) {
        // Letters may be spelt as escapes.
        key = plainName(key);
        rule = table.fields.get(key);
      }
      if (rule === undefined) {
        // Nobody reads it but whoever it is meant for, and it cannot be called otherwise.
        this.#word(tape.start(name), tape.end(name));
        rule = table.rest;
      }
      this.#value(name + 1, rule, key, place, scope);
    }
  }

  /** A name that occurs twice may mean either: then it means nothing. */
  #scope(node: number): Scope {
    const tape = this.#tape;
    const text = this.#text;
    const scope: Scope = { type: undefined, role: undefined, mediaType: undefined, signature: undefined };
    let thoughtSignature: string | undefined;
    let isThought = false;
    const end = tape.next(node);
    for (let name = node + 1; name < end; name = tape.next(name + 1)) {
      const start = tape.start(name);
      const length = tape.end(name) - start;
      if (length < 4 || length > 17) continue;
      const value = name + 1;
      if (length === 4 && text.startsWith('type', start)) scope.type = this.#told(value, scope.type);
      else if (length === 4 && text.startsWith('role', start)) scope.role = this.#told(value, scope.role);
      else if (length === 7 && text.startsWith('thought', start))
        isThought = text.startsWith('true', tape.start(value));
      else if (isMediaType(text, start, length)) scope.mediaType = this.#told(value, scope.mediaType);
      else if (length === 9 && text.startsWith('signature', start)) scope.signature = this.#cipher(value);
      else if (text.startsWith('thoughtSignature', start) || text.startsWith('thought_signature', start))
        thoughtSignature = this.#cipher(value);
    }
    if (isThought) scope.signature ??= thoughtSignature;
    return scope;
  }

  #told(node: number, before: string | undefined): string | undefined {
    if (this.#tape.kind(node) !== quote) return before;
    return before === undefined ? plainName(this.#text.slice(this.#tape.start(node), this.#tape.end(node))) : '';
  }

  /** Copied, for it may be remembered. */
  #cipher(node: number): string | undefined {
    if (this.#tape.kind(node) !== quote) return undefined;
    return plainName(this.#bytes.toString('latin1', this.#tape.start(node), this.#tape.end(node)));
  }

  #value(node: number, rule: Rule, field: string, place: LeafPlace, scope: Scope): void {
    const tape = this.#tape;
    const kind = tape.kind(node);
    if (rule.op === 'data') this.#data(this.#body, node, undefined, rule.place ?? place);
    else if (rule.op === 'schema') this.#schema(node, 'schema');
    else if (rule.op === 'description') this.#described(node);
    else if (rule.op === 'arguments') this.#arguments(node, kind, place);
    else if (kind === openBracket) {
      const end = tape.next(node);
      for (let item = node + 1; item < end; item = tape.next(item)) this.#value(item, rule, field, place, scope);
    } else if (kind === openBrace) this.#inner(node, rule, place);
    else if (kind === quote) this.#string(node, rule, field, place, scope);
  }

  /** An object in a field. */
  #inner(node: number, rule: Rule, place: LeafPlace): void {
    switch (rule.op) {
      case 'text':
        this.#object(node, tables[rule.table], rule.place ?? place);
        return;
      case 'skip':
        this.#object(node, tables[rule.table ?? 'options'], 'other');
        return;
      case 'signed':
        this.#object(node, tables.block, place);
        return;
      case 'media':
        this.#object(node, rule.isFile === true ? tables.address : tables.unknown, place);
        return;
      default:
        this.#object(node, tables.unknown, place);
    }
  }

  #string(node: number, rule: Rule, field: string, place: LeafPlace, scope: Scope): void {
    const start = this.#tape.start(node);
    const end = this.#tape.end(node);
    switch (rule.op) {
      case 'skip':
        if (rule.isOpaque === true) return;
        if (isSaid(plainName(this.#text.slice(start, end)), rule.isWord === true))
          this.#add(this.#body, start, end, place, field);
        else this.#word(start, end);
        return;
      case 'text':
        if (rule.table === 'address' && isAddress(this.#text, start)) this.media++;
        this.#add(this.#body, start, end, rule.place ?? place, rule.isNamed === true ? field : undefined);
        return;
      case 'signed':
        this.#add(this.#body, start, end, place, undefined, scope.signature);
        // It is of one text: two would not both go back in its name.
        scope.signature = undefined;
        return;
      case 'token':
        if (!isToken(this.#text.slice(start, end))) this.#add(this.#body, start, end, place, field);
        else this.#word(start, end);
        return;
      case 'speaker':
        if (placeOfRole(scope.role, 'user') !== 'tool') this.#add(this.#body, start, end, 'other', field);
        else this.#word(start, end);
        return;
      case 'media':
        this.#media(start, end, rule.isFile === true, place, scope);
        return;
      case 'googleFile':
        this.media++;
        if (!googleFile.test(this.#text.slice(start, Math.min(end, start + 64))))
          this.#add(this.#body, start, end, place, undefined);
        return;
      case 'sealed':
        if (this.#text.startsWith(summaryPrefix, start))
          this.#push(this.#body, start + summaryPrefix.length, end, 'base64', place, undefined);
        return;
      default:
    }
  }

  #word(start: number, end: number): void {
    const length = end - start;
    if (length >= leastWordChars && length <= maxWordChars) this.words.add(plainName(this.#text.slice(start, end)));
  }

  #arguments(node: number, kind: number, place: LeafPlace): void {
    if (kind !== quote) {
      this.#data(this.#body, node, undefined, place);
      return;
    }
    const start = this.#tape.start(node);
    const end = this.#tape.end(node);
    const escaped = this.#text.slice(start, end);
    const text = unescaped(escaped, 1);
    const tape = jsonTape(text);
    if (tape === undefined) this.#add(this.#body, start, end, place, undefined);
    else {
      const places = text.length === escaped.length ? undefined : new EscapedPlaces(escaped);
      this.#data({ tape, base: start, places, layers: 2 }, 0, undefined, place);
    }
  }

  /** Whatever stands here is somebody's: texts, names of fields, long numbers. */
  #data(source: Source, node: number, field: string | undefined, place: LeafPlace): void {
    const { tape } = source;
    const start = tape.start(node);
    const end = tape.end(node);
    switch (tape.kind(node)) {
      case quote:
        this.#add(source, start, end, place, field);
        return;
      case openBracket: {
        const behind = tape.next(node);
        for (let item = node + 1; item < behind; item = tape.next(item)) this.#data(source, item, field, place);
        return;
      }
      case openBrace: {
        const behind = tape.next(node);
        for (let name = node + 1; name < behind; name = tape.next(name + 1)) {
          const raw = this.#push(source, tape.start(name), tape.end(name), 'key', place, undefined);
          this.#data(source, name + 1, plainName(raw, source.layers), place);
        }
        return;
      }
      default:
        if (end - start >= 9 && longNumber.test(tape.text.slice(start, end)))
          this.#push(source, start, end, 'number', place, field);
    }
  }

  /** `rule`: what the value is of. The words of a schema bind; its annotations are texts. */
  #schema(node: number, rule: SchemaRule): void {
    if (rule === 'skip' || !this.#policy.definitions) return;
    const tape = this.#tape;
    const kind = tape.kind(node);
    const end = tape.next(node);
    if (rule === 'description') this.#described(node);
    else if (kind === openBracket)
      for (let item = node + 1; item < end; item = tape.next(item)) this.#schema(item, rule);
    else if (kind === openBrace)
      for (let name = node + 1; name < end; name = tape.next(name + 1)) {
        if (rule === 'byName') this.#schema(name + 1, 'schema');
        else this.#schema(name + 1, this.#schemaRule(name));
      }
    else if (kind === quote && !isToken(this.#text.slice(tape.start(node), tape.end(node)))) this.#described(node);
  }

  #schemaRule(name: number): SchemaRule {
    const key = this.#text.slice(this.#tape.start(name), this.#tape.end(name));
    return schemaRules.get(key) ?? schemaRules.get(plainName(key)) ?? 'description';
  }

  /** Every string in it, without the names: descriptions, defaults, examples. */
  #described(node: number): void {
    if (!this.#policy.definitions) return;
    const tape = this.#tape;
    const kind = tape.kind(node);
    if (kind === quote) {
      this.#add(this.#body, tape.start(node), tape.end(node), 'definition', undefined);
      return;
    }
    if (kind !== openBrace && kind !== openBracket) return;
    const end = tape.next(node);
    const step = kind === openBrace ? 1 : 0;
    for (let item = node + 1 + step; item < end; item = tape.next(item) + step) this.#described(item);
  }

  #media(start: number, end: number, isFile: boolean, place: LeafPlace, scope: Scope): void {
    const isText = scope.type === 'text' || /^(?:data|https?):/i.test(this.#text.slice(start, start + 6));
    if (scope.type !== 'text' && isAddress(this.#text, start)) this.media++;
    if (isText) this.#add(this.#body, start, end, place, undefined);
    else this.#base64(this.#body, start, end, { mediaType: scope.mediaType, isFile, place, field: undefined });
  }

  /** Bytes of this type: left out, decoded, or what they look like, a text. `start` and `from`: of them, and of the string. */
  #base64(
    source: Source,
    start: number,
    end: number,
    told: {
      mediaType: string | undefined;
      isFile: boolean;
      place: LeafPlace;
      field: string | undefined;
      from?: number;
    },
  ): void {
    const { text } = source.tape;
    const kind = bytesKind(told.mediaType);
    this.media++;
    if (kind === 'binary' && isOpaque(text, start, end)) return;
    if (kind !== 'binary') {
      if (kind === 'unknown' && told.isFile && isPicture(text, start, end, true)) return;
      const found = sniffed(unescaped(text.slice(start, end), 1), kind === 'text');
      if (found === 'binary') return;
      this.media--;
      if (found === 'text') {
        this.#push(source, start, end, 'base64', told.place, told.field);
        return;
      }
    }
    this.#push(source, told.from ?? start, end, 'text', told.place, told.field);
  }

  /** A text, unless it is the bytes of something else. */
  #add(
    source: Source,
    start: number,
    end: number,
    place: LeafPlace,
    field: string | undefined,
    signature?: string,
  ): void {
    const { text } = source.tape;
    const url = dataUrlAt(text, start);
    if (url?.isBase64 === true && url.payload <= end)
      this.#base64(source, url.payload, end, { mediaType: url.mediaType, isFile: true, place, field, from: start });
    else if (isPicture(text, start, end)) this.media++;
    else this.#push(source, start, end, 'text', place, field, signature);
  }

  #push(
    { base, places, layers }: Source,
    start: number,
    end: number,
    form: Leaf['form'],
    place: LeafPlace,
    field: string | undefined,
    signature?: string,
  ): string {
    if (start >= end) return '';
    const from = base + (places === undefined ? start : places.of(start));
    const to = base + (places === undefined ? end : places.of(end));
    const length = to - from;
    const isCopied = length >= leastSliceChars && length <= maxCopiedChars;
    const raw = isCopied ? this.#bytes.toString('latin1', from, to) : this.#text.slice(from, to);
    this.leaves.push({ raw, start: from, layers, place, field, form, signature });
    return raw;
  }
}

/** Of something on the web, to be fetched by the provider. */
function isAddress(text: string, start: number): boolean {
  return /^https?:/i.test(text.slice(start, start + 6));
}

/** No word of any protocol looks so; `isStrict`: nor does one that stands where others may say something. */
function isSaid(value: string, isStrict: boolean): boolean {
  return isStrict ? !tokenPattern.test(value) : /[\s\x80-\uffff]/.test(value);
}

/** Such a word with a letter in it: numbers alone may be anybody's. */
function isToken(raw: string): boolean {
  const value = plainName(raw);
  return tokenPattern.test(value) && /[A-Za-z]/.test(value);
}

function isMediaType(text: string, start: number, length: number): boolean {
  if (length === 8) return text.startsWith('mimeType', start);
  if (length === 9) return text.startsWith('mediaType', start) || text.startsWith('mime_type', start);
  return length === 10 && text.startsWith('media_type', start);
}

/** A name as it reads, without escapes and from UTF-8. */
function plainName(raw: string, layers = 1): string {
  return /[\\\x80-\xff]/.test(raw) ? unescaped(fromBytes(raw), layers) : raw;
}

/**
 * Of an object or a list; `undefined` for what is neither, or no JSON: a model may break off or forget a bracket, and then it is a
 * text like any other.
 */
function jsonTape(text: string): Tape | undefined {
  if (!/^[ \n\r\t]*[{[]/.test(text)) return undefined;
  // Its letters may be bytes of UTF-8 or read from escapes: no matter, for what makes it JSON is ASCII.
  return new JsonScanner(Buffer.from(text, 'utf8'), argumentLimits).isValue() ? new Tape(text) : undefined;
}
