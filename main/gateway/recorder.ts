/** Writes down the course of one exchange and gives the answer headers that tell of it. Always closed, never throws. */
import type { IncomingMessage } from 'node:http';
import type { DialectId, Operation } from '../../shared/domain/dialect.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { costOf } from '../../shared/domain/price.ts';
import { addUsage, type Usage, type UsageSource } from '../../shared/domain/usage.ts';
import type { GatewayError } from '../../shared/errors/gateway-error.ts';
import { withoutOurKeys } from '../kit/redact.ts';
import type { Meter } from './dialects/dialect.ts';
import type { AttemptKind, AttemptRecord, ExchangeRecord, Plan, Principal, Surface, Target } from './exchange.ts';
import type { Credential, GatewayPorts, Snapshot } from './ports.ts';
import type { ClientWriter, HeaderList } from './relay/client-writer.ts';
import type { Relay } from './relay/relay.ts';
import type { AnswerFacts } from './relay/translate.ts';
import type { Decision } from './routing/decision.ts';
import type { AttemptEnd, AttemptSeat } from './upstream/one-attempt.ts';

/** Clients that left before a head get the status web servers have long written down for it. */
const clientClosedStatus = 499;
/** Estimates count four bytes a token when no usage came (BUD-12). */
const bytesPerTokenEstimate = 4;
const maxLosses = 100;
const maxLossText = 300;
const maxLossHeaderBytes = 1_024;

/** A request as far as routing looks at it. */
export interface ReadableRequest {
  readonly request: Pick<IncomingMessage, 'headers'>;
  readonly body: Buffer;
  readonly snapshot: Snapshot;
  readonly surface: Surface;
  readonly principal: Principal;
}

/** What is recorded of a request when it is admitted. */
export interface RecordedRequest extends ReadableRequest {
  readonly request: IncomingMessage;
  readonly writer: ClientWriter;
  readonly requestId: string;
}

/** Told of each answer that ended well or was counted, for those who learn from it. `usage` is the provider's own count. */
export type OnAnswer = (seat: Seat, usage: Usage | undefined) => void;

/** What an answer that nobody counted has used: text is estimated by its size, counting tokens is free, the rest is unknown. */
const estimates: Readonly<Partial<Record<Operation, 'free' | 'unknown'>>> = {
  count_tokens: 'free',
  images: 'unknown',
  audio: 'unknown',
};

export interface Watched {
  readonly facts: AnswerFacts;
  readonly meter: Meter | undefined;
}

/** What all seats of one exchange share. */
interface Course {
  readonly ports: GatewayPorts;
  readonly startedAt: number;
  readonly requestBytes: number;
  readonly operation: Operation;
  readonly onAnswer: OnAnswer;
  /** The client left. */
  readonly isGone: () => boolean;
  readonly chosen: (seat: Seat) => void;
  readonly firstContent: () => void;
}

/** One try, from its beginning on; becomes an `AttemptRecord` when it is read. */
export class Seat implements AttemptSeat {
  readonly target: Target;
  readonly credential: Credential;
  readonly kind: AttemptKind;
  readonly #course: Course;
  readonly #startedAt: number;
  relay: Relay | undefined;
  dialect: DialectId | undefined;
  watched: Watched | undefined;
  /** The dialect's end was seen. */
  isTerminal = false;
  end: AttemptEnd | undefined;
  ms = 0;
  ttftMs: number | undefined;
  usage: Usage | undefined;
  usageSource: UsageSource = 'none';
  /** It may be charged for, and nothing tells how much it used. */
  #isUncounted = false;

  constructor(course: Course, target: Target, credential: Credential, kind: AttemptKind) {
    this.#course = course;
    this.target = target;
    this.credential = credential;
    this.kind = kind;
    this.#startedAt = course.ports.clock.monotonic();
  }

  get name(): string {
    return `${this.target.provider.id}/${this.target.model}`;
  }

  prepared(out: { readonly dialect: DialectId | undefined }, relay: Relay): void {
    this.dialect = out.dialect;
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
    const isLeft = end.error === undefined && this.#course.isGone() && !this.isTerminal;
    this.end = isLeft ? { ...end, error: 'client_gone' } : end;
    this.ms = Math.round(this.#course.ports.clock.monotonic() - this.#startedAt);
    this.#noteUsage(this.end);
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
    return price === undefined ? undefined : costOf(usage, price);
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
    };
  }

