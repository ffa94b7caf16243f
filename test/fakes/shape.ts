// A small schema language for request bodies, so that each provider's strictness is a table and its wording a function.

import { isDict, type Dict } from './json.ts';

type Common = { nullable?: boolean; required?: boolean };

export type Spec = Common &
  (
    | { kind: 'any' }
    | { kind: 'boolean' }
    | { kind: 'string'; values?: readonly string[]; pattern?: RegExp; minLength?: number; maxLength?: number }
    | { kind: 'number' | 'integer'; minimum?: number; maximum?: number }
    | { kind: 'object'; fields: Record<string, Spec>; open?: boolean }
    | { kind: 'map'; of: Spec; maxEntries?: number }
    | { kind: 'array'; of: Spec; minItems?: number; maxItems?: number }
    | { kind: 'tagged'; tag: string; cases: Record<string, Spec>; absent?: string; label?: boolean }
    | { kind: 'either'; of: Spec[] }
    | { kind: 'lazy'; get: () => Spec }
  );

export type Path = readonly (string | number)[];

/** The first thing wrong with a value; `limit`, `values`, `tag` say what would have been right. */
export type Issue = {
  path: Path;
  problem:
    'missing' | 'unknown' | 'type' | 'value' | 'tag' | 'pattern' | 'long' | 'short' | 'small' | 'big' | 'many' | 'few';
  spec: Spec | undefined;
  got: unknown;
  limit?: number;
  values?: readonly string[];
  tag?: string;
};

export const any = (): Spec => ({ kind: 'any' });
export const bool = (): Spec => ({ kind: 'boolean' });
export const str = (rest: { pattern?: RegExp; minLength?: number; maxLength?: number } = {}): Spec => ({
  kind: 'string',
  ...rest,
});
export const oneOf = (...values: string[]): Spec => ({ kind: 'string', values });
export const num = (minimum?: number, maximum?: number): Spec => ({ kind: 'number', ...bounds(minimum, maximum) });
export const int = (minimum?: number, maximum?: number): Spec => ({ kind: 'integer', ...bounds(minimum, maximum) });
export const obj = (fields: Record<string, Spec>): Spec => ({ kind: 'object', fields });
/** An object whose further fields are nobody's business. */
export const open = (fields: Record<string, Spec> = {}): Spec => ({ kind: 'object', fields, open: true });
export const map = (of: Spec): Spec => ({ kind: 'map', of });
export const arr = (of: Spec, limits: { minItems?: number; maxItems?: number } = {}): Spec => ({
  kind: 'array',
  of,
  ...limits,
});
export const tagged = (tag: string, cases: Record<string, Spec>, absent?: string): Spec =>
  absent === undefined ? { kind: 'tagged', tag, cases } : { kind: 'tagged', tag, cases, absent };
export const either = (...of: Spec[]): Spec => ({ kind: 'either', of });
export const lazy = (get: () => Spec): Spec => ({ kind: 'lazy', get });
/** A tagged union whose tag becomes a step of the path, as pydantic prints it. */
export const labelled = (tag: string, cases: Record<string, Spec>, absent?: string): Spec =>
  ({ ...tagged(tag, cases, absent), label: true }) as Spec;
/** Must be there. */
export const req = (spec: Spec): Spec => ({ ...spec, required: true });
/** May be null. */
export const nul = (spec: Spec): Spec => ({ ...spec, nullable: true });

function bounds(minimum: number | undefined, maximum: number | undefined) {
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
}

