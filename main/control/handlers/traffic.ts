/** Answers about single exchanges. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { Handlers } from './handler.ts';

export function trafficHandlers(ledger: LedgerQueries): Handlers {
  return {
    'traffic.list': (query) => ledger.log(query),
    'traffic.get': async ({ request_id }) => {
      const found = await ledger.byRequestId(request_id);
      if (found !== undefined) return found;
      throw noSuchExchange(request_id);
    },
  };
}

export function noSuchExchange(requestId: string): GatewayError {
  return new GatewayError(
    'control.not_found',
    `There is no exchange "${requestId}", or it was deleted by retention. \`sluice log --json\` shows the ids of those that are kept.`,
  );
}
