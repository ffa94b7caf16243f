/** Values that were found somewhere in a conversation, looked for everywhere in it: what gave one away need not stand beside the next. */
import type { FoundKind } from '../../../../shared/domain/masking.ts';
import type { Finding } from '../detectors/detector.ts';
import { resolveOverlaps } from '../detectors/overlaps.ts';

/** Shorter ones stand in too many words. */
const minLength = 6;
const minNameLength = 8;
/** Beyond these a conversation is a table of customers, and each of its rows gives itself away. */
const maxValues = 20_000;
/** Fewer than this are looked for one by one: a native search is faster than a walk. */
const fewValues = 12;

/** Of a text so much at a time. */
const partChars = 131_072;
/** More findings in a part than a text has words lie over each other. */
const fewFound = 8_192;

interface KnownValue {
  readonly text: string;
  readonly kind: FoundKind;
}

/** Ordinary words may be part of these. */
const nameKinds: ReadonlySet<FoundKind> = new Set<FoundKind>(['person', 'address']);
/** What a text has of these is told by the detector that knows the rules. */
const ownRules: ReadonlySet<FoundKind> = new Set<FoundKind>(['terms', 'patterns', 'date_of_birth', 'geo']);

/** Whether a value, found elsewhere in a conversation, is that value again for certain. */
function isTelling({ text, kind }: KnownValue): boolean {
  if (ownRules.has(kind)) return false;
  if (!nameKinds.has(kind)) return text.length >= minLength;
  return text.length >= minNameLength && /\s/.test(text);
}

export class KnownValues {
  readonly #values: KnownValue[] = [];
  readonly #seen = new Set<string>();
  #last: { readonly from: number; readonly to: number; readonly beginnings: Beginnings } | undefined;

  /** Grows with every value: what was looked through with an older one has to be looked through for the rest. */
  get version(): number {
    return this.#values.length;
  }

  add(kind: FoundKind, text: string): void {
    const value = { kind, text };
    if (this.#seen.has(text) || this.#values.length >= maxValues || !isTelling(value)) return;
    this.#seen.add(text);
    this.#values.push(value);
  }

  /** Places of the values that came since `version`, in no order. */
  find(text: string, version: number): Finding[] {
    const found: Finding[] = [];
    for (const some of this.steps(text, version)) found.push(...some);
    return found;
  }

  /** The same, part of the text after part. */
  *steps(text: string, version: number): Generator<Finding[], void> {
    const search =
      this.version - version <= fewValues ? new OneByOne(this.#values.slice(version)) : this.#since(version);
    const next: number[] = [];
    for (let from = 0; from < text.length; from += partChars) {
      const found: Finding[] = [];
      search.find(text, { from, to: Math.min(text.length, from + partChars), next }, found);
      yield found.length <= fewFound ? found : resolveOverlaps(found);
    }
  }

  /** Most texts of a request ask for the same ones. */
  #since(version: number): Beginnings {
    const last = this.#last;
    if (last?.from === version && last.to === this.version) return last.beginnings;
    const beginnings = new Beginnings(this.#values.slice(version));
    this.#last = { from: version, to: this.version, beginnings };
    return beginnings;
  }
}

/** Where values may begin, and where each of them stands next, for those who look ahead. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly next: number[];
}

/** Each value by itself. */
class OneByOne {
  readonly #values: readonly KnownValue[];

  constructor(values: readonly KnownValue[]) {
    this.#values = values;
  }

  find(text: string, { to, next }: Part, found: Finding[]): void {
    for (const [index, value] of this.#values.entries()) {
      let at = next[index] ?? text.indexOf(value.text);
      for (; at !== -1 && at < to; at = text.indexOf(value.text, at + value.text.length)) note(text, at, value, found);
      next[index] = at;
    }
  }
}

/** Values that begin alike. */
interface Beginning {
  /** Of its values, each once. */
  readonly lengths: Set<number>;
  readonly byText: Map<string, KnownValue>;
}

/** By three first characters: most places of a text are ruled out by a look at them. */
const triples = 32_768;

/** Values by their first characters: one walk over a text for all of them. */
class Beginnings {
  readonly #byStart = new Map<number, Beginning>();
  readonly #begins = new Uint8Array(triples);

  constructor(values: readonly KnownValue[]) {
    for (const value of values) {
      this.#begins[tripleOf(value.text)] = 1;
      const start = startOf(value.text, 0);
      const beginning = this.#byStart.get(start) ?? { lengths: new Set(), byText: new Map() };
      this.#byStart.set(start, beginning);
      beginning.lengths.add(value.text.length);
      beginning.byText.set(value.text, value);
    }
  }

  find(text: string, { from, to }: Part, found: Finding[]): void {
    const begins = this.#begins;
    const last = Math.min(to - 1, text.length - minLength);
    // Those of the place before, shifted on: one look at the text a place.
    let triple = last < from ? 0 : (text.charCodeAt(from) << 5) ^ text.charCodeAt(from + 1);
    for (let at = from; at <= last; at++) {
      triple = ((triple << 5) ^ text.charCodeAt(at + 2)) & (triples - 1);
      if (begins[triple] !== 0) this.#at(text, at, found);
    }
  }

  #at(text: string, at: number, found: Finding[]): void {
    const beginning = this.#byStart.get(startOf(text, at));
    if (beginning === undefined) return;
    for (const length of beginning.lengths) {
      const value = beginning.byText.get(text.slice(at, at + length));
      if (value !== undefined) note(text, at, value, found);
    }
  }
}

/** As the walk has it: each character shifted on by five bits, and nothing kept beyond fifteen. */
function tripleOf(text: string): number {
  let triple = 0;
  for (let i = 0; i < 3; i++) triple = ((triple << 5) ^ text.charCodeAt(i)) & (triples - 1);
  return triple;
}

/** Six characters as one number: enough to tell nearly all values apart. */
function startOf(text: string, at: number): number {
  let mixed = 0;
  for (let i = at; i < at + minLength; i++) mixed = (Math.imul(mixed, 0x01_00_01_93) + text.charCodeAt(i)) | 0;
  return mixed;
}

function note(text: string, start: number, { text: value, kind }: KnownValue, found: Finding[]): void {
  const end = start + value.length;
  // A part of a longer word or number is another one.
  if (kind !== 'secrets' && (isJoined(text, start) || isJoined(text, end))) return;
  found.push({ start, end, kind, subtype: 'known_value', score: 0.9 });
}

/** Letters or digits on both sides of a place. */
function isJoined(text: string, at: number): boolean {
  if (at === 0 || at >= text.length) return false;
  return isWordPart(text.charCodeAt(at - 1)) && isWordPart(text.charCodeAt(at)) && !endsEscape(text, at);
}

/** Behind `\n`, as JSON and code write the end of a line, a word begins. */
function endsEscape(text: string, at: number): boolean {
  return text.charCodeAt(at - 2) === 0x5c && 'nrt'.includes(text.charAt(at - 1));
}

function isWordPart(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0xc0 && code < 0x2000)
  );
}
