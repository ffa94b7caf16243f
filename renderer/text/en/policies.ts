/** English: policies. */
import { policiesBudgets } from './policies-budgets.ts';
import { policiesKeys } from './policies-keys.ts';
import { policiesRules } from './policies-rules.ts';

export const policies = {
  'policies.subtitle': 'What must not leave, what may be spent, by whom, and what is kept.',
  'policies.tabs': 'Kinds of policies',
  'policies.tab.masking': 'Masking',
  'policies.tab.firewall': 'Firewall',
  'policies.tab.budgets': 'Budgets',
  'policies.tab.limits': 'Limits',
  'policies.tab.keys': 'Virtual keys',
  'policies.tab.access': 'Access',
  'policies.tab.recording': 'Recording',
  'policies.decided': 'Decided by',
  'policies.edit': 'Edit {name}',
  'policies.remove': 'Remove {name}',
  'policies.removed': '{name} removed',
  'policies.saved': '{name} saved',
  'policies.change.saved': 'Saved to the config file',
  'policies.change.undone': 'Undone',
  'policies.change.notUndone': 'Not undone: {reason}',
  'policies.change.meanwhile':
    'The config file was changed meanwhile. What you see is what it holds now; make the change again.',
  ...policiesRules,
  ...policiesBudgets,
  ...policiesKeys,
} as const;
