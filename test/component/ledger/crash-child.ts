/** Writes exchanges without end and says after each flush how many are on disk, until it is killed. */
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { exchange, opened, silentLog } from './exchanges.ts';

const ledger = createLedger({ file: process.argv[2] ?? '', clock: systemClock, log: silentLog });
await ledger.started();
const neverClosed = exchange({ requestId: 'never-closed' });
ledger.open(opened(neverClosed));
for (let written = 0; ;) {
  for (let count = 0; count < 50; count += 1) {
    const record = exchange({ requestId: `child-${written + count}` });
    ledger.open(opened(record));
    ledger.close(record);
  }
  if (!(await ledger.flush())) process.exit(3);
  written += 50;
  process.stdout.write(`${written}\n`);
}
