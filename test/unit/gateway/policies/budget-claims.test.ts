import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  isShared,
  type BudgetedSpender,
  type BudgetedTarget,
} from '../../../../main/gateway/policies/budget-claims.ts';
import type { Budget } from '../../../../main/gateway/ports.ts';
import { budget } from './budgets.ts';

const dana: BudgetedSpender = {
  key: { id: 'ide', name: 'Dana’s editor' },
  client: 'claude-code',
  user: 'dana',
  team: 'core',
  session: 'claude-code:s1',
  tag: (name) => ({ project: 'web-shop' })[name],
};
const stranger: BudgetedSpender = {
  ...{ key: { id: 'ci', name: 'ci' }, client: undefined, user: undefined, team: undefined, session: 'key:ci' },
  tag: () => undefined,
};
const sonnet = { providerId: 'anthropic', model: 'claude-sonnet-4-5' };

/** The subject it is counted under; `null`: it is not counted. */
function subject(
  parts: Partial<Budget>,
  spender: BudgetedSpender,
  target: BudgetedTarget | undefined = sonnet,
): string | null {
  return claimsOf([[budget(parts)]], spender, target, () => true)[0]?.subject ?? null;
}

describe('claimsOf', () => {
  it.each<[Partial<Budget>, string | null, string | null]>([
    [{ scope: 'global' }, '', ''],
    // Each his own sum; who has no name shares one with his like, and never goes uncounted.
    [{ scope: 'key' }, 'ide', 'ci'],
    [{ scope: 'client' }, 'claude-code', '-'],
    [{ scope: 'user' }, 'dana', '-'],
    [{ scope: 'team' }, 'core', '-'],
    [{ scope: 'provider' }, 'anthropic', 'anthropic'],
    [{ scope: 'model' }, 'anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    [{ scope: 'session' }, 'ide/claude-code:s1', 'key:ci'],
    // One sum for all who fit.
    [{ scope: 'key', match: 'ide' }, '', null],
    [{ scope: 'key', match: 'Dana*' }, '', null],
    [{ scope: 'client', match: 'claude-*' }, '', null],
    [{ scope: 'client', match: '*' }, '', ''],
    [{ scope: 'user', match: 'dan' }, null, null],
    [{ scope: 'user', match: '*' }, '', ''],
    [{ scope: 'team', match: 'core' }, '', null],
    [{ scope: 'team', match: '-' }, null, null],
    [{ scope: 'provider', match: 'anth*' }, '', ''],
    [{ scope: 'provider', match: 'openai' }, null, null],
    [{ scope: 'model', match: 'anthropic/*' }, '', ''],
    [{ scope: 'model', match: 'claude-sonnet-*' }, '', ''],
    [{ scope: 'model', match: 'Anthropic/Claude-SONNET-*' }, '', ''],
    [{ scope: 'model', match: 'sonnet' }, null, null],
    [{ scope: 'session', match: 'claude-code:*' }, '', null],
    [{ scope: 'session', match: 'ide/*' }, '', null],
    [{ scope: 'tag', match: 'project' }, '', null],
    [{ scope: 'tag', match: 'project=web-*' }, '', null],
    [{ scope: 'tag', match: 'project=web' }, null, null],
    [{ scope: 'tag' }, '', ''],
    // For a session: each has its own sum, whatever else it is for.
    [{ scope: 'global', period: 'session' }, 'ide/claude-code:s1', 'key:ci'],
    [{ scope: 'key', match: 'ide', period: 'session' }, 'ide/claude-code:s1', null],
    [{ scope: 'team', period: 'session' }, 'ide/claude-code:s1', 'key:ci'],
    [{ scope: 'session', period: 'session' }, 'ide/claude-code:s1', 'key:ci'],
    [{ scope: 'session', match: 'key:*', period: 'session' }, null, 'key:ci'],
    [{ scope: 'provider', period: 'session' }, 'anthropic ide/claude-code:s1', 'anthropic key:ci'],
    [{ scope: 'provider', match: '*', period: 'session' }, 'ide/claude-code:s1', 'key:ci'],
  ])('%j counts Dana under %j and a stranger under %j', (parts, ofDana, ofStranger) => {
    expect(subject(parts, dana)).toBe(ofDana);
    expect(subject(parts, stranger)).toBe(ofStranger);
  });

  it('leaves out providers and models where there is no target yet', () => {
    const budgets = [budget({ id: 'a', scope: 'provider' }), budget({ id: 'b', scope: 'model', match: '*' }), budget()];
    const claims = claimsOf([budgets], dana, undefined, () => true);
    expect(claims.map((claim) => claim.budget.id)).toEqual(['all-day']);
  });

  it('takes the lists in their order, and no list for an empty one', () => {
    const own = budget({ id: 'key:ide:day', scope: 'key', match: 'ide' });
    const team = budget({ id: 'team:core:day', scope: 'team', match: 'core' });
    const claims = claimsOf([[budget()], undefined, [own], [team]], dana, sonnet, () => true);
    expect(claims.map((claim) => claim.budget.id)).toEqual(['all-day', 'key:ide:day', 'team:core:day']);
  });

  it('asks the condition last, and only of what would count otherwise', () => {
    const asked: unknown[] = [];
    const lists = [
      [
        budget({ id: 'a', when: { client: ['x'] } }),
        budget({ id: 'b', scope: 'key', match: 'other', when: { client: ['y'] } }),
      ],
    ];
    const claims = claimsOf(lists, dana, sonnet, (condition) => {
      asked.push(condition);
      return false;
    });
    expect(claims).toEqual([]);
    expect(asked).toEqual([{ client: ['x'] }]);
  });

  it('does not find out the session unless a budget is for sessions', () => {
    const spender = {
      ...dana,
      get session(): string {
        throw new Error('asked for');
      },
    };
    expect(claimsOf([[budget(), budget({ scope: 'key' })]], spender, sonnet, () => true)).toHaveLength(2);
  });

  it('keeps names short, and nobody uncounted for a long one', () => {
    expect(subject({ scope: 'user' }, { ...dana, user: 'x'.repeat(5_000) })).toBe('x'.repeat(200));
  });
});

describe('isShared', () => {
  it.each<[Partial<Budget>, boolean]>([
    [{ scope: 'global' }, true],
    [{ scope: 'tag', match: 'project' }, true],
    [{ scope: 'key', match: 'ide' }, true],
    [{ scope: 'key' }, false],
    [{ scope: 'session' }, false],
    [{ scope: 'global', period: 'session' }, false],
    [{ scope: 'key', match: 'ide', period: 'session' }, false],
  ])('%j: %j', (parts, shared) => {
    expect(isShared(budget(parts))).toBe(shared);
  });
});

describe('a budget of a bundle', () => {
  const renamed = { providerId: 'mine', model: 'gpt-5', vendor: 'openai' };

  it('counts a vendor under whatever name its owner gave it, and in one sum', () => {
    const of = (parts: Partial<Budget>): string | null => subject({ byVendor: true, ...parts }, dana, renamed);
    expect(of({ scope: 'provider', match: 'openai' })).toBe('');
    expect(of({ scope: 'provider', match: 'mine' })).toBe('');
    expect(of({ scope: 'provider' })).toBe('openai');
    expect(of({ scope: 'model', match: 'openai/gpt-*' })).toBe('');
    expect(of({ scope: 'model' })).toBe('openai/gpt-5');
    expect(subject({ scope: 'provider', match: 'openai' }, dana, renamed)).toBeNull();
    expect(subject({ scope: 'provider' }, dana, renamed)).toBe('mine');
  });
});

it('counts a model in every spelling that reaches it', () => {
  const spelt = { providerId: 'gemini', model: 'models/gemini-2.5-pro' };
  expect(subject({ scope: 'model', match: 'gemini/gemini-2.5-pro' }, dana, spelt)).toBe('');
  expect(subject({ scope: 'model', match: 'gemini-2.5-*' }, dana, spelt)).toBe('');
  expect(subject({ scope: 'model' }, dana, spelt)).toBe('gemini/gemini-2.5-pro');
});
