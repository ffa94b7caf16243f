/**
 * Originals in a stream between equal dialects: only events that hold a placeholder, or the beginning of one, are written anew, and
 * of these only the strings. What waits for the next piece goes out, at the latest, in an event of its own before its text ends.
 */
import type { ClientDialectId } from '../../../shared/domain/dialect.ts';
import type { JsonObject } from '../dialects/canonical.ts';
import type { EventTemplate } from './event-template.ts';
import { parseBlock, type FramedEvent } from './sse.ts';
import { ValueRestorer } from './unmask-answer.ts';
import { ChatReader } from './unmask-chat.ts';
import { GeminiReader } from './unmask-gemini.ts';
import { JsonTree, spliced, stringSplice, type JsonNode, type Splice } from './unmask-json.ts';
import { MessagesReader } from './unmask-messages.ts';
import { ResponsesReader } from './unmask-responses.ts';
import type { EventReader, Piece, Reading, Slot } from './unmask-slots.ts';
import { mayHoldPlaceholder } from './unmask-tags.ts';
import { stringIn, type ChannelSet, type UnmaskContext } from './unmask-channel.ts';
import type { Unmasker } from './unmask.ts';

const countField = 'sequence_number';
/** Random letters that hide how long a text is. */
const paddingField = 'obfuscation';

function readerOf(dialect: ClientDialectId, channels: ChannelSet, unmasker: Unmasker): EventReader {
  switch (dialect) {
    case 'anthropic-messages':
      return new MessagesReader(channels, unmasker.watchesSignatures);
    case 'openai-responses':
      return new ResponsesReader(channels);
    case 'gemini':
      return new GeminiReader(channels);
    default:
      return new ChatReader(channels);
  }
}

/** What to do with events that fit a template. */
interface Plan {
  /** By hole; `undefined` where there is no text in it. */
  readonly slots: readonly (Slot | undefined)[];
  /** The hole that numbers the event; -1 where none does. */
  readonly count: number;
}

const noSplices: readonly Splice[] = [];
const noPlan: Plan = { slots: [], count: -1 };

/** An event that was read, as a template may be made of it. */
interface ReadEvent {
  readonly raw: Buffer;
  readonly pieces: readonly Piece[];
  /** Where its data begins in its bytes. */
  readonly shift: number;
}

/** An event whose text ends with what may be a placeholder's beginning: most are none, and what follows it tells. */
interface Undecided {
  readonly raw: Buffer;
  readonly slot: Slot;
  /** What of its text waits. */
  readonly start: number;
  readonly end: number;
}

export class EventRestorer {
  readonly #unmasker: Unmasker;
  readonly #send: (bytes: Buffer) => void;
  readonly #reader: EventReader;
  /** Slots in which something waits. */
  readonly #waiting = new Set<Slot>();
  /** Events that were put between those of the provider, which are numbered. */
  #added = 0;
  #last: Buffer | undefined;
  #read: ReadEvent | undefined;
  #plan: Plan | undefined;
  /** Not sent yet, because the next event of the same chunk is there to decide. */
  #undecided: Undecided | undefined;
  /** The event that is being looked at is such a one. */
  #open: Undecided | undefined;

  /** `send` is given what goes out, in order. */
  constructor(unmasker: Unmasker, dialect: ClientDialectId, send: (bytes: Buffer) => void) {
    this.#unmasker = unmasker;
    this.#send = send;
    this.#reader = readerOf(dialect, unmasker.separateChannels(), unmasker);
  }

