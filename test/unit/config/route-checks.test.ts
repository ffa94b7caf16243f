import { describe, expect, it } from 'vitest';
import { problemsOf, warningsOf } from './support.ts';

const head = 'version: 1\nproviders: [{ id: openai, kind: openai }]\nroutes:\n';

/** A file with these routes, from line 4 on, one a line. */
const file = (routes: readonly string[]): string => `${head}${routes.map((route) => `  - ${route}\n`).join('')}`;

/** Problems of these routes as `LINE:COLUMN: problem. mend.` */
const saying = (...routes: string[]): string[] => problemsOf(file(routes)).map(short);
const warning = (...routes: string[]): string[] => warningsOf(file(routes)).map(short);
const short = (line: string): string => line.replace(/^sluice\.yaml:/, '');

describe('a target', () => {
  it('is of a provider that is there', () => {
    expect(saying('{ alias: a, targets: [opnai/gpt-5] }')).toEqual([
      '4:27: there is no provider "opnai". Did you mean openai?',
    ]);
    expect(saying('{ alias: a, targets: [{ provider: zzz, model: x }] }')).toEqual([
      '4:39: there is no provider "zzz". Configured are: demo, openai.',
    ]);
    expect(saying('{ alias: a, targets: [demo/echo, openai/org/model:free] }')).toEqual([]);
  });

  it('is an alias that is there (RTE-16)', () => {
    expect(saying('{ alias: smart, targets: [demo/echo] }', '{ alias: b, targets: [smart, cheap] }')).toEqual([]);
    expect(saying('{ alias: smart, targets: [demo/echo] }', '{ alias: b, targets: [{ alias: smart }] }')).toEqual([]);
    expect(saying('{ alias: smart, targets: [demo/echo] }', '{ alias: b, targets: [demo/slow, smrt] }')).toEqual([
      '5:38: there is no alias "smrt". Did you mean smart?',
    ]);
    expect(saying('{ alias: smart, targets: [demo/echo] }', '{ alias: b, targets: [{ alias: smrt }] }')).toEqual([
      '5:36: there is no alias "smrt". Did you mean smart?',
    ]);
    expect(saying('{ alias: b, targets: [chep] }')).toEqual(['4:27: there is no alias "chep". Did you mean cheap?']);
    expect(saying('{ alias: b, targets: [zzzzzz] }')).toEqual([
      '4:27: there is no alias "zzzzzz". Write provider/model, or one of b, auto, best, fast, cheap.',
    ]);
  });

  it('is not found by a pattern that happens to fit a slip of the pen', () => {
    expect(saying('{ alias: smart, targets: [smrt] }', '{ alias: "*", targets: ["@requested"] }')).toEqual([
      '4:31: there is no alias "smrt". Did you mean smart?',
    ]);
  });

  it('that lacks its provider is told which', () => {
    expect(saying('{ alias: b, targets: [gpt-5] }')).toEqual([
      '4:27: there is no alias "gpt-5". Did you mean openai/gpt-5?',
    ]);
  });

  it('is one alias, not a pattern, and with a slash in it only in the long form', () => {
    expect(saying('{ alias: b, targets: ["sm*"] }', '{ alias: smart, targets: [demo/echo] }')).toEqual([
      '4:27: "sm*" is a pattern, and a target is one alias. Write one name, or provider/model.',
    ]);
    expect(saying('{ alias: team/a, targets: [demo/echo] }', '{ alias: b, targets: [team/a] }')).toEqual([
      '5:27: there is no provider "team". Write { alias: "team/a" }: an alias with a slash has no short form.',
    ]);
    expect(saying('{ alias: team/a, targets: [demo/echo] }', '{ alias: b, targets: [{ alias: team/a }] }')).toEqual([]);
  });

  it('may be the model the client named', () => {
    expect(
      saying('{ alias: "x*", targets: ["@requested", openai/@requested, { provider: demo, model: "@requested" }] }'),
    ).toEqual([]);
    expect(saying('{ alias: "@requested", targets: [demo/echo] }')).toEqual([
      '4:14: "@requested" stands for the model the client named. Choose another alias.',
    ]);
  });

  it('names a model or an alias, all of it and not both', () => {
    expect(saying('{ alias: a, targets: [{ provider: demo }] }')).toEqual(['4:27: model is missing. Add model: text.']);
    expect(saying('{ alias: a, targets: [{ model: echo }] }')).toEqual([
      '4:27: provider is missing. Add provider: text.',
    ]);
    expect(saying('{ alias: a, targets: [{ weight: 3 }] }')).toEqual([
      '4:27: the target names nothing. Add provider and model, or alias.',
    ]);
    expect(saying('{ alias: a, targets: [{ alias: auto, model: echo }] }')).toEqual([
      '4:36: a target is a model or an alias, not both. Remove alias, or provider and model.',
    ]);
  });

  it('is a model of the list where the list is closed', () => {
    const closed = (model: string): string[] =>
      problemsOf(
        `version: 1\nproviders: [{ id: o, kind: openai, closed_models: true, models: [gpt-5, { id: gpt-5-mini }] }]\nroutes: [{ alias: a, targets: [${model}] }]\n`,
      ).map(short);
    expect(closed('o/gpt-5-mini, "o/gpt-*", "o/@requested"')).toEqual([]);
    expect(closed('o/gpt5-mini')).toEqual([
      '3:32: provider "o" has no model "gpt5-mini", and its list is closed. Did you mean gpt-5-mini?',
    ]);
  });

  it('has an id of its own, given or by its place', () => {
    expect(
      saying('{ alias: a, targets: [{ id: t, provider: demo, model: echo }, { id: t, provider: demo, model: slow }] }'),
    ).toEqual(['4:73: id "t" is used twice in this route. Give each target its own.']);
    expect(saying('{ alias: a, targets: [{ id: "2", provider: demo, model: echo }, demo/slow] }')).toEqual([
      '4:69: id "2" is used twice in this route. Give each target its own.',
    ]);
  });
});

