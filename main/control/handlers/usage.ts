/** Answers about usage. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { Handlers } from './handler.ts';

export function usageHandlers(ledger: LedgerQueries): Handlers {
  return {
    'usage.query': (query) => {
      if (!isTimeZone(query.timezone)) {
        throw new GatewayError(
          'control.invalid_input',
          `"${query.timezone}" is no time zone: give a name such as Europe/Berlin.`,
        );
      }
      return ledger.usage(query);
    },
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
