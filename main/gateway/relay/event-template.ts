/**
 * Most events of a stream are one event over and over with another piece of text in it. An event that was read once serves as a
 * template: what differs from it only inside its free texts is known to be JSON and to say nothing else that is new.
 */

/** Fields whose value is free text or a counter, in any of the dialects. Nothing the gateway acts on may be among them. */
const freeFields = ['content', 'text', 'thinking', 'partial_json', 'arguments', 'delta', 'obfuscation'];
const countingFields = ['sequence_number'];
/** Real events have two or three; more is not worth the walk. */
const maxHoles = 4;
/** Comparing long events with each other gains nothing. */
const maxTemplateBytes = 4_096;

/** From here on a native call costs less than a loop. */
const nativeBytes = 48;

const quote = 0x22;
const backslash = 0x5c;

interface Hole {
  /** Bytes before the hole, from the end of the one before. */
  readonly before: Buffer;
  readonly kind: 'text' | 'digits';
  /** Of the field. */
  readonly name: string;
}

/** A value at the end of the match: the text without its quotes, or the digits. */
const holePattern = new RegExp(
  `"(?:(${freeFields.join('|')})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)|(${countingFields.join('|')})"\\s*:\\s*(\\d+))`,
  'g',
);

export class EventTemplate {
  readonly #holes: readonly Hole[];
  readonly #end: Buffer;
  /** Where the holes of the block that fitted last start and end. */
  readonly #places = new Int32Array(2 * maxHoles);

  private constructor(holes: readonly Hole[], end: Buffer) {
    this.#holes = holes;
    this.#end = end;
  }

  /** A block whose data was found to be valid JSON. `undefined` when it makes no template: no free text in it, or too much of everything. */
  static from(block: Buffer): EventTemplate | undefined {
    if (block.length > maxTemplateBytes) return undefined;
    // One character a byte: positions in the text are positions in the bytes.
    const text = block.toString('latin1');
    const holes: Hole[] = [];
    let at = 0;
    for (const match of text.matchAll(holePattern)) {
      if (holes.length === maxHoles) return undefined;
      const [whole, textName, textValue, countName = '', digits = ''] = match;
      const end = match.index + whole.length;
      const before = Buffer.from(block.subarray(at, end - (textValue ?? digits).length));
      holes.push({ before, kind: textName === undefined ? 'digits' : 'text', name: textName ?? countName });
      at = end;
    }
    if (!holes.some(({ kind }) => kind === 'text')) return undefined;
    return new EventTemplate(holes, Buffer.from(block.subarray(at)));
  }

  /** Names of the fields whose values may differ, in order. */
  get names(): readonly string[] {
    return this.#holes.map(({ name }) => name);
  }

  /** Where the value of such a field starts in the block that fitted last: behind the quote of a text. */
  startOf(hole: number): number {
    return this.#places[2 * hole] as number;
  }

  endOf(hole: number): number {
    return this.#places[2 * hole + 1] as number;
  }

  /** Bytes of free text in a block that fits; -1 when it does not. */
  match(block: Buffer): number {
    let at = 0;
    let textBytes = 0;
    let place = 0;
    for (const { before, kind } of this.#holes) {
      if (!isAt(block, at, before)) return -1;
      at += before.length;
      const end = kind === 'text' ? endOfText(block, at) : endOfDigits(block, at);
      if (end === -1) return -1;
      if (kind === 'text') textBytes += end - at;
      this.#places[place++] = at;
      this.#places[place++] = end;
      at = end;
    }
    return at + this.#end.length === block.length && isAt(block, at, this.#end) ? textBytes : -1;
  }
}

function isAt(block: Buffer, at: number, part: Buffer): boolean {
  if (at + part.length > block.length) return false;
  if (part.length > nativeBytes) return block.compare(part, 0, part.length, at, at + part.length) === 0;
  for (let i = 0; i < part.length; i++) if (block[at + i] !== part[i]) return false;
  return true;
}

/** Where the closing quote is; -1 at a control character, an escape that needs more than a look, or the end. */
function endOfText(block: Buffer, at: number): number {
  for (let i = at; i < block.length; i++) {
    const code = block[i] as number;
    if (code === quote) return i;
    if (code < 0x20) return -1;
    if (code === backslash) {
      const next = block[++i];
      // \" \\ \n \t \r \/ are all that texts and code are made of; the rest is for the reader that knows every rule.
      if (next !== quote && next !== backslash && next !== 0x6e && next !== 0x74 && next !== 0x72 && next !== 0x2f)
        return -1;
    }
  }
  return -1;
}

/** A JSON number has no leading zeros; one digit more or less is all that is wanted here. */
function endOfDigits(block: Buffer, at: number): number {
  let end = at;
  while (end < block.length && (block[end] as number) >= 0x30 && (block[end] as number) <= 0x39) end++;
  if (end === at || (block[at] === 0x30 && end > at + 1)) return -1;
  return end;
}
