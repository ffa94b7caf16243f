import { describe, expect, it } from 'vitest';
import { problemsOf, warningsOf } from './support.ts';

const place = /^sluice\.yaml:\d+:\d+: /;

/** Problems of `version: 1` and this, without file and place. */
function saying(text: string): string[] {
  return problemsOf(`version: 1\n${text}\n`).map((line) => line.replace(place, ''));
}

function warning(text: string): string[] {
  return warningsOf(`version: 1\n${text}\n`).map((line) => line.replace(place, ''));
}

/** A budget for one dollar a day, with this besides or instead. */
function budget(more: Readonly<Record<string, string>>): string {
  const fields = { id: 'b', scope: 'global', limit_usd: '"1"', period: 'day', ...more };
  return `budgets: [{ ${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')} }]`;
}

describe('budgets', () => {
  it('are told with their place', () => {
    expect(
      problemsOf('version: 1\nbudgets:\n  - { id: b, scope: global, limit_usd: "1", period: week, reset_day: 8 }\n'),
    ).toEqual(['sluice.yaml:3:70: reset_day 8 is no day of a week. Use 1 (Monday) to 7 (Sunday).']);
  });

  it.each([
    ['week', 1],
    ['week', 7],
    ['month', 1],
    ['month', 28],
  ])('of a %s may begin on day %i', (period, day) => {
    expect(saying(budget({ period, reset_day: String(day) }))).toEqual([]);
  });

  it('begin on a day there is, of a period that has days', () => {
    expect(saying(budget({ period: 'week', reset_day: '8' }))).toEqual([
      'reset_day 8 is no day of a week. Use 1 (Monday) to 7 (Sunday).',
    ]);
    expect(saying(budget({ period: 'month', reset_day: '29' }))).toEqual([
      'reset_day: 29 is out of range. Use at most 28.',
    ]);
    expect(saying(budget({ period: 'month', reset_day: '0' }))).toEqual([
      'reset_day: 0 is out of range. Use at least 1.',
    ]);
    for (const period of ['hour', 'day', 'session'])
      expect(saying(budget({ period, reset_day: '1' }))).toEqual([
        `reset_day means nothing for period ${period}. Remove it, or use period week or month.`,
      ]);
  });

  it('are kept in a time zone there is', () => {
    expect(saying(budget({ timezone: 'Europe/Berlin' }))).toEqual([]);
    expect(saying(budget({ timezone: 'Europe/Berln' }))).toEqual([
      'there is no time zone "Europe/Berln". Did you mean Europe/Berlin?',
    ]);
    expect(saying(budget({ timezone: 'Mars/Olympus' }))).toEqual([
      'there is no time zone "Mars/Olympus". Use an IANA name, for example Europe/Berlin.',
    ]);
    expect(warning(budget({ timezone: 'Europe/Berlin', period: 'session' }))).toEqual([
      'timezone means nothing for period session, which begins and ends with the conversation. Remove it.',
    ]);
  });

  it('may be nothing at all: then nothing may be spent', () => {
    expect(saying(budget({ limit_usd: '"0"' }))).toEqual([]);
    expect(saying(budget({ limit_usd: '"-1"' }))).toHaveLength(1);
  });

  it('tell of shares of the limit', () => {
    expect(saying(budget({ alert_at: '[0.5, 1]' }))).toEqual([]);
    for (const share of [0, 80, 1.1, -1])
      expect(saying(budget({ alert_at: `[${share}]` }))).toEqual([
        `alert_at: ${share} is no share of the limit. Write 0.8 for 80 %, at most 1.`,
      ]);
  });

  it('downgrade to another alias', () => {
    const routes = '\nroutes: [{ alias: small, targets: [demo/echo] }]';
    const itself = 'the budget of "small" downgrades to itself. Name a cheaper alias.';
    const action = '"downgrade:small"';
    expect(saying(budget({ action, scope: 'model', match: 'small' }) + routes)).toEqual([itself]);
    expect(saying(budget({ action, when: '{ model: [small] }' }) + routes)).toEqual([itself]);
    expect(saying(budget({ action, when: '{ model: [small, large] }' }) + routes)).toEqual([]);
    expect(saying(budget({ action, scope: 'model', match: 'large' }) + routes)).toEqual([]);
    expect(saying(budget({ action: '"downgrade:smal"' }) + routes)).toEqual([
      'there is no route with alias "smal". Did you mean small?',
    ]);
  });

  it('downgrade to an alias there is where a key or a team has them', () => {
    const own = 'budgets: [{ limit_usd: "1", period: day, action: "downgrade:tiny" }]';
    const missing = 'there is no route with alias "tiny". Name the alias of a route.';
    expect(saying(`virtual_keys: [{ id: a, value: "env:A", ${own} }]`)).toEqual([missing]);
    expect(saying(`teams: [{ id: core, ${own} }]`)).toEqual([missing]);
  });

  it('do not speak of somebody where they are for everybody', () => {
    expect(saying(budget({ match: 'ide' }))).toEqual([
      'match means nothing for scope global, which is everybody. Remove it, or use the scope it speaks of: key, team, provider, model ….',
    ]);
    expect(saying('rate_limits: [{ id: r, scope: global, match: ide, rpm: 1 }]')).toHaveLength(1);
  });

  it('take patterns with stars only', () => {
    expect(saying(budget({ scope: 'model', match: '"gpt-?"' }))).toEqual([
      '"gpt-?" holds "?", but only "*" is special. Write a name; "*" stands for any characters.',
    ]);
    expect(saying(budget({ scope: 'user', match: '"Dana Smith"' }))).toEqual([]);
    expect(saying(budget({ scope: 'tag', match: 'feature' }))).toEqual([]);
    expect(saying(budget({ scope: 'tag', match: '"feature=search page"' }))).toEqual([]);
    expect(saying(budget({ scope: 'tag' }))).toEqual([
      'scope tag names no tag, so it would count everything. Add match: NAME or NAME=VALUE, or use scope global.',
    ]);
    expect(saying(budget({ scope: 'tag', match: '"=search"' }))).toEqual([
      '"=search" is no tag. Write NAME or NAME=VALUE; "*" stands for any characters.',
    ]);
  });

  it('are warned of when they count somebody who is not there', () => {
    const known = `
virtual_keys: [{ id: ide, name: Editor, value: "env:A", metadata: { team: platform } }]
providers: [{ id: openai, kind: openai }]
teams: [{ id: core }, { id: platform }]`;
    const of = (scope: string, match: string): string[] => warning(budget({ scope, match: `"${match}"` }) + known);
    expect(of('key', 'idee')).toEqual(['there is no key "idee". Did you mean ide?']);
    expect(of('provider', 'opnai')).toEqual(['there is no provider "opnai". Did you mean openai?']);
    expect(of('team', 'plattform')).toEqual(['there is no team "plattform". Did you mean platform?']);
    expect(of('key', 'ci-*')).toEqual(['no key fits "ci-*".']);
    for (const [scope, match] of [
      ['key', 'ide'],
      ['key', 'i*'],
      ['key', 'Editor'],
      ['key', '*'],
      ['provider', 'demo'],
      ['team', 'core'],
      ['model', 'anything-there-may-be'],
      ['client', 'anybody'],
    ] as const)
      expect(of(scope, match)).toEqual([]);
  });

  it('have names of their own, which no budget of a key can have', () => {
    expect(
      saying(
        'budgets: [{ id: b, scope: global, limit_usd: "1", period: day }, { id: b, scope: key, limit_usd: "1", period: day }]',
      ),
    ).toEqual(['id "b" is used twice. Give each its own name.']);
    expect(saying(budget({ id: '"key:ide:day"' }))).toEqual([
      'id: "key:ide:day" is not a usable name. Use 1 to 63 letters, digits, ".", "_" or "-", starting with a letter or digit.',
    ]);
  });
});

