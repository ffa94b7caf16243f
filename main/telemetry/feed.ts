/** What telemetry is told and asks for, in the shape in which others have it. */
import type { LedgerHealth } from '../../shared/contract/app.ts';
import type { Budget } from '../gateway/ports.ts';

/** As in the config. */
export interface TelemetrySettings {
  readonly otlp_endpoint: string | null;
  readonly prometheus: boolean;
}

/** A budget's window as it stands. Pico-USD. */
export interface BudgetFigure {
  readonly claim: { readonly budget: Budget; readonly subject: string };
  readonly spent: bigint;
  readonly reserved: bigint;
  readonly raised: bigint;
}

export type LedgerFigure = Pick<LedgerHealth, 'state' | 'waiting' | 'dropped_opens' | 'dropped_closes'>;

/** What changed about targets, as the gateway tells it. */
export type HealthNews =
  | { readonly kind: 'target'; readonly target: string; readonly to: string }
  | { readonly kind: 'credential'; readonly provider: string; readonly to: string }
  | { readonly kind: 'network' };
