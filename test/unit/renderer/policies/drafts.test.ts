/** What forms make of the file, and back. */
import { describe, expect, it } from 'vitest';
import {
  budgetOfDraft,
  draftOfBudget,
  freshBudget,
  freshId,
} from '../../../../renderer/features/policies/budget-draft.ts';
import { draftOfKey, draftProblems, freshKey, settingsOf } from '../../../../renderer/features/policies/key-draft.ts';
import {
  kindGroups,
  kindMode,
  withMode,
  writtenDetectors,
} from '../../../../renderer/features/policies/masking-modes.ts';
import { countsOf, piecesOf } from '../../../../renderer/features/policies/sample.ts';
import type { BudgetSettings } from '../../../../shared/config/policy.ts';
import type { KeyEntry } from '../../../../shared/contract/keys.ts';
import type { FoundEntry } from '../../../../shared/contract/policy.ts';
import { foundKinds } from '../../../../shared/domain/masking.ts';

describe('a budget', () => {
  it('is written without what is a default', () => {
    expect(budgetOfDraft({ ...freshBudget, id: 'all' })).toEqual({
      ...{ id: 'all', scope: 'global', limit_usd: '10.00', period: 'day' },
    });
  });

  it('comes back from its form as it was', () => {
    const written: BudgetSettings = {
      id: 'core',
      scope: 'team',
      match: 'core',
      limit_usd: '20',
      period: 'month',
      timezone: 'Europe/Berlin',
      reset_day: 15,
      alert_at: [0.5, 0.925],
      action: 'downgrade:cheap',
      when: { has: ['tools'] },
    };
    expect(budgetOfDraft(draftOfBudget(written), written)).toEqual(written);
  });

  it('gets an id that nothing has', () => {
    expect(freshId('global day', ['global-day'])).toBe('global-day-2');
    expect(freshId('***', [])).toBe('rule');
  });
});

const key: KeyEntry = {
  ...{ id: 'ide', name: 'IDE', state: 'active', expires_at: null, previous_until: null, origin: 'sluice.yaml, line 3' },
  ...{ allowed_models: ['*'], denied_models: [], allowed_providers: ['*'], denied_providers: [] },
  ...{ allowed_surfaces: ['*'], denied_surfaces: [], allowed_origins: [] },
  budgets: [
    {
      ...{ id: 'key:ide:day', limit_usd: '2', period: 'day', timezone: 'UTC' },
      reset_day: null,
      alert_at: [1],
      action: 'ask',
    },
    {
      ...{ id: 'key:ide:hour', limit_usd: '1', period: 'hour', timezone: null },
      reset_day: null,
      alert_at: [1],
      action: 'reject',
    },
  ],
  rate_limits: { rpm: 60, tpm: null, max_parallel_requests: null },
  metadata: { client: 'IDE', team: 'core' },
};

describe('a key', () => {
  it('keeps budgets that the form does not show, and what else is set of those it does', () => {
    const { budgets } = settingsOf({ ...draftOfKey(key), perDay: '3', perMonth: '30' }, key);
    expect(budgets).toEqual([
      { limit_usd: '3', period: 'day', timezone: 'UTC', alert_at: [1], action: 'ask' },
      { limit_usd: '1', period: 'hour', alert_at: [1], action: 'reject' },
      { period: 'month', limit_usd: '30' },
    ]);
  });

  it('takes back what was emptied', () => {
    const settings = settingsOf({ ...draftOfKey(key), perDay: '', rpm: '', team: '' }, key);
    expect(settings).toMatchObject({ rpm: null, metadata: { client: 'IDE', team: null } });
    expect(settings.budgets).toHaveLength(1);
    expect(settings).not.toHaveProperty('expires_at');
  });

  it('says which fields cannot be sent', () => {
    expect(draftProblems({ ...freshKey, name: ' ', perDay: '-1', rpm: '1.5', tpm: '10' })).toEqual([
      'name',
      'perDay',
      'rpm',
    ]);
  });
});

describe('modes of kinds', () => {
  const detectors = ['email' as const, { id: 'national_id', mode: 'block', restore: false, replace: 'tag' } as const];

  it('go with the kind that covers them, unless named', () => {
    expect(kindMode(detectors, 'email')).toEqual({ mode: 'mask', named: true, as: undefined });
    expect(kindMode(detectors, 'passport')).toEqual({ mode: 'block', named: false, as: 'national_id' });
    expect(kindMode(detectors, 'phone').mode).toBe('off');
    expect(kindMode(detectors, 'terms', true).mode).toBe('mask');
  });

  it('change for one kind alone, and what else is said of it stays', () => {
    expect(writtenDetectors(withMode(detectors, 'national_id', 'mask'))).toEqual([
      'email',
      { id: 'national_id', restore: false },
    ]);
    expect(writtenDetectors(withMode(detectors, 'phone', 'warn')).at(-1)).toEqual({ id: 'phone', mode: 'warn' });
    expect(writtenDetectors(withMode(detectors, 'email', 'off'))).toEqual([
      { id: 'national_id', mode: 'block', restore: false },
    ]);
  });

  it('have a row for every kind there is', () => {
    expect(kindGroups.flatMap(({ kinds }) => kinds).toSorted()).toEqual(foundKinds.toSorted());
  });

  it('stay named where leaving would change another kind', () => {
    expect(writtenDetectors(withMode(['national_id'], 'national_id', 'off'))).toEqual([
      { id: 'national_id', mode: 'off' },
    ]);
    expect(writtenDetectors(withMode(['national_id'], 'passport', 'off'))).toEqual([
      'national_id',
      { id: 'passport', mode: 'off' },
    ]);
  });
});

describe('a sample', () => {
  const found = (more: Partial<FoundEntry>): FoundEntry => ({
    ...{ kind: 'email', what: 'email', start: 3, end: 6, mode: 'mask', placeholder: 'EMAILx' },
    ...more,
  });

  it('is cut where something was found', () => {
    const pieces = piecesOf(
      'to a@b, +49',
      [found({ kind: 'phone', start: 8, end: 11, mode: 'warn', placeholder: null }), found({})],
      'to EMAILx, +49',
    );
    expect(pieces?.map(({ text, found: one }) => [text, one?.original])).toEqual([
      ['to ', undefined],
      ['EMAILx', 'a@b'],
      [', ', undefined],
      ['+49', '+49'],
    ]);
  });

  it('is not cut where the pieces would not be what leaves', () => {
    expect(piecesOf('to a@b', [found({})], 'to something else')).toBeUndefined();
    expect(countsOf([found({}), found({ kind: 'phone' }), found({})])).toEqual([
      ['email', 2],
      ['phone', 1],
    ]);
  });
});
