/** The one suggestion at the end of the first minutes: a daily budget and the masking of secrets, as edits of the config. */
import type { ConfigEdit } from '../../../shared/contract/config.ts';
import { valueAt, type Origins } from '../../state/config-tree.ts';

/** The limit in dollars of a budget for everything of a day; `undefined` when there is none. */
export function dailyLimit(config: unknown): string | undefined {
  const budgets = valueAt(config, ['budgets']);
  if (!Array.isArray(budgets)) return undefined;
  const daily: unknown = budgets.find(
    (one) => valueAt(one, ['scope']) === 'global' && valueAt(one, ['period']) === 'day',
  );
  const limit = valueAt(daily, ['limit_usd']);
  return typeof limit === 'string' || typeof limit === 'number' ? String(limit) : undefined;
}

export function masksAlready(config: unknown): boolean {
  return valueAt(config, ['masking', 'enabled']) === true;
}

/** What people write as an amount: `10`, `7,50`. `undefined`: it is none, or nothing. */
export function amountOf(text: string): string | undefined {
  const amount = text.trim().replace(',', '.');
  return /^\d{1,9}(?:\.\d{1,2})?$/.test(amount) && Number(amount) > 0 ? amount : undefined;
}

export function budgetEdit(config: unknown, amount: string): ConfigEdit {
  const budgets = valueAt(config, ['budgets']);
  const count = Array.isArray(budgets) ? budgets.length : 0;
  const ids = Array.isArray(budgets) ? budgets.map((one) => valueAt(one, ['id'])) : [];
  const value = {
    id: freeId(ids),
    scope: 'global',
    limit_usd: amount,
    period: 'day',
    alert_at: [0.8, 1],
    action: 'reject',
  };
  return { op: 'insert', path: ['budgets', count], value };
}

function freeId(taken: readonly unknown[]): string {
  let number = 1;
  const id = (): string => (number === 1 ? 'daily' : `daily-${number}`);
  while (taken.includes(id())) number += 1;
  return id();
}

/** Kinds that somebody chose stay chosen. */
export function maskingEdits(origins: Origins): readonly ConfigEdit[] {
  const enable: ConfigEdit = { op: 'set', path: ['masking', 'enabled'], value: true };
  const hasKinds = Object.keys(origins).some(
    (at) => at === '/masking/detectors' || at.startsWith('/masking/detectors/'),
  );
  return hasKinds ? [enable] : [enable, { op: 'set', path: ['masking', 'detectors'], value: ['secrets'] }];
}

/** Shaped like an access key of AWS, and none. */
export const sampleSecret = ['AK', 'IA', 'Z7QYHJ4M', 'W2K5RTBN'].join('');
