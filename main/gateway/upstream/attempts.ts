/** Stage attempt: retries and fallbacks until the commit point, then never again (RTE-41). */
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { Gatherer } from '../../kit/gather.ts';
import type { Scrub } from '../../kit/scrub.ts';
import type { AttemptRecord, Plan, Target } from '../exchange.ts';
import type { Credential, Random } from '../ports.ts';
import type { HeadMap, UpstreamCall, UpstreamClient, UpstreamHandler, UpstreamRequest } from './client.ts';
import type { CredentialPool } from './credentials.ts';
import { retryAfterMs } from './retry-after.ts';

/** An error body is read up to this size; what is longer is cut. */
const maxErrorBodyBytes = 1024 * 1024;
/** Beyond it a status has no class (RFC 9110, 15). */
const maxStatus = 599;
/** An upstream that sent an error head gets this long for its body. */
const errorBodyMs = 10_000;
/** Longer waits than this are the client's to make: it is told, and the next target is tried. */
const patienceMs = 10_000;
/** RTE-14: at most three attempts in all; more targets than that are each tried once. */
const maxAttempts = 3;
/** FAULT-11: a stream's last target may stay silent, but not without a head for longer than this. */
const lastTargetHeadMs = 120_000;

/** What takes one upstream answer to the client. */
export interface AnswerSink {
  head(status: number, headers: HeadMap): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: GatewayError): void;
  stop(): void;
}

export interface SinkHooks {
  onCommit(): void;
  onRefuse(error: GatewayError): void;
  onDone(error: GatewayError | undefined): void;
}

export interface PreparedAttempt {
  readonly request: UpstreamRequest;
  /** Knows the secrets in `request`. */
  readonly scrub: Scrub;
  readonly sink: AnswerSink;
}

/** An upstream's own error answer, kept so that it can pass unmodified (CLI-05). */
export interface UpstreamErrorAnswer {
  readonly target: Target;
  readonly scrub: Scrub;
  readonly status: number;
  readonly headers: HeadMap;
  readonly body: Buffer;
}

export interface AttemptFailure {
  readonly target: Target;
  readonly error: GatewayError;
  readonly answer: UpstreamErrorAnswer | undefined;
}

export type AttemptsOutcome =
  | { readonly kind: 'committed'; readonly target: Target; readonly done: Promise<GatewayError | undefined> }
  | { readonly kind: 'failed'; readonly failures: readonly AttemptFailure[] }
  /** The client left. */
  | { readonly kind: 'gone' };

export interface AttemptsInput {
  readonly plan: Plan;
  readonly stream: boolean;
  readonly client: UpstreamClient;
  readonly credentials: CredentialPool;
  readonly clock: Clock;
  readonly random: Random;
  /** Resolves when nothing more may be tried: the client left or the total time is over. */
  readonly stopped: StopSignal;
  prepare(target: Target, credential: Credential, source: UpstreamCall, hooks: SinkHooks): Promise<PreparedAttempt>;
  onAttempt(record: AttemptRecord): void;
  /** Of every attempt that failed, whatever comes of the next. */
  onFailure(error: GatewayError): void;
}

/** One flag with listeners: cheaper than an AbortSignal, and it has one reason. */
export class StopSignal {
  #reason: 'gone' | GatewayError | undefined;
  readonly #listeners = new Set<() => void>();

  get reason(): 'gone' | GatewayError | undefined {
    return this.#reason;
  }

