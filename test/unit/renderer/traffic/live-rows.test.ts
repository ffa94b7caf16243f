import { describe, expect, it } from 'vitest';
import { LiveRows, maxFresh } from '../../../../renderer/features/traffic/live-rows.ts';
import type { ExchangeEntry } from '../../../../shared/contract/traffic.ts';
import { entry, opened } from './support.ts';

const all = (): boolean => true;
const none = new Set<string>();
const ids = (rows: readonly ExchangeEntry[]): string[] => rows.map(({ request_id }) => request_id);

describe('rows that come while the list is there', () => {
  it('stand newest first, each once, and become complete in place', () => {
    const rows = new LiveRows(all, []);
    rows.take([opened(2), opened(1)]);
    rows.take([opened(3), opened(2), entry(1)]);
    expect(ids(rows.fresh)).toEqual(['req_3', 'req_2', 'req_1']);
    expect(rows.fresh.map(({ outcome }) => outcome)).toEqual(['open', 'open', 'complete']);
  });

  it('say that nothing is new when nothing is, and keep the same list', () => {
    const recent = [opened(2), opened(1)];
    const rows = new LiveRows(all, recent);
    const before = rows.fresh;
    expect(rows.take(recent)).toBe(false);
    expect(rows.fresh).toBe(before);
  });

  it('come in when their end fits the filter, where their time belongs, and go when it does not', () => {
    const failed = new LiveRows(({ outcome }) => outcome === 'failed', []);
    failed.take([opened(3), opened(2), opened(1)]);
    expect(failed.fresh).toEqual([]);
    failed.take([entry(3, { outcome: 'failed' }), opened(2), entry(1, { outcome: 'failed' })]);
    failed.take([entry(3, { outcome: 'failed' }), entry(2, { outcome: 'failed' }), entry(1, { outcome: 'failed' })]);
    expect(ids(failed.fresh)).toEqual(['req_3', 'req_2', 'req_1']);
    const running = new LiveRows(({ outcome }) => outcome === 'open', []);
    running.take([opened(2), opened(1)]);
    running.take([entry(2), opened(1)]);
    expect(ids(running.fresh)).toEqual(['req_1']);
  });

  it('are not there twice when a page has them, and none is lost that came while the page was asked for', () => {
    const rows = new LiveRows(all, [entry(4), entry(3), opened(2), entry(1)]);
    const ended = rows.ended();
    rows.take([entry(5), entry(4), entry(3), opened(2), entry(1)]);
    rows.settle(ended, entry(4).at);
    // 1 and 3 are in the ledger: further down, or on a page to come. 2 runs since before, 5 came meanwhile.
    expect(ids(rows.above(new Set(['req_4'])))).toEqual(['req_5', 'req_2']);
  });

  it('stay when their end came after the page, however long ago they began', () => {
    const rows = new LiveRows(all, [opened(1)]);
    rows.settle(rows.ended(), entry(9).at);
    rows.take([entry(1)]);
    expect(ids(rows.above(none))).toEqual(['req_1']);
  });

  it('complete a row that a page holds as open', () => {
    const rows = new LiveRows(() => false, []);
    rows.take([entry(1)]);
    expect(rows.latest(opened(1)).outcome).toBe('complete');
    expect(rows.latest(opened(2)).outcome).toBe('open');
  });

  it('are kept up to a limit, tell when there were more, and begin anew with the next page', () => {
    const rows = new LiveRows(all, []);
    for (let number = 0; number < maxFresh + 50; number += 1) rows.take([entry(number)]);
    expect(rows.fresh).toHaveLength(maxFresh);
    expect(rows.fresh[0]?.request_id).toBe(`req_${String(maxFresh + 49)}`);
    expect(rows.overflowed).toBe(true);
    rows.settle(rows.ended(), entry(maxFresh + 49).at);
    expect(rows.fresh).toEqual([]);
    expect(rows.overflowed).toBe(false);
  });
});
