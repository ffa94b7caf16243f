/** The file that prompts are taken away in and brought back from. */
import type { PromptEntry } from '../../../shared/contract/playground.ts';
import { isObject } from './body.ts';

const format = 'sluice-prompts';
const maxPrompts = 1_000;

export function exportText(prompts: readonly PromptEntry[]): string {
  return JSON.stringify({ format, version: 1, prompts }, null, 2) + '\n';
}

export interface FileProblem {
  /** `prompts[2].versions[0].content.model`; of what is no JSON the parser's own words. */
  readonly where: string;
  /** What stands there in a file that is right. */
  readonly needs: 'json' | 'object' | 'list' | 'text' | 'number' | 'integer' | 'role';
  /** Characters of a text, items of a list. */
  readonly least?: number;
  readonly most?: number;
}

export type ReadFile =
  | { readonly prompts: readonly PromptEntry[]; readonly problem?: undefined }
  | { readonly prompts?: undefined; readonly problem: FileProblem };

/** Prompts of an export, or the first thing that is wrong with the file. */
export function readExport(text: string): ReadFile {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    return { problem: { where: error instanceof Error ? error.message : String(error), needs: 'json' } };
  }
  const list = isObject(value) ? value['prompts'] : value;
  if (!Array.isArray(list)) return { problem: { where: 'prompts', needs: 'list', most: maxPrompts } };
  if (list.length > maxPrompts) return { problem: { where: 'prompts', needs: 'list', most: maxPrompts } };
  for (const [index, prompt] of list.entries()) {
    const problem = wrongIn(prompt, promptShape, `prompts[${String(index)}]`);
    if (problem !== undefined) return { problem };
  }
  // What a later version writes besides is left out: the call takes what it knows alone.
  return { prompts: list.map((prompt) => only(prompt, promptShape) as PromptEntry) };
}

/** A value's shape: a word for it and a check, a list of something, or an object of named shapes. */
type Shape =
  Plain | { readonly list: Shape; readonly most: number; readonly least?: number } | { readonly fields: Fields };
type Fields = Readonly<Record<string, Shape>>;
interface Plain extends Omit<FileProblem, 'where'> {
  readonly fits: (value: unknown) => boolean;
}

const text = (most: number, least = 0): Plain => ({
  needs: 'text',
  least,
  most,
  fits: (value) => typeof value === 'string' && value.length >= least && value.length <= most,
});
const numberOrNull: Plain = { needs: 'number', fits: (value) => value === null || Number.isFinite(value) };
const whole: Plain = { needs: 'integer', fits: (value) => Number.isInteger(value) };
const wholeOrNull: Plain = { needs: 'integer', fits: (value) => value === null || Number.isInteger(value) };
const role: Plain = { needs: 'role', fits: (value) => value === 'user' || value === 'assistant' };

const contentShape: Shape = {
  fields: {
    system: text(1_000_000),
    messages: { list: { fields: { role, text: text(1_000_000) } }, most: 200 },
    variables: { list: { fields: { name: text(64, 1), value: text(100_000) } }, most: 50 },
    model: text(512),
    temperature: numberOrNull,
    top_p: numberOrNull,
    max_tokens: wholeOrNull,
    tools: text(1_000_000),
    json_schema: text(1_000_000),
  },
};

const promptShape: Shape = {
  fields: {
    id: text(64, 1),
    name: text(200, 1),
    labels: { list: text(64, 1), most: 20 },
    versions: {
      list: { fields: { version: whole, at: text(64), note: text(500), content: contentShape } },
      most: 100,
      least: 1,
    },
  },
};

function wrongIn(value: unknown, shape: Shape, where: string): FileProblem | undefined {
  if ('fits' in shape) {
    const { fits, ...needed } = shape;
    return fits(value) ? undefined : { where, ...needed };
  }
  if ('fields' in shape) {
    if (!isObject(value)) return { where, needs: 'object' };
    for (const [name, inner] of Object.entries(shape.fields)) {
      const problem = wrongIn(value[name], inner, `${where}.${name}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const { least = 0, most } = shape;
  if (!Array.isArray(value) || value.length > most || value.length < least)
    return { where, needs: 'list', least, most };
  for (const [index, item] of value.entries()) {
    const problem = wrongIn(item, shape.list, `${where}[${String(index)}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function only(value: unknown, shape: Shape): unknown {
  if ('fields' in shape && isObject(value))
    return Object.fromEntries(Object.entries(shape.fields).map(([name, inner]) => [name, only(value[name], inner)]));
  if ('list' in shape && Array.isArray(value)) return value.map((item) => only(item, shape.list));
  return value;
}
