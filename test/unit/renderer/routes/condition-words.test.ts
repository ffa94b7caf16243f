/** Conditions as sentences: every field, every word of every field, in both languages. */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { condition, type Condition } from '../../../../shared/config/condition.ts';
import {
  clausesOf,
  conditionText,
  conditionTypes,
  contents,
  dayRanges,
  days,
  daysOf,
  roles,
  surfaces,
  type SparseCondition,
} from '../../../../renderer/features/routes/condition-words.ts';
import { de } from '../../../../renderer/text/de.ts';
import { en } from '../../../../renderer/text/en.ts';
import type { Text } from '../../../../renderer/text/text.ts';
import { textIn } from './text-of.ts';

const english = textIn('en', en);
const german = textIn('de', de);

const everyField: { readonly [Name in keyof Condition]-?: readonly [SparseCondition, string, string] } = {
  client: [{ client: ['codex', 'claude-*'] }, 'come from codex or claude-*', 'von codex oder claude-* kommen'],
  surface: [
    { surface: ['chat', 'messages'] },
    'come in by Chat Completions or Messages',
    'über Chat Completions oder Messages kommen',
  ],
  model: [{ model: ['gpt-*'] }, 'name the model gpt-*', 'das Modell gpt-* nennen'],
  tokens: [
    { tokens: { gte: 1000, lt: 200_000 } },
    'have at least 1,000 tokens and fewer than 200,000 tokens',
    'mindestens 1.000 Token und weniger als 200.000 Token haben',
  ],
  has: [{ has: ['tools', 'image'] }, 'have tools and pictures', 'Werkzeuge und Bilder haben'],
  lang: [{ lang: ['de'] }, 'are written in German', 'in der Sprache Deutsch geschrieben sind'],
  text: [
    { text: { pattern: 'falcon', in: ['user', 'tool'] } },
    'hold a text of the user or a tool that fits “falcon”',
    'einen Text von Benutzer oder Werkzeug enthalten, auf den „falcon“ passt',
  ],
  tag: [
    { tag: { team: ['platform', 'data'] } },
    'carry the label team with platform or data',
    'das Label team mit platform oder data tragen',
  ],
  time: [
    { time: { timezone: 'Europe/Berlin', days: ['mon-fri'], hours: '08-18' } },
    'come on Mon to Fri, from 08:00 to 18:00, Europe/Berlin time',
    'Mo bis Fr, von 08:00 bis 18:00, Zeitzone Europe/Berlin kommen',
  ],
  prompt_type: [{ prompt_type: ['code'] }, 'ask for coding of any kind', 'Programmieren jeder Art verlangen'],
  min_conf: [
    { prompt_type: ['math'], min_conf: 0.7 },
    'ask for mathematics (at least 70% sure)',
    'Mathematik verlangen (mindestens 70 % sicher)',
  ],
  all: [
    { all: [{ has: ['tools'] }, { client: ['codex'] }] },
    'have tools and come from codex',
    'Werkzeuge haben und von codex kommen',
  ],
  any: [
    { any: [{ has: ['tools'] }, { client: ['codex'] }] },
    'have tools or come from codex',
    'Werkzeuge haben oder von codex kommen',
  ],
  not: [
    { not: { client: ['codex'] } },
    'are not among those that come from codex',
    'nicht zu denen gehören, die von codex kommen',
  ],
};

describe('a condition as a sentence', () => {
  it('has words for every field of the schema', () => {
    expect(Object.keys(everyField).toSorted()).toEqual(Object.keys(condition.shape).toSorted());
  });

  it.each(Object.entries(everyField))('says %s in English and in German', (_name, [value, inEnglish, inGerman]) => {
    expect(condition.safeParse(value).success).toBe(true);
    expect(conditionText(value, english)).toBe(inEnglish);
    expect(conditionText(value, german).replaceAll('\u00a0', ' ')).toBe(inGerman);
  });

  it('says each bound of tokens on its own', () => {
    const said = (['lt', 'lte', 'gt', 'gte'] as const).map((name) => conditionText({ tokens: { [name]: 5 } }, english));
    expect(said).toEqual([
      'have fewer than 5 tokens',
      'have at most 5 tokens',
      'have more than 5 tokens',
      'have at least 5 tokens',
    ]);
  });

  it('puts brackets where "and" and "or" would run into each other', () => {
    const value = { any: [{ has: ['tools'], client: ['codex'] }, { lang: ['en'] }] } satisfies SparseCondition;
    expect(conditionText(value, english)).toBe('(come from codex and have tools) or are written in English');
  });

  it('says a certainty without a type, a text without roles, and a time of one part', () => {
    expect(conditionText({ min_conf: 0.5 }, english)).toBe('are at least 50% surely of a type');
    expect(conditionText({ text: { pattern: 'x' } }, english)).toBe('hold a text that fits “x”');
    expect(conditionText({ time: { days: ['sat', 'sun'] } }, english)).toBe('come on Sat or Sun');
  });

  it('keeps what a language code says when nobody knows it', () => {
    expect(conditionText({ lang: ['not a code'] }, english)).toBe('are written in not a code');
  });

  it('needs no level for parts of the same kind', () => {
    const value = {
      all: [{ all: [{ has: ['tools'] }, { lang: ['en'] }] }, { client: ['x'] }],
    } satisfies SparseCondition;
    const tree = clausesOf(value, english);
    expect(tree.kind === 'all' && tree.clauses.map(({ kind }) => kind)).toEqual(['clause', 'clause', 'clause']);
  });

  it('offers exactly the words that the schema knows', () => {
    const options = (schema: { unwrap(): unknown }): unknown => {
      const list = schema.unwrap() as z.ZodArray<z.ZodEnum>;
      return [...(list.element.options as readonly string[])].toSorted();
    };
    expect([...surfaces].toSorted()).toEqual(options(condition.shape.surface));
    expect([...contents].toSorted()).toEqual(options(condition.shape.has));
    expect([...conditionTypes].toSorted()).toEqual(options(condition.shape.prompt_type));
    expect([...roles].toSorted()).toEqual(['assistant', 'system', 'tool', 'user']);
  });

  it('has a word in both languages for everything that can be chosen', () => {
    const keysOf = (text: Text): readonly string[] => [
      ...surfaces.map((one) => conditionText({ surface: [one] }, text)),
      ...contents.map((one) => conditionText({ has: [one] }, text)),
      ...conditionTypes.map((one) => conditionText({ prompt_type: [one] }, text)),
      ...roles.map((one) => conditionText({ text: { pattern: 'x', in: [one] } }, text)),
    ];
    for (const text of [english, german]) {
      const said = keysOf(text);
      expect(new Set(said).size).toBe(said.length);
    }
  });
});

describe('days of the week', () => {
  it('are taken out of ranges, over the end of the week as well', () => {
    expect(daysOf(['mon-fri'])).toEqual(['mon', 'tue', 'wed', 'thu', 'fri']);
    expect(daysOf(['sat-mon'])).toEqual(['mon', 'sat', 'sun']);
    expect(daysOf(['never'])).toEqual([]);
  });

  it('are written as ranges from three in a row on', () => {
    expect(dayRanges(['mon', 'tue', 'wed', 'fri'])).toEqual(['mon-wed', 'fri']);
    expect(dayRanges(['sat', 'sun'])).toEqual(['sat', 'sun']);
    expect(dayRanges([...days])).toEqual(['mon-sun']);
  });
});
