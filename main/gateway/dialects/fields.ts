/** Strict readers of a client's fields: a wrong type is an error that names the place and what was expected. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { Json, JsonObject } from './canonical.ts';
import { isObject } from './dialect.ts';

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The refusal of a value of the wrong type, to be thrown: "input[2].content: expected a string, got a number." */
export function wrong(path: string, expected: string, got: Json | undefined): GatewayError {
  return new GatewayError('read.invalid_field', `${path}: expected ${expected}, got ${kindOf(got)}.`, { param: path });
}

/** For a word that is not one of the known ones. */
export function wrongWord(path: string, words: readonly string[], got: Json | undefined): GatewayError {
  const found = typeof got === 'string' ? JSON.stringify(got.slice(0, 60)) : kindOf(got);
  return new GatewayError('read.invalid_field', `${path}: expected one of ${words.join(', ')}, got ${found}.`, {
    param: path,
  });
}

/** Throws `read.invalid_field` with a sentence that names the mend. */
export function refuse(path: string, sentence: string): never {
  throw new GatewayError('read.invalid_field', `${path}: ${sentence}`, { param: path });
}

/** A text, which may be empty. */
export function needText(value: Json | undefined, path: string): string {
  if (typeof value !== 'string') throw wrong(path, 'a string', value);
  return value;
}

/** A name or an id: a string that is not empty. */
export function needString(value: Json | undefined, path: string): string {
  if (value === '') refuse(path, 'must not be empty.');
  return needText(value, path);
}

/** `null` means absent, here and below, as in OpenAI's reference. */
export function optionalString(value: Json | undefined, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  return needText(value, path);
}

export function optionalNumber(value: Json | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw wrong(path, 'a number', value);
  return value;
}

export function optionalBoolean(value: Json | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrong(path, 'true or false', value);
  return value;
}

export function needObject(value: Json | undefined, path: string): JsonObject {
  if (!isObject(value)) throw wrong(path, 'an object', value);
  return value;
}

export function optionalObject(value: Json | undefined, path: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : needObject(value, path);
}

/** Nothing and `null` read as an object without fields. */
export function objectOrEmpty(value: Json | undefined, path: string): JsonObject {
  return optionalObject(value, path) ?? {};
}

export function needArray(value: Json | undefined, path: string): readonly Json[] {
  if (!Array.isArray(value)) throw wrong(path, 'an array', value);
  return value as readonly Json[];
}

/** Nothing and `null` read as a list without entries. */
export function optionalArray(value: Json | undefined, path: string): readonly Json[] {
  return value === undefined || value === null ? [] : needArray(value, path);
}

/** `messages[0].content` as the JSON pointer a loss names. */
export function pointerOf(path: string): string {
  return `/${path.replaceAll('[', '/').replaceAll(']', '').replaceAll('.', '/')}`;
}

/** A copy without fields that are undefined, so that no reader of the object sees a key without a value. */
export function compact(fields: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept;
}
