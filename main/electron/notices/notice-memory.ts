/** Keeps what was told in one small file, so that a restart tells nothing twice. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AtomicWriteError, isErrno, removeStaleTemporaries, writeFileAtomic } from '../../kit/atomic-file.ts';
import type { Log } from '../../kit/log.ts';

export interface NoticeMemory {
  /** What was saved last; `undefined` when there is nothing that can be read. Never rejects. */
  load(): Promise<unknown>;
  /** Resolves once this, or what was to be saved after it, is kept or could not be. Never rejects. */
  save(state: object): Promise<void>;
}

/** Names of a thousand rules at their longest are a tenth of this. */
const maxChars = 4 * 1024 * 1024;

/** `file`: `<data>/desktop/notices.json`. A file that is no JSON is written anew: at worst something is told twice. */
export function createNoticeMemory({
  file,
  log,
}: {
  readonly file: string;
  readonly log: Pick<Log, 'warn'>;
}): NoticeMemory {
  let next: object | undefined;
  let writing: Promise<void> | undefined;
  let isFailing = false;

  async function write(): Promise<void> {
    while (next !== undefined) {
      const text = JSON.stringify(next);
      next = undefined;
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeFileAtomic(file, text);
        isFailing = false;
      } catch (error) {
        // Once is enough: a full disk stays full for a while.
        if (!isFailing) warn('What was told could not be written down; after a restart it may be told again.', error);
        isFailing = true;
      }
    }
  }

  function warn(message: string, error: unknown): void {
    log.warn(message, { file, reason: error instanceof AtomicWriteError ? error.message : error });
  }

  return {
    async load() {
      try {
        await removeStaleTemporaries(file);
        const text = await readFile(file, 'utf8');
        return text.length > maxChars ? undefined : (JSON.parse(text) as unknown);
      } catch (error) {
        // No file yet: nothing was ever told.
        if (!isErrno(error, 'ENOENT')) warn('What was told could not be read; it may be told again.', error);
        return undefined;
      }
    },
    async save(state) {
      next = state;
      writing ??= write().finally(() => (writing = undefined));
      await writing;
    },
  };
}
