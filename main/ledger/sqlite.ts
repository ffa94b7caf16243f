/** The ledger of a running instance: takes exchanges at once and has a worker thread write them, batch by batch. */
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LedgerHealth } from '../../shared/contract/app.ts';
import type { BudgetState, SpendPort } from '../gateway/ports.ts';
import { within } from '../kit/within.ts';
import type { ExchangeRecord, Ledger, LedgerSettings, Redact } from './ledger.ts';
import type { FromWorker, Raise, ToWorker, WorkerStart } from './messages.ts';
import { AskedLedger } from './asked-ledger.ts';
import type { KeptBody } from './bodies.ts';
import { BodyQueue } from './body-queue.ts';
import { defaultLedgerSettings, type LedgerOptions } from './ledger-options.ts';
import { OpenQuestions } from './open-questions.ts';
import { toRow, withDecision, type Row } from './row.ts';
import { SnapshotQueue } from './snapshot-queue.ts';
import { WriteAhead } from './write-ahead.ts';
import { WriteQueue } from './write-queue.ts';

export type { LedgerOptions };

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
  readonly raises: readonly Raise[];
  /** What the journal may let go of. */
  readonly ids: readonly string[];
}

class SqliteLedger extends AskedLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #redact: Redact;
  readonly #queue: WriteQueue;
  readonly #ahead: WriteAhead;
  readonly #snapshots = new SnapshotQueue();
  #settings: LedgerSettings;
  #worker: Worker | undefined;
  /** The worker has the file open. */
  #opened = false;
  #state: LedgerHealth['state'] = 'starting';
  #reason: string | undefined;
  #interrupted = 0;
  /** What the process before left behind is in the file. */
  #isRecovered = false;
  #refused = 0;
  readonly #notices: string[] = [];
  /** The batch that is not confirmed yet, and who has it. */
  #sent: Sent | undefined;
  #sentTo: Worker | undefined;
  #batches = 0;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #retention: NodeJS.Timeout | undefined;
  /** Ids of running exchanges of which nothing is kept. */
  readonly #unrecorded = new Set<string>();
  #waiters: { readonly end: number; readonly resolve: (written: boolean) => void }[] = [];
  readonly #bodies: BodyQueue;
  /** What the writer is asked to say once it is through with everything before. */
  readonly #syncs = new OpenQuestions();
  #startWaiters: ((health: LedgerHealth) => void)[] = [];
  #stopped: (() => void) | undefined;

  constructor(options: LedgerOptions) {
    super({ ...options, bodySecret: options.bodySecret });
    this.#options = options;
    this.#redact = options.redact ?? ((text) => text);
    this.#settings = options.settings ?? defaultLedgerSettings;
    this.#queue = new WriteQueue(options.maxWaiting ?? defaultMaxWaiting, () =>
      options.log.error('Too many exchanges wait to be written: from now on the oldest are not recorded.'),
    );
    this.#ahead = new WriteAhead({
      ...options,
      journal: options.journal ?? join(dirname(options.file), 'journal'),
      redact: this.#redact,
      onRaise: () => this.#schedule(gatherMs),
    });
    this.#bodies = new BodyQueue({
      learned: options.learned,
      post: (message) => this.#post(message),
      onDropped: () => this.#notice(['Too much was said at once: of some exchanges the content is not recorded.']),
    });
    this.#startWorker();
    this.#planRetention(firstRetentionMs);
  }

  get spend(): SpendPort {
    return this.#ahead;
  }

  open(record: ExchangeRecord): void {
    if (this.#settings.recordsExchanges === false) this.#unrecorded.add(record.requestId);
    else if (this.#takesEntries()) this.#queue.open(record);
    this.#ahead.opened(record);
    this.#schedule(gatherMs);
  }

  close(record: ExchangeRecord): void {
    this.#ahead.closed(record);
    // What was opened on record is closed on record, whatever was changed meanwhile.
    if (this.#unrecorded.delete(record.requestId)) return;
    if (this.#takesEntries()) this.#queue.close(record);
    else this.#queue.droppedCloses += 1;
    this.#schedule(gatherMs);
  }

  async recovered(): Promise<BudgetState> {
    return this.#ahead.recovered();
  }

  setBudgetState(state: () => BudgetState): void {
    this.#ahead.setState(state);
  }

  keepBudgets(): boolean {
    return this.#ahead.checkpoint();
  }

  keepSnapshot(id: string, body: () => unknown): void {
    // Making a text of it takes some milliseconds: not within the change of config that brings it.
    if (this.#takesEntries() && this.#snapshots.offer(id, body)) setImmediate(() => this.#sendSnapshots());
  }

  keepBody(body: KeptBody): boolean {
    if (this.#options.bodySecret === undefined || !this.#takesEntries()) return false;
    return this.#bodies.offer(body, this.#options.clock.now());
  }

  health(): LedgerHealth {
    const journal = this.#ahead.health();
    return {
      state: this.#state,
      reason: this.#reason ?? null,
      waiting: this.#queue.size + (this.#sent === undefined ? 0 : this.#sent.opens.length + this.#sent.closes.length),
      dropped_opens: this.#queue.droppedOpens,
      dropped_closes: this.#queue.droppedCloses + this.#refused,
      interrupted: this.#interrupted,
      notices: [...journal.notices, ...this.#notices],
      journal: { state: journal.state, reason: journal.reason ?? null },
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
    await this.#ahead.stop();
    await this.closeReader('The ledger is closed.');
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
    const workerData: WorkerStart = { file: this.#options.file, bodySecret: this.#options.bodySecret };
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
    this.#bodies.lose();
    this.#syncs.refuseAll(reason);
    if (this.#state === 'stopped') return this.#stopped?.();
    this.#fail('failing', `The ledger's writer failed: ${reason}`);
    this.#schedule(retryMs);
  }

  /** `false`: there is no writer. A body moves over to it. */
  #post(message: ToWorker): boolean {
    this.#worker?.postMessage(message, message.kind === 'keep-body' ? [message.body.bytes.buffer as ArrayBuffer] : []);
    return this.#worker !== undefined;
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'found':
        return this.#ahead.found(message.found);
      case 'started':
        return this.#onStarted(message);
      case 'not-started':
        this.#ahead.found('unknown');
        this.#fail('failing', `The ledger ${this.#options.file} cannot be opened: ${message.message}`);
        return this.#schedule(retryMs);
      case 'recovered':
        return this.#onRecovered(message);
      case 'not-recovered':
        this.#fail('failing', `The ledger cannot be written: ${message.message}`);
        return this.#schedule(retryMs);
      case 'written':
        return this.#onWritten(message);
      case 'not-written':
        this.#sentTo = undefined;
        // A file that somebody has open cannot be set aside everywhere.
        this.reader.reset();
        this.#fail('failing', `The ledger cannot be written: ${message.message}`);
        return this.#schedule(retryMs);
      case 'kept':
        return this.#snapshots.confirm(message.id);
      case 'not-kept':
        return this.#snapshots.refuse(message.id);
      case 'body-done':
        return this.#bodies.done(message.bytes, message.isKept);
      case 'synced':
        return this.#syncs.answered(message.id, undefined);
      case 'begun-anew':
        this.#notice(message.notices);
        this.reader.reset();
        return this.#snapshots.again();
      case 'stopped':
        return this.#stopped?.();
    }
  }

  #onStarted({ readOnlyReason, found, notices, unchecked }: Extract<FromWorker, { kind: 'started' }>): void {
    if (this.#state === 'stopped') return;
    this.#opened = true;
    this.#notice(notices);
    this.#ahead.found(found);
    this.reader.reset();
    if (unchecked) this.planCheck(this.#options.log, () => this.#setAside());
    if (readOnlyReason !== undefined) this.#fail('read-only', readOnlyReason);
    else if (!this.#isRecovered) return this.#recover();
    else this.#works();
    this.#goOn();
  }

  /** First of all, and only once: what is open in the file later is running. */
  #recover(): void {
    this.#post(this.#ahead.inheritance);
  }

  #onRecovered({ interrupted, notices }: Extract<FromWorker, { kind: 'recovered' }>): void {
    this.#isRecovered = true;
    this.#notice(notices);
    this.#ahead.confirmInheritance();
    if (this.#state === 'stopped') return;
    this.#interrupted += interrupted;
    if (interrupted > 0) {
      const { estimated } = this.#ahead;
      const counted = estimated === 0 ? '' : `; ${estimated} tries are counted at the most they can have cost`;
      this.#options.log.warn(`${interrupted} requests interrupted: they were running when the process ended${counted}`);
    }
    this.#works();
    this.#goOn();
  }

  #goOn(): void {
    this.#snapshots.again();
    this.#sendSnapshots();
    this.#send();
  }

  #onWritten({ batch, refused, notices, begunAnew }: Extract<FromWorker, { kind: 'written' }>): void {
    if (this.#sent?.batch !== batch) return;
    this.#written = this.#sent.end;
    this.#ahead.confirm(this.#sent.ids);
    this.#sent = undefined;
    this.#refused += refused;
    this.#notice(notices);
    this.#works();
    if (begunAnew) {
      this.#snapshots.again();
      this.reader.reset();
    }
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
      this.#options.log.info('The ledger is written again.', {
        waiting: this.#queue.size,
        given_up: this.#queue.givenUp,
      });
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
    else if (!this.#isRecovered) this.#recover();
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
    const raises = this.#ahead.takeRaises();
    const sent: Sent = {
      batch: (this.#batches += 1),
      end,
      opens: this.#rows(opens, (record) => toRow(record, this.#redact, 'open')),
      closes: this.#rows(closes, (record) => withDecision(this.#ahead.plainRow(record), record.decision, this.#redact)),
      raises,
      ids: [...closes.map(({ requestId }) => requestId), ...raises.map(({ id }) => id)],
    };
    if (sent.opens.length + sent.closes.length + raises.length === 0) {
      this.#written = end;
      this.#ahead.confirm(sent.ids);
      this.#settle();
      if (this.#queue.size > 0) this.#send();
      return;
    }
    this.#sent = sent;
    this.#postSent(sent);
  }

  #postSent({ batch, opens, closes, raises }: Sent): void {
    this.#sentTo = this.#worker;
    this.#post({ kind: 'write', batch, opens, closes, raises, now: this.#options.clock.now() });
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

  #rows(records: readonly ExchangeRecord[], rowOf: (record: ExchangeRecord) => Row): Row[] {
    const rows: Row[] = [];
    for (const record of records) {
      try {
        rows.push(rowOf(record));
      } catch (error) {
        this.#refused += 1;
        this.#options.log.error('An exchange could not be recorded.', { error, request_id: record.requestId });
      }
    }
    return rows;
  }

  protected async settled(): Promise<void> {
    await this.started();
    await this.flush();
    if (this.#state === 'stopped') throw new Error(this.#reason ?? 'The ledger is closed.');
  }

  protected async allSettled(): Promise<void> {
    await this.started();
    this.#sendSnapshots();
    if (this.#worker === undefined || this.#state === 'stopped') return;
    // Whoever asks is told what there is, also when the writer is lost meanwhile.
    await this.#syncs.ask((id) => this.#post({ kind: 'sync', id })).catch(() => undefined);
  }

  #setAside(): void {
    if (this.#state === 'stopped') return;
    this.reader.reset();
    this.#post({ kind: 'set-aside', now: this.#options.clock.now() });
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
