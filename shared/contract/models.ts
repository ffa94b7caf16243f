/** Calls about models: what can be asked for, what it costs and can do, which one is chosen for everything. */
import { z } from 'zod';
import { call } from './call.ts';

const name = z.string().min(1).max(512);

/** Decimal strings of US dollars per million tokens; `null` where that part has no price of its own. */
export const modelPrice = z.strictObject({
  input: z.string().nullable(),
  output: z.string().nullable(),
  cache_read: z.string().nullable(),
  cache_write: z.string().nullable(),
  /** `list`: the built-in catalogue; `you`: the config file; `free`: nobody charges. */
  source: z.enum(['list', 'you', 'free']),
  /** `YYYY-MM-DD`: since when it holds, or the day of the catalogue. */
  since: z.string().nullable(),
});
export type ModelPrice = z.output<typeof modelPrice>;

export const modelCapabilities = ['tools', 'reasoning', 'image', 'audio', 'pdf', 'video'] as const;

export const modelEntry = z.strictObject({
  /** `provider/model`. */
  id: z.string(),
  provider: z.string(),
  model: z.string(),
  /** `null` where unknown. */
  context_window: z.int().nullable(),
  max_output_tokens: z.int().nullable(),
  /** What is known to work; what is not there may work. */
  capabilities: z.array(z.enum(modelCapabilities)),
  /** `null`: unknown, which is never the same as free. */
  price: modelPrice.nullable(),
  /** Answers conversations. */
  chat: z.boolean(),
  /** Preview, beta, deprecated. */
  unsettled: z.boolean(),
  /** `YYYY-MM-DD`. */
  released: z.string().nullable(),
  favourite: z.boolean(),
});
export type ModelEntry = z.output<typeof modelEntry>;

export const modelCalls = {
  /** Every model of every provider, those of one provider together. */
  'models.list': call(
    z.strictObject({}),
    z.strictObject({
      models: z.array(modelEntry),
      /** Day of the built-in catalogue. */
      catalogue_date: z.string(),
    }),
  ),
  'models.favourite': call(
    z.strictObject({ id: name, favourite: z.boolean() }),
    z.strictObject({ favourites: z.array(name) }),
  ),
  /**
   * What answers every conversation from now on, whatever model a client names: `provider/model` or an alias. A client that
   * names `provider/model` itself is obeyed. `null`: the rules decide again. `control.not_found` when there is no such thing.
   */
  'models.choose': call(z.strictObject({ model: name.nullable() }), z.strictObject({ model: name.nullable() })),
};
