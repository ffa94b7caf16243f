/** Schema of decision tests: given this request, expect this decision. They stand in files of their own and travel in the bundle. */
import * as z from 'zod';

const text = z.string().max(65_536);
const record = z.record(z.string(), z.unknown());

export const decisionCase = z.strictObject({
  name: z.string().min(1).max(280),
  request: z
    .looseObject({
      dialect: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']).optional(),
      client: text.optional(),
      key: text.optional(),
      team: text.optional(),
      user: text.optional(),
      model: text.optional(),
      messages: z.array(record).optional(),
      est_input_tokens: z.int().min(0).optional().describe('Taken for the size of the input instead of an estimate'),
      max_tokens: z.int().min(0).optional(),
      tools: z.array(z.unknown()).optional(),
      tags: z.record(z.string(), z.string()).optional(),
    })
    .describe('What is not named here goes into the body as it is'),
  user: record.optional().describe('What the user set, in the shape of `defaults`'),
  state: z
    .strictObject({
      budgets: z.record(z.string(), z.strictObject({ used_usd: z.string() })).optional(),
    })
    .optional(),
  clock: z.iso.datetime({ offset: true }).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  expect: z.strictObject({
    decision: z.enum(['allow', 'deny']).optional(),
    rule: text.optional().describe('Where the deciding rule stands, as /enforced/models/deny, or its id'),
    status: z.int().min(100).max(599).optional(),
    code: text.optional(),
    model: text.optional().describe('provider/model of the target, or a glob of it'),
    because: text.optional(),
    route: text.optional(),
    masked: z.array(z.strictObject({ rule: text, count: z.int().min(0).optional() })).optional(),
    upstream_contains: z.union([text, z.array(text)]).optional(),
    upstream_contains_not: z.union([text, z.array(text)]).optional(),
    max_output_tokens: z.int().min(1).optional(),
    losses: z.array(text).optional(),
  }),
});
export type DecisionCase = z.output<typeof decisionCase>;

export const decisionSuite = z.strictObject({
  suite: z.string().min(1).max(128),
  labels: z.record(z.string(), z.string()).optional(),
  clock: z.iso.datetime({ offset: true }).optional(),
  state: decisionCase.shape.state,
  user: record.optional(),
  cases: z.array(decisionCase).min(1).max(2_000),
});
export type DecisionSuite = z.output<typeof decisionSuite>;
