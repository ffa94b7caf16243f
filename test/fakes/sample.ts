// Makes a value that conforms to a JSON Schema, or to Gemini's upper-case dialect of it.

import { dict, isDict, list, number, text, type Dict } from './json.ts';

const FORMATS: Record<string, string> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  time: '03:04:05Z',
  email: 'a@example.com',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  ipv4: '192.0.2.1',
};

/** A conforming value; patterns are not solved, recursion stops at optional properties. */
export function sample(schema: unknown, root: unknown = schema, depth = 0): unknown {
  const one = resolve(dict(schema), root);
  if ('const' in one) return one.const;
  if (Array.isArray(one.enum)) return (one.enum as unknown[])[0];
  const branch = list(one.anyOf ?? one.oneOf)[0] ?? list(one.allOf)[0];
  if (branch !== undefined) return sample(branch, root, depth + 1);
  const types = (Array.isArray(one.type) ? (one.type as unknown[]) : [one.type]).map((type) =>
    text(type).toLowerCase(),
  );
  const type =
    types.find((name) => name !== 'null' && name !== '') ??
    (types.includes('null') ? 'null' : isDict(one.properties) ? 'object' : 'string');
  switch (type) {
    case 'object':
      return sampleObject(one, root, depth);
    case 'array': {
      const count = Math.max(Number(one.minItems ?? 0), depth > 6 ? 0 : 1);
      return Array.from({ length: count }, () => sample(one.items, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return sampleNumber(one, type === 'integer');
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleString(one);
  }
}

function sampleObject(schema: Dict, root: unknown, depth: number): Dict {
  const required = list(schema.required);
  const entries = Object.entries(dict(schema.properties)).filter(([key]) => required.includes(key) || depth <= 6);
  return Object.fromEntries(entries.map(([key, value]) => [key, sample(value, root, depth + 1)]));
}

function sampleNumber(schema: Dict, whole: boolean): number {
  const step = number(schema.multipleOf) ?? 1;
  const above = number(schema.exclusiveMinimum);
  const low = number(schema.minimum) ?? (above === undefined ? undefined : above + (whole ? 1 : 0.5));
  const high = number(schema.maximum) ?? number(schema.exclusiveMaximum);
  if (low !== undefined) return Math.ceil(low / step) * step;
  return high !== undefined && high < step ? Math.floor((high - (whole ? 1 : 0.5)) / step) * step : step;
}

function sampleString(schema: Dict): string {
  const base = FORMATS[text(schema.format)] ?? 'samplé';
  const least = Number(schema.minLength ?? 0);
  const most = Number(schema.maxLength ?? Infinity);
  return base.padEnd(least, 'x').slice(0, most);
}

function resolve(schema: Dict, root: unknown): Dict {
  const ref = text(schema.$ref);
  if (!ref.startsWith('#')) return schema;
  const path = ref
    .slice(1)
    .split('/')
    .filter(Boolean)
    .map((step) => decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~'));
  return dict(path.reduce<unknown>((at, step) => (isDict(at) ? at[step] : undefined), root));
}
