import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import type { Condition } from '../../../shared/config/condition.ts';
import { checkCondition, conditionProblems } from '../../../main/config/condition-checks.ts';
import { Findings } from '../../../main/config/problems.ts';
import { anyCondition } from '../gateway/routing/condition-support.ts';

const problems = (condition: Condition): string[] =>
  conditionProblems(condition).map(({ path, problem, mend }) => `${path.join('.')}: ${problem}. ${mend}`);

/** `levels` conditions inside each other. */
function nested(levels: number): Condition {
  return levels === 1 ? { client: ['a'] } : { not: nested(levels - 1) };
}

describe('conditionProblems', () => {
  it.each<[Condition, string]>([
    [{ client: ['a b'] }, 'client.0: "a b" holds a space or control character. Write a name, or a pattern with "*"'],
    [
      { all: [{ tokens: { gt: 1 } }, { model: ['gpt-*', 'gpt-?'] }] },
      'all.1.model.1: "gpt-?" holds "?", but only "*" is special. Write a name, or a pattern with "*"',
    ],
    [
      { any: [{ not: { text: { pattern: '(?=a)b' } } }] },
      'any.0.not.text.pattern: the pattern uses look-around, which RE2 does not have: write it without (?=…), (?!…), (?<=…) and (?<!…). Write it in RE2 syntax',
    ],
    [
      { text: { pattern: '(a' } },
      'text.pattern: the pattern is no regular expression: missing closing ): `(a`. Write it in RE2 syntax',
    ],
    [
      { time: { timezone: 'Europe/Berlim', hours: '08-18' } },
      'time.timezone: there is no time zone "Europe/Berlim". Did you mean Europe/Berlin?',
    ],
    [
      { time: { timezone: 'Qqqqqq/Zzzzzzzzzz', days: ['mon'] } },
      'time.timezone: there is no time zone "Qqqqqq/Zzzzzzzzzz". Use an IANA name, for example Europe/Berlin',
    ],
    [{}, ': the condition is empty, so it always holds. Remove it, or say when it holds'],
    [{ not: {} }, 'not: the condition is empty, so it always holds. Remove it, or say when it holds'],
    [{ tokens: {} }, 'tokens: tokens has no bound, so it always holds. Add lt, lte, gt or gte'],
    [{ time: { timezone: 'UTC' } }, 'time: time says neither days nor hours, so it always holds. Add days or hours'],
    [{ tokens: { gt: 10, lt: 11 } }, 'tokens: no number of tokens is within these bounds. Correct one of them'],
    [{ tokens: { gte: 11, lte: 10 } }, 'tokens: no number of tokens is within these bounds. Correct one of them'],
    [{ tokens: { lt: 0 } }, 'tokens: no number of tokens is within these bounds. Correct one of them'],
    [
      { min_conf: 0.5 },
      'min_conf: min_conf says how sure prompt_type must be, which is missing. Add prompt_type, or remove min_conf',
    ],
    [
      nested(9),
      `${'not.'.repeat(7)}not: conditions are nested deeper than 8 levels. Take inner conditions out: all inside all and any inside any can be one list`,
    ],
  ])('%j', (condition, problem) => {
    expect(problems(condition)).toEqual([problem]);
  });

  it('names the languages that can be told', () => {
    expect(problems({ lang: ['de', 'tlh'] })).toEqual([
      expect.stringMatching(/^lang\.1: the language "tlh" cannot be told\. .*en, de, fr/),
    ]);
    expect(problems({ lang: ['DE', 'uk', 'zh'] })).toEqual([]);
  });

  it('counts the parts of the whole', () => {
    const of = (count: number): Condition => ({ any: Array.from({ length: count }, () => ({ client: ['a'] })) });
    expect(problems(of(63))).toEqual([]);
    expect(problems(of(64))).toEqual([expect.stringContaining('the condition has 65 parts, more than 64')]);
  });

  it('has nothing to say at the bounds themselves', () => {
    expect(problems(nested(8))).toEqual([]);
    expect(problems({ tokens: { gt: 10, lt: 12 } })).toEqual([]);
    expect(problems({ tokens: { gte: 10, lte: 10 } })).toEqual([]);
  });

  it('ends for a condition of any depth', () => {
    expect(problems(nested(2_000))).toHaveLength(1);
  });

  it('finds nothing wrong with conditions that work', () => {
    fc.assert(
      fc.property(anyCondition, (condition) => {
        const found = problems(condition).filter(
          (one) => !/tokens: no number|min_conf: |more than 64|so it always holds/.test(one),
        );
        expect(found).toEqual([]);
      }),
    );
  });
});

describe('checkCondition', () => {
  it('puts the problems where the condition stands', () => {
    const findings = new Findings('sluice.yaml', (path) => ({ line: path.length, column: 1 }));
    checkCondition({ all: [{ lang: ['xx'] }] }, ['routes', 2, 'when'], findings);
    expect(findings.problems.map(({ path, line }) => [path, line])).toEqual([['routes[2].when.all[0].lang[0]', 7]]);
  });
});
