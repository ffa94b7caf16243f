/** What is said of a rule in more than one place. */
import type { FirewallSettings } from '../../../shared/config/firewall.ts';
import type { Text } from '../../text/text.ts';
import type { Tone } from '../../ui/controls.tsx';

export const actionTones: Readonly<Record<FirewallSettings['action'], Tone>> = {
  block: 'error',
  warn: 'warning',
  log: 'plain',
};

export function detectName(detect: NonNullable<FirewallSettings['detect']>, t: Text['t']): string {
  if (detect === 'prompt_injection' || detect === 'system_prompt_leak') return t(`policies.detect.${detect}`);
  return t(`kind.${detect}`);
}
