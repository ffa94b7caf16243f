/** Runs prompts through our own data port, tells what comes of them as it comes, and keeps how each ended for a while. */
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { RunResult } from '../../shared/contract/playground.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { LedgerQueries } from '../ledger/ledger.ts';
import { ChatAnswer, type AnswerError } from './chat-answer.ts';
import { EventReader } from './event-reader.ts';
import { answeredError, failureOf, headOf, readText, settledEntry, untilAborted } from './own-answer.ts';
import type { OwnAnswer, OwnRequests } from './window-needs.ts';

/** Four columns of four windows. */
const maxRunning = 16;
/** Of one answer. */
const maxChars = 8 * 1024 * 1024;
/** A body that is no stream: as long as an answer can be, in JSON. */
const maxBodyBytes = 4 * maxChars;
/** A picture of the screen, twice: more often nobody sees. */
const deltaEveryMs = 33;
const [keptMs, maxKept, maxKeptChars] = [10 * 60_000, 100, 4 * maxChars];

export interface PlaygroundRunsOptions {
  readonly own: OwnRequests;
  readonly ledger: Pick<LedgerQueries, 'byRequestId'>;
  readonly publish: (event: AnyEvent) => void;
  readonly clock: Clock;
  /** `count` random letters and digits. */
  readonly randomId: (count: number) => string;
}

export interface PlaygroundRuns {
  /** Sends a Chat Completions body and returns the run at once. Throws `control.refused` when too many run. */
  start(body: Readonly<Record<string, unknown>>): string;
  /** `false` when it does not run (any more). */
  stop(run: string): boolean;
  /** `null` while it runs, `undefined` when it is not known (any more). */
  result(run: string): RunResult | null | undefined;
  /** Ends all of them. Nothing is told afterwards, and nothing can be started. */
  close(): void;
}

export function createPlaygroundRuns(options: PlaygroundRunsOptions): PlaygroundRuns {
  const running = new Map<string, Run>();
  const kept = new KeptResults(options.clock);
  let isClosed = false;
  return {
    start(body) {
      if (isClosed)
        throw new GatewayError('control.refused', 'Sluice is being stopped: start the prompt when it runs again.');
      if (running.size >= maxRunning) {
        const message = `${String(maxRunning)} prompts run already, which is the most at once. Stop one, or wait until one has ended.`;
        throw new GatewayError('control.refused', message);
      }
      const id = `run-${options.randomId(16)}`;
      const run = new Run(id, options);
      running.set(id, run);
      void run.run(body).then((result) => {
        running.delete(id);
        if (isClosed) return;
        kept.add(result);
        options.publish({ event: 'playground.ended', data: result });
      });
      return id;
    },
    stop: (id) => running.get(id)?.stop() ?? false,
    result: (id) => (running.has(id) ? null : kept.get(id)),
    close() {
      isClosed = true;
      for (const run of running.values()) run.close();
      kept.clear();
    },
  };
}

/** How runs ended: for so long, so many, and so much text; the oldest go first. */
class KeptResults {
  readonly #clock: Clock;
  readonly #results = new Map<string, { readonly result: RunResult; readonly until: number; readonly chars: number }>();
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(result: RunResult): void {
    const calls = result.tool_calls.reduce((sum, one) => sum + one.arguments.length, 0);
    const chars = result.text.length + result.reasoning.length + calls;
    this.#results.set(result.run, { result, chars, until: this.#clock.monotonic() + keptMs });
    this.#chars += chars;
    this.#prune();
  }

  get(id: string): RunResult | undefined {
    this.#prune();
    return this.#results.get(id)?.result;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#results.clear();
  }

  #prune(): void {
    const now = this.#clock.monotonic();
    for (const [id, { until, chars }] of this.#results) {
      if (until > now && this.#results.size <= maxKept && this.#chars <= maxKeptChars) break;
      this.#results.delete(id);
      this.#chars -= chars;
    }
    clearTimeout(this.#timer);
    const [oldest] = this.#results.values();
    if (oldest === undefined) return;
    this.#timer = setTimeout(() => {
      this.#prune();
    }, oldest.until - now).unref();
  }
}

