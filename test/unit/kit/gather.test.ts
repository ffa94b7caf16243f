import { describe, expect, it } from 'vitest';
import { Gatherer } from '../../../main/kit/gather.ts';

const text = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));

describe('a gatherer', () => {
  it.each([1, 7, 1_000, 16_383, 16_384, 70_000, 200_000])(
    'gives the bytes back in order when they come %i at a time',
    (size) => {
      const gatherer = new Gatherer();
      for (let at = 0; at < text.length; at += size) gatherer.add(text.subarray(at, at + size));
      expect(gatherer.sizeBytes).toBe(text.length);
      expect(gatherer.take().equals(text)).toBe(true);
      expect(gatherer.sizeBytes).toBe(0);
    },
  );

  it('keeps the order when large and small chunks alternate', () => {
    const gatherer = new Gatherer();
    const sizes = [3, 20_000, 5, 5, 30_000, 1, 60_000, 2];
    let at = 0;
    for (const size of sizes) gatherer.add(text.subarray(at, (at += size)));
    expect(gatherer.take().equals(text.subarray(0, at))).toBe(true);
  });

  it('gives a single chunk back as it is, not copied', () => {
    const gatherer = new Gatherer();
    const only = Buffer.from('only');
    gatherer.add(only);
    expect(gatherer.take()).toBe(only);
  });

  it('copies small chunks, so that it does not hold the buffers they are views of', () => {
    const gatherer = new Gatherer();
    gatherer.add(Buffer.from('a'));
    const view = Buffer.from('b');
    gatherer.add(view);
    view[0] = 0x78;
    expect(gatherer.take().toString()).toBe('ab');
  });

  it('is empty after it was taken or cleared', () => {
    const gatherer = new Gatherer();
    gatherer.add(Buffer.from('a'));
    gatherer.add(Buffer.from('b'));
    gatherer.clear();
    expect(gatherer.take().length).toBe(0);
    gatherer.add(Buffer.from('c'));
    expect(gatherer.take().toString()).toBe('c');
  });
});
