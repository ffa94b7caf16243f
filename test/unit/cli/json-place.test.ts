import { describe, expect, it } from 'vitest';
import { endOfJson } from '../../../main/cli/explain/json-place.ts';

describe('the place where a text stops being JSON', () => {
  it.each([
    ['{"a":[1,2,{}],"b":"x"}', 22],
    ['', 0],
    ['  ', 2],
    ['{"a":[}', 6],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['{"a":1 "b":2}', 7],
    ['[1 2]', 3],
    ['{"a":tru}', 5],
    ['{"a":01}', 6],
    ['["a\nb"]', 1],
    ['["\\x"]', 1],
    ['{"a":1', 6],
    ['{"a":1]', 6],
    ['[1}', 2],
    ['{} {}', 3],
    ['1 2', 2],
    ['NaN', 0],
    ['// x\n{}', 0],
    ['{"a": "b"}\n\n}', 12],
  ])('of %j is %d', (text, place) => {
    expect(endOfJson(text)).toBe(place);
  });

  it('is the end of every document, and no later than where one was broken', () => {
    const text = JSON.stringify({ a: [1, -2.5e-3, true, null, { b: 'ü"\\\u0001/', c: [] }], d: { e: {} } }, null, 2);
    expect(endOfJson(text)).toBe(text.length);
    for (let at = 0; at < text.length; at += 1) {
      const broken = `${text.slice(0, at)}\u0007${text.slice(at)}`;
      expect(() => JSON.parse(broken) as unknown).toThrow();
      expect(endOfJson(broken)).toBeLessThanOrEqual(at);
    }
  });

  it('is found in a text as long as a request with pictures', () => {
    const text = JSON.stringify({ data: 'A'.repeat(20_000_000), more: '\\"'.repeat(100_000) });
    expect(endOfJson(`${text}x`)).toBe(text.length);
  });
});
