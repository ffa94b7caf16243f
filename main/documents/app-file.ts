/** The app's small documents in one file: favourites, prompts of the playground, votes, whether the first minutes are over. */
import { Low } from 'lowdb';
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { PromptEntry } from '../../shared/contract/playground.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { isErrno, removeStaleTemporaries } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import type { LogPort } from '../gateway/ports.ts';
import {
  documentVersion,
  emptyDocument,
  promptOf,
  readDocument,
  writtenDocument,
  type AppDocument,
} from './app-document.ts';
import { JsonFile } from './json-file.ts';
import { withImported, withSaved, type Naming, type PromptChange } from './prompt-library.ts';
import { summaryOf, totalOf, withVote } from './votes.ts';

/** A thousand long prompts are a tenth of this; every change writes all of it. */
const maxChars = 32 * 1024 * 1024;
const maxFavourites = 1_000;

export interface AppFileOptions {
  readonly file: string;
  readonly log: Pick<LogPort, 'warn'>;
  readonly clock: Clock;
  /** `count` random letters and digits. */
  readonly randomId: (count: number) => string;
}

/**
 * A change is in the file when it resolves. One that cannot be written rejects with `control.refused`, and then nothing is
 * changed in memory either.
 */
export interface AppDocuments {
  favourites(): readonly string[];
  setFavourite(id: string, favourite: boolean): Promise<readonly string[]>;
  welcomed(): boolean;
  setWelcomed(done: boolean): Promise<void>;
  prompts(): readonly PromptEntry[];
  /** `undefined`: there is no prompt with this id. */
  savePrompt(input: PromptChange): Promise<PromptEntry | undefined>;
  removePrompt(id: string): Promise<boolean>;
  /** What was added, under the names and ids it got. */
  importPrompts(prompts: readonly PromptEntry[]): Promise<readonly PromptEntry[]>;
  /** Answers how many votes there are. */
  addVote(models: readonly string[], winner: string | null): Promise<number>;
  votes(): CallOutput<'votes.list'>;
  clearVotes(): Promise<void>;
}

/**
 * Never rejects. A file that makes no sense is set aside as `<file>.corrupt-<time>`, with what can be used of it taken over; one
 * of a newer version, or one that cannot be opened, is left as it is and changes are refused.
 */
export async function openAppFile(options: AppFileOptions): Promise<AppDocuments> {
  const { file, log, clock } = options;
  const setAside = 'The file of favourites, prompts and votes was corrupt. It was set aside, and nothing was deleted.';
  const adapter = new JsonFile({ file, log, clock, maxChars, setAside });
  return new AppFile(options, new Low<unknown>(adapter, null), await load(options, adapter));
}

interface Loaded {
  readonly document: AppDocument;
  /** Why nothing may be changed. */
  readonly locked?: string | undefined;
}

async function load({ file, log }: AppFileOptions, adapter: JsonFile): Promise<Loaded> {
  try {
    await removeStaleTemporaries(file);
    const value = await adapter.read();
    // It was set aside.
    if (value === null) return { document: emptyDocument };
    const read = readDocument(value);
    if (read !== undefined && read.version > documentVersion) {
      const locked = `${file} was written by a newer version of Sluice. It can be read but not changed here: update Sluice.`;
      log.warn(locked);
      return { document: read.document, locked };
    }
    if (read?.isDamaged === false) return { document: read.document };
    await adapter.setAside();
    if (read === undefined) return { document: emptyDocument };
    await adapter.write(writtenDocument(read.document)).catch((error: unknown) => {
      // The next change tries again, and says so where it fails.
      log.warn('What could be used of favourites, prompts and votes could not be written.', { file, error });
    });
    return { document: read.document };
  } catch (error) {
    // No directory, or nothing in it yet.
    if (isErrno(error, 'ENOENT')) return { document: emptyDocument };
    const locked = `${file} could not be read (${reasonOf(error)}). It is left as it is, so nothing can be changed: make it readable, then start Sluice again.`;
    log.warn(locked);
    return { document: emptyDocument, locked };
  }
}

