/** Tells listeners of each exchange that begins or ends, on its way into the ledger. */
import type { ExchangeRecord, Ledger, Redact } from '../ledger/ledger.ts';
import { entryOf } from '../ledger/entry.ts';
import type { Events } from './events.ts';

interface Recorder {
  open(record: ExchangeRecord): void;
  close(record: ExchangeRecord): void;
  keepSnapshot(id: string, body: () => unknown): void;
  keepBody: Ledger['keepBody'];
}

/** The same ledger for the gateway, with an event for each opening and each close. Costs nothing while nobody listens. */
export function announceExchanges(ledger: Recorder, events: Events, redact: Redact): Recorder {
  return {
    open(record) {
      ledger.open(record);
      if (events.listening) events.publish({ event: 'exchange.opened', data: entryOf(record, redact) });
    },
    keepSnapshot: (id, body) => ledger.keepSnapshot(id, body),
    keepBody: (body) => ledger.keepBody(body),
    close(record) {
      ledger.close(record);
      if (events.listening) events.publish({ event: 'exchange.closed', data: entryOf(record, redact) });
    },
  };
}
