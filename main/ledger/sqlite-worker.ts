/** The thread that owns the database: the one writer. */
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { createRedactor } from '../kit/redact.ts';
import { bodyKeys } from './bodies.ts';
import { withoutSecrets } from './body-secrets.ts';
import { isCorruption, openForWriting, type OpenDatabase, setAside, sqliteCode, sqliteCodes } from './database.ts';
import type { LedgerSettings } from './ledger.ts';
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts';
import { migrations } from './migrations.ts';
import type { Row } from './row.ts';
import { createWriter, type Writer } from './write.ts';

const port = parentPort;
if (port === null) throw new Error('The ledger worker runs as a worker thread only.');
const { file, bodySecret } = workerData as WorkerStart;

let db: DatabaseSync | undefined;
let writer: Writer | undefined;
let redactor = createRedactor();

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

function open(now: number): OpenDatabase {
  const opened = openForWriting({ file, now, migrations, onFound: (found) => say({ kind: 'found', found }) });
  db = opened.db;
  writer =
    opened.readOnlyReason === undefined
      ? createWriter(db, bodySecret === undefined ? undefined : bodyKeys(bodySecret))
      : undefined;
  return opened;
}

function start(now: number): void {
  try {
    if (db?.isOpen === true) db.close();
    const { readOnlyReason, found, notices, unchecked } = open(now);
    say({ kind: 'started', readOnlyReason, found, notices, unchecked });
  } catch (error) {
    if (db?.isOpen === true) db.close();
    say({ kind: 'not-started', message: sentence(error) });
  }
}

type Inheritance = Extract<ToWorker, { kind: 'recover' }>;

function recover(inheritance: Inheritance): void {
  const notices: string[] = [];
  try {
    const interrupted = recoverAll(inheritance, notices);
    say({ kind: 'recovered', interrupted, notices });
  } catch (error) {
    say({ kind: 'not-recovered', message: sentence(error) });
  }
}

function recoverAll(inheritance: Inheritance, notices: string[]): number {
  const { closes, interrupted, raises, now } = inheritance;
  if (writer === undefined) notices.push(...open(now).notices);
  if (writer === undefined) throw new Error('The ledger is not open for writing.');
  const into = writer;
  try {
    into.raise(raises);
    return recoverRows(into, closes, interrupted) + into.closeInterrupted();
  } catch (error) {
    if (!isCorruption(error)) throw error;
    notices.push(moveAside(now));
    return recoverAll(inheritance, notices);
  }
}

/** Rows that the database refuses are left out: they must not hold up everything else. */
function recoverRows(into: Writer, closes: readonly Row[], interrupted: readonly Row[]): number {
  try {
    return into.recover(closes, interrupted);
  } catch (error) {
    if (isCorruption(error) || passing.has(sqliteCode(error))) throw error;
  }
  let count = 0;
  const attempt = (close: readonly Row[], interrupt: readonly Row[]): void => {
    try {
      count += into.recover(close, interrupt);
    } catch (error) {
      if (isCorruption(error) || passing.has(sqliteCode(error))) throw error;
    }
  };
  for (const row of closes) attempt([row], []);
  for (const row of interrupted) attempt([], [row]);
  return count;
}

/** The file that is there is set aside; the next look opens a new one. */
function moveAside(now: number): string {
  if (db?.isOpen === true) db.close();
  db = undefined;
  writer = undefined;
  return setAside(file, now);
}

function write({ batch, opens, closes, raises, now }: Extract<ToWorker, { kind: 'write' }>): void {
  const notices: string[] = [];
  const before = db;
  try {
    const refused = writeAll({ opens, closes, raises }, now, notices);
    say({ kind: 'written', batch, refused, notices, begunAnew: db !== before });
  } catch (error) {
    say({ kind: 'not-written', batch, message: sentence(error) });
  }
}

type Rows = Pick<Extract<ToWorker, { kind: 'write' }>, 'opens' | 'closes' | 'raises'>;

/** Writes the batch; returns how many rows the database refuses whatever is tried, which must not hold up the others. */
function writeAll(rows: Rows, now: number, notices: string[]): number {
  // A file that was set aside and could not be begun anew is tried again.
  if (writer === undefined) notices.push(...open(now).notices);
  if (writer === undefined) throw new Error('The ledger is not open for writing.');
  try {
    writer.raise(rows.raises);
    writer.write(rows.opens, rows.closes);
    return 0;
  } catch (error) {
    if (isCorruption(error)) {
      notices.push(moveAside(now));
      return writeAll(rows, now, notices);
    }
    if (passing.has(sqliteCode(error))) throw error;
    return writeOneByOne(writer, rows.opens, rows.closes, notices);
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

/** A body that cannot be kept is no reason to stop recording. */
function keepBody({ body, now }: Extract<ToWorker, { kind: 'keep-body' }>): void {
  const bytes = body.bytes.length;
  try {
    if (writer === undefined) throw new Error('The ledger is not open for writing.');
    writer.keepBody(withoutSecrets(body, redactor), now);
    say({ kind: 'body-done', bytes, isKept: true });
  } catch {
    say({ kind: 'body-done', bytes, isKept: false });
  }
}

function beginAnew(now: number): void {
  try {
    const notices = [moveAside(now)];
    notices.push(...open(now).notices);
    say({ kind: 'begun-anew', notices });
  } catch (error) {
    // The next batch tries again.
    say({ kind: 'begun-anew', notices: [`The ledger is corrupt and could not be set aside: ${sentence(error)}`] });
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
    case 'recover':
      return recover(message);
    case 'keep':
      return keep(message);
    case 'keep-body':
      return keepBody(message);
    case 'learn':
      redactor = createRedactor(message.learned);
      return;
    case 'sync':
      return say({ kind: 'synced', id: message.id });
    case 'set-aside':
      return beginAnew(message.now);
    case 'retain':
      return retain(message.settings, message.now);
    case 'stop':
      return stop();
  }
});
