/** From what was written to what is to be written, with the fewest edits; and what the editor makes of a route. */
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import {
  duplicateOf,
  namesLost,
  usersOf,
  withReason,
  withTarget,
  type WrittenRoute,
} from '../../../../renderer/features/routes/draft.ts';
import {
  hoursOf,
  hoursText,
  listOf,
  othersOf,
  withNew,
  withoutField,
} from '../../../../renderer/features/routes/condition-fields.ts';
import { editsBetween, moved } from '../../../../renderer/features/routes/minimal-edits.ts';
import { fitter, targetHealth } from '../../../../renderer/features/routes/models.ts';
import { problemFinder } from '../../../../renderer/features/routes/problem-finder.ts';
import { placeForNew } from '../../../../renderer/features/routes/use-routes.ts';
import { yamlOf } from '../../../../renderer/features/routes/yaml.ts';
import type { HealthEntry } from '../../../../shared/contract/app.ts';
import { applied } from '../../../../renderer/state/config-tree.ts';

const route: WrittenRoute = { alias: 'smart', targets: ['a/x', 'b/y', 'c/z'] };

describe('edits between two writings', () => {
  it.each([
    ['a move', { ...route, targets: ['c/z', 'a/x', 'b/y'] }, [{ op: 'move', path: ['r', 'targets', 2], to: 0 }]],
    ['a move down', { ...route, targets: ['b/y', 'a/x', 'c/z'] }, [{ op: 'move', path: ['r', 'targets', 0], to: 1 }]],
    [
      'one more',
      { ...route, targets: ['a/x', 'n/n', 'b/y', 'c/z'] },
      [{ op: 'insert', path: ['r', 'targets', 1], value: 'n/n' }],
    ],
    [
      'one at the end',
      { ...route, targets: [...route.targets, 'n/n'] },
      [{ op: 'insert', path: ['r', 'targets', 3], value: 'n/n' }],
    ],
    ['one less', { ...route, targets: ['a/x', 'c/z'] }, [{ op: 'remove', path: ['r', 'targets', 1] }]],
    ['another name', { ...route, alias: 'best' }, [{ op: 'set', path: ['r', 'alias'], value: 'best' }]],
    ['a new field', { ...route, max_attempts: 4 }, [{ op: 'set', path: ['r', 'max_attempts'], value: 4 }]],
    ['nothing', { ...route, when: undefined }, []],
  ])('say %s as such', (_name, after, edits) => {
    expect(editsBetween(['r'], route, after)).toEqual(edits);
  });

  it('take away a field that is gone and go into one that stayed', () => {
    const before = { ...route, max_attempts: 4, hedge: { after: 'p95', max_extra_cost_usd: '1' } };
    expect(editsBetween(['r'], before, { ...route, hedge: { after: 'p50', max_extra_cost_usd: '1' } })).toEqual([
      { op: 'remove', path: ['r', 'max_attempts'] },
      { op: 'set', path: ['r', 'hedge', 'after'], value: 'p50' },
    ]);
  });

  it('lead to what was wanted, whatever it is', () => {
    const lists = [[], ['a'], ['a', 'b'], ['b', 'a'], ['a', 'a', 'b'], ['c', 'b', 'a', 'd'], ['d', 'c', 'b', 'a']];
    for (const before of lists)
      for (const after of lists) {
        const edits = editsBetween(['list'], before, after);
        expect(edits.reduce<unknown>((tree, edit) => applied(tree, edit), { list: before })).toEqual({ list: after });
      }
  });

  it('moves as the instance does', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  });
});

