/** Variables of a prompt: `{{name}}` in its texts. */
import type { Draft } from './draft.ts';

const place = /\{\{\s*([A-Za-z_][\w.-]{0,63})\s*\}\}/g;

/** Names in the order they first stand in the text. */
export function namesIn(texts: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) for (const [, name = ''] of text.matchAll(place)) names.add(name);
  return [...names];
}

export function variableNames({ system, turns }: Pick<Draft, 'system' | 'turns'>): readonly string[] {
  return namesIn([system, ...turns.map(({ text }) => text)]);
}

/** Puts the values in; what a value holds is not looked through again. A name without a value stays as it is. */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(place, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : whole));
}

/** Values that leave a text as it is: for one that holds such places without meaning variables. */
export function literalValues(texts: readonly string[]): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const text of texts) for (const [whole, name = ''] of text.matchAll(place)) values[name] ??= whole;
  return values;
}
