/** A filter in words: `Key: ide`, `At least $0.10`. */
import type { MessageKey, Text } from '../../text/text.ts';
import type { Outcome } from '../../../shared/contract/words.ts';
import type { FilterName } from './filters.ts';
import { outcomeLabels } from './outcome.tsx';

export const filterLabels: Readonly<Record<FilterName, MessageKey>> = {
  key: 'traffic.filter.key',
  client: 'traffic.filter.client',
  user: 'traffic.filter.user',
  team: 'traffic.filter.team',
  session: 'traffic.filter.session',
  model: 'traffic.filter.model',
  provider: 'traffic.filter.provider',
  target: 'traffic.filter.target',
  error: 'traffic.filter.error',
  rule: 'traffic.filter.rule',
  firewall: 'traffic.filter.firewall',
  status: 'traffic.filter.status',
  outcome: 'traffic.filter.outcome',
  masked: 'traffic.filter.masked',
  stream: 'traffic.filter.stream',
  cached: 'traffic.filter.cached',
  losses: 'traffic.filter.losses',
  min_cost_usd: 'traffic.filter.min_cost_usd',
  min_duration_ms: 'traffic.filter.min_duration_ms',
  q: 'traffic.filter.q',
};

export function filterText(name: FilterName, value: string, text: Text): string {
  return text.t('traffic.filter.said', { name: text.t(filterLabels[name]), value: valueText(name, value, text) });
}

function valueText(name: FilterName, value: string, { t, money, duration }: Text): string {
  if (value === '*') return t('traffic.filter.any');
  if (value === 'true' || value === 'false') return t(value === 'true' ? 'common.yes' : 'common.no');
  if (name === 'outcome') return t(outcomeLabels[value as Outcome]);
  if (name === 'min_cost_usd') return `≥ ${money(value)}`;
  if (name === 'min_duration_ms') return `≥ ${duration(Number(value))}`;
  return value;
}