describe('rate limits', () => {
  it('limit something', () => {
    const nothing = 'it limits nothing. Give rpm, tpm or max_parallel_requests.';
    expect(saying('rate_limits: [{ id: r, scope: global }]')).toEqual([nothing]);
    expect(saying('virtual_keys: [{ id: a, value: "env:A", rate_limits: {} }]')).toEqual([nothing]);
    expect(saying('teams: [{ id: core, rate_limits: {} }]')).toEqual([nothing]);
    expect(saying('teams: [{ id: core, rate_limits: { max_parallel_requests: 4 } }]')).toEqual([]);
  });

  it('name a burst only of requests a minute, and conditions that can hold', () => {
    expect(saying('rate_limits: [{ id: r, scope: global, tpm: 5, burst: 2 }]')).toEqual([
      expect.stringContaining('burst is of the requests that rpm allows, and there is no rpm'),
    ]);
    expect(saying('rate_limits: [{ id: r, scope: global, rpm: 5, burst: 2, when: { has: [tools] } }]')).toEqual([]);
    expect(saying('rate_limits: [{ id: r, scope: global, rpm: 5, when: { text: { pattern: "(" } } }]')).toHaveLength(1);
  });

  it('are warned of when they limit somebody who is not there', () => {
    expect(warning('rate_limits: [{ id: r, scope: provider, match: opnai, rpm: 1 }]')).toEqual([
      'there is no provider "opnai".',
    ]);
  });
});

