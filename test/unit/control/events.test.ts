import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../../shared/contract/contract.ts';
import { exchangeEntry } from '../../../shared/contract/traffic.ts';
import { createEvents } from '../../../main/control/events.ts';
import { announceExchanges } from '../../../main/control/exchange-events.ts';
import type { ExchangeRecord } from '../../../main/ledger/ledger.ts';
import { exchange } from '../../component/ledger/exchanges.ts';

const change = (problems: number): AnyEvent => ({ event: 'config.changed', data: { snapshot: 's', problems } });

async function all(events: AsyncIterable<AnyEvent>): Promise<AnyEvent[]> {
  const seen: AnyEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('events', () => {
  it('reach everyone who listens, in order, from then on', async () => {
    const events = createEvents();
    events.publish(change(0));
    const early = events.subscribe();
    events.publish(change(1));
    const second = events.subscribe();
    events.publish(change(2));
    events.close();
    expect(await all(early)).toEqual([change(1), change(2)]);
    expect(await all(second)).toEqual([change(2)]);
  });

  it('wake a listener that waits', async () => {
    const events = createEvents();
    const reading = all(events.subscribe());
    await Promise.resolve();
    events.publish(change(1));
    events.close();
    expect(await reading).toEqual([change(1)]);
  });

  it('cost a slow listener the oldest, and it is told how many', async () => {
    const events = createEvents(3);
    const slow = events.subscribe();
    for (let number = 0; number < 10; number += 1) events.publish(change(number));
    events.close();
    expect(await all(slow)).toEqual([{ event: 'events.dropped', data: { count: 7 } }, change(7), change(8), change(9)]);
  });

  it('cost one that is stuck the oldest as well when they are long, so that books do not fill the memory', async () => {
    const events = createEvents();
    const slow = events.subscribe();
    const part = (run: string): AnyEvent => ({
      event: 'playground.delta',
      data: { run, text: 'x'.repeat(10 * 1024 * 1024), reasoning: '' },
    });
    for (const run of ['a', 'b', 'c', 'd', 'e']) events.publish(part(run));
    events.close();
    expect(await all(slow)).toEqual([{ event: 'events.dropped', data: { count: 2 } }, part('c'), part('d'), part('e')]);
  });

  it('know whether anyone listens', async () => {
    const events = createEvents();
    expect(events.listening).toBe(false);
    const one = events.subscribe();
    const other = events.subscribe();
    one.stop();
    one.stop();
    expect(events.listening).toBe(true);
    events.publish(change(1));
    for await (const event of other) {
      expect(event).toEqual(change(1));
      break;
    }
    expect(events.listening).toBe(false);
  });

  it('end at once for who comes after the end', async () => {
    const events = createEvents();
    events.close();
    expect(await all(events.subscribe())).toEqual([]);
  });
});

describe('announced exchanges', () => {
  it('are recorded, and told without secrets when they open and close', async () => {
    const events = createEvents();
    const recorded: [string, ExchangeRecord][] = [];
    const kept: string[] = [];
    const ledger = {
      open: (record: ExchangeRecord) => void recorded.push(['open', record]),
      close: (record: ExchangeRecord) => void recorded.push(['close', record]),
      keepSnapshot: (id: string) => void kept.push(id),
      keepBody: ({ requestId }: { readonly requestId: string }) => kept.push(requestId) > 0,
    };
    const announced = announceExchanges(ledger, events, (text) => text.replaceAll('hush', '***'));
    const record = exchange({ modelAsked: 'hush' });
    const opened = exchange({ ...record, outcome: 'open', status: undefined, target: undefined, usage: undefined });
    const listener = events.subscribe();
    announced.open(opened);
    announced.close(record);
    announced.keepSnapshot('s1', () => ({}));
    expect(announced.keepBody({ requestId: 'r1', part: 'request', bytes: Buffer.from('hush') })).toBe(true);
    events.close();
    expect(recorded).toEqual([
      ['open', opened],
      ['close', record],
    ]);
    expect(kept).toEqual(['s1', 'r1']);
    const told = await all(listener);
    for (const { data } of told) expect(exchangeEntry.safeParse(data).success).toBe(true);
    expect(told).toMatchObject([
      {
        event: 'exchange.opened',
        data: {
          ...{ request_id: record.requestId, outcome: 'open', model_asked: '***' },
          ...{ status: null, target: null, usage: null, cost_usd: null },
        },
      },
      { event: 'exchange.closed', data: { request_id: record.requestId, model_asked: '***', status: 200 } },
    ]);
  });
});
