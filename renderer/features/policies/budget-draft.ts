/** A budget while it is edited, and what the file says of it. */
import type { BudgetSettings } from '../../../shared/config/policy.ts';
import type { budgetScopes } from '../../../shared/contract/words.ts';
import type { Period } from './windows.ts';

export type Scope = (typeof budgetScopes)[number];
export type ActionWord = 'alert' | 'reject' | 'ask' | 'downgrade';

/** As it is typed: text where a figure may be half written. */
export interface BudgetDraft {
  readonly id: string;
  readonly scope: Scope;
  readonly match: string;
  readonly limit: string;
  readonly period: Period;
  readonly timezone: string;
  readonly resetDay: string;
  /** `80, 100`: per cent of the limit. */
  readonly alertAt: string;
  readonly action: ActionWord;
  /** Where `downgrade` goes. */
  readonly alias: string;
  /** The file has a condition, which stays. */
  readonly hasCondition: boolean;
}

export const freshBudget: BudgetDraft = {
  ...{ id: '', scope: 'global', match: '', limit: '10.00', period: 'day', timezone: '', resetDay: '' },
  ...{ alertAt: '80, 100', action: 'reject', alias: '', hasCondition: false },
};

export function draftOfBudget(budget: BudgetSettings): BudgetDraft {
  const { id, scope, match = '', limit_usd, period, timezone = '', reset_day, alert_at, action, when } = budget;
  const [word = 'reject', ...alias] = action.split(':');
  return {
    ...{ id, scope, match, limit: limit_usd, period, timezone },
    resetDay: reset_day === undefined ? '' : String(reset_day),
    alertAt: alert_at.map((share) => String(Math.round(share * 10_000) / 100)).join(', '),
    action: word as ActionWord,
    alias: alias.join(':'),
    hasCondition: when !== undefined,
  };
}

/** A share for each per cent that is written; what is no number is passed on, so that the check of the file names it. */
export function sharesOf(text: string): readonly (number | string)[] {
  return text
    .split(/[,;\s]+/)
    .map((part) => part.replace(/%$/, ''))
    .filter((part) => part !== '')
    .map((part) => (Number.isFinite(Number(part)) ? Math.round(Number(part) * 100) / 10_000 : part));
}

function resetMatters(period: Period): boolean {
  return period === 'week' || period === 'month';
}

/** What belongs to the limit wherever it stands: here, or with a key. Defaults are not written. */
export function limitFields(draft: BudgetDraft): Record<string, unknown> {
  const { limit, period, timezone, resetDay, alertAt, action, alias } = draft;
  const shares = sharesOf(alertAt);
  const isUsual = JSON.stringify(shares) === '[0.8,1]';
  return {
    limit_usd: limit.trim(),
    period,
    ...(timezone.trim() === '' ? {} : { timezone: timezone.trim() }),
    ...(resetDay.trim() === '' || !resetMatters(period) ? {} : { reset_day: Number(resetDay) }),
    ...(isUsual ? {} : { alert_at: shares }),
    ...(action === 'reject' ? {} : { action: action === 'downgrade' ? `downgrade:${alias.trim()}` : action }),
  };
}

/** `before`: what is there in the file, whose condition stays. */
export function budgetOfDraft(draft: BudgetDraft, before?: BudgetSettings): Record<string, unknown> {
  const { id, scope, match } = draft;
  return {
    id: id.trim(),
    scope,
    ...(match.trim() === '' || scope === 'global' ? {} : { match: match.trim() }),
    ...(before?.when === undefined ? {} : { when: before.when }),
    ...limitFields(draft),
  };
}

/** An id that nothing has yet: `global-day`, `global-day-2`. */
export function freshId(wanted: string, taken: readonly string[]): string {
  const base =
    wanted
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 56) || 'rule';
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.includes(`${base}-${number}`)) return `${base}-${number}`;
}
