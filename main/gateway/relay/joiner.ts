/**
 * Where the text of a second answer goes on from the text of one that broke off. Pure; nothing is passed on before the place is
 * found, so that no word stands twice and none is missing.
 */

/** A second answer is held back to this size while its place is looked for. */
const maxHeld = 256 * 1024;
/** The end of the delivered text that a second answer is searched for. */
const anchorLength = 200;
/** What is shorter stands in any text. */
const leastAnchor = 24;
const leastAnchorWords = 4;
/** A model that was handed the beginning repeats its last sentences at most; else it repeats all of it. */
const repeatLength = 1_000;
/** White space alone is waited with for no longer than this. */
const maxSpace = 10_000;
/** Repeating so much is no accident, wherever its words begin and end. */
const plainRepeat = 12;

/** Scripts without spaces count by the letter. */
const words =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{N}\p{M}_]+/gu;
const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;
const onlyWordCharacters = /^[\p{L}\p{N}\p{M}_]+$/u;
const letters = /\p{L}/gu;

/** `prefix`: the model was handed the delivered text as its own beginning. `join`: it was asked the same again. */
export type JoinHow = 'prefix' | 'join';

/** Finds the place, then passes on what stands behind it. */
export class Joiner {
  /** Without the white space at its end, in which two answers may differ and which a model is not handed. */
  readonly #delivered: string;
  /** Its last word is finished: it cannot be begun again. */
  readonly #endsInSpace: boolean;
  readonly #seam: Seam;
  #how: JoinHow;
  #held: string[] = [];
  #heldLength = 0;
  /** Characters of the beginning in which both texts agree. */
  #agreed = 0;
  #isAgreeing = true;
  /** Looks for the whole anchor in all that was held, then in what is new. */
  #search: Search | undefined;
  #isJoined = false;
  #failure: string | undefined;

