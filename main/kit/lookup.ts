/** Tables that are looked up with words from outside. */

/** The same rows in an object that inherits nothing: `constructor`, `toString` and `__proto__` are not in it unless they are rows. */
export function lookup<Value>(rows: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, rows);
}
