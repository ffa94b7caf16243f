/** What updates remember from one run to the next: what was offered, when it was looked for, what ran before. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../../kit/atomic-file.ts';
import type { Log } from '../../kit/log.ts';

const memoryFile = z.object({
  /** The newest version that was ever offered. */
  seen_version: z.string().default(''),
  /** Milliseconds since 1970, as all times here: the latest release that was ever signed. */
  seen_released_at: z.number().default(0),
  last_checked_at: z.number().nullable().default(null),
  /** Of the run before this one, or of this one. */
  running_version: z.string().nullable().default(null),
  /** What ran before the last update, and when that was. */
  previous_version: z.string().nullable().default(null),
  updated_at: z.number().default(0),
});
export type UpdateFacts = z.output<typeof memoryFile>;

export interface UpdateMemory {
  readonly facts: UpdateFacts;
  /** Never rejects: what cannot be written is known until the end of this run. */
  remember(change: Partial<UpdateFacts>): Promise<void>;
}

export function openUpdateMemory({ file, log }: { readonly file: string; readonly log: Log }): UpdateMemory {
  let facts = read(file);
  let writing: Promise<void> = Promise.resolve();
  return {
    get facts() {
      return facts;
    },
    async remember(change) {
      facts = { ...facts, ...change };
      // One after the other: the last one told is the one that stays.
      writing = writing.then(async () => {
        try {
          await writeFileAtomic(file, `${JSON.stringify(facts, undefined, 2)}\n`);
        } catch (error) {
          log.warn('what is known of updates could not be written', { file, error });
        }
      });
      await writing;
    },
  };
}

function read(file: string): UpdateFacts {
  try {
    return memoryFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing or broken: nothing is known, and signature and expiry still protect.
    return memoryFile.parse({});
  }
}
