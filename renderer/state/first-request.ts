/** The first request that comes with a key after it was handed out. */
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import { useCall } from '../bridge/hooks.ts';
import { useLive } from './live.ts';

/**
 * What came with this key since the request `before`, of a list that has the newest first: the newest that asks for a model, else
 * the newest. `undefined` while nothing came.
 */
export function newestOf(
  entries: readonly ExchangeEntry[],
  key: string,
  before: string | null,
): ExchangeEntry | undefined {
  const own = entries.filter((entry) => entry.key === key);
  const end = own.findIndex(({ request_id: id }) => id === before);
  const fresh = end === -1 ? own : own.slice(0, end);
  return fresh.find(({ model_asked: model }) => model !== null) ?? fresh[0];
}

/** Follows it live; what came while nobody listened is asked for. `key` undefined: nothing is waited for. */
export function useFirstRequest(key: string | undefined, before: string | null): ExchangeEntry | undefined {
  const live = useLive(({ recent }) => (key === undefined ? undefined : newestOf(recent, key, before)));
  const kept = useCall(
    'traffic.list',
    { limit: 20, filter: key === undefined ? {} : { key } },
    { enabled: key !== undefined && live === undefined },
  );
  if (live !== undefined || key === undefined) return live;
  return newestOf(kept.data?.entries ?? [], key, before);
}

/** The answer is there, and it is one. */
export function hasWorked({ outcome, status }: Pick<ExchangeEntry, 'outcome' | 'status'>): boolean {
  return outcome !== 'open' && outcome !== 'failed' && status !== null && status < 400;
}
