/** What ended and need not be told in the journal, if the database has it soon. */
import { closedText, lineText, type NoteOf } from './journal-lines.ts';
import { requestIdOf } from './journal-replay.ts';

interface Ending {
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly ended: NoteOf<'ended'>[];
  row: (() => string) | undefined;
}

/** What the database did not have in time. */
export interface LateEnding {
  readonly id: string;
  readonly text: string;
  readonly isClosed: boolean;
}

export class Endings {
  /** By request id, oldest first. */
  readonly #endings = new Map<string, Ending>();

  get size(): number {
    return this.#endings.size;
  }

  ended(note: NoteOf<'ended'>, now: number): void {
    this.#of(requestIdOf(note.id), now).ended.push(note);
  }

  closed(id: string, row: () => string, now: number): void {
    this.#of(id, now).row = row;
  }

  /** The database has it. `false`: nothing waits to be told of it. */
  forget(id: string): boolean {
    return this.#endings.delete(id);
  }

  /** Takes out those of before this moment. */
  *take(before: number): Iterable<LateEnding> {
    for (const [id, { since, ended, row }] of this.#endings) {
      if (since > before) return;
      this.#endings.delete(id);
      const text = ended.map(lineText).join('') + (row === undefined ? '' : closedText(row()));
      yield { id, text, isClosed: row !== undefined };
    }
  }

  #of(id: string, now: number): Ending {
    let ending = this.#endings.get(id);
    if (ending === undefined) {
      ending = { since: now, ended: [], row: undefined };
      this.#endings.set(id, ending);
    }
    return ending;
  }
}
