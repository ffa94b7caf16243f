/** The table of handlers: for each call, who answers it. */
import type { ControlNeeds } from '../needs.ts';
import { appHandlers } from './app.ts';
import { budgetHandlers } from './budgets.ts';
import { bundleHandlers } from './bundles.ts';
import { clientHandlers } from './clients.ts';
import { configHandlers } from './config.ts';
import { desktopHandlers } from './desktop.ts';
import type { Handlers } from './handler.ts';
import { keyHandlers } from './keys.ts';
import { ledgerHandlers } from './ledger.ts';
import { modelHandlers } from './models.ts';
import { playgroundHandlers } from './playground.ts';
import { policyHandlers } from './policy.ts';
import { providerTestHandlers } from './provider-test.ts';
import { providerHandlers } from './providers.ts';
import { replayHandlers } from './replay.ts';
import { routeHandlers } from './route.ts';
import { secretHandlers } from './secrets.ts';
import { setupHandlers } from './setup.ts';
import { snapshotHandlers } from './snapshot.ts';
import { trafficHandlers } from './traffic.ts';
import { usageHandlers } from './usage.ts';

export function createHandlers(needs: ControlNeeds): Handlers {
  return {
    ...appHandlers(needs),
    ...budgetHandlers(needs.running?.budgets),
    ...bundleHandlers(needs),
    ...clientHandlers(needs),
    ...configHandlers(needs.config),
    ...desktopHandlers(needs),
    ...keyHandlers(needs.config),
    ...ledgerHandlers(needs.ledger),
    ...modelHandlers(needs),
    ...playgroundHandlers(needs),
    ...policyHandlers(needs),
    ...providerHandlers(needs),
    ...providerTestHandlers(needs),
    ...replayHandlers(needs),
    ...routeHandlers(needs),
    ...secretHandlers(needs),
    ...setupHandlers(needs),
    ...snapshotHandlers(needs),
    ...trafficHandlers(needs.ledger),
    ...usageHandlers(needs.ledger),
  };
}
