/** A rule of the firewall while it is edited, what the file says of it, and a request to try it with. */
import type { FirewallPlace, FirewallSettings } from '../../../shared/config/firewall.ts';

export type LooksFor = 'detect' | 'pattern' | 'topics';

export interface RuleDraft {
  readonly id: string;
  readonly looksFor: LooksFor;
  readonly detect: NonNullable<FirewallSettings['detect']>;
  readonly pattern: string;
  /** One in each line. */
  readonly topics: string;
  readonly places: readonly FirewallPlace[];
  readonly action: FirewallSettings['action'];
  readonly message: string;
  /** Of `prompt_injection`; empty: by who speaks. */
  readonly threshold: string;
  readonly judge: string;
}

export const allPlaces: readonly FirewallPlace[] = ['system', 'user', 'assistant', 'tool', 'answer'];
const usualPlaces: readonly FirewallPlace[] = ['user', 'tool'];

export const freshRule: RuleDraft = {
  ...{ id: '', looksFor: 'detect', detect: 'prompt_injection', pattern: '', topics: '', places: usualPlaces },
  ...{ action: 'warn', message: '', threshold: '', judge: '' },
};

export function draftOfRule(rule: FirewallSettings): RuleDraft {
  const { id, detect, pattern, topics, action, message = '', threshold, judge = '' } = rule;
  return {
    id,
    looksFor: pattern !== undefined ? 'pattern' : topics.length > 0 ? 'topics' : 'detect',
    detect: detect ?? 'prompt_injection',
    pattern: pattern ?? '',
    topics: topics.join('\n'),
    places: rule.in ?? (detect === 'system_prompt_leak' ? ['answer'] : usualPlaces),
    ...{ action, message, judge },
    threshold: threshold === undefined ? '' : String(threshold),
  };
}

/** `before`: what is there; what the form does not show of it stays. */
export function ruleOfDraft(draft: RuleDraft, before?: FirewallSettings): Record<string, unknown> {
  const { id, looksFor, detect, pattern, topics, places, action, message, threshold, judge } = draft;
  const isInjection = looksFor === 'detect' && detect === 'prompt_injection';
  const isLeak = looksFor === 'detect' && detect === 'system_prompt_leak';
  const isUsual = isLeak || (places.length === 2 && usualPlaces.every((place) => places.includes(place)));
  // Something else besides what the form shows: one of a rule's several ways to find.
  const alone = isInjection || isLeak;
  const also = alone || before === undefined ? {} : others(before, looksFor);
  return {
    id: id.trim(),
    ...also,
    ...(looksFor === 'detect' ? { detect } : {}),
    ...(looksFor === 'pattern' ? { pattern } : {}),
    ...(looksFor === 'topics' ? { topics: topicsOf(topics) } : {}),
    ...(before?.when === undefined ? {} : { when: before.when }),
    ...(isUsual ? {} : { in: allPlaces.filter((place) => places.includes(place)) }),
    ...(action === 'warn' ? {} : { action }),
    ...(message.trim() === '' ? {} : { message: message.trim() }),
    ...(isInjection && threshold.trim() !== '' ? { threshold: Number(threshold) } : {}),
    ...(judge.trim() === '' ? {} : { judge: judge.trim() }),
  };
}

/** What a rule looks for that the form edits one of: the rest stays as the file has it. */
function others(rule: FirewallSettings, edited: LooksFor): Record<string, unknown> {
  const shown = draftOfRule(rule).looksFor;
  const kept = (name: LooksFor): boolean => name !== edited && name !== shown;
  return {
    ...(kept('detect') && rule.detect !== undefined ? { detect: rule.detect } : {}),
    ...(kept('pattern') && rule.pattern !== undefined ? { pattern: rule.pattern } : {}),
    ...(kept('topics') && rule.topics.length > 0 ? { topics: rule.topics } : {}),
  };
}

export function topicsOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

/** The section of rules as a text that a backtest takes: JSON is YAML. */
export function rulesText(rules: readonly unknown[]): string {
  return JSON.stringify({ firewall: rules });
}

export type Speaker = 'user' | 'system' | 'tool';

/** What a client would send in which this is said. */
export function requestSaying(text: string, speaker: Speaker, model: string): Record<string, unknown> {
  const user = { role: 'user', content: speaker === 'user' ? text : 'Hello' };
  const call = { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{}' } };
  const messages = {
    user: [user],
    system: [{ role: 'system', content: text }, user],
    tool: [
      user,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: text },
    ],
  }[speaker];
  return { model, messages };
}

/** The file's own words for rules as they run, without what was filled in. */
export function writtenRule(rule: FirewallSettings): Record<string, unknown> {
  const { topics, ...rest } = rule;
  return { ...rest, ...(topics.length > 0 ? { topics } : {}) };
}