describe('an alias', () => {
  it('may stand in several routes while conditions tell them apart', () => {
    expect(
      saying(
        '{ alias: a, when: { has: [image] }, targets: [demo/echo] }',
        '{ alias: a, when: { surface: [chat] }, targets: [demo/slow] }',
        '{ alias: a, targets: [demo/flaky] }',
      ),
    ).toEqual([]);
  });

  it('that can never be reached names the route before it', () => {
    expect(
      saying(
        '{ alias: a, when: { has: [image] }, targets: [demo/echo] }',
        '{ alias: a, targets: [demo/slow] }',
        '{ alias: a, when: { surface: [chat] }, targets: [demo/flaky] }',
      ),
    ).toEqual([
      '6:14: alias "a" is taken by routes[1] in line 5, which always matches first. Give the first one a condition (when), or put the targets into one route.',
    ]);
    expect(saying('{ alias: "*", targets: ["@requested"] }', '{ alias: "claude-*", targets: [demo/echo] }')).toEqual([
      '5:14: alias "claude-*" is never reached: "*" of routes[0] in line 4 always matches first. Put this route before it, or give that one a condition (when).',
    ]);
    expect(
      saying('{ alias: "claude-s*", targets: [demo/echo] }', '{ alias: "claude-*", targets: [demo/echo] }'),
    ).toEqual([]);
  });

  it('may be a built-in one', () => {
    expect(saying('{ alias: auto, targets: [demo/echo] }')).toEqual([]);
    expect(warning('{ alias: auto, targets: [demo/echo] }')).toEqual([]);
  });

  it('is warned of when a name would never reach it', () => {
    expect(warning('{ alias: demo/x, targets: [demo/echo] }')).toEqual([
      '4:14: "demo/x" names a model of provider "demo" exactly, and such names skip routes. Choose an alias without that prefix.',
    ]);
  });

  it('belongs to a route whose id is its own', () => {
    expect(saying('{ id: x, alias: a, targets: [demo/echo] }', '{ id: x, alias: b, targets: [demo/slow] }')).toEqual([
      '5:11: id "x" is used twice. Give each its own name.',
    ]);
  });
});

