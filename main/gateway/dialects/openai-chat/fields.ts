/** Strict readers of a client's fields: a wrong type is an error that names the place and what was expected. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { isObject } from '../dialect.ts';

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

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

export function needString(value: Json | undefined, path: string): string {
  if (value === '') throw new GatewayError('read.invalid_field', `${path}: must not be empty.`, { param: path });
  if (typeof value !== 'string') throw wrong(path, 'a string', value);
  return value;
}

export function optionalString(value: Json | undefined, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(path, 'a string', value);
  return value;
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

export function optionalArray(value: Json | undefined, path: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(path, 'an array', value);
  return value as readonly Json[];
}

/** `messages[0].content` as the JSON pointer a loss names. */
export function pointerOf(path: string): string {
  return `/${path.replaceAll('[', '/').replaceAll(']', '').replaceAll('.', '/')}`;
}