  #noteUsage(end: AttemptEnd): void {
    const { watched } = this;
    const usage = this.#toldUsage;
    const outputBytes = (watched?.meter?.outputBytes ?? 0) + (watched?.facts.outputBytes ?? 0);
    const isWhole = end.error === undefined;
    if (usage !== undefined && (isWhole || usage.outputTokens * bytesPerTokenEstimate * 2 >= outputBytes)) {
      this.usage = usage;
      this.usageSource = 'provider';
      return;
    }
    // Dispatched but not told: an answer that was cut or never counted is not free (FAULT-30).
    if (!end.mayBeCharged) return;
    const estimate = estimates[this.#course.operation];
    if (estimate !== undefined) {
      this.#isUncounted = estimate === 'unknown';
      return;
    }
    this.usage = {
      inputTokens: usage?.inputTokens ?? Math.ceil(this.#course.requestBytes / bytesPerTokenEstimate),
      outputTokens: Math.max(usage?.outputTokens ?? 0, Math.ceil(outputBytes / bytesPerTokenEstimate)),
      cacheReadTokens: usage?.cacheReadTokens ?? 0,
      cacheWriteTokens: usage?.cacheWriteTokens ?? 0,
    };
    this.usageSource = 'estimated';
  }
}

export interface Recorder {
  readonly record: ExchangeRecord;
  /** The relay whose answer is the client's; before commit the one begun last. */
  readonly relay: Relay | undefined;
  /** The try whose answer is the client's; before commit the one begun last. */
  readonly seat: Seat | undefined;
  /** Of the tries whose answers the client has a part of. */
  readonly usedSoFar: Usage | undefined;
  planned(plan: Plan, session: string | undefined): void;
  /** What came of routing, where that is no plan. */
  decided(decision: Decision): void;
  begin(target: Target, credential: Credential, kind: AttemptKind): Seat;
  passedOver(target: Target, error: GatewayError): void;
  loss(path: string, why: string): void;
  clientGone(): void;
  answered(status: number, error: GatewayError | undefined): void;
  completed(status: number): void;
  /** Answered from the exact cache; `savedCost` in pico-USD. */
  fromCache(status: number, target: string, savedCost: number | undefined): void;
  failed(code: string, status: number): void;
  headers(): HeaderList;
  settle(): void;
}

export function createRecorder(
  input: RecordedRequest,
  facts: { readonly model: string; readonly stream: boolean },
  ports: GatewayPorts,
  onAnswer: OnAnswer,
): Recorder {
  return new ExchangeRecorder(input, facts, ports, onAnswer);
}

class ExchangeRecorder implements Recorder {
  readonly record: ExchangeRecord;
  readonly #ports: GatewayPorts;
  readonly #input: RecordedRequest;
  readonly #course: Course;
  readonly #seats: (Seat | AttemptRecord)[] = [];
  #seat: Seat | undefined;
  #isChosen = false;
  #attempts = 0;
  #gone = false;
  #settled = false;
  #lossKeys: Set<string> | undefined;

  constructor(
    input: RecordedRequest,
    facts: { readonly model: string; readonly stream: boolean },
    ports: GatewayPorts,
    onAnswer: OnAnswer,
  ) {
    this.#input = input;
    this.#ports = ports;
    const startedAt = ports.clock.monotonic();
    this.#course = {
      ports,
      startedAt,
      requestBytes: input.body.length,
      operation: input.surface.operation,
      onAnswer,
      isGone: () => this.#gone,
      chosen: (seat) => {
        this.#seat = seat;
        this.#isChosen = true;
      },
      firstContent: () => {
        this.record.ttftMs ??= Math.round(ports.clock.monotonic() - startedAt);
      },
    };
    this.record = openRecord(input, facts, ports.clock.now());
    ports.ledger.open(this.record);
  }

  get seat(): Seat | undefined {
    return this.#seat;
  }

  get relay(): Relay | undefined {
    return this.#seat?.relay;
  }

