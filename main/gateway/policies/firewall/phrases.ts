/** Instructions that try to take a model over, told by the words that stand together in a sentence, in some thirty languages. */
import { readEntries } from './phrase-entries.ts';
import { PhrasePlaces } from './phrase-places.ts';
import { PhraseTrie } from './phrase-trie.ts';
import { wordClasses } from './phrase-classes.ts';
import { unitsOf } from './units.ts';

/** What was found, each as evidence in logarithms of odds; 0 is nothing. */
export interface PhraseSigns {
  readonly override: number;
  readonly extraction: number;
  readonly persona: number;
  readonly exfiltration: number;
  readonly delimiter: number;
  /** How much of the text looks like words in ROT13, written backwards, or mirrored in the alphabet. */
  readonly rot13: number;
  readonly backwards: number;
  readonly mirrored: number;
  /** Where the strongest sign stands in quotes beside words that speak about attacks; `undefined` where it does not. */
  readonly quoted: readonly [from: number, end: number] | undefined;
}

const c = wordClasses;
/** Words of one instruction stand within about twelve words of each other. */
const reach = 90;
const wideReach = 220;
const never = -1_000;
const classCount = 22;

/** Marks of chat templates and prompts' frames, at a sign that begins one. */
const marks =
  /<\|(?:im_start|im_end|system|user|assistant|start_header_id|end_header_id|eot_id|begin_of_text|endoftext|end|start|channel|message)\|?>|<<\/?SYS>>|\[\/?INST\]|<\/?(?:start|end)_of_turn>|\[\/?(?:SYSTEM|system)(?:[ _](?:PROMPT|prompt|MESSAGE|message|OVERRIDE|override))?\]|<\/?(?:system|system_prompt|instructions|user_input|user_query|untrusted|document|context|developer)>|#{2,4} ?(?:system|instruction|instructions|new instructions|end of [a-z ]{2,20}|system prompt|human|assistant)\b ?:?(?: ?#{2,4})?/iy;

/** Signs that can follow `<`, `[` and `#` in a mark: they tell most of code apart at a glance. */
const mayFollow = new Uint8Array(128 * 128);
for (const [first, seconds] of [
  ['<', '|</suidecSUIDEC'],
  ['[', '/ISs'],
  ['#', '#'],
] as const)
  for (const second of seconds) mayFollow[first.charCodeAt(0) * 128 + second.charCodeAt(0)] = 1;

class Scan {
  readonly text: string;
  readonly #last = new Int32Array(classCount).fill(never);
  readonly #units: Uint16Array;
  #sentence = 0;
  #seen = -1;
  #free = 0;
  #addresses = 0;
  #strongest = 0;
  #strongestAt = 0;
  readonly #mentions: number[] = [];
  override = 0;
  extraction = 0;
  persona = 0;
  exfiltration = 0;
  delimiter = 0;
  rot13 = 0;
  backwards = 0;
  mirrored = 0;

  constructor(text: string, units: Uint16Array) {
    this.text = text;
    this.#units = units;
  }

