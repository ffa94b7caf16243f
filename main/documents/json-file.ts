/** One JSON file as lowdb reads and writes it: private to its owner, and old or new as a whole whatever happens meanwhile. */
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';
import { writeFileAtomic } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import type { LogPort } from '../gateway/ports.ts';

export interface JsonFileOptions {
  readonly file: string;
  readonly log: Pick<LogPort, 'warn'>;
  readonly clock: Clock;
  /** What is longer is no file of ours. */
  readonly maxChars: number;
  /** What the log says when the file was set aside. */
  readonly setAside: string;
  /** Goes over the text before it is written. */
  readonly redact?: ((text: string) => string) | undefined;
}

export class JsonFile implements Adapter<unknown> {
  readonly #options: JsonFileOptions;

  constructor(options: JsonFileOptions) {
    this.#options = options;
  }

  /** `null` when it could not be read as JSON: then it was set aside as `<file>.corrupt-<time>`. Errors of the file system pass. */
  async read(): Promise<unknown> {
    const { file } = this.#options;
    // To open a pipe would wait for its other end.
    if (!(await stat(file)).isFile()) throw new Error('it is no plain file');
    const text = await readFile(file, 'utf8');
    try {
      if (text.length <= this.#options.maxChars) return JSON.parse(text) as unknown;
    } catch {
      // As for one that is too long.
    }
    await this.setAside();
    return null;
  }

  /** Moves it out of the way, with all that is in it. */
  async setAside(): Promise<void> {
    const { file, clock, log, setAside } = this.#options;
    const aside = `${file}.corrupt-${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}`;
    await rename(file, aside);
    log.warn(setAside, { file: aside });
  }

  async write(data: unknown): Promise<void> {
    const { file, redact = (text) => text } = this.#options;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, redact(JSON.stringify(data)));
  }
}
