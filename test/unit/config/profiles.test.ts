// Profiles of a config file: what is in force under each, where it is written, and what is wrong with one that is not in force.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue, type Catalogue } from '../../../main/config/catalogue.ts';
import { compileSets } from '../../../main/config/compile-sets.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { good, problemsOf, render, surroundings, warningsOf } from './support.ts';

let catalogue: Catalogue;

beforeAll(async () => {
  catalogue = await loadCatalogue();
});

function compiled(text: string): Snapshot {
  const parsed = good(text);
  const snapshot = compileSets(parsed, parsed.sets, { ...surroundings, resolutions: new Map(), catalogue });
  if (snapshot === undefined) throw new Error(render(parsed.findings.problems).join('\n'));
  return snapshot;
}

/** What compiling adds to what was checked. */
function compileProblems(text: string): string[] {
  const parsed = good(text);
  expect(compileSets(parsed, parsed.sets, { ...surroundings, resolutions: new Map(), catalogue })).toBeUndefined();
  return render(parsed.findings.problems);
}

const lines = (...text: string[]): string => `version: 1\n${text.join('\n')}\n`;

/** `use_profile` stands in line 2. */
const file = (used: string): string =>
  lines(
    `use_profile: ${used}`,
    'use_model: smart',
    'masking: { enabled: true, detectors: [email] }',
    'routes:',
    '  - { alias: smart, targets: [demo/echo] }',
    '  - { alias: other, targets: [demo/slow] }',
    'firewall:',
    '  - { id: ours, topics: [gold], action: block }',
    'budgets:',
    '  - { id: all, scope: global, limit_usd: "5", period: day }',
    'profiles:',
    '  - id: work',
    '    name: At work',
    '    use_model: null',
    '    masking: { enabled: true, detectors: [iban] }',
    '    logging: { content: full, retention_days: 3 }',
    '    routes:',
    '      - { alias: smart, targets: [demo/flaky] }',
    '    firewall:',
    '      - { id: theirs, topics: [silver] }',
    '    budgets:',
    '      - { id: team, scope: global, limit_usd: "1", period: day }',
    '  - id: empty',
  );

describe('a profile in force', () => {
  it('replaces what it says and adds to the rest, each with its own line', () => {
    const snapshot = compiled(file('work'));
    const own = snapshot.routes.filter(({ origin }) => origin !== 'built in');
    expect(own.map(({ alias, origin, choice }) => [alias, origin, choice])).toEqual([
      ['smart', 'sluice.yaml, line 19', undefined],
      ['other', 'sluice.yaml, line 7', undefined],
    ]);
    expect(own[0]?.targets).toMatchObject([{ providerId: 'demo', model: 'flaky' }]);
    expect([...(snapshot.masking?.kinds.keys() ?? [])]).toEqual(['iban', 'bank_account']);
    expect(snapshot.recording).toBe('full');
    expect(snapshot.firewall.map(({ id, origin }) => [id, origin])).toEqual([
      ['ours', 'sluice.yaml, line 9'],
      ['theirs', 'sluice.yaml, line 21'],
    ]);
    expect(snapshot.budgets.map(({ id, origin }) => [id, origin])).toEqual([
      ['all', 'sluice.yaml, line 11'],
      ['team', 'sluice.yaml, line 23'],
    ]);
  });

  it('that says nothing leaves the file as it is, in a snapshot of its own', () => {
    const [with_, without] = [compiled(file('empty')), compiled(file('null'))];
    expect(with_.routes).toEqual(without.routes);
    expect(with_.routes[0]).toMatchObject({ choice: 'smart', origin: 'sluice.yaml, line 3' });
    expect(with_.recording).toBe('none');
    expect(with_.id).not.toBe(without.id);
  });

  it('keeps what is written apart from what is in force', () => {
    const { config, sets } = good(file('work'));
    expect(config.use_model).toBe('smart');
    expect(sets[0].config.use_model).toBeUndefined();
    expect(sets.map(({ profile }) => profile?.id)).toEqual(['work', undefined, 'empty']);
  });

  it('with a condition leaves the route of the file what it does not take', () => {
    const text = lines(
      'use_profile: a',
      'routes: [{ alias: smart, targets: [demo/echo] }]',
      'profiles: [{ id: a, routes: [{ alias: smart, when: { has: [tools] }, targets: [demo/slow] }] }]',
    );
    const own = compiled(text).routes.filter(({ alias }) => alias === 'smart');
    expect(own.map(({ id, origin }) => [id, origin])).toEqual([
      ['smart', 'sluice.yaml, line 4'],
      ['smart-2', 'sluice.yaml, line 3'],
    ]);
  });

  it('may take every name, and no route of the file is called unreachable for it', () => {
    const text = lines(
      'use_profile: local',
      'routes: [{ alias: smart, targets: [demo/echo] }]',
      'profiles: [{ id: local, routes: [{ alias: "*", targets: [demo/echo] }] }]',
    );
    expect(compiled(text).routes.filter(({ origin }) => origin !== 'built in')).toHaveLength(1);
  });
});

