// One process for a folder, as Chromium has it: a link in the folder names the process, and who comes later leaves a letter for it.
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const lockName = 'SingletonLock';

export interface Letter {
  readonly argv: string[];
  readonly cwd: string;
  readonly additionalData: unknown;
}

/** `undefined`: another process has it, and was told. */
export function takeLock(
  folder: string,
  additionalData: Record<string, unknown>,
  arrived: (letter: Letter) => void,
): string | undefined {
  const lock = join(folder, lockName);
  const mail = join(folder, 'singleton-mail');
  mkdirSync(mail, { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      symlinkSync(`stand-in-${process.pid}`, lock);
      break;
    } catch {
      const pid = Number(/\d+$/.exec(readLock(lock))?.[0] ?? 0);
      if (pid === 0 || !isAlive(pid)) {
        rmSync(lock, { force: true });
        continue;
      }
      const letter = join(mail, `${process.pid}`);
      writeFileSync(`${letter}.part`, JSON.stringify({ argv: process.argv, cwd: process.cwd(), additionalData }));
      renameSync(`${letter}.part`, `${letter}.json`);
      return undefined;
    }
  }
  const read = (): void => {
    for (const one of readdirSync(mail).filter((file) => file.endsWith('.json'))) {
      const letter = JSON.parse(readFileSync(join(mail, one), 'utf8')) as Letter;
      rmSync(join(mail, one));
      arrived(letter);
    }
  };
  watch(mail, read).unref();
  process.once('exit', () => releaseLock(folder));
  return folder;
}

function readLock(lock: string): string {
  try {
    return readlinkSync(lock);
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function releaseLock(folder: string): void {
  const lock = join(folder, lockName);
  if (readLock(lock) === `stand-in-${process.pid}`) rmSync(lock, { force: true });
}
