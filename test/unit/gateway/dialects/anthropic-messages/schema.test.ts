import { expect, it } from 'vitest';
import { inputSchema } from '../../../../../main/gateway/dialects/anthropic-messages/schema.ts';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { collectLosses } from './support.ts';

it('joins a union of arguments with fields of any name, and takes no prototype from one', () => {
  const schema = JSON.parse(
    '{"anyOf": [{"properties": {"__proto__": {"type": "string"}}}, {"properties": {"constructor": {}}}], "properties": {"a": {}}}',
  ) as JsonObject;
  const losses = collectLosses();
  const made = inputSchema(schema, '/tools/f', losses.sink);
  expect(JSON.stringify(made)).toBe(
    '{"properties":{"__proto__":{"type":"string"},"constructor":{},"a":{}},"type":"object"}',
  );
  expect(Object.getPrototypeOf(made['properties'])).toBe(Object.prototype);
  expect(losses.list).toEqual(['/tools/f']);
});