/** One prompt on its way. */
class Run {
  readonly #id: string;
  readonly #options: PlaygroundRunsOptions;
  readonly #abort = new AbortController();
  readonly #closing = new AbortController();
  readonly #answer = new ChatAnswer(maxChars);
  readonly #startedAt: number;
  #isStopped = false;
  #isOver = false;
  #ttftMs: number | null = null;
  #toldAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, options: PlaygroundRunsOptions) {
    this.#id = id;
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
  }

  stop(): boolean {
    if (this.#isOver || this.#isStopped) return false;
    this.#isStopped = true;
    this.#abort.abort();
    return true;
  }

  close(): void {
    this.#abort.abort();
    this.#closing.abort();
  }

  /** Never rejects. */
  async run(body: Readonly<Record<string, unknown>>): Promise<RunResult> {
    let head: OwnAnswer | undefined;
    let error: AnswerError | null;
    try {
      head = await this.#options.own.send({
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify(streamed(body)),
        client: 'Playground',
        signal: this.#abort.signal,
      });
      error = await this.#read(head);
    } catch (failure) {
      error = head === undefined ? failureOf(failure) : this.#answer.sawEnd ? null : brokenOff(this.#answer);
    }
    this.#isOver = true;
    const durationMs = this.#options.clock.monotonic() - this.#startedAt;
    // Whatever the end was, what is left of the request is given up.
    this.#abort.abort();
    this.#tell();
    return this.#result(head, this.#isStopped ? null : error, durationMs);
  }

  async #read({ status, headers, body }: OwnAnswer): Promise<AnswerError | null> {
    const parts = untilAborted(body, this.#abort.signal);
    if (status >= 400) return answeredError(headers, await readText(parts, 1024 * 1024));
    if (headers['content-type']?.includes('event-stream') === true) await this.#readStream(parts);
    else if (!this.#answer.whole(await readText(parts, maxBodyBytes)))
      return { code: 'attempt.not_an_answer', message: 'What came is no answer: it is neither a stream nor JSON.' };
    this.#grew();
    const { error, isTooLong, isComplete } = this.#answer;
    if (error !== null) return error;
    if (isTooLong)
      return {
        code: 'attempt.answer_too_large',
        message: 'The answer is longer than eight million characters. What came until then is kept.',
      };
    return isComplete ? null : brokenOff(this.#answer);
  }

  async #readStream(parts: AsyncIterable<Uint8Array>): Promise<void> {
    const reader = new EventReader();
    const take = (events: readonly string[]): boolean => {
      for (const data of events) this.#answer.take(data);
      this.#grew();
      return this.#answer.error === null && !this.#answer.isTooLong;
    };
    for await (const bytes of parts) if (!take(reader.push(bytes))) return;
    take(reader.end());
  }

  /** Tells at once where it is time, else when it is. */
  #grew(): void {
    if (!this.#answer.hasContent) return;
    const now = this.#options.clock.monotonic();
    this.#ttftMs ??= now - this.#startedAt;
    if (this.#timer !== undefined || !this.#answer.hasFresh) return;
    const waitMs = this.#toldAt + deltaEveryMs - now;
    if (waitMs <= 0) this.#tell();
    else
      this.#timer = setTimeout(() => {
        this.#tell();
      }, waitMs);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#answer.hasFresh || this.#closing.signal.aborted) return;
    this.#toldAt = this.#options.clock.monotonic();
    this.#options.publish({ event: 'playground.delta', data: { run: this.#id, ...this.#answer.takeFresh() } });
  }

  async #result(answer: OwnAnswer | undefined, error: AnswerError | null, durationMs: number): Promise<RunResult> {
    const head = headOf(answer?.headers ?? {});
    const { text, reasoning, toolCalls, finishReason, usage } = this.#answer;
    const entry =
      head.costUsd === null
        ? await settledEntry(this.#options.ledger, head.requestId, this.#closing.signal)
        : undefined;
    return {
      run: this.#id,
      request_id: head.requestId,
      status: answer?.status ?? null,
      ...{ text, reasoning, tool_calls: toolCalls, finish_reason: finishReason },
      usage: entry?.usage ?? usage,
      cost_usd: head.costUsd ?? entry?.cost_usd ?? null,
      target: head.target ?? entry?.target ?? null,
      attempts: head.attempts,
      masked: head.masked,
      ...{ ttft_ms: this.#ttftMs, duration_ms: durationMs },
      ...{ error, stopped: this.#isStopped },
    };
  }
}

function streamed(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { stream_options: options } = body;
  const others = typeof options === 'object' && options !== null ? options : {};
  return { ...body, stream: true, stream_options: { ...others, include_usage: true } };
}

function brokenOff({ hasContent }: ChatAnswer): AnswerError {
  return {
    code: 'relay.stream_incomplete',
    message: `The answer broke off${hasContent ? '. What came so far is only a part.' : ' before it said anything.'}`,
  };
}
