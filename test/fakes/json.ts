// Narrowing helpers for parsed JSON whose shape nobody has promised yet.

export type Dict = Record<string, unknown>;

/** True for a JSON object, false for arrays and null. */
export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object, or an empty one. */
export const dict = (value: unknown): Dict => (isDict(value) ? value : {});

/** The value as a list, or an empty one. */
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The value as a string, or an empty one. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The value as a number, or undefined. */
export const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** JSON parsed, or undefined when it is not JSON. */
export function tryJson(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}

/** Every string inside a JSON value, keys left out, in document order. */
export function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  return isDict(value) ? Object.values(value).flatMap(strings) : [];
}
