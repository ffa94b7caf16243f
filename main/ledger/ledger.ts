/** The room's face: what the ledger keeps, takes and answers. */
import type { LedgerPort } from '../gateway/ports.ts';
import type { LedgerHealth } from '../../shared/contract/app.ts';
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';

/** One exchange as the data plane records it. */
export type ExchangeRecord = Parameters<LedgerPort['close']>[0];
/** How its targets were chosen. */
export type Decision = NonNullable<ExchangeRecord['decision']>;

/** Takes secrets out of text that came from outside. */
export type Redact = (text: string) => string;

export type LogQuery = ParsedInput<'traffic.list'>;
export type LogPage = CallOutput<'traffic.list'>;
export type WholeExchange = CallOutput<'traffic.get'>;
export type UsageQuery = ParsedInput<'usage.query'>;
export type UsageSummary = CallOutput<'usage.query'>;

/** An exchange with what its route rests on. */
export interface RoutingTrace {
  readonly entry: ExchangeEntry;
  /** `undefined` when none was kept: refused before it was routed, or recorded by a version that kept none. */
  readonly decision: Decision | undefined;
  /** How many candidates were left out of a decision that was too long to keep; `undefined` when it is whole. */
  readonly omitted: number | undefined;
  /** The body that was kept for its snapshot; `undefined` when there is none. */
  readonly snapshot: unknown;
}

/** What is asked of a ledger. Every promise rejects with a sentence for people when the file cannot be read. */
export interface LedgerQueries {
  /** Exchanges, newest first, one page. */
  log(query: LogQuery): Promise<LogPage>;
  usage(query: UsageQuery): Promise<UsageSummary>;
  byRequestId(requestId: string): Promise<WholeExchange | undefined>;
  trace(requestId: string): Promise<RoutingTrace | undefined>;
  health(): LedgerHealth;
}

export interface LedgerSettings {
  /** Exchanges older than this many days are deleted; their hourly sums stay. */
  readonly retentionDays: number;
  /** Above this size of the file the oldest exchanges go first. */
  readonly maxSizeMb: number;
}

/** The ledger of a running instance. What `LedgerPort` has returns at once and never throws. */
export interface Ledger extends LedgerPort, LedgerQueries {
  /** Resolves once the file was opened, checked and migrated, or could not be; never rejects. */
  started(): Promise<LedgerHealth>;
  /** `true` once everything handed over before the call is on disk; `false` when it cannot be written now. */
  flush(): Promise<boolean>;
  /** A changed config. */
  configure(settings: LedgerSettings): void;
  /** Writes what it can within a few seconds, then closes the file. Nothing is recorded afterwards. */
  stop(): Promise<void>;
}
