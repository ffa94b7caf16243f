/** Schema of one entry of `profiles`: rules to switch to, instead of those of the file or besides them. */
import * as z from 'zod';
import { firewallSettings } from './firewall.ts';
import { loggingSettings } from './logging.ts';
import { maskingSettings } from './masking.ts';
import { budgetSettings } from './policy.ts';
import { routeSettings } from './route.ts';
import { identifier, nonEmptyText } from './values.ts';

/** Each of them is checked whenever the file is, as if it were in force. */
export const maxProfiles = 20;

export const profileSettings = z.strictObject({
  id: identifier,
  name: nonEmptyText.optional().describe('For people; default: the id'),
  use_model: nonEmptyText
    .nullable()
    .optional()
    .describe('In place of use_model of the file; null: nothing is chosen for every conversation'),
  masking: maskingSettings.optional().describe('In place of the whole section of the file'),
  logging: loggingSettings.optional().describe('In place of the whole section of the file'),
  routes: z
    .array(routeSettings)
    .default([])
    .describe('Before the routes of the file: where both have an alias, these win'),
  firewall: z.array(firewallSettings).default([]).describe('Besides the rules of the file'),
  budgets: z.array(budgetSettings).default([]).describe('Besides the budgets of the file'),
});

export type ProfileSettings = z.output<typeof profileSettings>;