/** The first issue of a value against its spec, depth first, or undefined when it fits. */
export function check(value: unknown, spec: Spec, path: Path = []): Issue | undefined {
  if (value === null && spec.nullable === true) return undefined;
  const wrong = (problem: Issue['problem'], rest: Partial<Issue> = {}): Issue => ({
    path,
    problem,
    spec,
    got: value,
    ...rest,
  });
  switch (spec.kind) {
    case 'any':
      return undefined;
    case 'lazy':
      return check(value, { ...spec.get(), ...(spec.nullable === true ? { nullable: true } : {}) }, path);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrong('type');
    case 'string':
      return checkString(value, spec, wrong);
    case 'number':
    case 'integer':
      if (typeof value !== 'number' || (spec.kind === 'integer' && !Number.isInteger(value))) return wrong('type');
      if (spec.minimum !== undefined && value < spec.minimum) return wrong('small', { limit: spec.minimum });
      if (spec.maximum !== undefined && value > spec.maximum) return wrong('big', { limit: spec.maximum });
      return undefined;
    case 'object':
      return isDict(value) ? checkFields(value, spec, path) : wrong('type');
    case 'map':
      return isDict(value)
        ? firstOf(Object.entries(value), ([key, item]) => check(item, spec.of, [...path, key]))
        : wrong('type');
    case 'array':
      if (!Array.isArray(value)) return wrong('type');
      if (spec.minItems !== undefined && value.length < spec.minItems) return wrong('few', { limit: spec.minItems });
      if (spec.maxItems !== undefined && value.length > spec.maxItems) return wrong('many', { limit: spec.maxItems });
      return firstOf([...(value as unknown[]).entries()], ([index, item]) => check(item, spec.of, [...path, index]));
    case 'either': {
      const fitting = spec.of.find((one) => fitsKind(value, one));
      return fitting === undefined ? wrong('type') : check(value, fitting, path);
    }
    case 'tagged':
      return checkTagged(value, spec, path, wrong);
  }
}

type Wrong = (problem: Issue['problem'], rest?: Partial<Issue>) => Issue;

function checkString(value: unknown, spec: Spec & { kind: 'string' }, wrong: Wrong): Issue | undefined {
  if (typeof value !== 'string') return wrong('type');
  if (spec.values !== undefined && !spec.values.includes(value)) return wrong('value', { values: spec.values });
  if (spec.maxLength !== undefined && value.length > spec.maxLength) return wrong('long', { limit: spec.maxLength });
  if (spec.minLength !== undefined && value.length < spec.minLength) return wrong('short', { limit: spec.minLength });
  if (spec.pattern !== undefined && !spec.pattern.test(value)) return wrong('pattern');
  return undefined;
}

function checkFields(value: Dict, spec: Spec & { kind: 'object' }, path: Path): Issue | undefined {
  const { fields } = spec;
  if (spec.open !== true) {
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined)
      return { path: [...path, unknown], problem: 'unknown', spec: undefined, got: value[unknown] };
  }
  return firstOf(Object.entries(fields), ([key, field]) => {
    if (Object.hasOwn(value, key)) return check(value[key], field, [...path, key]);
    return field.required === true
      ? { path: [...path, key], problem: 'missing', spec: field, got: undefined }
      : undefined;
  });
}

function checkTagged(value: unknown, spec: Spec & { kind: 'tagged' }, path: Path, wrong: Wrong): Issue | undefined {
  if (!isDict(value)) return wrong('type');
  const found = value[spec.tag] ?? spec.absent;
  if (found === undefined) return { path: [...path, spec.tag], problem: 'missing', spec: undefined, got: undefined };
  const chosen = typeof found === 'string' && Object.hasOwn(spec.cases, found) ? spec.cases[found] : undefined;
  if (typeof found !== 'string' || chosen === undefined)
    return wrong('tag', { values: Object.keys(spec.cases), tag: spec.tag, got: found });
  return check(value, chosen, spec.label === true ? [...path, found] : path);
}

function fitsKind(value: unknown, spec: Spec): boolean {
  switch (spec.kind) {
    case 'string':
      return typeof value === 'string';
    case 'number':
    case 'integer':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'lazy':
      return fitsKind(value, spec.get());
    case 'either':
      return spec.of.some((one) => fitsKind(value, one));
    case 'any':
      return true;
    default:
      return isDict(value);
  }
}

function firstOf<T>(items: readonly T[], find: (item: T) => Issue | undefined): Issue | undefined {
  for (const item of items) {
    const issue = find(item);
    if (issue !== undefined) return issue;
  }
  return undefined;
}
