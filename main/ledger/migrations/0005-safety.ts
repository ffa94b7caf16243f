/**
 * What masking replaced and what it and the firewall found. Frozen: later changes are new migrations.
 *
 * `masked` is how much was replaced, NULL where nothing was looked for; `masked_kinds` the same by kind, and `safety` what was
 * found besides, both as JSON, NULL where there is none. Exchanges of before have none of them. One small index leads to those
 * of which something is told.
 */
export const safety = `
ALTER TABLE exchanges ADD COLUMN masked INTEGER;
ALTER TABLE exchanges ADD COLUMN masked_kinds TEXT;
ALTER TABLE exchanges ADD COLUMN safety TEXT;

CREATE INDEX exchanges_safety ON exchanges (at, id) WHERE (masked > 0 OR safety IS NOT NULL);
`;
