/** What language a text is in, told by its script, its function words and its trigrams; nothing where that would be a guess. */
import { languageProfiles } from './language-table.ts';

/** ISO 639-1 codes of the languages that can be told. */
export const languageCodes = [
  ...(['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'tr'] as const),
  ...(['ru', 'uk', 'el', 'he', 'ar', 'hi', 'th', 'zh', 'ja', 'ko'] as const),
] as const;
export type LanguageCode = (typeof languageCodes)[number];

/** `code` is absent and `confidence` 0 where the text is too short, mixed, or in a language that is not told. */
export interface LanguageGuess {
  readonly code: LanguageCode | undefined;
  /** From 0 to 1. */
  readonly confidence: number;
}

/** As much as tells a language: some 600 words. */
const maxLength = 4_096;
/** Fewer letters are a name or a greeting. */
const minLetters = 20;
/** Of all letters, the least that must be in one script. */
const minShare = 0.6;

const unknown: LanguageGuess = { code: undefined, confidence: 0 };

export function detectLanguage(text: string): LanguageGuess {
  const plain = withoutCode(text.slice(0, maxLength * 2)).slice(0, maxLength);
  const counts = countScripts(plain);
  const letters = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const [script, count] = largest(counts);
  const share = count / letters;
  if (letters === 0 || share < minShare) return unknown;
  switch (script) {
    case 'latin':
      return count < minLetters ? unknown : latin(plain);
    case 'cyrillic':
      return count < minLetters ? unknown : cyrillic(plain, count);
    case 'arabic':
      return count < minLetters ? unknown : arabic(plain, count, share);
    case 'east':
      return count < minLetters ? unknown : east(plain, count, share);
    default:
      return count < minLetters / 2 ? unknown : { code: script, confidence: certain(share) };
  }
}

/** Code, addresses and names of things in a program are in no language, or in English whatever is said about them. */
function withoutCode(text: string): string {
  return outsideFences(text)
    .split(/\s+/)
    .filter((one) => one.length <= longestWord && !codeSign.test(one) && !innerCapital.test(one))
    .join(' ');
}

/** Longer ones are data. German and Turkish words seldom pass thirty letters; scripts without spaces are cut by their points. */
const longestWord = 400;
const codeSign = /[`@\\/_=(){}[\]#$%^|<>~*+&]|\d/;
const innerCapital = /[a-z][A-Z]/;

/** What stands between fences, and behind one that is not closed, is left out. */
function outsideFences(text: string): string {
  if (!text.includes('```')) return text;
  return text
    .split('```')
    .filter((_, index) => index % 2 === 0)
    .join(' ');
}

type Script = 'latin' | 'cyrillic' | 'arabic' | 'east' | 'el' | 'he' | 'hi' | 'th';

/** By where their letters beyond ASCII stand in Unicode. Chinese, Japanese and Korean share signs and are parted later. */
const ranges: readonly (readonly [from: number, to: number, script: Script])[] = [
  [0xc0, 0x24f, 'latin'],
  [0x1e00, 0x1eff, 'latin'],
  [0x370, 0x3ff, 'el'],
  [0x1f00, 0x1fff, 'el'],
  [0x400, 0x52f, 'cyrillic'],
  [0x5d0, 0x5ea, 'he'],
  [0x620, 0x6d3, 'arabic'],
  [0x750, 0x77f, 'arabic'],
  [0x900, 0x97f, 'hi'],
  [0xe01, 0xe4e, 'th'],
  [0x1100, 0x11ff, 'east'],
  [0x3041, 0x30ff, 'east'],
  [0x3400, 0x9fff, 'east'],
  [0xac00, 0xd7a3, 'east'],
];

function countScripts(text: string): Record<Script, number> {
  const counts = { latin: 0, cyrillic: 0, arabic: 0, east: 0, el: 0, he: 0, hi: 0, th: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x41 || code === 0xd7 || code === 0xf7) continue;
    if (code < 0x80) {
      if (code <= 0x5a || (code >= 0x61 && code <= 0x7a)) counts.latin++;
      continue;
    }
    const range = ranges.find(([from, to]) => code >= from && code <= to);
    // A sign is worth about three letters.
    if (range !== undefined) counts[range[2]] += range[2] === 'east' ? 3 : 1;
  }
  return counts;
}

function largest(counts: Record<Script, number>): readonly [Script, number] {
  let best: readonly [Script, number] = ['latin', 0];
  for (const script of Object.keys(counts) as Script[]) if (counts[script] > best[1]) best = [script, counts[script]];
  return best;
}

/** Nothing is certain: a text wholly in one script may be in a language that is not told. */
function certain(share: number): number {
  return Math.min(0.99, share);
}

// ---------------------------------------------------------------- scripts of several languages

function countOf(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}

/** Ukrainian and Russian each have letters the other lacks; Bulgarian, Serbian and Belarusian are told apart to be left alone. */
function cyrillic(text: string, count: number): LanguageGuess {
  const lower = text.toLowerCase();
  const ukrainian = countOf(lower, /[іїєґ]/g);
  const russian = countOf(lower, /[ыэё]/g);
  const others = countOf(lower, /[ўђјљњћџѓќѕ]/g) + (russian + ukrainian === 0 ? countOf(lower, /ъ/g) : 0);
  if (others > count / 100) return unknown;
  const words = new Set(lower.match(/\p{L}+/gu));
  const endings = [...words].filter((word) => word.length > 3 && russianEnding.test(word)).length;
  const forRussian = russian * 2 + endings + russianWords.filter((word) => words.has(word)).length;
  const forUkrainian = ukrainian * 2 + ukrainianWords.filter((word) => words.has(word)).length;
  const evidence = forRussian + forUkrainian;
  if (evidence === 0) return unknown;
  const confidence = Math.abs(forRussian - forUkrainian) / evidence;
  if (confidence < 0.3) return unknown;
  return { code: forRussian > forUkrainian ? 'ru' : 'uk', confidence: Math.min(0.99, 0.6 + confidence * 0.39) };
}

const russianEnding = /(?:ой|ей|ся|ого|ую|ые|ие|ть|ешь)$/;
const russianWords = 'и что как не это для или мне в на с по из если когда почему можно нужно он она они его где'.split(
  ' ',
);
const ukrainianWords =
  'та що як не це для або мені у в на з із якщо коли чому можна потрібно він вона вони його де'.split(' ');

/** Persian and Urdu write letters that Arabic does not have. */
function arabic(text: string, count: number, share: number): LanguageGuess {
  const foreign = countOf(text, /[پچژگکیٹڈڑںےہ]/g);
  return foreign > count / 50 ? unknown : { code: 'ar', confidence: certain(share) };
}

/** `count` is in letters' worth. Japanese writes its endings in kana, Korean everything in hangul. */
function east(text: string, count: number, share: number): LanguageGuess {
  const signs = count / 3;
  const kana = countOf(text, /[\u3041-\u30ff]/g);
  const hangul = countOf(text, /[\u1100-\u11ff\uac00-\ud7a3]/g);
  if (hangul > signs / 2) return { code: 'ko', confidence: certain(share) };
  if (kana > signs / 10) return { code: 'ja', confidence: certain(share) };
  return hangul + kana > signs / 20 ? unknown : { code: 'zh', confidence: certain(share) };
}

// ---------------------------------------------------------------- Latin letters

type LatinCode = keyof typeof languageProfiles;
const codes = Object.keys(languageProfiles) as LatinCode[];

const wordWeight = 3;
const ownLetter = 2;
const foreignLetter = -4;
/** No other language opens a question with a mark. */
const spanishMark = 8;
/** Points per trigram below which a text is in none of the languages, and the least lead over the second. */
const minScore = 0.45;
const minLead = 0.1;

/** For what it is found in, what each language gets. */
type Evidence = ReadonlyMap<string, Float64Array>;

/** From pairs of a thing and its points in one language to the points of all languages by thing. */
function evidenceOf(pointsIn: (code: LatinCode) => Iterable<readonly [string, number]>, otherwise: number): Evidence {
  const evidence = new Map<string, Float64Array>();
  for (const [index, code] of codes.entries()) {
    for (const [thing, points] of pointsIn(code)) {
      const all = evidence.get(thing) ?? new Float64Array(codes.length).fill(otherwise);
      all[index] = points;
      evidence.set(thing, all);
    }
  }
  return evidence;
}

const byWord = evidenceOf((code) => languageProfiles[code].words.split(' ').map((word) => [word, wordWeight]), 0);
const byLetter = evidenceOf(
  (code) => [...languageProfiles[code].letters].map((one) => [one, ownLetter]),
  foreignLetter,
);
// As the frequency of trigrams falls with their rank, so does what they tell.
const byTrigram = evidenceOf((code) => {
  const list = languageProfiles[code].trigrams.split('|');
  return list.map((one, rank) => [one, Math.log((list.length + 10) / (rank + 10))]);
}, 0);

function latin(text: string): LanguageGuess {
  const scores = new Float64Array(codes.length);
  const add = (points: Float64Array | undefined): void => {
    if (points === undefined) return;
    for (let index = 0; index < scores.length; index++)
      scores[index] = (scores[index] as number) + (points[index] as number);
  };
  let trigrams = 0;
  let strange = 0;
  if (/[¿¡]/.test(text)) scores[codes.indexOf('es')] = spanishMark;
  // Each word once: what is said again says nothing more.
  for (const word of new Set(
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/\p{L}+/gu),
  )) {
    add(byWord.get(word));
    const padded = ` ${word} `;
    trigrams += padded.length - 2;
    for (let at = 0; at + 3 <= padded.length; at++) add(byTrigram.get(padded.slice(at, at + 3)));
    for (const letter of word) {
      if (letter <= 'z') continue;
      add(byLetter.get(letter));
      if (!byLetter.has(letter)) strange++;
    }
  }
  const ranked = codes.map((code, index) => ({ code, score: (scores[index] ?? 0) / trigrams }));
  const [first, second] = ranked.sort((a, b) => b.score - a.score);
  if (first === undefined || second === undefined) return unknown;
  if (trigrams < minLetters / 2 || strange > 1 + trigrams / 100) return unknown;
  const lead = (first.score - Math.max(0, second.score)) / first.score;
  if (!(first.score >= minScore) || lead < minLead || !isTold(first.code)) return unknown;
  return { code: first.code, confidence: Math.min(0.99, 0.5 + lead) };
}

function isTold(code: LatinCode): code is LatinCode & LanguageCode {
  return (languageCodes as readonly string[]).includes(code);
}
