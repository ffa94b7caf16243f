import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import {
  condition as schema,
  type Condition,
  type Content,
  type TextRole,
} from '../../../../shared/config/condition.ts';
import { promptTypes } from '../../../../shared/domain/prompt-type.ts';
import { describe as told, holds, whyNot } from '../../../../main/gateway/routing/conditions.ts';
import type { RouteFacts } from '../../../../main/gateway/routing/decision.ts';
import { anyCondition, factsOf } from './condition-support.ts';

const saturdayNoon = Date.UTC(2026, 10, 21, 12, 5);

describe('holds', () => {
  it.each<[string, Condition, Partial<RouteFacts>, boolean]>([
    ['nothing named', {}, {}, true],
    ['a client', { client: ['cursor', 'claude-*'] }, { client: 'claude-code' }, true],
    ['another client', { client: ['cursor', 'claude-*'] }, { client: 'codex' }, false],
    ['a client without a name', { client: ['*'] }, { client: undefined }, false],
    ['a surface', { surface: ['chat', 'messages'] }, { surface: 'messages' }, true],
    ['another surface', { surface: ['chat'] }, { surface: 'gemini' }, false],
    ['a bare model', { model: ['gpt-*'] }, { model: 'gpt-5' }, true],
    ['a bare pattern for a model of a provider', { model: ['gpt-*'] }, { model: 'openai/gpt-5' }, true],
    ['a provider', { model: ['openai/*'] }, { model: 'openai/gpt-5' }, true],
    ['a provider for a bare model', { model: ['openai/*'] }, { model: 'gpt-5' }, false],
    ['a reseller of the provider', { model: ['openai/*'] }, { model: 'openrouter/openai/gpt-5' }, false],
    ['a few tokens', { tokens: { lt: 4000 } }, { tokens: 3999 }, true],
    ['a bound itself', { tokens: { lt: 4000 } }, { tokens: 4000 }, false],
    ['a bound that is included', { tokens: { lte: 4000, gte: 4000 } }, { tokens: 4000 }, true],
    ['many tokens', { tokens: { gt: 4000 } }, { tokens: 4001 }, true],
    ['a span of tokens', { tokens: { gt: 1, lt: 3 } }, { tokens: 3 }, false],
    ['a language', { lang: ['de', 'FR'] }, { language: { code: 'fr', confidence: 0.7 } }, true],
    ['a language that cannot be told', { lang: ['de'] }, { language: { code: undefined, confidence: 0 } }, false],
    ['a time', { time: { timezone: 'UTC', days: ['sat'], hours: '08-18' } }, { at: saturdayNoon }, true],
    ['another day', { time: { timezone: 'UTC', days: ['mon-fri'] } }, { at: saturdayNoon }, false],
    ['a time elsewhere', { time: { timezone: 'Asia/Tokyo', hours: '21-22' } }, { at: saturdayNoon }, true],
    ['a zone that does not exist', { time: { timezone: 'Mars/Olympus' } }, { at: saturdayNoon }, false],
    ['no time at all', { time: { timezone: 'UTC' } }, { at: Number.NaN }, false],
    ['all', { all: [{ tokens: { gt: 1 } }, { client: ['a'] }] }, { tokens: 2, client: 'a' }, true],
    ['not all', { all: [{ tokens: { gt: 1 } }, { client: ['b'] }] }, { tokens: 2, client: 'a' }, false],
    ['any', { any: [{ tokens: { gt: 5 } }, { client: ['a'] }] }, { tokens: 2, client: 'a' }, true],
    ['none', { any: [{ tokens: { gt: 5 } }, { client: ['b'] }] }, { tokens: 2, client: 'a' }, false],
    ['not', { not: { client: ['b'] } }, { client: 'a' }, true],
    [
      'several names',
      { client: ['a'], not: { tokens: { gt: 5 } }, any: [{ client: ['a'] }] },
      { client: 'a', tokens: 9 },
      false,
    ],
  ])('%s: %j', (_what, condition, facts, expected) => {
    expect(holds(condition, factsOf(facts))).toBe(expected);
  });

  it('wants all contents it names', () => {
    const facts = factsOf({ has: (content) => content === 'tools' || content === 'image' });
    expect(holds({ has: ['tools'] }, facts)).toBe(true);
    expect(holds({ has: ['tools', 'image'] }, facts)).toBe(true);
    expect(holds({ has: ['tools', 'pdf'] }, facts)).toBe(false);
  });

  it('knows tags by patterns, and wants all it names', () => {
    const facts = factsOf({ tag: (name) => ({ team: 'platform', env: 'prod' })[name] });
    expect(holds({ tag: { team: ['platform', 'x'] } }, facts)).toBe(true);
    expect(holds({ tag: { team: ['plat*'] } }, facts)).toBe(true);
    expect(holds({ tag: { team: ['platform'], env: ['dev'] } }, facts)).toBe(false);
    expect(holds({ tag: { other: ['*'] } }, facts)).toBe(false);
    expect(holds({ tag: JSON.parse('{"__proto__":["x"]}') as Record<string, string[]> }, facts)).toBe(false);
  });

  it('looks for a text in the roles it names', () => {
    const asked: (readonly TextRole[] | undefined)[] = [];
    const facts = factsOf({ matches: (pattern, roles) => asked.push(roles) > 0 && pattern === 'falcon' });
    expect(holds({ text: { pattern: 'falcon' } }, facts)).toBe(true);
    expect(holds({ text: { pattern: 'eagle', in: ['user'] } }, facts)).toBe(false);
    expect(asked).toEqual([undefined, ['user']]);
  });

  it.each<[Condition, RouteFacts['promptType'], boolean]>([
    [{ prompt_type: ['code'] }, { type: 'code_review', confidence: 0.6, difficulty: 1 }, true],
    [{ prompt_type: ['code'] }, { type: 'code_generation', confidence: 0.6, difficulty: 1 }, true],
    [{ prompt_type: ['agent'] }, { type: 'agent_step', confidence: 0.9, difficulty: 2 }, true],
    [{ prompt_type: ['agent'] }, { type: 'math', confidence: 0.9, difficulty: 2 }, false],
    [{ prompt_type: ['code_review'] }, { type: 'code_generation', confidence: 0.9, difficulty: 1 }, false],
    [{ prompt_type: ['code'], min_conf: 0.7 }, { type: 'code_review', confidence: 0.6, difficulty: 1 }, false],
    [{ prompt_type: ['code'], min_conf: 0.6 }, { type: 'code_review', confidence: 0.6, difficulty: 1 }, true],
    [{ prompt_type: ['other'] }, { type: undefined, confidence: 0, difficulty: 1 }, true],
    [{ prompt_type: ['other'], min_conf: 0 }, { type: undefined, confidence: 0, difficulty: 1 }, false],
    [{ prompt_type: ['code', 'agent'], min_conf: 0.1 }, { type: undefined, confidence: 0, difficulty: 1 }, false],
    [{ min_conf: 0.5 }, { type: 'chat', confidence: 0.5, difficulty: 1 }, true],
    [{ min_conf: 0.5 }, { type: undefined, confidence: 0, difficulty: 1 }, false],
  ])('%j of %j: %s', (condition, promptType, expected) => {
    expect(holds(condition, factsOf({ promptType }))).toBe(expected);
  });

  it('asks for what is dear only when the rest holds', () => {
    const asked: string[] = [];
    const facts = factsOf({
      tokens: 100,
      has: (content) => (asked.push(content), true),
      matches: () => (asked.push('text'), true),
    });
    expect(holds({ text: { pattern: 'x' }, has: ['image'], tokens: { gt: 1000 } }, facts)).toBe(false);
    expect(asked).toEqual([]);
    expect(holds({ text: { pattern: 'x' }, has: ['image'], tokens: { lt: 1000 } }, facts)).toBe(true);
    expect(asked).toEqual(['image', 'text']);
  });
});

