/** How the actions of rules are coloured, wherever one is shown. */
import type { FirewallSettings } from '../../../shared/config/firewall.ts';
import type { Tone } from '../../ui/controls.tsx';

export const actionTones: Readonly<Record<FirewallSettings['action'], Tone>> = {
  block: 'error',
  require_justification: 'error',
  strip: 'warning',
  warn: 'warning',
  log: 'plain',
};
