import { expect, it } from 'vitest';
import { RecentMap } from '../../../main/kit/recent-map.ts';

it('forgets what was not used for longest, and says so', () => {
  const dropped: number[] = [];
  const map = new RecentMap<number>(2, (value) => dropped.push(value));
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect(dropped).toEqual([2]);
  expect([...map.entries()]).toEqual([
    ['a', 1],
    ['c', 3],
  ]);
});

it('does not count a peek as a use', () => {
  const map = new RecentMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.peek('a')).toBe(1);
  map.set('c', 3);
  expect([...map.keys()]).toEqual(['b', 'c']);
});

it('is silent about what is deleted or replaced', () => {
  const dropped: number[] = [];
  const map = new RecentMap<number>(2, (value) => dropped.push(value));
  map.set('a', 1);
  map.set('a', 2);
  expect(map.delete('a')).toBe(true);
  expect(map.delete('a')).toBe(false);
  map.dropOldest();
  expect(map.size).toBe(0);
  expect(dropped).toEqual([]);
});
