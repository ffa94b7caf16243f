/** Edits and what takes them back, origins, and problems beside their fields. */
import { describe, expect, it } from 'vitest';
import {
  applied,
  inverseOf,
  originAt,
  pointerOf,
  problemsUnder,
  spelt,
  writtenTree,
  type Origins,
} from '../../../../renderer/state/config-tree.ts';
import type { ConfigEdit } from '../../../../shared/contract/config.ts';

const you = { source: 'you', where: 'sluice.yaml, line 3', locked: false, reason: null } as const;
const team = { source: 'team', where: 'acme v42', locked: true, reason: 'No customer data leaves' } as const;

function originsOf(...paths: readonly string[]): Origins {
  return Object.fromEntries(paths.map((path) => [path, you]));
}

const config = {
  masking: { enabled: true, detectors: ['secrets', 'email'], terms: ['Falcon', 'Heron'], restore: true },
  budgets: [{ id: 'all', scope: 'global', limit_usd: '5', period: 'day', alert_at: [0.8, 1], action: 'reject' }],
  firewall: [],
};
const origins = originsOf(
  ...['/masking', '/masking/enabled', '/masking/terms', '/masking/terms/0', '/masking/terms/1'],
  ...['/budgets', '/budgets/0', '/budgets/0/id', '/budgets/0/scope', '/budgets/0/limit_usd', '/budgets/0/period'],
);
const written = {
  masking: { enabled: true, terms: ['Falcon', 'Heron'] },
  budgets: [{ id: 'all', scope: 'global', limit_usd: '5', period: 'day' }],
};

describe('what was written', () => {
  it('leaves out defaults that were filled in', () => {
    expect(writtenTree(config, origins)).toEqual(written);
  });

  it('takes entries of a list without places as they are', () => {
    const long = { masking: { terms: [{ term: 'A', whole_word: true }] } };
    expect(writtenTree(long, originsOf('/masking', '/masking/terms'))).toEqual(long);
  });
});

describe('an edit and its inverse', () => {
  const cases: readonly (readonly [name: string, edits: readonly ConfigEdit[]])[] = [
    ['sets what was written', [{ op: 'set', path: ['masking', 'enabled'], value: false }]],
    ['sets what was a default', [{ op: 'set', path: ['masking', 'detectors'], value: ['email'] }]],
    ['makes a section', [{ op: 'set', path: ['logging', 'content'], value: 'off' }]],
    ['makes a list with its first entry', [{ op: 'insert', path: ['firewall', 0], value: { id: 'x' } }]],
    ['inserts in the middle', [{ op: 'insert', path: ['masking', 'terms', 1], value: 'Kestrel' }]],
    ['removes from a list', [{ op: 'remove', path: ['masking', 'terms', 0] }]],
    ['removes a name', [{ op: 'remove', path: ['masking', 'enabled'] }]],
    ['moves', [{ op: 'move', path: ['masking', 'terms', 0], to: 1 }]],
    [
      'makes several after each other',
      [
        { op: 'insert', path: ['masking', 'terms', 2], value: 'Kestrel' },
        { op: 'move', path: ['masking', 'terms', 2], to: 0 },
        { op: 'remove', path: ['masking', 'terms', 1] },
        { op: 'set', path: ['budgets', 0, 'limit_usd'], value: '7.50' },
        { op: 'set', path: ['budgets', 0, 'action'], value: 'ask' },
      ],
    ],
  ];

  it.each(cases)('%s and comes back', (_name, edits) => {
    const changed = edits.reduce<unknown>(applied, written);
    expect(changed).not.toEqual(written);
    expect(inverseOf(edits, config, origins).reduce<unknown>(applied, changed)).toEqual(written);
  });
});

describe('origins', () => {
  it('says nothing of a default', () => {
    expect(originAt(origins, ['masking', 'restore'])).toBeUndefined();
  });

  it('says who wrote a value, with what is locked above it', () => {
    expect(originAt(origins, ['masking', 'enabled'])).toBe(you);
    expect(originAt({ ...origins, '/masking': team }, ['masking', 'enabled'])).toBe(team);
    expect(originAt({ ...origins, '/masking': team }, ['masking', 'restore'])).toBe(team);
  });

  it('writes names with slashes as JSON Pointer does', () => {
    expect(pointerOf(['pricing', 'a/b~c', 0])).toBe('/pricing/a~1b~0c/0');
  });
});

describe('problems', () => {
  it('stand beside their fields, with what mends them', () => {
    const base = { file: 'sluice.yaml', line: 1, column: 1 };
    const problems = [
      { ...base, path: 'firewall[1].pattern', problem: 'the pattern is none', mend: 'Write it in RE2 syntax' },
      { ...base, path: 'firewall[1]', problem: 'looks for nothing', mend: '' },
      { ...base, path: 'budgets[0].id', problem: 'is taken', mend: '' },
    ];
    expect(spelt(['firewall', 1])).toBe('firewall[1]');
    expect([...problemsUnder(problems, ['firewall', 1])]).toEqual([
      ['pattern', 'The pattern is none. Write it in RE2 syntax.'],
      ['', 'Looks for nothing.'],
    ]);
  });
});
