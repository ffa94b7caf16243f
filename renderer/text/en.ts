/** The English catalogue: the language of reference, whose keys all others have. */
import { desktopEn } from '../../shared/text/desktop.ts';
import { clients } from './en/clients.ts';
import { links } from './en/links.ts';
import { locked } from './en/locked.ts';
import { overview } from './en/overview.ts';
import { playground } from './en/playground.ts';
import { policies } from './en/policies.ts';
import { providers } from './en/providers.ts';
import { routes } from './en/routes.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { team } from './en/team.ts';
import { traffic } from './en/traffic.ts';
import { usage } from './en/usage.ts';
import { welcome } from './en/welcome.ts';

export const en = {
  ...shell,
  ...overview,
  ...traffic,
  ...usage,
  ...clients,
  ...links,
  ...locked,
  ...providers,
  ...routes,
  ...policies,
  ...playground,
  ...settings,
  ...team,
  ...welcome,
  ...desktopEn,
} as const;
