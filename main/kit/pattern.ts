/** Patterns people write: RE2 syntax, matched in time proportional to the text, whatever the pattern. */
import { RE2JS } from 're2js';
import { PatternWindows } from './pattern-windows.ts';

/** Longer ones are lists, and belong into several conditions. */
const maxPatternLength = 2_000;
/** RE2's own count of instructions, each of which a byte of the text may have to pass: ten of `{0,500}` side by side. */
const maxProgramSize = 5_000;
/** More than a config file and the bundles of a team hold; what is pushed out is compiled again, for each request anew. */
const maxKept = 5_000;

/** What RE2 leaves out, because no engine does it in linear time. */
const missing: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'uses look-around, which RE2 does not have: write it without (?=…), (?!…), (?<=…) and (?<!…)'],
  [
    /\\[1-9]|\\k[<{']|\(\?P=/,
    'uses a back-reference, which RE2 does not have: write it without \\1, \\k<…> and (?P=…)',
  ],
  [
    /\(\?>|[*+?}]\+/,
    'uses an atomic group or a possessive quantifier, which RE2 neither has nor needs: write a plain one',
  ],
];

/** A search for all matches of a pattern may take this long, and so much more for each character of the text. */
const findMs = 200;
const findMsPerUnit = 0.001;
/** In longer texts it is cheaper to ask first whether there is anything to find. */
const minAsked = 1_024;

type Compiled = { readonly pattern: RE2JS } | { readonly problem: string };

/** By the pattern's text; the one used last is the last. */
const kept = new Map<string, Compiled>();

/** What is wrong with a pattern, as a clause about it (`uses look-around, which RE2 does not have …`), or `undefined`. */
export function patternProblem(text: string): string | undefined {
  const compiled = kept.get(text) ?? compile(text);
  return 'problem' in compiled ? compiled.problem : undefined;
}

/** Whether the pattern fits anywhere in the text. One with a problem fits nothing. Never throws. */
export function matchesPattern(pattern: string, text: string): boolean {
  const compiled = keptOrCompiled(pattern);
  return 'pattern' in compiled && compiled.pattern.test(text);
}

/**
 * Whether the pattern fits between two places of the text, where the rest of it still decides about beginnings and ends. Of a long
 * text each part in turn says what `matchesPattern` says of all of it, where parts overlap by what fits.
 */
export function matchesPatternBetween(
  pattern: string,
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  const compiled = keptOrCompiled(pattern);
  if (!('pattern' in compiled)) return false;
  const base = Math.max(start - 1, 0);
  const part = base === 0 && end >= text.length ? text : text.slice(base, end + 1);
  if (!compiled.pattern.test(part)) return false;
  if (part.length === text.length) return true;
  const matcher = compiled.pattern.matcher(part);
  if (!matcher.find(start - base)) return false;
  if (end >= text.length || matcher.end() < part.length) return true;
  // It reaches the edge, which may be taken for the end of the text: only the rest can tell.
  const from = Math.max(base + matcher.start() - 1, 0);
  return compiled.pattern.matcher(text.slice(from)).find(base + matcher.start() - from);
}

/** A span of a text: UTF-16 offsets, `end` exclusive. */
export type TakeSpan = (start: number, end: number) => void;

/** A wait that a busy machine does not use up: once its time is over, as much work of this thread's own must follow. */
class Patience {
  readonly #ms: number;
  readonly #deadline: number;
  #worked: NodeJS.CpuUsage | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    this.#deadline = performance.now() + ms;
  }

  isOver(): boolean {
    if (performance.now() <= this.#deadline) return false;
    if (this.#worked === undefined) {
      this.#worked = process.threadCpuUsage();
      return false;
    }
    const { user, system } = process.threadCpuUsage(this.#worked);
    return (user + system) / 1_000 > this.#ms;
  }
}

/** The search for all places where a pattern fits. Made once, used for many texts. */
export class PatternFinder {
  readonly #pattern: RE2JS;
  readonly #windows: PatternWindows;
  readonly #source: string;

  private constructor(source: string, pattern: RE2JS) {
    this.#source = source;
    this.#pattern = pattern;
    this.#windows = new PatternWindows(pattern.re2().prog);
  }

  /** `undefined` where the pattern has a problem. */
  static of(pattern: string): PatternFinder | undefined {
    const compiled = keptOrCompiled(pattern);
    return 'pattern' in compiled ? new PatternFinder(pattern, compiled.pattern) : undefined;
  }

  /**
   * Tells of the matches in their order, each the first one behind the one before, as RE2 finds them in the whole text; empty ones
   * are left out. It looks only where a match can be. A find takes time in proportion to the text, but the sum of all finds need
   * not, with some patterns: a search that takes far longer than any useful one throws a `RangeError`.
   */
  each(text: string, take: TakeSpan): void {
    const patience = new Patience(findMs + text.length * findMsPerUnit);
    let done = 0;
    this.#windows.each(text, ({ from, to, last }) => {
      const first = Math.max(from, done);
      if (first > last) return;
      // The characters beside the window decide about edges of words, lines and the text.
      const base = Math.max(first - 1, 0);
      const part = base === 0 && to >= text.length ? text : text.slice(base, to + 1);
      if (part.length >= minAsked && !this.#pattern.test(part)) return;
      const matcher = this.#pattern.matcher(part);
      for (let found = matcher.find(first - base); found; found = matcher.find()) {
        const start = matcher.start() + base;
        if (start > last) return;
        done = matcher.end() + base;
        if (done > start) take(start, done);
        if (patience.isOver()) {
          throw new RangeError(`The pattern ${this.#source} takes too long: it looks far ahead for each match.`);
        }
      }
    });
  }
}

function keptOrCompiled(text: string): Compiled {
  const known = kept.get(text);
  if (known !== undefined) kept.delete(text);
  const compiled = known ?? compile(text);
  kept.set(text, compiled);
  if (kept.size > maxKept) {
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }
  return compiled;
}

function compile(text: string): Compiled {
  if (text === '') return { problem: 'is empty' };
  if (text.length > maxPatternLength) return { problem: `is longer than ${String(maxPatternLength)} characters` };
  try {
    const pattern = RE2JS.compile(text);
    if (pattern.programSize() <= maxProgramSize) return { pattern };
    return { problem: 'repeats too much: use smaller numbers in {…}' };
  } catch (error) {
    return {
      problem: missing.find(([form]) => form.test(text))?.[1] ?? `is no regular expression: ${reasonOf(error)}`,
    };
  }
}

/** RE2's reason with the place, without its preamble. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^error parsing regexp: /, '');
}
