/** One try of an exchange: its place in the record, and what it used and cost. */
import type { DialectId, Operation } from '../../shared/domain/dialect.ts';
import { costOf } from '../../shared/domain/price.ts';
import { totalInputTokens, type Usage, type UsageSource } from '../../shared/domain/usage.ts';
import type { Meter } from './dialects/dialect.ts';
import type { AttemptKind, AttemptRecord, Permit, Target, UsageBasis } from './exchange.ts';
import type { Credential, GatewayPorts, SpendState } from './ports.ts';
import type { Relay } from './relay/relay.ts';
import type { AnswerFacts } from './relay/translate.ts';
import type { TokenRatios } from './token-ratios.ts';
import type { AttemptEnd, AttemptSeat } from './upstream/one-attempt.ts';

/** Estimates count four bytes a token when no usage came (BUD-12). */
const bytesPerTokenEstimate = 4;

/** Told of each answer that ended well or was counted, for those who learn from it. `usage` is the provider's own count. */
export type OnAnswer = (seat: Seat, usage: Usage | undefined) => void;

/** What an answer that nobody counted has used: text is estimated by its size, counting tokens is free, the rest is unknown. */
const estimates: Readonly<Partial<Record<Operation, 'free' | 'unknown'>>> = {
  count_tokens: 'free',
  images: 'unknown',
  audio: 'unknown',
};

/** What has an input and an output of text. */
const conversations: ReadonlySet<Operation> = new Set(['generate', 'completions', 'compact']);

/** Ends that the provider does not hear of before it has written all there is. */
const leftAlone: ReadonlySet<string> = new Set([
  ...['client_gone', 'attempt.ttft_timeout', 'attempt.total_timeout', 'relay.key_revoked', 'receive.draining'],
]);

export interface Watched {
  readonly facts: AnswerFacts;
  readonly meter: Meter | undefined;
}

/** What an answer that nobody counted is estimated by. Asked for only then. */
export interface AskedSize {
  readonly tokenRatios: TokenRatios;
  /** Of the request, without the base64 of media. */
  readonly textBytes: () => number;
  /** The limit of output that the client set. */
  readonly maxTokens: () => number | undefined;
}

/** What all seats of one exchange share. */
export interface Course {
  readonly ports: GatewayPorts;
  readonly startedAt: number;
  /** Milliseconds since 1970, when the request came. */
  readonly at: number;
  readonly asked: AskedSize;
  readonly operation: Operation;
  readonly onAnswer: OnAnswer;
  /** The client left before the answer was whole. */
  readonly isLeft: () => boolean;
  readonly chosen: (seat: Seat) => void;
  readonly firstContent: () => void;
}

interface SeatOptions {
  readonly target: Target;
  readonly credential: Credential;
  readonly kind: AttemptKind;
  readonly permit: Permit;
}

/** One try, from its beginning on; becomes an `AttemptRecord` when it is read. */
export class Seat implements AttemptSeat {
  readonly target: Target;
  readonly credential: Credential;
  readonly kind: AttemptKind;
  readonly permit: Permit;
  readonly #course: Course;
  readonly #startedAt: number;
  relay: Relay | undefined;
  dialect: DialectId | undefined;
  watched: Watched | undefined;
  /** It was asked for as a stream: what is written of it is seen. */
  #isStream = false;
  /** The dialect's end was seen. */
  isTerminal = false;
  end: AttemptEnd | undefined;
  ms = 0;
  ttftMs: number | undefined;
  usage: Usage | undefined;
  usageSource: UsageSource = 'none';
  basis: UsageBasis | undefined;
  state: SpendState | undefined;
  #counted: number | undefined;
  /** It may be charged for, and nothing tells how much it used. */
  #isUncounted = false;

  constructor(course: Course, { target, credential, kind, permit }: SeatOptions) {
    this.permit = permit;
    this.#course = course;
    this.target = target;
    this.credential = credential;
    this.kind = kind;
    this.#startedAt = course.ports.clock.monotonic();
  }

  get name(): string {
    return `${this.target.provider.id}/${this.target.model}`;
  }

  prepared(out: { readonly dialect: DialectId | undefined; readonly stream: boolean }, relay: Relay): void {
    this.dialect = out.dialect;
    this.#isStream = out.stream;
    this.relay = relay;
  }