describe('aliases that lead to aliases (RTE-16)', () => {
  it('do not go round in a circle, which is told as a whole and once', () => {
    expect(saying('{ alias: a, targets: [a] }')).toEqual([
      '4:27: the aliases go round in a circle: a → a. Let one of them name a model.',
    ]);
    expect(
      saying('{ alias: a, targets: [b] }', '{ alias: b, targets: [demo/echo, c] }', '{ alias: c, targets: [b, a] }'),
    ).toEqual([
      '6:27: the aliases go round in a circle: b → c → b. Let one of them name a model.',
      '6:30: the aliases go round in a circle: a → b → c → a. Let one of them name a model.',
    ]);
  });

  it('do not go round through a pattern or a condition either', () => {
    expect(
      saying('{ alias: "cl*", when: { has: [image] }, targets: [claude] }', '{ alias: claude, targets: [demo/echo] }'),
    ).toEqual(['4:55: the aliases go round in a circle: claude → claude. Let one of them name a model.']);
    expect(saying('{ alias: auto, when: { has: [tools] }, targets: [demo/echo, auto] }')).toEqual([
      '4:65: the aliases go round in a circle: auto → auto. Let one of them name a model.',
    ]);
  });

  const chain = (steps: number): string[] =>
    Array.from(
      { length: steps },
      (_, at) => `{ alias: a${at}, targets: [${at + 1 < steps ? `a${at + 1}` : 'demo/echo'}] }`,
    );

  it('stand in each other 8 deep at most', () => {
    expect(saying(...chain(8))).toEqual([]);
    expect(saying(...chain(9))).toEqual([
      '4:28: more than 8 aliases stand in each other: a0 → a1 → a2 → a3 → a4 → a5 → a6 → a7 → a8. Name the targets themselves.',
    ]);
    // Where it becomes too deep, and not once more for each step before that.
    expect(saying(...chain(12))).toHaveLength(1);
  });

  it('are looked at in full however long the way is', () => {
    expect(saying(...chain(3000))[0]).toContain('more than 8 aliases stand in each other');
  });

  it('do not stand for more targets than a request can bear', () => {
    const wide = (alias: string, target: string): string =>
      `{ alias: ${alias}, targets: [${Array.from({ length: 50 }, () => target).join(', ')}] }`;
    expect(saying(wide('c', 'demo/echo'), wide('b', 'c'))).toEqual([
      '5:17: alias "b" stands for more than 2000 targets when its aliases are written out. Name fewer.',
    ]);
  });
});

describe('a condition', () => {
  it('is looked at on routes, on targets, and wherever else one stands', () => {
    expect(
      saying('{ alias: a, when: { time: { timezone: Europe/Berln, hours: 08-18 } }, targets: [demo/echo] }'),
    ).toEqual(['4:43: there is no time zone "Europe/Berln". Did you mean Europe/Berlin?']);
    expect(
      saying('{ alias: a, targets: [{ provider: demo, model: echo, when: { text: { pattern: "a(" } } }, demo/slow] }'),
    ).toEqual(['4:83: the pattern is no regular expression: missing closing ): `a(`. Write it in RE2 syntax.']);
    const elsewhere = `version: 1
budgets: [{ id: b, scope: global, limit_usd: "1", period: day, when: { model: ["a?"] } }]
firewall: [{ id: f, pattern: x, action: log, when: { min_conf: 1 } }]
`;
    expect(problemsOf(elsewhere).map((line) => line.replace(/: .*/, ''))).toEqual([
      'sluice.yaml:2:80',
      'sluice.yaml:3:64',
    ]);
  });

  it('has bounds', () => {
    const deep = (levels: number): string =>
      `${'{ not: '.repeat(levels - 1)}{ has: [tools] }${' }'.repeat(levels - 1)}`;
    expect(saying(`{ alias: a, when: ${deep(8)}, targets: [demo/echo] }`)).toEqual([]);
    expect(saying(`{ alias: a, when: ${deep(9)}, targets: [demo/echo] }`)[0]).toContain('deeper than 8 levels');
    const wide = (parts: number): string =>
      `{ any: [${Array.from({ length: parts - 1 }, () => '{ has: [tools] }').join()}] }`;
    expect(saying(`{ alias: a, when: ${wide(64)}, targets: [demo/echo] }`)).toEqual([]);
    expect(saying(`{ alias: a, when: ${wide(65)}, targets: [demo/echo] }`)[0]).toContain('has 65 parts, more than 64');
  });
});