  stop(reason: 'gone' | GatewayError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Calls `listener` once on stop, at once if it has happened. Returns how to unlisten. */
  onStop(listener: () => void): () => void {
    if (this.#reason !== undefined) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export async function runAttempts(input: AttemptsInput): Promise<AttemptsOutcome> {
  const failures: AttemptFailure[] = [];
  const targets = input.plan.targets;
  let attempts = 0;
  for (const [index, target] of targets.entries()) {
    const isLast = index === targets.length - 1;
    const tried = new Set<string>();
    for (let tries = 1; ; tries++) {
      const pick = input.credentials.pick(target.provider, target.model, tried);
      if (pick.kind !== 'chosen') {
        if (tried.size === 0) passOver(input, target, pickError(pick, target), failures);
        break;
      }
      attempts++;
      const outcome = await new OneAttempt(input, target, pick.credential, isLast).run();
      if (outcome.kind !== 'failed') return outcome;
      failures.push(outcome.failure);
      input.onFailure(outcome.failure.error);
      const next = afterFailure(input, outcome.failure, pick.credential, tries, tried);
      if (input.stopped.reason !== undefined) break;
      if (next === 'next-target' || attempts >= Math.max(maxAttempts, targets.length)) break;
      if (next > 0) await pause(next, input.stopped);
      if (input.stopped.reason !== undefined) break;
    }
    const stop = input.stopped.reason;
    if (stop === 'gone') return { kind: 'gone' };
    if (stop !== undefined) {
      if (failures[failures.length - 1]?.error !== stop) failures.push({ target, error: stop, answer: undefined });
      break;
    }
    const last = failures[failures.length - 1];
    if (last !== undefined && !mayFallBack(input.plan, last)) break;
  }
  return { kind: 'failed', failures };
}

/** A target that cannot be asked is passed over, which the record tells: nothing was sent. */
function passOver(input: AttemptsInput, target: Target, error: GatewayError, failures: AttemptFailure[]): void {
  failures.push({ target, error, answer: undefined });
  input.onAttempt({
    target: `${target.provider.id}/${target.model}`,
    credential: undefined,
    status: undefined,
    error: error.code,
    ms: 0,
  });
}

function pickError(
  pick: { kind: 'resting'; inMs: number } | { kind: 'none'; reason: string },
  target: Target,
): GatewayError {
  if (pick.kind === 'none')
    return new GatewayError('route.no_credential', `The request could not be sent: ${pick.reason}.`);
  const seconds = Math.max(1, Math.ceil(pick.inMs / 1000));
  return new GatewayError(
    'attempt.rate_limited',
    `Provider "${target.provider.id}" limits the rate of "${target.model}"; it can be asked again in ${String(seconds)} s.`,
    { retryAfterS: seconds },
  );
}

/** What to do after a failure: wait that many ms and try the same target again, or go on. */
function afterFailure(
  input: AttemptsInput,
  failure: AttemptFailure,
  credential: Credential,
  tries: number,
  tried: Set<string>,
): number | 'next-target' {
  const { provider, model } = failure.target;
  const { retry } = provider;
  const status = failure.answer?.status;
  const waitHint = failure.answer === undefined ? undefined : retryAfterMs(failure.answer.headers, input.clock.now());
  if (status === 401 || status === 402 || status === 403) {
    input.credentials.retire(provider, credential);
    tried.add(credential.name);
    return provider.credentials.length > tried.size ? 0 : 'next-target';
  }
  if (status === 429) {
    input.credentials.rest(provider, credential, model, waitHint);
    if (provider.credentials.length > tried.size + 1) {
      tried.add(credential.name);
      return 0;
    }
    if (
      waitHint === undefined ||
      waitHint > patienceMs ||
      tries >= retry.attempts ||
      !retry.onStatusCodes.includes(429)
    ) {
      return 'next-target';
    }
    return waitHint + 1;
  }
  if (tries >= retry.attempts) return 'next-target';
  const retryable =
    status === undefined
      ? failure.error.retryable && failure.error.code !== 'attempt.ttft_timeout'
      : retry.onStatusCodes.includes(status);
  if (!retryable) return 'next-target';
  if (retry.useRetryAfter && waitHint !== undefined) return waitHint > patienceMs ? 'next-target' : waitHint;
  // Full jitter: many clients that failed together do not come back together.
  return input.random.next() * retry.backoffMs * 2 ** (tries - 1);
}

/** Classes of RTE-14. */
function mayFallBack(plan: Plan, failure: AttemptFailure): boolean {
  const status = failure.answer?.status;
  const on = plan.fallbackOn;
  if (status !== undefined) {
    if (status === 429) return on.includes('rate_limited');
    if (status >= 500 || status === 408 || status === 404) return on.includes('error');
    if (status === 401 || status === 402 || status === 403) return on.includes('error');
    return false;
  }
  switch (failure.error.code) {
    case 'attempt.ttft_timeout':
      return on.includes('ttft');
    case 'attempt.connect_timeout':
      return on.includes('timeout') || on.includes('error');
    case 'attempt.rate_limited':
      return on.includes('rate_limited');
    case 'attempt.total_timeout':
      return false;
    case 'attempt.not_an_answer':
    case 'route.no_credential':
      return on.includes('error');
    default:
      return failure.error.blame !== 'client' && on.includes('error');
  }
}

/** `undefined` once there is no use for it any more: a token may have to be fetched from a server that keeps silent. */
function unlessStopped<Value>(work: Promise<Value>, stopped: StopSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const unlisten = stopped.onStop(() => {
      resolve(undefined);
    });
    void work.finally(unlisten).then(resolve, reject);
  });
}

async function pause(ms: number, stopped: StopSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      unlisten();
      resolve();
    }, ms);
    const unlisten = stopped.onStop(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

type OneOutcome =
  | { readonly kind: 'committed'; readonly target: Target; readonly done: Promise<GatewayError | undefined> }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure }
  | { readonly kind: 'gone' };

