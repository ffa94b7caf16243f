/**
 * What makes reading quick, and who spent. Frozen: later changes are new migrations.
 *
 * One index holds everything that the log is filtered by and sums are made of, so that no filter and no sum reads the rows
 * themselves; it takes the place of the one on `at`. Beside it there are three small ways to what is rare: a session, a key,
 * whatever did not go as usual. Hours of before are nobody's: they have neither user nor team, and nothing counts as saved.
 *
 * `usage_named` has the same hours once more, for everything ('all') and for each value of one column by itself: a line of a
 * graph is then read from end to end, however many keys and models there are.
 *
 * A body is cut into pieces, and each piece is kept once, sealed: `tag` is a keyed hash of what is in it, `uses` counts the
 * bodies it is a part of, `pieces` of a body are the ids of its pieces, four bytes each. A body belongs to the exchange with
 * its request id and goes when the exchange goes.
 */
export const reading = `
ALTER TABLE exchanges ADD COLUMN has_losses INTEGER NOT NULL GENERATED ALWAYS AS (losses <> '[]') VIRTUAL;

DROP INDEX exchanges_at;
CREATE INDEX exchanges_log ON exchanges (
  at, id, status, outcome, is_error, stream, cached, has_losses, cost, duration_ms, key_id, client, user, team, session,
  provider, model, model_asked, error, rule, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_saved
);
CREATE INDEX exchanges_key ON exchanges (key_id, at);
CREATE INDEX exchanges_session ON exchanges (session, at) WHERE session IS NOT NULL;
CREATE INDEX exchanges_unusual ON exchanges (at, id, status, outcome, is_error, error, rule)
  WHERE (outcome <> 'complete' OR is_error = 1 OR status >= 400 OR rule IS NOT NULL);

CREATE TABLE usage_by_hour (
  hour INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  client TEXT NOT NULL,
  user TEXT NOT NULL,
  team TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  cost INTEGER NOT NULL DEFAULT 0,
  unknown_costs INTEGER NOT NULL DEFAULT 0,
  cached INTEGER NOT NULL DEFAULT 0,
  cache_saved INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, key_id, client, user, team, provider, model)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_by_hour (hour, key_id, client, user, team, provider, model, requests, errors, input_tokens, output_tokens,
  cache_read_tokens, cache_write_tokens, reasoning_tokens, cost, unknown_costs)
SELECT hour, key_id, client, '', '', provider, model, requests, errors, input_tokens, output_tokens,
  cache_read_tokens, cache_write_tokens, reasoning_tokens, cost, unknown_costs FROM usage_hourly;
DROP TABLE usage_hourly;
ALTER TABLE usage_by_hour RENAME TO usage_hourly;

CREATE TABLE usage_named (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  hour INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  unknown_costs INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  cache_saved INTEGER NOT NULL,
  PRIMARY KEY (kind, name, hour)
) STRICT, WITHOUT ROWID;
${['all', 'key_id', 'client', 'user', 'team', 'provider', 'model']
  .map(
    (
      kind,
    ) => `INSERT INTO usage_named SELECT '${kind}', ${kind === 'all' ? "''" : kind}, hour, sum(requests), sum(errors),
  sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), sum(reasoning_tokens), sum(cost),
  sum(unknown_costs), sum(cached), sum(cache_saved) FROM usage_hourly GROUP BY 2, 3;`,
  )
  .join('\n')}

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL,
  part TEXT NOT NULL,
  at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  pieces BLOB NOT NULL,
  UNIQUE (request_id, part)
) STRICT;
CREATE INDEX bodies_at ON bodies (at);
CREATE TABLE body_pieces (
  id INTEGER PRIMARY KEY,
  tag BLOB NOT NULL UNIQUE,
  uses INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
`;
