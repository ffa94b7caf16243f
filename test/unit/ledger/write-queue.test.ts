import { describe, expect, it } from 'vitest';
import { WriteQueue } from '../../../main/ledger/write-queue.ts';
import { decision, exchange, opened } from '../../component/ledger/exchanges.ts';

const ids = (records: readonly { requestId: string }[]): string[] => records.map(({ requestId }) => requestId);

const unused = (): void => {};

describe('the write queue', () => {
  it('forgets an opening once its closing is here', () => {
    const queue = new WriteQueue(10, unused);
    const short = exchange();
    const long = exchange();
    queue.open(opened(short));
    queue.open(opened(long));
    queue.close(short);
    const batch = queue.take(10);
    expect(ids(batch.opens)).toEqual([long.requestId]);
    expect(ids(batch.closes)).toEqual([short.requestId]);
    expect(batch.end).toBe(queue.end);
    expect(queue.size).toBe(0);
  });

  it('keeps the order of arrival over batches', () => {
    const queue = new WriteQueue(100, unused);
    const records = Array.from({ length: 10 }, () => exchange());
    for (const record of records) queue.close(record);
    expect(ids([...queue.take(4).closes, ...queue.take(4).closes, ...queue.take(4).closes])).toEqual(ids(records));
  });

  it('never holds more than its limit, however many come and whatever is forgotten', () => {
    let told = 0;
    const queue = new WriteQueue(5, () => (told += 1));
    for (let index = 0; index < 1000; index += 1) {
      const record = exchange();
      queue.open(opened(record));
      if (index % 3 !== 0) queue.close(record);
      expect(queue.size).toBeLessThanOrEqual(5);
    }
    expect(queue.droppedOpens + queue.droppedCloses).toBeGreaterThan(900);
    expect(queue.givenUp).toBe(queue.droppedOpens + queue.droppedCloses);
    expect(told).toBe(1);
    let taken = 0;
    while (queue.size > 0) {
      const batch = queue.take(3);
      taken += batch.opens.length + batch.closes.length;
    }
    expect(taken).toBe(5);
  });

  it('counts long decisions for what they take up, in what waits and in what is taken at once', () => {
    const queue = new WriteQueue(100, unused);
    const long = Array.from({ length: 10 }, () => exchange({ decision: decision({}, 160) }));
    for (const record of long) queue.close(record);
    // Twenty and one each.
    expect(queue.size).toBe(4);
    expect(queue.droppedCloses).toBe(6);
    const short = Array.from({ length: 20 }, () => exchange({ decision: decision({}, 2) }));
    for (const record of short) queue.close(record);
    expect(queue.size).toBe(23);
    expect(ids(queue.take(50).closes)).toEqual(ids(long.slice(7, 9)));
    expect(ids(queue.take(1).closes)).toEqual(ids(long.slice(9)));
    expect(ids(queue.take(50).closes)).toEqual(ids(short));
    expect(queue.size).toBe(0);
    expect(queue.take(50).closes).toEqual([]);
  });
});
