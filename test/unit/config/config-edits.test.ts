// Edits by path: what changes in the text, what stays as a person wrote it, and what is refused.
import { describe, expect, it } from 'vitest';
import { applyEdit } from '../../../main/config/config-edits.ts';
import { lineDiff } from '../../../main/config/line-diff.ts';
import { readSource, writeSource } from '../../../main/config/source.ts';
import type { ConfigEdit } from '../../../shared/contract/config.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';

const commented = `# ours
version: 1

# where we go
providers:
  - id: openai # paid
    kind: openai
    keys: [{ name: main, value: "env:OPENAI" }]   # from the shell

  # local
  - id: box
    kind:   ollama
routes:
  # the good one
  - alias: smart   # for all
    targets:
      - demo/echo   # one
      - { provider: openai, model: gpt-5 }  # two
  # the other
  - alias: dumb
    targets: [demo/slow]
budgets: []   # none yet
masking:
  enabled:   true    # yes
  terms: ["Project Falcon", other] # names
# the end
listen: { port: 0 }
`;

function edited(text: string, ...edits: ConfigEdit[]): string {
  return edits.reduce((current, edit) => {
    const read = readSource(current, 'sluice.yaml');
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    applyEdit(read.source.document, edit);
    return writeSource(read.source.document, read.source.habits);
  }, text);
}

/** The changed lines of the commented sample. */
const changed = (...edits: ConfigEdit[]): string => lineDiff(commented, edited(commented, ...edits));

const set = (path: ConfigEdit['path'], value: unknown): ConfigEdit => ({ op: 'set', path, value });
const insert = (path: ConfigEdit['path'], value: unknown): ConfigEdit => ({ op: 'insert', path, value });

