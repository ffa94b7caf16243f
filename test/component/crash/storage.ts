// Storage that fails a running product: a disk that is full, files that may not grow, files that nobody may change.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from './product.ts';

export interface Trouble {
  /** Nothing can be written from now on. */
  begin(product: Product): void;
  end(product: Product): void;
  /** What was put up for it goes. */
  remove(): void;
}

/** Whether a command does what it should here; it takes rights that not everybody has. */
function works(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** Puts a small disk in the place of a directory. `undefined`, loudly, where that is not allowed. */
export function smallDisk(directory: string, kilobytes: number): Trouble | undefined {
  const size = `size=${String(kilobytes)}k,mode=700`;
  if (process.platform !== 'linux' || !works('mount', '-t', 'tmpfs', '-o', size, 'sluice-test', directory))
    return missing('a small disk: it takes root and `mount`');
  const ballast = join(directory, '..ballast');
  return {
    begin: () => fill(ballast),
    end: () => rmSync(ballast),
    remove: () => execFileSync('umount', [directory]),
  };
}

/** Every block that is free is taken. */
function fill(file: string): void {
  const fd = openSync(file, 'wx', 0o600);
  try {
    for (const block = Buffer.alloc(4_096); ;) writeSync(fd, block);
  } catch {
    // It is full now.
  } finally {
    closeSync(fd);
  }
}

/** Every write of the process fails. */
export function shortFiles(): Trouble | undefined {
  const own = String(process.pid);
  if (process.platform !== 'linux' || !works('prlimit', '--pid', own, '--fsize'))
    return missing('files that may not grow: it takes Linux and `prlimit`');
  const limit = (product: Product, bytes: string): void =>
    void execFileSync('prlimit', ['--pid', String(product.child.pid), `--fsize=${bytes}`]);
  return {
    begin: (product) => limit(product, '0:unlimited'),
    // A limit goes with its process.
    end: (product) => product.child.signalCode ?? limit(product, 'unlimited:unlimited'),
    remove: () => {},
  };
}

/**
 * Nobody may change a file of this directory, not even those that are open, nor make one. SQLite's shared memory is left alone: its
 * blocks are there, and a disk that fails does not take them away.
 */
export function readOnlyFiles(directory: string): Trouble | undefined {
  const probe = join(directory, '..probe');
  const set = (sign: '+' | '-', ...files: readonly string[]): boolean => works('chattr', `${sign}i`, ...files);
  const fd = openSync(probe, 'wx', 0o600);
  let holds = false;
  try {
    if (set('+', probe)) writeSync(fd, 'x');
  } catch {
    holds = true;
  } finally {
    closeSync(fd);
    set('-', probe);
    rmSync(probe);
  }
  if (!holds) return missing('files that nobody may change: it takes root, `chattr` and a file system that knows it');
  const written = /^(?:journal-.*|ledger\.db(?:-wal)?)$/;
  const files = (): string[] => [
    directory,
    ...readdirSync(directory).flatMap((name) => (written.test(name) ? [join(directory, name)] : [])),
  ];
  return {
    begin: () => void set('+', ...files()),
    end: () => void set('-', ...files()),
    remove: () => void set('-', ...files()),
  };
}

function missing(what: string): undefined {
  process.stderr.write(`!! NOT TESTED HERE: ${what}\n`);
  return undefined;
}
