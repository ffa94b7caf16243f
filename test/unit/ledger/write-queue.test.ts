import { describe, expect, it } from 'vitest';
import { WriteQueue } from '../../../main/ledger/write-queue.ts';
import { exchange, opened } from '../../component/ledger/exchanges.ts';

const ids = (records: readonly { requestId: string }[]): string[] => records.map(({ requestId }) => requestId);

describe('the write queue', () => {
  it('forgets an opening once its closing is here', () => {
    const queue = new WriteQueue(10);
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
    const queue = new WriteQueue(100);
    const records = Array.from({ length: 10 }, () => exchange());
    for (const record of records) queue.close(record);
    expect(ids([...queue.take(4).closes, ...queue.take(4).closes, ...queue.take(4).closes])).toEqual(ids(records));
  });

  it('never holds more than its limit, however many come and whatever is forgotten', () => {
    const queue = new WriteQueue(5);
    for (let index = 0; index < 1000; index += 1) {
      const record = exchange();
      queue.open(opened(record));
      if (index % 3 !== 0) queue.close(record);
      expect(queue.size).toBeLessThanOrEqual(5);
    }
    expect(queue.droppedOpens + queue.droppedCloses).toBeGreaterThan(900);
    let taken = 0;
    while (queue.size > 0) {
      const batch = queue.take(3);
      taken += batch.opens.length + batch.closes.length;
    }
    expect(taken).toBe(5);
  });
});
