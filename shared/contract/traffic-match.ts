/** The filter of the log for entries that arrive, as the ledger has it for those that are kept. */
import { usdToPico } from '../domain/money.ts';
import type { ExchangeEntry, TrafficFilter } from './traffic.ts';

/** Whether an entry is one of those that are asked for. */
export function matchesFilter(entry: ExchangeEntry, filter: TrafficFilter): boolean {
  const [provider, model] = splitTarget(entry.target);
  const same = (asked: unknown, value: unknown): boolean => asked === undefined || asked === value;
  return (
    same(filter.key, entry.key) &&
    same(filter.client, entry.client) &&
    same(filter.user, entry.user) &&
    same(filter.team, entry.team) &&
    same(filter.session, entry.session) &&
    (filter.model === undefined || model === filter.model || entry.model_asked === filter.model) &&
    same(filter.provider, provider) &&
    same(filter.target, entry.target) &&
    same(filter.outcome, entry.outcome) &&
    same(filter.stream, entry.stream) &&
    same(filter.cached, entry.cache !== null) &&
    same(filter.losses, entry.losses.length > 0) &&
    fitsStatus(entry, filter.status) &&
    (filter.error === '*' ? isError(entry) : same(filter.error, entry.error)) &&
    (filter.rule === '*' ? entry.rule !== null : same(filter.rule, entry.rule)) &&
    same(filter.masked, entry.masked > 0) &&
    (filter.firewall === undefined || hasRule(entry, filter.firewall)) &&
    (filter.min_duration_ms === undefined || (entry.duration_ms ?? -1) >= filter.min_duration_ms) &&
    (filter.min_cost_usd === undefined || costs(entry, filter.min_cost_usd)) &&
    (filter.q === undefined || hasText(entry, filter.q))
  );
}

/** Broken, as told apart from cancelled: a client that left is no error. */
function isError({ outcome, error, status }: ExchangeEntry): boolean {
  if (outcome === 'aborted') return false;
  return error !== null || outcome === 'failed' || outcome === 'incomplete' || (status !== null && status >= 400);
}

function fitsStatus({ status }: ExchangeEntry, asked: TrafficFilter['status']): boolean {
  if (asked === undefined || status === asked) return true;
  return typeof asked === 'string' && status !== null && Math.floor(status / 100) === Number(asked[0]);
}

function hasRule({ firewall }: ExchangeEntry, asked: string): boolean {
  return firewall !== null && (asked === '*' || firewall.rules.includes(asked));
}

function costs({ cost_usd }: ExchangeEntry, least: string): boolean {
  const [cost, asked] = [cost_usd === null ? undefined : usdToPico(cost_usd), usdToPico(least)];
  return cost !== undefined && asked !== undefined && cost >= asked;
}

function hasText(entry: ExchangeEntry, text: string): boolean {
  const wanted = text.toLowerCase();
  const { model_asked, target, error, client, key, session } = entry;
  return (
    entry.request_id.startsWith(text) ||
    [model_asked, target, error, client, key, session].some((value) => value?.toLowerCase().includes(wanted) === true)
  );
}

function splitTarget(target: string | null): [string | undefined, string | undefined] {
  const slash = target?.indexOf('/') ?? -1;
  return target === null || slash < 0 ? [undefined, undefined] : [target.slice(0, slash), target.slice(slash + 1)];
}
