/** Changes of the prompts that are kept, each from one list to the next; nothing here is written. */
import { z } from 'zod';
import type { PromptContent, PromptEntry } from '../../shared/contract/playground.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { contentOf, type StoredPrompt } from './app-document.ts';

/** Beyond this a list is no help to anybody. */
export const maxPrompts = 1_000;
const maxVersions = 100;
/** As the contract has them. */
const [maxNameChars, maxIdChars, maxLabels, maxLabelChars, maxNoteChars] = [200, 64, 20, 64, 500];

export interface PromptChange {
  readonly id: string | undefined;
  readonly name: string;
  readonly labels: readonly string[];
  readonly note: string;
  readonly content: PromptContent;
}

export interface Naming {
  /** Milliseconds since 1970. */
  now(): number;
  randomId(count: number): string;
}

type Prompts = readonly StoredPrompt[];

/** With the prompt as it is then; `undefined` when there is none with the id of the change. */
export function withSaved(
  prompts: Prompts,
  change: PromptChange,
  naming: Naming,
): { readonly prompts: Prompts; readonly saved: StoredPrompt } | undefined {
  const { id, name, labels, note } = change;
  const content = contentOf(change.content);
  const at = new Date(naming.now()).toISOString();
  if (id === undefined) {
    refuseTooMany(prompts.length + 1);
    const made = {
      id: newId(prompts, naming),
      name,
      labels: [...labels],
      versions: [{ version: 1, at, note, content }],
    };
    return { prompts: [...prompts, made], saved: made };
  }
  const before = prompts.find((prompt) => prompt.id === id);
  if (before === undefined) return undefined;
  const last = before.versions.at(-1);
  const isSame = last !== undefined && JSON.stringify(contentOf(last.content)) === JSON.stringify(content);
  const added = isSame ? [] : [{ version: (last?.version ?? 0) + 1, at, note, content }];
  const saved = {
    ...before,
    ...{ name, labels: [...labels] },
    versions: [...before.versions, ...added].slice(-maxVersions),
  };
  return { prompts: prompts.map((prompt) => (prompt === before ? saved : prompt)), saved };
}

/** Adds all of them, under ids and names of their own where those are taken. Throws `control.refused` when they are too many. */
export function withImported(
  prompts: Prompts,
  given: readonly PromptEntry[],
  naming: Naming,
): { readonly prompts: Prompts; readonly added: readonly StoredPrompt[] } {
  refuseTooMany(prompts.length + given.length);
  let all = prompts;
  const added: StoredPrompt[] = [];
  for (const entry of given) {
    const isTaken = entry.id === '' || entry.id.length > maxIdChars || all.some(({ id }) => id === entry.id);
    const name = entry.name === '' ? 'Prompt' : entry.name.slice(0, maxNameChars);
    const made: StoredPrompt = {
      id: isTaken ? newId(all, naming) : entry.id,
      name: isTaken ? ownName(all, name) : name,
      labels: entry.labels.filter((label) => label !== '' && label.length <= maxLabelChars).slice(0, maxLabels),
      versions: versionsOf(entry, naming.now()),
    };
    added.push(made);
    all = [...all, made];
  }
  return { prompts: all, added };
}

const time = z.iso.datetime({ offset: true });

/** Numbered as they were where that counts up, else anew. */
function versionsOf({ versions }: PromptEntry, now: number): StoredPrompt['versions'] {
  const kept = versions.slice(-maxVersions);
  const isCounting = kept.every(({ version }, index) => version > (kept[index - 1]?.version ?? 0));
  return kept.map(({ version, at, note, content }, index) => ({
    version: isCounting ? version : index + 1,
    at: time.safeParse(at).success ? at : new Date(now).toISOString(),
    note: note.slice(0, maxNoteChars),
    content: contentOf(content),
  }));
}

function newId(prompts: Prompts, naming: Naming): string {
  for (;;) {
    const id = `prompt-${naming.randomId(12)}`;
    if (!prompts.some((prompt) => prompt.id === id)) return id;
  }
}

/** `Summary (2)`, or the next number that is free. */
function ownName(prompts: Prompts, name: string): string {
  const taken = new Set(prompts.map((prompt) => prompt.name));
  for (let number = 2; ; number += 1) {
    const end = ` (${String(number)})`;
    const own = `${name.slice(0, maxNameChars - end.length)}${end}`;
    if (!taken.has(own)) return own;
  }
}

function refuseTooMany(count: number): void {
  if (count <= maxPrompts) return;
  throw new GatewayError(
    'control.refused',
    `That would make ${String(count)} prompts, and ${String(maxPrompts)} are the most that are kept. Remove some that are not needed, then try again.`,
  );
}
