/** What a ledger is opened with. */
import type { LogPort } from '../gateway/ports.ts';
import type { Clock } from '../kit/clock.ts';
import type { AskedLedgerOptions } from './asked-ledger.ts';
import type { LedgerSettings, Redact } from './ledger.ts';

export interface LedgerOptions extends Partial<AskedLedgerOptions> {
  readonly file: string;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly settings?: LedgerSettings | undefined;
  /** Takes secrets out of names and texts from outside. */
  readonly redact?: Redact | undefined;
  /** What `redact` has learned, to take it out of bodies in another thread. */
  readonly learned?: (() => string) | undefined;
  /** Entries that may wait while the file cannot be written; a kilobyte or two each, fewer where they are larger. */
  readonly maxWaiting?: number | undefined;
  /** What recorded bodies are sealed with: at least 16 random bytes, always the same. None are kept without it. */
  readonly bodySecret?: Uint8Array | undefined;
}

export const defaultLedgerSettings: LedgerSettings = { retentionDays: 30, maxSizeMb: 500 };
