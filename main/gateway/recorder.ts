/** Writes down the course of one exchange and gives the answer headers that tell of it. Always closed, never throws. */
import type { UsageSource, Usage } from '../../shared/domain/usage.ts';
import { totalInputTokens } from '../../shared/domain/usage.ts';
import { withoutOurKeys } from '../kit/redact.ts';
import type { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Meter } from './dialects/dialect.ts';
import type { DialectId } from '../../shared/domain/dialect.ts';
import type { IncomingMessage } from 'node:http';
import type { AttemptRecord, ExchangeRecord, Plan, Principal, Surface, Target } from './exchange.ts';
import type { GatewayPorts, Snapshot } from './ports.ts';
import type { ClientWriter, HeaderList } from './relay/client-writer.ts';
import { headerValue } from './relay/headers.ts';
import type { Relay } from './relay/relay.ts';
import type { AnswerFacts } from './relay/translate.ts';

/** Clients that left before a head get the status web servers have long written down for it. */
const clientClosedStatus = 499;
/** Estimates count four bytes a token when no usage came (BUD-12 refines this with prices). */
const bytesPerTokenEstimate = 4;
const maxLosses = 100;
const maxLossText = 300;
const maxLossHeaderBytes = 1_024;

/** Headers in which agents already say what session a request belongs to (RTE-50). */
const sessionHeaders = ['x-sluice-tag-session', 'x-claude-code-session-id', 'session-id', 'session_id', 'x-session-id'];

/** What is recorded of a request when it is admitted. */
export interface RecordedRequest {
  readonly request: IncomingMessage;
  readonly writer: ClientWriter;
  readonly body: Buffer;
  readonly snapshot: Snapshot;
  readonly surface: Surface;
  readonly principal: Principal;
  readonly requestId: string;
}

/** Body size and the provider's own count of its input. */
export type OnUsage = (target: string, bodyBytes: number, inputTokens: number) => void;

export interface Watched {
  readonly facts: AnswerFacts;
  readonly meter: Meter | undefined;
}

export interface Recorder {
  readonly record: ExchangeRecord;
  relay: Relay | undefined;
  planned(plan: Plan): void;
  attempting(target: Target, out: { readonly dialect: DialectId | undefined }, relay: Relay): void;
  attempt(record: AttemptRecord): void;
  watch(watched: Watched): void;
  loss(path: string, why: string): void;
  firstContent(): void;
  terminalSeen(): void;
  clientGone(): void;
  answered(status: number, error: GatewayError | undefined): void;
  completed(status: number): void;
  failed(code: string, status: number): void;
  headers(): HeaderList;
  settle(): void;
}

export function createRecorder(
  input: RecordedRequest,
  facts: { readonly model: string; readonly stream: boolean },
  ports: GatewayPorts,
  onUsage: OnUsage,
): Recorder {
  return new ExchangeRecorder(input, facts, ports, onUsage);
}

class ExchangeRecorder implements Recorder {
  readonly record: ExchangeRecord;
  relay: Relay | undefined;
  readonly #ports: GatewayPorts;
  readonly #startedAt: number;
  readonly #input: RecordedRequest;
  readonly #onUsage: OnUsage;
  readonly #lossKeys = new Set<string>();
  #watched: Watched | undefined;
  #attempts = 0;
  #terminal = false;
  #gone = false;
  #settled = false;

  constructor(
    input: RecordedRequest,
    facts: { readonly model: string; readonly stream: boolean },
    ports: GatewayPorts,
    onUsage: OnUsage,
  ) {
    this.#input = input;
    this.#ports = ports;
    this.#onUsage = onUsage;
    this.#startedAt = ports.clock.monotonic();
    this.record = {
      requestId: input.requestId,
      at: ports.clock.now(),
      keyId: input.principal.key.id,
      client: input.principal.client,
      session: sessionOf(input),
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
    };
    ports.ledger.open(this.record);
  }

  planned(plan: Plan): void {
    this.record.routeReason = plan.reason;
  }

