/** German: policies. */
import type { policies } from '../en/policies.ts';
import { policiesBudgetsDe } from './policies-budgets.ts';
import { policiesKeysDe } from './policies-keys.ts';
import { policiesRulesDe } from './policies-rules.ts';

export const policiesDe: Readonly<Record<keyof typeof policies, string>> = {
  'policies.subtitle': 'Was nicht hinausgehen darf, was ausgegeben werden darf und von wem, und was aufbewahrt wird.',
  'policies.tabs': 'Arten von Regeln',
  'policies.tab.masking': 'Maskierung',
  'policies.tab.firewall': 'Firewall',
  'policies.tab.budgets': 'Budgets',
  'policies.tab.limits': 'Limits',
  'policies.tab.keys': 'Virtuelle Schlüssel',
  'policies.tab.access': 'Zugriff',
  'policies.tab.recording': 'Aufzeichnung',
  'policies.decided': 'Festgelegt von',
  'policies.edit': '{name} bearbeiten',
  'policies.remove': '{name} entfernen',
  'policies.removed': '{name} entfernt',
  'policies.saved': '{name} gespeichert',
  'policies.change.saved': 'In der Konfigurationsdatei gespeichert',
  'policies.change.undone': 'Rückgängig gemacht',
  'policies.change.notUndone': 'Nicht rückgängig gemacht: {reason}',
  'policies.change.meanwhile':
    'Die Konfigurationsdatei wurde inzwischen geändert. Sie sehen jetzt, was darin steht; machen Sie die Änderung noch einmal.',
  ...policiesRulesDe,
  ...policiesBudgetsDe,
  ...policiesKeysDe,
};
