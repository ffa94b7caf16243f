/** Strict readers of a client's request: camelCase or snake_case names, `null` as absent, errors that name the place. */
import type { Json, JsonObject } from '../canonical.ts';
import { isObject } from '../dialect.ts';
import { refuse, wrong } from '../fields.ts';

const snakeNames = new Map<string, string>();

function snakeOf(name: string): string {
  const known = snakeNames.get(name);
  if (known !== undefined) return known;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  snakeNames.set(name, snake);
  return snake;
}

/**
 * A field by its camelCase name, or by the snake_case name of the proto: Google's JSON parser takes both (proto3 JSON mapping).
 * `null` is the same as absent there. `name` must be one of the fixed names of the reference.
 */
export function field(object: JsonObject, name: string): Json | undefined {
  const value = object[name] ?? object[snakeOf(name)];
  return value ?? undefined;
}

/** The camelCase spelling of a field name, for comparing with a list of known names. */
export function camelOf(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function needObject(value: Json | undefined, param: string): JsonObject {
  if (value === undefined) refuse(param, 'is required and must be an object.');
  if (!isObject(value)) throw wrong(param, 'an object', value);
  return value;
}

export function needArray(value: Json | undefined, param: string): readonly Json[] {
  if (value === undefined) refuse(param, 'is required and must be an array.');
  if (!Array.isArray(value)) throw wrong(param, 'an array', value);
  return value as readonly Json[];
}

export function needString(value: Json | undefined, param: string): string {
  if (value === undefined) refuse(param, 'is required and must be a string.');
  if (typeof value !== 'string') throw wrong(param, 'a string', value);
  return value;
}

export function optionalObject(object: JsonObject, name: string, at: string): JsonObject | undefined {
  const value = field(object, name);
  return value === undefined ? undefined : needObject(value, `${at}${name}`);
}

export function optionalArray(object: JsonObject, name: string, at: string): readonly Json[] | undefined {
  const value = field(object, name);
  return value === undefined ? undefined : needArray(value, `${at}${name}`);
}

/** A list of objects, or one of them without its list: Google's parser takes it, and its own examples send it. */
export function optionalObjects(object: JsonObject, name: string, at: string): readonly Json[] | undefined {
  const value = field(object, name);
  return isObject(value) ? [value] : optionalArray(object, name, at);
}

export function optionalString(object: JsonObject, name: string, at: string): string | undefined {
  const value = field(object, name);
  return value === undefined ? undefined : needString(value, `${at}${name}`);
}

export function optionalBoolean(object: JsonObject, name: string, at: string): boolean | undefined {
  const value = field(object, name);
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrong(`${at}${name}`, 'true or false', value);
}

/** A number, or one written as a string, which proto3 JSON allows. */
export function optionalNumber(object: JsonObject, name: string, at: string): number | undefined {
  const value = field(object, name);
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  throw wrong(`${at}${name}`, 'a number', value);
}

export function optionalStrings(object: JsonObject, name: string, at: string): readonly string[] | undefined {
  return optionalArray(object, name, at)?.map((item, index) => needString(item, `${at}${name}[${String(index)}]`));
}
