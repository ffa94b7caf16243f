/** The thread that answers questions of the ledger. Its connection only reads, beside the one that writes. */
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { bodiesVersion, bodyKeys, readBodies } from './bodies.ts';
import { checkLedger } from './check.ts';
import { openForReading, quickCheck, schemaVersion } from './database.ts';
import { readLatency } from './latency-query.ts';
import type { FromReader, Question, Questions, ReaderStart, ToReader } from './messages.ts';
import { readExchange, readLog, readTrace } from './read.ts';
import { readSeries } from './series-query.ts';
import { readSessions } from './sessions-query.ts';
import { readContents } from './size-query.ts';
import { readSpentSince } from './spent-since.ts';
import { readUsage } from './usage-query.ts';

const port = parentPort;
if (port === null) throw new Error("The ledger's reader runs as a worker thread only.");
const { file, bodySecret } = workerData as ReaderStart;

let db: DatabaseSync | undefined;
const keys = bodySecret === undefined ? undefined : bodyKeys(bodySecret);

type Answers = {
  readonly [Name in keyof Questions]: (
    from: DatabaseSync,
    input: Questions[Name]['input'],
  ) => Questions[Name]['output'];
};

const answers: Answers = {
  log: readLog,
  usage: readUsage,
  series: readSeries,
  sessions: (from, query) => readSessions(from, query),
  latency: (from, query) => readLatency(from, query),
  contents: readContents,
  exchange: readExchange,
  trace: readTrace,
  spent: readSpentSince,
  check: checkLedger,
  quickCheck: (from) => quickCheck(from),
  bodies: (from, requestId) =>
    keys === undefined || schemaVersion(from) < bodiesVersion ? [] : readBodies(from, keys, requestId),
};

function open(): DatabaseSync | undefined {
  const opened = openForReading(file);
  // A question may look through megabytes of an index; what it saw is near when the next one asks alike.
  opened?.exec('PRAGMA cache_size = -16000');
  return opened;
}

function answer({ name, input }: Question): unknown {
  db ??= open();
  if (db === undefined || schemaVersion(db) === 0) throw new Error('it could not be opened.');
  const read = answers[name] as (from: DatabaseSync, given: unknown) => unknown;
  return read(db, input);
}

const say = (message: FromReader): void => port.postMessage(message);

port.on('message', (message: ToReader) => {
  if (message === 'end') {
    db?.close();
    port.close();
    return;
  }
  const { id, question } = message;
  try {
    say({ kind: 'answer', id, value: answer(question) });
  } catch (error) {
    // A connection that is broken is not asked again.
    if (db?.isOpen === true) db.close();
    db = undefined;
    say({
      kind: 'no-answer',
      id,
      message: `The ledger cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
});
