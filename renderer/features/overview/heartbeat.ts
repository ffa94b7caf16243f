/** The last sign of life of each client: as the ledger has it, or newer, as events told. */
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';

export interface Heartbeat {
  readonly client: ClientEntry;
  readonly requestId: string | undefined;
  /** Milliseconds since 1970; `undefined`: it never asked. */
  readonly at: number | undefined;
  readonly target: string | undefined;
  readonly status: number | undefined;
  readonly isRunning: boolean;
}

/** Those that have a key, the last active first. `recent` is newest first. */
export function heartbeats(clients: readonly ClientEntry[], recent: readonly ExchangeEntry[]): readonly Heartbeat[] {
  const newest = new Map<string, ExchangeEntry>();
  for (const entry of recent) if (entry.key !== null && !newest.has(entry.key)) newest.set(entry.key, entry);
  return clients
    .flatMap((client) => (client.key === null ? [] : [heartbeatOf(client, newest.get(client.key.id))]))
    .toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

function heartbeatOf(client: ClientEntry, live: ExchangeEntry | undefined): Heartbeat {
  const { last } = client;
  const isNewer = live !== undefined && (last === null || Date.parse(live.at) >= Date.parse(last.at));
  const from = isNewer ? live : last;
  if (from === null || from === undefined)
    return { client, requestId: undefined, at: undefined, target: undefined, status: undefined, isRunning: false };
  return {
    client,
    requestId: from.request_id,
    at: Date.parse(from.at),
    target: from.target ?? undefined,
    status: from.status ?? undefined,
    isRunning: isNewer && live.outcome === 'open',
  };
}
