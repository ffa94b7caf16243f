/** The German catalogue. */
import { desktopDe } from '../../shared/text/desktop.ts';
import { clientsDe } from './de/clients.ts';
import { linksDe } from './de/links.ts';
import { lockedDe } from './de/locked.ts';
import { overviewDe } from './de/overview.ts';
import { playgroundDe } from './de/playground.ts';
import { policiesDe } from './de/policies.ts';
import { providersDe } from './de/providers.ts';
import { routesDe } from './de/routes.ts';
import { settingsDe } from './de/settings.ts';
import { shellDe } from './de/shell.ts';
import { teamDe } from './de/team.ts';
import { trafficDe } from './de/traffic.ts';
import { usageDe } from './de/usage.ts';
import { welcomeDe } from './de/welcome.ts';
import type { Messages } from './messages.ts';

export { saidDe } from './de/said.ts';

export const de: Messages = {
  ...shellDe,
  ...overviewDe,
  ...trafficDe,
  ...usageDe,
  ...clientsDe,
  ...linksDe,
  ...lockedDe,
  ...providersDe,
  ...routesDe,
  ...policiesDe,
  ...playgroundDe,
  ...settingsDe,
  ...teamDe,
  ...welcomeDe,
  ...desktopDe,
};
