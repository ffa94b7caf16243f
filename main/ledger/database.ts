/** Opens the ledger's file: permissions, corruption, schema version, migrations. */
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface OpenOptions {
  readonly file: string;
  /** Milliseconds since 1970; names a corrupt file that is set aside. */
  readonly now: number;
  readonly migrations: readonly string[];
  /** Is told what was there before it is brought to a new version, which may take long. */
  readonly onFound?: ((found: FoundFile) => void) | undefined;
}

/** What was there: nothing yet, a file with so many steps of the schema, or one that had to be set aside. */
export type FoundFile = number | 'none' | 'corrupt';

export interface OpenDatabase {
  readonly found: FoundFile;
  readonly db: DatabaseSync;
  /** Why nothing may be written: the file belongs to a newer version (FAULT-56). */
  readonly readOnlyReason: string | undefined;
  /** Sentences for people about what was found and done. */
  readonly notices: readonly string[];
  /** Too large to be read from end to end at the start: to be checked while it is in use. */
  readonly unchecked: boolean;
}

/** Some tens of milliseconds; a million exchanges take seconds. */
const checkedAtOnceBytes = 64_000_000;

/** Another process (backup, antivirus) may hold the file this long before a write fails (FAULT-36). */
const busyTimeoutMs = 5_000;

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
export const sqliteCodes = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
};

/** The primary result code of an error of `node:sqlite`. */
export function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function isCorruption(error: unknown): boolean {
  const code = sqliteCode(error);
  return error instanceof CorruptFileError || code === sqliteCodes.corrupt || code === sqliteCodes.notDatabase;
}

class CorruptFileError extends Error {}

/**
 * Opens for writing, creating and migrating as needed. A corrupt file is set aside as `<file>.corrupt-<time>` and a new
 * one begun; a file of a newer version is opened for reading only. Throws when the file cannot be used at all.
 */
export function openForWriting(options: OpenOptions): OpenDatabase {
  const notices: string[] = [];
  try {
    return openOnce(options, notices);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    notices.push(setAside(options.file, options.now));
    const onFound = (): void => options.onFound?.('corrupt');
    return { ...openOnce({ ...options, onFound }, notices), found: 'corrupt' };
  }
}

/** Opens for reading, without changing anything; `undefined` when there is no ledger yet. */
export function openForReading(file: string): DatabaseSync | undefined {
  return existsSync(file) ? new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs }) : undefined;
}

/** `ok`, or the first thing that is wrong. Reads the whole file. */
export function quickCheck(db: DatabaseSync): string {
  try {
    return String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  } catch (error) {
    if (isCorruption(error)) return error instanceof Error ? error.message : String(error);
    throw error;
  }
}

/** Several questions about one state of the file, whatever is written meanwhile. */
export function inSnapshot<Answer>(db: DatabaseSync, read: () => Answer): Answer {
  db.exec('BEGIN');
  try {
    return read();
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Whether a corrupt file was set aside here before. Throws when the directory cannot be read. */
export function wasSetAside(file: string): boolean {
  const start = `${basename(file)}.corrupt-`;
  return existsSync(dirname(file)) && readdirSync(dirname(file)).some((name) => name.startsWith(start));
}

/** Renames the database and its journals; nothing is deleted (FAULT-37). */
export function setAside(file: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, '-');
  let target = `${file}.corrupt-${stamp}`;
  for (let count = 2; existsSync(target); count += 1) target = `${file}.corrupt-${stamp}-${count}`;
  renameSync(file, target);
  for (const journal of ['-wal', '-shm']) {
    if (existsSync(file + journal)) renameSync(file + journal, target + journal);
  }
  return `The ledger was corrupt. It was kept as ${target}, and a new one begun.`;
}

function openOnce({ file, migrations, onFound }: OpenOptions, notices: string[]): OpenDatabase {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  secure(file, notices);
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    const version = schemaVersion(db);
    if (version > migrations.length) {
      db.close();
      return {
        found: version,
        db: new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs }),
        readOnlyReason:
          `${file} was written by a newer Sluice (schema ${version}, this one knows ${migrations.length}). ` +
          'It is open for reading only and nothing new is recorded; install the newer version, or use another --data.',
        notices,
        unchecked: false,
      };
    }
    const unchecked = statSync(file).size > checkedAtOnceBytes;
    // Before anything else, so that a corrupt file is kept exactly as it was found.
    const check = unchecked ? 'ok' : quickCheck(db);
    if (check !== 'ok') throw new CorruptFileError(check);
    // Pages are given back one by one after retention; only a database without tables takes the setting.
    if (version === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216');
    const found = version === 0 ? 'none' : version;
    onFound?.(found);
    migrate(db, { file, version, migrations, notices });
    return { found, db, readOnlyReason: undefined, notices, unchecked };
  } catch (error) {
    if (db.isOpen) db.close();
    throw error;
  }
}

/** The file and its journals are readable by their owner only (SEC-46): SQLite gives journals the mode of the database. */
function secure(file: string, notices: string[]): void {
  if (existsSync(file) && lstatSync(file).isSymbolicLink()) {
    throw new Error(`${file} is a symbolic link. Point --data at the real directory instead.`);
  }
  const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
  closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | noFollow, 0o600));
  if (process.platform === 'win32') return;
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    if (!existsSync(path) || (lstatSync(path).mode & 0o077) === 0) continue;
    chmodSync(path, 0o600);
    notices.push(`${path} could be read by others; it is now readable by its owner only.`);
  }
}

interface MigrateOptions {
  readonly file: string;
  readonly version: number;
  readonly migrations: readonly string[];
  readonly notices: string[];
}

/**
 * All steps are one transaction, after a copy of the whole file as it was: what a kill leaves behind is a version that
 * was released, so that a new ledger is never taken for an old one.
 */
function migrate(db: DatabaseSync, { file, version, migrations, notices }: MigrateOptions): void {
  if (version === migrations.length) return;
  if (version > 0) notices.push(backUp(db, file, version));
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function backUp(db: DatabaseSync, file: string, version: number): string {
  const backup = `${file}.backup-v${version}`;
  const fresh = `${backup}.new`;
  rmSync(fresh, { force: true });
  // VACUUM INTO accepts an empty file, which fixes the mode before anything is in it.
  closeSync(openSync(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
  db.prepare('VACUUM INTO ?').run(fresh);
  renameSync(fresh, backup);
  return `The ledger was brought to a new version; as it was before, it is kept as ${backup}.`;
}
