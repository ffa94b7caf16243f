/** Patterns people write: RE2 syntax, matched in time proportional to the text, whatever the pattern. */
import { RE2JS } from 're2js';

/** Longer ones are lists, and belong into several conditions. */
const maxPatternLength = 2_000;
/** RE2's own count of instructions, each of which a byte of the text may have to pass: ten of `{0,500}` side by side. */
const maxProgramSize = 5_000;
/** Far more than a config file holds; what is pushed out is compiled again. */
const maxKept = 500;

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

type Compiled = { readonly pattern: RE2JS } | { readonly problem: string };

/** By the pattern's text; the one used last is the last. */
const kept = new Map<string, Compiled>();

/** What is wrong with a pattern, as a clause about it (`uses look-around, which RE2 does not have …`), or `undefined`. */
export function patternProblem(text: string): string | undefined {
  const compiled = compile(text);
  return 'problem' in compiled ? compiled.problem : undefined;
}

/** Whether the pattern fits anywhere in the text. One with a problem fits nothing. Never throws. */
export function matchesPattern(pattern: string, text: string): boolean {
  const compiled = keptOrCompiled(pattern);
  return 'pattern' in compiled && compiled.pattern.test(text);
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
