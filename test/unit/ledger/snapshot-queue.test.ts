import { describe, expect, it } from 'vitest';
import { SnapshotQueue } from '../../../main/ledger/snapshot-queue.ts';

const body = (): unknown => ({});
const ids = (taken: readonly { readonly id: string }[]): string[] => taken.map(({ id }) => id);

describe('the snapshot queue', () => {
  it('hands each over once, in order, and the newest again when it is asked to', () => {
    const queue = new SnapshotQueue();
    expect([queue.offer('a', body), queue.offer('a', body), queue.offer('b', body)]).toEqual([true, false, true]);
    expect(ids(queue.take())).toEqual(['a', 'b']);
    expect(queue.take()).toEqual([]);
    queue.confirm('a');
    queue.confirm('b');
    queue.again();
    expect(ids(queue.take())).toEqual(['b']);
  });

  it('hands over again what was not kept, but not for ever', () => {
    const queue = new SnapshotQueue();
    queue.offer('a', body);
    let tries = 0;
    while (queue.take().length > 0) {
      tries += 1;
      queue.refuse('a');
    }
    expect(tries).toBe(5);
    queue.offer('b', body);
    expect(ids(queue.take())).toEqual(['b']);
    queue.refuseAll();
    expect(ids(queue.take())).toEqual(['b']);
  });

  it('keeps no more than a few waiting, the newest of them', () => {
    const queue = new SnapshotQueue();
    for (let index = 0; index < 100; index += 1) queue.offer(`s${index}`, body);
    expect(ids(queue.take())).toEqual(Array.from({ length: 8 }, (_, index) => `s${92 + index}`));
  });
});
