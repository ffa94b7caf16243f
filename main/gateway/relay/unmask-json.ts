/** A checked JSON text with the places of its values, so that strings can be replaced without touching anything else. */

const quote = 0x22;
const backslash = 0x5c;
const openObject = 0x7b;
const closeObject = 0x7d;
const openList = 0x5b;
const closeList = 0x5d;

/** A value and where it stands; of strings, what is between the quotes. */
export interface JsonNode {
  readonly kind: 'string' | 'object' | 'list' | 'other';
  readonly start: number;
  readonly end: number;
  /** Of an object: the names of its values. */
  readonly names: readonly JsonNode[];
  /** Of an object or a list. */
  readonly values: readonly JsonNode[];
}

const none: readonly JsonNode[] = [];

/** Of JSON that was found to be valid. */
export class JsonTree {
  readonly bytes: Buffer;
  readonly root: JsonNode;
  #at: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    // A byte order mark is sent by some.
    this.#at = bytes[0] === 0xef ? 3 : 0;
    this.root = this.#value();
  }

  /** What a string says; '' for anything else. */
  text(node: JsonNode | undefined): string {
    if (node?.kind !== 'string') return '';
    const raw = this.bytes.toString('utf8', node.start, node.end);
    return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
  }

  /** The value of this name; of several the last, as parsers have it. */
  get(node: JsonNode | undefined, name: string): JsonNode | undefined {
    if (node?.kind !== 'object') return undefined;
    for (let i = node.names.length - 1; i >= 0; i--)
      if (this.#isNamed(node.names[i] as JsonNode, name)) return node.values[i];
    return undefined;
  }

  /** The same where it is a string. */
  string(node: JsonNode | undefined, name: string): JsonNode | undefined {
    const value = this.get(node, name);
    return value?.kind === 'string' ? value : undefined;
  }

  /** What the string of this name says; `undefined` where there is none. */
  textOf(node: JsonNode | undefined, name: string): string | undefined {
    const value = this.string(node, name);
    return value === undefined ? undefined : this.text(value);
  }

  /** The number of this name. */
  number(node: JsonNode | undefined, name: string): number | undefined {
    const value = this.get(node, name);
    if (value?.kind !== 'other') return undefined;
    const number = Number(this.bytes.toString('latin1', value.start, value.end));
    return Number.isNaN(number) ? undefined : number;
  }

  /** Entries of the list of this name. */
  list(node: JsonNode | undefined, name: string): readonly JsonNode[] {
    const value = this.get(node, name);
    return value?.kind === 'list' ? value.values : none;
  }

  #isNamed(node: JsonNode, name: string): boolean {
    const { bytes } = this;
    // Names are written without escapes by all who write these.
    if (node.end - node.start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (bytes[node.start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #value(): JsonNode {
    this.#space();
    const start = this.#at;
    switch (this.bytes[start]) {
      case quote:
        return this.#string();
      case openObject:
        return this.#object(start);
      case openList:
        return this.#list(start);
      default:
        return this.#other(start);
    }
  }

  #string(): JsonNode {
    const { bytes } = this;
    const start = this.#at + 1;
    let end = start;
    while (bytes[end] !== quote && end < bytes.length) end += bytes[end] === backslash ? 2 : 1;
    this.#at = end + 1;
    return { kind: 'string', start, end, names: none, values: none };
  }

  #object(start: number): JsonNode {
    const names: JsonNode[] = [];
    const values: JsonNode[] = [];
    this.#at++;
    while (!this.#closes(closeObject)) {
      names.push(this.#string());
      this.#space();
      this.#at++;
      values.push(this.#value());
    }
    return { kind: 'object', start, end: this.#at, names, values };
  }

  #list(start: number): JsonNode {
    const values: JsonNode[] = [];
    this.#at++;
    while (!this.#closes(closeList)) values.push(this.#value());
    return { kind: 'list', start, end: this.#at, names: none, values };
  }

  /** Passes over what stands between two values; `true` behind the last. */
  #closes(bracket: number): boolean {
    this.#space();
    if (this.bytes[this.#at] === 0x2c) {
      this.#at++;
      this.#space();
    }
    if (this.#at < this.bytes.length && this.bytes[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #other(start: number): JsonNode {
    const { bytes } = this;
    let end = start;
    // Letters, digits and signs; anything else ends it.
    while (end < bytes.length && isBare(bytes[end] as number)) end++;
    this.#at = end === start ? start + 1 : end;
    return { kind: 'other', start, end, names: none, values: none };
  }

  #space(): void {
    const { bytes } = this;
    for (;;) {
      const code = bytes[this.#at];
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }
}

function isBare(code: number): boolean {
  return (code > 0x2c || code === 0x2b) && code !== quote && code !== closeObject && code !== closeList;
}

/** Some bytes to be replaced by JSON text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Puts another text into a string. */
export function stringSplice(start: number, end: number, text: string): Splice {
  return { start, end, replacement: JSON.stringify(text).slice(1, -1) };
}

/** The bytes with the splices made, which do not overlap; `shift` is where the bytes begin that the splices speak of. */
export function spliced(bytes: Buffer, splices: readonly Splice[], shift = 0): Buffer {
  let size = bytes.length;
  for (const { start, end, replacement } of splices) size += start - end + Buffer.byteLength(replacement);
  const out = Buffer.allocUnsafe(size);
  let from = 0;
  let at = 0;
  for (const { start, end, replacement } of inOrder(splices)) {
    at += bytes.copy(out, at, from, start + shift);
    if (replacement !== '') at += out.write(replacement, at);
    from = end + shift;
  }
  bytes.copy(out, at, from);
  return out;
}

function inOrder(splices: readonly Splice[]): readonly Splice[] {
  for (let i = 1; i < splices.length; i++)
    if ((splices[i] as Splice).start < (splices[i - 1] as Splice).start)
      return [...splices].sort((a, b) => a.start - b.start);
  return splices;
}
