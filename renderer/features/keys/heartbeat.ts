/** The heartbeat of a client: its last request, and what that says of it. */
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';

export interface Beat {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly target: string | null;
  readonly status: number | null;
  readonly running: boolean;
}

/** The newest of what came live and what the ledger had. */
export function lastBeat(key: string, last: ClientEntry['last'], recent: readonly ExchangeEntry[]): Beat | undefined {
  const live = recent.find((entry) => entry.key === key);
  if (live !== undefined && (last === null || Date.parse(live.at) >= Date.parse(last.at)))
    return {
      id: live.request_id,
      at: live.at,
      target: live.target,
      status: live.status,
      running: live.outcome === 'open',
    };
  if (last === null) return undefined;
  // A row of the ledger without a status may still run, or was cut off: neither is said of it.
  return { id: last.request_id, at: last.at, target: last.target, status: last.status, running: false };
}

/** `closed`: its key opens nothing; `never`: nothing came yet (CLI-60). */
export type BeatState = 'running' | 'ok' | 'failing' | 'never' | 'closed';

export function beatState(keyState: string, beat: Beat | undefined): BeatState {
  if (keyState === 'disabled' || keyState === 'expired') return 'closed';
  if (beat === undefined) return 'never';
  if (beat.running) return 'running';
  return beat.status !== null && beat.status >= 400 ? 'failing' : 'ok';
}