// ---------------------------------------------------------------- hours and days

describe('a time', () => {
  const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, 15 + day, hour, minute);
  const [sun, mon, fri, sat] = [0, 1, 5, 6];
  const within = (time: Condition['time'], when: number): boolean =>
    holds({ time: { timezone: 'UTC', ...time } }, factsOf({ at: when }));

  it('ends just before its last hour', () => {
    expect(within({ hours: '08-18' }, at(mon, 8))).toBe(true);
    expect(within({ hours: '08-18' }, at(mon, 17, 59))).toBe(true);
    expect(within({ hours: '08-18' }, at(mon, 18))).toBe(false);
    expect(within({ hours: '08-18' }, at(mon, 7, 59))).toBe(false);
  });

  it('may pass midnight, and belongs to the day it began on', () => {
    const nights = { days: ['mon-fri' as const], hours: '22-06' };
    expect(within(nights, at(fri, 23))).toBe(true);
    expect(within(nights, at(sat, 5, 59))).toBe(true);
    expect(within(nights, at(sat, 6))).toBe(false);
    expect(within(nights, at(sat, 23))).toBe(false);
    expect(within(nights, at(mon, 3))).toBe(false);
    expect(within(nights, at(mon, 12))).toBe(false);
  });

  it('may be a whole day, written in any of the ways there are', () => {
    for (const hours of ['00-24', '00-00', '09-09', '24-24'])
      for (const hour of [0, 8, 9, 23]) expect(within({ hours }, at(mon, hour))).toBe(true);
  });

  it('goes round the end of the week', () => {
    const days = ['sat-mon'];
    expect([sat, sun, mon].every((day) => within({ days }, at(day, 12)))).toBe(true);
    expect([2, 3, 4, fri].some((day) => within({ days }, at(day, 12)))).toBe(false);
  });

  it('is told in its zone, summer and winter', () => {
    const berlin = { timezone: 'Europe/Berlin', hours: '08-18' };
    expect(within(berlin, Date.UTC(2026, 6, 1, 6))).toBe(true);
    expect(within(berlin, Date.UTC(2026, 0, 5, 6, 59))).toBe(false);
    expect(within(berlin, Date.UTC(2026, 0, 5, 7))).toBe(true);
  });
});

