/** One exchange, whole, as it is opened: from the ledger, and from the events while it runs. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useCall, type CallFailure } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';

export type Exchange = CallOutput<'traffic.get'>;

export interface OpenedExchange {
  /** The newest that is known; `undefined` while nothing is. */
  readonly entry: ExchangeEntry | undefined;
  /** `undefined` while it is asked for, and of one that the ledger does not have yet. */
  readonly whole: Exchange | undefined;
  readonly error: CallFailure | null;
  readonly retry: () => void;
}

/** `known`: the row of the list, where there is one. */
export function useExchange(requestId: string, known: ExchangeEntry | undefined): OpenedExchange {
  const queries = useQueryClient();
  const query = useCall('traffic.get', { request_id: requestId, arithmetic: true });
  const live = useLive((state) => state.recent.find(({ request_id }) => request_id === requestId));
  const newest = live ?? known;
  const hasEnded = newest !== undefined && newest.outcome !== 'open';
  const whole = query.data;
  const isOld = hasEnded && (whole?.entry.outcome === 'open' || query.error?.error.code === 'control.not_found');
  useEffect(() => {
    if (!isOld) return;
    // The ledger writes a moment after the end.
    const timer = setInterval(() => {
      void queries.invalidateQueries({ queryKey: ['traffic.get', { request_id: requestId, arithmetic: true }] });
    }, 400);
    const end = setTimeout(() => clearInterval(timer), 4_000);
    return () => {
      clearInterval(timer);
      clearTimeout(end);
    };
  }, [isOld, queries, requestId]);
  const isWaiting = newest !== undefined && (newest.outcome === 'open' || isOld);
  return {
    entry: isOld || whole === undefined ? newest : whole.entry,
    whole,
    error: isWaiting ? null : query.error,
    retry: () => void query.refetch(),
  };
}
