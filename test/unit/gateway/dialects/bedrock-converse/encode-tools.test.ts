import { expect, it } from 'vitest';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { asArray, asObject } from '../../../../../main/gateway/dialects/dialect.ts';
import { accepted, requestOf, user } from './support.ts';

it('joins a choice at the top of arguments with fields of any name, and takes no prototype from one', () => {
  const parameters = JSON.parse(
    '{"anyOf": [{"properties": {"__proto__": {"type": "string"}}}, {"properties": {"constructor": {}}}], "properties": {"a": {}}}',
  ) as JsonObject;
  const body = accepted(requestOf([user('hi')], { tools: [{ kind: 'function', name: 'f', parameters }] }));
  const [tool] = asArray(asObject(body['toolConfig'])['tools']).map(asObject);
  const made = asObject(asObject(asObject(tool?.['toolSpec'])['inputSchema'])['json']);
  expect(JSON.stringify(made['properties'])).toBe('{"__proto__":{"type":"string"},"constructor":{},"a":{}}');
  expect(Object.getPrototypeOf(made['properties'])).toBe(Object.prototype);
});