describe('teams', () => {
  it('have ids of their own', () => {
    expect(saying('teams: [{ id: core }, { id: core }]')).toEqual(['id "core" is used twice. Give each its own name.']);
  });

  it('allow and deny what there is', () => {
    expect(saying('teams: [{ id: core, denied_models: ["gpt-?"] }]')).toHaveLength(1);
    expect(saying('teams: [{ id: core, allowed_surfaces: [chatt] }]')[0]).toContain('Did you mean chat?');
    expect(
      warning('teams: [{ id: core, allowed_providers: [opnai] }]\nproviders: [{ id: openai, kind: openai }]'),
    ).toEqual(['there is no provider "opnai". Did you mean openai?']);
  });

  it('are there where a key names one, once there are any', () => {
    const key = 'virtual_keys: [{ id: a, value: "env:A", metadata: { team: cor } }]';
    expect(warning(key)).toEqual([]);
    expect(warning(`${key}\nteams: [{ id: core }]`)).toEqual(['there is no team "cor". Did you mean core?']);
  });
});

describe('virtual keys', () => {
  const hash = 'a'.repeat(64);

  it('have each secret once, those before included', () => {
    const previous = (value: string): string => `previous: [{ value: "${value}", until: 2027-01-01T00:00:00Z }]`;
    expect(saying(`virtual_keys: [{ id: a, value: "env:A", ${previous('env:B')} }]`)).toEqual([]);
    expect(saying(`virtual_keys: [{ id: a, value: "env:A", ${previous('env:A')} }]`)).toEqual([
      '"a" has this secret twice. Remove one of them.',
    ]);
    expect(
      saying(
        `virtual_keys: [{ id: a, value: "sha256:${hash}" }, { id: b, value: "env:B", ${previous(`sha256:${hash.toUpperCase()}`)} }]`,
      ),
    ).toEqual(['"b" has the same key as "a". Give each its own: sluice keys create --name NAME.']);
    expect(saying(`virtual_keys: [{ id: a, value: "env:A", ${previous('changeme')} }]`)).toHaveLength(1);
    expect(saying('virtual_keys: [{ id: a, value: "env:A", previous: [{ value: "env:B", until: soon }] }]')).toEqual([
      'until: "soon" is not a moment. Write 2027-01-01T00:00:00Z.',
    ]);
  });
});
