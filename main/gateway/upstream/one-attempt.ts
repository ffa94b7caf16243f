/** One try at one target with one credential: from the call that is sent to the commit point, and on to its end. */
import type { Usage } from '../../../shared/domain/usage.ts';
import { GatewayError, internalBug } from '../../../shared/errors/gateway-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { Gatherer } from '../../kit/gather.ts';
import type { Scrub } from '../../kit/scrub.ts';
import type {
  AttemptKind,
  AttemptOutcome,
  AttemptProgress,
  HealthKeeper,
  Permit,
  Plan,
  Target,
  UpstreamClass,
} from '../exchange.ts';
import type { Credential, Random } from '../ports.ts';
import type { HeadMap, UpstreamCall, UpstreamClient, UpstreamHandler, UpstreamRequest } from './client.ts';
import type { CredentialPool } from './credentials.ts';
import { classifyUpstream } from './error-class.ts';
import { meaningInside, type AttemptFailure, type UpstreamErrorAnswer, type UpstreamMeaning } from './failure.ts';
import { retryAfterIn } from './retry-after.ts';
import { unlessStopped, type StopSignal } from './stop-signal.ts';

/** An error body is read up to this size; what is longer is cut. */
const maxErrorBodyBytes = 1024 * 1024;
/** Beyond it a status has no class (RFC 9110, 15). */
const maxStatus = 599;
/** An upstream that sent an error head gets this long for its body. */
const errorBodyMs = 10_000;
/** FAULT-11: a stream's last target may stay silent, but not without a head for longer than this. */
const lastTargetHeadMs = 120_000;
/** As much of an error as is read to tell what it means. */
const errorTextBytes = 16 * 1024;

/** What takes one upstream answer to the client. */
export interface AnswerSink {
  head(status: number, headers: HeadMap): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: GatewayError): void;
  stop(): void;
}

export interface SinkHooks {
  /** The first content, held or not: the target is not silent. */
  onContent(): void;
  onCommit(): void;
  onRefuse(error: GatewayError): void;
  onDone(error: GatewayError | undefined): void;
  /** It broke after commit, and another attempt is to go on where it stopped. */
  onBroken(error: GatewayError): void;
}

export interface PreparedAttempt {
  readonly request: UpstreamRequest;
  /** Knows the secrets in `request`. */
  readonly scrub: Scrub;
  readonly sink: AnswerSink;
}

/** The place of one try in the record of its exchange. */
export interface AttemptSeat {
  firstContent(): void;
  /** Its answer is the client's. */
  chosen(): void;
  /** Once, at its end. Gives what it used, as far as that is known. */
  ended(end: AttemptEnd): { readonly usage: Usage | undefined; readonly ttftMs: number | undefined };
}

export interface AttemptEnd {
  /** Of the upstream. */
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** The request went out in full and was not refused: it may be charged for, whatever came back. */
  readonly mayBeCharged: boolean;
  /** Its answer came to the client, in part at least. */
  readonly committed: boolean;
}

/** What all tries of one exchange share. */
export interface AttemptsInput {
  readonly plan: Plan;
  readonly stream: boolean;
  /** Estimated, for clocks that grow with the prompt. */
  readonly promptTokens: number;
  /** A second request beside a first one that has no content after that many ms; `undefined`: never. */
  readonly hedge: { readonly afterMs: number; readonly mayStart: () => boolean } | undefined;
  readonly client: UpstreamClient;
  readonly credentials: CredentialPool;
  readonly health: HealthKeeper;
  readonly clock: Clock;
  readonly random: Random;
  /** Nothing more may be tried: the client left or the total time is over. */
  readonly stopped: StopSignal;
  /** Whether policies let this target be asked once more, and what they keep back for it; an error is why not. */
  permit(target: Target): Permit | GatewayError | Promise<Permit | GatewayError>;
  /** A try begins: its place in the record. */
  begin(target: Target, credential: Credential, kind: AttemptKind, permit: Permit): AttemptSeat;
  /** A target that cannot be asked. */
  onPassedOver(target: Target, error: GatewayError): void;
  prepare(
    target: Target,
    credential: Credential,
    source: UpstreamCall,
    hooks: SinkHooks,
    seat: AttemptSeat,
  ): Promise<PreparedAttempt>;
  /** An error body as text, whatever its encoding. */
  errorText(headers: HeadMap, body: Buffer): string;
  /** Of every attempt that failed, whatever comes of the next. */
  onFailure(error: GatewayError): void;
}