  firstContent(): void {
    this.ttftMs ??= Math.round(this.#course.ports.clock.monotonic() - this.#startedAt);
    this.#course.firstContent();
  }

  chosen(): void {
    this.#course.chosen(this);
  }

  ended(end: AttemptEnd): { usage: Usage | undefined; ttftMs: number | undefined } {
    // A client that left in the middle took no answer, even if nobody failed.
    const isLeft = end.error === undefined && this.#course.isLeft();
    this.end = isLeft ? { ...end, error: 'client_gone' } : end;
    this.ms = Math.round(this.#course.ports.clock.monotonic() - this.#startedAt);
    this.#noteUsage(this.end);
    this.#settleMoney();
    const counted = this.usageSource === 'provider' ? this.usage : undefined;
    if (counted !== undefined || this.end.error === undefined) this.#course.onAnswer(this, counted);
    return { usage: counted, ttftMs: this.ttftMs };
  }

  get rawUsage(): unknown {
    return this.watched?.meter?.usage()?.raw ?? this.watched?.facts.rawUsage;
  }

  get finishReason(): string | undefined {
    const { watched } = this;
    return watched?.meter?.finishReason ?? watched?.facts.finish?.raw ?? watched?.facts.finish?.reason;
  }

  /** Pico-USD; `undefined` while unknown. */
  get cost(): number | undefined {
    const usage = this.end === undefined ? this.#toldUsage : this.usage;
    if (usage === undefined) return this.end === undefined || this.#isUncounted ? undefined : 0;
    const { price } = this.target.provider.factsFor(this.target.model);
    return price === undefined ? undefined : costOf(usage, price, this.#course.at);
  }

  get #toldUsage(): Usage | undefined {
    return this.watched?.meter?.usage()?.usage ?? this.watched?.facts.usage;
  }

  get record(): AttemptRecord {
    return {
      target: this.name,
      credential: this.credential.name,
      status: this.end?.status,
      error: this.end?.error,
      ms: this.ms,
      kind: this.kind,
      startedMs: Math.round(this.#startedAt - this.#course.startedAt),
      ttftMs: this.ttftMs,
      usage: this.usage,
      usageSource: this.usageSource,
      cost: this.cost,
      state: this.state,
      bound: this.permit.bound,
      counted: this.#counted,
      basis: this.basis,
    };
  }

  /** Tokens of output that were seen so far, as far as bytes tell. */
  get seenOutputTokens(): number {
    return Math.max(this.#toldUsage?.outputTokens ?? 0, Math.ceil(this.outputBytes / bytesPerTokenEstimate));
  }

  /** There were not less, whatever the text. */
  get leastOutputTokens(): number {
    const least = this.#course.asked.tokenRatios.leastOutputTokens(this.name, this.outputBytes);
    return Math.max(this.#toldUsage?.outputTokens ?? 0, least);
  }

  /** Text, reasoning and tool arguments that were seen. */
  get outputBytes(): number {
    return (this.watched?.meter?.outputBytes ?? 0) + (this.watched?.facts.outputBytes ?? 0);
  }

  /** No answer is longer, as long as its provider keeps to what it was asked for. */
  get #limit(): number | undefined {
    const { paidOutputTokens, answers } = this.permit;
    const limit = paidOutputTokens ?? (this.#course.asked.maxTokens() ?? Infinity) * answers;
    return this.leastOutputTokens > limit ? undefined : Math.max(limit, this.seenOutputTokens);
  }

  /** What was kept back is settled by what is known now. */
  #settleMoney(): void {
    const { usage, usageSource } = this;
    const isFree = usage === undefined && !this.#isUncounted;
    this.state = isFree ? 'released' : usageSource === 'provider' ? 'settled' : 'estimated';
    this.#counted = this.permit.end({ state: this.state, cost: this.cost, usage, usageSource });
  }

  #noteUsage(end: AttemptEnd): void {
    const usage = this.#toldUsage;
    const { outputBytes } = this;
    // What is told before an answer says how it ends is a part of it.
    const isFinal = end.error === undefined || this.finishReason !== undefined;
    if (usage !== undefined && isFinal && !this.#isHollow(usage)) {
      this.usage = usage;
      this.usageSource = 'provider';
      this.basis = 'provider';
      return;
    }
    // Dispatched but not told: an answer that was cut or never counted is not free (FAULT-30).
    if (!end.mayBeCharged && usage === undefined) return;
    const estimate = estimates[this.#course.operation];
    if (estimate !== undefined) {
      this.#isUncounted = estimate === 'unknown';
      if (this.#isUncounted) this.basis = 'bound';
      return;
    }
    const { asked } = this.#course;
    this.usage = asked.tokenRatios.estimateUsage({
      target: this.name,
      told: usage,
      bodyBytes: asked.textBytes(),
      outputBytes,
      maxTokens: this.#limit,
    });
    this.usageSource = 'estimated';
    this.basis = 'observed';
    const { paidOutputTokens: paid } = this.permit;
    if (paid === undefined || !this.#mayBeWhole(end)) return;
    this.usage = { ...this.usage, outputTokens: Math.max(this.usage.outputTokens, paid) };
    this.basis = 'bound';
  }

  /** Some servers send a count of nothing for every answer: that tells no more than none (FAULT-26). */
  #isHollow(usage: Usage): boolean {
    if (!conversations.has(this.#course.operation)) return false;
    return usage.outputTokens === 0 ? this.outputBytes > 0 : totalInputTokens(usage) === 0;
  }

  /** An answer that comes whole may have been written to its end before anything of it was seen: hard budgets count it so. */
  #mayBeWhole({ status, error }: AttemptEnd): boolean {
    if (this.#isStream || (this.#course.operation !== 'generate' && this.#course.operation !== 'completions'))
      return false;
    return status !== undefined || (error !== undefined && leftAlone.has(error));
  }
}