// ---------------------------------------------------------------- words

describe('whyNot and describe', () => {
  it.each<[Condition, Partial<RouteFacts>, string, string]>([
    [
      { tokens: { gt: 180_000 } },
      { tokens: 812 },
      'needs more than 180,000 input tokens (this has about 812)',
      'more than 180,000 input tokens',
    ],
    [
      { tokens: { gte: 10, lt: 20 } },
      { tokens: 20 },
      'needs at least 10 and fewer than 20 input tokens (this has about 20)',
      'at least 10 and fewer than 20 input tokens',
    ],
    [
      { client: ['cursor', 'claude-*'] },
      { client: 'codex' },
      'is for the client cursor or claude-* (this comes from codex)',
      'client cursor or claude-*',
    ],
    [
      { client: ['cursor'] },
      { client: undefined },
      'is for the client cursor (this comes from one without a name)',
      'client cursor',
    ],
    [
      { surface: ['chat'] },
      { surface: 'messages' },
      'is for requests over chat (this came over messages)',
      'over chat',
    ],
    [{ model: ['openai/*'] }, { model: 'auto' }, 'is for the model openai/* (this asks for auto)', 'model openai/*'],
    [
      { has: ['tools', 'image'] },
      { has: (content) => content === 'tools' },
      'is for requests that hold a picture (this one holds none)',
      'with tools and a picture',
    ],
    [
      { lang: ['de', 'fr', 'es'] },
      { language: { code: 'en', confidence: 0.9 } },
      'is for texts in German, French or Spanish (this is in English)',
      'in German, French or Spanish',
    ],
    [
      { lang: ['de'] },
      { language: { code: undefined, confidence: 0 } },
      'is for texts in German (the language of this one is not clear)',
      'in German',
    ],
    [
      { tag: { team: ['platform'] } },
      { tag: () => undefined },
      'needs the tag team to be "platform" (it is not set)',
      'tag team "platform"',
    ],
    [
      { tag: { team: ['platform', 'core'] } },
      { tag: () => 'web' },
      'needs the tag team to be "platform" or "core" (it is "web")',
      'tag team "platform" or "core"',
    ],
    [
      { text: { pattern: '(?i)falcon' } },
      { matches: () => false },
      'needs a text that fits (?i)falcon (this has none)',
      'a text that fits (?i)falcon',
    ],
    [
      { time: { timezone: 'Europe/Berlin', days: ['mon-fri', 'sun'], hours: '08-18' } },
      { at: saturdayNoon },
      'is for Mon to Fri, Sun, 08:00 to 18:00 in Europe/Berlin (it is Sat 13:05)',
      'Mon to Fri, Sun, 08:00 to 18:00 in Europe/Berlin',
    ],
    [
      { prompt_type: ['code', 'agent'], min_conf: 0.7 },
      { promptType: { type: undefined, confidence: 0, difficulty: 1 } },
      'is for code or agent prompts, if that is at least 70 % sure (the kind of this one is not clear)',
      'code or agent prompts, if that is at least 70 % sure',
    ],
    [
      { prompt_type: ['math'] },
      { promptType: { type: 'code_review', confidence: 0.85, difficulty: 1 } },
      'is for math prompts (this looks like code review, 85 % sure)',
      'math prompts',
    ],
    [
      { all: [{ client: ['a'] }, { tokens: { lt: 5 } }] },
      { client: 'a', tokens: 9 },
      'needs fewer than 5 input tokens (this has about 9)',
      'client a, fewer than 5 input tokens',
    ],
    [
      { any: [{ client: ['b'] }, { tokens: { lt: 5 } }] },
      { client: 'a', tokens: 9 },
      'is for the client b (this comes from a), and needs fewer than 5 input tokens (this has about 9)',
      'one of: (client b) (fewer than 5 input tokens)',
    ],
    [
      { not: { has: ['tools'] } },
      { has: () => true },
      'is not for this kind of request: with tools',
      'not (with tools)',
    ],
  ])('%j', (condition, facts, why, words) => {
    expect(whyNot(condition, factsOf(facts))).toBe(why);
    expect(told(condition)).toBe(words);
  });

  it('say so when all holds', () => {
    expect(whyNot({ client: ['a'] }, factsOf({ client: 'a' }))).toBe('its condition holds');
    expect(told({})).toBe('always');
  });
});

