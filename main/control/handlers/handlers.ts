/** The table of handlers: for each call, who answers it. */
import type { ControlNeeds } from '../needs.ts';
import { appHandlers } from './app.ts';
import { budgetHandlers } from './budgets.ts';
import { configHandlers } from './config.ts';
import type { Handlers } from './handler.ts';
import { keyHandlers } from './keys.ts';
import { ledgerHandlers } from './ledger.ts';
import { policyHandlers } from './policy.ts';
import { routeHandlers } from './route.ts';
import { secretHandlers } from './secrets.ts';
import { trafficHandlers } from './traffic.ts';
import { usageHandlers } from './usage.ts';

export function createHandlers(needs: ControlNeeds): Handlers {
  return {
    ...appHandlers(needs),
    ...budgetHandlers(needs.running?.budgets),
    ...configHandlers(needs.config),
    ...keyHandlers(needs.config),
    ...ledgerHandlers(needs.ledger),
    ...policyHandlers(needs),
    ...routeHandlers(needs),
    ...secretHandlers(needs.config),
    ...trafficHandlers(needs.ledger),
    ...usageHandlers(needs.ledger),
  };
}