function refusal(text: string, edit: ConfigEdit): string {
  try {
    edited(text, edit);
  } catch (error) {
    if (error instanceof GatewayError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'done';
}

describe('an edit', () => {
  it.each<[string, string, ConfigEdit]>([
    ['a switch', '-  enabled:   true    # yes\n+  enabled:   false    # yes\n', set(['masking', 'enabled'], false)],
    ['a text', '-  - alias: smart   # for all\n+  - alias: best   # for all\n', set(['routes', 0, 'alias'], 'best')],
    [
      'a quoted reference',
      '-    keys: [{ name: main, value: "env:OPENAI" }]   # from the shell\n+    keys: [{ name: main, value: "secret:x" }]   # from the shell\n',
      set(['providers', 0, 'keys', 0, 'value'], 'secret:x'),
    ],
    [
      'an entry of a list on one line',
      '-  terms: ["Project Falcon", other] # names\n+  terms: ["Project Falcon", other, third] # names\n',
      insert(['masking', 'terms', 2], 'third'),
    ],
    ['an entry between two', '+      - demo/flaky\n', insert(['routes', 0, 'targets', 1], 'demo/flaky')],
    [
      'a set like its neighbours',
      '+      - { provider: openai, model: x, when: { tokens: { lt: 9 } } }\n',
      insert(['routes', 0, 'targets', 2], { provider: 'openai', model: 'x', when: { tokens: { lt: 9 } } }),
    ],
    ['a field', '+    max_attempts: 4\n', set(['routes', 1, 'max_attempts'], 4)],
    [
      'the absence of an entry',
      '-  # the other\n-  - alias: dumb\n-    targets: [demo/slow]\n',
      { op: 'remove', path: ['routes', 1] },
    ],
    ['a new section', '+\n+logging:\n+  content: off\n', set(['logging', 'content'], 'off')],
  ])('writes %s and touches no other line', (_, lines, edit) => {
    expect(changed(edit).replace(/^@@.*\n/gm, '')).toBe(lines);
  });

  it('begins a list that was empty on lines of its own', () => {
    const text = edited(
      commented,
      insert(['budgets', 0], { id: 'all', scope: 'global', limit_usd: '5', period: 'day' }),
    );
    expect(text).toContain('budgets:\n  - id: all\n    scope: global\n    limit_usd: "5"\n    period: day\n');
    expect(text).toContain('# none yet');
  });

  it('takes the comment above an entry along with it', () => {
    const text = edited(commented, { op: 'move', path: ['routes', 0], to: 1 });
    const body = text.slice(text.indexOf('routes:'), text.indexOf('budgets:'));
    expect(body).toMatch(/# the other\n {2}- alias: dumb\n[^]*# the good one\n {2}- alias: smart/);
    const rest = (whole: string): string =>
      whole.slice(0, whole.indexOf('routes:')) + whole.slice(whole.indexOf('budgets:'));
    expect(rest(text)).toBe(rest(commented));
  });

  it('of a whole section changes only what is different in it', () => {
    const routes = [
      { alias: 'smart', targets: ['demo/echo', { provider: 'openai', model: 'gpt-5' }] },
      { alias: 'dumb', targets: ['demo/slow'], strategy: 'single' },
    ];
    expect(changed(set(['routes'], routes)).replace(/^@@.*\n/gm, '')).toBe('+    strategy: single\n');
    expect(
      changed(
        set(
          ['routes'],
          routes.map(({ alias, targets }) => ({ alias, targets })),
        ),
      ),
    ).toBe('');
  });

  it('keeps the comments of entries that stay when a list is replaced by a shorter one', () => {
    const text = edited(commented, set(['routes', 0, 'targets'], [{ provider: 'openai', model: 'gpt-5' }]));
    expect(text).toContain('- { provider: openai, model: gpt-5 }  # two');
    expect(text).not.toContain('demo/echo');
  });

  it('that would change two places far apart is two changes, and what is between stays', () => {
    const diff = changed(set(['providers', 1, 'kind'], 'lmstudio'), set(['masking', 'enabled'], false));
    expect(diff.match(/^@@/gm)).toHaveLength(2);
    expect(diff.match(/^[-+]/gm)).toHaveLength(4);
  });

  it('prints no other section anew where the layout of one is unusual', () => {
    const odd = commented.replace('  enabled:   true', '    enabled:   true').replace('  terms:', '    terms:');
    const text = edited(odd, set(['masking', 'restore'], false));
    expect(text.slice(0, text.indexOf('masking:'))).toBe(odd.slice(0, odd.indexOf('masking:')));
    expect(text.slice(text.indexOf('# the end'))).toBe(odd.slice(odd.indexOf('# the end')));
    expect(text).toContain('restore: false');
  });

  it('fills a section that was left empty and keeps what stands beside it', () => {
    const text = edited(
      'version: 1\nroutes: # soon\nlisten: { port: 0 }\n',
      insert(['routes', 0], { alias: 'a', targets: ['demo/echo'] }),
    );
    expect(text).toBe('version: 1\nroutes:\n  - alias: a\n    targets: [ demo/echo ]\n  # soon\nlisten: { port: 0 }\n');
  });

  it('leaves JSON what it is', () => {
    const text = edited('{\n  "version": 1,\n  "routes": []\n}\n', set(['masking', 'enabled'], true));
    expect(JSON.parse(text)).toEqual({ version: 1, routes: [], masking: { enabled: true } });
  });

  it('keeps line ends and byte order mark', () => {
    const text = `\ufeff${commented.replaceAll('\n', '\r\n')}`;
    expect(edited(text, set(['masking', 'enabled'], false))).toBe(text.replace('enabled:   true', 'enabled:   false'));
  });
});

describe('what an edit is refused for', () => {
  const anchored = `version: 1
routes:
  - &first { alias: a, targets: &to [demo/echo] }
  - alias: b
    targets: *to
`;

  it.each<[string, string, ConfigEdit, string]>([
    [
      'a name that is no name in the path',
      commented,
      set(['masking', '__proto__', 'enabled'], true),
      'control.refused',
    ],
    ['one in a value', commented, set(['masking'], JSON.parse('{"__proto__":{"enabled":true}}')), 'control.refused'],
    [
      'one deep in a value',
      commented,
      insert(['routes', 0], { alias: 'a', targets: [{ constructor: 1 }] }),
      'control.refused',
    ],
    ['an anchor on the way', anchored, set(['routes', 0, 'alias'], 'x'), 'control.refused'],
    ['an alias', anchored, set(['routes', 1, 'targets'], ['demo/slow']), 'control.refused'],
    ['the removal of an anchor', anchored, { op: 'remove', path: ['routes', 0] }, 'control.refused'],
    ['a move past an anchor', anchored, { op: 'move', path: ['routes', 0], to: 1 }, 'control.refused'],
    ['a list that holds an anchor, replaced', anchored, set(['routes'], []), 'control.refused'],
    ['no value', commented, set(['masking', 'enabled'], undefined), 'control.invalid_input'],
    ['a value no file can say', commented, set(['masking', 'enabled'], Number.NaN), 'control.invalid_input'],
    ['a place below a single value', commented, set(['masking', 'enabled', 'x'], 1), 'control.invalid_input'],
    ['a name in a list', commented, set(['routes', 'first'], {}), 'control.invalid_input'],
    ['an entry of what is no list', commented, insert(['masking', 0], 'x'), 'control.invalid_input'],
    ['a place beyond the end', commented, set(['routes', 3], { alias: 'x' }), 'control.not_found'],
    ['the removal of nothing', commented, { op: 'remove', path: ['masking', 'restore'] }, 'control.not_found'],
    ['the removal below nothing', commented, { op: 'remove', path: ['logging', 'content'] }, 'control.not_found'],
    ['a move to beyond the end', commented, { op: 'move', path: ['routes', 0], to: 2 }, 'control.not_found'],
  ])('%s', (_, text, edit, code) => {
    expect(refusal(text, edit)).toMatch(new RegExp(`^${code}: .*\\.$`));
  });

  it('a value without end', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100; depth += 1) deep = [deep];
    expect(refusal(commented, set(['masking', 'terms'], deep))).toMatch(/^control.invalid_input/);
  });
});

/** The same numbers at every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

type Plain = Record<string | number, unknown>;

function pathsIn(value: unknown, path: ConfigEdit['path'] = []): ConfigEdit['path'][] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const inner = Object.entries(value).flatMap(([name, one]) =>
    pathsIn(one, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** What an edit means, in plain data; `undefined` where it does not fit. */
function meant(data: unknown, edit: ConfigEdit): unknown {
  const copy = structuredClone(data);
  const parent = edit.path.slice(0, -1).reduce((at, step) => (at as Plain)[step], copy) as Plain | unknown[];
  const step = edit.path.at(-1) ?? '';
  if (edit.op === 'set') (parent as Plain)[step] = structuredClone(edit.value);
  else if (edit.op === 'remove' && !Array.isArray(parent)) Reflect.deleteProperty(parent, step);
  else if (!Array.isArray(parent)) return undefined;
  else if (edit.op === 'remove') parent.splice(Number(step), 1);
  else if (edit.op === 'insert') parent.splice(Number(step), 0, structuredClone(edit.value));
  else parent.splice(edit.to, 0, ...parent.splice(Number(step), 1));
  return copy;
}

const plainOf = (text: string): unknown => {
  const read = readSource(text, 'sluice.yaml');
  if (!read.ok) throw new Error(`${JSON.stringify(read.problems)}\n${text}`);
  return read.source.document.toJS();
};

describe('any run of edits', () => {
  const values = [
    ...[
      true,
      5,
      1.5,
      'text',
      'on',
      '0x1',
      '~',
      'null',
      '',
      'a: b # c',
      '# x',
      'two\nlines\n',
      ' spaced ',
      '- x',
      '[x',
      '"q"',
    ],
    ...[['a', 'b'], [], {}, { a: 1, b: [1, { c: 2 }] }, { long: 'y'.repeat(90), more: ['z'] }, 'x'.repeat(120)],
  ];

  it.each([1, 2, 3, 4, 5, 6])('means in the text what it means in plain data (%i)', (seed) => {
    const random = randomFrom(seed);
    for (let round = 0; round < 10; round += 1) {
      let text = commented;
      for (let turn = 0; turn < 6; turn += 1) {
        const before = plainOf(text);
        const paths = pathsIn(before);
        const path = paths[random(paths.length)] ?? [];
        const value = values[random(values.length)];
        const edits: ConfigEdit[] = [
          set(path, value),
          set([...path.slice(0, -1), typeof path.at(-1) === 'number' ? (path.at(-1) ?? 0) : `new-${turn}`], value),
          insert(path, value),
          { op: 'remove', path },
          { op: 'move', path, to: 0 },
        ];
        const edit = edits[random(edits.length)] ?? set(path, value);
        const expected = meant(before, edit);
        if (expected === undefined) continue;
        text = edited(text, edit);
        expect(plainOf(text), JSON.stringify(edit)).toEqual(expected);
      }
    }
  });
});
