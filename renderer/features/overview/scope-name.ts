/** Whom a budget counts, in words. */
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { useText } from '../../text/text.ts';

export function useScopeName(): (entry: Pick<BudgetEntry, 'scope' | 'subject' | 'match'>) => string {
  const { t } = useText();
  return ({ scope, subject, match }) =>
    scope === 'global' ? t('overview.spend.everything') : (subject ?? match ?? scope);
}
