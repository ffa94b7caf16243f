/** Calls of the playground: prompts that run through everything a client's requests run through; a library of them; votes. */
import { z } from 'zod';
import { call } from './call.ts';
import { usageEntry } from './traffic.ts';

const id = z.string().min(1).max(64);
const name = z.string().min(1).max(512);
/** Decimal string of US dollars; `null` while a price in it is unknown. */
const usd = z.string().nullable();

export const toolCallEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** JSON text as the model wrote it. */
  arguments: z.string(),
});
export type ToolCallEntry = z.output<typeof toolCallEntry>;

/** What has come of a run so far, since the event before. */
export const runDelta = z.strictObject({ run: z.string(), text: z.string(), reasoning: z.string() });
export type RunDelta = z.output<typeof runDelta>;

/** The whole of a run that ended. */
export const runResult = z.strictObject({
  run: z.string(),
  request_id: z.string().nullable(),
  status: z.int().nullable(),
  /** Everything it said, also where events were left out. */
  text: z.string(),
  reasoning: z.string(),
  tool_calls: z.array(toolCallEntry),
  finish_reason: z.string().nullable(),
  usage: usageEntry.nullable(),
  cost_usd: usd,
  /** `provider/model` that answered. */
  target: z.string().nullable(),
  attempts: z.int().nullable(),
  masked: z.int(),
  ttft_ms: z.number().nullable(),
  duration_ms: z.number(),
  /** Of ours, or the provider's own words. */
  error: z.strictObject({ code: z.string().nullable(), message: z.string() }).nullable(),
  /** `playground.stop` ended it. */
  stopped: z.boolean(),
});
export type RunResult = z.output<typeof runResult>;

/** A prompt as it is kept: everything that a column of the playground holds. */
export const promptContent = z.strictObject({
  system: z.string().max(1_000_000),
  /** Texts with `{{name}}` for variables, in turn. */
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), text: z.string().max(1_000_000) })).max(200),
  /** Names of its variables with a value to begin with. */
  variables: z.array(z.strictObject({ name: z.string().min(1).max(64), value: z.string().max(100_000) })).max(50),
  /** `provider/model` or an alias; empty: none was chosen. */
  model: z.string().max(512),
  temperature: z.number().nullable(),
  top_p: z.number().nullable(),
  max_tokens: z.int().nullable(),
  /** JSON text of a list of tools as Chat Completions has them; empty: none. */
  tools: z.string().max(1_000_000),
  /** JSON text of a JSON Schema that the answer must fit; empty: none. */
  json_schema: z.string().max(1_000_000),
});
export type PromptContent = z.output<typeof promptContent>;

export const promptVersion = z.strictObject({
  /** From 1. */
  version: z.int(),
  /** ISO 8601. */
  at: z.string(),
  note: z.string(),
  content: promptContent,
});
export type PromptVersion = z.output<typeof promptVersion>;

export const promptEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  labels: z.array(z.string()),
  /** The newest last; the oldest go when there are more than 100. */
  versions: z.array(promptVersion).min(1),
});
export type PromptEntry = z.output<typeof promptEntry>;

const label = z.string().min(1).max(64);

export const playgroundCalls = {
  /**
   * Sends a Chat Completions body (without `stream`) and replies at once. What comes is told in `playground.delta`, the end in
   * `playground.ended`, to everyone who listens. `control.refused` when 16 run already.
   */
  'playground.start': call(
    z.strictObject({ body: z.record(z.string(), z.unknown()) }),
    z.strictObject({ run: z.string() }),
  ),
  /** Ends it as a client that leaves. `control.not_found` when it has ended. */
  'playground.stop': call(z.strictObject({ run: id }), z.strictObject({ run: z.string() })),
  /** How a run ended; kept for ten minutes. `null` while it runs. `control.not_found` when it is not known (any more). */
  'playground.result': call(z.strictObject({ run: id }), z.strictObject({ result: runResult.nullable() })),
  'prompts.list': call(z.strictObject({}), z.strictObject({ prompts: z.array(promptEntry) })),
  /** A new prompt, or with `id` a new version of one where its content is another. `control.not_found` when there is no such prompt. */
  'prompts.save': call(
    z.strictObject({
      id: id.optional(),
      name: z.string().min(1).max(200),
      labels: z.array(label).max(20).default([]),
      note: z.string().max(500).default(''),
      content: promptContent,
    }),
    promptEntry,
  ),
  'prompts.remove': call(z.strictObject({ id }), z.strictObject({ id: z.string() })),
  /** Prompts of an export. One with an id that is known gets a name and an id of its own, so that nothing is lost. */
  'prompts.import': call(
    z.strictObject({ prompts: z.array(promptEntry).max(1000) }),
    z.strictObject({ prompts: z.array(promptEntry) }),
  ),
  /** A blind comparison was decided; `winner` is `null` of a draw. Kept on this machine only. */
  'votes.add': call(
    z.strictObject({ models: z.array(name).min(2).max(4), winner: name.nullable() }),
    z.strictObject({ total: z.int() }),
  ),
  /** How often each model was compared, preferred, and equal. */
  'votes.list': call(
    z.strictObject({}),
    z.strictObject({
      models: z.array(z.strictObject({ model: z.string(), compared: z.int(), won: z.int(), drawn: z.int() })),
      total: z.int(),
    }),
  ),
  'votes.clear': call(z.strictObject({}), z.strictObject({ total: z.int() })),
};
