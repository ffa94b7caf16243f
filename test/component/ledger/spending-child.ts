/**
 * Spends without end through a ledger's journal, told line by line on standard output, until it is killed: `sent ID BOUND`
 * before a provider would see it, `ended ID AMOUNT` after. Says `refused` where a note cannot be written.
 */
import { systemClock } from '../../../main/kit/clock.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { attempt, exchange, opened, silentLog } from './exchanges.ts';
import { dispatched, ended } from './notes.ts';

const [file = '', run = '', pauseMs = '0'] = process.argv.slice(2);
const ledger = createLedger({ file, clock: systemClock, log: silentLog });
await ledger.recovered();
// A pipe is written at once, before the next line of this program.
const say = (text: string): void => void process.stdout.write(`${text}\n`);

for (let index = 0; ; index += 1) {
  const requestId = `${run}-${index}`;
  const record = exchange({ requestId, at: Date.now() });
  ledger.open(opened(record));
  const id = `${requestId}/1`;
  if (!ledger.spend.note(dispatched(id, { bound: 1_000 + index }))) say('refused');
  else {
    // The provider sees it from here on.
    say(`sent ${id} ${1_000 + index}`);
    if (index % 7 === 0 && !(await ledger.spend.secured())) say('unsecured');
    if (index % 5 !== 0) {
      const attempts = [
        attempt({ state: 'settled', cost: 400, counted: 400, bound: 1_000 + index, basis: 'provider' }),
      ];
      ledger.spend.note(ended(id, { amount: 400 }));
      ledger.close({ ...record, attempts, cost: 400 });
      say(`ended ${id} 400`);
    }
  }
  if (index % 20 === 0 || pauseMs !== '0') await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
