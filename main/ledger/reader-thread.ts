/**
 * Asks questions of the file in a thread of their own, with a connection that only reads: however long one takes, neither the
 * data plane nor the writer waits for it. The thread is started by the first question and ends when there was none for a while.
 */
import { Worker } from 'node:worker_threads';
import type { Question, Questions, ReaderStart, ToReader, FromReader } from './messages.ts';

export interface ReaderThreadOptions extends ReaderStart {
  /** So long without a question, and the thread ends. */
  readonly idleMs?: number | undefined;
}

/** Somebody who looks at a graph asks again within this time; the memory of the thread is given back after it. */
const defaultIdleMs = 60_000;
/** Pages come and go: a large nursery would stay resident for nothing. */
const maxYoungGenerationSizeMb = 8;

// Next to this file as source, or next to the bundle it was built into.
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './ledger-reader.js',
  import.meta.url,
);

interface Asked {
  readonly question: Question;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class ReaderThread {
  readonly #options: ReaderThreadOptions;
  readonly #asked = new Map<number, Asked>();
  #count = 0;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed: string | undefined;

  constructor(options: ReaderThreadOptions) {
    this.#options = options;
  }

  /** Whether the thread is there. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Rejects with a sentence for people when the file cannot be read. */
  async ask<Name extends keyof Questions>(
    name: Name,
    input: Questions[Name]['input'],
  ): Promise<Questions[Name]['output']> {
    if (this.#closed !== undefined) throw new Error(this.#closed);
    const id = (this.#count += 1);
    return new Promise<Questions[Name]['output']>((resolve, reject) => {
      this.#asked.set(id, { question: { name, input } as Question, resolve, reject });
      this.#post(id);
    });
  }

  /** The file is another one now: what is not answered is asked again of the new one. */
  reset(): void {
    this.#end();
    for (const id of this.#asked.keys()) this.#post(id);
  }

  /** Whoever waits is refused with the reason, and so is every later question. */
  async close(reason: string): Promise<void> {
    this.#closed = reason;
    this.#refuseAll(reason);
    await this.#end()?.terminate();
  }

  #post(id: number): void {
    clearTimeout(this.#idle);
    const question = this.#asked.get(id)?.question;
    if (question === undefined) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, question } satisfies ToReader);
  }

  #start(): Worker {
    const workerData: ReaderStart = { file: this.#options.file, bodySecret: this.#options.bodySecret };
    // Without the flags of this process: a debugger's or a test runner's are not meant for it.
    const worker = new Worker(workerFile, { workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb } });
    worker.on('message', (message: FromReader) => {
      if (this.#worker === worker) this.#receive(message);
    });
    // A thread can throw anything, not only errors.
    worker.on('error', (error: unknown) => this.#lost(worker, error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#lost(worker, `its thread ended with code ${code}`));
    return worker;
  }

  #receive(message: FromReader): void {
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.kind === 'answer') asked?.resolve(message.value as never);
    else asked?.reject(new Error(message.message));
    if (this.#asked.size === 0)
      this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs ?? defaultIdleMs).unref();
  }

  /** A question that the thread dies of must not be asked again. */
  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#refuseAll(`The ledger cannot be read: ${reason}`);
  }

  /** Whatever the thread is about is of no use any more, and it changes nothing. */
  #end(): Worker | undefined {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.postMessage('end' satisfies ToReader);
    return worker;
  }

  #refuseAll(reason: string): void {
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }
}
