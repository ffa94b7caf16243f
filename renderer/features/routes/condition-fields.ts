/** The rows of the condition editor: which fields it has, what a new one begins with, how lists are typed. */
import type { SparseCondition } from './condition-words.ts';

/** Fields that can be edited here, in the order they are offered; `prompt_type` has `min_conf` with it. */
export const editableFields = [
  ...(['has', 'tokens', 'client', 'surface', 'model', 'prompt_type', 'lang', 'text', 'tag', 'time'] as const),
] as const;
export type EditableField = (typeof editableFields)[number];

/** Whatever is not in the editor is kept as it is. */
export function othersOf(condition: SparseCondition): SparseCondition {
  const shown = new Set<string>([...editableFields, ...(condition.prompt_type === undefined ? [] : ['min_conf'])]);
  return Object.fromEntries(
    Object.entries(condition).filter(([name, value]) => !shown.has(name) && value !== undefined),
  );
}

const fresh: { readonly [Field in EditableField]: NonNullable<SparseCondition[Field]> } = {
  has: ['tools'],
  tokens: { lt: 200_000 },
  client: ['*'],
  surface: ['chat'],
  model: ['*'],
  prompt_type: ['code'],
  lang: ['en'],
  text: { pattern: '(?i)draft' },
  tag: { team: ['*'] },
  time: { days: ['mon-fri'], hours: '08-18' },
};

export function withNew(condition: SparseCondition | undefined, field: EditableField): SparseCondition {
  return { ...condition, [field]: fresh[field] };
}

/** `undefined` when nothing is left that says anything. */
export function withoutField(condition: SparseCondition, field: EditableField): SparseCondition | undefined {
  const gone = new Set<string>(field === 'prompt_type' ? [field, 'min_conf'] : [field]);
  const left = Object.entries(condition).filter(([name, value]) => !gone.has(name) && value !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** `a, b` → the names; blanks and empty ones are left out. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** In or out of a list, in the order of all there are. */
export function toggled<Value extends string>(list: readonly Value[], all: readonly Value[], one: Value): Value[] {
  return all.filter((value) => list.includes(value) !== (value === one));
}

/** Digits alone; `undefined` for none. */
export function wholeNumber(text: string): number | undefined {
  const digits = text.replace(/\D/g, '');
  return digits === '' ? undefined : Number(digits);
}

/** `08-18` as two hours; what is half there is whole here. */
export function hoursOf(hours: string | undefined): { readonly from: number; readonly to: number } {
  const [from = 8, to = 18] = (hours ?? '')
    .split('-')
    .map(Number)
    .filter((hour) => Number.isInteger(hour));
  return hours === undefined ? { from: 8, to: 18 } : { from, to };
}

export function hoursText(from: number, to: number): string {
  return `${String(from).padStart(2, '0')}-${String(to).padStart(2, '0')}`;
}
