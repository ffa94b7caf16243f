/** What is said of a rule in more than one place. */
import type { FirewallSettings } from '../../../shared/config/firewall.ts';
import type { Text } from '../../text/text.ts';
import type { Tone } from '../../ui/controls.tsx';

export const actionTones: Readonly<Record<FirewallSettings['action'], Tone>> = {
  block: 'error',
  require_justification: 'error',
  strip: 'warning',
  warn: 'warning',
  log: 'plain',
};

export function detectName(detect: NonNullable<FirewallSettings['detect']>, t: Text['t']): string {
  if (detect === 'prompt_injection' || detect === 'system_prompt_leak') return t(`policies.detect.${detect}`);
  return t(`kind.${detect}`);
}

/** `Looks for card numbers and the pattern … in what users and tools say`. */
export function ruleSentence(rule: FirewallSettings, t: Text['t']): string {
  const what = [
    ...(rule.detect === undefined ? [] : [detectName(rule.detect, t)]),
    ...(rule.pattern === undefined ? [] : [t('policies.rule.pattern', { pattern: rule.pattern })]),
    ...(rule.topics.length === 0
      ? []
      : [t('policies.rule.topics', { count: rule.topics.length, first: rule.topics[0] ?? '' })]),
    ...(rule.when === undefined ? [] : [t('policies.rule.when')]),
  ].join(' · ');
  const usual = rule.detect === 'system_prompt_leak' ? (['answer'] as const) : (['user', 'tool'] as const);
  const places = (rule.in ?? usual).map((place) => t(`policies.place.${place}`)).join(', ');
  return t('policies.rule.sentence', { what, places });
}
