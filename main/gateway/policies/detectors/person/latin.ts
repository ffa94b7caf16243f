/** Names in scripts with capitals: a known given or family name in a run of capitalised words, or any word that something announces. */
import type { CodeUnits } from '../code-units.ts';
import {
  characterClass,
  closing,
  deed,
  emptyHash,
  family,
  given,
  hashed,
  hashOf,
  known,
  lead,
  lowerLetter,
  opener,
  ordinary,
  particle,
  place,
  tail,
  title,
} from './lexicon.ts';
import { Enumeration } from './enumeration.ts';
import { mailNamesOf } from './mail-names.ts';
import type { Tell } from './found.ts';
import { leftOf, type Left } from './left-context.ts';
import {
  isCalled,
  isAddressed,
  isIntroduced,
  standsInMail,
  isAdmitted,
  isNamed,
  isSaying,
  isGreeting,
  mailFollows,
  endsValue,
} from './beside.ts';
import { isBrand } from './brands.ts';
import { RunReader, type Run } from './words.ts';

const name = given | family;
const announced = 0.85;
const listed = 0.8;
const likely = 0.72;

/** Endings that family names have in many languages and ordinary words hardly ever. */
const familyEnding =
  /(?:ović|ević|ovic|evic|wicz|owski|ewski|inski|iński|ynski|ovsky|evsky|ovskaya|ska|cka|enko|chuk|ashvili|adze|idze|oğlu|oglu|opoulos|opoulou|idis|iadis|akis|escu|eanu|sson|dottir|dóttir|ström|strøm|strom|qvist|quist|gren|stad|gaard|mann|stein|berg|witz|inen|anen|ensen|ova|eva|yan|ián|ez|elli|etti|ello|ucci|iak|czyk|ný|ská|ová|kov|nov|rov|lov|sov|dov|tov|bov|eev|iev|чук|енко|ов|ова|ев|ева|ин|ина|ский|ская|ич|вна|όπουλος|οπούλου|ίδης|άκης|jee|deep|singh)$/;

/** Before two words that nobody knows: what is said of people alone. */
const talk =
  /(?:\b(?:by|tell|ask|asked|told|met|meet|call|called|emailed|phoned|invite|invited|thank|hired|fired|visited|remind|miss|belongs to|(?:spoke|speak|talk|talked|met|meeting|lunch|interview|appointment) with|(?:talk|talked|spoke|wrote|gave it|addressed) to|check for|sagte|von|mit|avec|con|met|med|pan[ia]?) )$/i;
const longestTalk = 18;

const innerParticle = /^ (?:van|von|ter|ten|van de[rn]?|von de[rn]?|de la|del|della|dos|bin|ibn|zu|af|op de[nr]?) $/;
const firmBehind =
  /^ & (?:Sons?|Co|Company|Partners?|Associates|Brothers|Bros|Daughters?|Cie|Figli|Söhne|Hijos|Fils)\b/;

/** Behind a name: what people do with their voices and faces, and what is a family's. */
const sound = /^(?:shouted|whispered|laughed|smiled|shrugged|sighed|nodded|yelled|giggled|replied)\b/;
const kin = /^(?:novel|family|household|siblings|brothers|sisters|twins|residence|couple)\b/;
const beginsSound = firstLetters('swlnygr');
const beginsKin = firstLetters('nfhsbtrc');

/** By letter of ASCII: whether it is one of these. */
function firstLetters(letters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let i = 0; i < letters.length; i++) table[letters.charCodeAt(i)] = 1;
  return table;
}

/** What is known of the stretch at hand. */
interface Seen {
  knownWords: number;
  /** Of these, the ones that are no ordinary words. */
  certain: number;
  start: number;
  end: number;
}

export class LatinNames {
  readonly #text: string;
  readonly #tell: Tell;
  readonly #code: CodeUnits;
  readonly #anyCase: boolean;
  readonly #left: Left = { flags: 0, field: 0, signed: false, atLineStart: false };
  readonly #seen: Seen = { knownWords: 0, certain: 0, start: 0, end: 0 };
  readonly #enumeration: Enumeration;
  /** Flags of the word before the stretch that was judged last. */
  #before = 0;
  /** Where that stretch begins, with the particles before it. */
  #begin = 0;
  #mailNames: ReadonlySet<number> | undefined;

