/** The room's face: what the ledger keeps, takes and answers. */
import type { Budget, BudgetState, LedgerPort, SpendPort } from '../gateway/ports.ts';
import type { KeptBody, StoredBody } from './bodies.ts';
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
export type WholeExchange = Pick<CallOutput<'traffic.get'>, 'entry' | 'raw_usage' | 'safety'>;
export type UsageQuery = ParsedInput<'usage.query'>;
export type UsageSummary = CallOutput<'usage.query'>;
export type SeriesQuery = ParsedInput<'usage.series'>;
export type UsageSeries = CallOutput<'usage.series'>;
export type LatencyQuery = ParsedInput<'usage.latency'>;
export type UsageLatency = CallOutput<'usage.latency'>;
export type SessionsQuery = ParsedInput<'traffic.sessions'>;
export type SessionsPage = CallOutput<'traffic.sessions'>;
export type LedgerSize = CallOutput<'ledger.size'>;

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

/** What a budget is that wants to know what its running window cost before it was there. */
export interface SpentQuery {
  /** Milliseconds since 1970; the whole hour it falls into counts. */
  readonly since: number;
  readonly scope: Budget['scope'];
  /** As of a budget: all who fit share one sum; `undefined`: each has one. */
  readonly match: string | undefined;
}

export interface SpentRow {
  /** Who spent; of models `provider/model`. Empty where all share one sum. */
  readonly subject: string;
  /** Pico-USD, decimal digits. */
  readonly amount: string;
  /** Tries whose cost nobody knows. */
  readonly unknown: number;
}

/** One thing that was looked at. */
export type LedgerFinding = CallOutput<'ledger.check'>['findings'][number];

/** What is asked of a ledger. Every promise rejects with a sentence for people when the file cannot be read. */
export interface LedgerQueries {
  /** Exchanges, newest first, one page. */
  log(query: LogQuery): Promise<LogPage>;
  /** Conversations, the last active first, one page. */
  sessions(query: SessionsQuery): Promise<SessionsPage>;
  usage(query: UsageQuery): Promise<UsageSummary>;
  series(query: SeriesQuery): Promise<UsageSeries>;
  latency(query: LatencyQuery): Promise<UsageLatency>;
  byRequestId(requestId: string): Promise<WholeExchange | undefined>;
  trace(requestId: string): Promise<RoutingTrace | undefined>;
  /** What is kept of what was said in an exchange, the request first. */
  bodiesOf(requestId: string): Promise<readonly StoredBody[]>;
  /** What was spent since a moment, by whom. Nothing of tags and sessions, by which sums are not kept. */
  spentSince(query: SpentQuery): Promise<readonly SpentRow[]>;
  /** Whether it is whole and its sums are right. Reads all of it: seconds, with a million exchanges. */
  check(): Promise<readonly LedgerFinding[]>;
  size(): Promise<LedgerSize>;
  health(): LedgerHealth;
}

export interface LedgerSettings {
  /** Exchanges older than this many days are deleted; their hourly sums stay. */
  readonly retentionDays: number;
  /** Above this size of the file the oldest exchanges go first. */
  readonly maxSizeMb: number;
  /** `false`: of exchanges that begin from now on nothing is kept. Money is written down all the same. */
  readonly recordsExchanges?: boolean | undefined;
}

/** The ledger of a running instance. What `LedgerPort` has returns at once and never throws. */
export interface Ledger extends LedgerPort, LedgerQueries {
  /** Where money is written down before it is spent. */
  readonly spend: SpendPort;
  /**
   * What the budgets knew when the process before ended, tries that it did not see the end of counted at their bound. Waits for
   * the file only where what was written ahead is missing; never rejects. To be asked before anything is spent.
   */
  recovered(): Promise<BudgetState>;
  /** Who knows the balances from now on; must be whole between two turns of the event loop. */
  setBudgetState(state: () => BudgetState): void;
  /** Writes the balances down now. `false`: that is not possible. */
  keepBudgets(): boolean;
  /**
   * Keeps what was said, sealed and apart from the exchange; returns at once. `false`: bodies are not kept here, or this one
   * is too large or came when too many were waiting.
   */
  keepBody(body: KeptBody): boolean;
  /** Resolves once the file was opened, checked and migrated, or could not be; never rejects. */
  started(): Promise<LedgerHealth>;
  /** `true` once everything handed over before the call is on disk; `false` when it cannot be written now. */
  flush(): Promise<boolean>;
  /** A changed config. */
  configure(settings: LedgerSettings): void;
  /** Writes what it can within a few seconds, then closes the file. Nothing is recorded afterwards. */
  stop(): Promise<void>;
}
