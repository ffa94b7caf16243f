import { describe, expect, it } from 'vitest';
import { SideStore } from '../../../main/gateway/side-store.ts';

function store(capBytes = 1000, ttlMs = 100): { store: SideStore; wait: (ms: number) => void } {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now };
  return { store: new SideStore({ clock, capBytes, ttlMs }), wait: (ms) => void (now += ms) };
}

describe('the side store', () => {
  it('gives back what was put, to the same scope only', () => {
    const { store: kept } = store();
    const value = { a: 1 };
    kept.put('key_1', 'x', value, 10);
    expect(kept.get('key_1', 'x')).toBe(value);
    expect(kept.get('key_2', 'x')).toBeUndefined();
    expect(kept.get('key_1', 'y')).toBeUndefined();
  });

  it('forgets what is older than its time, and counts it no more', () => {
    const { store: kept, wait } = store();
    kept.put('s', 'x', 1, 10);
    wait(99);
    expect(kept.get('s', 'x')).toBe(1);
    wait(1);
    expect(kept.get('s', 'x')).toBeUndefined();
    expect(kept.sizeBytes).toBe(0);
  });

  it('lets the least recently used go first, and never holds more than its cap', () => {
    const { store: kept } = store(1000);
    for (const key of ['a', 'b', 'c', 'd']) kept.put('s', key, key, 250);
    expect(kept.get('s', 'a')).toBe('a');
    kept.put('s', 'e', 'e', 250);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => kept.get('s', key))).toEqual(['a', undefined, 'c', 'd', 'e']);
    expect(kept.sizeBytes).toBe(1000);
  });

  it('replaces a value and counts it once', () => {
    const { store: kept } = store();
    kept.put('s', 'x', 'old', 200);
    kept.put('s', 'x', 'new', 50);
    expect(kept.get('s', 'x')).toBe('new');
    expect(kept.sizeBytes).toBe(50);
  });

  it('keeps nothing that would push out all others, nor the older value of that name', () => {
    const { store: kept } = store(1000);
    kept.put('s', 'a', 'a', 100);
    kept.put('s', 'x', 'old', 100);
    kept.put('s', 'x', 'huge', 251);
    expect(kept.get('s', 'x')).toBeUndefined();
    expect(kept.get('s', 'a')).toBe('a');
    expect(kept.sizeBytes).toBe(100);
  });
});
