/** Strict readers of a client's request: camelCase or snake_case names, `null` as absent, errors that name the place. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { isObject } from '../dialect.ts';

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

export function refuse(param: string, message: string): never {
  throw new GatewayError('read.invalid_field', `${param}: ${message}`, { param });
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

export function refuseType(param: string, wanted: string, value: Json): never {
  refuse(param, `expected ${wanted}, got ${kindOf(value)}.`);
}

export function needObject(value: Json | undefined, param: string): JsonObject {
  if (value === undefined) refuse(param, 'is required and must be an object.');
  return isObject(value) ? value : refuseType(param, 'an object', value);
}

export function needArray(value: Json | undefined, param: string): readonly Json[] {
  if (value === undefined) refuse(param, 'is required and must be an array.');
  return Array.isArray(value) ? (value as readonly Json[]) : refuseType(param, 'an array', value);
}

export function needString(value: Json | undefined, param: string): string {
  if (value === undefined) refuse(param, 'is required and must be a string.');
  return typeof value === 'string' ? value : refuseType(param, 'a string', value);
}

export function optionalObject(object: JsonObject, name: string, at: string): JsonObject | undefined {
  const value = field(object, name);
  return value === undefined ? undefined : needObject(value, `${at}${name}`);
}

export function optionalArray(object: JsonObject, name: string, at: string): readonly Json[] | undefined {
  const value = field(object, name);
  return value === undefined ? undefined : needArray(value, `${at}${name}`);
}

export function optionalString(object: JsonObject, name: string, at: string): string | undefined {
  const value = field(object, name);
  return value === undefined ? undefined : needString(value, `${at}${name}`);
}

export function optionalBoolean(object: JsonObject, name: string, at: string): boolean | undefined {
  const value = field(object, name);
  if (value === undefined || typeof value === 'boolean') return value;
  refuseType(`${at}${name}`, 'true or false', value);
}

/** A number, or one written as a string, which proto3 JSON allows. */
export function optionalNumber(object: JsonObject, name: string, at: string): number | undefined {
  const value = field(object, name);
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  refuseType(`${at}${name}`, 'a number', value);
}

export function optionalStrings(object: JsonObject, name: string, at: string): readonly string[] | undefined {
  return optionalArray(object, name, at)?.map((item, index) => needString(item, `${at}${name}[${String(index)}]`));
}
