import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { lowerParameters } from '../../../../../main/gateway/dialects/gemini/schema.ts';

function propertiesOf(text: string): JsonObject {
  return lowerParameters(JSON.parse(text) as JsonObject, () => undefined, '/p')['properties'] as JsonObject;
}

describe('joined schemas', () => {
  it('of alternatives keep a field called __proto__ as a field', () => {
    const made = propertiesOf(
      '{"anyOf": [{"type": "object", "properties": {"__proto__": {"type": "string"}}}, {"type": "object", "properties": {"a": {"type": "string"}}}]}',
    );
    expect(Object.keys(made)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });

  it.each(['constructor', 'toString', '__proto__'])('of an allOf keep a field called %s that only one has', (name) => {
    const field = `{"type": "object", "properties": {"${name}": {"type": "string"}}}`;
    const other = '{"type": "object", "properties": {"a": {"type": "string"}}}';
    for (const members of [
      [field, other],
      [other, field],
    ]) {
      const made = propertiesOf(`{"type": "object", "allOf": [${members.join(', ')}]}`);
      expect(Object.keys(made).sort()).toEqual([name, 'a'].sort());
      expect(Object.entries(made)).toContainEqual([name, { type: 'string' }]);
    }
  });
});