  attempting(target: Target, out: { readonly dialect: DialectId | undefined }, relay: Relay): void {
    this.#attempts++;
    this.relay = relay;
    this.record.target = `${target.provider.id}/${target.model}`;
    this.record.targetDialect = out.dialect;
  }

  attempt(record: AttemptRecord): void {
    this.record.attempts.push(record);
  }

  watch(watched: Watched): void {
    this.#watched = watched;
  }

  loss(where: string, reason: string): void {
    // Both may quote what the client sent.
    const path = where.slice(0, maxLossText);
    const why = reason.slice(0, maxLossText);
    const key = `${path}\n${why}`;
    if (this.#lossKeys.has(key) || this.#lossKeys.size >= maxLosses) return;
    this.#lossKeys.add(key);
    this.record.losses.push({ path, why });
  }

  firstContent(): void {
    this.record.ttftMs ??= Math.round(this.#ports.clock.monotonic() - this.#startedAt);
  }

  terminalSeen(): void {
    this.#terminal = true;
  }

  clientGone(): void {
    this.#gone = true;
  }

  answered(status: number, error: GatewayError | undefined): void {
    this.record.status = status;
    if (error !== undefined) {
      this.record.error = error.code;
      this.record.outcome = 'incomplete';
    } else if (this.#gone && !this.#terminal) {
      this.record.outcome = 'aborted';
    } else this.record.outcome = 'complete';
  }

  completed(status: number): void {
    this.record.status = status;
    this.record.outcome = 'complete';
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
    if (record.target !== undefined) headers.push(['x-sluice-target', headerSafe(record.target)]);
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
    record.durationMs = Math.round(this.#ports.clock.monotonic() - this.#startedAt);
    record.responseBytes = this.#input.writer.bytes;
    this.#noteUsage();
    this.#ports.ledger.close(record);
  }

  #noteUsage(): void {
    const watched = this.#watched;
    if (watched === undefined) return;
    const { record } = this;
    const metered = watched.meter?.usage();
    const usage: Usage | undefined = metered?.usage ?? watched.facts.usage;
    const raw = metered?.raw ?? watched.facts.rawUsage;
    record.finishReason = watched.meter?.finishReason ?? watched.facts.finish?.raw ?? watched.facts.finish?.reason;
    const outputBytes = (watched.meter?.outputBytes ?? 0) + watched.facts.outputBytes;
    if (
      usage !== undefined &&
      (record.outcome === 'complete' || usage.outputTokens * bytesPerTokenEstimate * 2 >= outputBytes)
    ) {
      this.#setUsage(usage, 'provider');
      if (raw !== undefined) record.rawUsage = JSON.stringify(raw);
      if (record.target !== undefined) this.#onUsage(record.target, record.requestBytes, totalInputTokens(usage));
      return;
    }
    // Dispatched but not told: an answer that was cut or never counted is not free (FAULT-30).
    if (outputBytes === 0 && record.outcome !== 'complete' && record.outcome !== 'aborted') return;
    if (this.#attempts === 0) return;
    this.#setUsage(
      {
        inputTokens: usage?.inputTokens ?? Math.ceil(record.requestBytes / bytesPerTokenEstimate),
        outputTokens: Math.max(usage?.outputTokens ?? 0, Math.ceil(outputBytes / bytesPerTokenEstimate)),
        cacheReadTokens: usage?.cacheReadTokens ?? 0,
        cacheWriteTokens: usage?.cacheWriteTokens ?? 0,
      },
      'estimated',
    );
    if (raw !== undefined) record.rawUsage = JSON.stringify(raw);
  }

  #setUsage(usage: Usage, source: UsageSource): void {
    this.record.usage = usage;
    this.record.usageSource = source;
  }
}

function sessionOf(input: RecordedRequest): string | undefined {
  for (const name of sessionHeaders) {
    const value = headerValue(input.request.headers, name);
    if (value !== undefined && value !== '') return value.slice(0, 128);
  }
  return undefined;
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