/** How an answer that was committed ended. */
export type AnswerEnd =
  | { readonly kind: 'over'; readonly error: GatewayError | undefined }
  | { readonly kind: 'broken'; readonly error: GatewayError };

export type OneOutcome =
  | { readonly kind: 'committed'; readonly attempt: OneAttempt; readonly done: Promise<AnswerEnd> }
  | { readonly kind: 'failed'; readonly attempt: OneAttempt; readonly failure: AttemptFailure }
  /** The client left. */
  | { readonly kind: 'gone' }
  /** Another one answered first. */
  | { readonly kind: 'lost' };

export interface OneAttemptInput {
  readonly shared: AttemptsInput;
  readonly target: Target;
  readonly credential: Credential;
  readonly seat: AttemptSeat;
  /** Whether no other target is left now: then silence does not cut it. */
  readonly isLast: () => boolean;
}

export class OneAttempt implements UpstreamHandler {
  readonly target: Target;
  readonly credential: Credential;
  readonly #shared: AttemptsInput;
  readonly #seat: AttemptSeat;
  readonly #isLast: () => boolean;
  readonly #startedAt: number;
  readonly #report: (told: AttemptOutcome | AttemptProgress) => void;
  #call: UpstreamCall | undefined;
  #prepared: PreparedAttempt | undefined;
  #status: number | undefined;
  #headers: HeadMap = {};
  #errorBody: Gatherer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;
  #settled = false;
  #committed = false;
  #ended = false;
  #sent = false;
  #hasContent = false;
  #resolve: (outcome: OneOutcome) => void = () => undefined;
  #resolveDone: (end: AnswerEnd) => void = () => undefined;
  /** Attempts that run beside this one: the first to have content ends the others. */
  rival: OneAttempt | undefined;

  constructor({ shared, target, credential, seat, isLast }: OneAttemptInput) {
    this.target = target;
    this.credential = credential;
    this.#shared = shared;
    this.#seat = seat;
    this.#isLast = isLast;
    this.#startedAt = shared.clock.monotonic();
    this.#report = shared.health.begin({ provider: target.provider, model: target.model, credential: credential.name });
  }

