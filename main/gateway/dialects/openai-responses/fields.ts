/** Strict readers for what people send, with the path of the value in the refusal. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Json, JsonObject } from '../canonical.ts';
import { isObject } from '../dialect.ts';

function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Throws `read.invalid_field` naming the value: "input[2].content: expected a string, got a number." */
export function refuseType(param: string, expected: string, value: Json | undefined): never {
  throw new GatewayError('read.invalid_field', `${param}: expected ${expected}, got ${describe(value)}.`, { param });
}

/** Throws `read.invalid_field` with a sentence that names the mend. */
export function refuse(param: string, sentence: string): never {
  throw new GatewayError('read.invalid_field', `${param}: ${sentence}`, { param });
}

export function needString(value: Json | undefined, param: string): string {
  return typeof value === 'string' ? value : refuseType(param, 'a string', value);
}

export function needObject(value: Json | undefined, param: string): JsonObject {
  return isObject(value) ? value : refuseType(param, 'an object', value);
}

export function needArray(value: Json | undefined, param: string): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : refuseType(param, 'an array', value);
}

/** `null` means absent, as in OpenAI's reference. */
export function optionalString(value: Json | undefined, param: string): string | undefined {
  return value === undefined || value === null ? undefined : needString(value, param);
}

export function optionalNumber(value: Json | undefined, param: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' ? value : refuseType(param, 'a number', value);
}

export function optionalBoolean(value: Json | undefined, param: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean' ? value : refuseType(param, 'true or false', value);
}

export function optionalObject(value: Json | undefined, param: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : needObject(value, param);
}

export function optionalArray(value: Json | undefined, param: string): readonly Json[] {
  return value === undefined || value === null ? [] : needArray(value, param);
}

/** A copy without fields that are undefined, so that no reader of the object sees a key without a value. */
export function compact(fields: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept;
}
