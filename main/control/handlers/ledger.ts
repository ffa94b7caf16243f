/** Answers about the ledger itself. */
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { Handlers } from './handler.ts';

export function ledgerHandlers(ledger: LedgerQueries): Handlers {
  return {
    'ledger.size': () => ledger.size(),
    'ledger.check': async () => ({ findings: [...(await ledger.check())] }),
  };
}