  /** An event that is not known by a template. */
  read(raw: Buffer, event: FramedEvent | undefined): void {
    if (event === undefined || !isJson(event.data)) {
      if (event === undefined) this.settle();
      else this.end();
      this.#send(raw);
      return;
    }
    this.#read = undefined;
    const tree = new JsonTree(event.data);
    const reading = this.#reader.read(tree, event.name);
    const number = tree.number(tree.root, countField);
    this.#endSlots(reading, number);
    const splices = this.#wholes(tree, reading);
    const hasChanged = splices.length > 0;
    splices.push(...this.#pieces(tree, reading, raw));
    this.settle();
    const { signed } = reading;
    if (signed?.slot.channel.isChanged === true) this.#unmasker.signed(signed.signature, signed.slot.channel.masked);
    if (this.#added > 0 && number !== undefined) splices.push(...this.#numbered(tree));
    this.#last = raw;
    const shift = shiftOf(raw, event.data);
    const isPlannable = shift !== -1 && !hasChanged && reading.pieces.every(({ isLast }) => !isLast);
    if (isPlannable) this.#read = { raw, pieces: reading.pieces, shift };
    if (splices.length === 0) this.#send(raw);
    else if (shift === -1) this.#send(rewritten(raw, spliced(event.data, splices)));
    else this.#send(spliced(raw, splices, shift));
  }

  /** Whether events that fit this template, which was made of the event that was read last, can be given to `fit`. */
  follow(template: EventTemplate, raw: Buffer): boolean {
    this.#plan = undefined;
    const read = this.#read;
    if (read?.raw !== raw || template.match(raw) === -1) return false;
    const slots: (Slot | undefined)[] = [];
    let found = 0;
    for (const [hole, name] of template.names.entries()) {
      const start = template.startOf(hole) - read.shift;
      const slot = read.pieces.find(({ node }) => node.start === start)?.slot;
      if (slot !== undefined) found++;
      else if (name !== countField && name !== paddingField) return false;
      slots.push(slot);
    }
    if (found !== read.pieces.length) return false;
    this.#plan = { slots, count: template.names.indexOf(countField) };
    return true;
  }

  /** An event that fits the template. */
  fit(template: EventTemplate, raw: Buffer): void {
    const { slots, count } = this.#plan ?? noPlan;
    this.#last = raw;
    let splices = noSplices;
    for (let hole = 0; hole < slots.length; hole++) {
      const slot = slots[hole];
      if (slot === undefined) continue;
      const start = template.startOf(hole);
      const end = template.endOf(hole);
      if (!slot.channel.passes(raw, start, end)) splices = [...splices, ...this.#fitted(slot, raw, start, end)];
    }
    if (this.#added > 0 && count !== -1)
      splices = [...splices, this.#countSplice(raw, template.startOf(count), template.endOf(count))];
    const next = this.#open;
    this.#open = undefined;
    this.settle();
    // With more to change in it there is nothing to wait for.
    if (next !== undefined && splices.length === 1) this.#undecided = next;
    else this.#send(splices.length === 0 ? raw : spliced(raw, splices));
  }

  /** The chunk is over: what may be the beginning of a placeholder waits for the next, and the rest of its event goes out. */
  settle(): void {
    const undecided = this.#undecided;
    if (undecided === undefined) return;
    this.#undecided = undefined;
    const { raw, start, end } = undecided;
    this.#send(spliced(raw, [{ start, end, replacement: '' }]));
  }

  /** Everything that still waits goes out, as events: the stream is over, or broke. */
  end(): void {
    const number = this.#numberOfNext();
    for (const slot of [...this.#waiting]) this.#end(slot, number);
    this.settle();
  }

  /** The piece goes out as it is, or less its end, or behind what waited. */
  #fitted(slot: Slot, raw: Buffer, start: number, end: number): readonly Splice[] {
    const { channel } = slot;
    const { held } = channel;
    const rest = channel.slide(raw, start, end);
    if (rest === -1) {
      const text = stringIn(raw, start, end);
      const restored = this.#push(slot, text, raw, false);
      return restored === text ? noSplices : [stringSplice(start, end, restored)];
    }
    this.#note(slot, raw);
    const { before } = channel;
    const splices: Splice[] = [];
    // All that the event before it kept back was no beginning after all.
    if (before === held && this.#undecided?.slot === slot) this.#sendWhole(this.#undecided);
    else if (before !== '') splices.push({ start, end: start, replacement: before });
    if (rest < end) {
      splices.push({ start: rest, end, replacement: '' });
      if (channel.held.length === end - rest) this.#open = { raw, slot, start: rest, end };
    }
    return splices;
  }

  #sendWhole({ raw }: Undecided): void {
    this.#undecided = undefined;
    this.#send(raw);
  }

  #endSlots({ ended, pieces }: Reading, number: number | undefined): void {
    if (this.#waiting.size === 0) return;
    for (const slot of ended) {
      if (this.#waiting.has(slot) && !pieces.some((piece) => piece.slot === slot)) this.#end(slot, number);
    }
  }

  /** An event of its own for what waits in a slot. `number` is that of the provider's event behind it. */
  #end(slot: Slot, number: number | undefined): void {
    this.#waiting.delete(slot);
    const text = slot.channel.end();
    if (this.#undecided?.slot === slot) {
      this.#sendWhole(this.#undecided);
      return;
    }
    this.settle();
    const last = slot.last === undefined ? undefined : parseBlock(slot.last, markLength(slot.last));
    if (text === '' || last === undefined) return;
    const said: Record<string, JsonObject[string]> = { ...slot.say(text, objectIn(last.data)) };
    if (number !== undefined && said[countField] !== undefined) said[countField] = number + this.#added++;
    // Where events have names, their data has the same word as its type.
    const { type } = said;
    const head = last.name === '' ? '' : `event: ${typeof type === 'string' ? type : last.name}\n`;
    this.#send(Buffer.from(`${head}data: ${JSON.stringify(said)}\n\n`, 'utf8'));
  }

  /** Number of the provider's event that would come next; `undefined` where events have none. */
  #numberOfNext(): number | undefined {
    if (this.#last === undefined || this.#waiting.size === 0) return undefined;
    const event = parseBlock(this.#last, markLength(this.#last));
    const number = event === undefined ? undefined : objectIn(event.data)[countField];
    return typeof number === 'number' ? number + 1 : undefined;
  }

  #wholes(tree: JsonTree, { pieces, contexts }: Reading): Splice[] {
    if (!mayHoldPlaceholder(tree.bytes, 0, tree.bytes.length)) return [];
    const known = new Map<JsonNode, UnmaskContext | undefined>(contexts);
    for (const { node } of pieces) known.set(node, undefined);
    const values = new ValueRestorer(tree, this.#unmasker, known);
    values.restore(tree.root);
    return values.splices;
  }

  #pieces(tree: JsonTree, { pieces }: Reading, raw: Buffer): Splice[] {
    const splices: Splice[] = [];
    for (const piece of pieces) {
      const { node, slot } = piece;
      // Of several pieces of one text in an event, the last one ends it.
      const isLast = piece.isLast && pieces.findLast((one) => one.slot === slot) === piece;
      const text = tree.text(node);
      const restored = this.#pushed(slot, text, raw, isLast);
      if (restored !== text) splices.push(stringSplice(node.start, node.end, restored));
    }
    return splices;
  }

  /** What of it goes out, less what the undecided event before it says itself. */
  #pushed(slot: Slot, text: string, raw: Buffer, isLast: boolean): string {
    const undecided = this.#undecided;
    const waited = slot.channel.held;
    const restored = this.#push(slot, text, raw, isLast);
    if (undecided?.slot !== slot || !restored.startsWith(waited)) return restored;
    if (restored + slot.channel.held !== waited + text) return restored;
    this.#sendWhole(undecided);
    return restored.slice(waited.length);
  }

  #push(slot: Slot, text: string, raw: Buffer, isLast: boolean): string {
    const { channel } = slot;
    const restored = isLast ? channel.push(text) + channel.end() : channel.push(text);
    this.#note(slot, raw);
    return restored;
  }

  #note(slot: Slot, raw: Buffer): void {
    if (slot.channel.held === '') this.#waiting.delete(slot);
    else {
      this.#waiting.add(slot);
      slot.last = raw;
    }
  }

  #numbered(tree: JsonTree): Splice[] {
    const node = tree.get(tree.root, countField);
    return node === undefined ? [] : [this.#countSplice(tree.bytes, node.start, node.end)];
  }

  #countSplice(bytes: Buffer, start: number, end: number): Splice {
    return { start, end, replacement: String(Number(bytes.toString('latin1', start, end)) + this.#added) };
  }
}

/** An end marker is none. */
function isJson(data: Buffer): boolean {
  for (const code of data)
    if (code > 0x20) return code === 0x7b || (code === 0x5b && data.length > '[DONE]'.length) || code === 0xef;
  return false;
}

function objectIn(data: Buffer): JsonObject {
  const value = JSON.parse(data.toString('utf8', markLength(data))) as JsonObject | readonly JsonObject[];
  return Array.isArray(value) ? ((value as readonly JsonObject[])[0] ?? {}) : (value as JsonObject);
}

/** Of a byte order mark. */
function markLength(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Where the data stands in the event's bytes; -1 where it was put together of several lines. */
function shiftOf(raw: Buffer, data: Buffer): number {
  if (data.buffer !== raw.buffer) return -1;
  const shift = data.byteOffset - raw.byteOffset;
  return shift >= 0 && shift + data.length <= raw.length ? shift : -1;
}

/** The event with other data, where that stood in several lines. */
function rewritten(raw: Buffer, data: Buffer): Buffer {
  const lines = raw.toString('latin1').split(/\r\n|\r|\n/);
  const others = lines.filter((line) => line !== '' && !/^data(?::|$)/.test(line));
  const said = data
    .toString('latin1')
    .split('\n')
    .map((line) => `data: ${line}`);
  return Buffer.from(`${[...others, ...said].join('\n')}\n\n`, 'latin1');
}
