/**
 * What budgets are made of: who pays, what each try was counted at, raises. Frozen: later changes are new migrations.
 *
 * `spend_hourly` is kept at the grain of tries, since a budget of a provider counts the fallback at another one there. What
 * was recorded before this step is taken from the hourly sums of exchanges, which stand for all tries together; sums and
 * exchanges agree from 'spend_since' (milliseconds since 1970) on.
 */
export const spend = `
ALTER TABLE exchanges ADD COLUMN user TEXT;
ALTER TABLE exchanges ADD COLUMN team TEXT;
ALTER TABLE exchanges ADD COLUMN rule TEXT;
ALTER TABLE exchanges ADD COLUMN downgrade TEXT;

CREATE TABLE spend_hourly (
  hour INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  client TEXT NOT NULL,
  user TEXT NOT NULL,
  team TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  amount INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  PRIMARY KEY (hour, key_id, client, user, team, provider, model)
) STRICT, WITHOUT ROWID;
INSERT INTO spend_hourly
  SELECT hour, key_id, client, '', '', provider, model, cost, unknown_costs FROM usage_hourly WHERE cost > 0 OR unknown_costs > 0;
INSERT INTO facts (name, value) SELECT 'spend_since', (max(hour) + 1) * 3600000 FROM usage_hourly HAVING count(*) > 0;

-- Pico-USD as decimal digits: a raise may be larger than 64 bits hold.
CREATE TABLE budget_raises (
  id TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  budget TEXT NOT NULL,
  subject TEXT NOT NULL,
  window TEXT NOT NULL,
  amount TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX budget_raises_at ON budget_raises (at);
`;
