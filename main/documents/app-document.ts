/** The shape of the app's file: favourites, prompts, votes, whether the first minutes are over. What we do not know is kept. */
import { z } from 'zod';
import {
  promptContent,
  promptVersion,
  type PromptContent,
  type PromptEntry,
} from '../../shared/contract/playground.ts';

export const documentVersion = 1;

/** The fields of a prompt with whatever stands beside them. */
const storedContent = z.looseObject({
  ...promptContent.shape,
  messages: z.array(z.looseObject(promptContent.shape.messages.element.shape)),
  variables: z.array(z.looseObject(promptContent.shape.variables.element.shape)),
});
const storedVersion = z.looseObject({ ...promptVersion.shape, content: storedContent });
const storedPrompt = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  labels: z.array(z.string()),
  versions: z.array(storedVersion).min(1),
});
export type StoredPrompt = z.output<typeof storedPrompt>;

/** Comparisons of the same models with the same end. */
const storedVotes = z.looseObject({
  /** Each once, sorted. */
  models: z.array(z.string()).min(2),
  /** `null`: a draw. */
  winner: z.string().nullable(),
  count: z.int().min(1),
});
export type StoredVotes = z.output<typeof storedVotes>;

export interface AppDocument {
  readonly favourites: readonly string[];
  readonly welcomed: boolean;
  readonly prompts: readonly StoredPrompt[];
  readonly votes: readonly StoredVotes[];
  /** Every other field of the file. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export const emptyDocument: AppDocument = { favourites: [], welcomed: false, prompts: [], votes: [], rest: {} };

export interface ReadDocument {
  readonly document: AppDocument;
  readonly version: number;
  /** Something in it was not what it should be and is missing from `document`. */
  readonly isDamaged: boolean;
}

const head = z.looseObject({ version: z.int().min(1) });

/** Takes what can be used. `undefined` when it is no document of the app at all. */
export function readDocument(value: unknown): ReadDocument | undefined {
  const parsed = head.safeParse(value);
  if (!parsed.success) return undefined;
  const { version, favourites, welcomed, prompts, votes, ...rest } = parsed.data;
  const lists = [usable(z.string(), favourites), usable(storedPrompt, prompts), usable(storedVotes, votes)] as const;
  const known = new Map(lists[1].items.map((prompt) => [prompt.id, prompt]));
  return {
    version,
    isDamaged:
      lists.some(({ isDamaged }) => isDamaged) ||
      known.size < lists[1].items.length ||
      (welcomed !== undefined && typeof welcomed !== 'boolean'),
    document: {
      favourites: [...new Set(lists[0].items)],
      welcomed: welcomed === true,
      prompts: [...known.values()],
      votes: lists[2].items,
      rest,
    },
  };
}

function usable<Item>(
  shape: z.ZodType<Item>,
  value: unknown,
): { readonly items: readonly Item[]; readonly isDamaged: boolean } {
  if (value === undefined) return { items: [], isDamaged: false };
  if (!Array.isArray(value)) return { items: [], isDamaged: true };
  const items = value.flatMap((one) => {
    const parsed = shape.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
  return { items, isDamaged: items.length < value.length };
}

export function writtenDocument({ rest, ...fields }: AppDocument): Record<string, unknown> {
  return { version: documentVersion, ...fields, ...rest };
}

/** A prompt as it is told: what we do not know of it stays in the file. */
export function promptOf({ id, name, labels, versions }: StoredPrompt): PromptEntry {
  return {
    ...{ id, name, labels },
    versions: versions.map(({ version, at, note, content }) => ({ version, at, note, content: contentOf(content) })),
  };
}

/** Of the fields there are, in one order: what is equal is equal as JSON text. */
export function contentOf(content: PromptContent): PromptContent {
  const { system, messages, variables, model, temperature, top_p, max_tokens, tools, json_schema } = content;
  return {
    system,
    messages: messages.map(({ role, text }) => ({ role, text })),
    variables: variables.map(({ name, value }) => ({ name, value })),
    ...{ model, temperature, top_p, max_tokens, tools, json_schema },
  };
}