  async run(): Promise<OneOutcome> {
    const { stopped } = this.#shared;
    let prepared: PreparedAttempt;
    const source: UpstreamCall = {
      pause: () => this.#call?.pause(),
      resume: () => this.#call?.resume(),
      abort: () => this.#call?.abort(),
    };
    try {
      const preparing = this.#shared.prepare(this.target, this.credential, source, this.#hooks(), this.#seat);
      const ready = await unlessStopped(preparing, stopped);
      if (this.#settled) return { kind: 'lost' };
      if (ready === undefined || stopped.reason !== undefined) return this.#stoppedOutcome(stopped.reason ?? 'gone');
      prepared = ready;
    } catch (error) {
      const known = error instanceof GatewayError ? error : internalBug('preparing the request', error);
      this.#end(known, undefined);
      return { kind: 'failed', attempt: this, failure: { target: this.target, error: known, answer: undefined } };
    }
    this.#prepared = prepared;
    return await new Promise<OneOutcome>((resolve) => {
      this.#resolve = resolve;
      this.#unlisten = stopped.onStop(() => {
        this.#onStop();
      });
      this.#startClock();
      this.#send(prepared);
    });
  }

  #send({ request }: PreparedAttempt): void {
    try {
      this.#sent = true;
      this.#call = this.#shared.client.send(request, this);
    } catch (error) {
      this.#sent = false;
      this.#fail(internalBug('sending the request', error));
    }
  }

  /** Its answer has begun, though it may still be held back. */
  get hasContent(): boolean {
    return this.#hasContent;
  }

  /** It failed, was committed or stopped. */
  get isOver(): boolean {
    return this.#settled;
  }

  /** Another attempt answered first: this one is ended at once (BUD-17). */
  lose(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#halt();
    this.#end('hedge_lost', undefined);
    this.#resolve({ kind: 'lost' });
  }

  onHead(status: number, headers: HeadMap): void {
    this.#status = status;
    this.#headers = headers;
    this.#shared.credentials.note(this.target.provider, this.credential, headers);
    if (this.#isLast()) clearTimeout(this.#timer);
    if (status >= 200 && status < 300) {
      this.#prepared?.sink.head(status, headers);
      return;
    }
    clearTimeout(this.#timer);
    const problem = headProblem(this.target.provider.id, status);
    if (problem !== undefined) {
      this.#call?.abort();
      this.#fail(problem);
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
      onContent: () => {
        clearTimeout(this.#timer);
        this.#hasContent = true;
        this.rival?.lose();
        this.#seat.firstContent();
        this.#report({ kind: 'content' });
      },
      onCommit: () => {
        clearTimeout(this.#timer);
        if (this.#settled) return;
        this.#settled = true;
        this.#committed = true;
        this.#seat.chosen();
        // From here on the exchange, not the attempt, listens for the client's leaving.
        this.#unlisten();
        const done = new Promise<AnswerEnd>((resolve) => {
          this.#resolveDone = resolve;
        });
        this.#resolve({ kind: 'committed', attempt: this, done });
      },
      onRefuse: (error) => {
        const meaning = this.#meaningOf(error);
        this.#fail(meaning === undefined ? error : asMeant(error, meaning), undefined, meaning);
      },
      onDone: (error) => {
        this.#end(error, undefined);
        this.#resolveDone({ kind: 'over', error });
      },
      onBroken: (error) => {
        this.#end(error, undefined);
        this.#resolveDone({ kind: 'broken', error });
      },
    };
  }

  /**
   * The time until content: `ttft_ms` where another target waits, longer for long prompts; else a limit on silence without a
   * head. Plain answers come when they are whole: only a clock the user set himself cuts those.
   */
  #startClock(): void {
    const { stream, promptTokens } = this.#shared;
    const { ttftMs, plainTtftMs } = this.target.provider.timeouts;
    if (this.#isLast()) {
      if (stream) this.#cutAfter(lastTargetHeadMs, 'Look at its status, or add another target.');
      return;
    }
    const limit = stream ? ttftMs : plainTtftMs;
    if (limit === undefined) return;
    const ms = scaledByPrompt(limit, promptTokens);
    this.#cutAfter(ms, 'Raise timeouts.ttft_ms if it is slow.', () => {
      if (!this.#isLast()) return false;
      // Those it could have been left for have failed meanwhile.
      if (stream && this.#status === undefined)
        this.#cutAfter(Math.max(lastTargetHeadMs - ms, 0), 'Look at its status, or add another target.');
      return true;
    });
  }

  /** Ends it after `ms` without content, unless it is `spared` then. */
  #cutAfter(ms: number, mend: string, spared: () => boolean = () => false): void {
    this.#timer = setTimeout(() => {
      if (spared()) return;
      this.#halt();
      this.#fail(
        new GatewayError(
          'attempt.ttft_timeout',
          `Provider "${this.target.provider.id}" sent no content for "${this.target.model}" within ${String(ms)} ms. ${mend}`,
        ),
      );
    }, ms);
  }

  #onStop(): void {
    const reason = this.#shared.stopped.reason;
    if (reason === undefined || this.#settled) return;
    this.#settled = true;
    this.#halt();
    this.#resolve(this.#stoppedOutcome(reason));
  }

  /** Nothing more comes of it. */
  #halt(): void {
    this.#prepared?.sink.stop();
    this.#call?.abort();
    clearTimeout(this.#timer);
    this.#unlisten();
  }

  #stoppedOutcome(reason: 'gone' | GatewayError): OneOutcome {
    this.#end(reason === 'gone' ? 'client_gone' : reason, undefined);
    if (reason === 'gone') return { kind: 'gone' };
    return { kind: 'failed', attempt: this, failure: { target: this.target, error: reason, answer: undefined } };
  }

  #meaningOf(error: GatewayError): UpstreamMeaning | undefined {
    return meaningInside(error, this.target.provider, this.#shared.clock.now());
  }

  #fail(error: GatewayError, answer?: UpstreamErrorAnswer, meaning?: UpstreamMeaning): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#unlisten();
    this.#end(error, answer);
    this.#resolve({ kind: 'failed', attempt: this, failure: { target: this.target, error, answer, meaning } });
  }

  #failWithAnswer(): void {
    const scrub = this.#prepared?.scrub;
    if (scrub === undefined || this.#settled) return;
    const { target } = this;
    const status = this.#status ?? 502;
    const body = this.#errorBody?.take() ?? Buffer.alloc(0);
    const text = this.#shared.errorText(this.#headers, body).slice(0, errorTextBytes);
    const waitMs = retryAfterIn(this.#headers, text, this.#shared.clock.now());
    const upstream = classifyUpstream({ status, headers: this.#headers, body: text }, target.provider.kind);
    this.#fail(
      new GatewayError('attempt.upstream_error', `Provider "${target.provider.id}" answered ${String(status)}.`, {
        status,
        retryAfterS: waitMs === undefined ? undefined : Math.ceil(waitMs / 1000),
      }),
      { target, scrub, status, headers: this.#headers, body, text, upstream, waitMs },
    );
  }

  #end(error: GatewayError | 'client_gone' | 'hedge_lost' | undefined, answer: UpstreamErrorAnswer | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const code = typeof error === 'object' ? error.code : error;
    const { usage, ttftMs } = this.#seat.ended({
      status: this.#status,
      error: answer === undefined ? code : `upstream.${String(answer.status)}`,
      mayBeCharged: this.#sent && answer === undefined && !isNeverCharged(code),
      committed: this.#committed,
    });
    if (typeof error === 'string' || (error === undefined && this.#shared.stopped.reason !== undefined)) {
      this.#report({ kind: 'abandoned' });
    } else if (error === undefined) {
      this.#report({
        kind: 'answered',
        // A plain answer comes whole: its length says nothing of its first word.
        ttftMs: this.#shared.stream ? ttftMs : undefined,
        durationMs: this.#shared.clock.monotonic() - this.#startedAt,
        inputTokens:
          usage === undefined ? undefined : usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
        outputTokens: usage?.outputTokens,
      });
    } else {
      const meaning = answer ?? this.#meaningOf(error);
      this.#report({
        kind: 'failed',
        code: error.code,
        status: answer?.status,
        upstream: meaning?.upstream,
        waitMs: meaning?.waitMs,
        committed: this.#committed,
        webPage: error.details?.['webPage'] === true,
        deadNetwork: error.details?.['deadNetwork'] === true,
      });
    }
  }
}

