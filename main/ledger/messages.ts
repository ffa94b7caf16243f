/** What the ledger and its worker say to each other. */
import type {
  LatencyQuery,
  LedgerFinding,
  SeriesQuery,
  SessionsPage,
  SessionsQuery,
  UsageLatency,
  UsageSeries,
  LedgerSettings,
  LogPage,
  LogQuery,
  SpentQuery,
  SpentRow,
  UsageQuery,
  UsageSummary,
  WholeExchange,
} from './ledger.ts';
import type { StoredBody } from './bodies.ts';
import type { BodyMessage } from './body-queue.ts';
import type { FoundFile } from './database.ts';
import type { StoredTrace } from './read.ts';
import type { Row } from './row.ts';
import type { LedgerContents } from './size-query.ts';

/** A one-off raise of a budget as it is kept. */
export interface Raise {
  readonly id: string;
  readonly at: number;
  readonly budget: string;
  readonly subject: string;
  readonly window: string;
  /** Pico-USD, decimal digits. */
  readonly amount: string;
  readonly note: string;
}

export interface WorkerStart {
  readonly file: string;
  /** What bodies are sealed with; none are kept without it. */
  readonly bodySecret: Uint8Array | undefined;
}
export type ReaderStart = WorkerStart;

/** Questions by name, with what they take and give. */
export interface Questions {
  log: { readonly input: LogQuery; readonly output: LogPage };
  usage: { readonly input: UsageQuery; readonly output: UsageSummary };
  series: { readonly input: SeriesQuery; readonly output: UsageSeries };
  sessions: { readonly input: SessionsQuery; readonly output: SessionsPage };
  latency: { readonly input: LatencyQuery; readonly output: UsageLatency };
  contents: { readonly input: undefined; readonly output: LedgerContents };
  exchange: { readonly input: string; readonly output: WholeExchange | undefined };
  trace: { readonly input: string; readonly output: StoredTrace | undefined };
  spent: { readonly input: SpentQuery; readonly output: readonly SpentRow[] };
  check: { readonly input: undefined; readonly output: readonly LedgerFinding[] };
  /** `ok`, or what is wrong with the file. */
  quickCheck: { readonly input: undefined; readonly output: string };
  bodies: { readonly input: string; readonly output: readonly StoredBody[] };
}
export type Question = {
  [Name in keyof Questions]: { readonly name: Name; readonly input: Questions[Name]['input'] };
}[keyof Questions];

export type ToWorker =
  | { readonly kind: 'start'; readonly now: number }
  | {
      readonly kind: 'write';
      readonly batch: number;
      readonly opens: readonly Row[];
      readonly closes: readonly Row[];
      readonly raises: readonly Raise[];
      readonly now: number;
    }
  /** Once, before anything else is written: what the process before left behind. */
  | {
      readonly kind: 'recover';
      readonly closes: readonly Row[];
      readonly interrupted: readonly Row[];
      readonly raises: readonly Raise[];
      readonly now: number;
    }
  | { readonly kind: 'keep'; readonly id: string; readonly body: string; readonly now: number }
  | BodyMessage
  /** The file was found corrupt while it was in use: another one is begun. */
  | { readonly kind: 'set-aside'; readonly now: number }
  | { readonly kind: 'sync'; readonly id: number }
  | { readonly kind: 'retain'; readonly settings: LedgerSettings; readonly now: number }
  | { readonly kind: 'stop' };

export type FromWorker =
  /** What was there, before it is brought to a new version. */
  | { readonly kind: 'found'; readonly found: FoundFile }
  | {
      readonly kind: 'started';
      readonly readOnlyReason: string | undefined;
      readonly found: FoundFile;
      readonly notices: readonly string[];
      /** It is too large to be checked before it is used. */
      readonly unchecked: boolean;
    }
  | { readonly kind: 'not-started'; readonly message: string }
  | { readonly kind: 'recovered'; readonly interrupted: number; readonly notices: readonly string[] }
  | { readonly kind: 'not-recovered'; readonly message: string }
  | {
      readonly kind: 'written';
      readonly batch: number;
      readonly refused: number;
      readonly notices: readonly string[];
      /** The file was set aside and a new one begun, in which there are no snapshots. */
      readonly begunAnew: boolean;
    }
  | { readonly kind: 'not-written'; readonly batch: number; readonly message: string }
  | { readonly kind: 'kept'; readonly id: string }
  | { readonly kind: 'not-kept'; readonly id: string; readonly message: string }
  | { readonly kind: 'body-done'; readonly bytes: number; readonly isKept: boolean }
  /** Everything that came before the question is dealt with. */
  | { readonly kind: 'synced'; readonly id: number }
  | { readonly kind: 'begun-anew'; readonly notices: readonly string[] }
  | { readonly kind: 'stopped' };

/** A question, or that there will be none. */
export type ToReader = { readonly id: number; readonly question: Question } | 'end';

export type FromReader =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'no-answer'; readonly id: number; readonly message: string };
