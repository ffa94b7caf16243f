/** The German catalogue. */
import { clientsDe } from './de/clients.ts';
import { overviewDe } from './de/overview.ts';
import { playgroundDe } from './de/playground.ts';
import { policiesDe } from './de/policies.ts';
import { providersDe } from './de/providers.ts';
import { routesDe } from './de/routes.ts';
import { settingsDe } from './de/settings.ts';
import { shellDe } from './de/shell.ts';
import { trafficDe } from './de/traffic.ts';
import { usageDe } from './de/usage.ts';
import { welcomeDe } from './de/welcome.ts';
import type { Messages } from './messages.ts';

export const de: Messages = {
  ...shellDe,
  ...overviewDe,
  ...trafficDe,
  ...usageDe,
  ...clientsDe,
  ...providersDe,
  ...routesDe,
  ...policiesDe,
  ...playgroundDe,
  ...settingsDe,
  ...welcomeDe,
};