class AppFile implements AppDocuments {
  readonly #file: string;
  readonly #naming: Naming;
  readonly #database: Low<unknown>;
  readonly #locked: string | undefined;
  /** As it is in the file. */
  #document: AppDocument;
  #changing: Promise<unknown> = Promise.resolve();

  constructor({ file, clock, randomId }: AppFileOptions, database: Low<unknown>, { document, locked }: Loaded) {
    this.#file = file;
    this.#naming = { now: () => clock.now(), randomId };
    this.#database = database;
    this.#document = document;
    this.#locked = locked;
  }

  favourites(): readonly string[] {
    return this.#document.favourites;
  }

  async setFavourite(id: string, favourite: boolean): Promise<readonly string[]> {
    return this.#change(({ favourites }) => {
      if (favourites.includes(id) === favourite) return { answer: favourites };
      const changed = favourite ? [...favourites, id] : favourites.filter((one) => one !== id);
      if (changed.length > maxFavourites)
        throw refused(`${String(maxFavourites)} favourites are the most that are kept.`);
      return { answer: changed, change: { favourites: changed } };
    });
  }

  welcomed(): boolean {
    return this.#document.welcomed;
  }

  async setWelcomed(done: boolean): Promise<void> {
    return this.#change(({ welcomed }) =>
      welcomed === done ? { answer: undefined } : { answer: undefined, change: { welcomed: done } },
    );
  }

  prompts(): readonly PromptEntry[] {
    return this.#document.prompts.map(promptOf);
  }

  async savePrompt(input: PromptChange): Promise<PromptEntry | undefined> {
    return this.#change(({ prompts }) => {
      const next = withSaved(prompts, input, this.#naming);
      if (next === undefined) return { answer: undefined };
      return { answer: promptOf(next.saved), change: { prompts: next.prompts } };
    });
  }

  async removePrompt(id: string): Promise<boolean> {
    return this.#change(({ prompts }) => {
      const left = prompts.filter((prompt) => prompt.id !== id);
      return left.length === prompts.length ? { answer: false } : { answer: true, change: { prompts: left } };
    });
  }

  async importPrompts(given: readonly PromptEntry[]): Promise<readonly PromptEntry[]> {
    return this.#change(({ prompts }) => {
      const next = withImported(prompts, given, this.#naming);
      return { answer: next.added.map(promptOf), change: { prompts: next.prompts } };
    });
  }

  async addVote(models: readonly string[], winner: string | null): Promise<number> {
    return this.#change((document) => {
      const votes = withVote(document.votes, models, winner);
      return { answer: totalOf(votes), change: { votes } };
    });
  }

  votes(): CallOutput<'votes.list'> {
    return summaryOf(this.#document.votes);
  }

  async clearVotes(): Promise<void> {
    return this.#change(({ votes }) =>
      votes.length === 0 ? { answer: undefined } : { answer: undefined, change: { votes: [] } },
    );
  }

  /** One after the other, each on what the one before left. */
  async #change<Answer>(step: (document: AppDocument) => Step<Answer>): Promise<Answer> {
    const run = this.#changing.then(async () => {
      if (this.#locked !== undefined) throw refused(this.#locked);
      const { answer, change } = step(this.#document);
      if (change !== undefined) await this.#write({ ...this.#document, ...change });
      return answer;
    });
    this.#changing = run.catch(() => undefined);
    return run;
  }

  async #write(document: AppDocument): Promise<void> {
    const written = writtenDocument(document);
    if (JSON.stringify(written).length > maxChars)
      throw refused('All prompts together are too large to be kept. Remove some, or shorten the longest.');
    this.#database.data = written;
    try {
      await this.#database.write();
    } catch (error) {
      throw refused(`${this.#file} could not be written (${reasonOf(error)}). Nothing was changed.`, error);
    }
    this.#document = document;
  }
}

interface Step<Answer> {
  readonly answer: Answer;
  /** Absent: nothing changes. */
  readonly change?: Partial<AppDocument>;
}

function refused(message: string, cause?: unknown): GatewayError {
  return new GatewayError('control.refused', message, { cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