describe('a route in the editor', () => {
  it('keeps a short target short until it needs the long form', () => {
    expect(withTarget('a/x/y', { when: undefined })).toBe('a/x/y');
    expect(withTarget('a/x/y', { weight: 2 })).toEqual({ provider: 'a', model: 'x/y', weight: 2 });
    expect(withTarget('cheap', { when: { has: ['tools'] } })).toEqual({ alias: 'cheap', when: { has: ['tools'] } });
    expect(withTarget({ alias: 'cheap', weight: 2 }, { weight: undefined })).toEqual({ alias: 'cheap' });
  });

  it('writes no reasons while they are the usual ones, and keeps rules that people wrote', () => {
    const more = withReason(route, 'context_window', true);
    expect(more.fallbacks?.on).toEqual(['error', 'timeout', 'ttft', 'rate_limited', 'context_window']);
    expect(withReason(route, 'error', true).fallbacks).toBeUndefined();
    const ruled = { ...route, fallbacks: { on: ['error' as const, { status: 418 }] } };
    expect(withReason(ruled, 'ttft', true).fallbacks?.on).toEqual(['error', 'ttft', { status: 418 }]);
  });

  it('is duplicated under a free name and without its own id', () => {
    expect(duplicateOf({ ...route, id: 'mine' }, ['smart', 'smart-2'])).toEqual({ ...route, alias: 'smart-3' });
  });

  it('tells which names stop working, and who leads to them', () => {
    const routes = [route, { alias: 'work', targets: ['smart'] }, { alias: 'auto', targets: ['a/x'] }];
    expect(namesLost(routes, 0)).toEqual(['smart']);
    expect(usersOf(routes, 'smart')).toEqual(['work']);
    expect(namesLost(routes, 2)).toEqual([]);
    expect(namesLost([route, { alias: '*', targets: ['a/x'] }], 0)).toEqual([]);
    expect(namesLost([route, route], 0)).toEqual([]);
  });

  it('goes before the route that takes every name', () => {
    expect(placeForNew([route, { alias: '*', targets: ['a/x'] }])).toBe(1);
    expect(placeForNew([route])).toBe(1);
  });
});

describe('the condition editor', () => {
  it('keeps what it cannot show', () => {
    const value = { any: [{ has: ['tools' as const] }], client: ['x'], min_conf: 0.5 };
    expect(othersOf(value)).toEqual({ any: [{ has: ['tools'] }], min_conf: 0.5 });
    expect(withoutField(value, 'client')).toEqual({ any: [{ has: ['tools'] }], min_conf: 0.5 });
  });

  it('leaves no empty condition behind', () => {
    expect(withoutField({ prompt_type: ['code'], min_conf: 0.5 }, 'prompt_type')).toBeUndefined();
    expect(withoutField(withNew(undefined, 'has'), 'has')).toBeUndefined();
  });

  it('reads names and hours as people type them', () => {
    expect(listOf(' a, ,b ,')).toEqual(['a', 'b']);
    expect(hoursOf('22-06')).toEqual({ from: 22, to: 6 });
    expect(hoursText(22, 6)).toBe('22-06');
  });
});

describe('a problem', () => {
  const find = problemFinder(
    new Map([
      ['targets[0].when', 'A.'],
      ['hedge.after', 'B.'],
      ['targets', 'C.'],
      ['aliases', 'D.'],
    ]),
  );
  it('is shown at its field, and at nothing that only begins alike', () => {
    expect(find('hedge')).toBe('B.');
    expect(find('targets[0]')).toBe('A.');
    expect(find('targets!')).toBe('C.');
    expect(find('alias')).toBeUndefined();
  });
});

describe('a target', () => {
  const entry = (model: string, state: HealthEntry['state']): HealthEntry => ({
    ...{
      provider: 'a',
      model,
      credential: 'k',
      state,
      why: 'because',
      until: null,
      ttft_p50_ms: null,
      ttft_p95_ms: null,
    },
    ...{ tokens_per_second: null, running: 0, calls: 1, failures: 0, needs_attention: false },
  });
  it('does as well as the best of its credentials', () => {
    expect(targetHealth('a/x', [entry('x', 'open'), entry('x', 'closed')]).state).toBe('ok');
    expect(targetHealth('a/x', [entry('x', 'limited')])).toEqual({ state: 'limited', why: 'because' });
    expect(targetHealth('a/x', [entry('y', 'open')]).state).toBe('unknown');
  });
  it('may be a pattern', () => {
    expect(fitter('a/*-mini')('a/gpt-5-mini')).toBe(true);
    expect(fitter('a/*-mini')('a/gpt-5-minimum')).toBe(false);
    expect(fitter('*')('auto')).toBe(true);
    expect(targetHealth('a/x*', [entry('x-1', 'refused')]).state).toBe('refused');
  });
});

describe('YAML to copy', () => {
  it('reads back as what it was', () => {
    const value = [
      {
        ...{
          alias: '*',
          id: 'yes',
          when: { any: [{ tag: { team: ['a b', '1'] } }, { not: { text: { pattern: '(?i)x: #y\n' } } }] },
        },
        ...{ targets: ['@requested', { provider: 'a', model: 'x/y', weight: 0.5 }], fallbacks: { on: [] }, cache: {} },
        ...{
          words: ['true', 'null', '~', '08-18', "it's", '0x1f', '-', '', ' a'],
          list: Array.from({ length: 30 }, (_, i) => `name-${String(i)}`),
        },
      },
    ];
    expect(parse(yamlOf(value))).toEqual(value);
  });
});
