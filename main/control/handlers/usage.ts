/** Answers about usage. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { Handlers } from './handler.ts';

export function usageHandlers(ledger: LedgerQueries): Handlers {
  return {
    'usage.query': (query) => {
      checkTimeZone(query.timezone);
      return ledger.usage(query);
    },
    'usage.latency': (query) => {
      checkTimeZone(query.timezone);
      return ledger.latency(query);
    },
    'usage.series': (query) => {
      checkTimeZone(query.timezone);
      return ledger.series(query);
    },
  };
}

/** Throws `control.invalid_input` for a zone that nobody knows. */
export function checkTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    throw new GatewayError('control.invalid_input', `"${name}" is no time zone: give a name such as Europe/Berlin.`);
  }
}
