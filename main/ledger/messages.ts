/** What the ledger and its worker say to each other. */
import type { LedgerSettings, LogPage, LogQuery, UsageQuery, UsageSummary, WholeExchange } from './ledger.ts';
import type { StoredTrace } from './read.ts';
import type { Row } from './row.ts';

export interface WorkerStart {
  readonly file: string;
}

/** Questions by name, with what they take and give. */
export interface Questions {
  log: { readonly input: LogQuery; readonly output: LogPage };
  usage: { readonly input: UsageQuery; readonly output: UsageSummary };
  exchange: { readonly input: string; readonly output: WholeExchange | undefined };
  trace: { readonly input: string; readonly output: StoredTrace | undefined };
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
      readonly now: number;
    }
  | { readonly kind: 'keep'; readonly id: string; readonly body: string; readonly now: number }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | { readonly kind: 'retain'; readonly settings: LedgerSettings; readonly now: number }
  | { readonly kind: 'stop' };

export type FromWorker =
  | {
      readonly kind: 'started';
      readonly readOnlyReason: string | undefined;
      readonly interrupted: number;
      readonly notices: readonly string[];
    }
  | { readonly kind: 'not-started'; readonly message: string }
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
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'no-answer'; readonly id: number; readonly message: string }
  | { readonly kind: 'stopped' };
