/** Writes down the course of one exchange and gives the answer headers that tell of it. Always closed, never throws. */
import type { IncomingMessage } from 'node:http';
import { foundKinds, totalOf, type FoundKind, type KindCounts } from '../../shared/domain/masking.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { addUsage, type Usage } from '../../shared/domain/usage.ts';
import type { GatewayError } from '../../shared/errors/gateway-error.ts';
import { withoutOurKeys } from '../kit/redact.ts';
import type {
  AttemptKind,
  AttemptRecord,
  ExchangeRecord,
  Permit,
  Plan,
  Principal,
  SafetyEvent,
  Surface,
  Target,
} from './exchange.ts';
import type { Credential, GatewayPorts, Snapshot } from './ports.ts';
import type { ClientWriter, HeaderList } from './relay/client-writer.ts';
import type { Relay } from './relay/relay.ts';
import type { Decision } from './routing/decision.ts';
import { Seat, type AskedSize, type Course, type OnAnswer } from './seat.ts';

/** Clients that left before a head get the status web servers have long written down for it. */
const clientClosedStatus = 499;
const maxLosses = 100;
const maxLossText = 300;
const maxLossHeaderBytes = 1_024;
/** What masking and firewall say of one exchange, and how much of it the header of warnings tells. */
const maxSafetyEvents = 100;
const maxWarningHeaderBytes = 1_024;

/** A request as far as routing looks at it. */
export interface ReadableRequest {
  readonly request: Pick<IncomingMessage, 'headers'> & { readonly url?: string | undefined };
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
  begin(target: Target, credential: Credential, kind: AttemptKind, permit: Permit): Seat;
  passedOver(target: Target, error: GatewayError): void;
  /** Keeps the rule that an error of a policy names. */
  refusedBy(error: GatewayError): void;
  /** A budget that had too little left moved the request to another alias. */
  downgraded(budget: string, alias: string): void;
  loss(path: string, why: string): void;
  /**
   * What was replaced in what a target is sent. Of several tries each kind counts as often as in the one with most of it. To
   * be called with no counts where something was looked for and nothing found.
   */
  masked(counts: KindCounts): void;
  /** What masking or the firewall found and did besides; the same once more is not kept. */
  safety(event: SafetyEvent): void;
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
  facts: ReadableFacts,
  ports: GatewayPorts,
  hooks: RecorderHooks,
): Recorder {
  return new ExchangeRecorder(input, facts, ports, hooks);
}

interface ReadableFacts {
  readonly model: string;
  readonly stream: boolean;
}

export interface RecorderHooks {
  readonly onAnswer: OnAnswer;
  readonly asked: AskedSize;
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
  /** The client left before the answer was whole. */
  #isLeft = false;
  #settled = false;
  #lossKeys: Set<string> | undefined;

  constructor(input: RecordedRequest, facts: ReadableFacts, ports: GatewayPorts, { onAnswer, asked }: RecorderHooks) {
    this.#input = input;
    this.#ports = ports;
    const startedAt = ports.clock.monotonic();
    const at = ports.clock.now();
    this.#course = {
      ports,
      startedAt,
      at,
      asked,
      operation: input.surface.operation,
      onAnswer,
      isLeft: () => this.#isLeft,
      chosen: (seat) => {
        this.#seat = seat;
        this.#isChosen = true;
      },
      firstContent: () => {
        this.record.ttftMs ??= Math.round(ports.clock.monotonic() - startedAt);
      },
    };
    this.record = openRecord(input, facts, at);
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

  begin(target: Target, credential: Credential, kind: AttemptKind, permit: Permit): Seat {
    this.#attempts++;
    const seat = new Seat(this.#course, { target, credential, kind, permit });
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
      state: undefined,
      bound: undefined,
      counted: undefined,
      basis: undefined,
    });
    this.refusedBy(error);
  }

  refusedBy({ details }: GatewayError): void {
    const rule = details?.['rule'];
    if (typeof rule === 'string') this.record.rule = rule;
  }

  downgraded(budget: string, alias: string): void {
    this.record.downgrade = { budget, alias };
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

  masked(counts: KindCounts): void {
    const before = this.record.masked;
    if (before === undefined) {
      this.record.masked = counts;
      return;
    }
    const most: Partial<Record<FoundKind, number>> = {};
    for (const kind of foundKinds) {
      const count = Math.max(before[kind] ?? 0, counts[kind] ?? 0);
      if (count > 0) most[kind] = count;
    }
    this.record.masked = most;
  }

  safety(event: SafetyEvent): void {
    const { safety } = this.record;
    const isKnown = safety.some(
      ({ source, rule, action, detail }) =>
        source === event.source && rule === event.rule && action === event.action && detail === event.detail,
    );
    if (!isKnown && safety.length < maxSafetyEvents)
      safety.push({ ...event, detail: event.detail.slice(0, maxLossText) });
  }

  clientGone(): void {
    this.#isLeft = this.#seat?.isTerminal !== true;
  }

  answered(status: number, error: GatewayError | undefined): void {
    this.record.status = status;
    if (error !== undefined) {
      this.record.error = error.code;
      this.record.outcome = 'incomplete';
    } else if (this.#isLeft) {
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
    if (record.downgrade !== undefined) headers.push(['x-sluice-downgraded', headerSafe(record.downgrade.alias)]);
    if (record.masked !== undefined) headers.push(['x-sluice-masked', String(totalOf(record.masked))]);
    const warnings = warningHeader(record);
    if (warnings !== '') headers.push(['x-sluice-warnings', warnings]);
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

function openRecord(input: RecordedRequest, facts: ReadableFacts, at: number): ExchangeRecord {
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
    user: input.principal.key.metadata['user'],
    team: input.principal.key.metadata['team'],
    rule: undefined,
    downgrade: undefined,
    masked: undefined,
    safety: [],
    cache: undefined,
    traceparent: [input.request.headers['traceparent']].flat()[0]?.slice(0, 64),
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

/** `injection,secrets`: the rules and kinds that warned, each once; those that no longer fit are in the exchange. */
function warningHeader({ safety }: ExchangeRecord): string {
  if (safety.length === 0) return '';
  let text = '';
  for (const rule of new Set(safety.flatMap((event) => (event.action === 'warn' ? [event.rule] : [])))) {
    const piece = headerSafe(`${text === '' ? '' : ','}${rule}`);
    if (text.length + piece.length > maxWarningHeaderBytes) break;
    text += piece;
  }
  return text;
}

function headerSafe(text: string): string {
  return withoutOurKeys(text.replace(/[^\x20-\x7e]/g, '?'));
}