/** One try at one target with one credential. */
class OneAttempt implements UpstreamHandler {
  readonly #input: AttemptsInput;
  readonly #target: Target;
  readonly #credential: Credential;
  readonly #isLast: boolean;
  readonly #startedAt: number;
  #call: UpstreamCall | undefined;
  #prepared: PreparedAttempt | undefined;
  #status: number | undefined;
  #headers: HeadMap = {};
  #errorBody: Gatherer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;
  #settled = false;
  #recorded = false;
  #resolve: (outcome: OneOutcome) => void = () => undefined;
  #resolveDone: (error: GatewayError | undefined) => void = () => undefined;

  constructor(input: AttemptsInput, target: Target, credential: Credential, isLast: boolean) {
    this.#input = input;
    this.#target = target;
    this.#credential = credential;
    this.#isLast = isLast;
    this.#startedAt = input.clock.monotonic();
  }

  async run(): Promise<OneOutcome> {
    const { stopped } = this.#input;
    let prepared: PreparedAttempt;
    const source: UpstreamCall = {
      pause: () => this.#call?.pause(),
      resume: () => this.#call?.resume(),
      abort: () => this.#call?.abort(),
    };
    try {
      const preparing = this.#input.prepare(this.#target, this.#credential, source, this.#hooks());
      const ready = await unlessStopped(preparing, stopped);
      if (ready === undefined || stopped.reason !== undefined) return this.#stoppedOutcome(stopped.reason ?? 'gone');
      prepared = ready;
    } catch (error) {
      const known = error instanceof GatewayError ? error : internalBug('preparing the request', error);
      this.#record(known.code);
      return { kind: 'failed', failure: { target: this.#target, error: known, answer: undefined } };
    }
    this.#prepared = prepared;
    return await new Promise<OneOutcome>((resolve) => {
      this.#resolve = resolve;
      this.#unlisten = stopped.onStop(() => {
        this.#onStop();
      });
      this.#startClock();
      this.#call = this.#input.client.send(prepared.request, this);
    });
  }