describe('a strategy', () => {
  it('single has one target', () => {
    expect(saying('{ alias: a, strategy: single, targets: [demo/echo, demo/slow] }')).toEqual([
      '4:35: strategy single has one target. Keep one, or use strategy fallback.',
    ]);
  });

  it('weighted has a target that can be chosen', () => {
    expect(saying('{ alias: a, strategy: weighted, targets: [{ provider: demo, model: echo, weight: 0 }] }')).toEqual([
      '4:37: all weights are 0, so no target can be chosen. Give one of them a weight above 0.',
    ]);
  });

  it('conditional asks a condition of every target but the last', () => {
    const echo = '{ provider: demo, model: echo, when: { has: [image] } }';
    expect(saying(`{ alias: a, strategy: conditional, targets: [${echo}, demo/slow] }`)).toEqual([]);
    expect(saying('{ alias: a, strategy: conditional, targets: [demo/slow] }')).toEqual([]);
    expect(saying(`{ alias: a, strategy: conditional, targets: [${echo}] }`)).toEqual([
      '4:81: the last target of strategy conditional is what is left when no condition holds. Remove when, or add a target without one.',
    ]);
    expect(saying('{ alias: a, strategy: conditional, targets: [demo/echo, demo/slow] }')).toEqual([
      '4:50: strategy conditional stops at the first target without a condition, and this is not the last one. Add when, or put this target last.',
    ]);
  });

  it.each(['lowest_cost', 'lowest_latency', 'least_busy', 'auto'])('%s takes any targets', (strategy) => {
    expect(saying(`{ alias: a, strategy: ${strategy}, targets: [demo/echo, demo/slow] }`)).toEqual([]);
    expect(warning(`{ alias: a, strategy: ${strategy}, targets: [demo/echo, demo/slow] }`)).toEqual([]);
  });
});

describe('settings of a route', () => {
  it('that are acted on are taken without a word', () => {
    const route =
      '{ alias: a, strategy: auto, targets: [demo/echo, { provider: demo, model: slow, when: { has: [image] } }], on_break: continue, max_attempts: 5, session_affinity: { scope: none }, hedge: { after: 800 }, cache: { mode: exact, only: deterministic }, objective: cheap, fallbacks: { on: [error, { status: 418 }, { status: 400, body: "quota" }] } }';
    expect(warning(route)).toEqual([]);
  });

  it('do not promise to go on with a target that is not there', () => {
    const said = 'on_break: continue needs another target to go on with, and there is one in all. Add a target.';
    expect(warning('{ alias: a, targets: [demo/echo], on_break: continue }')).toEqual([`4:39: ${said}`]);
    expect(warning('{ alias: a, targets: [b], on_break: continue }', '{ alias: b, targets: [demo/echo] }')).toEqual([
      `4:31: ${said}`,
    ]);
    expect(warning('{ alias: a, targets: [demo/echo], on_break: restart }')).toEqual([
      `4:39: ${said.replace('continue', 'restart')}`,
    ]);
    expect(warning('{ alias: a, targets: [demo/echo], on_break: hold }')).toEqual([]);
    expect(warning('{ alias: a, targets: [auto], on_break: continue }')).toEqual([]);
    expect(
      warning('{ alias: a, targets: [b], on_break: continue }', '{ alias: b, targets: [demo/echo, demo/slow] }'),
    ).toEqual([]);
  });

  it('weigh something', () => {
    expect(saying('{ alias: a, strategy: auto, targets: [demo/echo], objective: { cost: 0 } }')).toEqual([
      '4:55: all weights are 0, so no target is better than another. Give one of them a weight.',
    ]);
    expect(
      saying('{ alias: a, strategy: auto, targets: [demo/echo], objective: { floor: { quality: 0.5 } } }'),
    ).toEqual([]);
    expect(warning('{ alias: a, targets: [demo/echo], objective: best }')).toEqual([
      '4:39: objective means nothing for strategy fallback. Use strategy auto, or remove it.',
    ]);
  });

  it('have fallback rules that say something', () => {
    expect(saying('{ alias: a, targets: [demo/echo], fallbacks: { on: [error, {}] } }')).toEqual([
      '4:64: the rule says nothing. Add status, body or both.',
    ]);
    expect(saying('{ alias: a, targets: [demo/echo], fallbacks: { on: [{ body: "quota(" }] } }')).toEqual([
      '4:65: the pattern is no regular expression: missing closing ): `quota(`. Correct it: RE2 syntax.',
    ]);
  });

  it('leave memory for the requests', () => {
    const cached = (alias: string, size: number): string =>
      `{ alias: ${alias}, targets: [demo/echo], cache: { mode: exact, max_size_mb: ${size} } }`;
    expect(warning(cached('a', 512), cached('b', 512))).toEqual([]);
    expect(warning(cached('a', 512), cached('b', 512), cached('c', 1), cached('d', 1))).toEqual([
      '6:39: the caches of the routes so far may take 1025 MB of memory. Set a smaller max_size_mb.',
    ]);
  });
});