  get usedSoFar(): Usage | undefined {
    return this.#answering().reduce<Usage | undefined>(
      (sum, { usage }) => (sum === undefined || usage === undefined ? (sum ?? usage) : addUsage(sum, usage)),
      undefined,
    );
  }

  planned(plan: Plan, session: string | undefined): void {
    this.decided(plan.decision);
    this.record.session = session;
  }

  decided(decision: Decision): void {
    this.record.routeReason = decision.reason;
    this.record.decision = decision;
  }

  begin(target: Target, credential: Credential, kind: AttemptKind): Seat {
    this.#attempts++;
    const seat = new Seat(this.#course, target, credential, kind);
    this.#seats.push(seat);
    // Beside a running one, or after a broken one, it is the answer's only once it is chosen.
    if (!this.#isChosen) this.#seat = seat;
    return seat;
  }

  passedOver(target: Target, error: GatewayError): void {
    this.#seats.push({
      target: `${target.provider.id}/${target.model}`,
      credential: undefined,
      status: undefined,
      error: error.code,
      ms: 0,
      kind: this.#attempts === 0 ? 'first' : 'fallback',
      startedMs: Math.round(this.#ports.clock.monotonic() - this.#course.startedAt),
      ttftMs: undefined,
      usage: undefined,
      usageSource: 'none',
      cost: 0,
    });
  }

  loss(where: string, reason: string): void {
    // Both may quote what the client sent.
    const path = where.slice(0, maxLossText);
    const why = reason.slice(0, maxLossText);
    const key = `${path}\n${why}`;
    this.#lossKeys ??= new Set();
    if (this.#lossKeys.has(key) || this.#lossKeys.size >= maxLosses) return;
    this.#lossKeys.add(key);
    this.record.losses.push({ path, why });
  }

  clientGone(): void {
    this.#gone = true;
  }

  answered(status: number, error: GatewayError | undefined): void {
    this.record.status = status;
    if (error !== undefined) {
      this.record.error = error.code;
      this.record.outcome = 'incomplete';
    } else if (this.#gone && this.#seat?.isTerminal !== true) {
      this.record.outcome = 'aborted';
    } else this.record.outcome = 'complete';
  }

  completed(status: number): void {
    this.record.status = status;
    this.record.outcome = 'complete';
  }

  fromCache(status: number, target: string, savedCost: number | undefined): void {
    this.completed(status);
    this.record.target = target;
    this.record.cache = { savedCost };
  }

  failed(code: string, status: number): void {
    this.record.status = status;
    this.record.error = code;
    this.record.outcome = 'failed';
  }

  headers(): HeaderList {
    const { record } = this;
    const headers: [string, string][] = [
      ['x-sluice-request-id', record.requestId],
      ['x-sluice-attempts', String(this.#attempts)],
    ];
    const target = this.#seat?.name ?? record.target;
    if (target !== undefined) headers.push(['x-sluice-target', headerSafe(target)]);
    if (record.cache !== undefined) {
      headers.push(['x-sluice-cache', 'hit'], ['x-sluice-cost-usd', '0']);
      if (record.cache.savedCost !== undefined) headers.push(['x-sluice-saved-usd', picoToUsd(record.cache.savedCost)]);
    }
    // A plain answer is whole when its head goes out.
    const cost = this.#isChosen && !record.stream ? sumOfCosts(this.#seats) : undefined;
    if (cost !== undefined) headers.push(['x-sluice-cost-usd', picoToUsd(cost)]);
    if (record.losses.length > 0) headers.push(['x-sluice-losses', lossHeader(record)]);
    return headers;
  }

  settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    const { record } = this;
    if (record.outcome === 'open') {
      record.outcome = 'aborted';
      record.status ??= this.#input.writer.headSent ? this.#input.writer.status : clientClosedStatus;
      record.error ??= 'client_gone';
    }
    record.durationMs = Math.round(this.#ports.clock.monotonic() - this.#course.startedAt);
    record.responseBytes = this.#input.writer.bytes;
    this.#sumUp();
    this.#ports.ledger.close(record);
  }

  /** Usage is the answer's; cost is that of every try. */
  #sumUp(): void {
    const { record } = this;
    record.attempts = this.#seats.map((seat) => (seat instanceof Seat ? seat.record : seat));
    record.cost = sumOfCosts(record.attempts);
    const last = this.#seat;
    if (last === undefined) return;
    record.target = last.name;
    record.targetDialect = last.dialect;
    record.finishReason = last.finishReason;
    const raw = last.rawUsage;
    if (raw !== undefined && last.usage !== undefined) record.rawUsage = JSON.stringify(raw);
    record.usage = this.usedSoFar;
    for (const { usageSource } of this.#answering()) {
      if (usageSource !== 'none' && record.usageSource !== 'estimated') record.usageSource = usageSource;
    }
  }

  #answering(): readonly Seat[] {
    const only = this.#seat;
    // The usual case.
    if (this.#seats.length === 1) return only === undefined ? [] : [only];
    return this.#seats.filter(
      (seat) => seat instanceof Seat && (seat === this.#seat || seat.end?.committed === true),
    ) as Seat[];
  }
}

function openRecord(
  input: RecordedRequest,
  facts: { readonly model: string; readonly stream: boolean },
  at: number,
): ExchangeRecord {
  return {
    requestId: input.requestId,
    at,
    keyId: input.principal.key.id,
    client: input.principal.client,
    session: undefined,
    surface: input.surface.id,
    dialect: input.surface.dialect,
    modelAsked: facts.model.slice(0, 256),
    stream: facts.stream,
    snapshotId: input.snapshot.id,
    target: undefined,
    targetDialect: undefined,
    routeReason: undefined,
    status: undefined,
    error: undefined,
    outcome: 'open',
    attempts: [],
    losses: [],
    ttftMs: undefined,
    durationMs: undefined,
    usage: undefined,
    usageSource: 'none',
    rawUsage: undefined,
    finishReason: undefined,
    requestBytes: input.body.length,
    responseBytes: 0,
    decision: undefined,
    cost: undefined,
    cache: undefined,
  };
}

/** `undefined` while any part of it is unknown. */
function sumOfCosts(attempts: readonly { readonly cost: number | undefined }[]): number | undefined {
  let sum = 0;
  for (const { cost } of attempts) {
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}

/** `path: why; path: why`, ASCII, at most a kilobyte: the whole list is in the exchange. */
function lossHeader(record: ExchangeRecord): string {
  let text = '';
  let shown = 0;
  for (const loss of record.losses) {
    const piece = headerSafe(`${shown === 0 ? '' : '; '}${loss.path}: ${loss.why}`);
    if (text.length + piece.length > maxLossHeaderBytes)
      return `${text}; and ${String(record.losses.length - shown)} more`;
    text += piece;
    shown++;
  }
  return text;
}

function headerSafe(text: string): string {
  return withoutOurKeys(text.replace(/[^\x20-\x7e]/g, '?'));
}