// ---------------------------------------------------------------- any condition, any facts

/** Another evaluator, as plain as can be: no order, no short cuts, arithmetic in place of formats. */
function naively(condition: Condition, facts: RouteFacts): boolean {
  const fits = (pattern: string, value: string): boolean =>
    new RegExp(`^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '[^]*' : `\\${sign}`))}$`).test(
      value,
    );
  const answers: boolean[] = [];
  const { client, surface, model, tokens, has, lang, text, tag, time, prompt_type: types, min_conf: least } = condition;
  if (client !== undefined) answers.push(client.some((one) => facts.client !== undefined && fits(one, facts.client)));
  if (surface !== undefined) answers.push(new Set<string>(surface).has(facts.surface));
  if (model !== undefined) {
    const bare = facts.model.split('/').slice(1).join('/');
    answers.push(
      model.some(
        (one) => fits(one, facts.model) || (facts.model.indexOf('/') > 0 && !one.includes('/') && fits(one, bare)),
      ),
    );
  }
  if (tokens?.lt !== undefined) answers.push(facts.tokens < tokens.lt);
  if (tokens?.lte !== undefined) answers.push(facts.tokens <= tokens.lte);
  if (tokens?.gt !== undefined) answers.push(facts.tokens > tokens.gt);
  if (tokens?.gte !== undefined) answers.push(facts.tokens >= tokens.gte);
  for (const content of has ?? []) answers.push(facts.has(content));
  if (lang !== undefined) answers.push(lang.includes(facts.language.code ?? 'none'));
  if (text !== undefined) answers.push(facts.matches(text.pattern, text.in));
  for (const [name, values] of Object.entries(tag ?? {}))
    answers.push(values.some((one) => fits(one, facts.tag(name) ?? '\u0000')));
  if (types !== undefined || least !== undefined) {
    const { type, confidence } = facts.promptType;
    const kinds = (types ?? [...promptTypes]).flatMap((one) =>
      one === 'code' ? ['code_generation', 'code_review'] : one === 'agent' ? ['agent_step'] : [one],
    );
    answers.push(
      kinds.includes(type ?? 'other') && (least === undefined || (type !== undefined && confidence >= least)),
    );
  }
  if (time !== undefined) answers.push(timeNaively(time, facts.at));
  if (condition.all !== undefined) answers.push(condition.all.map((one) => naively(one, facts)).every(Boolean));
  if (condition.any !== undefined) answers.push(condition.any.map((one) => naively(one, facts)).some(Boolean));
  if (condition.not !== undefined) answers.push(!naively(condition.not, facts));
  return answers.every(Boolean);
}