  onHead(status: number, headers: HeadMap): void {
    this.#status = status;
    this.#headers = headers;
    if (this.#isLast) clearTimeout(this.#timer);
    if (status >= 200 && status < 300) {
      this.#prepared?.sink.head(status, headers);
      return;
    }
    clearTimeout(this.#timer);
    if (status > maxStatus) {
      this.#call?.abort();
      this.#fail(
        new GatewayError(
          'attempt.protocol',
          `Provider "${this.#target.provider.id}" answered with the status ${String(status)}, which means nothing. Look at what answers at its base_url.`,
        ),
      );
      return;
    }
    if (status < 400) {
      this.#call?.abort();
      this.#fail(
        new GatewayError(
          'attempt.redirect',
          `Provider "${this.#target.provider.id}" answered with a redirect (${String(status)}), which is never followed because the credential would travel with it. Correct base_url.`,
        ),
      );
      return;
    }
    this.#errorBody = new Gatherer();
    this.#timer = setTimeout(() => {
      this.#call?.abort();
      this.#failWithAnswer();
    }, errorBodyMs);
  }

  onData(chunk: Buffer): void {
    if (this.#errorBody === undefined) {
      this.#prepared?.sink.data(chunk);
      return;
    }
    const room = maxErrorBodyBytes - this.#errorBody.sizeBytes;
    if (room <= 0) return;
    this.#errorBody.add(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (this.#errorBody.sizeBytes >= maxErrorBodyBytes) {
      this.#call?.abort();
      this.#failWithAnswer();
    }
  }

  onEnd(): void {
    if (this.#errorBody !== undefined) this.#failWithAnswer();
    else this.#prepared?.sink.end();
  }

  onError(error: GatewayError): void {
    if (this.#errorBody !== undefined) this.#failWithAnswer();
    else if (this.#status === undefined) this.#fail(error);
    else this.#prepared?.sink.fail(error);
  }

  #hooks(): SinkHooks {
    return {
      onCommit: () => {
        clearTimeout(this.#timer);
        if (this.#settled) return;
        this.#settled = true;
        // From here on the exchange, not the attempt, listens for the client's leaving.
        this.#unlisten();
        const done = new Promise<GatewayError | undefined>((resolve) => {
          this.#resolveDone = resolve;
        });
        this.#resolve({ kind: 'committed', target: this.#target, done });
      },
      onRefuse: (error) => {
        this.#fail(error);
      },
      onDone: (error) => {
        this.#record(error?.code);
        this.#resolveDone(error);
      },
    };
  }

  /** The time until content: `ttft_ms` where another target waits (streams only), else a limit on silence without a head. */
  #startClock(): void {
    if (!this.#input.stream) return;
    const ms = this.#isLast ? lastTargetHeadMs : this.#target.provider.timeouts.ttftMs;
    const mend = this.#isLast ? 'Look at its status, or add another target.' : 'Raise timeouts.ttft_ms if it is slow.';
    this.#timer = setTimeout(() => {
      this.#prepared?.sink.stop();
      this.#call?.abort();
      this.#fail(
        new GatewayError(
          'attempt.ttft_timeout',
          `Provider "${this.#target.provider.id}" sent no content for "${this.#target.model}" within ${String(ms)} ms. ${mend}`,
        ),
      );
    }, ms);
  }

  #onStop(): void {
    const reason = this.#input.stopped.reason;
    if (reason === undefined || this.#settled) return;
    this.#prepared?.sink.stop();
    this.#call?.abort();
    clearTimeout(this.#timer);
    this.#settled = true;
    this.#resolve(this.#stoppedOutcome(reason));
  }

  #stoppedOutcome(reason: 'gone' | GatewayError): OneOutcome {
    this.#record(reason === 'gone' ? 'client_gone' : reason.code);
    if (reason === 'gone') return { kind: 'gone' };
    return { kind: 'failed', failure: { target: this.#target, error: reason, answer: undefined } };
  }

  #fail(error: GatewayError, answer?: UpstreamErrorAnswer): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#unlisten();
    this.#record(answer === undefined ? error.code : `upstream.${String(answer.status)}`);
    this.#resolve({ kind: 'failed', failure: { target: this.#target, error, answer } });
  }

  #failWithAnswer(): void {
    const scrub = this.#prepared?.scrub;
    if (scrub === undefined) return;
    const status = this.#status ?? 502;
    const body = this.#errorBody?.take() ?? Buffer.alloc(0);
    const retryMs = retryAfterMs(this.#headers, this.#input.clock.now());
    this.#fail(
      new GatewayError('attempt.upstream_error', `Provider "${this.#target.provider.id}" answered ${String(status)}.`, {
        status,
        retryAfterS: retryMs === undefined ? undefined : Math.ceil(retryMs / 1000),
      }),
      { target: this.#target, scrub, status, headers: this.#headers, body },
    );
  }

  #record(error: string | undefined): void {
    if (this.#recorded) return;
    this.#recorded = true;
    this.#input.onAttempt({
      target: `${this.#target.provider.id}/${this.#target.model}`,
      credential: this.#credential.name,
      status: this.#status,
      error,
      ms: Math.round(this.#input.clock.monotonic() - this.#startedAt),
    });
  }
}