  get quoted(): readonly [number, number] | undefined {
    if (this.#mentions.length === 0 || this.#strongest <= 0) return undefined;
    const quote = quoteAround(this.text, this.#strongestAt);
    if (quote === undefined) return undefined;
    const [from, end] = quote;
    return this.#mentions.some((at) => (at < from && at > from - 200) || (at > end && at < end + 120))
      ? quote
      : undefined;
  }

  /** What follows the end of a sentence is another instruction. Every place is looked at once, and only where there is something to part. */
  #goTo(at: number): void {
    const units = this.#units;
    for (let i = at; i > this.#seen; i--) {
      const code = units[i] as number;
      const ends = code <= 0x20 ? i > 0 && isStop(units[i - 1] as number) : code === ideographicStop || code === danda;
      if (!ends) continue;
      this.#sentence = i;
      break;
    }
    this.#seen = at;
  }

  /** A mark of a prompt's frame may stand here. */
  frame(at: number): void {
    marks.lastIndex = at;
    if (!marks.test(this.text)) return;
    this.#goTo(at);
    this.#raise('delimiter', at, 1.2);
  }

  hit(at: number, classes: number): void {
    this.#goTo(at);
    let mask = classes;
    if ((mask & (c.rot13 | c.backwards | c.mirrored)) !== 0) this.#count(mask);
    if ((mask & c.mention) !== 0 && this.#mentions.length < 64) this.#mentions.push(at);
    const isNegated =
      (mask & (c.ignore | c.weaken)) !== 0 && at - this.#at(c.negation) <= 12 && this.#at(c.negation) >= this.#sentence;
    if (isNegated) mask &= ~(c.ignore | c.weaken);
    for (let left = mask; left !== 0; left &= left - 1) this.#last[31 - Math.clz32(left & -left)] = at;
    if ((mask & c.free) !== 0) this.#free++;
    if (
      (mask & (c.ignore | c.weaken | c.instruction | c.rule | c.prior | c.your | c.reveal | c.system | c.above)) !==
      0
    )
      this.#command(at);
    if ((mask & (c.become | c.free | c.model)) !== 0) this.#role(at);
    if ((mask & (c.send | c.secret | c.stealth | c.delimiter | c.model)) !== 0) this.#deed(at);
  }

  #at(mask: number): number {
    return this.#last[31 - Math.clz32(mask)] as number;
  }

  #near(mask: number, at: number): boolean {
    const last = this.#at(mask);
    return last >= at - reach && last >= this.#sentence;
  }

  #nearby(mask: number, at: number): boolean {
    return this.#at(mask) >= at - wideReach;
  }

  #count(mask: number): void {
    if ((mask & c.rot13) !== 0) this.rot13++;
    if ((mask & c.backwards) !== 0) this.backwards++;
    if ((mask & c.mirrored) !== 0) this.mirrored++;
  }

  #raise(kind: 'override' | 'extraction' | 'persona' | 'exfiltration' | 'delimiter', at: number, weight: number): void {
    const asked = this.#near(c.question, at) ? weight - 2.5 : weight;
    if (asked > this[kind]) this[kind] = asked;
    if (asked > this.#strongest) {
      this.#strongest = asked;
      this.#strongestAt = at;
    }
  }

  /** Ignore what you were told; show what you were told. */
  #command(at: number): void {
    const instruction = this.#near(c.instruction, at);
    const rule = this.#near(c.rule, at);
    if (!instruction && !rule) {
      if (this.#near(c.reveal, at) && this.#near(c.above, at)) this.#raise('extraction', at, 3);
      return;
    }
    const your = this.#near(c.your, at);
    const prior = this.#near(c.prior, at);
    const system = this.#near(c.system, at);
    if (this.#near(c.ignore, at)) {
      if (instruction) this.#raise('override', at, your || prior || system ? 5 : 1.5);
      else if (rule && your) this.#raise('override', at, 3);
      else if (rule && prior) this.#raise('override', at, 1);
    } else if (this.#near(c.weaken, at) && (instruction || rule) && (your || prior || system)) {
      this.#raise('override', at, instruction ? 2 : 1);
    }
    if (!this.#near(c.reveal, at)) {
      if (instruction && system && your) this.#raise('extraction', at, 1);
      return;
    }
    const above = this.#near(c.above, at);
    if (instruction) this.#raise('extraction', at, (system && your) || above ? 3.5 : system ? 1.5 : your ? 2 : 0);
    else if (above) this.#raise('extraction', at, 3);
  }

  /** You are someone without rules. */
  #role(at: number): void {
    if (this.#free === 0 || !this.#nearby(c.free, at)) return;
    if (this.#nearby(c.become, at)) this.#raise('persona', at, Math.min(4.5, 2.5 + this.#free * 0.5));
    else if (this.#nearby(c.model, at)) this.#raise('persona', at, Math.min(3.5, 1 + this.#free * 0.5));
  }

  /** Send a secret away; say nothing of it; words that speak to whatever program reads along. */
  #deed(at: number): void {
    if (this.#near(c.send, at) && this.#near(c.secret, at)) {
      const hasAddress = this.#addresses < 64 && isAddressNear(this.text, at);
      this.#addresses++;
      this.#raise('exfiltration', at, hasAddress ? 3.5 : 0.7);
    }
    if (this.#nearby(c.stealth, at)) {
      const isOrder = this.#nearby(c.send, at) || this.#nearby(c.model, at) || this.#nearby(c.ignore, at);
      this.#raise('exfiltration', at, isOrder ? 1.8 : 0.8);
    }
    if (this.#nearby(c.delimiter, at)) {
      const isOrder =
        this.#nearby(c.stealth, at) ||
        this.#nearby(c.send, at) ||
        this.#nearby(c.reveal, at) ||
        this.#nearby(c.ignore, at);
      this.#raise('delimiter', at, isOrder ? 2.8 : 1.5);
    }
  }
}

