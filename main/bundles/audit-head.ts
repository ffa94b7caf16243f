/** Where the audit log begins and how far it came, beside it: lines cut off at either end show too. */
import { z } from 'zod';
import { writeFileAtomic } from '../kit/atomic-file.ts';
import type { Link } from './audit-line.ts';
import { readStored } from './store-files.ts';

const headFile = z.strictObject({
  first_seq: z.int().min(1),
  last: z.strictObject({ seq: z.int().nonnegative(), hash: z.string() }),
});

export interface Head {
  /** Of the oldest line that is kept. */
  readonly firstSeq: number;
  /** The last line that is known to be on the disk; there may be more. */
  readonly last: Link;
}

const maxBytes = 4_096;

export class AuditHead {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** `undefined`: there is none that could be read. */
  async read(): Promise<Head | undefined> {
    const text = await readStored(this.#file, maxBytes);
    if (text === undefined) return undefined;
    try {
      const { first_seq: firstSeq, last } = headFile.parse(JSON.parse(text));
      return { firstSeq, last };
    } catch {
      return undefined;
    }
  }

  async write(firstSeq: number, last: Link): Promise<void> {
    await writeFileAtomic(this.#file, `${JSON.stringify({ first_seq: firstSeq, last })}\n`);
  }
}