/** The statuses that vendors give such errors where they have one: clients act on them. */
const usualStatus: Readonly<Partial<Record<UpstreamClass, number>>> = {
  ...{ invalid_request: 400, unsupported_parameter: 400, context_window: 400, content_policy: 400 },
  ...{ rate_limited: 429, quota_exhausted: 429 },
};

function asMeant(error: GatewayError, { upstream, waitMs }: UpstreamMeaning): GatewayError {
  const status = usualStatus[upstream];
  if (status === undefined) return error;
  const { code, message, param, details, said, cause, children } = error;
  const retryAfterS = waitMs === undefined ? error.retryAfterS : Math.ceil(waitMs / 1000);
  return new GatewayError(code, message, { status, param, retryAfterS, details, said, cause, children });
}

/** A status that is neither an answer nor an error an API gives. */
function headProblem(provider: string, status: number): GatewayError | undefined {
  if (status > maxStatus) {
    return new GatewayError(
      'attempt.protocol',
      `Provider "${provider}" answered with the status ${String(status)}, which means nothing. Look at what answers at its base_url.`,
    );
  }
  if (status < 400) {
    return new GatewayError(
      'attempt.redirect',
      `Provider "${provider}" answered with a redirect (${String(status)}), which is never followed because the credential would travel with it. Correct base_url.`,
    );
  }
  return undefined;
}

/** Reading a prompt takes time before the first word can come: half as much again for each 50,000 tokens beyond the first 10,000. */
function scaledByPrompt(ms: number, promptTokens: number): number {
  return Math.round(ms * (1 + Math.max(0, promptTokens - 10_000) / 100_000));
}

/** No byte of the request can have reached the provider, or what came back was none of its answers (BUD-05). */
const neverCharged: ReadonlySet<string> = new Set([
  ...['attempt.dns', 'attempt.connect', 'attempt.connect_timeout', 'attempt.tls', 'attempt.address_blocked'],
  ...['attempt.not_an_answer', 'attempt.redirect', 'attempt.protocol', 'attempt.upstream_error'],
]);

function isNeverCharged(code: string | undefined): boolean {
  return code !== undefined && neverCharged.has(code);
}
