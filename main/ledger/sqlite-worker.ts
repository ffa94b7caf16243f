/** The thread that owns the database: the one writer, and the reader of everything that is asked. */
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { isCorruption, openForWriting, setAside, sqliteCode, sqliteCodes } from './database.ts';
import type { LedgerSettings } from './ledger.ts';
import type { FromWorker, Question, ToWorker, WorkerStart } from './messages.ts';
import { migrations } from './migrations.ts';
import { readExchange, readLog, readTrace } from './read.ts';
import type { Row } from './row.ts';
import { readUsage } from './usage-query.ts';
import { createWriter, type Writer } from './write.ts';

const port = parentPort;
if (port === null) throw new Error('The ledger worker runs as a worker thread only.');
const { file } = workerData as WorkerStart;

let db: DatabaseSync | undefined;
let writer: Writer | undefined;

const say = (message: FromWorker): void => port.postMessage(message);
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** States of the disk or of another process, which may pass: the batch is kept and tried again. */
const passing = new Set<number | undefined>([
  sqliteCodes.busy,
  sqliteCodes.locked,
  sqliteCodes.noMemory,
  sqliteCodes.readOnly,
  sqliteCodes.io,
  sqliteCodes.full,
  sqliteCodes.cannotOpen,
]);

function open(now: number): { readOnlyReason: string | undefined; interrupted: number; notices: string[] } {
  const opened = openForWriting({ file, now, migrations });
  db = opened.db;
  writer = opened.readOnlyReason === undefined ? createWriter(db) : undefined;
  const interrupted = writer?.closeInterrupted() ?? 0;
  return { readOnlyReason: opened.readOnlyReason, interrupted, notices: [...opened.notices] };
}

function start(now: number): void {
  try {
    if (db?.isOpen === true) db.close();
    say({ kind: 'started', ...open(now) });
  } catch (error) {
    if (db?.isOpen === true) db.close();
    say({ kind: 'not-started', message: sentence(error) });
  }
}

function write({ batch, opens, closes, now }: Extract<ToWorker, { kind: 'write' }>): void {
  const notices: string[] = [];
  const before = db;
  try {
    const refused = writeAll(opens, closes, now, notices);
    say({ kind: 'written', batch, refused, notices, begunAnew: db !== before });
  } catch (error) {
    say({ kind: 'not-written', batch, message: sentence(error) });
  }
}

/** Writes the batch; returns how many rows the database refuses whatever is tried, which must not hold up the others. */
function writeAll(opens: readonly Row[], closes: readonly Row[], now: number, notices: string[]): number {
  // A file that was set aside and could not be begun anew is tried again.
  if (writer === undefined) notices.push(...open(now).notices);
  if (writer === undefined) throw new Error('The ledger is not open for writing.');
  try {
    writer.write(opens, closes);
    return 0;
  } catch (error) {
    if (isCorruption(error)) {
      db?.close();
      db = undefined;
      writer = undefined;
      notices.push(setAside(file, now));
      return writeAll(opens, closes, now, notices);
    }
    if (passing.has(sqliteCode(error))) throw error;
    return writeOneByOne(writer, opens, closes, notices);
  }
}

function writeOneByOne(into: Writer, opens: readonly Row[], closes: readonly Row[], notices: string[]): number {
  let refused = 0;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (isCorruption(error) || passing.has(sqliteCode(error))) throw error;
      refused += 1;
      if (refused === 1) notices.push(`An exchange could not be recorded: ${sentence(error)}`);
    }
  };
  for (const row of opens) attempt(() => into.write([row], []));
  for (const row of closes) attempt(() => into.write([], [row]));
  return refused;
}

/** What is wrong with the file shows with the next batch, which deals with it. */
function keep({ id, body, now }: Extract<ToWorker, { kind: 'keep' }>): void {
  try {
    if (writer === undefined) throw new Error('The ledger is not open for writing.');
    writer.keepSnapshot(id, body, now);
    say({ kind: 'kept', id });
  } catch (error) {
    say({ kind: 'not-kept', id, message: sentence(error) });
  }
}

function answer(question: Question): unknown {
  if (db === undefined) throw new Error('The ledger could not be opened.');
  switch (question.name) {
    case 'log':
      return readLog(db, question.input);
    case 'usage':
      return readUsage(db, question.input);
    case 'exchange':
      return readExchange(db, question.input);
    case 'trace':
      return readTrace(db, question.input);
  }
}

function ask(id: number, question: Question): void {
  try {
    say({ kind: 'answer', id, value: answer(question) });
  } catch (error) {
    say({ kind: 'no-answer', id, message: `The ledger cannot be read: ${sentence(error)}` });
  }
}

/** Batch by batch, with whatever else has come in between. Not being able to delete is no reason to stop recording. */
function retain(settings: LedgerSettings, now: number): void {
  try {
    if (writer?.retain(settings, now) === true) setImmediate(() => retain(settings, now));
  } catch (error) {
    if (isCorruption(error)) return;
    if (!passing.has(sqliteCode(error))) throw error;
  }
}

function stop(): void {
  try {
    if (writer !== undefined) db?.exec('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)');
    db?.close();
  } catch {
    // What is in the write-ahead log is read at the next start.
  }
  db = undefined;
  writer = undefined;
  say({ kind: 'stopped' });
  port?.close();
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'start':
      return start(message.now);
    case 'write':
      return write(message);
    case 'keep':
      return keep(message);
    case 'ask':
      return ask(message.id, message.question);
    case 'retain':
      return retain(message.settings, message.now);
    case 'stop':
      return stop();
  }
});
