/**
 * Exchanges and their hourly sums. Frozen: later changes are new migrations.
 *
 * One index on `at` serves pages and ranges (it holds the row id as its last part); the partial one finds what a crash
 * left open without reading the table. Lists are JSON text: they are read with their row and never searched.
 */
export const exchanges = `
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  key_id TEXT,
  client TEXT,
  session TEXT,
  surface TEXT NOT NULL,
  dialect TEXT,
  model_asked TEXT,
  stream INTEGER NOT NULL,
  snapshot_id TEXT NOT NULL,
  provider TEXT,
  model TEXT,
  target_dialect TEXT,
  route_reason TEXT,
  status INTEGER,
  error TEXT,
  outcome TEXT NOT NULL,
  is_error INTEGER NOT NULL,
  attempts TEXT NOT NULL,
  losses TEXT NOT NULL,
  ttft_ms REAL,
  duration_ms REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  cache_write_1h_tokens INTEGER,
  reasoning_tokens INTEGER,
  input_audio_tokens INTEGER,
  output_audio_tokens INTEGER,
  usage_source TEXT NOT NULL,
  raw_usage TEXT,
  finish_reason TEXT,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX exchanges_at ON exchanges (at);
CREATE INDEX exchanges_open ON exchanges (id) WHERE outcome = 'open';

CREATE TABLE usage_hourly (
  hour INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  client TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  PRIMARY KEY (hour, key_id, client, provider, model)
) STRICT, WITHOUT ROWID;

-- 'raw_since': exchanges before this moment (milliseconds since 1970) may have been deleted; sums are whole hours there.
CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