  /** `code`: the code units of the text. */
  constructor(text: string, code: CodeUnits, anyCase: boolean, tell: Tell) {
    this.#code = code;
    this.#text = text;
    this.#tell = tell;
    this.#enumeration = new Enumeration(text, tell);
    this.#anyCase = anyCase;
  }

  findAll(): void {
    const reader = new RunReader(this.#code, this.#text.length, this.#anyCase);
    while (reader.next()) this.#judge(reader.run);
    this.#enumeration.end();
  }

  /** Cuts the run into stretches without ordinary words between, and judges each by what stands before it. */
  #judge(run: Run): void {
    let from = 0;
    while (from < run.count) {
      const flags = run.flags[from] as number;
      if (!this.#mayBegin(run, from)) {
        from++;
        continue;
      }
      let to = from + 1;
      while (to < run.count && to - from < 5 && this.#goesOn(run, to, from)) to++;
      while (to - 1 > from && (run.initials[to - 1] as number) === 1) to--;
      this.#judgeStretch(run, from, to, flags);
      from = to;
    }
  }

  #mayBegin(run: Run, at: number): boolean {
    const flags = run.flags[at] as number;
    // "Caro Giancarlo": what greets is no part of it.
    if ((flags & (opener | title)) !== 0 && (flags & ordinary) !== 0 && at + 1 < run.count) return false;
    if ((flags & name) !== 0) return true;
    if (
      (run.initials[at] as number) === 1 &&
      at + 1 < run.count &&
      !this.#anyCase &&
      this.#text[run.ends[at] as number] === '.'
    )
      return true;
    // Without capitals only what is known begins a name, and what is announced.
    if (this.#anyCase && (at === 0 || ((run.flags[at - 1] as number) & (title | opener)) === 0)) return false;
    // "Al Farsi", "De Luca"
    if ((flags & particle) !== 0 && at + 1 < run.count) {
      const next = run.flags[at + 1] as number;
      if ((next & family) !== 0 || (at > 0 && ((run.flags[at - 1] as number) & title) !== 0)) return true;
      if (at === 0 && (next & (ordinary | place)) === 0) return true;
    }
    return (
      (flags & (ordinary | title | opener | tail | closing)) === 0 && ((run.flags[at] as number) & (lead | deed)) === 0
    );
  }

  #goesOn(run: Run, at: number, from: number): boolean {
    const flags = run.flags[at] as number;
    if ((run.initials[at] as number) === 1) return true;
    if (this.#anyCase) return (flags & name) !== 0 && (flags & ordinary) === 0;
    if ((flags & particle) !== 0 && at + 1 < run.count) return true;
    if ((flags & name) !== 0) return (flags & (deed | lead)) === 0 || (flags & family) !== 0;
    return at - from < 4 && (flags & (ordinary | title | opener | tail | lead | deed | closing)) === 0;
  }

  #judgeStretch(run: Run, from: number, to: number, first: number): void {
    const start = run.starts[from] as number;
    const end = run.ends[to - 1] as number;
    let knownWords = 0;
    let certain = 0;
    for (let at = from; at < to; at++) {
      const flags = run.flags[at] as number;
      if ((flags & name) === 0) continue;
      knownWords++;
      if ((flags & ordinary) === 0) certain++;
    }
    const count = to - from;
    if (count === 1 && knownWords === 0 && this.#looksLikeCode(start, end)) {
      this.#enumeration.end();
      return;
    }
    const seen = this.#seen;
    seen.knownWords = knownWords;
    seen.certain = certain;
    seen.start = start;
    seen.end = end;
    const score = this.#scoreOf(run, from, to, seen);
    if (score > 0 && this.#isFirm(start, end, first)) {
      this.#enumeration.end();
      return;
    }
    if (count <= 2)
      this.#enumeration.add(
        start,
        end,
        first,
        score >= (count === 1 ? announced : likely) || (this.#before & (lead | opener)) !== 0 || this.#left.field > 0,
        score >= announced,
        count,
      );
    else this.#enumeration.end();
    if (score > 0) this.#tell(this.#begin, end, score);
    else if (isAdmitted(this.#text, this.#code.units, end) && end - start > 3 && (seenName(first) || knownWords > 0))
      this.#tell(this.#begin, end, announced);
  }

  #scoreOf(run: Run, from: number, to: number, seen: Seen): number {
    const { start, end } = seen;
    this.#begin = start;
    const count = to - from;
    const left = this.#left;
    let before = 0;
    if (from > 0) {
      before = run.flags[from - 1] as number;
      // "Nurse van Leeuwen"
      const gap = start - (run.ends[from - 1] as number);
      if (gap > 3 && (before & (title | opener)) !== 0) this.#begin = this.#particlesBefore(start);
      left.field = 0;
      left.signed = false;
      left.atLineStart = false;
    } else {
      leftOf(this.#text, this.#code.units, start, left);
      if ((left.flags & particle) !== 0) this.#withParticles(start);
      before = left.flags;
    }
    this.#before = before;
    const tailed = to < run.count && ((run.flags[to] as number) & tail) !== 0;
    if (tailed && (before & title) === 0) return 0;
    if (from > 0 && this.#isPlaceWord(run, from - 1)) return 0;
    const strange = this.#isStrange(start, end, count);
    if (from === 0 && !strange && isNamed(this.#text, this.#code.units, start, to - from)) return announced;
    if ((before & title) !== 0 && !strange) return announced;
    if (left.field === 2 && !strange && (count > 1 || seen.knownWords > 0 || endsValue(this.#text, end)))
      return announced;
    if (
      (before & closing) !== 0 &&
      (from === 0 || count > 1) &&
      (seen.certain > 0 || (count > 1 && (seen.knownWords > 0 || this.#areNameLike(run, from, to))))
    )
      return listed;
    if (
      (before & opener) !== 0 &&
      !strange &&
      (seen.certain > 0 ||
        (count > 1 && (seen.knownWords > 0 || this.#areNameLike(run, from, to))) ||
        (from === 0 && !left.signed && isGreeting(this.#text, end)))
    )
      return announced;
    if (
      left.field === 1 &&
      ((count > 1 && seen.knownWords > 0) || seen.certain > 0 || (count > 1 && this.#areNameLike(run, from, to)))
    )
      return listed;
    if (mailFollows(this.#text, this.#code.units, end) && !strange) return announced;
    if (count > 1) return this.#pairScore(run, from, to, seen, before);
    return this.#singleScore(run, from, seen, before);
  }

  /** Two words and more: one of them is a known name in its place. */
  #pairScore(run: Run, from: number, to: number, seen: Seen, before: number): number {
    const first = run.flags[from] as number;
    const last = run.flags[to - 1] as number;
    const sure = (flags: number, kind: number): boolean => (flags & kind) !== 0 && (flags & ordinary) === 0;
    if (this.#isPlaceWord(run, from)) return 0;
    if (this.#isShouted(seen.start, seen.end) && seen.knownWords < to - from)
      return this.#isShoutedName(run, from, to, first, last) ? likely : 0;
    if (sure(first, given) && ((last & name) !== 0 || this.#isNameLike(run, to - 1))) return listed;
    if ((first & given) !== 0 && sure(last, family) && (first & place) === 0) return listed;
    if (sure(last, family) && sure(first, family)) return likely;
    if (sure(first, family) && (last & given) !== 0 && (to - from > 2 || sure(last, given))) return listed;
    if ((run.initials[from] as number) === 1 && to - from > 2 && sure(run.flags[from + 1] as number, given))
      return listed;
    if ((run.initials[from] as number) === 1 && (sure(last, family) || this.#endsLikeFamily(run, to - 1)))
      return listed;
    if (seen.certain > 0 && (first & place) === 0 && this.#hasParticle(run, from, to)) return likely;
    if (seen.certain > 0 && sure(last, family) && this.#isNameLike(run, from)) return likely;
    if (
      this.#isNameLike(run, from) &&
      this.#endsLikeFamily(run, to - 1) &&
      (first & ordinary) === 0 &&
      (last & (ordinary | place)) === 0
    )
      return likely;
    if ((first & given) !== 0 && (last & family) !== 0 && (before & (lead | opener)) !== 0 && (first & place) === 0)
      return likely;
    if (seen.certain > 0 && (before & (lead | opener)) !== 0) return likely;
    const after = this.#wordAfter(seen.end);
    if (seen.certain > 0 && (after & deed) !== 0) return likely;
    if ((seen.certain > 0 || this.#areNameLike(run, from, to)) && this.#isInMail(run, from, to)) return listed;
    if (
      from === 0 &&
      to === run.count &&
      to === 2 &&
      (run.initials[0] as number) === 0 &&
      (before & lead) !== 0 &&
      this.#areNameLike(run, from, to) &&
      talk.test(this.#text.slice(Math.max(0, seen.start - longestTalk), seen.start))
    )
      return likely;
    return 0;
  }

  /** "Bas ter Horst": a small word of names stands inside. */
  #hasParticle(run: Run, from: number, to: number): boolean {
    for (let at = from + 1; at < to; at++) {
      const gap = (run.starts[at] as number) - (run.ends[at - 1] as number);
      if (gap > 2 && gap < 12 && innerParticle.test(this.#text.slice(run.ends[at - 1], run.starts[at]))) return true;
    }
    return false;
  }

  /** "DETLEF NIEDERMEIER": a given name for sure and a longer word that nobody knows, and no other such words beside them. */
  #isShoutedName(run: Run, from: number, to: number, first: number, last: number): boolean {
    return (
      to - from <= 3 &&
      to === run.count &&
      (from === 0 || ((run.flags[from - 1] as number) & (title | opener)) !== 0) &&
      (first & given) !== 0 &&
      (first & (ordinary | place)) === 0 &&
      (run.ends[from] as number) - (run.starts[from] as number) >= 4 &&
      ((last & name) !== 0 ||
        ((last & ~family) === 0 && (run.ends[to - 1] as number) - (run.starts[to - 1] as number) >= 5))
    );
  }

  /** One word: a known name that is no ordinary word, and something that is said of people beside it. */
  #singleScore(run: Run, from: number, seen: Seen, before: number): number {
    if (this.#isOddSingle(run, from, seen.start, seen.end)) return likely;
    if (seen.certain === 0) return 0;
    const flags = run.flags[from] as number;
    const after = this.#wordAfter(seen.end);
    const next = this.#text.charCodeAt(seen.end);
    if (this.#isShouted(seen.start, seen.end)) return 0;
    if ((flags & given) !== 0 && seen.end - seen.start >= 3) {
      if ((after & deed) !== 0) return likely;
      if ((before & lead) !== 0 && (from === 0 || (from === 1 && run.count === 2))) return likely;
      if (isCalled(this.#text, seen.start, seen.end) || isAddressed(this.#text, this.#code.units, seen.start, seen.end))
        return likely;
      if (isIntroduced(this.#text, this.#code.units, run, from, seen.start, seen.end)) return likely;
      if (from === 0 && run.count === 1 && standsInMail(this.#text, seen.start, seen.end)) return likely;
      if ((next === 0x27 || next === 0x2019) && this.#text[seen.end + 1] === 's') return likely;
    }
    if (
      (flags & family) !== 0 &&
      seen.end - seen.start >= 4 &&
      (before & lead) !== 0 &&
      (before & (deed | opener)) !== 0
    )
      return likely;
    if (seen.end - seen.start >= 4 && (before & lead) !== 0 && isSaying(this.#text, seen.start)) return likely;
    return 0;
  }

  /** No word we know, or a family name, where only people stand: `says Gerste.`, "Zak shouted at", "the Dratchev novel". */
  #isOddSingle(run: Run, from: number, start: number, end: number): boolean {
    const flags = run.flags[from] as number;
    if (end - start < 3 || (flags & (ordinary | tail | title | opener)) !== 0 || this.#isShouted(start, end))
      return false;
    const units = this.#code.units;
    const next = units[end] as number;
    if (next === 0x2e || next === 0x2c || end === this.#text.length)
      return from === 0 && isSaying(this.#text, start) && this.#isNameLike(run, from);
    if (next !== 0x20) return false;
    const first = units[end + 1] as number;
    if (first < 0x61 || first > 0x7a) return false;
    if (from === 0 && beginsSound[first] === 1 && sound.test(this.#text.slice(end + 1, end + 14)))
      return this.#isNameLike(run, from);
    return (
      beginsKin[first] === 1 &&
      units[start - 1] === 0x20 &&
      kin.test(this.#text.slice(end + 1, end + 14)) &&
      this.#text.slice(start - 4, start).toLowerCase() === 'the ' &&
      this.#isNameLike(run, from)
    );
  }

  /** A known brand, "Smith & Sons", and family names around an ampersand: "Procter & Gamble". */
  #isFirm(start: number, end: number, first: number): boolean {
    const text = this.#text;
    const units = this.#code.units;
    if (units[end] === 0x20 && units[end + 1] === 0x26 && firmBehind.test(text.slice(end, end + 16))) return true;
    if (isBrand(text.slice(start, end))) return true;
    if ((first & given) !== 0 || text.lastIndexOf(' ', end - 1) >= start) return false;
    const ampersand =
      (units[end + 1] === 0x26 && units[end] === 0x20) || (units[start - 2] === 0x26 && units[start - 1] === 0x20);
    return ampersand && (this.#left.flags & (title | opener)) === 0;
  }

  /** Takes a particle before it along: "van Leeuwen was admitted". */
  #particlesBefore(start: number): number {
    const match = /(?:^|[\s("'>:;,|=])((?:van|von|de|da|di|del|den|der|ter|al|el|bin|le|la)(?: de[nr]?| la)? )$/.exec(
      this.#text.slice(Math.max(0, start - 12), start),
    );
    return start - (match?.[1]?.length ?? 0);
  }

  /** Takes "van den" before "Berg" along, and looks again at what stands left of it. */
  #withParticles(start: number): void {
    const begin = this.#particlesBefore(start);
    if (begin === start) return;
    this.#begin = begin;
    leftOf(this.#text, this.#code.units, begin, this.#left);
  }

  /** Too long or too odd for a name. */
  #isStrange(start: number, end: number, count: number): boolean {
    return (
      count === 1 &&
      (end - start < 2 ||
        (end - start > 3 && this.#isShouted(start, end) && (known(hashOf(this.#text, start, end)) & name) === 0))
    );
  }

  #isShouted(start: number, end: number): boolean {
    if (this.#anyCase) return false;
    const units = this.#code.units;
    for (let at = start; at < end; at++) if (characterClass[units[at] as number] === lowerLetter) return false;
    return true;
  }

  #isPlaceWord(run: Run, at: number): boolean {
    const length = (run.ends[at] as number) - (run.starts[at] as number);
    if (length > 6) return false;
    return /^(?:San|Santa|Saint|St|Port|Fort|Mount|Mt|Lake|Los|Las|El|Cape|Rio|Sao|São|Camp|Point|Hotel)$/.test(
      this.#text.slice(run.starts[at], run.ends[at]),
    );
  }

  /** An unknown word, or a name, of the shape of names: not an ending of English nouns and adjectives. */
  #isNameLike(run: Run, at: number): boolean {
    const flags = run.flags[at] as number;
    if ((flags & name) !== 0) return (flags & place) === 0;
    if ((flags & (ordinary | tail)) !== 0) return false;
    const word = this.#text.slice(run.starts[at], run.ends[at]);
    return (
      word.length > 2 &&
      !/(?:tion|sion|ment|ness|ity|able|ible|ous|ware|ism|ship|ing|ally|ful|less|ized|ised|ical|ence|ance|ology|graph|ics|ies|ives|ants|ents|ters|tors|DB|SQL|JS|API|QL)$/.test(
        word,
      )
    );
  }

  /** One of the words stands in a mail address of the text. */
  #isInMail(run: Run, from: number, to: number): boolean {
    this.#mailNames ??= mailNamesOf(this.#text);
    if (this.#mailNames.size === 0) return false;
    for (let at = from; at < to; at++) {
      if (this.#mailNames.has(hashOf(this.#text, run.starts[at] as number, run.ends[at] as number))) return true;
    }
    return false;
  }

  /** All of them, none in capitals alone. */
  #areNameLike(run: Run, from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      if ((run.initials[at] as number) === 1) continue;
      if (!this.#isNameLike(run, at) || this.#isShouted(run.starts[at] as number, run.ends[at] as number)) return false;
    }
    return true;
  }

  #endsLikeFamily(run: Run, at: number): boolean {
    const word = this.#text.slice(run.starts[at], run.ends[at]);
    return word.length > 4 && familyEnding.test(word);
  }

  #looksLikeCode(start: number, end: number): boolean {
    const units = this.#code.units;
    const before = start > 0 ? units[start - 1] : 0x20;
    const after = units[end];
    return (
      before === 0x2e ||
      before === 0x28 ||
      (after === 0x2e && characterClass[units[end + 1] as number] !== 0) ||
      after === 0x3d ||
      after === 0x3e ||
      after === 0x7b
    );
  }

  #wordAfter(end: number): number {
    const units = this.#code.units;
    if (units[end] !== 0x20) return 0;
    let hash = emptyHash;
    let at = end + 1;
    while (at - end < 16 && characterClass[units[at] as number] === lowerLetter)
      hash = hashed(hash, units[at++] as number);
    return at === end + 1 ? 0 : known(hash);
  }
}

/** No ordinary word, or one that is a name too. */
function seenName(flags: number): boolean {
  return (flags & ordinary) === 0 || (flags & name) !== 0;
}