describe('what is wrong with a profile', () => {
  const broken: readonly (readonly [what: string, profile: string, problem: string])[] = [
    [
      'an unknown name',
      '{ id: a, rotes: [] }',
      'sluice.yaml:4:21: unknown name "rotes" in profiles. Did you mean routes?',
    ],
    [
      'a target that is not there',
      '{ id: a, routes: [{ alias: x, targets: [dmo/echo] }] }',
      'sluice.yaml:4:52: there is no provider "dmo". Did you mean demo?',
    ],
    [
      'a model to use that nobody has',
      '{ id: a, use_model: smrt }',
      'sluice.yaml:4:32: there is no alias "smrt". Did you mean smart?',
    ],
    [
      'a record of what is not masked',
      '{ id: a, logging: { content: redacted } }',
      'sluice.yaml:4:41: nothing is masked, so nothing can be recorded in its masked form. Set masking.enabled to true, or record metadata or full.',
    ],
    [
      'a pattern that is none',
      '{ id: a, firewall: [{ id: f, pattern: "(" }] }',
      'sluice.yaml:4:50: the pattern is no reg',
    ],
    [
      'a budget of a name that the file has',
      '{ id: a, budgets: [{ id: all, scope: global, limit_usd: "1", period: day }] }',
      'sluice.yaml:4:37: id "all" is used twice. Give each its own name.',
    ],
    [
      'a route of a name that the file has',
      '{ id: a, routes: [{ id: first, alias: x, targets: [demo/echo] }] }',
      'sluice.yaml:2:16: with profile "a": id "first" is used twice. Give each its own name.',
    ],
  ];

  it.each(broken)('is told although it is not in force: %s', (_, profile, problem) => {
    const text = lines(
      'routes: [{ id: first, alias: smart, targets: [demo/echo] }]',
      'budgets: [{ id: all, scope: global, limit_usd: "5", period: day }]',
      `profiles: [${profile}]`,
    );
    const [only, ...more] = problemsOf(text);
    expect(only?.slice(0, problem.length)).toBe(problem);
    expect(more).toEqual([]);
  });

  it('names the profile in its path', () => {
    const parsed = good(lines('profiles: [{ id: a }, { id: b, masking: { terms: [Acme] } }]'));
    expect(parsed.findings.warnings).toMatchObject([
      { path: 'profiles[1].masking', line: 2, problem: 'masking is not enabled: nothing is looked for' },
    ]);
  });

  it('is found when it is put together too', () => {
    const text = lines('profiles: [{ id: a, routes: [{ alias: x, targets: ["demo/nothing-*"] }] }]');
    expect(compileProblems(text)).toEqual([
      'sluice.yaml:2:52: no known model of provider "demo" fits "nothing-*". Write the name of a model.',
    ]);
  });

  it('is told once where the file has it anyway', () => {
    const route = '{ alias: x, targets: ["demo/nothing-*"] }';
    for (const use of ['a', 'null'])
      expect(compileProblems(lines(`routes: [${route}]`, `use_profile: ${use}`, 'profiles: [{ id: a }]'))).toEqual([
        'sluice.yaml:2:32: no known model of provider "demo" fits "nothing-*". Write the name of a model.',
      ]);
    const twice = lines('routes: [{ alias: x, targets: [dmo/echo] }]', 'profiles: [{ id: a }, { id: b }]');
    expect(problemsOf(twice)).toHaveLength(1);
  });

  it('is a second one of its name, or one to use that is not there', () => {
    expect(problemsOf(lines('profiles: [{ id: a }, { id: a }]'))).toEqual([
      'sluice.yaml:2:29: id "a" is used twice. Give each its own name.',
    ]);
    expect(problemsOf(lines('profiles: [{ id: work }]', 'use_profile: wrk'))).toEqual([
      'sluice.yaml:3:14: there is no profile "wrk". Did you mean work?',
    ]);
    expect(problemsOf(lines('use_profile: work'))).toEqual([
      'sluice.yaml:2:14: there is no profile "work". Remove it: there are no profiles.',
    ]);
  });

  it('does not repeat what is worth a word in the file', () => {
    const text = lines('masking: { terms: [Acme] }', 'use_profile: a', 'profiles: [{ id: a }, { id: b }]');
    expect(warningsOf(text)).toHaveLength(1);
    const parsed = good(text);
    compileSets(parsed, parsed.sets, { ...surroundings, resolutions: new Map(), catalogue });
    expect(parsed.findings.warnings).toHaveLength(1);
  });
});