  constructor(how: JoinHow, delivered: string) {
    this.#how = how;
    this.#delivered = delivered.trimEnd();
    this.#endsInSpace = delivered.length > this.#delivered.length;
    this.#seam = new Seam(delivered.slice(this.#delivered.length));
    if (this.#delivered === '') this.#isJoined = true;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Why it does not join; nothing more is passed on then. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** What of this piece, and of all before it, is to be passed on. */
  push(text: string): string {
    if (this.#failure !== undefined || text === '') return '';
    if (this.#isJoined) return this.#seam.push(text);
    this.#held.push(text);
    this.#heldLength += text.length;
    if (this.#how === 'prefix') return this.#pushPrefix(text);
    return this.#pushJoin(text);
  }

  /** The text is over: what was held is judged as it is. Gives what is still to be passed on. */
  end(): string {
    if (this.#failure !== undefined) return '';
    if (this.#isJoined) return this.#seam.end();
    const text = this.#text();
    if (this.#how === 'prefix' && !(this.#agreed < this.#delivered.length && this.#beganAnew()))
      return this.#joinAfterRepeat(text, true) + this.#seam.end();
    const place = placeOf(this.#delivered, text);
    if (typeof place === 'string') {
      this.#fail(place);
      return '';
    }
    return this.#joinAt(place, text) + this.#seam.end();
  }

  #pushJoin(text: string): string {
    this.#agree(text);
    if (this.#agreed === this.#delivered.length) return this.#joinAt(this.#agreed, this.#text());
    if (!this.#isAgreeing) {
      const isFirst = this.#search === undefined;
      this.#search ??= new Search(this.#delivered);
      const end = this.#search.push(isFirst ? this.#text() : text);
      if (end !== undefined) return this.#joinAt(end, this.#text());
    }
    if (this.#heldLength > maxHeld)
      this.#fail(
        `the second answer did not come to the place where the first broke off within ${String(maxHeld)} characters`,
      );
    return '';
  }

  /** `text` is the end of what is held. */
  #agree(text: string): void {
    if (!this.#isAgreeing) return;
    const left = this.#delivered.length - this.#agreed;
    if (this.#delivered.startsWith(text.length > left ? text.slice(0, left) : text, this.#agreed)) {
      this.#agreed += Math.min(text.length, left);
      return;
    }
    this.#isAgreeing = false;
    this.#agreed += commonLength(this.#delivered, this.#agreed, text);
  }

  #pushPrefix(text: string): string {
    // White space before a repetition is no part of it.
    const isFirst = this.#agreed === 0 && this.#isAgreeing;
    const whole = isFirst || this.#heldLength < repeatLength ? this.#text().trimStart() : undefined;
    if (whole === '') return this.#heldLength > maxSpace ? this.#joinAfterRepeat(this.#text(), false) : '';
    this.#agree(isFirst && whole !== undefined ? whole : text);
    if (this.#isAgreeing) {
      const repeatsAll = this.#agreed === this.#delivered.length && this.#delivered.length >= repeatLength;
      if (repeatsAll) return this.#joinAfterAll();
      if (this.#agreed < this.#delivered.length) return '';
    } else if (this.#beganAnew()) {
      this.#how = 'join';
      return this.#pushJoin('');
    }
    const tail = this.#delivered.slice(-repeatLength);
    // With all of it repeated it takes one more letter to see whether its last word ends there.
    if (whole !== undefined && whole.length <= tail.length && tail.includes(whole)) return '';
    return this.#joinAfterRepeat(this.#text(), false);
  }

  /** In spite of what it was handed: then it is one more answer to join. */
  #beganAnew(): boolean {
    return isAnchor(this.#delivered.slice(0, this.#agreed));
  }

  #joinAfterAll(): string {
    const text = this.#text();
    return this.#joinAt(text.length - text.trimStart().length + this.#delivered.length, text);
  }

  #joinAfterRepeat(text: string, isOver: boolean): string {
    const begun = text.trimStart();
    const isSpaced = this.#endsInSpace || begun.length < text.length;
    const repeated = repeatedLength(this.#delivered, begun, { isSpaced, isOver });
    return this.#joinAt(repeated === 0 ? 0 : text.length - begun.length + repeated, text);
  }

  #joinAt(place: number, text: string): string {
    this.#isJoined = true;
    this.#held = [];
    return this.#seam.push(text.slice(place));
  }

  #text(): string {
    const text = this.#held.join('');
    this.#held = [text];
    return text;
  }

  #fail(why: string): void {
    this.#failure = why;
    this.#held = [];
  }
}

/** The place in `text` where it goes on from `delivered`, or why there is none. All of `text` is known. */
function placeOf(delivered: string, text: string): number | string {
  const from = Math.max(0, delivered.length - anchorLength);
  for (const start of anchorStarts(delivered, from)) {
    const anchor = delivered.slice(start);
    if (!isAnchor(anchor)) break;
    const found = text.indexOf(anchor);
    if (found === -1) continue;
    if (text.includes(anchor, found + 1) || delivered.indexOf(anchor) !== start)
      return 'the end of what was delivered stands more than once in the answers, so that the place to go on is not certain';
    return found + anchor.length;
  }
  return 'the second answer does not hold the end of what was delivered';
}

/** Where an anchor may begin: as early as allowed, then at each word. */
function* anchorStarts(delivered: string, from: number): Generator<number> {
  yield from;
  for (let at = from + 1; at < delivered.length; at++) {
    if (isWordStart(delivered, at)) yield at;
  }
}

function isAnchor(text: string): boolean {
  return text.length >= leastAnchor && (text.match(words)?.length ?? 0) >= leastAnchorWords;
}

/** Looks in a growing text for the longest anchor, which no longer one can gainsay. */
class Search {
  /** `undefined`: it would not tell one place from another. */
  readonly #anchor: string | undefined;
  /** The end of what was searched, where a match may have begun. */
  #tail = '';
  #searched = 0;

  constructor(delivered: string) {
    const anchor = delivered.slice(-anchorLength);
    const isOnly = delivered.indexOf(anchor) === delivered.length - anchor.length;
    this.#anchor = isOnly && isAnchor(anchor) ? anchor : undefined;
  }

  /** Characters up to and with the anchor, once it was found. */
  push(text: string): number | undefined {
    if (this.#anchor === undefined) return undefined;
    const window = this.#tail + text;
    const found = window.indexOf(this.#anchor);
    if (found !== -1) return this.#searched - this.#tail.length + found + this.#anchor.length;
    this.#searched += text.length;
    this.#tail = window.slice(-(this.#anchor.length - 1));
    return undefined;
  }
}

/**
 * Characters at the start of `text` that repeat the end of `delivered`: words said twice, or a word begun again. What has no
 * letters (numbers, brackets, dots) is taken for the text going on, since there repetition is usual.
 */
function repeatedLength(
  delivered: string,
  text: string,
  { isSpaced, isOver }: { readonly isSpaced: boolean; readonly isOver: boolean },
): number {
  const most = Math.min(text.length, delivered.length, repeatLength);
  for (let length = most; length > 0; length--) {
    const repeated = text.slice(0, length);
    if (!delivered.endsWith(repeated)) continue;
    const count = repeated.match(letters)?.length ?? 0;
    if (length >= plainRepeat && count >= 3) return length;
    // One letter is too little to tell by: `Vitamin A`, `x` and `x-large`.
    if (count < 2 || !isBoundary(delivered, delivered.length - length)) continue;
    if (length < text.length ? isBoundary(text, length) : isOver) return length;
    if (!isSpaced && onlyWordCharacters.test(repeated) && (count >= 3 || length === delivered.length)) return length;
  }
  return 0;
}

/** No word runs across `at`. */
function isBoundary(text: string, at: number): boolean {
  return at === 0 || !wordCharacter.test(characterBefore(text, at)) || !wordCharacter.test(characterAt(text, at));
}

function isWordStart(text: string, at: number): boolean {
  return wordCharacter.test(characterAt(text, at)) && isBoundary(text, at);
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0x20);
}

function characterBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff && at >= 2;
  return isLowSurrogate ? characterAt(text, at - 2) : text.charAt(at - 1);
}

/** How many characters of `piece` stand in `text` from `at` on. */
function commonLength(text: string, at: number, piece: string): number {
  let count = 0;
  while (count < piece.length && at + count < text.length && text.charCodeAt(at + count) === piece.charCodeAt(count))
    count++;
  return count;
}

/** The white space between both texts: what was delivered of it is not said again. */
class Seam {
  #delivered: string;
  #held = '';

  constructor(delivered: string) {
    this.#delivered = delivered;
  }

  push(text: string): string {
    if (this.#delivered === '') return text;
    this.#held += text;
    const space = this.#held.length - this.#held.trimStart().length;
    const isSettled = space < this.#held.length || this.#held.startsWith(this.#delivered) || space > maxSpace;
    return isSettled ? this.end() : '';
  }

  end(): string {
    const text = this.#held;
    const delivered = this.#delivered;
    this.#held = '';
    this.#delivered = '';
    const rest = text.trimStart();
    const space = text.slice(0, text.length - rest.length);
    if (delivered.startsWith(space)) return rest;
    if (space.startsWith(delivered)) return text.slice(delivered.length);
    // A space in the line stands where the delivered one is another; a line break more is meant.
    return space.includes('\n') ? text.slice(commonLength(text, 0, delivered)) : rest;
  }
}
