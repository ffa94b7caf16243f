/** Tells when one of a set of files may have changed, however it was saved. */
import { dirname } from 'node:path';
import { watch, type ChokidarOptions, type FSWatcher } from 'chokidar';
import type { Clock } from '../kit/clock.ts';

/** Editors save in several steps: what follows within this time is one change (FAULT-39). */
const settleMs = 250;
/** A file that never comes to rest is looked at anyway: a change must be in force within a second. */
const longestMs = 600;
/** Where the system has no notifications left, files are compared at this interval. */
const pollingMs = 300;

export interface FileWatch {
  /** Absolute paths, in place of those before. A file need not exist. */
  follow(files: readonly string[]): void;
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly files: readonly string[];
  readonly clock: Clock;
  /** One of the files may have changed, and no longer changes. Called once more when the watch is in place. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

export function watchFiles(options: WatchOptions): FileWatch {
  return new DirectoryWatch(options);
}

class DirectoryWatch implements FileWatch {
  readonly #options: WatchOptions;
  #files = new Set<string>();
  #directories = new Set<string>();
  #watcher: FSWatcher;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  /** When the change began that is waited for. */
  #since: number | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#remember(options.files);
    this.#watcher = this.#open({});
  }

  follow(files: readonly string[]): void {
    const before = this.#directories;
    this.#remember(files);
    if (this.#closed) return;
    this.#watcher.add([...this.#directories].filter((directory) => !before.has(directory)));
    this.#watcher.unwatch([...before].filter((directory) => !this.#directories.has(directory)));
    // A file that joins a directory already watched was passed over when that was read.
    this.#watcher.add([...this.#files]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#watcher.close();
  }

  #remember(files: readonly string[]): void {
    this.#files = new Set(files);
    // The directories are watched: an editor that replaces a file would leave a watch on the old one.
    this.#directories = new Set(files.map((file) => dirname(file)));
  }

  #open(more: ChokidarOptions): FSWatcher {
    const watcher = watch([...this.#directories, ...this.#files], {
      ignoreInitial: true,
      depth: 0,
      // By name alone, without looking at the file: the ledger beside the config is written all the time.
      ignored: (path) => !this.#files.has(path) && !this.#directories.has(path),
      ...more,
    });
    watcher.on('all', (_event, path) => {
      if (this.#files.has(path)) this.#changed();
    });
    // Permissions are no change to the library, but they decide whether a secret may be read.
    watcher.on('raw', (_event, _name, details) => {
      if (
        typeof details === 'object' &&
        details !== null &&
        'watchedPath' in details &&
        this.#files.has(String(details.watchedPath))
      )
        this.#changed();
    });
    // What changed while the watch was being set up has not been reported.
    watcher.on('ready', () => {
      this.#changed();
    });
    watcher.on('error', (error) => {
      this.#failed(error, more);
    });
    return watcher;
  }

  #failed(error: unknown, more: ChokidarOptions): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Out of notifications or descriptors: on Linux their number is small and shared with every editor.
    if (!this.#closed && more.backend === undefined && (code === 'ENOSPC' || code === 'EMFILE')) {
      void this.#watcher.close();
      this.#watcher = this.#open({ backend: 'polling', pollingInterval: pollingMs });
      return;
    }
    this.#options.onError(error);
  }

  #changed(): void {
    if (this.#closed) return;
    const now = this.#options.clock.monotonic();
    this.#since ??= now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#since = undefined;
        this.#options.onChange();
      },
      Math.max(0, Math.min(settleMs, this.#since + longestMs - now)),
    );
  }
}
