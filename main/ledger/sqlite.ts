/** The ledger of a running instance: takes exchanges at once and has a worker thread write them, batch by batch. */
import { Worker } from 'node:worker_threads';
import type { LedgerHealth } from '../../shared/contract/app.ts';
import type { LogPort } from '../gateway/ports.ts';
import type { Clock } from '../kit/clock.ts';
import type { ExchangeRecord, Ledger, LedgerSettings, Redact, RoutingTrace } from './ledger.ts';
import type { FromWorker, Questions, ToWorker, WorkerStart } from './messages.ts';
import { toRow, type Row } from './row.ts';
import { SnapshotQueue } from './snapshot-queue.ts';
import { toTrace } from './trace.ts';
import { WriteQueue } from './write-queue.ts';

export interface LedgerOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly settings?: LedgerSettings | undefined;
  /** Takes secrets out of names and texts from outside. */
  readonly redact?: Redact | undefined;
  /** Entries that may wait while the file cannot be written; a kilobyte or two each, fewer where they are larger. */
  readonly maxWaiting?: number | undefined;
}

export const defaultLedgerSettings: LedgerSettings = { retentionDays: 30, maxSizeMb: 500 };

/** Exchanges wait this long for others, so that a busy port costs few transactions. */
const gatherMs = 20;
/** Making rows of this many takes the main thread a few milliseconds. */
const batchSize = 500;
/** At a thousand requests a second, twenty seconds of a file that cannot be written. */
const defaultMaxWaiting = 20_000;
const retryMs = 1_000;
/** Rows come and go in small batches: the worker needs no large nursery, and every megabyte of it stays resident. */
const maxYoungGenerationSizeMb = 4;
const stopMs = 5_000;
/** All models of a dozen large providers have a few megabytes as JSON. */
const maxSnapshotLength = 32_000_000;
const firstRetentionMs = 60_000;
const retentionMs = 3_600_000;

// Next to this file as source, or next to the bundle it was built into.
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './ledger-worker.js',
  import.meta.url,
);

/** Begins to open the file in the background; exchanges may be handed over from the first moment on. */
export function createLedger(options: LedgerOptions): Ledger {
  return new SqliteLedger(options);
}

interface Sent {
  readonly batch: number;
  readonly end: number;
  readonly opens: readonly Row[];
  readonly closes: readonly Row[];
}

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

class SqliteLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #redact: Redact;
  readonly #queue: WriteQueue;
  readonly #snapshots = new SnapshotQueue();
  #settings: LedgerSettings;
  #worker: Worker | undefined;
  /** The worker has the file open. */
  #opened = false;
  #state: LedgerHealth['state'] = 'starting';
  #reason: string | undefined;
  #interrupted = 0;
  #refused = 0;
  readonly #notices: string[] = [];
  /** The batch that is not confirmed yet, and who has it. */
  #sent: Sent | undefined;
  #sentTo: Worker | undefined;
  #batches = 0;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #retention: NodeJS.Timeout | undefined;
  #waiters: { readonly end: number; readonly resolve: (written: boolean) => void }[] = [];
  readonly #asked = new Map<number, Asked>();
  #questions = 0;
  #startWaiters: ((health: LedgerHealth) => void)[] = [];
  #stopped: (() => void) | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#redact = options.redact ?? ((text) => text);
    this.#settings = options.settings ?? defaultLedgerSettings;
    this.#queue = new WriteQueue(options.maxWaiting ?? defaultMaxWaiting);
    this.#startWorker();
    this.#planRetention(firstRetentionMs);
  }

  open(record: ExchangeRecord): void {
    if (this.#takesEntries()) this.#queue.open(record);
    this.#schedule(gatherMs);
  }

  close(record: ExchangeRecord): void {
    if (this.#takesEntries()) this.#queue.close(record);
    else this.#queue.droppedCloses += 1;
    this.#schedule(gatherMs);
  }

  keepSnapshot(id: string, body: () => unknown): void {
    // Making a text of it takes some milliseconds: not within the change of config that brings it.
    if (this.#takesEntries() && this.#snapshots.offer(id, body)) setImmediate(() => this.#sendSnapshots());
  }

  async log(query: Questions['log']['input']): Promise<Questions['log']['output']> {
    return this.#ask('log', query);
  }

  async usage(query: Questions['usage']['input']): Promise<Questions['usage']['output']> {
    return this.#ask('usage', query);
  }

  async byRequestId(requestId: string): Promise<Questions['exchange']['output']> {
    return this.#ask('exchange', requestId);
  }

  async trace(requestId: string): Promise<RoutingTrace | undefined> {
    const stored = await this.#ask('trace', requestId);
    return stored === undefined ? undefined : toTrace(stored);
  }

  health(): LedgerHealth {
    return {
      state: this.#state,
      reason: this.#reason ?? null,
      waiting: this.#queue.size + (this.#sent === undefined ? 0 : this.#sent.opens.length + this.#sent.closes.length),
      dropped_opens: this.#queue.droppedOpens,
      dropped_closes: this.#queue.droppedCloses + this.#refused,
      interrupted: this.#interrupted,
      notices: [...this.#notices],
    };
  }

  async started(): Promise<LedgerHealth> {
    if (this.#state !== 'starting') return this.health();
    return new Promise((resolve) => this.#startWaiters.push(resolve));
  }

  async flush(): Promise<boolean> {
    const end = this.#queue.end;
    if (this.#state === 'read-only') return false;
    if (this.#written >= end) return true;
    if (this.#state === 'failing' || this.#state === 'stopped') return false;
    return new Promise((resolve) => {
      this.#waiters.push({ end, resolve });
      this.#send();
    });
  }

  configure(settings: LedgerSettings): void {
    this.#settings = settings;
    this.#planRetention(firstRetentionMs);
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    await within(stopMs, this.flush());
    this.#sendSnapshots();
    clearTimeout(this.#timer);
    clearTimeout(this.#retention);
    const worker = this.#worker;
    this.#fail('stopped', 'The ledger is closed.');
    if (worker === undefined) return;
    const stopped = new Promise<void>((resolve) => (this.#stopped = resolve));
    this.#post({ kind: 'stop' });
    await within(stopMs, stopped);
    this.#worker = undefined;
    await worker.terminate();
  }

  /** A file of a newer version stays as it is; what comes after the end has nowhere to go. */
  #takesEntries(): boolean {
    return this.#state !== 'read-only' && this.#state !== 'stopped';
  }

  #startWorker(): void {
    const workerData: WorkerStart = { file: this.#options.file };
    // Without the flags of this process: a debugger's or a test runner's are not meant for it.
    const worker = new Worker(workerFile, { workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb } });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    // A thread can throw anything, not only errors.
    worker.on('error', (error: unknown) => this.#lost(worker, error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#lost(worker, `its thread ended with code ${code}`));
    this.#post({ kind: 'start', now: this.#options.clock.now() });
  }

  /** The thread ended without being asked to. Everything not confirmed is written again by the next one. */
  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#opened = false;
    this.#snapshots.refuseAll();
    if (this.#state === 'stopped') return this.#stopped?.();
    this.#fail('failing', `The ledger's writer failed: ${reason}`);
    this.#schedule(retryMs);
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'started':
        return this.#onStarted(message);
      case 'not-started':
        this.#fail('failing', `The ledger ${this.#options.file} cannot be opened: ${message.message}`);
        return this.#schedule(retryMs);
      case 'written':
        return this.#onWritten(message);
      case 'not-written':
        this.#sentTo = undefined;
        this.#fail('failing', `The ledger cannot be written: ${message.message}`);
        return this.#schedule(retryMs);
      case 'kept':
        return this.#snapshots.confirm(message.id);
      case 'not-kept':
        return this.#snapshots.refuse(message.id);
      case 'answer':
        return this.#answered(message.id)?.resolve(message.value as never);
      case 'no-answer':
        return this.#answered(message.id)?.reject(new Error(message.message));
      case 'stopped':
        return this.#stopped?.();
    }
  }

  #answered(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #onStarted({ readOnlyReason, interrupted, notices }: Extract<FromWorker, { kind: 'started' }>): void {
    if (this.#state === 'stopped') return;
    this.#opened = true;
    this.#interrupted += interrupted;
    this.#notice(notices);
    if (interrupted > 0)
      this.#options.log.warn(`${interrupted} requests interrupted: they were running when the process ended`);
    if (readOnlyReason !== undefined) this.#fail('read-only', readOnlyReason);
    else this.#works();
    this.#snapshots.again();
    this.#sendSnapshots();
    this.#send();
  }

  #onWritten({ batch, refused, notices, begunAnew }: Extract<FromWorker, { kind: 'written' }>): void {
    if (this.#sent?.batch !== batch) return;
    this.#written = this.#sent.end;
    this.#sent = undefined;
    this.#refused += refused;
    this.#notice(notices);
    this.#works();
    if (begunAnew) this.#snapshots.again();
    this.#sendSnapshots();
    this.#settle();
    if (this.#queue.size >= batchSize || this.#waiters.length > 0) this.#send();
    else if (this.#queue.size > 0) this.#schedule(gatherMs);
  }

  #notice(notices: readonly string[]): void {
    for (const notice of notices) {
      this.#options.log.warn(notice);
      this.#notices.push(notice);
      if (this.#notices.length > 20) this.#notices.shift();
    }
  }

  #works(): void {
    if (this.#state === 'failing')
      this.#options.log.info('The ledger is written again.', { waiting: this.#queue.size });
    if (this.#state === 'stopped') return;
    this.#state = 'writing';
    this.#reason = undefined;
    this.#tellStarted();
  }

  /** Everyone who waits is told; what waits to be written stays. */
  #fail(state: 'failing' | 'read-only' | 'stopped', reason: string): void {
    if (this.#state !== state && state !== 'stopped') this.#options.log.error(reason);
    this.#state = state;
    this.#reason = reason;
    this.#tellStarted();
    this.#settle();
    if (state === 'stopped' || this.#worker === undefined) {
      for (const { reject } of this.#asked.values()) reject(new Error(reason));
      this.#asked.clear();
    }
  }

  #tellStarted(): void {
    const waiters = this.#startWaiters;
    this.#startWaiters = [];
    for (const tell of waiters) tell(this.health());
  }

  #settle(): void {
    const works = this.#state === 'writing' || this.#state === 'starting';
    const settled = this.#waiters.filter(({ end }) => !works || end <= this.#written);
    if (settled.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !settled.includes(waiter));
    for (const { end, resolve } of settled) resolve(end <= this.#written);
  }

  #schedule(ms: number): void {
    if (this.#timer !== undefined || this.#state === 'stopped') return;
    const delay = this.#state === 'failing' ? retryMs : ms;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#state === 'failing') this.#retry();
      else this.#send();
    }, delay);
  }

  #retry(): void {
    if (this.#worker === undefined) this.#startWorker();
    else if (!this.#opened) this.#post({ kind: 'start', now: this.#options.clock.now() });
    else if (this.#sent !== undefined) this.#postSent(this.#sent);
    else this.#works();
  }

  /** One batch at a time is with the worker, so that a slow disk fills this bounded queue and no other. */
  #send(): void {
    if (this.#state !== 'writing' || this.#worker === undefined) return;
    if (this.#sent !== undefined) {
      // A writer that was lost took the batch with it.
      if (this.#sentTo !== this.#worker) this.#postSent(this.#sent);
      return;
    }
    const { opens, closes, end } = this.#queue.take(batchSize);
    const sent = { batch: (this.#batches += 1), end, opens: this.#rows(opens, 'open'), closes: this.#rows(closes) };
    if (sent.opens.length + sent.closes.length === 0) {
      this.#written = end;
      this.#settle();
      if (this.#queue.size > 0) this.#send();
      return;
    }
    this.#sent = sent;
    this.#postSent(sent);
  }

  #postSent({ batch, opens, closes }: Sent): void {
    this.#sentTo = this.#worker;
    this.#post({ kind: 'write', batch, opens, closes, now: this.#options.clock.now() });
  }

  #sendSnapshots(): void {
    if (this.#state !== 'writing' || this.#worker === undefined) return;
    for (const { id, body } of this.#snapshots.take()) {
      const text = this.#snapshotText(body);
      if (text === undefined) this.#snapshots.confirm(id);
      else this.#post({ kind: 'keep', id, body: text, now: this.#options.clock.now() });
    }
  }

  #snapshotText(body: () => unknown): string | undefined {
    try {
      const text = this.#redact(JSON.stringify(body()));
      if (text.length <= maxSnapshotLength) return text;
      this.#options.log.warn('The configuration is too large to be kept: decisions on it cannot be derived again.');
    } catch (error) {
      this.#options.log.error('The configuration could not be kept with the exchanges.', { error });
    }
    return undefined;
  }

  #rows(records: readonly ExchangeRecord[], outcome?: 'open'): Row[] {
    const rows: Row[] = [];
    for (const record of records) {
      try {
        rows.push(toRow(record, this.#redact, outcome));
      } catch (error) {
        this.#refused += 1;
        this.#options.log.error('An exchange could not be recorded.', { error, request_id: record.requestId });
      }
    }
    return rows;
  }

  /** Reads what was written: everything handed over before the question, unless it cannot be written now. */
  async #ask<Name extends keyof Questions>(
    name: Name,
    input: Questions[Name]['input'],
  ): Promise<Questions[Name]['output']> {
    await this.started();
    await this.flush();
    this.#sendSnapshots();
    if (this.#worker === undefined || this.#state === 'stopped')
      throw new Error(this.#reason ?? 'The ledger is closed.');
    const id = (this.#questions += 1);
    return new Promise<Questions[Name]['output']>((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#post({ kind: 'ask', id, question: { name, input } as Extract<ToWorker, { kind: 'ask' }>['question'] });
    });
  }

  #planRetention(ms: number): void {
    clearTimeout(this.#retention);
    if (this.#state === 'stopped') return;
    this.#retention = setTimeout(() => {
      if (this.#state === 'writing')
        this.#post({ kind: 'retain', settings: this.#settings, now: this.#options.clock.now() });
      this.#planRetention(retentionMs);
    }, ms).unref();
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