/** Hour by hour through a week: which of its 168 hours are meant. */
function timeNaively(time: NonNullable<Condition['time']>, at: number): boolean {
  const offset = time.timezone === 'Asia/Tokyo' ? 9 : 0;
  // 1970 began on a Thursday: hours since the Monday before.
  const hourOfWeek = (((Math.floor(at / 3_600_000) + offset + 3 * 24) % 168) + 168) % 168;
  const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const days = new Set<number>();
  for (const range of time.days ?? ['mon-sun']) {
    const [from = '', to = from] = range.split('-');
    for (let day = names.indexOf(from); ; day = (day + 1) % 7) {
      days.add(day);
      if (day === names.indexOf(to)) break;
    }
  }
  const [from = 0, to = 24] = (time.hours ?? '00-24').split('-').map(Number);
  const meant = new Set<number>();
  for (const day of days)
    for (let hour = from; hour < (to > from ? to : to + 24); hour++) meant.add((day * 24 + hour) % 168);
  return meant.has(hourOfWeek);
}

describe('any condition', () => {
  const contents = fc.constantFrom<Content[]>(
    'tools',
    'image',
    'audio',
    'pdf',
    'video',
    'json_schema',
    'cache_control',
    'reasoning',
    'stream',
  );
  const anyFacts = fc
    .record({
      model: fc.constantFrom('auto', 'gpt-5', 'openai/gpt-5', 'openrouter/openai/gpt-5', '/x', 'a'),
      client: fc.constantFrom(undefined, 'cursor', 'claude-code', 'a'),
      surface: fc.constantFrom('chat', 'messages', 'embeddings'),
      tokens: fc.nat(20),
      at: fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2040, 0) }),
      has: fc.uniqueArray(contents),
      code: fc.constantFrom(undefined, 'de', 'en'),
      type: fc.constantFrom(undefined, ...promptTypes),
      confidence: fc.constantFrom(0, 0.5, 0.7, 0.9),
      tags: fc.dictionary(fc.constantFrom('team', 'env'), fc.constantFrom('platform', 'prod', '')),
    })
    .map(({ has, code, type, confidence, tags, ...plain }) =>
      factsOf({
        ...plain,
        has: (content) => has.includes(content),
        language: { code, confidence: code === undefined ? 0 : 0.8 },
        promptType: { type, confidence: type === undefined ? 0 : confidence, difficulty: 1 },
        tag: (name) => (Object.hasOwn(tags, name) ? tags[name] : undefined),
        matches: (pattern, roles) => pattern.length % 2 === (roles?.length ?? 0) % 2,
      }),
    );

  it('is decided as a plain evaluator decides it', () => {
    let held = 0;
    fc.assert(
      fc.property(anyCondition, anyFacts, (condition, facts) => {
        const expected = naively(condition, facts);
        if (expected) held++;
        expect(holds(condition, facts)).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
    expect(held).toBeGreaterThan(300);
  });

  it('is one the schema takes, and has words for whether it holds', () => {
    fc.assert(
      fc.property(anyCondition, anyFacts, (condition, facts) => {
        expect(schema.safeParse(condition).success).toBe(true);
        expect(told(condition)).not.toBe('');
        expect(whyNot(condition, facts) === 'its condition holds').toBe(holds(condition, facts));
        expect(`${told(condition)} ${whyNot(condition, facts)}`).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is explained without asking for anything it was not decided by', () => {
    fc.assert(
      fc.property(anyCondition, anyFacts, (condition, facts) => {
        const asked = new Set<string>();
        const noted = (isOpen: () => boolean): RouteFacts =>
          new Proxy(facts, {
            get(target, name): unknown {
              const value: unknown = Reflect.get(target, name);
              const ask = (what: string): void => {
                if (isOpen()) asked.add(what);
                else if (!asked.has(what)) throw new Error(`asked for ${what} only to explain`);
              };
              if (typeof value !== 'function') {
                if (name !== 'client' && name !== 'model') ask(String(name));
                return value;
              }
              return (...given: unknown[]): unknown => {
                ask(JSON.stringify([name, ...given]));
                return (value as (...all: unknown[]) => unknown)(...given);
              };
            },
          });
        let open = true;
        const watched = noted(() => open);
        if (holds(condition, watched)) return;
        open = false;
        whyNot(condition, watched);
      }),
      { numRuns: 1_000 },
    );
  });
});
