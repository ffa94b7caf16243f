/** Arguments of a client-run tool search: an object on the wire, text between dialects. */
import type { Json } from '../canonical.ts';
import { isObject } from '../dialect.ts';

/** Text that is no JSON object becomes an empty object. */
export function parseArguments(input: string): Json {
  try {
    const value = JSON.parse(input === '' ? '{}' : input) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Arguments as a provider or client sent them, as JSON text; never empty. */
export function argumentsText(value: Json | undefined): string {
  if (typeof value === 'string') return value.trim() === '' ? '{}' : value;
  return JSON.stringify(isObject(value) ? value : {});
}
