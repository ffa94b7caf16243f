import { expect, it } from 'vitest';
import {
  count,
  duration,
  languageName,
  listed,
  percent,
  share,
  usd,
} from '../../../../main/gateway/routing/wording.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [1_234_567.6, '1,234,568'],
])('counts %d as %s', (value, text) => {
  expect(count(value)).toBe(text);
});

it.each([
  [0, 'nothing'],
  [1, '$0.000000000001'],
  [1_100_000_000, '$0.0011'],
  [45_987_654_321, '$0.046'],
  [999_999_999_999, '$1'],
  [12_345_678_901_234, '$12'],
  [-7_654_321_000, '-$0.0077'],
])('says %d pico-USD as %s', (value, text) => {
  expect(usd(value)).toBe(text);
});

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_000, '1 s'],
  [1_449, '1.4 s'],
  [12_600, '13 s'],
  [119_400, '119 s'],
  [120_000, '2 min'],
])('says %d ms as %s', (value, text) => {
  expect(duration(value)).toBe(text);
});

it('lists words, and shares of one', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  expect(share(0.625)).toBe('0.63');
});

it('says shares as percent, and languages by their names', () => {
  expect(percent(0.625)).toBe('63 %');
  expect(['de', 'PT', 'zh', 'xx', 'constructor'].map(languageName)).toEqual([
    ...(['German', 'Portuguese', 'Chinese', 'xx', 'constructor'] as const),
  ]);
});
