/** Token counts by a real tokenizer (BUD-06), in a thread that is started when it is first needed and ended when it is not. */
import { Worker } from 'node:worker_threads';
import type { ProviderKind } from '../../shared/config/provider.ts';
import type { CountReply, CountRequest, Tokenizer } from './token-worker.ts';

/** The tokenizer beside this file, in the source and in the built program. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './token-worker.ts' : './token-worker.js',
  import.meta.url,
);

/** A text of this size takes about a third of a second; of a larger one the bytes are bound enough. */
const maxTextBytes = 2 * 1_048_576;
/** Texts waiting at once: more would hold their copies, and come too late. */
const maxWaiting = 16;
/** The tables of both tokenizers take 150 MB; a text and its pieces little more than itself. */
const maxOldGenerationSizeMb = 320;

export interface TokenCounterOptions {
  /** Whoever waits longer does without. Long enough for the thread to start. */
  readonly timeoutMs: number;
  /** Without a question for so long the thread is ended. */
  readonly idleMs: number;
}

export const defaultCounterOptions: TokenCounterOptions = { timeoutMs: 2_000, idleMs: 120_000 };

/** Longer than the tables take to load and the largest text to count on a busy machine: then the thread hangs. */
const stuckMs = 15_000;

interface Waiting {
  readonly text: Buffer;
  readonly tokenizer: Tokenizer;
  readonly timer: NodeJS.Timeout;
  readonly done: (tokens: number | undefined) => void;
}

/** Never throws and never keeps the process alive. `undefined`: too large, too many, too slow, or the tokenizer cannot be had. */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Tokenizers that have answered since the thread began. */
  readonly #warm = new Set<Tokenizer>();
  #nextId = 1;
  /** What the thread works on. One at a time, so that a text that takes too long can be told from those behind it. */
  #current: { readonly id: number; readonly tokenizer: Tokenizer; readonly watch: NodeJS.Timeout } | undefined;

  constructor(options: TokenCounterOptions = defaultCounterOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Its tables are loaded: a count takes a few milliseconds. */
  isWarm(tokenizer: Tokenizer): boolean {
    return this.#warm.has(tokenizer);
  }

  /** Starts the thread and loads the tables, for counts to come. */
  warm(tokenizer: Tokenizer): void {
    if (!this.isWarm(tokenizer)) void this.count(Buffer.from('a'), tokenizer);
  }

  /** Tokens of a text, UTF-8. `timeoutMs`: less time than usual. */
  count(text: Buffer, tokenizer: Tokenizer, timeoutMs = this.#options.timeoutMs): Promise<number | undefined> {
    if (text.length === 0) return Promise.resolve(0);
    if (text.length > maxTextBytes || this.#waiting.size >= maxWaiting) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const id = this.#nextId++;
      // It would come too late. The thread may still be loading its tables, so it goes on.
      const timer = setTimeout(() => {
        this.#answer(id, undefined);
      }, timeoutMs);
      timer.unref();
      this.#waiting.set(id, { text, tokenizer, timer, done: resolve });
      this.#next();
    });
  }

  /** Ends the thread; those who wait get nothing. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    this.#end();
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
  }

  #next(): void {
    clearTimeout(this.#idle);
    if (this.#current !== undefined) return;
    const [first] = this.#waiting;
    if (first === undefined) {
      if (this.#worker === undefined) return;
      this.#idle = setTimeout(() => {
        this.#end();
      }, this.#options.idleMs);
      this.#idle.unref();
      return;
    }
    const [id, { text, tokenizer }] = first;
    const worker = this.#running();
    const watch = setTimeout(() => {
      this.#lost(worker);
    }, stuckMs);
    watch.unref();
    this.#current = { id, tokenizer, watch };
    // A copy of the text alone: a view would take all of its memory along.
    const copy = Uint8Array.from(text);
    worker.postMessage({ id, tokenizer, text: copy } satisfies CountRequest, [copy.buffer]);
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerFile, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb } });
    worker.unref();
    worker.on('message', (reply: CountReply) => {
      this.#receive(worker, reply);
    });
    const lost = (): void => {
      this.#lost(worker);
    };
    worker.on('error', lost);
    worker.on('exit', lost);
    this.#worker = worker;
    return worker;
  }

  #receive(worker: Worker, { id, tokens }: CountReply): void {
    const current = this.#current;
    if (worker !== this.#worker || current?.id !== id) return;
    clearTimeout(current.watch);
    this.#current = undefined;
    if (tokens !== undefined) this.#warm.add(current.tokenizer);
    this.#answer(id, tokens);
    this.#next();
  }

  #answer(id: number, tokens: number | undefined): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.done(tokens);
  }

  #lost(worker: Worker): void {
    if (worker !== this.#worker) return;
    const id = this.#current?.id;
    this.#end();
    // It may be the text that did it: nobody tries it again.
    if (id !== undefined) this.#answer(id, undefined);
    this.#next();
  }

  #end(): void {
    const worker = this.#worker;
    clearTimeout(this.#current?.watch);
    this.#worker = undefined;
    this.#current = undefined;
    this.#warm.clear();
    void worker?.terminate();
  }
}

export interface FittingTokenizer {
  readonly tokenizer: Tokenizer;
  /** The model's own, not a relative's. */
  readonly isExact: boolean;
}

const cl100kModels = /^(?:gpt-4(?:-|$)|gpt-3\.5|gpt-35|text-embedding-(?:3|ada-002))/;
const o200kModels = /^(?:gpt-4o|chatgpt-4o|gpt-4\.[15]|gpt-5|gpt-oss|o[134](?:-|$)|codex-|computer-use-preview)/;
/** Their names are the owner's own: what a deployment runs may be another model than it is called. */
const ownNames: ReadonlySet<ProviderKind> = new Set(['azure-openai', 'openai-compatible', 'lmstudio', 'llamacpp']);

/** The tokenizer for a model: OpenAI's own for its families, its newest as a yardstick for all others. */
export function tokenizerFor(kind: ProviderKind, model: string): FittingTokenizer {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  if (cl100kModels.test(name)) return { tokenizer: 'cl100k', isExact: !ownNames.has(kind) };
  return { tokenizer: 'o200k', isExact: o200kModels.test(name) && !ownNames.has(kind) };
}