const address =
  /https?:\/\/|[a-z0-9._%+-]{1,40}@[a-z0-9-]{1,40}\.[a-z]|\b(?:[a-z0-9-]{2,40}\.){1,3}(?:com|net|org|io|ru|cn|example|xyz|site|info|dev|app|test|invalid)\b|\b\d{1,3}(?:\.\d{1,3}){3}\b/i;

function isAddressNear(text: string, at: number): boolean {
  return address.test(text.slice(Math.max(0, at - 160), at + 160));
}

const quotes = '"“”„«»「」『』`';

/** From one quotation mark to the next around a place, within a paragraph; an apostrophe is none. */
function quoteAround(text: string, at: number): [number, number] | undefined {
  const from = edgeOfQuote(text, at - 1, -1);
  const end = edgeOfQuote(text, at, 1);
  return from === -1 || end === -1 ? undefined : [from, end + 1];
}

function edgeOfQuote(text: string, start: number, step: number): number {
  for (let i = start, left = 300; i >= 0 && i < text.length && left > 0; i += step, left--) {
    if (text.charCodeAt(i) === 0x0a && text.charCodeAt(i + step) === 0x0a) return -1;
    if (quotes.includes(text.charAt(i))) return i;
  }
  return -1;
}

const ideographicStop = 0x3002;
const danda = 0x0964;

/** A sentence ends here if a blank follows. */
function isStop(code: number): boolean {
  return code === 0x2e || code === 0x21 || code === 0x3f || code === 0x0a;
}

interface Words {
  readonly places: PhrasePlaces;
  readonly trie: PhraseTrie;
}

let words: Words | undefined;

function makeWords(): Words {
  const entries = readEntries();
  return { places: new PhrasePlaces(entries), trie: new PhraseTrie(entries) };
}

/** Units whose places are found at once. */
const stretch = 4_096;
const found = new Int32Array(stretch);

/**
 * Looks at every word once; time in proportion to the text. `isRunTogether`: words may begin anywhere. `units`: those of the text.
 */
export function scanPhrases(text: string, isRunTogether = false, units = unitsOf(text)): PhraseSigns {
  const { places } = (words ??= makeWords());
  const { length } = text;
  const scan = new Scan(text, units);
  for (let from = 0; from < length; from += stretch) {
    const count = places.find(units, length, from, Math.min(length, from + stretch), found, isRunTogether);
    scanPlaces(scan, units, count, isRunTogether);
  }
  return scan;
}

/** Looks at the first places of `found`. */
function scanPlaces(scan: Scan, units: Uint16Array, count: number, isRunTogether: boolean): void {
  const { trie } = (words ??= makeWords());
  const { length } = scan.text;
  for (let i = 0; i < count; i++) {
    const at = found[i] as number;
    const code = units[at] as number;
    const next = at + 1 < length ? (units[at + 1] as number) : 0xffff;
    if (code < 128 && next < 128 && mayFollow[code * 128 + next] === 1) scan.frame(at);
    const classes = trie.classesAt(units, length, at, isRunTogether);
    if (classes !== 0) scan.hit(at, classes);
  }
}
