/**
 * Fills the ledger of a data directory with exchanges as a team's weeks would leave them, through the ledger's own writer:
 * for whatever is to be tried with much data. By hand: `node test/fakes/ledger-filler.ts DIRECTORY [COUNT] [DAYS] [SEED]`.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bodyKeys } from '../../main/ledger/bodies.ts';
import { openForWriting } from '../../main/ledger/database.ts';
import type { ExchangeRecord } from '../../main/ledger/ledger.ts';
import { migrations } from '../../main/ledger/migrations.ts';
import { toRow } from '../../main/ledger/row.ts';
import { createWriter, type Writer } from '../../main/ledger/write.ts';
import { dataFiles } from '../../main/kit/data-directory.ts';
import { createDice, ExchangeMaker } from './ledger-exchanges.ts';

export interface FillOptions {
  readonly dataDirectory: string;
  /** How many exchanges. */
  readonly count: number;
  /** Over so many days up to `now`. An instance deletes what is older than its `logging.retention_days`. */
  readonly days: number;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The same secret as the instance's: what was said in the newest exchanges is recorded with it. */
  readonly bodySecret?: Uint8Array | undefined;
}

export interface Filled {
  readonly exchanges: number;
  readonly sessions: number;
  /** Exchanges of which bodies were recorded. */
  readonly recorded: number;
}

const batch = 5_000;
const recordedNewest = 200;
const dayMs = 86_400_000;

/** The same options give the same exchanges. No instance may run on the directory. */
export function fillLedger({ dataDirectory, count, days, seed, now, bodySecret }: FillOptions): Filled {
  const { db } = openForWriting({ file: dataFiles(dataDirectory).ledger, now, migrations });
  try {
    const writer = createWriter(db, bodySecret === undefined ? undefined : bodyKeys(bodySecret));
    const maker = new ExchangeMaker(seed);
    const sessions = new Set<string>();
    let waiting: ExchangeRecord[] = [];
    let done = 0;
    let recorded = 0;
    const write = (): void => {
      writer.write(
        [],
        waiting.map((record) => toRow(record, (text) => text)),
      );
      waiting = [];
    };
    for (const at of momentsOf({ count, days, now, dice: createDice(seed + 1) })) {
      const record = maker.next(at);
      waiting.push(record);
      if (record.session !== undefined) sessions.add(record.session);
      if (bodySecret !== undefined && count - done <= recordedNewest) recorded += keepBodies(writer, record);
      done += 1;
      if (waiting.length === batch) write();
    }
    write();
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return { exchanges: done, sessions: sessions.size, recorded };
  } finally {
    db.close();
  }
}

interface Moments {
  readonly count: number;
  readonly days: number;
  readonly now: number;
  readonly dice: () => number;
}

/** In order: much by day and little by night, little at weekends, no two days alike. */
function* momentsOf({ count, days, now, dice }: Moments): Generator<number> {
  const from = now - days * dayMs;
  const parts: { readonly from: number; readonly to: number; readonly upTo: number }[] = [];
  let weight = 0;
  for (let start = from; start < now;) {
    const end = Math.min(now, Math.floor(start / dayMs) * dayMs + dayMs);
    const isWeekend = new Date(start).getUTCDay() % 6 === 0;
    weight += ((end - start) / dayMs) * (isWeekend ? 0.3 : 1) * (0.6 + dice() * 0.8);
    parts.push({ from: start, to: end, upTo: weight });
    start = end;
  }
  let done = 0;
  for (const part of parts) {
    const until = Math.round((count * part.upTo) / weight);
    const here = until - done;
    for (let index = 0; index < here; index += 1) {
      const share = (index + dice() * 0.9) / here;
      // Its slope is smallest in the middle: most of it happens there.
      const warped = share + (0.85 / (2 * Math.PI)) * Math.sin(2 * Math.PI * share);
      yield Math.floor(part.from + warped * (part.to - part.from));
    }
    done = until;
  }
}

function keepBodies(writer: Writer, { requestId, at, modelAsked, surface, target }: ExchangeRecord): number {
  if (target === undefined) return 0;
  const messages = [{ role: 'user', content: `Which tests cover request ${requestId}? Answer in one sentence.` }];
  const request = surface === 'responses' ? { model: modelAsked, input: messages } : { model: modelAsked, messages };
  const answer = { content: `The component tests do: they ask ${target} and look at what came back.` };
  const keep = (part: 'request' | 'answer', said: unknown): void =>
    writer.keepBody({ requestId, part, bytes: Buffer.from(JSON.stringify(said)) }, at);
  keep('request', request);
  keep('answer', answer);
  return 1;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [directory, count = '100000', days = '30', seed = '1'] = process.argv.slice(2);
  if (directory === undefined) throw new Error('Name the data directory.');
  const filled = fillLedger({
    ...{ dataDirectory: directory, count: Number(count), days: Number(days), seed: Number(seed), now: Date.now() },
  });
  process.stdout.write(`${JSON.stringify(filled)}\n`);
}
