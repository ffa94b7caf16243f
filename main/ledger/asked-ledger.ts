/** What a ledger is asked, put to the thread that reads. */
import type { LogPort } from '../gateway/ports.ts';
import type { StoredBody } from './bodies.ts';
import type { LedgerQueries, LedgerSize, RoutingTrace } from './ledger.ts';
import type { Questions } from './messages.ts';
import { ReaderThread, type ReaderThreadOptions } from './reader-thread.ts';
import { bytesOnDisk } from './size-query.ts';
import { toTrace } from './trace.ts';

type Answer<Name extends keyof Questions> = Promise<Questions[Name]['output']>;

/** Long after the start is over. */
const defaultCheckAfterMs = 20_000;

export interface AskedLedgerOptions extends ReaderThreadOptions {
  /** Path of the journal's segments without their number; the default is `journal` beside the file. */
  readonly journal?: string | undefined;
  /** So long after the start a file is checked that was too large for it then. */
  readonly checkAfterMs?: number | undefined;
}

export abstract class AskedLedger implements Omit<LedgerQueries, 'health'> {
  protected readonly reader: ReaderThread;
  readonly #checkAfterMs: number;
  readonly #paths: Pick<AskedLedgerOptions, 'file' | 'journal'>;
  #checking: NodeJS.Timeout | undefined;

  constructor(options: AskedLedgerOptions) {
    this.reader = new ReaderThread(options);
    this.#paths = { file: options.file, journal: options.journal };
    this.#checkAfterMs = options.checkAfterMs ?? defaultCheckAfterMs;
  }

  /** Resolves once everything that was handed over before is in the file, or cannot be now. Rejects when the ledger is closed. */
  protected abstract settled(): Promise<void>;
  /** The same of what is kept beside the exchanges. */
  protected abstract allSettled(): Promise<void>;

  async log(query: Questions['log']['input']): Answer<'log'> {
    return this.#ask('log', query);
  }

  async usage(query: Questions['usage']['input']): Answer<'usage'> {
    return this.#ask('usage', query);
  }

  async series(query: Questions['series']['input']): Answer<'series'> {
    return this.#ask('series', query);
  }

  async sessions(query: Questions['sessions']['input']): Answer<'sessions'> {
    return this.#ask('sessions', query);
  }

  async latency(query: Questions['latency']['input']): Answer<'latency'> {
    return this.#ask('latency', query);
  }

  async size(): Promise<LedgerSize> {
    const contents = await this.#ask('contents', undefined);
    return { bytes: await bytesOnDisk(this.#paths.file, this.#paths.journal), ...contents };
  }

  async spentSince(query: Questions['spent']['input']): Answer<'spent'> {
    return this.#ask('spent', query);
  }

  async check(): Answer<'check'> {
    return this.#ask('check', undefined);
  }

  async byRequestId(requestId: string): Answer<'exchange'> {
    return this.#ask('exchange', requestId);
  }

  async bodiesOf(requestId: string): Promise<readonly StoredBody[]> {
    await this.allSettled();
    return this.#ask('bodies', requestId);
  }

  async trace(requestId: string): Promise<RoutingTrace | undefined> {
    await this.allSettled();
    const stored = await this.#ask('trace', requestId);
    return stored === undefined ? undefined : toTrace(stored);
  }

  /** Reads a file from end to end that was too large for it at the start, and tells when it is broken. */
  protected planCheck(log: LogPort, onCorrupt: () => void): void {
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => {
      this.reader.ask('quickCheck', undefined).then(
        (found) => {
          if (found === 'ok') return;
          log.error('The ledger is corrupt.', { found });
          onCorrupt();
        },
        (error: unknown) => log.warn('The ledger could not be checked.', { error }),
      );
    }, this.#checkAfterMs).unref();
  }

  protected async closeReader(reason: string): Promise<void> {
    clearTimeout(this.#checking);
    await this.reader.close(reason);
  }

  /** Reads what was written: everything handed over before the question, unless it cannot be written now. */
  async #ask<Name extends keyof Questions>(name: Name, input: Questions[Name]['input']): Answer<Name> {
    await this.settled();
    return this.reader.ask(name, input);
  }
}
