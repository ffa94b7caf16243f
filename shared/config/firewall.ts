/** Schema of `firewall`: rules about what is said, and what becomes of it. */
import * as z from 'zod';
import { foundKinds } from '../domain/masking.ts';
import { condition, textRoles } from './condition.ts';
import { identifier, nonEmptyText, re2Pattern, rule } from './values.ts';

/** Whose words a rule looks at. `answer` is what the model says now; `assistant` what it said in earlier turns. */
const firewallPlaces = z.enum([...textRoles.options, 'answer']);
export type FirewallPlace = z.output<typeof firewallPlaces>;

const topic = nonEmptyText.refine(
  (text) => text.length <= 512,
  rule('is longer than 512 characters', 'Give the words that name the topic'),
);

export const firewallSettings = z
  .strictObject({
    id: identifier,
    detect: z.enum(['prompt_injection', 'system_prompt_leak', ...foundKinds]).optional(),
    pattern: re2Pattern.optional(),
    topics: z.array(topic).max(10_000).default([]).describe('Words and phrases, whole, in any case'),
    when: condition.optional(),
    in: z.array(firewallPlaces).min(1).optional().describe('Default: user and tool; of system_prompt_leak answer'),
    action: z.enum(['block', 'require_justification', 'strip', 'warn', 'log']).default('warn'),
    message: nonEmptyText.optional().describe('What a client is told that was refused'),
    threshold: z.number().min(0).max(1).optional().describe('Score from which prompt_injection is one'),
    judge: nonEmptyText.optional().describe('Alias or provider/model that is asked whether it is an attack indeed'),
  })
  .refine(
    (entry) =>
      entry.detect !== undefined || entry.pattern !== undefined || entry.topics.length > 0 || entry.when !== undefined,
    rule('looks for nothing', 'Give detect, pattern, topics or when'),
  );

export type FirewallSettings = z.output<typeof firewallSettings>;
