/** Bundles in files of this machine are looked at when their files change (BND-63). */
import { fileURLToPath } from 'node:url';
import { watchFiles, type FileWatch } from '../config/watch.ts';
import { trustAddress } from './fingerprint.ts';
import type { FollowContext, Follower } from './follower.ts';

export class LocalWatch {
  readonly #context: FollowContext;
  readonly #look: (follower: Follower) => void;
  #watch: FileWatch | undefined;

  constructor(context: FollowContext, look: (follower: Follower) => void) {
    this.#context = context;
    this.#look = look;
  }

  /** Those who are followed now. Nothing is watched where none of them is a file. */
  follow(): void {
    const { options, signal } = this.#context;
    const files = this.#local().flatMap(({ source }) => pathsOf(source.url));
    if (this.#watch !== undefined) this.#watch.follow(files);
    else if (files.length > 0 && !signal.aborted)
      this.#watch = watchFiles({
        ...{ files, clock: options.clock },
        onChange: () => {
          for (const follower of this.#local()) this.#look(follower);
        },
        onError: (error) => {
          options.log.warn('files of bundles cannot be watched; they are looked at in time', { error: String(error) });
        },
      });
  }

  async close(): Promise<void> {
    await this.#watch?.close();
  }

  #local(): readonly Follower[] {
    return this.#context.followers.filter(({ source }) => source.local && source.problem === undefined);
  }
}

/** Nothing is watched on shares, and of what is no path. */
function pathsOf(url: string): readonly string[] {
  try {
    return new URL(url).host === '' ? [url, trustAddress(url)].map((one) => fileURLToPath(one)) : [];
  } catch {
    return [];
  }
}
