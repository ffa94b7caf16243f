/** What is said of budgets, limits and firewall rules in more than one place: whom they count, what they look for, what comes then. */
import type { FirewallSettings } from '../../shared/config/firewall.ts';
import type { BudgetEntry } from '../../shared/contract/budgets.ts';
import type { Text } from '../text/text.ts';

/** `All requests`, `User, each for itself`, `Provider openai`. */
export function whoOf(scope: BudgetEntry['scope'], match: string | null, t: Text['t']): string {
  if (scope === 'global') return t('policies.scope.global');
  return match === null
    ? t('policies.scope.each', { scope: t(`policies.scope.${scope}`) })
    : t('policies.scope.match', { scope: t(`policies.scope.${scope}`), match });
}

/** What comes when a budget is used up, as the end of a sentence. */
export function actionText(action: string, t: Text['t']): string {
  const [word = '', ...alias] = action.split(':');
  if (word === 'downgrade') return t('policies.then.downgrade', { alias: alias.join(':') });
  return word === 'alert' || word === 'ask' ? t(`policies.then.${word}`) : t('policies.then.reject');
}

export function detectName(detect: NonNullable<FirewallSettings['detect']>, t: Text['t']): string {
  if (detect === 'prompt_injection' || detect === 'system_prompt_leak') return t(`policies.detect.${detect}`);
  return t(`kind.${detect}`);
}

/** What a rule looks for; all may be left out, as in a bundle that fills in no defaults. */
export type RuleLooks = Partial<Pick<FirewallSettings, 'detect' | 'pattern' | 'topics' | 'when' | 'in'>>;

/** `Looks for card numbers and the pattern … in what users and tools say`. */
export function ruleSentence(rule: RuleLooks, t: Text['t']): string {
  const topics = rule.topics ?? [];
  const what = [
    ...(rule.detect === undefined ? [] : [detectName(rule.detect, t)]),
    ...(rule.pattern === undefined ? [] : [t('policies.rule.pattern', { pattern: rule.pattern })]),
    ...(topics.length === 0 ? [] : [t('policies.rule.topics', { count: topics.length, first: topics[0] ?? '' })]),
    ...(rule.when === undefined ? [] : [t('policies.rule.when')]),
  ].join(' · ');
  const usual = rule.detect === 'system_prompt_leak' ? (['answer'] as const) : (['user', 'tool'] as const);
  const places = (rule.in ?? usual).map((place) => t(`policies.place.${place}`)).join(', ');
  return t('policies.rule.sentence', { what, places });
}
