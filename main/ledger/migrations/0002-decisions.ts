/**
 * Why each exchange went where it went, and what it cost. Frozen: later changes are new migrations.
 *
 * A decision is JSON text, or compressed where it is long. Costs are whole pico-USD; NULL is an unknown price, never 0.
 * Exchanges before this step were not priced, so their hours count as unknown. `used_at` of a snapshot is the latest
 * moment at which an exchange ran on it: once every exchange is younger, none refers to it.
 */
export const decisions = `
ALTER TABLE exchanges ADD COLUMN decision ANY;
ALTER TABLE exchanges ADD COLUMN cost INTEGER;
ALTER TABLE exchanges ADD COLUMN cached INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exchanges ADD COLUMN cache_saved INTEGER;

ALTER TABLE usage_hourly ADD COLUMN cost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_hourly ADD COLUMN unknown_costs INTEGER NOT NULL DEFAULT 0;
UPDATE usage_hourly SET unknown_costs = requests;

CREATE TABLE routing_snapshots (
  id TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX routing_snapshots_used_at ON routing_snapshots (used_at);
`;
